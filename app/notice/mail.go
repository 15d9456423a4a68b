package notice

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tranche/app/problem"
	"tranche/models"
	"tranche/workflow"
)

// A Post tells people by mail.
type Post struct {
	Writer
	DB   *models.DB
	Now  func() time.Time
	URL  string // of the site, for links
	SMTP *SMTP  // nil: what would be sent is kept, and nothing else
}

// news is an event with what mails say of it.
type news struct {
	workflow.Notice
	models.Happening
	at           string // where it is to be seen, below URL
	organization *workflow.Organization
	application  *workflow.Application // nil: it belongs to no case
	opportunity  *workflow.Opportunity // with application
	due          func(problem.Audience) string
	report       func(problem.Audience) string // what a report is called; "" for other records
	text         string                        // what somebody wrote to the reader, or ""
}

// Tell writes the mails about an event, each once however often it is asked for.
func (p *Post) Tell(ctx context.Context, event int64) error {
	h, err := p.Reader.Happening(ctx, event)
	if err != nil {
		return err
	}
	notice, _ := workflow.NoticeOf(h.Noun, h.Action)
	return p.tell(ctx, h, notice)
}

// Remind writes the mails about deadlines that are near.
func (p *Post) Remind(ctx context.Context) error {
	due, err := p.Reader.Reminders(ctx, p.Now())
	if err != nil {
		return err
	}
	var errs []error
	for _, one := range due {
		h, err := p.Reader.Happening(ctx, one.Event)
		if err == nil {
			err = p.tell(ctx, h, one.Notice)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func (p *Post) tell(ctx context.Context, h models.Happening, notice workflow.Notice) error {
	n, err := p.news(ctx, h, notice)
	if err != nil {
		return err
	}
	readers, err := p.readers(ctx, n)
	if err != nil {
		return err
	}
	var list []models.Message
	for i := range readers {
		r := &readers[i]
		m := models.Message{Event: n.Event, Application: n.Application, Person: r.ID, Address: r.Email, Kind: n.Kind, Made: p.Now().UTC().Truncate(time.Microsecond), State: models.MessageQueued}
		if p.SMTP == nil {
			m.State = models.MessageKept
		}
		p.write(&m, n, r)
		list = append(list, m)
	}
	return p.DB.Post(ctx, list)
}

// news reads what there is to be told.
func (p *Post) news(ctx context.Context, h models.Happening, notice workflow.Notice) (n *news, err error) {
	if h.Noun == workflow.NounApplication {
		h.Application = h.Record // the event that made it could not name it yet
	}
	n = &news{Notice: notice, Happening: h, at: "/" + h.Noun.Plural() + "/" + h.Record.String(), due: nothing, report: nothing}
	var organization workflow.ID
	switch n.Happening.Noun {
	case workflow.NounAward:
		a, err := record[workflow.Award](ctx, &p.Writer, workflow.NounAward, n.Record)
		if err != nil {
			return nil, err
		}
		organization, n.due = a.Organization, day(a.CloseoutDue())
		if a.ClosingSince.IsZero() {
			n.due = func(in problem.Audience) string { return in.Moment(a.OfferEnds) }
		}
	case workflow.NounReport:
		r, err := record[workflow.Report](ctx, &p.Writer, workflow.NounReport, n.Record)
		if err != nil {
			return nil, err
		}
		organization, n.due = r.Organization, day(r.Due)
		n.report = func(in problem.Audience) string { return in.Language.T("choice.kind." + r.Kind) }
	case workflow.NounAmendment:
		m, err := record[workflow.Amendment](ctx, &p.Writer, workflow.NounAmendment, n.Record)
		if err != nil {
			return nil, err
		}
		n.due = func(in problem.Audience) string { return in.Moment(m.Ends) }
		if organization = m.Organization; h.Action == workflow.ActApprove {
			organization = cmp.Or(m.Successor, m.Organization) // who signs it
		}
	case workflow.NounClaim, workflow.NounPayment:
		if organization, err = p.Reader.OrganizationOf(ctx, n.Happening.Noun, n.Record); err != nil {
			return nil, err
		}
	case workflow.NounFinding:
		f, err := record[workflow.AwardFinding](ctx, &p.Writer, workflow.NounFinding, n.Record)
		if err != nil {
			return nil, err
		}
		organization, n.due = f.Organization, day(f.Due)
	case workflow.NounDebt:
		d, err := record[workflow.Debt](ctx, &p.Writer, workflow.NounDebt, n.Record)
		if err != nil {
			return nil, err
		}
		organization, n.due = d.Organization, day(d.Due)
	case workflow.NounBankAccount:
		b, err := record[workflow.BankAccount](ctx, &p.Writer, workflow.NounBankAccount, n.Record)
		if err != nil {
			return nil, err
		}
		organization, n.at = b.Organization, "/organizations/"+b.Organization.String()
	}
	if n.Happening.Application != 0 {
		if n.application, err = record[workflow.Application](ctx, &p.Writer, workflow.NounApplication, n.Happening.Application); err != nil {
			return nil, err
		}
		organization = cmp.Or(organization, n.application.Organization)
		if n.opportunity, err = record[workflow.Opportunity](ctx, &p.Writer, workflow.NounOpportunity, n.application.Opportunity); err != nil {
			return nil, err
		}
	}
	switch n.Kind {
	case "information_requested":
		n.text, n.due = openQuestions(n.application), n.replyDue
	case "reply_reminder", "request_extended", "request_lapsed":
		n.due = n.replyDue
	case "service_reminder", "service_over":
		s, err := p.Reader.ServiceDue(ctx, n.application.ID)
		if err != nil {
			return nil, err
		}
		n.due = day(s.Due)
	case "draft_reminder":
		n.due = func(in problem.Audience) string { return in.Moment(n.opportunity.Closes) }
	}
	n.organization, err = record[workflow.Organization](ctx, &p.Writer, workflow.NounOrganization, organization)
	return n, err
}

// day writes a date, in no zone.
func day(d workflow.Date) func(problem.Audience) string {
	return func(in problem.Audience) string { return problem.Audience{Language: in.Language}.Day(d.Time()) }
}

// nothing is what a mail says of something that its event has not.
func nothing(problem.Audience) string { return "" }

// openQuestions writes the questions that wait for an answer, each with its number.
func openQuestions(a *workflow.Application) string {
	var out []string
	for _, q := range a.OpenInquiries() {
		out = append(out, fmt.Sprintf("%d. %s", q.Number, q.Text))
	}
	return strings.Join(out, "\n")
}

// replyDue is the last day for an answer.
func (n *news) replyDue(in problem.Audience) string { return day(n.application.ReplyDue)(in) }

// readers are those whom n is for and who may know of it: nobody who recused is told.
func (p *Post) readers(ctx context.Context, n *news) (out []workflow.Person, err error) {
	var asked []workflow.Person
	switch n.To {
	case workflow.ToOfficer, workflow.ToOfficerAndLeads:
		if n.To == workflow.ToOfficerAndLeads {
			if asked, err = p.Reader.Leads(ctx, n.application.Program); err != nil {
				return nil, err
			}
		}
		if n.application.Officer == 0 || slices.ContainsFunc(asked, func(one workflow.Person) bool { return one.ID == n.application.Officer }) {
			break
		}
		officer, err := record[workflow.Person](ctx, &p.Writer, workflow.NounPerson, n.application.Officer)
		if err != nil {
			return nil, err
		}
		asked = append(asked, *officer)
	case workflow.ToContacts:
		return p.contacts(ctx, n)
	default:
		if asked, err = p.Reader.Representatives(ctx, n.organization.ID, time.Time{}); err != nil {
			return nil, err
		}
	}
	for _, one := range asked {
		v, err := p.Reader.ViewerOf(one.ID)
		var row models.Row
		if err == nil {
			row, err = p.Reader.Row(ctx, v, n.Happening.Noun, n.Record)
		}
		switch applies := row.Roles&^workflow.RolesOf(workflow.Applicant, workflow.AOR) == 0; {
		case errors.Is(err, models.ErrNotFound): // shut out, or barred from the case
		case n.To != workflow.ToRepresentatives && applies: // belongs to the applicant by now
		case err != nil:
			return nil, err
		default:
			out = append(out, one)
		}
	}
	return out, nil
}

// contacts are whom a change of the bank account is told to; nobody when it is the first.
func (p *Post) contacts(ctx context.Context, n *news) ([]workflow.Person, error) {
	all, err := models.Records[workflow.BankAccount](ctx, p.Reader, system, workflow.NounBankAccount,
		models.Filter{Where: map[string]workflow.ID{"organization_id": n.organization.ID}, Limit: models.MaxLimit})
	if err != nil {
		return nil, err
	}
	for i := range all { // the newest first
		if all[i].ID != n.Record && all[i].Made.Before(n.At) {
			return p.Reader.Representatives(ctx, n.organization.ID, all[i].Made)
		}
	}
	return nil, nil
}

// write words m for its reader. Numbers of accounts, amounts and what the staff thinks
// stand on the pages that one signs in for, not in mails.
func (p *Post) write(m *models.Message, n *news, r *workflow.Person) {
	a := problem.Audience{Language: p.Words.Match(r.Language)}
	values := []any{"organization", n.organization.LegalName}
	if n.application != nil {
		a = in(a.Language, n.opportunity)
		values = append(values, "number", n.application.Number, "title", oneLine(n.application.Title))
	}
	values = append(values, "due", n.due(a), "report", n.report(a), "moment", a.Moment(n.At), "name", r.Name)
	t := a.Language.T
	parts := []string{t("mail.greeting", "name", r.Name), t("mail."+n.Kind+"_text", values...)}
	if n.text != "" {
		parts = append(parts, n.text)
	}
	parts = append(parts, p.URL+n.at, "-- \n"+t("mail.foot"))
	m.Language, m.Subject, m.Body = a.Language.Tag, t("mail."+n.Kind+"_subject", values...), strings.Join(parts, "\n\n")+"\n"
}

// Send sends a message that is queued. The error asks for another try later; what is
// refused for good, or was tried too often, is given up.
func (p *Post) Send(ctx context.Context, id workflow.ID) error {
	m, err := p.Reader.Message(ctx, id)
	if err != nil || m.State != models.MessageQueued {
		return err
	}
	if p.SMTP == nil { // there was a server when it was written
		m.State = models.MessageKept
		return p.DB.Attempted(ctx, &m)
	}
	m.Attempts++
	if failed := p.SMTP.send(ctx, &m); failed != nil {
		m.Error = failed.Error()
		if errors.Is(failed, errRefused) || m.Attempts >= workflow.MailTries {
			m.State = models.MessageFailed
			failed = nil
		}
		return errors.Join(p.DB.Attempted(context.WithoutCancel(ctx), &m), wrapped(failed, id))
	}
	m.State, m.Error, m.Sent = models.MessageSent, "", p.Now().UTC().Truncate(time.Microsecond)
	return p.DB.Attempted(context.WithoutCancel(ctx), &m)
}

func wrapped(err error, id workflow.ID) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("send message %d: %w", id, err)
}
