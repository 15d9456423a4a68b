package workflow

import "time"

// A RevenueStatement is what an organization's revenue was in one period, mostly
// a fiscal year, with its evidence. A wrong one is withdrawn and replaced, never
// changed.
type RevenueStatement struct {
	Record
	Organization ID
	FiscalYear   int64 // the year's name; zero for a period that is no fiscal year
	PeriodStart  Date
	PeriodEnd    Date   // the last day of the period
	Amount       Amount // gross revenue, of Currency
	Currency     string // one of Currencies; "" is USD
	Standard     string // one of Standards, or ""
	Source       string // one of StatementSources
	Document     string // SHA-256 of the evidence, hex, or ""
	DocumentName string // what the file was called when it was uploaded
	Replaces     ID     // the withdrawn statement that this one amends, or zero
	Note         string
}

// StatementFacts is everything that a decision about a revenue statement may look at.
type StatementFacts struct {
	RevenueStatement
	Standing
	Organization Organization     // the one that states
	Used         bool             // a stored verdict of its group may rest on it
	Before       RevenueStatement // the one that this one is to replace; ID zero when there is none
}

// StatementSources are the kinds of evidence for a statement.
var StatementSources = []string{"audited", "reviewed", selfCertified, "tax_return"}

// selfCertified is the source that has no document: the organization's own word.
const selfCertified = "self_certified"

// Standards are the rules by which revenue was recognized.
var Standards = []string{"ifrs", "other_standard", "tax_basis", "us_gaap"}

// JobEvidence is the kind of job that runs the revenue rule again over the cases
// of an organization's group.
const JobEvidence = "evidence_changed"

// longestPeriod is the longest period that a statement may cover: two years. A
// change of the fiscal year makes at most 23 months.
const longestPeriod = 731

var (
	fieldPeriodStart = Field{Name: "period_start", Kind: Day}
	fieldPeriodEnd   = Field{Name: "period_end", Kind: Day}
	fieldStated      = Field{Name: "amount", Kind: Stated}
	fieldStandard    = Field{Name: "standard", Kind: Choice, Choices: Standards, Optional: true}
	fieldSource      = Field{Name: "source", Kind: Choice, Choices: StatementSources}
	fieldDocument    = Field{Name: "document", Kind: File, Choices: []string{"pdf", "png", "jpeg", "xlsx", "csv"}}
	fieldReplaces    = Field{Name: "replaces", Kind: Ref, Of: NounStatement, Optional: true}
)

// statementFields are what a statement says. Which one it replaces is asked for
// only where it is made.
var statementFields = []Field{fieldFiscalYear.Opt(), fieldPeriodStart, fieldPeriodEnd, fieldStated, fieldCurrency.Opt(),
	fieldStandard, fieldSource, fieldDocument.Opt()}

type statementGuard = Guard[StatementFacts]

var (
	statesForSomebody = statementGuard{
		Reason: "organization_unknown",
		OK:     func(f *StatementFacts, _ *Command, _ time.Time) bool { return f.Organization.ID != 0 },
	}
	periodInOrder = statementGuard{
		Reason: "period_order",
		OK: func(_ *StatementFacts, c *Command, _ time.Time) bool {
			return c.Date(fieldPeriodStart) != 0 && c.Date(fieldPeriodStart).Before(c.Date(fieldPeriodEnd))
		},
		Field: &fieldPeriodEnd,
	}
	periodOver = statementGuard{
		Reason: "period_not_over",
		OK: func(_ *StatementFacts, c *Command, now time.Time) bool {
			return c.Date(fieldPeriodEnd).Before(DateOf(now))
		},
		Field: &fieldPeriodEnd,
	}
	periodNotTooLong = statementGuard{
		Reason: "period_too_long",
		OK: func(_ *StatementFacts, c *Command, _ time.Time) bool {
			return c.Date(fieldPeriodEnd).DaysSince(c.Date(fieldPeriodStart)) < longestPeriod
		},
		Field: &fieldPeriodEnd,
	}
	// A fiscal year is named after a calendar year that it touches.
	yearFits = statementGuard{
		Reason: "fiscal_year_unfit",
		OK: func(_ *StatementFacts, c *Command, _ time.Time) bool {
			year := c.Int(fieldFiscalYear)
			return year == 0 || int64(c.Date(fieldPeriodStart).Time().Year()) <= year && year <= int64(c.Date(fieldPeriodEnd).Time().Year())
		},
		Words: func(_ *StatementFacts, c *Command) Words {
			return Words{"first": c.Date(fieldPeriodStart).Time().Year(), "last": c.Date(fieldPeriodEnd).Time().Year()}
		},
		Field: &fieldFiscalYear,
	}
	documentTaken = takesFile[StatementFacts](&fieldDocument)
	// The document of what is amended stays unless another one comes.
	documentNamed = statementGuard{
		Reason: "evidence_missing",
		OK: func(f *StatementFacts, c *Command, _ time.Time) bool {
			_, body := c.File(fieldDocument)
			return c.Text(fieldSource) == selfCertified || body != nil || f.Document != "" || f.Before.Document != ""
		},
		Field: &fieldDocument,
	}
	// Only what was taken back can be replaced, and only by its own organization.
	replacesItsOwn = statementGuard{
		Reason: "replaces_another",
		OK: func(f *StatementFacts, c *Command, _ time.Time) bool {
			return c.Ref(fieldReplaces) == 0 || f.Before.ID == c.Ref(fieldReplaces) && f.Before.State == Withdrawn &&
				f.Before.Organization == f.Organization.ID
		},
		Field: &fieldReplaces,
	}
	statementUnused = statementGuard{
		Reason: "statement_used",
		OK:     func(f *StatementFacts, _ *Command, _ time.Time) bool { return !f.Used },
	}

	statementChecks = []statementGuard{statesForSomebody, periodInOrder, periodOver, periodNotTooLong, yearFits, documentTaken, documentNamed}
)

// reasonFileType means that a file is of no type that is taken in its place.
const reasonFileType Reason = "file_type_refused"

// takesFile holds when nothing was uploaded for f, or a file of a kind that is
// taken.
func takesFile[F any](f *Field) Guard[F] {
	return Guard[F]{
		Reason: reasonFileType,
		OK: func(_ *F, c *Command, _ time.Time) bool {
			name, body := c.File(*f)
			_, known := FileTypeOf(name, body, f.Choices...)
			return name == "" && body == nil || known
		},
		Words: func(_ *F, c *Command) Words {
			name, _ := c.File(*f)
			return Words{"name": name, "types": fileNames(f.Choices)}
		},
		Field: f,
	}
}

// keepFile stores what was uploaded for f, if anything was.
func keepFile(c *Command, f Field, s *Step, sum, name *string) {
	if called, body := c.File(f); body != nil {
		*sum, *name = s.Store(body), called
	}
}

func createStatement(f *StatementFacts, c *Command, s *Step) {
	f.RevenueStatement.Organization = f.Organization.ID
	f.FiscalYear, f.PeriodStart, f.PeriodEnd = c.Int(fieldFiscalYear), c.Date(fieldPeriodStart), c.Date(fieldPeriodEnd)
	f.Amount, f.Currency, f.Standard = Amount(c.Cents(fieldStated)), USD, c.Text(fieldStandard)
	c.setText(&f.Currency, fieldCurrency)
	f.Source, f.Replaces, f.Note = c.Text(fieldSource), c.Ref(fieldReplaces), c.Text(fieldNote)
	f.Document, f.DocumentName = f.Before.Document, f.Before.DocumentName
	keepFile(c, fieldDocument, s, &f.Document, &f.DocumentName)
	f.runAgain(s)
}

func withdrawStatement(f *StatementFacts, c *Command, s *Step) {
	c.setText(&f.Note, fieldNote)
	f.runAgain(s)
}

// amendStatement takes the statement back and makes the one that takes its place.
// Its evidence stays the same unless other evidence comes with the command.
func amendStatement(f *StatementFacts, c *Command, s *Step) {
	c.setText(&f.Note, fieldNote)
	s.Raise(Child{Noun: NounStatement, Action: ActCreate, Parent: f.Organization.ID,
		Inputs: append([]Input{fieldReplaces.ref(f.ID)}, c.Inputs...)})
}

func (f *StatementFacts) runAgain(s *Step) {
	if f.Used {
		s.Enqueue(JobEvidence, f.Organization.ID)
	}
}

// Statements is the lifecycle of a revenue statement. One that a verdict rests on
// is amended: something has to stand in its place.
var Statements = NewMachine(NounStatement,
	func(f *StatementFacts) *Record { return &f.Record },
	func(f *StatementFacts) *Standing { return &f.Standing },
	[]Rule[StatementFacts]{
		{Start: in(None), Action: ActCreate, By: by(AOR, Admin, System), End: Active,
			Fields: append(statementFields[:len(statementFields):len(statementFields)], fieldReplaces, fieldNote.Opt()),
			Guards: append(statementChecks[:len(statementChecks):len(statementChecks)], replacesItsOwn), Effect: createStatement, Always: true},
		{Start: in(Active), Action: ActAmend, By: by(AOR, Admin), End: Withdrawn,
			Fields: append(statementFields[:len(statementFields):len(statementFields)], fieldNote),
			Guards: statementChecks, Effect: amendStatement, Always: true},
		{Start: in(Active), Action: ActWithdraw, By: by(AOR), End: Withdrawn,
			Fields: []Field{fieldNote.Opt()}, Guards: []statementGuard{statementUnused}, Effect: withdrawStatement},
	}...)
