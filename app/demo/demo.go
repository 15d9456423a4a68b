// Package demo drives the whole main job on real companies: it seeds a program,
// its people and its applicants, and then acts through the API of the running
// server, every step as the person whose duty it is, from a draft to a bank
// file, a return and a reissue. Every step has a key, so that a demonstration
// that was interrupted goes on where it was, and nothing happens twice.
package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"tranche/app/engine"
	"tranche/app/identity"
	"tranche/workflow"
)

// Options says where the demonstration is and who serves it.
type Options struct {
	Dir       string // made when it is not there; everything lies below it
	Companies int    // how many companies take part; 0: all, and never fewer than there are cases
	Workers   int    // how many requests are under way at a time; 0: 8

	Engine    *engine.Engine                        // writes what must be there before the API can be used
	Serve     func(context.Context) (string, error) // makes sure that the server runs and returns its base URL
	Passwords *identity.Passwords                   // as the server checks them
	Audit     func(context.Context) (Audit, error)  // checks the whole audit log
	Now       func() time.Time                      // UTC

	Program string // the program's file, as it is applied

	Out      io.Writer // for the results
	Progress io.Writer // for the bar, or for lines when it is not a terminal
}

// OutDir is where, below Options.Dir, the files and summary.json are written.
const OutDir = "out"

const usualWorkers = 8

// Run drives the demonstration to its end and returns what it came to. It leaves
// the server running. Run again on the same directory, it continues, or only
// tells the result again.
func Run(ctx context.Context, o Options) (Summary, error) {
	began := o.Now()
	if o.Workers == 0 {
		o.Workers = usualWorkers
	}
	d, err := o.drive(ctx)
	if err != nil {
		return Summary{}, err
	}
	audit, err := o.Audit(ctx)
	if err != nil {
		return Summary{}, fmt.Errorf("check the audit log: %w", err)
	}
	s, err := d.summarize(ctx, audit)
	if err != nil {
		return Summary{}, err
	}
	s.Seconds = o.Now().Sub(began).Seconds()
	if err := s.store(d.out); err != nil {
		return s, err
	}
	if err := s.print(o.Out, d.refused); err != nil {
		return s, err
	}
	return s, d.printPeople(o.Out, o.Dir)
}

// drive sets the stage, has the server start, and carries out the main job.
func (o *Options) drive(ctx context.Context) (*drive, error) {
	out := filepath.Join(o.Dir, OutDir)
	if err := os.MkdirAll(out, 0o700); err != nil {
		return nil, err
	}
	companies, err := Companies(o.Companies)
	if err != nil {
		return nil, err
	}
	stage, err := o.prepare(ctx, companies)
	if err != nil {
		return nil, err
	}
	base, err := o.Serve(ctx)
	if err != nil {
		return nil, err
	}
	d := &drive{stage: stage, client: newClient(base, o.Workers), companies: companies, file: o.Program, out: out, workers: o.Workers,
		progress: newProgress(o.Progress, steps(companies))}
	defer d.progress.end()
	return d, d.run(ctx)
}

// prepare seeds the stage.
func (o *Options) prepare(ctx context.Context, companies []Company) (*stage, error) {
	start, err := startOf(o.Dir, o.Now())
	if err != nil {
		return nil, err
	}
	s := &stage{start: start, people: map[string]*person{}, organizations: map[string]workflow.ID{}}
	seed := &seeder{engine: o.Engine, passwords: o.Passwords, stage: s}
	people := staff()
	for i := range companies {
		people = append(people, representative(&companies[i]))
	}
	for _, p := range people {
		s.people[p.hat] = p
	}
	if err := giveSecrets(o.Dir, people, signsIn(companies)); err != nil {
		return nil, err
	}
	if err := seed.program(ctx); err != nil {
		return nil, err
	}
	return s, seed.everybody(ctx, companies, o.Workers)
}

// everybody seeds the companies and then the staff, some of whom belong to one.
func (s *seeder) everybody(ctx context.Context, companies []Company, workers int) error {
	ids := make([]workflow.ID, len(companies))
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(workers)
	for i := range companies {
		group.Go(func() (err error) {
			c := &companies[i]
			ids[i], err = s.company(inner, c, s.stage.people[c.email()])
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for i := range companies {
		s.stage.organizations[companies[i].UEI] = ids[i]
	}
	return s.staff(ctx, companies, ids)
}

// staff seeds the people of the program, the applicant who drafts for the first
// company, the partner, and the reviewer who belongs to a company.
func (s *seeder) staff(ctx context.Context, companies []Company, ids []workflow.ID) error {
	partner, err := s.do(ctx, "partner", workflow.Command{Noun: workflow.NounOrganization, Action: workflow.ActCreate,
		Inputs: []workflow.Input{text("legal_name", "Invented Compute Partner"), check("invented"), text("note", inventedNote)}})
	if err != nil {
		return err
	}
	for _, p := range staff() {
		p = s.stage.people[p.hat]
		organization := map[workflow.Role]workflow.ID{workflow.Partner: partner, workflow.Applicant: ids[0]}[p.role]
		if err := s.person(ctx, p, organization); err != nil {
			return err
		}
	}
	own := slices.IndexFunc(companies, func(c Company) bool { return c.Case == ReviewerBelongs })
	return s.grant(ctx, s.stage.people[reviewer3], workflow.Applicant, ids[own])
}

// signsIn says who gets a password: the staff, and the representatives of
// companies that have something left to do. The others sign with their tokens
// only: each password costs the time that its hash is meant to cost.
func signsIn(companies []Company) func(*person) bool {
	waiting := map[string]bool{}
	for i := range companies {
		if _, todo := left[companies[i].Road]; todo {
			waiting[companies[i].email()] = true
		}
	}
	return func(p *person) bool { return p.role != workflow.AOR || waiting[p.email] }
}

// left is what the roads leave for a company's representative to do.
var left = map[Road]string{
	TurnedAway: "ask for less and submit", Asked: "answer the officer's question", Offered: "sign the award",
}

// startOf returns the moment at which the demonstration in dir first began: that
// of its file, or now, which the file then holds.
func startOf(dir string, now time.Time) (time.Time, error) {
	path := filepath.Join(dir, "start.json")
	var file struct {
		Start time.Time `json:"start"`
	}
	text, err := os.ReadFile(path)
	switch {
	case err == nil:
		if err := json.Unmarshal(text, &file); err != nil || file.Start.IsZero() {
			return time.Time{}, fmt.Errorf("%s does not say when the demonstration began: %w", path, errors.Join(err, fs.ErrInvalid))
		}
		return file.Start.UTC(), nil
	case !errors.Is(err, fs.ErrNotExist):
		return time.Time{}, err
	}
	file.Start = now.UTC().Truncate(time.Second)
	if text, err = json.Marshal(file); err != nil {
		return time.Time{}, err
	}
	return file.Start, writeFile(path, append(text, '\n'), 0o600)
}

// steps returns how many steps there are to show the progress of: the lists, the
// call, what the companies' roads take, and what pay does.
func steps(companies []Company) int {
	n := len(lists) + 1 + paySteps
	for i := range companies {
		n += len(companies[i].Road.first()) + len(companies[i].Road.then())
	}
	return n
}

// printPeople says how to sign in as each role.
func (d *drive) printPeople(out io.Writer, dir string) error {
	lines := []string{fmt.Sprintf("\nSign in at %s with a password from %s as", d.client.base, filepath.Join(dir, secretsFile))}
	for _, p := range staff() {
		lines = append(lines, fmt.Sprintf("  %-38s %s", p.email, title(p.hat)))
	}
	for i := range d.companies {
		if todo, ok := left[d.companies[i].Road]; ok {
			lines = append(lines, fmt.Sprintf("  %-38s representative, to %s", d.companies[i].email(), todo))
		}
	}
	_, err := io.WriteString(out, strings.Join(lines, "\n")+"\n")
	return err
}
