package workflow

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
)

// upload is an input of a file.
func upload(f Field, name, body string) Input {
	return Input{Name: f.Name, Text: name, Body: []byte(body)}
}

func shaOf(body string) string {
	sum := sha256.Sum256([]byte(body))
	return hex.EncodeToString(sum[:])
}

const aPDF = "%PDF-1.7\n%%EOF\n"

func TestStatement(t *testing.T) {
	type F = StatementFacts
	start, end := DateOf(noon)-365, DateOf(noon)-1
	ready := func(s State, a Action) (F, Command) {
		f := F{Organization: Organization{Record: Record{ID: 5, State: Active}}}
		c := Command{ID: 70, Parent: 5, Received: noon}
		if s != None {
			f.RevenueStatement = RevenueStatement{Record: Record{ID: 70, State: s, Version: 1}, Organization: 5}
		}
		if a == ActCreate || a == ActAmend {
			c.Inputs = []Input{fieldFiscalYear.count(2025), fieldPeriodStart.day(start), fieldPeriodEnd.day(end), fieldStated.cents(0), fieldCurrency.text("EUR"),
				fieldStandard.text("ifrs"), fieldSource.text("audited"), upload(fieldDocument, "Fiscal 2025.PDF", aPDF), fieldNote.text("n")}
		}
		if a == ActWithdraw {
			c.Inputs = []Input{fieldNote.text("a slip")}
		}
		return f, c
	}
	unproved := func(_ *F, c *Command) {
		c.Inputs = slices.DeleteFunc(c.Inputs, func(in Input) bool { return in.Name == "document" })
	}
	list := []scenario[F]{
		{name: "of a year that ended yesterday, without revenue", start: in(None), action: ActCreate, by: AOR, end: Active,
			check: func(t *testing.T, f *F, s *Step) {
				want := RevenueStatement{Record: f.Record, Organization: 5, FiscalYear: 2025, PeriodStart: start, PeriodEnd: end, Currency: "EUR",
					Standard: "ifrs", Source: "audited", Document: shaOf(aPDF), DocumentName: "Fiscal 2025.PDF", Note: "n"}
				if f.RevenueStatement != want {
					t.Errorf("made %+v, want %+v", f.RevenueStatement, want)
				}
				if docs := s.Documents(); len(docs) != 1 || docs[0].Sum != want.Document || string(docs[0].Body) != aPDF {
					t.Errorf("stored %v", docs)
				}
				wantJobs(t, s)
			}},
		{name: "in dollars, without a document, of twelve months that are no fiscal year", start: in(None), action: ActCreate, by: System, end: Active,
			change: func(f *F, c *Command) {
				f.Used = true
				c.Inputs = []Input{fieldPeriodStart.day(start), fieldPeriodEnd.day(end), fieldStated.cents(7), fieldSource.text("self_certified")}
			},
			check: func(t *testing.T, f *F, s *Step) {
				want := RevenueStatement{Record: f.Record, Organization: 5, PeriodStart: start, PeriodEnd: end, Amount: 7, Currency: "USD", Source: "self_certified"}
				if f.RevenueStatement != want || len(s.Documents()) > 0 {
					t.Errorf("made %+v, want %+v", f.RevenueStatement, want)
				}
				wantJobs(t, s, Job{Kind: JobEvidence, Record: 5})
			}},
		{name: "in place of a withdrawn one, with its evidence", start: in(None), action: ActCreate, by: System, end: Active,
			change: func(f *F, c *Command) {
				f.Before = RevenueStatement{Record: Record{ID: 69, State: Withdrawn}, Organization: 5, Document: "d", DocumentName: "before.pdf"}
				c.Inputs = append(slices.DeleteFunc(c.Inputs, func(in Input) bool { return in.Name == "document" }), fieldReplaces.ref(69))
			},
			check: func(t *testing.T, f *F, s *Step) {
				if f.Replaces != 69 || f.Document != "d" || f.DocumentName != "before.pdf" || len(s.Documents()) > 0 {
					t.Errorf("made %+v", f.RevenueStatement)
				}
			}},
		{name: "in place of one that stands", start: in(None), action: ActCreate, by: AOR, reason: "replaces_another",
			change: func(f *F, c *Command) {
				f.Before = RevenueStatement{Record: Record{ID: 69, State: Active}, Organization: 5}
				c.Inputs = append(c.Inputs, fieldReplaces.ref(69))
			}},
		{name: "in place of somebody else's", start: in(None), action: ActCreate, by: AOR, reason: "replaces_another",
			change: func(f *F, c *Command) {
				f.Before = RevenueStatement{Record: Record{ID: 69, State: Withdrawn}, Organization: 6}
				c.Inputs = append(c.Inputs, fieldReplaces.ref(69))
			}},
		{name: "by another one, though a verdict rests on it", start: in(Active), action: ActAmend, by: AOR, end: Withdrawn,
			change: facts(func(f *F) { f.Used = true }),
			check: func(t *testing.T, f *F, s *Step) {
				wantChildren(t, s, "create statement 0")
				child := slices.Collect(s.Children())[0]
				c := Command{Inputs: child.Inputs}
				if name, body := c.File(fieldDocument); child.By != System || child.Parent != 5 || c.Ref(fieldReplaces) != 70 || c.Int(fieldFiscalYear) != 2025 ||
					name != "Fiscal 2025.PDF" || string(body) != aPDF {
					t.Errorf("raised %+v", child)
				}
				if f.Note != "n" || f.Amount != 0 || len(s.Documents()) > 0 {
					t.Errorf("amended %+v", f.RevenueStatement)
				}
			}},
		{name: "by one that keeps its document", start: in(Active), action: ActAmend, by: AOR, end: Withdrawn,
			change: func(f *F, c *Command) { f.Document = "d"; unproved(f, c) }},
		{name: "before it was used", start: in(Active), action: ActWithdraw, by: AOR, end: Withdrawn,
			check: func(t *testing.T, f *F, s *Step) {
				if f.Note != "a slip" {
					t.Errorf("note is %q", f.Note)
				}
				wantJobs(t, s)
			}},
		{name: "after a verdict rests on it", start: in(Active), action: ActWithdraw, by: AOR, reason: "statement_used",
			change: facts(func(f *F) { f.Used = true })},
	}
	for _, bad := range []struct {
		name   string
		reason Reason
		change func(*F, *Command)
	}{
		{"of nobody", "organization_unknown", facts(func(f *F) { f.Organization = Organization{} })},
		{"of a period that ends as it starts", "period_order", asking[F](fieldPeriodEnd.day(start))},
		{"of a period without a start", "period_order", asking[F](fieldPeriodStart.day(0))},
		{"of a period that ends today", "period_not_over", asking[F](fieldPeriodEnd.day(end + 1))},
		{"of two years and a day", "period_too_long", asking[F](fieldPeriodStart.day(end - longestPeriod))},
		{"of the first day there is", "period_too_long", asking[F](fieldPeriodStart.day(1))},
		{"of a year before the period", "fiscal_year_unfit", asking[F](fieldFiscalYear.count(2024))},
		{"of a year after the period", "fiscal_year_unfit", asking[F](fieldFiscalYear.count(2027))},
		{"of an audit that is not there", "evidence_missing", unproved},
		{"of a review that is not there", "evidence_missing", func(f *F, c *Command) { unproved(f, c); asking[F](fieldSource.text("reviewed"))(f, c) }},
		{"with a program", "file_type_refused", asking[F](upload(fieldDocument, "f.pdf", "MZ\x90\x00"))},
		{"with a page", "file_type_refused", asking[F](upload(fieldDocument, "f.html", "<html><script>,</script>"))},
		{"with a page called a table", "file_type_refused", asking[F](upload(fieldDocument, "f.csv", "<svg onload=alert(1)>,x\na,b\n"))},
		{"with a PDF called a program", "file_type_refused", asking[F](upload(fieldDocument, "f.exe", aPDF))},
		{"with a name and no file", "file_type_refused", asking[F](Input{Name: "document", Text: "f.pdf"})},
		{"with a sum in place of a file", "file_type_refused", asking[F](Input{Name: "document", Text: strings.Repeat("0f", 32)})},
	} {
		list = append(list, scenario[F]{name: bad.name, start: in(None), action: ActCreate, by: AOR, reason: bad.reason, change: bad.change},
			scenario[F]{name: bad.name, start: in(Active), action: ActAmend, by: Admin, reason: bad.reason, change: bad.change})
	}
	runScenarios(t, Statements, ready, list)
}

func TestElimination(t *testing.T) {
	type F = EliminationFacts
	ready := func(s State, a Action) (F, Command) {
		f := F{Statement: RevenueStatement{Record: Record{ID: 70, State: Active}, Organization: 5, Amount: 100, Currency: "EUR"},
			Counterparty: Organization{Record: Record{ID: 6, State: Active}}, Claimed: 40, Used: true}
		c := Command{ID: 71, Parent: 70, Received: noon, Actor: Actor{Person: olga}}
		switch {
		case s != None:
			f.Elimination = Elimination{Record: Record{ID: 71, State: s, Version: 1}, Statement: 70, Organization: 5, Counterparty: 6, Amount: 60}
			c.Inputs = []Input{fieldNote.text("seen")}
		case a == ActCreate:
			c.Inputs = []Input{fieldCounterparty.ref(6), fieldStated.cents(60), upload(fieldDocument, "ledger.csv", "a,b\n"), fieldNote.text("n")}
		}
		return f, c
	}
	runScenarios(t, Eliminations, ready, []scenario[F]{
		{name: "all that is left of the revenue, for an officer to look at", start: in(None), action: ActCreate, by: AOR, end: Requested,
			check: func(t *testing.T, f *F, s *Step) {
				want := Elimination{Record: f.Elimination.Record, Statement: 70, Organization: 5, Counterparty: 6, Amount: 60, Document: shaOf("a,b\n"),
					DocumentName: "ledger.csv", Note: "n"}
				if f.Elimination != want {
					t.Errorf("made %+v, want %+v", f.Elimination, want)
				}
				wantJobs(t, s)
			}},
		{name: "a cent more than is left", start: in(None), action: ActCreate, by: AOR, reason: "over_stated_revenue", change: asking[F](fieldStated.cents(61))},
		{name: "more than any number", start: in(None), action: ActCreate, by: AOR, reason: "over_stated_revenue", change: asking[F](fieldStated.cents(1<<63 - 1))},
		{name: "nothing", start: in(None), action: ActCreate, by: AOR, reason: "amount_zero", change: asking[F](fieldStated.cents(0))},
		{name: "less than nothing", start: in(None), action: ActCreate, by: AOR, reason: "amount_zero", change: asking[F](fieldStated.cents(-1))},
		{name: "of a withdrawn statement", start: in(None), action: ActCreate, by: AOR, reason: "statement_withdrawn",
			change: facts(func(f *F) { f.Statement.State = Withdrawn })},
		{name: "paid by nobody", start: in(None), action: ActCreate, by: AOR, reason: "organization_unknown",
			change: facts(func(f *F) { f.Counterparty = Organization{} })},
		{name: "paid by a stranger", start: in(None), action: ActCreate, by: AOR, reason: "organization_unknown",
			change: facts(func(f *F) { f.Stranger = true })},
		{name: "paid by an admin's stranger", start: in(None), action: ActCreate, by: Admin, end: Requested,
			change: facts(func(f *F) { f.Stranger = true })},
		{name: "paid by itself", start: in(None), action: ActCreate, by: AOR, reason: "counterparty_is_itself",
			change: facts(func(f *F) { f.Counterparty.ID = 5 })},
		{name: "without evidence", start: in(None), action: ActCreate, by: AOR, reason: "evidence_missing",
			change: func(_ *F, c *Command) { c.Inputs = append(c.Inputs[:2:2], c.Inputs[3]) }},
		{name: "with a script for evidence", start: in(None), action: ActCreate, by: AOR, reason: "file_type_refused",
			change: asking[F](upload(fieldDocument, "ledger.csv", "#!/bin/sh\n"))},
		{name: "on evidence", start: in(Requested), action: ActConfirm, by: ProgramOfficer, end: Active,
			check: func(t *testing.T, f *F, s *Step) {
				if f.DecidedBy != olga || f.Note != "seen" {
					t.Errorf("confirmed %+v", f.Elimination)
				}
				wantJobs(t, s, Job{Kind: JobEvidence, Record: 5})
			}},
		{name: "when others have taken it", start: in(Requested), action: ActConfirm, by: Admin, reason: "over_stated_revenue",
			change: facts(func(f *F) { f.Claimed = 41 })},
		{name: "of what was withdrawn meanwhile", start: in(Requested), action: ActConfirm, by: Admin, reason: "statement_withdrawn",
			change: facts(func(f *F) { f.Statement.State = Withdrawn })},
		{name: "not so", start: in(Requested), action: ActDeny, by: ProgramOfficer, end: Denied,
			check: func(t *testing.T, _ *F, s *Step) { wantJobs(t, s) }},
		{name: "a slip", start: in(Requested), action: ActWithdraw, by: AOR, end: Withdrawn,
			check: func(t *testing.T, _ *F, s *Step) { wantJobs(t, s) }},
		{name: "that counted", start: in(Active), action: ActWithdraw, by: AOR, end: Withdrawn,
			check: func(t *testing.T, _ *F, s *Step) { wantJobs(t, s, Job{Kind: JobEvidence, Record: 5}) }},
	})
}

func TestRate(t *testing.T) {
	type F = RateFacts
	ready := func(s State, a Action) (F, Command) {
		f, c := F{}, Command{ID: 90, Received: noon, Inputs: []Input{fieldNote.text("a slip")}}
		if s != None {
			f.Rate = Rate{Record: Record{ID: 90, State: s, Version: 1}}
		} else {
			c.Inputs = []Input{fieldCurrency.text("EUR"), fieldPeriodStart.day(DateOf(noon) - 365), fieldPeriodEnd.day(DateOf(noon) - 1),
				fieldUSDPerUnit.text("1.0835"), fieldPublisher.text("IRS"), fieldNote.text("n")}
		}
		return f, c
	}
	runScenarios(t, Rates, ready, []scenario[F]{
		{name: "of a year", start: in(None), action: ActCreate, by: Admin, end: Active,
			check: func(t *testing.T, f *F, s *Step) {
				want := Rate{Record: f.Record, Currency: "EUR", PeriodStart: DateOf(noon) - 365, PeriodEnd: DateOf(noon) - 1, USDPerUnit: 1_083_500_000,
					Publisher: "IRS", Note: "n"}
				if f.Rate != want {
					t.Errorf("made %+v, want %+v", f.Rate, want)
				}
				wantJobs(t, s, Job{Kind: JobRate, Record: 90})
			}},
		{name: "of a day", start: in(None), action: ActCreate, by: System, end: Active, change: asking[F](fieldPeriodStart.day(DateOf(noon) - 1))},
		{name: "of a period that ends before it starts", start: in(None), action: ActCreate, by: Admin, reason: "period_order",
			change: asking[F](fieldPeriodStart.day(DateOf(noon)))},
		{name: "of a period that is not over", start: in(None), action: ActCreate, by: Admin, reason: "period_not_over",
			change: asking[F](fieldPeriodEnd.day(DateOf(noon)))},
		{name: "of nothing", start: in(None), action: ActCreate, by: Admin, reason: "rate_invalid", change: asking[F](fieldUSDPerUnit.text("0.000"))},
		{name: "a wrong one", start: in(Active), action: ActWithdraw, by: Admin, end: Withdrawn,
			check: func(t *testing.T, f *F, s *Step) {
				if f.Note != "a slip" {
					t.Errorf("note is %q", f.Note)
				}
				wantJobs(t, s, Job{Kind: JobRate, Record: 90})
			}},
	})
}

func TestPerUnit(t *testing.T) {
	for text, want := range map[string]PerUnit{"1": perDollar, "0.0067": 6_700_000, "1.0835": 1_083_500_000, "0.000000001": 1, "999999.999999999": MaxPerUnit, "3.250": 3_250_000_000} {
		got, err := ParsePerUnit(text)
		if err != nil || got != want {
			t.Errorf("%q: got %d, %v; want %d", text, got, err, want)
		}
		if again, err := ParsePerUnit(got.String()); err != nil || again != got {
			t.Errorf("%q is written as %q", text, got)
		}
	}
	for _, text := range []string{"", "0", "0.0", "-1", "+1", "1.", ".5", "01", "1,5", "1e3", "NaN", "Inf", "1000000", "0.0000000001", "１", "١", "1 ", "1.2.3", "0x1"} {
		if got, err := ParsePerUnit(text); err == nil {
			t.Errorf("%q is read as %d", text, got)
		}
	}
	for _, c := range []struct {
		amount Amount
		rate   PerUnit
		want   Cents
	}{
		{0, perDollar, 0}, {1, 1, 1}, {100, 1_083_500_000, 109}, {10_000, 1_083_500_000, 10_835}, {2, perDollar / 2, 1}, {3, perDollar / 2, 2},
		{1<<63 - 1, perDollar, 1<<63 - 1}, {1<<63 - 1, MaxPerUnit, 1<<63 - 1}, {Amount(MaxCents), MaxPerUnit, 1<<63 - 1},
	} {
		if got := c.rate.Dollars(c.amount); got != c.want {
			t.Errorf("%d at %d come to %d, want %d", c.amount, c.rate, got, c.want)
		}
	}
}

func TestCurrenciesAreCodesInOrder(t *testing.T) {
	if !slices.IsSorted(Currencies) || len(slices.Compact(slices.Clone(Currencies))) != len(Currencies) || len(Currencies) < 150 || !contains(Currencies, USD) {
		t.Errorf("%d currencies, sorted %t", len(Currencies), slices.IsSorted(Currencies))
	}
	for _, c := range Currencies {
		if !isCapitals(c, 3) {
			t.Errorf("%q is no code", c)
		}
	}
}

// workbook makes a ZIP archive with these names in it.
func workbook(t *testing.T, names ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range names {
		if _, err := w.Create(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestAFileIsWhatItsBytesSay(t *testing.T) {
	book := workbook(t, "[Content_Types].xml", "xl/workbook.xml")
	for _, c := range []struct{ body, want string }{
		{aPDF, "PDF"}, {"\x89PNG\r\n\x1a\n...", "PNG"}, {"\xff\xd8\xff\xe0", "JPEG"}, {book, "XLSX"},
		{"year,revenue\r\n2025,\"4,200,000.00\"\r\n", "CSV TXT"}, {"\ufeff年,營收\n2025,1\n", "CSV TXT"},
		{"one column\n", "TXT"}, {"a,b\nc\n", "TXT"}, {"a,b\x00\n", ""}, {"a,\"b\n", "TXT"}, {"a\u009bb", ""}, {"\xff,b\n", ""}, {" <html>,\n", ""},
		{"%!PS-Adobe", ""}, {"\x7fELF", ""}, {"MZ\x90\x00", ""}, {"<?xml version=\"1.0\"?>", ""}, {"{\"a\":1}", "TXT"},
		{workbook(t, "word/document.xml", "[Content_Types].xml"), "DOCX"}, {workbook(t, "word/document.xml", "[Content_Types].xml", "word/vbaProject.bin"), ""}, {workbook(t, "[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"), ""},
		{book[:len(book)-10], ""}, {"PK\x03\x04", ""},
	} {
		if got := typesOf([]byte(c.body)); got != c.want {
			t.Errorf("%.20q is %q, want %q", c.body, got, c.want)
		}
	}
	for name, want := range map[string]bool{"a.pdf": true, "a.PDF": true, "a.csv.pdf": true, "a.csv": false, "pdf": false, "a.pdf.exe": false, "": false} {
		if _, got := FileTypeOf(name, []byte(aPDF), "csv", "pdf"); got != want {
			t.Errorf("a PDF called %q is taken: %t", name, got)
		}
	}
}

// typesOf lists what a body is, under a name that says so.
func typesOf(body []byte) string {
	var names []string
	for _, t := range FileTypes {
		if is, known := FileTypeOf("x"+t.Extensions[0], body); known {
			names = append(names, is.Name)
		}
	}
	return strings.Join(names, " ")
}

func FuzzTypeOfFile(f *testing.F) {
	for _, seed := range []string{aPDF, "a,b\n", "PK\x03\x04", "<a,b", "\ufeffa,b", "\"a\n\",b"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if kind, known := FileTypeOf("x.csv", body); known && kind.Name == "CSV" && bytes.HasPrefix(bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\ufeff"))), []byte("<")) {
			t.Errorf("%q is taken for a table", body)
		}
	})
}
