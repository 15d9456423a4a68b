package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"tranche/app/ach"
	"tranche/app/engine"
	"tranche/app/export"
	"tranche/app/seal"
	"tranche/models"
	"tranche/workflow"
)

// A disburser completes the commands that need secrets or files: it seals the
// account numbers that people enter and renders the files of a batch before its
// export is queued. The lifecycle guards what it read.
type disburser struct {
	db   *models.DB
	keys *seal.Sealer
	now  func() time.Time
}

// preparers lists what d completes.
func (d *disburser) preparers() map[engine.Act]engine.Preparer {
	return map[engine.Act]engine.Preparer{
		{Noun: workflow.NounBankAccount, Action: workflow.ActEnter}: d.sealAccount,
		{Noun: workflow.NounBatch, Action: workflow.ActExport}:      d.render,
	}
}

// sealAccount replaces the account number by its sealed form and last four digits.
func (d *disburser) sealAccount(_ context.Context, c *workflow.Command) error {
	kept := make([]workflow.Input, 0, len(c.Inputs)+1)
	for _, in := range c.Inputs {
		if in.Name != "account" {
			kept = append(kept, in)
			continue
		}
		if !validAccount(in.Text) {
			return &workflow.Refusal{Noun: c.Noun, ID: c.ID, Action: c.Action, Kind: workflow.NotMet, Reason: "account_invalid", Field: in.Name}
		}
		sealed, err := d.keys.Seal(in.Text, seal.AccountNumber, c.ID)
		if err != nil {
			return fmt.Errorf("seal account number: %w", err)
		}
		kept = append(kept, workflow.Input{Name: "sealed", Text: sealed}, workflow.Input{Name: "last4", Text: in.Text[max(0, len(in.Text)-4):]})
	}
	c.Inputs = kept
	return nil
}

// sumAccount sums the number of an account with a key, so that the same account of
// another organization is found; "" where it cannot be opened.
func (d *disburser) sumAccount(a *workflow.BankAccount) string {
	sum, err := d.keys.Sum(a.Sealed, seal.AccountNumber, a.ID, func(number string) string {
		return a.Routing + " " + strings.ToUpper(strings.TrimLeft(strings.ReplaceAll(number, "-", ""), "0"))
	})
	if err != nil {
		slog.Warn("account number cannot be opened", "account", a.ID.String(), "err", err)
	}
	return sum
}

// validAccount reports whether s can be the account number of an ACH entry: 4 to
// 17 letters, digits or hyphens, not only zeros.
// Source: Nacha entry detail record, positions 13 to 29.
func validAccount(s string) bool {
	for _, r := range s {
		if (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && r != '-' {
			return false
		}
	}
	return len(s) >= 4 && len(s) <= 17 && strings.Trim(s, "0-") != ""
}

// render writes the bank file and the register of a batch, reads them back,
// stores them, and names them on the command.
func (d *disburser) render(ctx context.Context, c *workflow.Command) error {
	now := d.now()
	from, err := d.db.Disbursing(ctx, c.ID)
	if err != nil {
		return err
	}
	if from.Batch.State != workflow.Approved || len(from.Members) == 0 {
		return nil // the lifecycle has the answer
	}
	if facts := (&workflow.BatchFacts{Batch: from.Batch, Payer: from.Program, Payments: membersOf(&from)}); !facts.Writable(c, now) {
		return nil
	}
	plain, err := d.open(from.Members)
	if err != nil {
		return err
	}
	batch, err := d.achBatch(ctx, &from, now)
	if err != nil {
		return err
	}
	controls := controlsOf(&from)
	in := []workflow.Input{{Name: "members", Text: controls.Members}, {Name: "entry_hash", Text: controls.EntryHash},
		{Name: "traces", Text: traces(&batch, len(plain))}}
	for _, file := range []struct{ format, input string }{{from.Batch.Pays(), "file"}, {workflow.FormatRegister, "register"}} {
		sum, err := d.store(ctx, c.ID, file.format, batch, plain, now)
		if err != nil {
			return err
		}
		in = append(in, workflow.Input{Name: file.input, Text: sum})
	}
	others, err := d.copies(ctx, c, from.Batch.Pays(), batch, plain, now)
	if err != nil {
		return err
	}
	c.Inputs = append(append(c.Inputs, in...), workflow.Input{Name: "others", Text: string(others)})
	return nil
}

// copies makes the workbook, and the files that the releaser asks for beside the
// released one.
func (d *disburser) copies(ctx context.Context, c *workflow.Command, released string, batch export.Batch, plain []export.Payment, now time.Time) (out workflow.Copies, err error) {
	for _, format := range append([]string{workflow.FormatWorkbook}, workflow.BankFormats...) {
		if format == released || format != workflow.FormatWorkbook && !c.Asks(format) {
			continue
		}
		sum, err := d.store(ctx, c.ID, format, batch, plain, now)
		if err != nil {
			return "", err
		}
		out = out.And(format, sum)
	}
	return out, nil
}

// open turns the members into what files are made from.
func (d *disburser) open(members []models.Disbursement) ([]export.Payment, error) {
	out := make([]export.Payment, len(members))
	for i, m := range members {
		account, err := d.keys.Open(m.Account.Sealed, seal.AccountNumber, m.Account.ID)
		if err != nil {
			return nil, fmt.Errorf("account of payment %s: %w", m.Payment.Number, err)
		}
		o := &m.Organization
		out[i] = export.Payment{Number: m.Payment.Number, Award: m.AwardNumber, Organization: o.LegalName, UEI: o.UEI, EIN: o.EIN,
			Street: o.Street, City: o.City, Region: o.Region, Zip: o.Zip, Country: o.Country, Symbol: m.Symbol,
			Tranche: int(m.Tranche), Amount: m.Payment.Amount, Routing: m.Account.Routing, Account: account, Savings: m.Account.Savings}
	}
	return out, nil
}

// store renders one file, verifies it against the payments, and keeps its bytes.
func (d *disburser) store(ctx context.Context, id workflow.ID, name string, batch export.Batch, list []export.Payment, now time.Time) (string, error) {
	format, _ := export.Find(name)
	if format.ByRouting {
		list = slices.SortedStableFunc(slices.Values(list), func(a, b export.Payment) int { return strings.Compare(a.Routing, b.Routing) })
	}
	var file bytes.Buffer
	totals, err := format.Write(&file, batch, yield(list))
	if wrong := new(ach.Error); errors.As(err, &wrong) {
		return "", refuseFile(id, wrong, list)
	}
	if err != nil {
		return "", fmt.Errorf("write %s file of batch %s: %w", name, batch.Number, err)
	}
	if err := format.Verify(bytes.NewReader(file.Bytes()), batch, yield(list), totals); err != nil {
		return "", fmt.Errorf("read back %s file of batch %s: %w", name, batch.Number, err)
	}
	return d.db.StoreDocument(ctx, file.Bytes(), now)
}

func yield(list []export.Payment) export.Payments {
	return func(next func(*export.Payment, error) bool) {
		for i := range list {
			if !next(&list[i], nil) {
				return
			}
		}
	}
}

// modifiers tell the files of a day apart.
const modifiers = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

// achBatch says between whom and when the batch is paid. A bank file needs
// the program's bank, which an admin enters. Nothing but what is missing there can
// stop the file once it has taken its numbers.
func (d *disburser) achBatch(ctx context.Context, from *models.Disbursing, now time.Time) (export.Batch, error) {
	p := &from.Program
	effective := from.Batch.Effective.Time()
	if today := workflow.DateOf(now).Time(); effective.Before(today) {
		effective = today
	}
	b := export.Batch{Number: from.Batch.Number, Account: p.OriginAccount,
		Treasury: export.Treasury{Input: p.PAMAgency, ALC: p.LocationCode, Payment: p.PaymentType, Text: p.Prefix[:min(4, len(p.Prefix))]}, ACH: ach.Header{
			Destination: p.BankRouting, DestinationName: p.BankName, Origin: p.CompanyID, OriginName: p.CompanyName, Created: now,
			Modifier: modifiers[0], CompanyName: p.CompanyName, CompanyID: p.CompanyID, Description: "VOUCHER",
			Effective: effective, ODFI: p.BankRouting, FirstSequence: 1}}
	if err := b.ACH.Check(); err != nil {
		return b, refuseExport(from, "bank_details_incomplete")
	}
	taken, err := d.db.TakeBankNumbers(ctx, p.BankRouting[:8], len(from.Members), workflow.DateOf(now))
	switch {
	case errors.Is(err, models.ErrNumbers):
		return b, refuseExport(from, "traces_exhausted")
	case err != nil:
		return b, err
	case taken.File >= len(modifiers):
		return b, refuseExport(from, "files_exhausted")
	}
	b.ACH.Modifier, b.ACH.FirstSequence = modifiers[taken.File], taken.First
	return b, nil
}

// refuseFile names the payment, or the part of the header, that a file cannot carry.
// The lifecycle keeps such a payment out of a batch; this is for what changed since.
func refuseFile(id workflow.ID, wrong *ach.Error, list []export.Payment) error {
	words := workflow.Words{"payment": "", "field": wrong.Field, "rule": string(wrong.Rule)}
	if wrong.Entry > 0 {
		words["payment"] = list[wrong.Entry-1].Number
	}
	return &workflow.Refusal{Noun: workflow.NounBatch, ID: id, Action: workflow.ActExport, State: workflow.Approved, Kind: workflow.NotMet,
		Reason: "file_refuses", Words: words}
}

func membersOf(from *models.Disbursing) []workflow.Payment {
	out := make([]workflow.Payment, len(from.Members))
	for i := range from.Members {
		out[i] = from.Members[i].Payment
	}
	return out
}

func refuseExport(from *models.Disbursing, why workflow.Reason) error {
	return &workflow.Refusal{Noun: workflow.NounBatch, ID: from.Batch.ID, Action: workflow.ActExport, State: from.Batch.State,
		Kind: workflow.NotMet, Reason: why}
}

func controlsOf(from *models.Disbursing) workflow.Controls {
	accounts := make([]workflow.BankAccount, len(from.Members))
	for i := range from.Members {
		accounts[i] = from.Members[i].Account
	}
	return workflow.ControlsOf(membersOf(from), accounts)
}

func traces(b *export.Batch, n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = b.Trace(i).String()
	}
	return strings.Join(list, ",")
}
