package workflow

import (
	"strings"
	"testing"
)

// answered is a payment that is with the bank, and an answer that belongs to it.
func answered(kind, code string) (AnswerFacts, AnswerLine) {
	f := AnswerFacts{
		Payment: Payment{Record: Record{ID: 45, State: Exported}, Number: "P-000045", Trace: "021000020000001", Amount: 100_00, BankAccount: 7, ExportedAt: noon},
		Account: BankAccount{Record: Record{ID: 7, State: Verified}},
		Batch:   Batch{Record: Record{ID: 60, State: Exported}, Number: "B-000060"},
	}
	l := AnswerLine{Kind: kind, Trace: "021000020000001", Payment: "P-000045", Amount: 100_00, Code: code, Day: DateOf(noon)}
	if AboutBatch(kind) {
		l.Trace, l.Payment, l.Amount, l.Batch = "", "", 0, "B-000060"
	}
	return f, l
}

func TestAnswersAreMatched(t *testing.T) {
	type F = AnswerFacts
	type L = AnswerLine
	state := func(s State) func(*F, *L) { return func(f *F, _ *L) { f.Payment.State = s } }
	batch := func(s State) func(*F, *L) { return func(f *F, _ *L) { f.Batch.State = s } }
	for _, tt := range []struct {
		name, kind, code string
		change           func(*F, *L)
		want             string // action and record, or "already", or why it is parked
	}{
		{"settled", AnswerSettled, "", nil, "settle payment 45"},
		{"settled without a day", AnswerSettled, "", func(_ *F, l *L) { l.Day = 0 }, "settle payment 45"},
		{"settled by number alone", AnswerSettled, "", func(_ *F, l *L) { l.Trace = "" }, "settle payment 45"},
		{"settled by trace alone", AnswerSettled, "", func(_ *F, l *L) { l.Payment = "" }, "settle payment 45"},
		{"settled without an amount", AnswerSettled, "", func(_ *F, l *L) { l.Amount = 0 }, "settle payment 45"},
		{"settled while recalled", AnswerSettled, "", state(Recalled), "settle payment 45"},
		{"settled twice", AnswerSettled, "", state(Settled), "already"},
		{"settled and told after the return", AnswerSettled, "", state(Returned), "already"},
		{"settled to the wrong account", AnswerSettled, "", state(Misdirected), "already"},
		{"settled, and never sent", AnswerSettled, "", state(Ready), "payment_not_out"},
		{"settled with another amount", AnswerSettled, "", func(_ *F, l *L) { l.Amount++ }, "answer_amount_differs"},
		{"returned", AnswerReturned, "R03", nil, "return payment 45"},
		{"returned after it settled", AnswerReturned, "R03", state(Settled), "return payment 45"},
		{"returned on a recall", AnswerReturned, "R06", state(Recalled), "return payment 45"},
		{"refused by ISO 20022", AnswerReturned, "AC04", func(_ *F, l *L) { l.Amount = 0 }, "return payment 45"},
		{"returned twice", AnswerReturned, "R03", func(f *F, _ *L) { f.Payment.State, f.Payment.ReturnCode = Returned, "R03" }, "already"},
		{"returned once more, for another reason", AnswerReturned, "R02", func(f *F, _ *L) { f.Payment.State, f.Payment.ReturnCode = Returned, "R03" }, "answered_otherwise"},
		{"returned without an amount", AnswerReturned, "R03", func(_ *F, l *L) { l.Amount = 0 }, "answer_amount_differs"},
		{"returned with another amount", AnswerReturned, "R03", func(_ *F, l *L) { l.Amount-- }, "answer_amount_differs"},
		{"returned for another payee", AnswerReturned, "R03", func(_ *F, l *L) { l.Payment = "P-000046" }, "payment_differs"},
		{"returned, with the trace of another", AnswerReturned, "R03", func(f *F, _ *L) { f.Payment.Trace = "021000020000002" }, "payment_differs"},
		{"returned, and cancelled before", AnswerReturned, "R03", state(Cancelled), "payment_not_out"},
		{"returned, and unknown", AnswerReturned, "R03", func(f *F, _ *L) { f.Payment = Payment{} }, "trace_unknown"},
		{"returned, and nobody named", AnswerReturned, "R03", func(_ *F, l *L) { l.Trace, l.Payment = "", "" }, "reference_missing"},
		{"a return that is contested", AnswerReturned, "R73", nil, "return_disputed"},
		{"a return that is dishonored", AnswerReturned, "R61", nil, "return_disputed"},
		{"a change", AnswerChanged, "C01", func(_ *F, l *L) { l.Amount = 0 }, "suspend bank_account 7"},
		{"a change of what is doubted already", AnswerChanged, "C03", func(f *F, l *L) { f.Account.State, l.Amount = Entered, 0 }, "already"},
		{"a change that was booked before", AnswerChanged, "C02", func(f *F, l *L) { f.Before, l.Amount = true, 0 }, "already"},
		{"a change of the name", AnswerChanged, "C04", func(_ *F, l *L) { l.Amount = 0 }, "bank_change_needs_people"},
		{"a file that was taken", AnswerAcknowledged, "", nil, "acknowledge batch 60"},
		{"a file that was taken before", AnswerAcknowledged, "", batch(Acknowledged), "already"},
		{"a file that was never sent", AnswerAcknowledged, "", batch(Approved), "batch_not_out"},
		{"a file of nobody", AnswerAcknowledged, "", func(f *F, _ *L) { f.Batch = Batch{} }, "batch_unknown"},
		{"a file that was refused", AnswerRejected, "FF01", batch(Acknowledged), "reject batch 60"},
		{"a file that was refused twice", AnswerRejected, "FF01", batch(Rejected), "already"},
		{"a file that was refused after all answers", AnswerRejected, "FF01", batch(Completed), "batch_answered"},
	} {
		f, l := answered(tt.kind, tt.code)
		if tt.change != nil {
			tt.change(&f, &l)
		}
		step := f.Match(&l)
		got := string(step.Reason)
		switch {
		case step.Result == AnswerDue:
			got = strings.Join([]string{step.Child.Action.String(), step.Child.Noun.String(), step.Child.ID.String()}, " ")
		case step.Result == AnswerAlready:
			got = AnswerAlready
		}
		if got != tt.want {
			t.Errorf("%s: %s (%s), want %s", tt.name, got, step.Result, tt.want)
		}
	}
}

func TestAnswerFile(t *testing.T) {
	type F = AnswerFileFacts
	sum := strings.Repeat("0f", 32)
	ready := func(s State, a Action) (F, Command) {
		f, c := F{Kept: 3, Stored: 100, Done: 3}, Command{ID: 90, Parent: 2, Actor: Actor{Person: 5}, Received: noon, Inputs: []Input{fieldNote.text("called them")}}
		if a == ActCreate {
			c.Inputs = []Input{answerName.text("a.ach"), answerFormat.text(AnswersACH), answerSum.text(sum), answerContent.text(sum), answerBytes.count(100), answerLines.count(3)}
		}
		if s != None {
			f.AnswerFile = AnswerFile{Record: Record{ID: 90, State: s, Version: 1}, Program: 2, Lines: 3, Round: 1}
		}
		return f, c
	}
	runScenarios(t, AnswerFiles, ready, []scenario[F]{
		{name: "imported", start: in(None), action: ActCreate, by: FinanceReleaser, end: Entered, check: func(t *testing.T, f *F, _ *Step) {
			want := AnswerFile{Record: f.Record, Program: 2, Name: "a.ach", Format: AnswersACH, Sum: sum, Content: sum, Bytes: 100, Lines: 3, ImportedBy: 5}
			if f.AnswerFile != want {
				t.Errorf("made %+v", f.AnswerFile)
			}
		}},
		{name: "once more", start: in(None), action: ActCreate, by: FinanceReleaser, reason: "file_known", change: facts(func(f *F) { f.Same = 80 })},
		{name: "without its answers", start: in(None), action: ActCreate, by: FinanceReleaser, reason: "file_not_read", change: facts(func(f *F) { f.Kept = 2 })},
		{name: "without its bytes", start: in(None), action: ActCreate, by: FinanceReleaser, reason: "file_not_read", change: facts(func(f *F) { f.Stored = 99 })},
		{name: "applied", start: in(Entered, Parked), action: ActApply, by: FinanceCertifier, end: Applying, check: func(t *testing.T, f *F, s *Step) {
			wantJobs(t, s, Job{Kind: JobAnswers, Record: 90})
			if f.Round != 2 || f.AppliedBy != 5 {
				t.Errorf("round %d by %d", f.Round, f.AppliedBy)
			}
		}},
		{name: "given up", start: in(Entered), action: ActCancel, by: FinanceReleaser, end: Cancelled},
		{name: "all booked", start: in(Applying), action: ActFinish, by: System, end: Completed},
		{name: "one parked", start: in(Applying), action: ActFinish, by: System, end: Parked, change: facts(func(f *F) { f.Done, f.Waiting = 2, 1 }),
			check: func(t *testing.T, f *F, _ *Step) {
				if f.Booked != 2 || f.AnswerFile.Parked != 1 {
					t.Errorf("%d booked, %d parked", f.Booked, f.AnswerFile.Parked)
				}
			}},
		{name: "before the end", start: in(Applying), action: ActFinish, by: System, reason: "answers_due", change: facts(func(f *F) { f.Due = 1 })},
		{name: "closed", start: in(Parked), action: ActClose, by: FinanceCertifier, end: Completed, check: func(t *testing.T, f *F, _ *Step) {
			if f.Note != "called them" {
				t.Errorf("note %q", f.Note)
			}
		}},
	})
}
