package demo

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"

	"tranche/app/ach"
	"tranche/workflow"
)

// BatchFile is one bank file that was exported.
type BatchFile struct {
	File     string         `json:"file"` // below the directory of the results
	Format   string         `json:"format"`
	SHA256   string         `json:"sha256"`
	Payments int            `json:"payments"`
	Cents    workflow.Cents `json:"cents"`
}

// payment is what the drive looks at of a payment.
type payment struct {
	ID         workflow.ID `json:"id"`
	Version    int64       `json:"version"`
	State      string      `json:"state"`
	Number     string      `json:"number"`
	Amount     money       `json:"amount"`
	ReissuedBy workflow.ID `json:"reissued_by"`
	Reissues   workflow.ID `json:"reissues_id"`
	Trace      string      `json:"trace"`
}

func (p *payment) record() record { return record{p.ID, p.State, p.Version} }

// paySteps is how many steps pay shows.
const paySteps = 5

// pay puts everything that is ready into a batch, has one payment come back from
// the bank, and pays it again in a second batch.
func (d *drive) pay(ctx context.Context, unlucky *journey) error {
	var file []byte
	var again record
	for _, do := range [paySteps]func() error{
		func() (err error) { file, err = d.batch(ctx, 1); return err },
		func() (err error) { again, err = unlucky.comesBack(ctx, file); return err },
		func() error { return unlucky.newBank(ctx) },
		func() error {
			return d.act(ctx, grants, unlucky.key("reissue/release"), "payments", &again, "release", nil)
		},
		func() (err error) { _, err = d.batch(ctx, 2); return err },
	} {
		if err := do(); err != nil {
			return err
		}
		d.progress.step()
	}
	return nil
}

// effectiveAfter is how many days after its start the demonstration asks the bank
// to pay: long enough that it can be taken up again days later.
const effectiveAfter = 14

// batch has the n-th batch prepared, certified and released by three people,
// stores its files and returns the bank's.
func (d *drive) batch(ctx context.Context, n int) ([]byte, error) {
	key := "batch-" + strconv.Itoa(n)
	b, err := d.create(ctx, preparer, key+"/create", "batches", fields{"program": d.program, "effective": d.day(effectiveAfter)})
	if err != nil {
		return nil, err
	}
	if err := d.act(ctx, preparer, key+"/submit", "batches", &b, "submit", nil); err != nil {
		return nil, err
	}
	count, total, err := d.addUp(ctx, b.ID)
	if err != nil {
		return nil, err
	}
	if err := d.act(ctx, certifier, key+"/approve", "batches", &b, "approve", fields{"total": dollars(total)}); err != nil {
		return nil, err
	}
	var export fields
	if n == 1 {
		export = fields{"formats": copies}
	}
	if err := d.act(ctx, releaser, key+"/export", "batches", &b, "export", export); err != nil {
		return nil, err
	}
	return d.download(ctx, b.ID, count, total)
}

// copies are the formats that the first batch is exported in beside its own.
var copies = workflow.BankFormats[1:]

// extensions are those of the files of a batch.
var extensions = map[string]string{workflow.FormatNACHA: ".ach", workflow.FormatPain001: ".xml",
	workflow.FormatCTX: ".ctx.ach", workflow.FormatPain00103: ".03.xml", workflow.FormatSPR: ".spr", workflow.FormatRegister: ".csv",
	workflow.FormatWorkbook: ".xlsx"}

// addUp does what the certifier does: the total is nowhere on the batch.
func (d *drive) addUp(ctx context.Context, batch workflow.ID) (count int, total workflow.Cents, err error) {
	members, err := list[payment](ctx, d.client, d.people[certifier].token, "/payments", url.Values{"batch_id": {batch.String()}})
	if err != nil {
		return 0, 0, err
	}
	for i := range members {
		amount, err := members[i].Amount.cents()
		if err != nil {
			return 0, 0, fmt.Errorf("payment %s: %w", members[i].Number, err)
		}
		total += amount
	}
	return len(members), total, nil
}

// download stores the files of an exported batch under its number, each with the
// sum that the batch has for it, and returns the one for the bank.
func (d *drive) download(ctx context.Context, batch workflow.ID, count int, total workflow.Cents) ([]byte, error) {
	b, err := read[struct {
		Number   string `json:"number"`
		Format   string `json:"format"`
		File     string `json:"file"`
		Register string `json:"register"`
		Copies   string `json:"copies"`
	}](ctx, d, releaser, "batches", batch)
	if err != nil {
		return nil, err
	}
	files := (&workflow.Batch{Format: b.Format, File: b.File, Register: b.Register, Copies: b.Copies}).Files()
	var bank []byte
	for i, f := range files {
		path := fmt.Sprintf("/batches/%d/files/%s", batch, f.Format)
		body, err := d.client.send(ctx, call{method: http.MethodGet, path: path, token: d.people[releaser].token})
		if err != nil {
			return nil, err
		}
		name := b.Number + extensions[f.Format]
		if got := fmt.Sprintf("%x", sha256.Sum256(body)); got != f.Sum {
			return nil, fmt.Errorf("%s has SHA-256 %s, not %s", name, got, f.Sum)
		}
		if err := writeFile(filepath.Join(d.out, name), body, 0o600); err != nil {
			return nil, err
		}
		if i == 0 {
			bank = body
			d.batches = append(d.batches, BatchFile{name, f.Format, f.Sum, count, total})
		}
	}
	return bank, nil
}

// comesBack has the bank return the company's payment, which it found in file,
// because it knows no such account. It returns the payment that takes its place.
func (j *journey) comesBack(ctx context.Context, file []byte) (record, error) {
	claim, err := read[struct {
		Payment workflow.ID `json:"payment_id"`
	}](ctx, j.drive, releaser, "claims", j.request.ID)
	if err != nil {
		return record{}, err
	}
	sent, err := read[payment](ctx, j.drive, releaser, "payments", claim.Payment)
	if err != nil {
		return record{}, err
	}
	answer, err := returnFile(file, sent.Number, returnCode)
	if err != nil {
		return record{}, fmt.Errorf("write the bank's answer for payment %s: %w", sent.Number, err)
	}
	if err := writeFile(filepath.Join(j.out, "return-"+sent.Number+".ach"), answer, 0o600); err != nil {
		return record{}, err
	}
	if err := j.upload(ctx, answer); err != nil {
		return record{}, err
	}
	j.note(j.c, "payment of its first tranche, by its bank", returnCode)
	if sent, err = read[payment](ctx, j.drive, releaser, "payments", claim.Payment); err != nil {
		return record{}, err
	}
	again, err := read[payment](ctx, j.drive, grants, "payments", sent.ReissuedBy)
	return again.record(), err
}

// returnCode is why the payment comes back: the bank has no such account.
const returnCode = "R03"

// upload hands in what the bank sent.
func (j *journey) upload(ctx context.Context, answer []byte) error {
	got, err := j.client.send(ctx, call{
		method: http.MethodPost, path: fmt.Sprintf("/programs/%d/bank-files", j.program), token: j.people[releaser].token,
		key: "demo/" + j.key("return"), media: bankFile, body: answer,
	})
	if err != nil {
		return err
	}
	var said struct {
		Lines []struct {
			Line   int    `json:"line"`
			Result string `json:"result"`
			Reason string `json:"reason"`
		} `json:"lines"`
	}
	if err := json.Unmarshal(got, &said); err != nil {
		return fmt.Errorf("read answer to the bank's file: %w", err)
	}
	if len(said.Lines) != 1 || said.Lines[0].Result != "returned" && said.Lines[0].Result != "already" {
		return fmt.Errorf("the bank's file was taken as %+v", said.Lines)
	}
	return nil
}

// bankFile is the media type of what a bank sends.
const bankFile = "text/plain"

// newBank has the company name another account, which the certifier and the
// grants officer check: it takes the place of one that was verified before.
func (j *journey) newBank(ctx context.Context) error {
	if err := j.see(ctx, certifier, "bank-accounts", &j.account); err != nil {
		return err
	}
	steps := []func(context.Context) error{
		func(ctx context.Context) error {
			return j.onAccount(ctx, certifier, "reject", fields{"note": "The bank has no such account (" + returnCode + ")."})
		},
		j.enterAccount, j.verifyAccount,
		func(ctx context.Context) error { return j.onAccount(ctx, grants, "confirm", nil) },
	}
	for _, do := range steps {
		if err := do(ctx); err != nil {
			return err
		}
	}
	return nil
}

// returnFile does what the receiving bank does: it finds the payment in the file
// that was sent and writes the file in which it goes back.
func returnFile(sent []byte, number, code string) ([]byte, error) {
	r := ach.NewReader(bytes.NewReader(sent))
	var back *ach.Entry
	for {
		e, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if e.ID == number {
			back = e
		}
	}
	if back == nil {
		return nil, errors.New("the payment is not in the file")
	}
	f, b := r.File(), back.Batch
	head := ach.Header{
		Destination: f.Destination, DestinationName: f.DestinationName, Origin: f.Origin, OriginName: f.OriginName,
		Created: b.Effective.AddDate(0, 0, 1), Modifier: 'A', CompanyName: b.CompanyName, CompanyID: b.CompanyID,
		Description: b.Description, Effective: b.Effective.AddDate(0, 0, 2), ODFI: withCheckDigit(b.ODFI),
	}
	var out bytes.Buffer
	_, err := ach.WriteReturns(&out, head, []ach.Returned{{
		Credit: ach.Credit{Routing: back.Routing, Account: back.Account, Savings: back.Code == ach.SavingsCredit, Amount: back.Amount,
			ID: back.ID, Name: back.Name},
		Original: back.Trace, Code: code,
	}})
	return out.Bytes(), err
}
