package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tranche/app/ach"
	"tranche/app/engine"
	"tranche/app/engine/enginetest"
	"tranche/app/jobs"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// A till is a world with an exported batch of equal payments, and the teller who takes
// in what its bank answers.
type till struct {
	*enginetest.World
	teller   *teller
	batch    workflow.Batch
	payments []workflow.Payment
}

// newTill exports n payments of the same amount to companies of the same name.
func newTill(t *testing.T, db *models.DB, n int) *till {
	t.Helper()
	w, _ := payable(t, db, 0)
	c := &till{World: w, teller: &teller{db: db, engine: w.Engine, now: w.Now}}
	w.Engine.Prepare[engine.Act{Noun: workflow.NounAnswerFile, Action: workflow.ActCreate}] = c.teller.upload
	var ids []string
	for i := range n {
		firm := w.NewCase("Equal Works, Inc.", 10_000_00).Submit().Review().Recommend().Awarded()
		firm.Account = w.Must(workflow.NounBankAccount, workflow.ActEnter, firm.Company, w.Viewer(firm.AOR), enginetest.Text("routing", "021000021"),
			enginetest.Text("account", fmt.Sprintf("7%07d", i)), enginetest.Text("holder", "Equal Works, Inc.")).ID
		w.Act(w.As(workflow.FinanceCertifier), workflow.NounBankAccount, firm.Account, workflow.ActVerify, enginetest.Text("method", "call_back"))
		_, payment := firm.Active().Claim(0)
		ids = append(ids, payment.String())
	}
	id := w.Must(workflow.NounBatch, workflow.ActCreate, w.Program, w.As(workflow.FinancePreparer),
		enginetest.Date("effective", workflow.DateOf(w.Now())), enginetest.Text("payments", strings.Join(ids, ","))).ID
	w.Act(w.As(workflow.FinancePreparer), workflow.NounBatch, id, workflow.ActSubmit)
	d, err := db.Disbursing(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	w.Act(w.As(workflow.FinanceCertifier), workflow.NounBatch, id, workflow.ActApprove, enginetest.Cents("total", d.Batch.Total))
	w.Act(w.As(workflow.FinanceReleaser), workflow.NounBatch, id, workflow.ActExport)
	c.look(id)
	return c
}

// look reads the batch and its payments anew.
func (c *till) look(batch workflow.ID) {
	c.T.Helper()
	d, err := c.DB.Disbursing(c.T.Context(), batch)
	if err != nil {
		c.T.Fatal(err)
	}
	c.batch, c.payments = d.Batch, nil
	for _, m := range d.Members {
		c.payments = append(c.payments, m.Payment)
	}
}

// take imports a file and books it; the lines say what became of each answer.
func (c *till) take(text string) []string {
	c.T.Helper()
	lines, err := c.teller.file(c.T.Context(), c.As(workflow.FinanceReleaser), c.Program, strings.NewReader(text))
	if err != nil {
		c.T.Fatal(err)
	}
	var out []string
	for _, l := range lines {
		out = append(out, strings.TrimSpace(l.Result+" "+string(l.Reason)))
	}
	return out
}

// answers is a file of the bank: each text names a payment by its place and says a code.
func (c *till) answers(said ...string) string {
	c.T.Helper()
	var list []ach.Returned
	for _, one := range said {
		var i int
		var code string
		if _, err := fmt.Sscanf(one, "%d %s", &i, &code); err != nil {
			c.T.Fatal(err)
		}
		p := &c.payments[i]
		trace, err := ach.ParseTrace(p.Trace)
		if err != nil {
			c.T.Fatal(err)
		}
		r := ach.Returned{Credit: ach.Credit{Routing: "021000021", Account: fmt.Sprintf("7%07d", i), Amount: p.Amount, ID: p.Number, Name: "Equal Works"}, Original: trace, Code: code}
		if code[0] == 'C' {
			r.Corrected = "99887766"
		}
		list = append(list, r)
	}
	var out bytes.Buffer
	now := c.Now()
	_, err := ach.WriteReturns(&out, ach.Header{Destination: "021000021", DestinationName: "BANK", Origin: "1234567890", OriginName: "DOE AIV", Created: now, Modifier: 'A',
		CompanyName: "DOE AIV", CompanyID: "1234567890", Description: "VOUCHER", Effective: now, ODFI: "021000021"}, list)
	if err != nil {
		c.T.Fatal(err)
	}
	return out.String()
}

// stands says what became of the payments, the accounts and the money, without the moments.
func (c *till) stands() string {
	c.T.Helper()
	c.look(c.batch.ID)
	out := c.batch.State.String()
	accounts := map[workflow.State]int{}
	for i := range c.payments {
		p := &c.payments[i]
		out += fmt.Sprintf(" %s%s", p.State, p.ReturnCode)
		a, err := models.Record[workflow.BankAccount](c.T.Context(), c.DB.Reader, &models.Viewer{System: true}, workflow.NounBankAccount, p.BankAccount)
		if err != nil {
			c.T.Fatal(err)
		}
		accounts[a.State]++
	}
	f, err := c.DB.FundBalances(c.T.Context(), c.Fund)
	if err != nil {
		c.T.Fatal(err)
	}
	n, err := models.Records[workflow.Payment](c.T.Context(), c.DB.Reader, &models.Viewer{System: true}, workflow.NounPayment, models.Filter{States: []workflow.State{workflow.Held}})
	if err != nil {
		c.T.Fatal(err)
	}
	return fmt.Sprintf("%s accounts %v held %d %+v", out, accounts, len(n), f)
}

func (c *till) sound() {
	c.T.Helper()
	ok, err := c.DB.Verify(c.T.Context(), func(check models.Check) {
		for _, p := range check.Problems {
			c.T.Errorf("%s: %+v", check.Name, p)
		}
	})
	if err != nil || !ok {
		c.T.Errorf("the books are not sound: %v", err)
	}
}

// The same answers, whatever way they come, lead to the same.
func TestTheSameAnswersEndInTheSameState(t *testing.T) {
	said := []string{"0 R03", "2 R23", "3 C01"}
	settled := func(c *till) string {
		out := "answer,payment,trace,amount,date\n"
		for i := range c.payments {
			out += fmt.Sprintf("settled,%s,%s,%s,2026-03-02\n", c.payments[i].Number, c.payments[i].Trace, c.payments[i].Amount)
		}
		return out
	}
	backwards := func(text string) string {
		lines := strings.Split(strings.TrimSpace(text), "\n")
		slices.Reverse(lines[1:])
		return strings.Join(lines, "\n")
	}
	ways := map[string]func(c *till){
		"settled first":  func(c *till) { c.take(settled(c)); c.take(c.answers(said...)) },
		"returned first": func(c *till) { c.take(c.answers(said...)); c.take(settled(c)) },
		"each twice": func(c *till) {
			for range 2 {
				c.take(settled(c))
				c.take(c.answers(said...))
			}
		},
		"with other line ends": func(c *till) {
			c.take(settled(c))
			for _, ends := range []string{"\r\n", "\r", ""} {
				c.take(strings.ReplaceAll(c.answers(said...), "\n", ends))
			}
		},
		"reordered": func(c *till) {
			c.take(backwards(settled(c)))
			c.take(c.answers("3 C01", "2 R23", "0 R03"))
			c.take(settled(c))
		},
		"concatenated": func(c *till) {
			text := settled(c)
			c.take(text + text[strings.Index(text, "\n")+1:])
			c.take(c.answers(append(said, said...)...))
		},
		"one file for each": func(c *till) {
			for _, one := range said {
				c.take(c.answers(one))
			}
			c.take(settled(c))
		},
	}
	ends := map[string]string{}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			c := newTill(t, modelstest.SQLite(t), 4)
			way(c)
			ends[name] = c.stands()
			c.sound()
		})
	}
	want := ends["settled first"]
	if !strings.HasPrefix(want, "completed returnedR03 settled returnedR23 settled accounts map[verified:2 entered:2] held 2") {
		t.Errorf("it ends as %s", want)
	}
	for name, got := range ends {
		if got != want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
		}
	}
}

// Of payments with the same payee and the same amount, a return changes the one that its
// trace names.
func TestAReturnChangesExactlyOneOfManyEqualPayments(t *testing.T) {
	n := 500
	if testing.Short() {
		n = 20
	}
	c := newTill(t, modelstest.SQLite(t), n)
	before := slices.Clone(c.payments)
	if got := c.take(c.answers(fmt.Sprintf("%d R03", n/2))); !slices.Equal(got, []string{"returned"}) {
		t.Fatalf("it came to %v", got)
	}
	c.look(c.batch.ID)
	for i, p := range c.payments {
		switch {
		case i == n/2 && (p.State != workflow.Returned || p.ReissuedBy == 0):
			t.Errorf("payment %d is %s", i, p.State)
		case i != n/2 && p != before[i]:
			t.Errorf("payment %d changed: %+v", i, p)
		}
	}
	again, err := models.Record[workflow.Payment](t.Context(), c.DB.Reader, &models.Viewer{System: true}, workflow.NounPayment, c.payments[n/2].ReissuedBy)
	if err != nil || again.State != workflow.Held || again.Reissues != c.payments[n/2].ID || again.Amount != c.payments[n/2].Amount || again.Batch != 0 {
		t.Errorf("it is paid again by %+v, %v", again, err)
	}
	c.sound()
}

// What does not belong to a payment moves nothing and waits for a person.
func TestAnswersThatDoNotFitAreParked(t *testing.T) {
	c := newTill(t, modelstest.SQLite(t), 2)
	before := c.stands()
	p := c.payments[0]
	head := "answer,payment,trace,batch,amount,code\n"
	for row, want := range map[string]string{
		"returned," + p.Number + ",021000029999999,,10000.00,R03":                              "parked trace_unknown",
		"returned," + c.payments[1].Number + "," + p.Trace + ",," + p.Amount.String() + ",R03": "parked payment_differs",
		"returned,," + p.Trace + ",,0.01,R03":                                                  "parked answer_amount_differs",
		"returned,," + p.Trace + ",," + p.Amount.String() + ",R71":                             "parked return_disputed",
		"changed,," + p.Trace + ",,,C04":                                                       "parked bank_change_needs_people",
		"acknowledged,,,B-999999,,":                                                            "parked batch_unknown",
	} {
		if got := c.take(head + row + "\n"); !slices.Equal(got, []string{want}) {
			t.Errorf("%s: %v, want %s", row, got, want)
		}
	}
	if after := c.stands(); after != before {
		t.Errorf("it moved:\n%s\nwas\n%s", after, before)
	}
	c.sound()
}

// A file with a fault is refused whole, with line and field, and nothing moves.
func TestAFileWithAFaultMovesNothing(t *testing.T) {
	c := newTill(t, modelstest.SQLite(t), 2)
	before := c.stands()
	good := c.answers("0 R03", "1 R03")
	for name, text := range map[string]string{
		"truncated": good[:len(good)/2], "doubled": good + good, "a line taken out": strings.Replace(good, good[95*2:95*3], "", 1),
		"hostile": `<!DOCTYPE x [<!ENTITY a "b">]><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">&a;</Document>`,
		"empty":   "", "something else": "MZ\x90", "csv without rows": "answer,payment\n",
	} {
		_, err := c.teller.file(t.Context(), c.As(workflow.FinanceReleaser), c.Program, strings.NewReader(text))
		no, refused := err.(*workflow.Refusal)
		if !refused || no.Field != "file" || no.Reason != "file_unreadable" && no.Reason != "file_format_unknown" {
			t.Errorf("%s: %v", name, err)
		}
		if refused && no.Reason == "file_unreadable" && (no.Words["line"].(int) < 1 || no.Words["field"] == "") {
			t.Errorf("%s: %v", name, no.Words)
		}
	}
	if after := c.stands(); after != before {
		t.Errorf("it moved:\n%s\nwas\n%s", after, before)
	}
	c.sound()
}

// The bank takes a file, or refuses it whole: then its payments can be sent again.
func TestABankRefusesAFileWhole(t *testing.T) {
	c := newTill(t, modelstest.SQLite(t), 2)
	report, err := os.ReadFile(filepath.Join("intake", "testdata", "pain002-rejected.xml"))
	if err != nil {
		t.Fatal(err)
	}
	said := strings.ReplaceAll(string(report), "B-000042", c.batch.Number)
	if got := c.take(strings.ReplaceAll(strings.ReplaceAll(said, "RJCT", "ACCP"), "<StsRsnInf>", "<StsRsnInf>")); !slices.Equal(got, []string{"acknowledged"}) {
		t.Fatalf("taken: %v", got)
	}
	if got := c.take(said); !slices.Equal(got, []string{"rejected"}) {
		t.Fatalf("refused: %v", got)
	}
	list, err := models.Records[workflow.Payment](t.Context(), c.DB.Reader, &models.Viewer{System: true}, workflow.NounPayment, models.Filter{States: []workflow.State{workflow.Ready}})
	if err != nil || len(list) != 2 {
		t.Errorf("%d payments are ready, %v", len(list), err)
	}
	c.sound()
}

// A return, its payment's settlement and the release of what replaces it come at once: one
// payment of a tranche is live whatever wins.
func TestReturnsSettlementsAndReissuesAtOnce(t *testing.T) {
	rounds := 200
	if testing.Short() {
		rounds = 10
	}
	db := modelstest.Postgres(t)
	c := newTill(t, db, rounds)
	for i := range rounds {
		p := c.payments[i]
		csv := fmt.Sprintf("answer,trace,amount,date\nsettled,%s,%s,2026-03-02\n", p.Trace, p.Amount)
		back := c.answers(fmt.Sprintf("%d R23", i))
		errs := make(chan error, 3)
		for _, text := range []string{csv, back, strings.ReplaceAll(back, "\n", "\r\n")} {
			go func() {
				_, err := c.teller.file(context.Background(), c.As(workflow.FinanceReleaser), c.Program, strings.NewReader(text))
				errs <- err
			}()
		}
		for range 3 {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
	}
	c.look(c.batch.ID)
	for _, p := range c.payments {
		if p.State != workflow.Returned || p.ReissuedBy == 0 {
			t.Errorf("payment %s is %s", p.Number, p.State)
		}
	}
	if c.batch.State != workflow.Completed {
		t.Errorf("the batch is %s", c.batch.State)
	}
	c.sound()
}

// The verb reads a file, shows what it would do, and books it.
func TestTheVerbBooksABanksAnswers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "till.db")
	must(t, "migrate", "--database", path)
	db, err := models.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	db.SetJobs(&modelstest.Jobs{})
	c := newTill(t, db, 2)
	releaser, err := models.Record[workflow.Person](t.Context(), db.Reader, c.As(workflow.Auditor), workflow.NounPerson, c.People[workflow.FinanceReleaser])
	if err != nil {
		t.Fatal(err)
	}
	program, err := models.Record[workflow.Program](t.Context(), db.Reader, c.As(workflow.Auditor), workflow.NounProgram, c.Program)
	if err != nil {
		t.Fatal(err)
	}
	on := func(name, text string, more ...string) (string, error) {
		args := []string{"answers", "import", "--database", path, "--program", program.Prefix, "--by", releaser.Email}
		out, _, err := tranche(t, append(append(args, more...), programIn(t, filepath.Dir(path), name, text))...)
		return out, err
	}
	first := "answer,trace\nsettled," + c.payments[0].Trace + "\nsettled,999999999999999\n"
	out, err := on("first.csv", first)
	if err != nil || !strings.Contains(out, "2 answers") || !strings.Contains(out, "is entered") || !strings.Contains(out, "1 settled      due") || !strings.Contains(out, "1 settled      parked") {
		t.Errorf("shown: %v\n%s", err, out)
	}
	if out, err = on("again.csv", first, "--apply"); err == nil || !strings.Contains(err.Error(), "file_known") {
		t.Errorf("the same file: %v\n%s", err, out)
	}
	out, err = on("second.csv", "answer,trace,code,amount\nreturned,"+c.payments[1].Trace+",R03,"+c.payments[1].Amount.String()+"\n", "--apply")
	if err != nil || !strings.Contains(out, "is completed") || !strings.Contains(out, "1 returned     booked") {
		t.Errorf("booked: %v\n%s", err, out)
	}
	c.look(c.batch.ID)
	if c.payments[0].State != workflow.Exported || c.payments[1].State != workflow.Returned {
		t.Errorf("the payments are %s and %s", c.payments[0].State, c.payments[1].State)
	}
	c.sound()
}

// What is parked is booked when its reason is gone, and what was booked is not again.
func TestWhatWasParkedIsBookedInAnotherRound(t *testing.T) {
	c := newTill(t, modelstest.SQLite(t), 2)
	delete(c.Engine.Prepare, engine.Act{Noun: workflow.NounAnswerFile, Action: workflow.ActCreate}) // what it makes comes with the command
	id := c.AnswerFile(workflow.AnswerLine{Kind: workflow.AnswerSettled, Trace: c.payments[0].Trace},
		workflow.AnswerLine{Kind: workflow.AnswerSettled, Trace: c.payments[1].Trace, Amount: 1})
	apply := func(want workflow.State) {
		t.Helper()
		c.Act(c.As(workflow.FinanceCertifier), workflow.NounAnswerFile, id, workflow.ActApply)
		var done int
		if err := jobs.BookAnswers(t.Context(), c.DB, c.Engine, c.Now, id, func(n, _ int) { done = n }); err != nil {
			t.Fatal(err)
		}
		f, err := models.Record[workflow.AnswerFile](t.Context(), c.DB.Reader, c.As(workflow.Auditor), workflow.NounAnswerFile, id)
		if err != nil || f.State != want || done != 2 {
			t.Errorf("the file is %s after %d answers, want %s (%v)", f.State, done, want, err)
		}
	}
	apply(workflow.Parked)
	apply(workflow.Parked)
	c.Act(c.As(workflow.FinanceCertifier), workflow.NounAnswerFile, id, workflow.ActClose, enginetest.Text("note", "The bank took it back."))
	c.sound()
}
