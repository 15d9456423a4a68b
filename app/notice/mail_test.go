package notice_test

import (
	"context"
	"encoding/base64"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"

	"tranche/app/engine/enginetest"
	"tranche/app/jobs"
	"tranche/app/notice"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// An office is an SMTP server on loopback that keeps what it takes.
type office struct {
	server *smtp.Server
	mu     sync.Mutex
	took   []delivery
	refuse *smtp.SMTPError // what it answers to every recipient; nil: it takes them
}

// A delivery is a mail as it arrived.
type delivery struct {
	to string
	*mail.Message
	body string
}

func (o *office) NewSession(*smtp.Conn) (smtp.Session, error) { return &session{office: o}, nil }

type session struct {
	office *office
	to     string
}

func (s *session) Reset()                               {}
func (s *session) Logout() error                        { return nil }
func (s *session) Mail(string, *smtp.MailOptions) error { return nil }

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if s.office.refuse != nil {
		return s.office.refuse
	}
	s.to = to
	return nil
}

func (s *session) Data(r io.Reader) error {
	m, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(decoded(m))
	if err != nil {
		return err
	}
	s.office.mu.Lock()
	defer s.office.mu.Unlock()
	s.office.took = append(s.office.took, delivery{s.to, m, strings.ReplaceAll(string(body), "\r\n", "\n")})
	return nil
}

// opened returns an office that listens at addr, "127.0.0.1:0" for any port, and its URL.
func (o *office) opened(t *testing.T, addr string) string {
	t.Helper()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	o.server = smtp.NewServer(o)
	o.server.Domain, o.server.AllowInsecureAuth = "localhost", true
	go func() {
		if err := o.server.Serve(l); err != nil && err != smtp.ErrServerClosed {
			t.Error(err)
		}
	}()
	t.Cleanup(func() { _ = o.server.Close() })
	return "smtp://" + l.Addr().String()
}

func (o *office) all() []delivery {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]delivery{}, o.took...)
}

// await returns the first n deliveries.
func (o *office) await(t *testing.T, n int) []delivery {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) { // between two looks
		if all := o.all(); len(all) >= n {
			return all
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d mails came, not %d", len(o.all()), n)
		}
	}
}

// posting is a house whose mails go to server; "" for none.
func posting(t *testing.T, db *models.DB, server string) (*house, *notice.Post) {
	t.Helper()
	h := newHouse(t, db)
	p := &notice.Post{Writer: *h.writer, DB: db, Now: h.Now, URL: "https://vouchers.example.gov"}
	if server != "" {
		p.SMTP = sends(t, server)
	}
	return h, p
}

func sends(t *testing.T, server string) *notice.SMTP {
	t.Helper()
	s, err := notice.NewSMTP(server, "Voucher desk <desk@example.gov>")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// working has the jobs of h carried out, with p telling people.
func working(t *testing.T, h *house, p *notice.Post, start bool) *jobs.Runner {
	t.Helper()
	if _, err := h.DB.Migrate(t.Context(), jobs.Tables(h.DB)); err != nil {
		t.Fatal(err)
	}
	r, err := jobs.New(h.DB, h.Engine, h.Now)
	if err != nil {
		t.Fatal(err)
	}
	r.Mail(p)
	if !start {
		return r
	}
	if err := r.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := r.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return r
}

func (h *house) messages(c *enginetest.Case) []models.Message {
	h.T.Helper()
	all, err := h.DB.Messages(h.T.Context(), &models.Viewer{System: true}, c.Application)
	if err != nil {
		h.T.Fatal(err)
	}
	return all
}

// offered is the event by which a case was offered its award.
func (h *house) offered(c *enginetest.Case) int64 {
	h.T.Helper()
	events, err := h.DB.Events(h.T.Context(), &models.Viewer{System: true}, workflow.NounAward, c.Award)
	if err != nil || len(events) == 0 || events[0].Action != workflow.ActOffer {
		h.T.Fatalf("%+v, %v", events, err)
	}
	return events[0].ID
}

// told writes the mails about an event.
func told(t *testing.T, p *notice.Post, event int64) {
	t.Helper()
	if err := p.Tell(t.Context(), event); err != nil {
		t.Fatal(err)
	}
}

// The process ends between the commit and the mail; the next one sends it, once.
func TestAMailIsSentAfterTheProcessDied(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		o := &office{}
		h, p := posting(t, db, o.opened(t, "127.0.0.1:0"))
		working(t, h, p, false) // takes the jobs, and never comes to them
		h.Act(nil, workflow.NounPerson, h.People[workflow.AOR], workflow.ActUpdate, enginetest.Text("language", "zh-TW"))
		c := h.Draft(148_500_00)
		event := h.Act(h.Viewer(c.AOR), workflow.NounApplication, c.Application, workflow.ActSubmit).Event
		if got := o.all(); len(got) != 0 {
			t.Fatalf("sent by nobody: %v", got)
		}
		working(t, h, p, true)
		one := o.await(t, 1)[0]
		a, err := models.Record[workflow.Application](t.Context(), db.Reader, h.As(workflow.Auditor), workflow.NounApplication, c.Application)
		if err != nil {
			t.Fatal(err)
		}
		if subject := header(t, one, "Subject"); subject != a.Number+"：已收到申請案" {
			t.Errorf("the subject is %q", subject)
		}
		if from := header(t, one, "From"); !strings.Contains(from, "desk@example.gov") || one.Header.Get("Auto-Submitted") != "auto-generated" {
			t.Errorf("it is from %q: %v", from, one.Header)
		}
		if !strings.Contains(one.body, "https://vouchers.example.gov/applications/"+c.Application.String()+"\n") || !strings.Contains(one.body, a.Number) {
			t.Errorf("it says %q", one.body)
		}
		for state := ""; state != models.MessageSent; state = h.messages(c)[0].State {
		}
		told(t, p, event) // the job may run twice
		all := h.messages(c)
		if len(all) != 1 || all[0].Attempts != 1 || all[0].Sent.IsZero() {
			t.Fatalf("the log has %+v", all)
		}
		if err := p.Send(t.Context(), all[0].ID); err != nil {
			t.Fatal(err)
		}
		if got := o.all(); len(got) != 1 {
			t.Errorf("it was sent %d times", len(got))
		}
	})
}

func TestAServerThatIsDownIsTriedAgain(t *testing.T) {
	o := &office{}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	h, p := posting(t, modelstest.SQLite(t), "smtp://"+addr)
	c := h.Draft(1_000_00)
	told(t, p, h.Act(h.Viewer(c.AOR), workflow.NounApplication, c.Application, workflow.ActSubmit).Event)
	id := h.messages(c)[0].ID
	for try := int64(1); try <= 2; try++ {
		if err := p.Send(t.Context(), id); err == nil {
			t.Fatal("nobody asks for another try")
		}
		if m := h.messages(c)[0]; m.State != models.MessageQueued || m.Attempts != try || m.Error == "" {
			t.Errorf("after try %d: %+v", try, m)
		}
	}
	o.opened(t, addr)
	if err := p.Send(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if m := h.messages(c)[0]; m.State != models.MessageSent || m.Attempts != 3 || m.Error != "" {
		t.Errorf("in the end: %+v", m)
	}
	// Somebody starts the service anew and names no mail server.
	without := *p
	without.SMTP = nil
	if _, err := h.DB.Pool().Exec("UPDATE messages SET state = 'queued', sent = NULL"); err != nil {
		t.Fatal(err)
	}
	if err := without.Send(t.Context(), id); err != nil || h.messages(c)[0].State != models.MessageKept {
		t.Errorf("without a server: %v, %+v", err, h.messages(c)[0])
	}
	first := o.all()[0].Header.Get("Message-ID")
	// The process may have died after the server took it: the same mail comes again.
	if _, err := h.DB.Pool().Exec("UPDATE messages SET state = 'queued', sent = NULL"); err != nil {
		t.Fatal(err)
	}
	if err := p.Send(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if again := o.await(t, 2)[1].Header.Get("Message-ID"); first == "" || again != first {
		t.Errorf("the same mail is %q and %q", first, again)
	}
}

func TestAMailIsGivenUpVisibly(t *testing.T) {
	for name, tt := range map[string]struct {
		answer smtp.SMTPError
		tries  int64
	}{
		"refused for good": {smtp.SMTPError{Code: 550, Message: "no such mailbox"}, 1},
		"busy for ever":    {smtp.SMTPError{Code: 451, Message: "busy"}, workflow.MailTries},
	} {
		t.Run(name, func(t *testing.T) {
			o := &office{refuse: &tt.answer}
			h, p := posting(t, modelstest.SQLite(t), o.opened(t, "127.0.0.1:0"))
			c := h.Draft(1_000_00)
			told(t, p, h.Act(h.Viewer(c.AOR), workflow.NounApplication, c.Application, workflow.ActSubmit).Event)
			id, tries := h.messages(c)[0].ID, 1
			for p.Send(t.Context(), id) != nil {
				tries++
			}
			if m := h.messages(c)[0]; m.State != models.MessageFailed || m.Attempts != tt.tries || int64(tries) != tt.tries || !strings.Contains(m.Error, tt.answer.Message) {
				t.Errorf("after %d tries: %+v", tries, m)
			}
		})
	}
}

func TestWhoIsToldOfWhat(t *testing.T) {
	h, p := posting(t, modelstest.SQLite(t), "")
	to := func(event int64) (out []workflow.ID, said string) {
		t.Helper()
		told(t, p, event)
		rows, err := h.DB.Pool().Query("SELECT person_id, subject || body, state FROM messages WHERE event = ? ORDER BY person_id", event)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var id int64
			var state string
			if err := rows.Scan(&id, &said, &state); err != nil {
				t.Fatal(err)
			}
			if state != models.MessageKept {
				t.Errorf("without a server a mail is %s", state)
			}
			out = append(out, workflow.ID(id))
		}
		return out, said
	}
	one := func(what string, event int64, who workflow.ID, says ...string) {
		t.Helper()
		got, said := to(event)
		if len(got) != 1 || got[0] != who {
			t.Errorf("%s is told to %v, not to %d alone", what, got, who)
		}
		for _, part := range says {
			if !strings.Contains(said, part) {
				t.Errorf("%s does not say %q: %s", what, part, said)
			}
		}
		for _, secret := range []string{"4471", "021000021", "uncle", "$"} {
			if strings.Contains(said, secret) {
				t.Errorf("%s tells %q: %s", what, secret, said)
			}
		}
	}
	officer := h.As(workflow.ProgramOfficer)
	c := h.NewCase("Tern Analytics LLC", 1_000_00).Submit()
	asked := h.Act(officer, workflow.NounApplication, c.Application, workflow.ActRequestInformation, enginetest.Text("question", "Which pumps?"), enginetest.Date("due", workflow.DateOf(h.Now()).AddDays(9)))
	one("a request", asked.Event, c.AOR, "1. Which pumps?", "Jun 10, 2026")
	one("more time", h.Act(officer, workflow.NounApplication, c.Application, workflow.ActExtendRequest, enginetest.Date("due", workflow.DateOf(h.Now()).AddDays(10))).Event, c.AOR, "more time", "Jun 11, 2026")
	one("the end of a request", h.Act(officer, workflow.NounApplication, c.Application, workflow.ActCancelRequest).Event, c.AOR, "withdrew the questions")
	h.Act(officer, workflow.NounApplication, c.Application, workflow.ActRequestInformation, enginetest.Text("question", "Whose pumps?"), enginetest.Date("due", workflow.DateOf(h.Now()).AddDays(9)))
	one("the reply", h.Act(h.Viewer(c.AOR), workflow.NounApplication, c.Application, workflow.ActReply, enginetest.Text("reply", `{"q2":"Ours."}`)).Event, officer.Person, "has answered")
	one("a determination", h.declined(c), c.AOR, "letter")

	paid := h.NewCase("Lumen Soils, Inc.", 3_000_00).Submit().Review().Recommend().Awarded()
	offer := h.offered(paid)
	one("an offer", offer, paid.AOR, "Jul 1, 2026", "/awards/"+paid.Award.String())
	amended := h.NewCase("Heron Works, Inc.", 2_000_00).To()
	one("a proposal", h.Must(workflow.NounAmendment, workflow.ActRequest, amended.Award, officer, enginetest.AsksFor(workflow.AmendPeople, enginetest.Text("wording", "My uncle leads."))...).Event,
		amended.AOR, "Nothing changes before", "/amendments/")
	change := amended.Ask(workflow.AmendPeople, enginetest.Text("wording", "My uncle leads."))
	one("an approval", h.Act(h.As(workflow.GrantsOfficer), workflow.NounAmendment, change, workflow.ActApprove).Event, amended.AOR, "sign or withdraw it before Jul 1, 2026")
	one("a signature", h.Act(h.Viewer(amended.AOR), workflow.NounAmendment, change, workflow.ActSign).Event, amended.AOR, "in force")
	heir := *amended
	heir.Company = h.Organization("Heir, Inc.", 1_00)
	heir.AOR = h.Member(heir.Company, workflow.AOR)
	heir.Bank()
	given := amended.Ask(workflow.AmendNovation, enginetest.Text("successor_uei", uei(t, h, heir.Company)))
	one("an approval", h.Act(h.As(workflow.GrantsOfficer), workflow.NounAmendment, given, workflow.ActApprove).Event, heir.AOR, "sign or withdraw it")
	account := func(by workflow.ID) int64 {
		return h.Must(workflow.NounBankAccount, workflow.ActEnter, paid.Company, h.Viewer(by), enginetest.Text("routing", "021000021"), enginetest.Text("sealed", "c2VhbGVkIGZvciBhIHRlc3Q="),
			enginetest.Text("last4", "4471"), enginetest.Text("holder", "Lumen Soils, Inc.")).Event
	}
	// Who left before there was an account has nothing to do with it.
	gone := h.Member(paid.Company, workflow.AOR)
	left, err := models.Records[workflow.Grant](t.Context(), h.DB.Reader, &models.Viewer{System: true}, workflow.NounGrant, models.Filter{Where: map[string]workflow.ID{"person_id": gone}})
	if err != nil || len(left) != 1 {
		t.Fatal(left, err)
	}
	h.Act(nil, workflow.NounGrant, left[0].ID, workflow.ActRevoke)
	h.Advance(time.Hour)
	if got, _ := to(account(paid.AOR)); len(got) != 0 {
		t.Errorf("of the first account %v are told", got)
	}
	// Somebody new shuts the old representative out and changes the account: both are told.
	h.Advance(time.Hour)
	intruder := h.Member(paid.Company, workflow.AOR)
	grants, err := models.Records[workflow.Grant](t.Context(), h.DB.Reader, &models.Viewer{System: true}, workflow.NounGrant, models.Filter{Where: map[string]workflow.ID{"person_id": paid.AOR}})
	if err != nil || len(grants) != 1 {
		t.Fatal(grants, err)
	}
	h.Act(nil, workflow.NounGrant, grants[0].ID, workflow.ActRevoke)
	if got, said := to(account(intruder)); len(got) != 2 || got[0] != paid.AOR || got[1] != intruder || strings.Contains(said, "4471") {
		t.Errorf("of another account %v are told %q", got, said)
	}
	// Of anything else, who was shut out is told nothing.
	if _, err := h.DB.Pool().Exec("DELETE FROM messages WHERE event = ?", offer); err != nil {
		t.Fatal(err)
	}
	one("the offer, if it were told now,", offer, intruder)
}

func uei(t *testing.T, h *house, organization workflow.ID) string {
	t.Helper()
	o, err := models.Record[workflow.Organization](t.Context(), h.DB.Reader, &models.Viewer{System: true}, workflow.NounOrganization, organization)
	if err != nil {
		t.Fatal(err)
	}
	return o.UEI
}

// A deadline that is near is told once, to who can still keep it.
func TestPeopleAreRemindedOnceBeforeADeadline(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		h, p := posting(t, db, "")
		reminded := func(c *enginetest.Case) (kinds []string) {
			t.Helper()
			if err := p.Remind(t.Context()); err != nil {
				t.Fatal(err)
			}
			for _, m := range h.messages(c) {
				kinds = append(kinds, m.Kind)
			}
			return kinds
		}
		asked := h.NewCase("Tern Analytics LLC", 1_000_00).Submit()
		h.Act(h.As(workflow.ProgramOfficer), workflow.NounApplication, asked.Application, workflow.ActRequestInformation, enginetest.Text("question", "?"), enginetest.Date("due", workflow.DateOf(h.Now()).AddDays(9)))
		hasty := h.NewCase("Hasty, Inc.", 1_000_00).Submit()
		h.Act(h.As(workflow.ProgramOfficer), workflow.NounApplication, hasty.Application, workflow.ActRequestInformation, enginetest.Text("question", "?"), enginetest.Date("due", workflow.DateOf(h.Now()).AddDays(2)))
		if got := reminded(hasty); len(got) != 0 {
			t.Errorf("on the day of the question they are told %q", got)
		}
		offered := h.NewCase("Lumen Soils, Inc.", 3_000_00).Submit().Review().Recommend().Awarded()
		h.Opportunity = h.NewOpportunity("AIV-2026-R2", enginetest.Time("closes", h.Now().AddDate(0, 0, 20)))
		draft, sent := h.NewCase("Slow, Inc.", 1_000_00), h.NewCase("Quick, Inc.", 1_000_00).Submit()
		for _, tt := range []struct {
			day  int // since the beginning
			who  *enginetest.Case
			want []string
		}{
			{6, asked, []string{"reply_reminder"}}, {17, draft, []string{"draft_reminder"}}, {17, sent, nil}, {27, offered, []string{"offer_reminder"}},
		} {
			day := enginetest.Start.AddDate(0, 0, tt.day)
			if before := day.Add(-25 * time.Hour); before.After(h.Now()) {
				h.Advance(before.Sub(h.Now()))
				if got := reminded(tt.who); len(got) != 0 {
					t.Errorf("before day %d they are told %q", tt.day, got)
				}
			}
			h.Advance(day.Sub(h.Now()))
			for range 2 {
				if got := reminded(tt.who); !slices.Equal(got, tt.want) {
					t.Errorf("on day %d they are told %q, want %q", tt.day, got, tt.want)
				}
			}
		}
		if got := h.messages(draft); len(got) != 1 || !strings.Contains(got[0].Body, "before Jun 21, 2026") {
			t.Errorf("in the end of the draft is told %+v", got)
		}
	})
}

// An offer that was revised is told anew, and reminded of by its own end.
func TestARevisedOfferIsToldAndRemindedOf(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		h, p := posting(t, db, "")
		c := h.NewCase("Lumen Soils, Inc.", 3_000_00).Submit().Review().Recommend().Awarded()
		h.Advance(20 * 24 * time.Hour)
		h.Act(h.Viewer(c.AOR), workflow.NounAward, c.Award, workflow.ActRequestChange, enginetest.Text("change", "A later start."))
		event := h.Act(h.As(workflow.GrantsOfficer), workflow.NounAward, c.Award, workflow.ActRevise, enginetest.Text("terms", "A later start.")).Event
		if err := p.Tell(t.Context(), event); err != nil {
			t.Fatal(err)
		}
		if got := h.messages(c); len(got) != 1 || got[0].Kind != "offer_revised" || got[0].Person != c.AOR || !strings.Contains(got[0].Body, "was revised") {
			t.Errorf("of the revision is told %+v", got)
		}
		for _, tt := range []struct{ days, want int }{{7, 1}, {21, 2}} { // the end of the first offer is near, then that of the second
			h.Advance(time.Duration(tt.days) * 24 * time.Hour)
			for range 2 {
				if err := p.Remind(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if got := h.messages(c); len(got) != tt.want || tt.want == 2 && (got[0].Kind != "offer_reminder" || got[0].Event != event) {
				t.Errorf("%d days later: %d messages, the newest %+v", tt.days, len(got), got[0])
			}
		}
	})
}

// An officer who comes to belong to the applicant's organization is told nothing of its case.
func TestWhoIsBarredFromACaseIsToldNothing(t *testing.T) {
	h, p := posting(t, modelstest.SQLite(t), "")
	officer := h.Person(workflow.ProgramOfficer)
	c := h.NewCase("Tern Analytics LLC", 1_000_00).Submit()
	h.Act(h.Viewer(officer), workflow.NounApplication, c.Application, workflow.ActRequestInformation, enginetest.Text("question", "?"), enginetest.Date("due", workflow.DateOf(h.Now()).AddDays(9)))
	h.Must(workflow.NounGrant, workflow.ActCreate, 0, nil, enginetest.Int("person", int64(officer)), enginetest.Text("role", "applicant"), enginetest.Int("organization", int64(c.Company)))
	told(t, p, h.Act(h.Viewer(c.AOR), workflow.NounApplication, c.Application, workflow.ActReply, enginetest.Replied("!")).Event)
	if got := h.messages(c); len(got) != 0 {
		t.Errorf("told: %+v", got)
	}
}

// What people typed ends no header.
func TestNothingTypedBecomesAHeader(t *testing.T) {
	o := &office{}
	h, p := posting(t, modelstest.SQLite(t), o.opened(t, "127.0.0.1:0"))
	c := h.Draft(1_000_00)
	const evil = "Pumps\r\nBcc: eve@example.com\r\n\r\nYou won."
	h.Act(h.Viewer(c.AOR), workflow.NounApplication, c.Application, workflow.ActSave, enginetest.Text("title", evil))
	h.Act(nil, workflow.NounPerson, c.AOR, workflow.ActUpdate, enginetest.Text("name", evil))
	h.Act(nil, workflow.NounOrganization, c.Company, workflow.ActUpdate, enginetest.Text("legal_name", evil))
	told(t, p, h.Act(h.Viewer(c.AOR), workflow.NounApplication, c.Application, workflow.ActSubmit).Event)
	if err := p.Send(t.Context(), h.messages(c)[0].ID); err != nil {
		t.Fatal(err)
	}
	got := o.all()
	if len(got) != 1 || got[0].Header.Get("Bcc") != "" || strings.Contains(got[0].to, "eve") || len(got[0].Header["Subject"]) != 1 {
		t.Errorf("it arrived as %+v", got)
	}
}

func TestTheAddressOfAMailServerIsChecked(t *testing.T) {
	for _, bad := range []string{"", "mail.example", "http://mail.example", "smtp://", "smtp://mail.example/path", "smtp://mail.example?x=1", "smtp://mail.example:port", "://"} {
		if _, err := notice.NewSMTP(bad, "desk@example.gov"); err != notice.ErrServer {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for _, bad := range []string{"", "desk", "desk@", "a@b, c@d"} {
		if _, err := notice.NewSMTP("smtp://mail.example", bad); err != notice.ErrSender {
			t.Errorf("from %q: %v", bad, err)
		}
	}
	for _, good := range []string{"smtp://mail.example", "smtp://u:p@mail.example:2525", "smtps://mail.example"} {
		if _, err := notice.NewSMTP(good, "Desk <desk@example.gov>"); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
}

// decoded undoes the encoding of a mail's body.
func decoded(m *mail.Message) io.Reader {
	if m.Header.Get("Content-Transfer-Encoding") == "base64" {
		return base64.NewDecoder(base64.StdEncoding, m.Body)
	}
	return quotedprintable.NewReader(m.Body)
}

// header returns a header of a mail in plain words.
func header(t *testing.T, d delivery, name string) string {
	t.Helper()
	text, err := new(mime.WordDecoder).DecodeHeader(d.Header.Get(name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Who owns a case is reminded before its level ends, and once it has, they and the leads are
// told, each once; a question starts nothing anew before it was answered.
func TestALateCaseIsToldOnce(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		h, p := posting(t, db, "")
		h.Apply("levels", h.Plan(func(plan *workflow.Plan) {
			terms := &plan.Opportunities[0].Terms
			terms.Sections[2].Questions = nil
			terms.Levels = []workflow.ServiceLevel{{State: workflow.InReview, Days: 10, Remind: 3}}
		}))
		c := h.NewCase("Tern Analytics LLC", 1_000_00).Submit() // on Monday, June 1: to be taken further by June 15
		officer, lead := h.Person(workflow.ProgramOfficer), h.People[workflow.ProgramLead]
		h.Act(h.As(workflow.ProgramLead), workflow.NounApplication, c.Application, workflow.ActAssign, enginetest.Int("officer", int64(officer)))
		for _, tt := range []struct {
			day  int
			want map[string][]workflow.ID
		}{
			{8, map[string][]workflow.ID{}},
			{9, map[string][]workflow.ID{"service_reminder": {officer}}},
			{14, map[string][]workflow.ID{"service_reminder": {officer}}},
			{15, map[string][]workflow.ID{"service_reminder": {officer}, "service_over": {lead, officer}}},
			{40, map[string][]workflow.ID{"service_reminder": {officer}, "service_over": {lead, officer}}},
		} {
			h.Advance(enginetest.Start.AddDate(0, 0, tt.day).Sub(h.Now()))
			for range 2 {
				if err := p.Remind(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			got := map[string][]workflow.ID{}
			for _, m := range h.messages(c) {
				got[m.Kind] = append(got[m.Kind], m.Person)
				slices.Sort(got[m.Kind])
			}
			for _, people := range tt.want {
				slices.Sort(people)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("on day %d (-want +got)\n%s", tt.day, diff)
			}
		}
		if all := h.messages(c); !strings.Contains(all[0].Body, "Jun 15, 2026") {
			t.Errorf("the day is missing: %s", all[0].Body)
		}
	})
}

// A report is reminded of two weeks before it is due, and told to be overdue the day
// after, once each; and anew when it was returned with another day.
func TestReportsAreRemindedOfAndToldToBeOverdue(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		h, p := posting(t, db, "")
		c := h.NewCase("Tern Analytics LLC", 1_000_00).To()
		owed := c.Reports()[0]
		var seen int
		told := func(day workflow.Date) (kinds []string) {
			t.Helper()
			h.Advance(day.Time().Add(12 * time.Hour).Sub(h.Now()))
			for range 2 {
				if err := p.Remind(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			all := h.messages(c)
			for _, m := range all[:len(all)-seen] { // the newest first
				kinds = append(kinds, m.Kind)
			}
			seen = len(all)
			return kinds
		}
		both := func(kind string) []string { return []string{kind, kind} } // of its two kinds
		again := owed.Due.AddDays(40)
		for _, step := range []struct {
			day  workflow.Date
			want []string
		}{
			{owed.Due.AddDays(-15), nil}, {owed.Due.AddDays(-14), both("report_reminder")}, {owed.Due, nil}, {owed.Due.AddDays(1), both("report_overdue")}, {owed.Due.AddDays(2), nil},
		} {
			if got := told(step.day); !slices.Equal(got, step.want) {
				t.Errorf("on %s they are told %q, want %q", step.day, got, step.want)
			}
		}
		h.Act(h.Viewer(c.AOR), workflow.NounReport, owed.ID, workflow.ActSubmit, enginetest.Text("narrative", "Done."), enginetest.Int("certified", 1))
		event := h.Act(h.As(workflow.ProgramOfficer), workflow.NounReport, owed.ID, workflow.ActReturn, enginetest.Text("note", "What?"), enginetest.Date("due", again)).Event
		if err := p.Tell(t.Context(), event); err != nil {
			t.Fatal(err)
		}
		if got := told(again.AddDays(-14)); !slices.Equal(got, []string{"report_reminder", "report_returned"}) {
			t.Errorf("of what was returned they are told %q", got)
		}
		if m := h.messages(c)[0]; !strings.Contains(m.Body, "The Performance report under") || !strings.Contains(m.Subject, "is due on") {
			t.Errorf("the mail says %q, %q", m.Subject, m.Body)
		}
	})
}
