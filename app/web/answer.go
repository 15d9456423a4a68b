package web

import (
	"net/url"
	"slices"
	"strconv"

	"tranche/models"
	"tranche/workflow"
)

// answersAtOnce is how many answers a page of a file shows.
const answersAtOnce = 50

// answerFiles answers GET /answer-files.
func (s *Server) answerFiles(v *visit) error { return s.answerFilesPage(v, 0, nil) }

// answerFilesPage lists the files of banks, with the form for another one of a program;
// zero is the reader's.
func (s *Server) answerFilesPage(v *visit, program workflow.ID, again *attempt) error {
	if !v.viewer.SeesPayments() {
		return models.ErrNotFound
	}
	t := v.readTable(workflow.NounAnswerFile, "/answer-files")
	l, err := models.List[workflow.AnswerFile](v.ctx(), s.Reader, v.viewer, workflow.NounAnswerFile, t.filter, t.search)
	if err != nil {
		return err
	}
	view := AnswersView{Shell: v.titled(v.T("answers.title")), List: v.list(t, "answers", len(l.Rows), l.Count, l.Sum, l.ByState, l.Next)}
	if view.Rows, err = v.answerFileRows(l.Rows); err != nil {
		return err
	}
	if program = v.programFor(workflow.NounAnswerFile, program); program != 0 {
		view.Actions.make(v, workflow.NounAnswerFile, program, again, offer{note: v.T("answers.import_note", "limit", workflow.MaxFile>>20)})
		for i := range view.Actions.Offer[0].Fields {
			if f := &view.Actions.Offer[0].Fields[i]; f.Kind == FileField {
				f.Endings = []string{".ach", ".txt", ".xml", ".csv"}
			}
		}
	}
	view.Notices = append(view.Notices, v.notices(again, view.Actions)...)
	return v.show(view, again)
}

// programFor returns the program that was asked for or, where none was, one of those in which
// the reader may make a record of a kind; zero when there is none.
func (v *visit) programFor(noun workflow.Noun, asked workflow.ID) workflow.ID {
	for _, g := range v.viewer.Grants {
		if asked == 0 && g.Organization == 0 && mayMake(noun, workflow.RolesOf(g.Role)) {
			return g.Program
		}
	}
	return asked
}

func (v *visit) answerFileRows(files []workflow.AnswerFile) ([]AnswerFileRow, error) {
	names, err := v.server.Reader.Names(v.ctx(), v.viewer, idsOf(files, func(f *workflow.AnswerFile) workflow.ID { return f.ImportedBy })...)
	var out []AnswerFileRow
	for i := range files {
		f := &files[i]
		out = append(out, AnswerFileRow{Name: f.Name, URL: pathOf(workflow.NounAnswerFile, f.ID), Tag: v.Mark("answer_file", f.State.String()),
			Format: v.ChoiceName("format", f.Format), Answers: v.N("answers.answers", int(f.Lines)), Parked: f.Parked,
			By: v.personOr(names, f.ImportedBy), At: v.Moment(f.Made)})
	}
	return out, err
}

// answerFilePage answers GET /answer-files/{id}: what would become of each answer, or did.
func (s *Server) answerFilePage(v *visit, id workflow.ID, again *attempt) error {
	row, err := v.row(workflow.NounAnswerFile, id)
	if err != nil {
		return err
	}
	f, err := record[workflow.AnswerFile](v, workflow.NounAnswerFile, id)
	if err != nil {
		return err
	}
	result := v.QueryParam("result")
	if !slices.Contains(workflow.AnswerResults, result) {
		result = ""
	}
	after, _ := strconv.ParseInt(v.QueryParam("after"), 10, 64) // no number: the first
	page, err := s.Reader.AnswerPage(v.ctx(), v.viewer, id, result, after, answersAtOnce)
	if err != nil {
		return err
	}
	view := AnswersFileView{Shell: v.titled(f.Name, Link{v.T("nav.answer_files"), "/answer-files"}, Link{Text: f.Name}),
		Record: Record{Tag: v.Mark("answer_file", f.State.String()), Lead: v.ChoiceName("format", f.Format)}, Title2: v.T("answers.became")}
	if f.Round == 0 {
		view.Title2 = v.T("answers.preview")
	}
	view.Facts = []Fact{{Name: v.FieldName("lines"), Value: strconv.FormatInt(f.Lines, 10), Number: true}}
	if f.State == workflow.Completed || f.State == workflow.Parked {
		view.Facts = append(view.Facts, Fact{Name: v.FieldName("booked"), Value: strconv.FormatInt(f.Booked, 10), Number: true},
			Fact{Name: v.FieldName("parked"), Value: strconv.FormatInt(f.Parked, 10), Number: true})
	}
	if f.State == workflow.Applying {
		done, all, err := s.Reader.AnswersDone(v.ctx(), id, f.Round)
		if err != nil {
			return err
		}
		view.Progress = v.T("answers.progress", "done", done, "all", all)
		view.Buttons = []Button{{Text: v.T("answers.again"), URL: pathOf(workflow.NounAnswerFile, id), Icon: "history"}}
	}
	v.answersOf(&view, f, &page, result)
	if view.Source, err = v.answerSource(f); err != nil {
		return err
	}
	if view.History.Events, err = v.history(workflow.NounAnswerFile, id); err != nil {
		return err
	}
	if view.Actions, err = v.actions(row, again, nil); err != nil {
		return err
	}
	view.Notices = v.notices(again, view.Actions)
	return v.show(view, again)
}

// answersOf shows the counts and a page of the answers.
func (v *visit) answersOf(view *AnswersFileView, f *workflow.AnswerFile, page *models.AnswerPage, result string) {
	at := pathOf(workflow.NounAnswerFile, f.ID)
	counts := map[string]int{}
	for _, c := range page.Counts {
		counts[c.Result] += c.Count
		counts[""] += c.Count
		view.Counts = append(view.Counts, AnswerCountRow{v.T("answers." + c.Kind), v.answerTag(c.Result), c.Count, c.Sum})
	}
	for _, r := range append([]string{""}, workflow.AnswerResults...) {
		tab := Tab{Text: v.T("answers.all"), URL: at, Current: r == result, Count: strconv.Itoa(counts[r])}
		if r != "" {
			tab.Text, tab.URL = v.T("answers."+r), at+"?"+url.Values{"result": {r}}.Encode()
		}
		if counts[r] > 0 || r == result {
			view.Filters = append(view.Filters, tab)
		}
	}
	for i := range page.Lines {
		view.Lines = append(view.Lines, v.answerLine(&page.Lines[i]))
	}
	view.Pager.Shown = v.N("answers.shown", len(page.Lines))
	q := url.Values{}
	if result != "" {
		q.Set("result", result)
	}
	if v.QueryParam("after") != "" {
		view.Pager.FirstURL = at + "?" + q.Encode()
	}
	if page.Next != 0 {
		q.Set("after", strconv.FormatInt(page.Next, 10))
		view.Pager.NextURL = at + "?" + q.Encode()
	}
}

func (v *visit) answerLine(l *workflow.AnswerLine) AnswerLineRow {
	row := AnswerLineRow{Line: l.Line, Says: v.T("answers." + l.Kind), Trace: l.Trace, Amount: l.Amount, Code: l.Code, Meaning: l.Information,
		Tag: v.answerTag(l.Result), About: Link{Text: l.Payment}}
	noun := workflow.NounPayment
	if workflow.AboutBatch(l.Kind) {
		noun, row.About.Text = workflow.NounBatch, l.Batch
	}
	if row.About.Text == "" && l.Trace == "" {
		row.About.Text = v.T("answers.unnamed")
	}
	if l.Record != 0 {
		row.About.URL = pathOf(noun, l.Record)
		if row.About.Text == "" {
			row.About.Text = v.Noun(noun.String())
		}
	}
	if l.Reason != "" {
		row.Why = v.Reason(l.Reason, nil)
	}
	if l.Change != "" {
		row.Change = v.T("answers.change", "change", l.Change)
	}
	return row
}

// answerLooks are the looks of what can become of an answer.
var answerLooks = map[string]look{
	workflow.AnswerDue: {"info", "schedule"}, workflow.AnswerBooked: {"good", "check_circle"},
	workflow.AnswerAlready: {"neutral", "check"}, workflow.AnswerParked: {"warn", "warning"},
}

func (v *visit) answerTag(result string) Tag {
	l := answerLooks[result]
	return Tag{l.tone, l.icon, v.T("answers." + result)}
}

// answerSource says where a file came from.
func (v *visit) answerSource(f *workflow.AnswerFile) ([]Answer, error) {
	names, err := v.server.Reader.Names(v.ctx(), v.viewer, f.ImportedBy, f.AppliedBy)
	out := []Answer{{Name: v.FieldName("name"), Value: f.Name}, {Name: "SHA-256", Value: f.Sum},
		{Name: v.FieldName("bytes"), Value: strconv.FormatInt(f.Bytes, 10), Number: true},
		{Name: v.FieldName("imported_by"), Value: v.personOr(names, f.ImportedBy).Name}}
	if f.AppliedBy != 0 {
		out = append(out, Answer{Name: v.FieldName("applied_by"), Value: v.personOr(names, f.AppliedBy).Name})
	}
	if f.Note != "" {
		out = append(out, Answer{Name: v.FieldName("note"), Value: f.Note})
	}
	return out, err
}
