package web

import "tranche/workflow"

// AnswersView lists the files with banks' answers, with the form that imports one for
// whose duty it is.
type AnswersView struct {
	Shell
	List
	Rows    []AnswerFileRow
	Actions Actions
}

// Page implements View.
func (AnswersView) Page() string { return "answer_files" }

// AnswerFileRow is one file.
type AnswerFileRow struct {
	Name, URL string
	Tag       Tag
	Format    string
	Answers   string // how many, in words
	Parked    int64
	By        Person
	At        Stamp
}

// AnswersFileView is one file: what would become of its answers, or did.
type AnswersFileView struct {
	Shell
	Record
	Title2   string // over the counts
	Progress string // while the answers are booked; "" otherwise
	Counts   []AnswerCountRow
	Source   []Answer
	Filters  []Tab
	Lines    []AnswerLineRow
	Pager    Pager
}

// Page implements View.
func (AnswersFileView) Page() string { return "answer_file" }

// AnswerCountRow is how many answers of a kind came to the same.
type AnswerCountRow struct {
	Kind   string
	Tag    Tag
	Count  int
	Amount workflow.Cents
}

// AnswerLineRow is one answer.
type AnswerLineRow struct {
	Line    int64
	Says    string
	About   Link
	Trace   string
	Amount  workflow.Cents
	Code    string
	Meaning string // in the words of the bank
	Tag     Tag
	Why     string // it is parked
	Change  string // what is to be changed
}
