package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"tranche/app/input"
	"tranche/app/policy"
	"tranche/app/trial"
	"tranche/models"
	"tranche/templates"
	"tranche/workflow"
)

// programs answers GET /programs: straight to the only one, or a list.
func (s *Server) programs(v *visit) error {
	if !v.keepsPrograms() {
		return models.ErrNotFound
	}
	all, err := records[workflow.Program](v, workflow.NounProgram, models.Filter{Limit: models.MaxLimit})
	if err != nil {
		return err
	}
	if len(all) == 1 {
		return v.Redirect(http.StatusSeeOther, pathOf(workflow.NounProgram, all[0].ID))
	}
	view := ProgramsView{Shell: v.titled(v.T("programs.title"))}
	view.Lead = v.T("programs.lead")
	view.Empty = Empty{Icon: "file_present", Title: v.T("programs.none"), Text: v.T("programs.none_text")}
	for i := range all {
		row := ProgramRow{Name: all[i].Name, URL: pathOf(workflow.NounProgram, all[i].ID), Prefix: all[i].Prefix, Version: v.T("programs.no_version")}
		inForce, err := s.Reader.InForce(v.ctx(), v.viewer, all[i].ID)
		if err != nil && !errors.Is(err, models.ErrNotFound) {
			return err
		}
		if inForce != nil {
			row.Version = v.version(inForce.Number)
		}
		view.Rows = append(view.Rows, row)
	}
	return v.show(view, nil)
}

// keepsPrograms reports whether the reader looks after files somewhere.
func (v *visit) keepsPrograms() bool { return slices.ContainsFunc(trial.Keepers.List(), v.is) }

// underPrograms are the links above a page, below the list of programs for who has it.
func (v *visit) underPrograms(links ...Link) []Link {
	if !v.keepsPrograms() {
		return links
	}
	return append([]Link{{v.T("nav.programs"), "/programs"}}, links...)
}

func (v *visit) version(number int64) string { return v.T("programs.version", "number", number) }

// programPage answers GET /programs/{id}.
func (s *Server) programPage(v *visit, id workflow.ID, again *attempt) error {
	var typed *typedFile
	if again.of(workflow.NounPolicy, workflow.ActApply, 0) {
		typed = &typedFile{text: again.values.Get("file"), note: again.values.Get("note"), refused: again.refused(nil)}
	}
	return s.showProgram(v, id, again, typed)
}

// policyMaker shows the form for a new version again.
func (s *Server) policyMaker(v *visit, program workflow.ID, again *attempt) error {
	return s.programPage(v, program, again)
}

// A typedFile is a text that somebody tries.
type typedFile struct {
	text, note string
	step       string // one of steps; "" when it was to be applied
	refused    string // why it was not
}

// steps are what can be done with a text before it is applied.
var steps = []string{"check", "compare", "simulate"}

// tryFile answers POST /programs/{id}/file: it tries a text and stores nothing.
func (s *Server) tryFile(v *visit) error {
	id, err := v.id()
	if err != nil {
		return err
	}
	sent, err := readSent(v, andFiles)
	if err != nil {
		return err
	}
	text := sent.values.Get("file")
	if came, chosen := sent.files["upload"]; chosen {
		text = string(came.Body)
	}
	typed := &typedFile{step: sent.values.Get("step"), note: sent.values.Get("note"), text: strings.ReplaceAll(text, "\r\n", "\n")}
	if !slices.Contains(steps, typed.step) {
		return &input.Unreadable{Name: "step", Reason: input.ReasonNotChoice}
	}
	return s.showProgram(v, id, nil, typed)
}

func (s *Server) showProgram(v *visit, id workflow.ID, again *attempt, typed *typedFile) error {
	row, err := v.row(workflow.NounProgram, id)
	if err != nil {
		return err
	}
	keeps := row.Roles&trial.Keepers != 0
	if typed != nil && !keeps {
		return models.ErrNotFound
	}
	view := ProgramView{
		Shell:  v.titled(nameIn(row), v.underPrograms(Link{Text: nameIn(row)})...),
		Record: Record{Tag: v.Mark("program", row.Record.State.String()), Lead: v.Noun("program")},
		Groups: []AnswerGroup{{Title: v.T("record.facts"), Answers: v.stored(row)}},
	}
	if view.Actions, err = v.actions(row, again, nil); err != nil {
		return err
	}
	if typed == nil { // the trial tells what was refused
		view.Notices = v.notices(again, view.Actions)
	}
	events, err := v.history(workflow.NounProgram, id)
	if err != nil {
		return err
	}
	view.History = Timeline{Events: events[:min(len(events), recent)]}
	status := again.status()
	if keeps {
		if view.Versions, err = v.versions(id); err != nil {
			return err
		}
		if view.Trial, err = s.fileTrial(v, row, typed); err != nil {
			return err
		}
		if len(view.Trial.Source) > 0 {
			status, view.Failed = http.StatusUnprocessableEntity, true
		}
	}
	return Show(v, status, view)
}

// versions lists the versions of a program's file, the newest first.
func (v *visit) versions(program workflow.ID) ([]FileVersion, error) {
	all, err := records[workflow.Policy](v, workflow.NounPolicy, models.Filter{Where: map[string]workflow.ID{"program_id": program}, Limit: models.MaxLimit})
	if err != nil {
		return nil, err
	}
	names, err := v.server.Reader.Names(v.ctx(), v.viewer, idsOf(all, func(p *workflow.Policy) workflow.ID { return p.AppliedBy })...)
	if err != nil {
		return nil, err
	}
	var rows []FileVersion
	for _, p := range all {
		rows = append(rows, FileVersion{Name: v.version(p.Number), URL: pathOf(workflow.NounPolicy, p.ID), Tag: v.Mark("policy", p.State.String()),
			By: v.personOr(names, p.AppliedBy), At: v.Moment(p.Made), Note: p.Note})
	}
	return rows, nil
}

// fileTrial is the form with the text in force, or with what was typed and what
// came of it.
func (s *Server) fileTrial(v *visit, row models.Row, typed *typedFile) (*FileTrial, error) {
	program := row.Record.ID
	t := &FileTrial{URL: pathOf(workflow.NounProgram, program) + "/file", Program: program.String(), Key: newKey(),
		Apply: workflow.RowOf(workflow.NounPolicy, workflow.ActApply, workflow.None, row.Roles) != nil, Lead: v.T("programs.file_lead")}
	t.Note = v.Input(workflow.Field{Name: "note", Kind: workflow.Line, Max: 200, Optional: true}, "")
	t.Note.ID = "file-note"
	if typed == nil {
		return t, s.inForce(v, t, program)
	}
	t.Text, t.Note.Value, t.Lead = shown(typed.text), typed.note, v.T("programs.file_typed")
	plan, err := s.Trial.Compile(typed.text)
	var wrong policy.Problems
	switch {
	case errors.As(err, &wrong):
		t.Notice = &Notice{Tone: "error", Text: v.N("programs.mistakes", len(wrong))}
		t.Source = v.marked(t.Text, wrong)
		return t, nil
	case err != nil:
		return nil, err
	case typed.refused != "":
		t.Notice = &Notice{Tone: "error", Text: typed.refused}
		return t, nil
	}
	t.Notice = &Notice{Tone: "success", Text: v.T("programs.sound")}
	switch typed.step {
	case "compare":
		t.Comparison, err = s.comparison(v, program, plan)
	case "simulate":
		t.Simulation, err = s.simulation(v, program, plan)
	}
	return t, err
}

// shown is a text as a page can hold it. One that is too large to be a program's
// file is not sent back.
func shown(text string) string {
	if len(text) > policy.MaxFile {
		return ""
	}
	return strings.ToValidUTF8(text, "\ufffd")
}

// inForce fills in the text in force, and where there is none the file that ships.
func (s *Server) inForce(v *visit, t *FileTrial, program workflow.ID) error {
	now, err := s.Reader.InForce(v.ctx(), v.viewer, program)
	if errors.Is(err, models.ErrNotFound) {
		t.Text, t.Lead = string(templates.Program), v.T("programs.file_first")
		return nil
	}
	if err != nil {
		return err
	}
	text, err := s.Reader.Document(v.ctx(), now.File)
	t.Text = string(text)
	return err
}

// around is how many lines are shown before and after one with a mistake.
const around = 2

// marked returns the lines with mistakes and those around them.
func (v *visit) marked(text string, wrong policy.Problems) []SourceLine {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	on, shown := map[int][]string{}, map[int]bool{}
	for i := range wrong {
		p := &wrong[i]
		line := min(max(p.Line, 1), len(lines))
		on[line] = append(on[line], v.audience().InFile(p))
		for n := max(line-around, 1); n <= min(line+around, len(lines)); n++ {
			shown[n] = true
		}
	}
	var out []SourceLine
	for n, line := range lines {
		if shown[n+1] {
			out = append(out, SourceLine{Number: n + 1, Text: strings.TrimSuffix(line, "\r"), Wrong: on[n+1], Gap: n > 0 && !shown[n]})
		}
	}
	return out
}

func (s *Server) comparison(v *visit, program workflow.ID, plan *workflow.Plan) (*Comparison, error) {
	found, err := s.Trial.Compare(v.ctx(), v.viewer, program, plan)
	if err != nil {
		return nil, err
	}
	c := v.changes(found.Changes)
	c.Title = v.T("programs.against_nothing")
	if found.Against != nil {
		c.Title = v.T("programs.against", "number", found.Against.Number)
	}
	return c, nil
}

func (v *visit) changes(list []policy.Change) *Comparison {
	c := &Comparison{Head: v.T("programs.where")}
	if len(list) == 0 {
		c.Lead = v.T("programs.no_changes")
	}
	for _, change := range list {
		row := ChangeRow{Where: change.Where, Key: change.Key, Item: change.Item, Before: change.Before, After: change.After,
			Tag: Tag{"info", "edit", v.T("programs.changed")}}
		switch {
		case change.Added():
			row.Tag = Tag{"good", "check", v.T("programs.added")}
		case change.Removed():
			row.Tag = Tag{"warn", "close", v.T("programs.removed")}
		}
		c.Rows = append(c.Rows, row)
	}
	return c
}

func (s *Server) simulation(v *visit, program workflow.ID, plan *workflow.Plan) (*SimulationTable, error) {
	found, err := s.Trial.Simulate(v.ctx(), v.viewer, program, plan)
	if err != nil {
		return nil, err
	}
	t := &SimulationTable{Lead: v.N("programs.simulated", found.Changed, "applications", found.Applications, "untouched", found.Untouched)}
	for _, o := range []workflow.Outcome{workflow.Pass, workflow.Refer, workflow.Fail} {
		t.Outcomes = append(t.Outcomes, OutcomeRow{v.T("outcome." + o.String()), found.Before[o], found.After[o]})
	}
	for _, r := range found.Reasons {
		t.Reasons = append(t.Reasons, ReasonRow{v.why(r.Why), r.Comes, r.Goes})
	}
	for _, c := range found.Cases {
		t.Cases = append(t.Cases, SimulatedRow{Number: c.Number, URL: pathOf(workflow.NounApplication, c.Application), Organization: c.Organization,
			Before: v.T("outcome." + c.Before.Outcome.String()), After: v.T("outcome." + c.After.Outcome.String()),
			Comes: v.whys(c.Comes), Goes: v.whys(c.Goes)})
	}
	if left := found.Changed - len(found.Cases); left > 0 {
		t.More = v.N("programs.more", left)
	}
	return t, nil
}

func (v *visit) why(w trial.Why) string { return v.audience().Why(w.Label, w.Code, w.Words) }

func (v *visit) whys(list []trial.Why) (out []string) {
	for _, w := range list {
		out = append(out, v.why(w))
	}
	return out
}

// policyPage answers GET /policies/{id}: one version, what it changed, and its text.
func (s *Server) policyPage(v *visit, id workflow.ID, again *attempt) error {
	row, err := v.row(workflow.NounPolicy, id)
	if err != nil {
		return err
	}
	p, err := record[workflow.Policy](v, workflow.NounPolicy, id)
	if err != nil {
		return err
	}
	program, err := v.row(workflow.NounProgram, p.Program)
	if err != nil {
		return err
	}
	text, err := s.Reader.Document(v.ctx(), p.File)
	if err != nil {
		return err
	}
	title := v.version(p.Number)
	view := PolicyView{
		Shell: v.titled(title, v.underPrograms(Link{nameIn(program), pathOf(workflow.NounProgram, p.Program)}, Link{Text: title})...),
		Record: Record{Tag: v.Mark("policy", p.State.String()), Lead: v.Noun("policy"),
			Buttons: []Button{{Text: v.T("programs.download"), URL: pathOf(workflow.NounPolicy, id) + "/file", Icon: "file_download"}}},
		Groups: []AnswerGroup{{Title: v.T("record.facts"), Answers: v.stored(row)}},
		Text:   string(text),
	}
	if view.Actions, err = v.actions(row, again, nil); err != nil {
		return err
	}
	events, err := v.history(workflow.NounPolicy, id)
	if err != nil {
		return err
	}
	view.History = Timeline{Events: events}
	if view.Comparison, err = s.sinceBefore(v, p); err != nil {
		return err
	}
	return v.show(view, again)
}

// sinceBefore tells what a version changed against the one before it.
func (s *Server) sinceBefore(v *visit, p *workflow.Policy) (*Comparison, error) {
	all, err := records[workflow.Policy](v, workflow.NounPolicy, models.Filter{Where: map[string]workflow.ID{"program_id": p.Program}, Before: p.ID, Limit: 1})
	if err != nil {
		return nil, err
	}
	after, err := s.Reader.Plan(v.ctx(), p.Plan)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		c := v.changes(policy.Compare(nil, after))
		c.Title = v.T("programs.against_nothing")
		return c, nil
	}
	before, err := s.Reader.Plan(v.ctx(), all[0].Plan)
	if err != nil {
		return nil, err
	}
	c := v.changes(policy.Compare(before, after))
	c.Title = v.T("programs.against", "number", all[0].Number)
	return c, nil
}

// policyFile answers GET /policies/{id}/file with the text as it was applied.
func (s *Server) policyFile(v *visit) error {
	id, err := v.id()
	if err != nil {
		return err
	}
	p, err := record[workflow.Policy](v, workflow.NounPolicy, id)
	if err != nil {
		return err
	}
	text, err := s.Reader.Document(v.ctx(), p.File)
	if err != nil {
		return err
	}
	program, err := v.row(workflow.NounProgram, p.Program)
	if err != nil {
		return err
	}
	return v.attach(fmt.Sprintf("%s-%d.yaml", nameOf(program), p.Number), "application/yaml; charset=utf-8", text)
}

// nameOf is the prefix of a program, for the name of a file.
func nameOf(program models.Row) string {
	if prefix, ok := cellIn(program, "prefix").(*string); ok {
		return *prefix
	}
	return program.Record.ID.String()
}
