package web

// HitsView lists the hits of screenings, for those who decide about them.
type HitsView struct {
	Shell
	List
	Rows []HitRow
}

// Page implements View.
func (HitsView) Page() string { return "hits" }

// HitRow is one hit: somebody, and the entry of a list that they may be.
type HitRow struct {
	Subject, URL string
	Organization Link
	Entry        string // the name on the list
	List, Key    string // in words, and the publisher's number
	Likeness     string
	Tag          Tag
	Found        Stamp
	By           Person // who decided about it; no Name: nobody yet
}

// HitView is one hit with both sides, field by field.
type HitView struct {
	Shell
	Record
	Pairs     []HitPair
	Words     []WordPair
	Source    []Answer // the version of the list that the entry stands in
	Decisions []Event  // about this pair, the newest first
	Cases     []QueueRow
}

// Page implements View.
func (HitView) Page() string { return "hit" }

// HitPair is one field of both sides. "" is not known.
type HitPair struct {
	Name         string
	Ours, Listed string
	URL          string // what Ours leads to, or ""
	Number       bool
	Finding      string // whether they agree, or "" where that says nothing
	Same         bool
}

// WordPair is two words that were compared. "" is a word that the other name lacks.
type WordPair struct {
	Ours, Listed string
	Likeness     string
}

// ScreeningCard says how an organization stands on the lists.
type ScreeningCard struct {
	Finding string
	Done    bool // nothing is missing and nothing stands
	At      Stamp
	Names   string // how many were compared
	Lists   []Answer
	Hits    []HitRow
	Acts    Actions
}
