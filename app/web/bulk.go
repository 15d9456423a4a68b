package web

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"tranche/app/engine"
	"tranche/app/input"
	"tranche/app/letter"
	"tranche/app/problem"
	"tranche/models"
	"tranche/workflow"
)

// A Previewer sets out the letter that a decision would have, before it is made.
type Previewer func(ctx context.Context, c *workflow.Command, at time.Time, language string) (*letter.Paper, error)

// A bulkAct is an act that can be done to several cases of the queue at once.
type bulkAct struct {
	noun   workflow.Noun // that is changed, or made for each case
	action workflow.Action
	who    string // the field that names who is to get a case, or ""
	even   string // the words for drawing them
	asked  bool   // its amount is what each case asks for, and not what was recommended
}

var bulkActs = []bulkAct{
	{noun: workflow.NounApplication, action: workflow.ActAssign, who: "officer", even: "bulk.even"},
	{noun: workflow.NounReview, action: workflow.ActInvite, who: "reviewer", even: "bulk.drawn"},
	{noun: workflow.NounApplication, action: workflow.ActRecommend, asked: true},
	{noun: workflow.NounApplication, action: workflow.ActAward},
	{noun: workflow.NounApplication, action: workflow.ActDecline},
	{noun: workflow.NounApplication, action: workflow.ActReturn},
}

// proposed are the fields of these acts that each case has its own value of: what was
// recommended for it.
var proposed = map[string]func(*workflow.Application) string{
	"amount": func(a *workflow.Application) string { return a.Recommended.String() },
	"codes":  func(a *workflow.Application) string { return a.Codes },
}

// The names of what a form about several cases holds besides the fields of its act. What
// belongs to one case has its ID behind it.
const (
	bulkStep    = "step" // bulkLook or bulkDo
	bulkAction  = "action"
	bulkCase    = "id"
	bulkVersion = "v."
	bulkKey     = "k."
	bulkWho     = "who."
	bulkLook    = "look"
	bulkDo      = "do"
	bulkEven    = "even" // in place of a person: share the cases out
)

// bulkOffered are the acts of bulkActs that the table gives this reader somewhere.
func (v *visit) bulkOffered() (out []bulkAct) {
	for _, a := range bulkActs {
		for _, row := range workflow.Of(a.noun).Rows() {
			if row.Action == a.action && slices.ContainsFunc(v.viewer.Grants, func(g models.ViewerGrant) bool { return g.Organization == 0 && row.By.Has(g.Role) }) {
				out = append(out, a)
				break
			}
		}
	}
	return out
}

// A bulk is one act on several cases.
type bulk struct {
	bulkAct
	fields []workflow.Field // that all cases share
	cases  []models.QueuedCase
	values url.Values
	names  map[workflow.ID]string // of who is to get a case
}

// readBulk reads what is to be done, and to which cases. Those that the reader may not
// know of are left out as if they did not exist.
func (v *visit) readBulk(values url.Values) (*bulk, error) {
	b := &bulk{values: values}
	offered := v.bulkOffered()
	at := slices.IndexFunc(offered, func(a bulkAct) bool { return a.action.String() == values.Get(bulkAction) })
	if at < 0 {
		return nil, models.ErrNotFound
	}
	b.bulkAct = offered[at]
	all, _ := fieldsOf(b.noun, b.action)
	for _, f := range all {
		if proposed[f.Name] == nil {
			b.fields = append(b.fields, f)
		}
	}
	var ids []workflow.ID
	for _, text := range values[bulkCase] {
		id, ok := workflow.ParseID(text)
		if !ok || len(ids) == models.MaxLimit {
			return nil, &input.Unreadable{Name: bulkCase, Reason: input.ReasonNotRecord}
		}
		ids = append(ids, id)
	}
	var err error
	b.cases, err = v.server.Reader.Queued(v.ctx(), v.viewer, ids...)
	return b, err
}

// bulkForm answers GET /applications/bulk: the act's form, for the chosen cases.
func (s *Server) bulkForm(v *visit) error {
	b, err := v.readBulk(v.QueryParams())
	if err != nil {
		return err
	}
	return s.showBulkForm(v, b, nil)
}

func (s *Server) showBulkForm(v *visit, b *bulk, again *attempt) error {
	view := v.bulkView(b)
	if len(b.cases) == 0 {
		view.Notices = []Notice{{Tone: "warning", Text: v.T("bulk.none")}}
		return v.show(view, again)
	}
	f := Form{Name: b.action.String(), URL: "/applications/bulk", Key: newKey(), Submit: v.T("bulk.look"),
		Hidden: []Hidden{{bulkStep, bulkLook}, {bulkAction, b.action.String()}}}
	for i := range b.cases {
		f.Hidden = append(f.Hidden, Hidden{bulkCase, b.cases[i].Application.ID.String()})
	}
	o := offer{}
	if b.who != "" {
		people, err := v.bulkPeople(b)
		if err != nil {
			return err
		}
		o.options = map[string][]Option{b.who: people}
	}
	v.fill(&f, b.fields, again, o)
	view.Form = &f
	for i := range b.cases {
		view.Rows = append(view.Rows, v.bulkRow(&b.cases[i]))
	}
	return v.show(view, again)
}

// bulkPeople are those who can get a case, each with what they have to do in all programs.
func (v *visit) bulkPeople(b *bulk) ([]Option, error) {
	names, loads, err := v.server.Reader.Loads(v.ctx(), v.viewer, b.noun)
	people := []Option{{Value: bulkEven, Text: v.T(b.even)}}
	for _, one := range names {
		people = append(people, Option{Value: one.ID.String(), Text: v.T("bulk.worker", "name", one.Name, "n", loads[one.ID])})
	}
	return people, err
}

func (v *visit) bulkView(b *bulk) BulkView {
	name := v.Action(b.noun.String(), b.action.String())
	return BulkView{Shell: v.titled(name+" · "+v.N("bulk.cases", len(b.cases)), Link{v.T("nav.queue"), "/applications"}, Link{Text: name})}
}

func (v *visit) bulkRow(c *models.QueuedCase) BulkRow {
	a := &c.Application
	return BulkRow{Number: a.Number, Title: titleOf(a), URL: pathOf(workflow.NounApplication, a.ID), Organization: c.Organization, Tag: v.Mark("application", a.State.String())}
}

// doBulk carries out POST /applications/bulk: first a look at what would happen to each
// case, and then, case by case, what was looked at.
func (s *Server) doBulk(v *visit) error {
	sent, err := readForm(v)
	if err != nil {
		return err
	}
	b, err := v.readBulk(sent.values)
	if err != nil {
		return err
	}
	if sent.values.Get(bulkStep) == bulkDo {
		return s.carryOutBulk(v, b, sent)
	}
	return s.lookAtBulk(v, b)
}

// command makes the command for one case out of what all share and what is its own.
func (b *bulk) command(c *models.QueuedCase, now time.Time) (workflow.Command, url.Values, error) {
	a := &c.Application
	all, _ := fieldsOf(b.noun, b.action)
	values := url.Values{}
	for _, f := range all {
		switch own := proposed[f.Name]; {
		case b.asked && f.Name == "amount":
			values.Set(f.Name, a.Requested.String())
		case own != nil:
			values.Set(f.Name, own(a))
		case f.Name == b.who && b.values.Has(bulkWho+a.ID.String()):
			values.Set(f.Name, b.values.Get(bulkWho+a.ID.String()))
		default:
			values.Set(f.Name, b.values.Get(f.Name))
		}
	}
	command := workflow.Command{Noun: b.noun, Action: b.action, ID: a.ID, Version: a.Version, Received: now}
	if workflow.Makes(b.noun, b.action) {
		command.ID, command.Parent, command.Version = 0, a.ID, 0
	}
	var err error
	command.Inputs, err = input.Set{Action: b.action, Fields: all}.Form(values)
	return command, values, err
}

// lookAtBulk answers with what would become of each case. Nothing is changed.
func (s *Server) lookAtBulk(v *visit, b *bulk) error {
	typed := maps.Clone(b.values)
	if err := s.shareOut(v, b); err != nil {
		return err
	}
	if err := v.namePeople(b); err != nil {
		return err
	}
	now := s.Now()
	var commands []workflow.Command
	for i := range b.cases {
		command, _, err := b.command(&b.cases[i], now)
		var wrong input.Errors
		switch {
		case errors.As(err, &wrong) && !b.ownOnly(wrong):
			return s.showBulkForm(v, b, &attempt{noun: b.noun, action: b.action, values: typed, problem: problem.Of(err, v.audience())})
		case err != nil && wrong == nil:
			return err
		}
		commands = append(commands, command) // of a case that lacks what is its own, the table says why
	}
	answers, err := s.Reader.Try(v.ctx(), v.viewer, now, commands...)
	if err != nil {
		return err
	}
	view := v.bulkView(b)
	f := Form{Name: b.action.String(), URL: "/applications/bulk", Key: newKey(), Danger: slices.Contains(ends, b.action),
		Hidden: []Hidden{{bulkStep, bulkDo}, {bulkAction, b.action.String()}}}
	for _, field := range b.fields {
		if text := b.values.Get(field.Name); text != "" && field.Name != b.who {
			f.Hidden = append(f.Hidden, Hidden{field.Name, text})
		}
	}
	able := 0
	for i := range b.cases {
		row := v.bulkRow(&b.cases[i])
		if row.Refused = v.bulkRefusal(answers[i]); b.nobodyFor(&b.cases[i]) {
			row.Refused = v.T("bulk.nobody_free")
		}
		if row.Refused == "" {
			able++
			row.Able = true
			if row.Told, err = v.foretold(b, &b.cases[i]); err != nil {
				return err
			}
			f.Hidden = append(f.Hidden, b.carried(&b.cases[i].Application)...)
			if row.Letter, err = v.previewed(&commands[i]); err != nil {
				return err
			}
		}
		view.Rows = append(view.Rows, row)
	}
	view.Notices = append(view.Notices, Notice{Tone: "info", Text: v.T("bulk.nothing_yet", "able", able, "all", len(b.cases))})
	if able > 0 {
		f.Submit = v.T("bulk.do", "n", able)
		view.Form = &f
	}
	return v.show(view, nil)
}

// ownOnly reports whether nothing is wrong with what all cases share. Who gets a case was
// written down for each.
func (b *bulk) ownOnly(wrong input.Errors) bool {
	return !slices.ContainsFunc(wrong, func(e input.Error) bool {
		return proposed[e.Field] == nil && (e.Field != b.who || b.values.Has(b.who))
	})
}

// nobodyFor reports whether a case needs somebody, and nobody was drawn for it.
func (b *bulk) nobodyFor(c *models.QueuedCase) bool {
	at := slices.IndexFunc(b.fields, func(f workflow.Field) bool { return f.Name == b.who })
	return at >= 0 && !b.fields[at].Optional && b.person(c) == 0
}

// carried are the hidden fields that name one case: with the version that was looked at,
// and a key so that a form that is sent twice is carried out once.
func (b *bulk) carried(a *workflow.Application) []Hidden {
	id := a.ID.String()
	out := []Hidden{{bulkCase, id}, {bulkVersion + id, strconv.FormatInt(a.Version, 10)}, {bulkKey + id, newKey()}}
	if b.who != "" {
		out = append(out, Hidden{bulkWho + id, b.values.Get(bulkWho + id)})
	}
	return out
}

// shareOut writes down who is to get each case: one person for all, or each whom a draw
// gave it to. What chance decided is noted, so that it can be drawn again.
func (s *Server) shareOut(v *visit, b *bulk) error {
	one := b.values.Get(b.who)
	if b.who == "" || one == "" {
		return nil
	}
	if one != bulkEven {
		for i := range b.cases {
			b.values.Set(bulkWho+b.cases[i].Application.ID.String(), one)
		}
		return nil
	}
	seed := newSeed()
	drawn, err := s.Reader.Draw(v.ctx(), v.viewer, b.noun, seed, b.cases)
	if err != nil {
		return err
	}
	for i := range b.cases {
		id := b.cases[i].Application.ID
		b.values.Set(bulkWho+id.String(), unlessZero(drawn[id], drawn[id].String()))
	}
	b.values.Del(b.who)
	b.values.Set("note", strings.TrimSpace(b.values.Get("note")+"\n"+v.T("bulk.even_note", "seed", strconv.FormatInt(seed, 10))))
	return nil
}

// newSeed draws a number that nobody can foresee.
func newSeed() int64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return int64(binary.BigEndian.Uint64(b[:]) >> 12)
}

// person is who is to get a case; zero: nobody.
func (b *bulk) person(c *models.QueuedCase) workflow.ID {
	id, _ := workflow.ParseID(b.values.Get(bulkWho + c.Application.ID.String()))
	return id
}

// namePeople reads the names of who is to get a case.
func (v *visit) namePeople(b *bulk) (err error) {
	if b.who != "" {
		b.names, err = v.server.Reader.Names(v.ctx(), v.viewer, idsOf(b.cases, b.person)...)
	}
	return err
}

// foretold says what is particular to one case: who gets it, how much it is awarded, or
// for which reasons it is declined.
func (v *visit) foretold(b *bulk, c *models.QueuedCase) (string, error) {
	switch b.action {
	case workflow.ActAssign, workflow.ActInvite:
		id := b.person(c)
		if id == 0 {
			return v.T("queue.nobody"), nil
		}
		return cmp.Or(b.names[id], id.String()), nil
	case workflow.ActRecommend:
		return c.Application.Requested.Dollars(), nil
	case workflow.ActAward:
		return c.Application.Recommended.Dollars(), nil
	case workflow.ActDecline:
		terms, err := v.terms(c.Application.Terms)
		return strings.Join(v.codeNames(terms, c.Application.Codes), v.T("format.comma")), err
	}
	return "", nil
}

// bulkRefusal says why one case is not acted on, "" when nothing stands in the way.
func (v *visit) bulkRefusal(err error) string {
	var no *workflow.Refusal
	switch {
	case err == nil, errors.As(err, &no) && (no.Made || no.Reason == reasonFresh):
		return ""
	case no != nil:
		return v.Refusal(no)
	}
	return problem.Of(err, v.audience()).Detail
}

// previewed returns the letter that the command would have, nil when it has none.
func (v *visit) previewed(c *workflow.Command) (*letter.Paper, error) {
	if v.server.Preview == nil || c.Action != workflow.ActAward && c.Action != workflow.ActDecline {
		return nil, nil
	}
	return v.server.Preview(v.ctx(), c, c.Received, v.Language.Tag)
}

// carryOutBulk does to each case what was looked at, and tells what became of each. Sent
// again, it tells the same.
func (s *Server) carryOutBulk(v *visit, b *bulk, sent *sentForm) error {
	var requests []engine.Request
	for i := range b.cases {
		a := &b.cases[i].Application
		id := a.ID.String()
		version, err := strconv.ParseInt(sent.values.Get(bulkVersion+id), 10, 64)
		key := sent.values.Get(bulkKey + id)
		if err != nil || key == "" || len(key) > 200 {
			return &input.Unreadable{Name: bulkKey + id, Reason: input.ReasonKey}
		}
		command, values, err := b.command(&b.cases[i], s.Now())
		var wrong input.Errors
		if err != nil && !(errors.As(err, &wrong) && b.ownOnly(wrong)) {
			return err
		}
		if command.ID != 0 {
			command.Version = version
		}
		body := sha256.Sum256([]byte(id + " " + strconv.FormatInt(version, 10) + " " + b.action.String() + " " + values.Encode()))
		requests = append(requests, engine.Request{Command: command, Viewer: v.viewer,
			Key: &models.Key{Principal: v.viewer.Person, Route: "POST /applications/bulk", Text: key, Body: body}})
	}
	results := engine.Each(v.ctx(), s.Engine, requests)
	if err := v.namePeople(b); err != nil {
		return err
	}
	view := v.bulkView(b)
	undo := Form{Name: "undo", URL: "/applications/bulk", Key: newKey(), Submit: v.T("bulk.undo"),
		Hidden: []Hidden{{bulkStep, bulkDo}, {bulkAction, b.action.String()}, {"note", v.T("bulk.undone")}}}
	done := 0
	for i := range results {
		c, r := &b.cases[i], &results[i]
		var no *workflow.Refusal
		if errors.As(r.Err, &no) && no.Reason == reasonFresh {
			return s.signInFirst(v, http.StatusForbidden, sent)
		}
		row := v.bulkRow(c)
		if row.Refused = v.bulkRefusal(r.Err); row.Refused == "" {
			done++
			row.Tag = v.Mark(b.noun.String(), r.Answer.State.String())
			told, err := v.foretold(b, c)
			if err != nil {
				return err
			}
			row.Told = told
			if b.action == workflow.ActAssign && !r.Answer.Replayed {
				id := c.Application.ID.String()
				undo.Hidden = append(undo.Hidden, Hidden{bulkCase, id}, Hidden{bulkVersion + id, strconv.FormatInt(r.Answer.Version, 10)},
					Hidden{bulkKey + id, newKey()}, Hidden{bulkWho + id, unlessZero(c.Application.Officer, c.Application.Officer.String())})
				view.Form = &undo // assigning the officer from before takes it back
			}
			if b.action == workflow.ActAward || b.action == workflow.ActDecline {
				row.Mail = Link{v.T("bulk.mail"), pathOf(workflow.NounApplication, c.Application.ID) + "#mail"}
			}
		}
		view.Rows = append(view.Rows, row)
	}
	view.Done = true
	view.Notices = []Notice{{Tone: "success", Text: v.T("bulk.done", "done", done, "all", len(results))}}
	if done < len(results) {
		view.Notices[0].Tone = "warning"
	}
	return v.show(view, nil)
}
