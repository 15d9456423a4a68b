package web

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"tranche/app/input"
	"tranche/workflow"
)

// Button is a link that looks like a button. A page has at most one that is Main.
type Button struct {
	Text, URL string
	Icon      string // "" has none
	Main      bool
}

// Person is somebody named on a page.
type Person struct {
	Name, Initials string
	Note           string // a role or an organization, or ""
}

// PersonNamed returns name with its initials.
func PersonNamed(name, note string) Person { return Person{name, Initials(name), note} }

// Stage is one step of the bar that shows how far a case has come.
type Stage struct {
	Name, Note    string
	Done, Current bool
	Stopped       bool // the case ended here without success
}

// Fact is one number or name of the strip under the bar.
type Fact struct {
	Name, Value string
	Note        string
	Checked     bool // the note confirms the value
	URL         string
	Due         *Due // shown in place of Value
	Number      bool
}

// Tab is a link to a view of the same thing.
type Tab struct {
	Text, URL string
	Current   bool
	Count     string // "" shows none
	Late      bool   // the count is of things past their deadline
}

// Check is one condition that was looked at. Tone is "ok", "warning", "bad" or
// "open".
type Check struct {
	Tone string
	Text string
	Note string
}

// Icon returns the icon for c's tone.
func (c Check) Icon() string {
	switch c.Tone {
	case "ok":
		return "check_circle"
	case "warning":
		return "warning"
	case "bad":
		return "cancel"
	}
	return "schedule"
}

// Answer is a question or a name with what was said to it.
type Answer struct {
	Name, Value string
	URL         string
	Number      bool
}

// Event is one entry of a timeline, the newest first.
type Event struct {
	Tone  string // "info", "progress", "good", "warn", "bad" or "neutral"
	Icon  string
	Text  string // what happened
	Actor string // who did it, in words for the system too; "" shows nobody
	Note  string // the state it led to, an amount
	Quote string // what the actor wrote; shown as theirs
	At    Stamp
}

// Timeline is what happened to a record.
type Timeline struct {
	Events []Event
	All    Link // to the whole history; no Text: all is shown
}

// Event tells what somebody did to a record: its words are those of did, its
// look is that of the state it led to.
func (s Shell) Event(noun, action, endState, actor string, at Stamp) Event {
	look := lookOf(noun, endState)
	return Event{Tone: look.tone, Icon: look.icon, Actor: actor, Text: s.Did(noun, action), At: at}
}

// Pager walks a list that is read by key: there is a next page or there is not.
type Pager struct {
	Shown             string // such as "Showing 50 of 412"
	FirstURL, NextURL string
}

// Empty is what a list shows when it has no rows.
type Empty struct {
	Icon, Title, Text string
	Action            Link // no Text: nothing to do
}

// Column is the head of a column that may be sorted by.
type Column struct {
	Text  string
	URL   string // "" cannot be sorted by
	Order string // "ascending", "descending" or "" for the aria-sort attribute
	Class string // of the cells below: "r" right, "low" hidden on narrow screens
}

// Icon returns the arrow of c.
func (c Column) Icon() string {
	switch c.Order {
	case "ascending":
		return "expand_less"
	case "descending":
		return "expand_more"
	}
	return "unfold_more"
}

// Filters is the form above a list. Each field is a control of a GET request.
type Filters struct {
	URL    string
	Search string // what is looked for
	Fields []Field
	Keep   []Hidden // what the form must not forget: the tab and the order
	Chips  []Link   // filters in force; each link takes one away
	Clear  string   // URL without filters
}

// Hidden is a value that a form carries along unseen.
type Hidden struct {
	Name, Value string
}

// List is what every page with a table has round the table.
type List struct {
	Lead    string   // the sentence under the title
	Buttons []Button // beside the title
	Tabs    []Tab
	Filters *Filters
	Notices []Notice
	Count   string // such as "12 applications · $1,106,880.00 requested"
	Pager   Pager
	Empty   Empty // shown when there are no rows
}

// Record is what every page about one record has round its own part.
type Record struct {
	Number  string // what people call it: "AIV-2027-0412"
	Tag     Tag
	Lead    string   // the rest of the line under the title
	Buttons []Button // beside the title
	Stages  []Stage
	Facts   []Fact
	Tabs    []Tab
	Notices []Notice
	Actions Actions
	InRows  []Action // whose forms stand in rows of the page
	History Timeline
}

// forms are all acts whose forms stand on the page.
func (r Record) forms() Actions { return Actions{Offer: slices.Concat(r.Actions.Offer, r.InRows)} }

// Problems lists what is wrong with the form that came back, wherever it stands.
func (r Record) Problems() []Problem { return r.forms().Problems() }

// Kind is the control that a Field is shown with.
type Kind string

// The controls that parts/fields.html knows.
const (
	TextField     Kind = "text"
	LongField     Kind = "long"
	MoneyField    Kind = "money"
	AmountField   Kind = "amount" // money of a currency that another field names
	IntegerField  Kind = "integer"
	DateField     Kind = "date"
	MomentField   Kind = "moment"
	CheckField    Kind = "check"
	ChoiceField   Kind = "choice" // a few options, all in sight
	SelectField   Kind = "select" // many options
	CodesField    Kind = "codes"  // any number of options
	EmailField    Kind = "email"
	PasswordField Kind = "password"
	SecretField   Kind = "secret" // typed once and never shown again
	FileField     Kind = "file"   // chosen anew each time
)

// Option is one of the answers that a choice, select or codes field offers.
type Option struct {
	Value, Text, Note string
	Chosen            bool
}

// Field is one input of a form: what it is called, what was typed, and what is
// wrong with that.
type Field struct {
	ID       string // "" is Name; a page with several forms needs different ones
	Name     string
	Kind     Kind
	Label    string
	Hint     string
	Value    string
	Options  []Option
	Required bool
	Max      int    // characters of a text; 0 sets no limit
	Complete string // autocomplete attribute: "off" when empty
	Narrow   bool
	Types    []string // of a file: codes of the types that are taken; nil takes all
	Endings  []string // of a file that is of no such type: what its name may end in
	Error    string   // a sentence, or ""
}

// Grouped reports whether the field is several boxes under one heading.
func (f Field) Grouped() bool { return f.Kind == ChoiceField || f.Kind == CodesField }

// About returns the ids of the hint and the error, for aria-describedby.
func (f Field) About() string {
	var ids []string
	if f.Hint != "" {
		ids = append(ids, f.ID+"-hint")
	}
	if f.Error != "" {
		ids = append(ids, f.ID+"-error")
	}
	if f.Kind == LongField && f.Max > 0 {
		ids = append(ids, f.ID+"-count")
	}
	return strings.Join(ids, " ")
}

// Type returns the type attribute of the input element. Amounts and numbers are
// text: what was typed comes back as it was typed, with an error beside it.
func (f Field) Type() string {
	switch f.Kind {
	case DateField, EmailField, PasswordField, FileField:
		return string(f.Kind)
	}
	return "text"
}

// Keyboard returns the inputmode attribute, "" for the usual keyboard.
func (f Field) Keyboard() string {
	switch f.Kind {
	case MoneyField, AmountField:
		return "decimal"
	case IntegerField:
		return "numeric"
	}
	return ""
}

// Accepts returns the accept attribute of a file's input: which extensions the
// browser offers.
func (f Field) Accepts() string {
	if f.Kind != FileField {
		return ""
	}
	if len(f.Endings) > 0 {
		return strings.Join(f.Endings, ",")
	}
	var all []string
	for _, t := range workflow.FileTypesOf(f.Types...) {
		all = append(all, t.Extensions...)
	}
	return strings.Join(all, ",")
}

// Completion returns the autocomplete attribute.
func (f Field) Completion() string {
	if f.Complete == "" {
		return "off"
	}
	return f.Complete
}

// Tile is one box or radio button of a field.
type Tile struct {
	Control string // "checkbox" or "radio"
	ID      string
	Name    string
	Value   string
	Text    string
	Note    string
	About   string
	Chosen  bool
}

// Box returns the only box of a check field.
func (f Field) Box() Tile {
	return Tile{
		Control: "checkbox", ID: f.ID, Name: f.Name, Value: Checked, Text: f.Label, About: f.About(), Chosen: f.Value == Checked,
	}
}

// At returns the box for option i of a choice or codes field.
func (f Field) At(i int) Tile {
	control := "radio"
	if f.Kind == CodesField {
		control = "checkbox"
	}
	o := f.Options[i]
	return Tile{
		Control: control, ID: fmt.Sprintf("%s-%d", f.ID, i), Name: f.Name, Value: o.Value, Text: o.Text, Note: o.Note,
		Chosen: o.Chosen,
	}
}

// Checked is the value that a ticked box sends; an empty box sends nothing.
const Checked = input.Ticked

// most is how many options a choice shows at once; more go into a select.
const most = 6

// kinds says how the inputs of commands are shown.
var kinds = map[workflow.Kind]Kind{
	workflow.Line: TextField, workflow.Text: LongField, workflow.Money: MoneyField, workflow.Count: IntegerField,
	workflow.Check: CheckField, workflow.Choice: ChoiceField, workflow.Codes: CodesField, workflow.Day: DateField,
	workflow.Instant: MomentField, workflow.Ref: SelectField, workflow.Secret: SecretField,
	workflow.File: FileField, workflow.Stated: AmountField,
}

// Input returns the control for an input of a command, with value in it. A Ref
// has no options yet: the page knows whom or what it offers.
func (s Shell) Input(f workflow.Field, value string) Field {
	in := s.control(f, value)
	in.Label, in.Hint = s.FieldName(f.Name), s.hint(f)
	if f.Kind == workflow.File {
		in.Types = f.Choices
		return in
	}
	for _, choice := range f.Choices {
		in.Options = append(in.Options, Option{Value: choice, Text: s.ChoiceName(f.Name, choice), Chosen: chosen(value, choice)})
	}
	return in
}

// control is Input without words and options.
func (s Shell) control(f workflow.Field, value string) Field {
	in := Field{Name: f.Name, Kind: kinds[f.Kind], Value: value, Required: !f.Optional}
	if f.Kind == workflow.Line || f.Kind == workflow.Text {
		in.Max = int(f.Max)
	}
	if in.Kind == ChoiceField && len(f.Choices) > most {
		in.Kind = SelectField
	}
	return in
}

// hint returns the line under a label that this field has of its own, or the one
// for its kind.
func (s Shell) hint(f workflow.Field) string {
	if own, ok := s.Language.Lookup("hint."+f.Name, nil); ok {
		return own
	}
	if f.Kind == workflow.Count && f.Max > 0 {
		return s.T("hint.kind.count", "min", f.Min, "max", f.Max)
	}
	if kind, ok := s.Language.Lookup("hint.kind."+string(kinds[f.Kind]), nil); ok {
		return kind
	}
	return ""
}

// chosen reports whether choice is one of the values joined by commas.
func chosen(values, choice string) bool {
	return slices.Contains(strings.Split(values, ","), choice)
}

// Form is a POST form. It carries the version of the record that it was drawn
// from and a key, so that a double click does nothing twice.
type Form struct {
	Name    string // unique on the page; the ids of the controls begin with it
	URL     string
	Version string
	Key     string
	Hidden  []Hidden
	Fields  []Field
	More    string  // what Rest is about
	Rest    []Field // folded away
	Refused string  // a refusal that belongs to no field, or ""
	Submit  string  // the button
	Second  Link    // another button, which sends the same fields elsewhere; no Text: none
	Danger  bool    // the button ends something
}

// FieldID returns the id of the control of f in this form.
func (f Form) FieldID(field Field) string {
	if field.ID != "" {
		return field.ID
	}
	return f.Name + "-" + field.Name
}

// Uploads reports whether a file can come with the form.
func (f Form) Uploads() bool {
	return slices.ContainsFunc(slices.Concat(f.Fields, f.Rest), func(field Field) bool { return field.Kind == FileField })
}

// MoreOpen reports whether what is folded away has an error, and is in sight therefore.
func (f Form) MoreOpen() bool {
	return slices.ContainsFunc(f.Rest, func(field Field) bool { return field.Error != "" })
}

// Place returns field with its id in this form.
func (f Form) Place(field Field) Field {
	field.ID = f.FieldID(field)
	return field
}

// Problem is one line of the summary above a form; the link leads to the field.
type Problem struct {
	Label, Text string
	URL         string // "" belongs to no field
}

// Problems lists what is wrong with the form: the refusal, then the fields in
// their order.
func (f Form) Problems() []Problem {
	var all []Problem
	if f.Refused != "" {
		all = append(all, Problem{Text: f.Refused})
	}
	return append(all, problemsOf(f.Name, slices.Concat(f.Fields, f.Rest))...)
}

func problemsOf(form string, fields []Field) []Problem {
	var all []Problem
	for _, field := range fields {
		if field.Error != "" {
			p := Problem{Label: field.Label, Text: field.Error, URL: "#" + Form{Name: form}.FieldID(field)}
			if field.Kind == CheckField {
				p.Label = "" // a whole sentence that the error is about
			}
			all = append(all, p)
		}
	}
	return all
}

// Action is one act that the table offers this reader: a button, and the form
// that asks for what it needs.
type Action struct {
	Form
	Label string
	Note  string // what happens then
	Open  bool   // the form is shown at once
}

// Barred is an act that the table has but that this reader cannot do now.
type Barred struct {
	Label, Reason string
	URL           string // where that can be followed, or ""
}

// Actions is the card with what this reader can do.
type Actions struct {
	Title  string // "" is "What you can do"
	Lead   string
	Offer  []Action
	Barred []Barred
}

// Any reports whether there is anything to show.
func (a Actions) Any() bool { return len(a.Offer)+len(a.Barred) > 0 }

// Only reports whether there is just one act: its form needs no cover.
func (a Actions) Only() bool { return len(a.Offer) == 1 }

// Problems lists what is wrong with the form that came back.
func (a Actions) Problems() []Problem {
	var all []Problem
	for _, action := range a.Offer {
		all = append(all, action.Problems()...)
	}
	return all
}

// Download is a file that the page offers.
type Download struct {
	Name, URL string // no URL: locked
	Note      string // size, format, or why it is locked
	SHA256    string // in hexadecimal, or ""
}

// Percent returns part as a share of whole between 0 and 100 for a bar; a whole
// of zero is 0.
func Percent(part, whole workflow.Cents) int {
	if whole <= 0 || part <= 0 {
		return 0
	}
	if part >= whole {
		return 100
	}
	hi, lo := bits.Mul64(uint64(part), 100)
	percent, _ := bits.Div64(hi, lo, uint64(whole))
	return int(percent)
}

// Masked returns the last four digits of an account as people see them.
func Masked(lastFour string) string { return fmt.Sprintf("•••• %s", lastFour) }
