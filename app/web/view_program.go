package web

// ProgramsView lists the programs, for those who look after their files.
type ProgramsView struct {
	Shell
	List
	Rows []ProgramRow
}

// Page implements View.
func (ProgramsView) Page() string { return "programs" }

// ProgramRow is one program with the version of its file in force.
type ProgramRow struct {
	Name, URL string
	Prefix    string
	Version   string // in words
}

// ProgramView is a program: what is stored of it, the versions of its file, and
// the form that tries a new one and applies it.
type ProgramView struct {
	Shell
	Record
	Groups   []AnswerGroup
	Versions []FileVersion
	Trial    *FileTrial // nil: the reader does not look after files
}

// Page implements View.
func (ProgramView) Page() string { return "program" }

// FileVersion is one version of a program's file.
type FileVersion struct {
	Name, URL string
	Tag       Tag
	By        Person
	At        Stamp
	Note      string
}

// FileTrial is a text that may become the next version, and what came of trying it.
type FileTrial struct {
	URL     string // a POST address that tries the text
	Program string // the program's ID
	Key     string
	Apply   bool // the reader may apply it, at /policies
	Text    string
	Note    Field
	Lead    string

	Notice     *Notice // what it came to in a sentence; nil: it was not tried
	Source     []SourceLine
	Comparison *Comparison
	Simulation *SimulationTable
}

// SourceLine is a line of the text with what is wrong on it. Gap says that lines
// before it are left out.
type SourceLine struct {
	Number int
	Text   string
	Wrong  []string
	Gap    bool
}

// Comparison is what a version changes against another one.
type Comparison struct {
	Title string
	Lead  string // when there is no change
	Head  string // what the first column holds
	Rows  []ChangeRow
}

// ChangeRow is one change, in the words of what was changed.
type ChangeRow struct {
	Where, Key, Item string
	Tag              Tag
	Before, After    string
}

// SimulationTable is what a file would do to the applications there are.
type SimulationTable struct {
	Lead     string
	Outcomes []OutcomeRow
	Reasons  []ReasonRow
	Cases    []SimulatedRow
	More     string // how many cases are not listed, or ""
}

// OutcomeRow counts the verdicts of one kind.
type OutcomeRow struct {
	Name          string
	Before, After int
}

// ReasonRow is why verdicts would change, and how many.
type ReasonRow struct {
	Text        string
	Comes, Goes int
}

// SimulatedRow is one application whose verdict would change.
type SimulatedRow struct {
	Number, URL   string
	Organization  string
	Before, After string
	Comes, Goes   []string
}

// PolicyView is one version of a program's file.
type PolicyView struct {
	Shell
	Record
	Groups     []AnswerGroup
	Comparison *Comparison // with the version before
	Text       string
}

// Page implements View.
func (PolicyView) Page() string { return "policy" }
