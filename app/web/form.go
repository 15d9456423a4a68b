package web

import (
	"cmp"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"tranche/app/input"
	"tranche/app/problem"
	"tranche/models"
	"tranche/workflow"
)

// An attempt is a form that could not be carried out.
type attempt struct {
	noun    workflow.Noun
	action  workflow.Action
	id      workflow.ID               // zero: it was to make a record
	values  url.Values                // as they were typed
	files   map[string]input.Uploaded // that came with it, by their field
	problem problem.Problem
	news    []string // what happened since the form was drawn
}

// status returns the status of a page that shows a: 200 when there is nothing to
// show again.
func (a *attempt) status() int {
	if a == nil {
		return http.StatusOK
	}
	return a.problem.Status
}

// of reports whether a is the form of an action on a record of noun.
func (a *attempt) of(noun workflow.Noun, action workflow.Action, id workflow.ID) bool {
	return a != nil && a.noun == noun && a.action == action && a.id == id
}

// wrong returns the sentence about a field, "" when nothing is wrong with it.
func (a *attempt) wrong(field string) string {
	for _, e := range a.problem.Errors {
		if e.Field == field {
			return e.Message
		}
	}
	return ""
}

// refused returns the sentence that belongs to none of fields, "" when each
// error has its field.
func (a *attempt) refused(fields []workflow.Field) string {
	var rest []string
	for _, e := range a.problem.Errors {
		if !slices.ContainsFunc(fields, func(f workflow.Field) bool { return f.Name == e.Field || within(f, e.Field) }) {
			rest = append(rest, e.Message)
		}
	}
	if len(a.problem.Errors) == 0 {
		rest = []string{a.problem.Detail}
	}
	return strings.Join(rest, " ")
}

// within reports whether name is that of an answer of f.
func within(f workflow.Field, name string) bool {
	return (f.Kind == workflow.Answers || f.Kind == workflow.Files) && strings.HasPrefix(name, f.Name+".")
}

// An offer is what a page knows about the form of an action beyond the table.
// The zero offer is a form as the table has it.
type offer struct {
	values  map[string]string   // what fields hold at first, as it is typed
	options map[string][]Option // what a Ref field offers to choose from
	labels  map[string]string   // of fields whose name says too little here
	asks    map[string][]ask    // what an Answers field asks for
	note    string              // what happens then
	open    bool                // the form is in sight at once
	hide    bool                // the act has a page of its own
	less    []workflow.Field    // what this record is not asked
	more    string              // what stands over the fields that a reply folds away
}

// offers is what a page knows about its forms.
type offers map[workflow.Action]offer

// ends are the acts that cannot be taken back, or end something badly for
// somebody: their buttons are red.
var ends = []workflow.Action{
	workflow.ActWithdraw, workflow.ActRefuse, workflow.ActCancel, workflow.ActReject, workflow.ActDecline, workflow.ActTerminate,
	workflow.ActRescind, workflow.ActFindIneligible, workflow.ActRevoke, workflow.ActMisdirect, workflow.ActRecommendDecline,
	workflow.ActStrike, workflow.ActDeny, workflow.ActRecall, workflow.ActCloseUnilaterally, workflow.ActWriteOff,
}

// actions returns the acts that the table offers this reader on a record, each
// with its form. What the rules would refuse whatever is typed is listed with the
// reason. The form of again holds what was typed.
func (v *visit) actions(row models.Row, again *attempt, known offers) (Actions, error) {
	all, err := v.actionsOn([]models.Row{row}, again, known)
	return all[0], err
}

// inRows returns the acts on records that are rows of one page: each form has a name
// of its own.
func (v *visit) inRows(rows []models.Row, again *attempt, known offers) ([]Actions, error) {
	all, err := v.actionsOn(rows, again, known)
	for i := range all {
		for j := range all[i].Offer {
			all[i].Offer[j].Name += "-" + rows[i].Record.ID.String()
		}
	}
	return all, err
}

// actionsOn returns the acts on each of rows, having asked the rules once.
func (v *visit) actionsOn(rows []models.Row, again *attempt, known offers) ([]Actions, error) {
	out := make([]Actions, len(rows))
	var all []onRow
	for i, row := range rows {
		for _, r := range offeredOn(row, known) {
			all = append(all, onRow{i, r})
		}
	}
	barred, err := v.tried(rows, all, known)
	if err != nil {
		return out, err
	}
	for i, on := range all {
		row, r, acts := rows[on.at], on.rule, &out[on.at]
		label, typed := v.Action(row.Noun.String(), r.Action.String()), again.of(row.Noun, r.Action, row.Record.ID)
		if barred[i] != "" && !typed {
			acts.Barred = append(acts.Barred, Barred{Label: label, Reason: barred[i]})
			continue
		}
		form := v.form(row, r, again, known[r.Action])
		acts.Offer = append(acts.Offer, Action{Form: form, Label: label, Note: known[r.Action].note, Open: known[r.Action].open || typed})
	}
	return out, nil
}

// An onRow is a row of the table that is offered on the record at that place of a list.
type onRow struct {
	at   int
	rule *workflow.Row
}

// offeredOn lists the rows of the table that the reader is offered on a record, each
// action once.
func offeredOn(row models.Row, known offers) (out []*workflow.Row) {
	for _, r := range workflow.Of(row.Noun).Offered(row.Record.State, row.Roles) {
		twice := slices.ContainsFunc(out, func(other *workflow.Row) bool { return other.Action == r.Action })
		if !r.Hidden && !twice && !known[r.Action].hide {
			out = append(out, r)
		}
	}
	return out
}

// tried asks for each act on rows, with samples of what could be typed, and returns
// why it is refused: "" where it is not, or where what is typed, or what a click
// brings along, may change that.
func (v *visit) tried(rows []models.Row, all []onRow, known offers) ([]string, error) {
	if len(all) == 0 {
		return nil, nil
	}
	now := v.server.Now()
	commands := make([]workflow.Command, len(all))
	for i, on := range all {
		row, r := rows[on.at], on.rule
		commands[i] = workflow.Command{Noun: row.Noun, Action: r.Action, ID: row.Record.ID, Received: now, Inputs: samples(r.Fields, known[r.Action].values, now)}
	}
	answers, err := v.server.Reader.Try(v.ctx(), v.viewer, now, commands...)
	out := make([]string, len(all))
	for i, answer := range answers {
		var no *workflow.Refusal
		if errors.As(answer, &no) && no.Field == "" && !no.Made && no.Reason != reasonFresh {
			out[i] = v.Refusal(no)
		}
	}
	return out, err
}

// A file that is taken, for trying whether an act is possible.
const sampleName, sampleFile = "-.csv", "a,b\n"

// samples are inputs that the fields could hold: the values that a form begins
// with, and else some of the right kind. Nothing is put into an optional field.
func samples(fields []workflow.Field, values map[string]string, now time.Time) []workflow.Input {
	var out []workflow.Input
	for _, f := range fields {
		if f.Optional {
			continue
		}
		in := workflow.Input{Name: f.Name}
		switch f.Kind {
		case workflow.File:
			in.Text, in.Body = sampleName, []byte(sampleFile)
		case workflow.Stated:
			in.Cents = 1
		case workflow.Money:
			in.Cents, _ = workflow.ParseCents(values[f.Name]) // what is no amount is none yet
		case workflow.Count:
			in.Int = f.Min
		case workflow.Check:
			in.Int = 1
		case workflow.Day:
			in.Date = workflow.DateOf(now).AddDays(1)
		case workflow.Instant:
			in.Time = now.AddDate(0, 0, 1)
		case workflow.Choice, workflow.Codes:
			in.Text = f.Choices[0]
		case workflow.Ref:
		default:
			in.Text = "-"
		}
		out = append(out, in)
	}
	return out
}

// form makes the form of one act on a record.
func (v *visit) form(row models.Row, r *workflow.Row, again *attempt, o offer) Form {
	f := Form{
		Name: r.Action.String(), URL: pathOf(row.Noun, row.Record.ID) + "/actions/" + r.Action.String(),
		Version: strconv.FormatInt(row.Record.Version, 10), Key: newKey(),
		Submit: v.Action(row.Noun.String(), r.Action.String()), Danger: slices.Contains(ends, r.Action),
	}
	if r.Action == workflow.ActUpdate || r.Action == workflow.ActSave || r.Action == workflow.ActAmend {
		o.values = withCells(o.values, row.Cells)
	}
	if !again.of(row.Noun, r.Action, row.Record.ID) {
		again = nil
	}
	v.fill(&f, r.Fields, again, o)
	if o.more != "" {
		arrangeReply(&f, o.more)
	}
	return f
}

// maker makes the form for a new record of noun below parent, which is zero when
// it belongs to nothing. A page with several of them gets different names.
func (v *visit) maker(noun workflow.Noun, parent workflow.ID, again *attempt, o offer) Form {
	action := makes(noun)
	fields, _ := fieldsOf(noun, action)
	f := Form{Name: "new-" + strings.ReplaceAll(noun.String(), "_", "-"), URL: "/" + noun.Plural(), Key: newKey(), Submit: v.Action(noun.String(), action.String())}
	if of, belongs := parents[noun]; belongs {
		f.Hidden = []Hidden{{of.String(), parent.String()}}
	}
	if !again.of(noun, action, 0) {
		again = nil
	}
	v.fill(&f, fields, again, o)
	return f
}

// fill adds the fields with what they hold: what was typed, or what o knows.
func (v *visit) fill(f *Form, fields []workflow.Field, again *attempt, o offer) {
	for _, field := range fields {
		if slices.ContainsFunc(o.less, func(f workflow.Field) bool { return f.Name == field.Name }) {
			continue
		}
		if field.Kind == workflow.Ref && field.Optional && len(o.options[field.Name]) == 0 {
			continue // there is nothing to choose from
		}
		if field.Kind != workflow.Answers && field.Kind != workflow.Files {
			f.Fields = append(f.Fields, v.field(field, again, o))
		}
		for _, a := range o.asks[field.Name] {
			f.Fields = append(f.Fields, v.asked(field.Name, a, again, o))
		}
	}
	if again != nil {
		f.Refused = again.refused(fields)
	}
}

// field makes one control.
func (v *visit) field(field workflow.Field, again *attempt, o offer) Field {
	value := o.values[field.Name]
	if again != nil {
		value = strings.Join(again.values[field.Name], ",")
	}
	if field.Kind == workflow.Secret || field.Kind == workflow.File {
		value = "" // it is typed or chosen anew
	}
	in := v.Input(field, value)
	in.Narrow = field.Kind == workflow.Money || field.Kind == workflow.Stated || field.Kind == workflow.Count || field.Kind == workflow.Day
	if label := o.labels[field.Name]; label != "" {
		in.Label = label
	}
	if (field.Kind == workflow.Codes || field.Kind == workflow.Choice) && len(o.options[field.Name]) > 0 {
		in.Options = nil // the terms, or the record, have their own
	}
	for _, option := range o.options[field.Name] {
		option.Chosen = chosen(value, option.Value) || len(o.options[field.Name]) == 1 && in.Required && !field.Open
		in.Options = append(in.Options, option)
	}
	if again != nil {
		in.Error = cmp.Or(again.wrong(field.Name), v.anew(again, field.Name))
	}
	return in
}

// anew asks for a file to be chosen again, which a page cannot put back into its form;
// "" where none came.
func (v *visit) anew(again *attempt, field string) string {
	name := again.files[field].Name
	if name == "" {
		return ""
	}
	return v.T("form.choose_again", "file", name)
}

// notices are what the page of a record says about a form that came back: what
// happened meanwhile, and the refusal when its form is not there any more.
func (v *visit) notices(again *attempt, shown Actions) []Notice {
	if again == nil {
		return nil
	}
	var out []Notice
	if len(again.news) > 0 {
		out = append(out, Notice{Tone: "warning", Head: v.T("record.changed"), Text: strings.Join(again.news, " ")})
	}
	for _, a := range shown.Offer {
		if a.URL == again.url() {
			return out
		}
	}
	return append(out, Notice{Tone: "error", Text: again.refused(nil)})
}

func (a *attempt) url() string {
	if a.id == 0 {
		return "/" + a.noun.Plural()
	}
	return pathOf(a.noun, a.id) + "/actions/" + a.action.String()
}

// newKey returns a key that no other form has.
func newKey() string { return rand.Text() }

// withCells adds what is stored to the values of a form that changes it.
func withCells(values map[string]string, cells []models.Cell) map[string]string {
	out := map[string]string{}
	for _, c := range cells {
		if text, ok := typed(c.Value); ok {
			out[strings.TrimSuffix(c.Name, "_id")] = text
		}
	}
	for name, value := range values {
		out[name] = value
	}
	return out
}

// typed writes a stored value as people type it.
func typed(value any) (string, bool) {
	switch p := value.(type) {
	case *string:
		return *p, true
	case *workflow.Cents:
		return unlessZero(*p, p.String()), true
	case *workflow.Amount:
		return p.String(), true
	case *workflow.PerUnit:
		return p.String(), true
	case *int64:
		return workflow.ID(*p).String(), true
	case *workflow.ID:
		return unlessZero(*p, p.String()), true
	case *workflow.Date:
		return unlessZero(*p, p.String()), true
	case *bool:
		if *p {
			return Checked, true
		}
		return "", true
	case *time.Time:
		if p.IsZero() {
			return "", true
		}
		return p.UTC().Format(time.RFC3339), true
	case *workflow.Basis:
		return p.String(), true
	}
	return "", false
}

func unlessZero[T comparable](value T, text string) string {
	var zero T
	if value == zero {
		return ""
	}
	return text
}
