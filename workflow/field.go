package workflow

// A Kind says how the text of an input is read and what its control on a page is.
type Kind uint8

const (
	// Line is one line of text.
	Line Kind = iota
	// Text is text of several lines.
	Text
	// Money is an amount that ParseCents reads.
	Money
	// Count is a whole number from Min to Max.
	Count
	// Check is a box that is ticked or not.
	Check
	// Choice is one of Choices.
	Choice
	// Codes is one or more of Choices, stored sorted and joined by a comma. An
	// Open field takes other codes as well: its lifecycle knows which.
	Codes
	// Day is a civil date, 2026-09-30.
	Day
	// Instant is a moment with its zone, RFC 3339.
	Instant
	// Ref is the ID of another record, of the noun Of.
	Ref
	// Secret is a line that is sealed before it reaches a command; events and
	// answers never carry it in plain.
	Secret
	// Answers is any number of texts by name, stored as Answers writes them. Which
	// names there are follows from the terms that the record stands under.
	Answers
	// File is an upload: a name, and bytes of one of the FileTypes, at most MaxFile.
	File
	// Stated is an amount in the currency that another field names: an Amount.
	Stated
	// Files is any number of uploads by name, each as of File. An input is called by
	// the field's name, a dot and its own. Which names there are follows from the terms.
	Files
)

// A Field describes one input of an action: the same description makes the
// form, reads it, documents the API and checks the value. Its words are found
// under "field." + Name.
type Field struct {
	Name     string
	Kind     Kind
	Optional bool
	Min, Max int64    // of a Count; for Line and Text, Max is the most characters
	Choices  []string // of a Choice or Codes; of a File, the types it may be of, all when empty
	Open     bool     // of Codes: the choices are the usual ones, not the only ones
	Of       Noun     // of a Ref
}

// Opt returns f as an optional field.
func (f Field) Opt() Field {
	f.Optional = true
	return f
}

// With returns f with other choices.
func (f Field) With(choices ...string) Field {
	f.Choices = choices
	return f
}

// AndOthers returns f open to codes that are not among its choices.
func (f Field) AndOthers() Field {
	f.Open = true
	return f
}

// Fields that several lifecycles ask for.
var (
	fieldNote   = Field{Name: "note", Kind: Text, Max: 4000}
	fieldAmount = Field{Name: "amount", Kind: Money}
	fieldDue    = Field{Name: "due", Kind: Day}
)

// reasonDueAhead is why a day that was typed cannot be the last one for something.
const reasonDueAhead Reason = "due_in_the_past"
