package web

import (
	"mime"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"tranche/models"
	"tranche/workflow"
)

// statementPage is one revenue statement: what it says, the file that proves it,
// and what other organizations paid of it.
func (s *Server) statementPage(v *visit, id workflow.ID, again *attempt) error {
	row, err := v.row(workflow.NounStatement, id)
	if err != nil {
		return err
	}
	one, err := record[workflow.RevenueStatement](v, workflow.NounStatement, id)
	if err != nil {
		return err
	}
	crumbs, err := s.owner(v, row)
	if err != nil {
		return err
	}
	title := v.periodName(one) + " · " + moneyIn(one.Amount, one.Currency)
	if len(crumbs) > 0 {
		crumbs[len(crumbs)-1].Text = title
	}
	view := StatementView{
		Shell:  v.titled(title, crumbs...),
		Record: Record{Tag: v.Mark("statement", one.State.String()), Lead: v.Noun("statement")},
		Stated: v.statementFacts(one), Document: v.download(workflow.NounStatement, id, one.DocumentName, one.Document),
	}
	if view.Actions, err = v.offered(row, again, offers{workflow.ActAmend: {values: map[string]string{"note": ""}, note: v.T("statement.amend_note")}}); err != nil {
		return err
	}
	if view.Eliminations, err = s.eliminations(v, one, again); err != nil {
		return err
	}
	if one.State == workflow.Active && mine(row) && mayMake(workflow.NounElimination, row.Roles) {
		options, err := s.relatives(v, one.Organization)
		if err != nil {
			return err
		}
		if len(options) > 0 {
			view.Actions.make(v, workflow.NounElimination, id, again, offer{options: map[string][]Option{"counterparty": options}, note: v.T("statement.eliminate_note")})
		}
	}
	events, err := v.history(workflow.NounStatement, id)
	if err != nil {
		return err
	}
	view.History = Timeline{Events: events[:min(len(events), recent)]}
	for _, row := range view.Eliminations {
		view.InRows = append(view.InRows, row.Acts.Offer...)
	}
	view.Notices = v.notices(again, view.forms())
	return v.show(view, again)
}

func (v *visit) statementFacts(one *workflow.RevenueStatement) []Answer {
	currency := one.Currency
	if currency == "" {
		currency = workflow.USD
	}
	out := []Answer{
		{Name: v.T("revenue.amount"), Value: moneyIn(one.Amount, one.Currency), Number: true}, {Name: v.FieldName("currency"), Value: currency},
		{Name: v.T("statement.period"), Value: v.span(one.PeriodStart, one.PeriodEnd)},
		{Name: v.T("revenue.source"), Value: v.ChoiceName("source", one.Source)},
	}
	if one.Standard != "" {
		out = append(out, Answer{Name: v.FieldName("standard"), Value: v.ChoiceName("standard", one.Standard)})
	}
	if one.Replaces != 0 {
		out = append(out, Answer{Name: v.FieldName("replaces"), Value: v.T("statement.before"), URL: pathOf(workflow.NounStatement, one.Replaces)})
	}
	if one.Note != "" {
		out = append(out, Answer{Name: v.FieldName("note"), Value: one.Note})
	}
	return out
}

// download is the link to an uploaded file; nothing where there is none.
func (v *visit) download(noun workflow.Noun, id workflow.ID, name, sum string) []Download {
	if sum == "" {
		return nil
	}
	if name == "" {
		name = v.FieldName("document")
	}
	return []Download{{Name: name, URL: pathOf(noun, id) + "/document", SHA256: sum}}
}

// eliminations are what other organizations paid of a statement, with the forms by
// which an officer decides about each and its own people take one back.
func (s *Server) eliminations(v *visit, one *workflow.RevenueStatement, again *attempt) ([]EliminationRow, error) {
	list, _, err := s.Reader.Rows(v.ctx(), v.viewer, workflow.NounElimination, models.Filter{
		Where: map[string]workflow.ID{"statement_id": one.ID}, Limit: models.MaxLimit})
	if err != nil {
		return nil, err
	}
	acts, err := v.inRows(list, again, nil)
	if err != nil {
		return nil, err
	}
	var out []EliminationRow
	for i, row := range list {
		e, err := record[workflow.Elimination](v, workflow.NounElimination, row.Record.ID)
		if err != nil {
			return nil, err
		}
		name, seen, err := s.Reader.Named(v.ctx(), v.viewer, e.Organization, e.Counterparty)
		if err != nil {
			return nil, err
		}
		r := EliminationRow{Name: name, Amount: moneyIn(e.Amount, one.Currency), Tag: v.Mark("elimination", e.State.String()),
			Document: v.download(workflow.NounElimination, e.ID, e.DocumentName, e.Document), Acts: acts[i]}
		if seen {
			r.URL = pathOf(workflow.NounOrganization, e.Counterparty)
		}
		out = append(out, r)
	}
	return out, nil
}

// relatives are the organizations that an organization's affiliations lead to, for
// choosing from.
func (s *Server) relatives(v *visit, organization workflow.ID) ([]Option, error) {
	links, err := s.Reader.Kin(v.ctx(), v.viewer, organization)
	told := map[workflow.ID]bool{organization: true}
	var out []Option
	for _, l := range links {
		for _, end := range []struct {
			id   workflow.ID
			name string
		}{{l.Owner, l.OwnerName}, {l.Owned, l.OwnedName}} {
			if !told[end.id] {
				told[end.id] = true
				out = append(out, Option{Value: end.id.String(), Text: end.name})
			}
		}
	}
	return out, err
}

// ofStatement shows the page of the statement that an elimination belongs to.
func (s *Server) ofStatement(v *visit, id workflow.ID, again *attempt) error {
	e, err := record[workflow.Elimination](v, workflow.NounElimination, id)
	if err != nil {
		return err
	}
	return s.statementPage(v, e.Statement, again)
}

// evidence answers GET /{nouns}/{id}/document with the file that was uploaded, as
// it was, to be kept and not shown: browsers must not run what is in it.
func (s *Server) evidence(noun workflow.Noun) func(*visit) error {
	return func(v *visit) error {
		id, err := v.id()
		if err != nil {
			return err
		}
		row, err := v.row(noun, id)
		if err != nil {
			return err
		}
		sum, _ := cellIn(row, "document").(*string)
		name, _ := cellIn(row, "document_name").(*string)
		if sum == nil || name == nil || *sum == "" {
			return models.ErrNotFound
		}
		return s.sendDocument(v, *sum, *name)
	}
}

func (s *Server) sendDocument(v *visit, sum, name string) error {
	body, err := s.Reader.Document(v.ctx(), sum)
	if err != nil {
		return err
	}
	media := echo.MIMEOctetStream
	if t, known := workflow.FileTypeOf(name, body); known {
		media = t.Media
	}
	s.Log.Info("evidence downloaded", "sha256", sum, "bytes", len(body), "person", int64(v.viewer.Person),
		"request_id", v.Response().Header().Get(echo.HeaderXRequestID))
	return v.attach(name, media, body)
}

// attach answers with a file called name, which a browser is to keep and to do nothing
// with.
func (v *visit) attach(name, media string, body []byte) error {
	h := v.Response().Header()
	h.Set(echo.HeaderContentDisposition, strings.TrimSpace(mime.FormatMediaType("attachment", map[string]string{"filename": name})))
	h.Set(echo.HeaderContentSecurityPolicy, "sandbox; default-src 'none'")
	h.Set(echo.HeaderCacheControl, "no-store")
	return v.Blob(http.StatusOK, media, body)
}
