package web

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"tranche/app/letter"
	"tranche/models"
	"tranche/workflow"
)

// ReceiptView is the proof of a submission, to be kept or printed.
type ReceiptView struct {
	Shell
	Paper    *letter.Paper
	Case     Link
	Files    []Button
	Versions []VersionRow // the receipts of all submissions, the newest first
}

// Page implements View.
func (ReceiptView) Page() string { return "receipt" }

// A receiptFile is a form in which a receipt, or what it is about, can be had.
type receiptFile struct {
	path, media, word string
	name              string // after the number of the application
	write             func(*visit, *proof) ([]byte, error)
}

var receiptFiles = []receiptFile{
	{"receipt.json", echo.MIMEApplicationJSON, "receipt.as_json", "receipt-%d.json",
		func(_ *visit, p *proof) ([]byte, error) { return json.MarshalIndent(p.Receipt, "", "  ") }},
	{"receipt.pdf", "application/pdf", "receipt.as_pdf", "receipt-%d.pdf",
		func(v *visit, p *proof) ([]byte, error) { return letter.PDF(v.receiptPaper(p)) }},
	{"receipt/snapshot", echo.MIMEApplicationJSON, "receipt.snapshot", "submission-%d.json",
		func(v *visit, p *proof) ([]byte, error) {
			return v.server.Reader.Document(v.ctx(), p.SHA256)
		}},
}

// A proof is a receipt with the terms that its application stands under, which call
// the documents by their names.
type proof struct {
	models.Receipt
	terms *workflow.Terms
	all   []models.Receipt // of the application, the newest first
}

// proof reads the receipts of the application in the address, and which of them
// it names by its event.
func (v *visit) proof() (*proof, error) {
	id, err := v.id()
	if err != nil {
		return nil, err
	}
	p := &proof{}
	if p.all, err = v.server.Reader.Receipts(v.ctx(), v.viewer, id); err != nil {
		return nil, err
	}
	if p.Receipt, err = models.ReceiptOf(p.all, v.QueryParam("event")); err != nil {
		return nil, err
	}
	a, err := record[workflow.Application](v, workflow.NounApplication, id)
	if err != nil {
		return nil, err
	}
	o, err := v.opportunityOf(a)
	if err != nil {
		return nil, err
	}
	p.terms, err = v.terms(a.TermsUnder(o))
	return p, err
}

// opportunityOf reads the opportunity of an application, in whose zone the page then
// writes its times.
func (v *visit) opportunityOf(a *workflow.Application) (*workflow.Opportunity, error) {
	o, err := record[workflow.Opportunity](v, workflow.NounOpportunity, a.Opportunity)
	if err == nil {
		v.Zone = zoneOf(o)
	}
	return o, err
}

// receiptPage answers GET /applications/{id}/receipt.
func (s *Server) receiptPage(v *visit) error {
	one, err := v.proof()
	if err != nil {
		return err
	}
	at := pathOf(workflow.NounApplication, one.Application)
	view := ReceiptView{Shell: v.titled(v.T("receipt.title"), Link{one.Number, at}, Link{Text: v.T("receipt.title")}),
		Paper: v.receiptPaper(one), Case: Link{one.Number, at}}
	for _, f := range receiptFiles {
		view.Files = append(view.Files, Button{Text: v.T(f.word), Icon: "file_download", URL: fmt.Sprintf("%s/%s?event=%d", at, f.path, one.Event)})
	}
	for i := range one.all {
		r := &one.all[i]
		view.Versions = append(view.Versions, VersionRow{Text: v.T("receipt.nth", "n", r.Submission), URL: fmt.Sprintf("%s/receipt?event=%d", at, r.Event),
			At: v.Moment(r.Received), Tag: v.Mark("application", workflow.Submitted.String()), Current: r.Event == one.Event})
	}
	return v.show(view, nil)
}

// receiptDocument answers with one of the receiptFiles.
func (s *Server) receiptDocument(f receiptFile) func(*visit) error {
	return func(v *visit) error {
		one, err := v.proof()
		if err != nil {
			return err
		}
		body, err := f.write(v, one)
		if err != nil {
			return err
		}
		return v.attach(one.Number+"-"+fmt.Sprintf(f.name, one.Submission), f.media, body)
	}
}

// receiptPaper sets out a receipt.
func (v *visit) receiptPaper(r *proof) *letter.Paper {
	what := []letter.Fact{{Name: v.T("receipt.number"), Value: r.Number}, {Name: v.T("receipt.received"), Value: v.Moment(r.Received).Text}}
	if r.Deadline != nil { // else there was none, or nobody wrote it down then
		what = append(what, letter.Fact{Name: v.T("receipt.deadline"), Value: v.Moment(*r.Deadline).Text})
	}
	what = append(what, letter.Fact{Name: v.T("receipt.submission"), Value: strconv.FormatInt(r.Submission, 10)})
	paper := &letter.Paper{
		Title: v.T("receipt.title"), Lead: strings.Join([]string{r.Organization, r.Number}, " · "), Language: v.Language.Tag, Made: r.Received,
		Sections: []letter.Section{
			{Title: v.T("receipt.what"), Facts: what},
			{Title: v.T("receipt.proof"), Text: []string{v.T("receipt.check")}, Facts: []letter.Fact{
				{Name: v.T("receipt.sum"), Value: r.SHA256}, {Name: v.T("receipt.event"), Value: strconv.FormatInt(r.Event, 10)},
				{Name: v.T("receipt.event_hash"), Value: r.EventHash}, {Name: v.T("receipt.before"), Value: r.PreviousHash}}},
		},
		Foot: v.T("receipt.foot", "number", r.Number, "n", r.Event),
	}
	if files := r.Documents.List(); len(files) > 0 {
		s := letter.Section{Title: v.T("section." + documentsSection)}
		for _, one := range files {
			s.Facts = append(s.Facts, letter.Fact{Name: v.documentLabel(r.terms, one.Code), Value: v.fileFacts(one) + " · SHA-256 " + one.Sum})
		}
		paper.Sections = append(paper.Sections, s)
	}
	return paper
}
