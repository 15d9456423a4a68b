package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"tranche/workflow"
)

// A drive acts through the server's API, every step as the person whose duty it is.
type drive struct {
	*stage
	client      *client
	companies   []Company
	opportunity workflow.ID
	file        string // the program's file
	out         string // the directory of the results
	workers     int
	progress    *progress

	mu      sync.Mutex
	refused []refusal
	batches []BatchFile
}

// A refusal is something that was tried and turned down, as it should be.
type refusal struct {
	company *Company
	what    string
	reason  string
}

// A record is what the API says of any record that the drive goes on with.
type record struct {
	ID      workflow.ID `json:"id"`
	State   string      `json:"state"`
	Version int64       `json:"version"`
}

// saw takes over what a newer answer says. Answers to repeated requests are old
// ones: the highest version counts.
func (r *record) saw(other record) {
	if other.Version >= r.Version {
		*r = other
	}
}

// money is an amount as the API writes it.
type money struct {
	Amount   string `json:"amount"`
	Currency string `json:"currency"`
}

func dollars(c workflow.Cents) money { return money{c.String(), "USD"} }

func (m money) cents() (workflow.Cents, error) {
	if m.Currency != "USD" {
		return 0, fmt.Errorf("amount in %q", m.Currency)
	}
	return workflow.ParseCents(m.Amount)
}

// fields is the body of a request.
type fields map[string]any

// write sends a request that changes something. Its key makes it happen once,
// however often the demonstration is started: the body must never depend on when
// it is sent.
func (d *drive) write(ctx context.Context, who, key, method, path string, version int64, body fields) (record, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return record{}, err
	}
	var answer record
	got, err := d.client.send(ctx, call{method: method, path: path, token: d.people[who].token, key: "demo/" + key, version: version, body: text})
	if err == nil {
		err = json.Unmarshal(got, &answer)
	}
	if err != nil {
		return record{}, fmt.Errorf("%s as %s: %w", key, who, err)
	}
	return answer, nil
}

// create makes a record of the kind that plural names.
func (d *drive) create(ctx context.Context, who, key, plural string, body fields) (record, error) {
	return d.write(ctx, who, key, http.MethodPost, "/"+plural, 0, body)
}

// act performs an action on r and takes over what became of it.
func (d *drive) act(ctx context.Context, who, key, plural string, r *record, action string, body fields) error {
	if body == nil {
		body = fields{}
	}
	now, err := d.write(ctx, who, key, http.MethodPost, fmt.Sprintf("/%s/%d/actions/%s", plural, r.ID, action), r.Version, body)
	if err == nil {
		r.saw(now)
	}
	return err
}

// read returns one record as who may see it.
func read[T any](ctx context.Context, d *drive, who, plural string, id workflow.ID) (T, error) {
	return get[T](ctx, d.client, d.people[who].token, fmt.Sprintf("/%s/%d", plural, id))
}

// see brings r up to date.
func (d *drive) see(ctx context.Context, who, plural string, r *record) error {
	now, err := read[record](ctx, d, who, plural, r.ID)
	if err == nil {
		r.saw(now)
	}
	return err
}

// refuse notes that something was turned down for the reason that was expected.
// Anything else is an error, also that it was not turned down.
func (d *drive) refuse(c *Company, what string, want workflow.Reason, err error) error {
	var no *Problem
	if errors.As(err, &no) && no.Status == http.StatusConflict {
		d.note(c, what, string(want)) // an earlier run came past here, and somebody has gone on by hand since
		return nil
	}
	if !errors.As(err, &no) || no.Reason != string(want) {
		return fmt.Errorf("%s: %s: to be refused for %s, but: %w", c.UEI, what, want, errors.Join(err, errUnrefused))
	}
	d.note(c, what, string(want))
	return nil
}

var errUnrefused = errors.New("the server did not refuse as it should")

func (d *drive) note(c *Company, what, reason string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.refused = append(d.refused, refusal{c, what, reason})
}

// rollingCall is the opportunity of the program's file that companies apply under.
const rollingCall = "AIV-2026-R1"

// callForApplications applies the program's file, as the administrator, and
// publishes the call that is open all year, as the program lead.
func (d *drive) callForApplications(ctx context.Context) error {
	lead := workflow.ProgramLead.String()
	if _, err := d.create(ctx, workflow.Admin.String(), "policy/apply", "policies", fields{"program": d.program, "file": d.file,
		"note": "The file that ships with Tranche."}); err != nil {
		return err
	}
	type call struct {
		record
		Number string `json:"number"`
	}
	calls, err := everything[call](ctx, d, "opportunities", url.Values{"program_id": {d.program.String()}})
	if err != nil {
		return err
	}
	at := slices.IndexFunc(calls, func(c call) bool { return c.Number == rollingCall })
	if at < 0 {
		return fmt.Errorf("the program's file has no opportunity %s", rollingCall)
	}
	d.opportunity = calls[at].ID
	d.progress.step()
	// As the file made it, however far an earlier run has come.
	return d.act(ctx, lead, "opportunity/publish", "opportunities", &record{ID: d.opportunity, Version: 1}, "publish", nil)
}

// everyCompany walks part of each company's road, several companies at a time.
// The first error stops all.
func (d *drive) everyCompany(ctx context.Context, part func(Road) []step, journeys []*journey) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(d.workers)
	for _, j := range journeys {
		group.Go(func() error {
			for _, do := range part(j.c.Road) {
				if err := do(j, ctx); err != nil {
					return fmt.Errorf("%s (%s): %w", j.c.LegalName, j.c.UEI, err)
				}
				d.progress.step()
			}
			return nil
		})
	}
	return group.Wait()
}

// run is the whole main job.
func (d *drive) run(ctx context.Context) error {
	if err := d.importLists(ctx); err != nil {
		return err
	}
	if err := d.callForApplications(ctx); err != nil {
		return err
	}
	journeys := make([]*journey, len(d.companies))
	for i := range d.companies {
		c := &d.companies[i]
		journeys[i] = &journey{drive: d, c: c, aor: c.email()}
	}
	for _, part := range []func(Road) []step{Road.first, Road.then} {
		if err := d.everyCompany(ctx, part, journeys); err != nil {
			return err
		}
	}
	back := slices.IndexFunc(journeys, func(j *journey) bool { return j.c.Case == PaymentReturned })
	if err := d.pay(ctx, journeys[back]); err != nil {
		return err
	}
	cleared := slices.IndexFunc(journeys, func(j *journey) bool { return j.c.Case == ReferralCleared })
	if err := journeys[cleared].keepVerdict(ctx); err != nil {
		return err
	}
	slices.SortFunc(d.refused, func(a, b refusal) int { return slices.Compare(a.order(), b.order()) })
	return nil
}

func (r refusal) order() []string { return []string{r.company.UEI, r.what, r.reason} }

// everything lists all records of a kind, as the auditor.
func everything[T any](ctx context.Context, d *drive, plural string, filter url.Values) ([]T, error) {
	return list[T](ctx, d.client, d.people[workflow.Auditor.String()].token, "/"+plural, filter)
}
