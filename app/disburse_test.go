package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tranche/app/engine"
	"tranche/app/engine/enginetest"
	"tranche/app/jobs"
	"tranche/app/seal"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// payable is a world whose exports are rendered, with n approved batches of two payments.
func payable(t *testing.T, db *models.DB, n int) (*enginetest.World, []workflow.ID) {
	t.Helper()
	if _, err := db.Migrate(t.Context(), jobs.Tables(db)); err != nil {
		t.Fatal(err)
	}
	w := enginetest.New(t, db)
	if _, err := jobs.New(db, w.Engine, w.Now); err != nil {
		t.Fatal(err)
	}
	keys, err := seal.Load(filepath.Join(t.TempDir(), "keys"), true)
	if err != nil {
		t.Fatal(err)
	}
	w.Engine.Prepare = (&disburser{db: db, keys: keys, now: w.Now}).preparers()
	var list []workflow.ID
	for i := range n {
		var payments []string
		for j := range 2 {
			c := w.NewCase(fmt.Sprintf("Firm %d-%d, Inc.", i, j), 10_000_00).Submit().Review().Recommend().Awarded()
			c.Account = w.Must(workflow.NounBankAccount, workflow.ActEnter, c.Company, w.Viewer(c.AOR), enginetest.Text("routing", "021000021"),
				enginetest.Text("account", fmt.Sprintf("10%05d", 10*i+j)), enginetest.Text("holder", "Firm")).ID
			w.Act(w.As(workflow.FinanceCertifier), workflow.NounBankAccount, c.Account, workflow.ActVerify, enginetest.Text("method", "call_back"))
			_, payment := c.Active().Claim(0)
			payments = append(payments, payment.String())
		}
		batch := w.Must(workflow.NounBatch, workflow.ActCreate, w.Program, w.As(workflow.FinancePreparer),
			enginetest.Date("effective", workflow.DateOf(w.Now())), enginetest.Text("payments", strings.Join(payments, ","))).ID
		w.Act(w.As(workflow.FinancePreparer), workflow.NounBatch, batch, workflow.ActSubmit)
		d, err := db.Disbursing(t.Context(), batch)
		if err != nil {
			t.Fatal(err)
		}
		w.Act(w.As(workflow.FinanceCertifier), workflow.NounBatch, batch, workflow.ActApprove, enginetest.Cents("total", d.Batch.Total))
		list = append(list, batch)
	}
	return w, list
}

// Files that are made at once have nothing in common: neither a trace number nor
// the letter that tells a day's files apart.
func TestBatchesExportedAtOnceGetNumbersOfTheirOwn(t *testing.T) {
	db := modelstest.Postgres(t)
	w, batches := payable(t, db, 20)
	errs := make(chan error, len(batches))
	for _, id := range batches {
		go func() {
			_, err := w.Engine.Do(context.Background(), engine.Request{Viewer: w.As(workflow.FinanceReleaser), Command: workflow.Command{
				Noun: workflow.NounBatch, Action: workflow.ActExport, ID: id, Received: w.Now()}})
			errs <- err
		}()
	}
	for range batches {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	traces, letters := map[string]bool{}, map[byte]bool{}
	for _, id := range batches {
		b, err := models.Record[workflow.Batch](t.Context(), db.Reader, &models.Viewer{System: true}, workflow.NounBatch, id)
		if err != nil {
			t.Fatal(err)
		}
		file, err := db.Document(t.Context(), b.File)
		if err != nil {
			t.Fatal(err)
		}
		letters[file[33]] = true
		var own []string
		for line := range strings.Lines(string(file)) {
			if line[0] == '6' {
				own = append(own, line[79:94])
			}
		}
		if len(own) != 2 || !slices.IsSorted(own) {
			t.Errorf("batch %s has the traces %v", b.Number, own)
		}
		for _, trace := range own {
			traces[trace] = true
		}
	}
	if len(traces) != 2*len(batches) || len(letters) != len(batches) {
		t.Errorf("%d batches have %d traces and %d letters", len(batches), len(traces), len(letters))
	}
}

func TestNumbersOfABankNeverComeTwice(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		day := workflow.DateOf(enginetest.Start)
		take := func(n int, day workflow.Date) models.BankNumbers {
			t.Helper()
			got, err := db.TakeBankNumbers(t.Context(), "02100002", n, day)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		for _, tt := range []struct {
			n    int
			day  workflow.Date
			want models.BankNumbers
		}{{5, day, models.BankNumbers{First: 1, File: 0}}, {1, day, models.BankNumbers{First: 6, File: 1}},
			{9_999_990, day.AddDays(1), models.BankNumbers{First: 7, File: 0}}, {3, day.AddDays(1), models.BankNumbers{First: 9_999_997, File: 1}}} {
			if got := take(tt.n, tt.day); got != tt.want {
				t.Errorf("%d numbers are %+v, want %+v", tt.n, got, tt.want)
			}
		}
		if _, err := db.TakeBankNumbers(t.Context(), "02100002", 1, day); !errors.Is(err, models.ErrNumbers) {
			t.Errorf("after the last number: %v", err)
		}
		if got, err := db.TakeBankNumbers(t.Context(), "01100001", 2, day); err != nil || got.First != 1 {
			t.Errorf("another bank begins at %+v (%v)", got, err)
		}
	})
}

// A batch has one file for payment, in its own format, and copies in others when
// somebody asks for them. All are kept, each under its own sum, and verified.
func TestABatchIsPaidByItsFormat(t *testing.T) {
	db := modelstest.SQLite(t)
	w, batches := payable(t, db, 2)
	w.Act(w.As(workflow.Admin), workflow.NounProgram, w.Program, workflow.ActUpdate, enginetest.Text("origin_account", "77001"))
	for _, tt := range []struct {
		batch   workflow.ID
		formats []string // the copies asked for
		files   string
	}{{batches[0], workflow.BankFormats, "nacha register workbook ctx pain001 pain001_03 spr"}, {batches[1], nil, "nacha register workbook"}} {
		if _, err := w.Do(w.As(workflow.FinanceReleaser), workflow.NounBatch, tt.batch, workflow.ActExport,
			enginetest.Text("formats", strings.Join(tt.formats, ","))); err != nil {
			t.Fatal(err)
		}
		b := exported(t, db, tt.batch)
		var names []string
		for _, f := range b.Files() {
			names = append(names, f.Format)
			body, err := db.Document(t.Context(), f.Sum)
			if err != nil {
				t.Fatal(err)
			}
			if f.Format != workflow.FormatWorkbook && !bytes.Contains(body, []byte("Firm")) {
				t.Errorf("%s of %s does not name the payees", f.Format, b.Number)
			}
			if strings.HasPrefix(f.Format, workflow.FormatPain001) && !bytes.Contains(body, []byte("<Id>77001</Id>")) {
				t.Error("the message does not say where the money comes from")
			}
		}
		if got := strings.Join(names, " "); got != tt.files {
			t.Errorf("%s has the files %s, want %s", b.Number, got, tt.files)
		}
	}
	verified := func() bool {
		ok, err := db.Verify(t.Context(), func(c models.Check) {
			if c.Found > 0 {
				t.Log(c.Name, c.Problems)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	if !verified() {
		t.Error("the files are not as they were stored")
	}
	copied := workflow.Copies(exported(t, db, batches[0]).Copies).List()[1].Sum
	for _, harm := range []string{"DROP TRIGGER documents_fixed_update", "UPDATE documents SET sum = '" + strings.Repeat("0", 64) + "' WHERE sum = '" + copied + "'"} {
		if _, err := db.Pool().Exec(harm); err != nil {
			t.Fatal(err)
		}
	}
	if verified() {
		t.Error("nobody misses a copy")
	}
}

func exported(t *testing.T, db *models.DB, id workflow.ID) *workflow.Batch {
	t.Helper()
	b, err := models.Record[workflow.Batch](t.Context(), db.Reader, &models.Viewer{System: true}, workflow.NounBatch, id)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAMessageWithoutItsAccountIsRefusedBeforeTheBatch(t *testing.T) {
	db := modelstest.SQLite(t)
	w, batches := payable(t, db, 1)
	w.Act(w.As(workflow.Admin), workflow.NounProgram, w.Program, workflow.ActUpdate, enginetest.Text("origin_account", ""))
	for _, try := range []func() error{
		func() error {
			_, err := w.Make(w.As(workflow.FinancePreparer), workflow.NounBatch, workflow.ActCreate, w.Program,
				enginetest.Date("effective", workflow.DateOf(w.Now())), enginetest.Text("format", workflow.FormatPain001))
			return err
		},
		func() error {
			_, err := w.Do(w.As(workflow.FinanceReleaser), workflow.NounBatch, batches[0], workflow.ActExport, enginetest.Text("formats", workflow.FormatPain001))
			return err
		},
	} {
		if no := new(workflow.Refusal); !errors.As(try(), &no) || no.Reason != "payer_incomplete" || fmt.Sprint(no.Words["missing"]) != "[origin_account]" {
			t.Errorf("got %v, want the account to be asked for", try())
		}
	}
}

func TestABatchThatABankCannotTakeIsRefusedByName(t *testing.T) {
	for reason, query := range map[workflow.Reason]string{
		"traces_exhausted":        "INSERT INTO bank_numbers (odfi, last, day, files) VALUES ('02100002', 9999998, '2026-06-01', 1)",
		"files_exhausted":         "INSERT INTO bank_numbers (odfi, last, day, files) VALUES ('02100002', 10, '2026-06-01', 36)",
		"payer_incomplete":        "UPDATE programs SET bank_name = ''",
		"bank_details_incomplete": "UPDATE programs SET bank_name = 'BÄNK'",
	} {
		db := modelstest.SQLite(t)
		w, batches := payable(t, db, 1)
		if _, err := db.Pool().Exec(query); err != nil {
			t.Fatal(err)
		}
		_, err := w.Do(w.As(workflow.FinanceReleaser), workflow.NounBatch, batches[0], workflow.ActExport)
		if no := new(workflow.Refusal); !errors.As(err, &no) || no.Reason != reason {
			t.Errorf("got %v, want %s", err, reason)
		}
	}
}

// One account of two organizations is found by its whole number, though it is sealed;
// another one at the same bank that ends on the same digits is not.
func TestOneAccountOfTwoOrganizationsIsFound(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		keys, err := seal.Load(filepath.Join(t.TempDir(), "keys"), true)
		if err != nil {
			t.Fatal(err)
		}
		d := &disburser{db: db, keys: keys, now: w.Now}
		w.Engine.Prepare = d.preparers()
		banks := func(name, account string) (organization workflow.ID) {
			t.Helper()
			organization = w.Must(workflow.NounOrganization, workflow.ActCreate, 0, nil, enginetest.Text("legal_name", name)).ID
			w.Must(workflow.NounBankAccount, workflow.ActEnter, organization, w.Viewer(w.Member(organization, workflow.AOR)), enginetest.Text("routing", "021000021"),
				enginetest.Text("account", account), enginetest.Text("holder", name))
			return organization
		}
		one, same, alike := banks("Granite Optics", "00-1234476789"), banks("Harbor Foods", "1234476789"), banks("Basalt Lenses", "9876546789")
		found := func() (out []workflow.Duplicate) {
			t.Helper()
			if err := jobs.CompareAll(t.Context(), db, w.Engine, w.Now); err != nil {
				t.Fatal(err)
			}
			out, err := models.Records[workflow.Duplicate](t.Context(), db.Reader, w.As(workflow.Auditor), workflow.NounDuplicate, models.Filter{})
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		if pairs := found(); len(pairs) != 0 {
			t.Errorf("without the keys, %+v", pairs)
		}
		db.SetSums(d.sumAccount)
		// As the keys of organizations from before are made by other rules.
		if _, err := db.Pool().Exec("UPDATE organization_keys SET key = '1' WHERE kind = 'rules'"); err != nil {
			t.Fatal(err)
		}
		pairs := found()
		if len(pairs) != 1 || pairs[0].A != one || pairs[0].B != same || len(pairs[0].Signs.List()) != 1 || pairs[0].Signs.List()[0].By != workflow.SignNumber {
			t.Fatalf("with the keys, %+v (other than %s)", pairs, alike)
		}
		if sign := pairs[0].Signs.List()[0]; sign.A != "021000021 6789" || sign.B != sign.A {
			t.Errorf("the pair tells %+v", sign)
		}
		other, err := seal.Load(filepath.Join(t.TempDir(), "others"), true)
		if err != nil {
			t.Fatal(err)
		}
		if sum := (&disburser{keys: other}).sumAccount(&workflow.BankAccount{Sealed: "c2VhbGVk"}); sum != "" {
			t.Errorf("what cannot be opened has the sum %q", sum)
		}
	})
}
