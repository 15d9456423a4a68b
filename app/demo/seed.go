package demo

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"tranche/app/engine"
	"tranche/app/identity"
	"tranche/models"
	"tranche/workflow"
)

// A stage is the demonstration before anybody has acted: who and what there is.
type stage struct {
	start         time.Time // of the demonstration; all its dates are relative to it
	program       workflow.ID
	people        map[string]*person     // by hat
	organizations map[string]workflow.ID // by UEI
}

// A seeder writes what has to be there before the server's API can be used, in
// the name of the system. Each thing has a key, so that it is written once.
type seeder struct {
	engine    *engine.Engine
	passwords *identity.Passwords
	stage     *stage
}

// The names of the stage.
const (
	programName = "AI Innovation Voucher"
	prefix      = "AIV"
)

const inventedNote = "Invented for the demonstration; says nothing about any real organization."

// do carries out one command of the system and returns its record.
func (s *seeder) do(ctx context.Context, key string, c workflow.Command) (workflow.ID, error) {
	c.Received = s.engine.Now()
	body, err := json.Marshal(shown(c.Inputs))
	if err != nil {
		return 0, err
	}
	answer, err := s.engine.Do(ctx, engine.Request{Command: c, Viewer: &models.Viewer{System: true},
		Key: &models.Key{Route: "demo", Text: "demo/seed/" + key, Body: sha256.Sum256(body)}})
	if err != nil {
		return 0, fmt.Errorf("seed %s: %w", key, err)
	}
	return answer.ID, nil
}

// shown leaves the password out: its hash is another one at every run.
func shown(inputs []workflow.Input) (out []workflow.Input) {
	for _, in := range inputs {
		if in.Name != "password" {
			out = append(out, in)
		}
	}
	return out
}

// program seeds the program with its bank; all else is in the program's file.
func (s *seeder) program(ctx context.Context) (err error) {
	s.stage.program, err = s.do(ctx, "program", workflow.Command{Noun: workflow.NounProgram, Action: workflow.ActCreate, Inputs: []workflow.Input{
		text("name", programName), text("prefix", prefix), text("agency", "Demonstration Agency (invented)"),
		text("bank_routing", withCheckDigit("15000001")), text("bank_name", "INVENTED BANK"),
		text("company_name", "AI VOUCHER DEMO"), text("company_id", "1999999999"), text("origin_account", "4000000042"),
		text("pam_agency", "AIV-DEMO"), text("location_code", "00000001"), text("payment_type", "Miscellaneous"),
	}})
	return err
}

// person seeds somebody with the role that they have in the program or, if that
// is named, in an organization, and with a token.
func (s *seeder) person(ctx context.Context, p *person, organization workflow.ID) error {
	inputs := []workflow.Input{text("name", p.name), text("email", p.email)}
	if p.password != "" {
		hash, err := s.passwords.Hash(ctx, p.email, p.password)
		if err != nil {
			return fmt.Errorf("hash the password of %s: %w", p.email, err)
		}
		inputs = append(inputs, text("password", hash))
	}
	var err error
	p.id, err = s.do(ctx, "person/"+p.hat, workflow.Command{Noun: workflow.NounPerson, Action: workflow.ActCreate, Inputs: inputs})
	if err != nil {
		return err
	}
	if err := s.grant(ctx, p, p.role, organization); err != nil {
		return err
	}
	_, err = s.do(ctx, "token/"+p.hat, workflow.Command{Noun: workflow.NounToken, Action: workflow.ActCreate, Parent: p.id,
		Inputs: []workflow.Input{
			text("name", "demonstration"), text("sum", p.sum()), text("scopes", p.scopes),
			{Name: "until", Time: s.stage.start.AddDate(0, 6, 0)},
		}})
	return err
}

// grant gives p a role: in the organization, or for zero in the program, or for
// an admin everywhere.
func (s *seeder) grant(ctx context.Context, p *person, role workflow.Role, organization workflow.ID) error {
	inputs := []workflow.Input{number("person", int64(p.id)), text("role", role.String())}
	switch {
	case role == workflow.Admin:
	case organization != 0:
		inputs = append(inputs, number("organization", int64(organization)))
	default:
		inputs = append(inputs, number("program", int64(s.stage.program)))
	}
	_, err := s.do(ctx, "grant/"+p.hat+"/"+role.String(), workflow.Command{Noun: workflow.NounGrant, Action: workflow.ActCreate, Inputs: inputs})
	return err
}

// company seeds a company, its invented affiliates and revenue, and its
// representative. It returns the company's ID.
func (s *seeder) company(ctx context.Context, c *Company, p *person) (workflow.ID, error) {
	id, err := s.do(ctx, c.UEI+"/organization", workflow.Command{Noun: workflow.NounOrganization, Action: workflow.ActCreate,
		Inputs: []workflow.Input{
			text("legal_name", c.LegalName), text("uei", c.UEI), text("city", c.City), text("region", c.State), check("invented"),
			text("note", "Name, UEI, city and state are real (FPDS.gov). Its application and its revenue are invented for the demonstration."),
		}})
	if err != nil {
		return 0, err
	}
	if err := s.revenue(ctx, c.UEI+"/revenue", id, c.Revenue); err != nil {
		return 0, err
	}
	for i := range c.Affiliates {
		if err := s.affiliate(ctx, fmt.Sprintf("%s/affiliate-%d", c.UEI, i+1), id, &c.Affiliates[i]); err != nil {
			return 0, err
		}
	}
	return id, s.person(ctx, p, id)
}

func (s *seeder) affiliate(ctx context.Context, key string, owner workflow.ID, a *Affiliate) error {
	id, err := s.do(ctx, key, workflow.Command{Noun: workflow.NounOrganization, Action: workflow.ActCreate,
		Inputs: []workflow.Input{text("legal_name", a.Name), check("invented"), text("note", inventedNote)}})
	if err != nil {
		return err
	}
	if !a.Silent {
		if err := s.revenue(ctx, key+"/revenue", id, a.Revenue); err != nil {
			return err
		}
	}
	_, err = s.do(ctx, key+"/link", workflow.Command{Noun: workflow.NounAffiliation, Action: workflow.ActCreate,
		Inputs: []workflow.Input{
			number("owner", int64(owner)), number("owned", int64(id)), number("share", 80_00), check("control"),
			{Name: "since", Date: workflow.DateOf(s.stage.start).AddDays(-1000)}, text("note", inventedNote),
		}})
	return err
}

// revenue states the last fiscal year of an organization.
func (s *seeder) revenue(ctx context.Context, key string, organization workflow.ID, amount workflow.Cents) error {
	first, last := fiscalYear(s.stage.start)
	_, err := s.do(ctx, key, workflow.Command{Noun: workflow.NounStatement, Action: workflow.ActCreate, Parent: organization,
		Inputs: []workflow.Input{
			number("fiscal_year", int64(last.Time().Year())), {Name: "period_start", Date: first}, {Name: "period_end", Date: last},
			{Name: "amount", Cents: amount}, text("source", "self_certified"), text("note", inventedNote),
		}})
	return err
}

// fiscalYear returns the first and the last day of the year that ended with the
// last whole quarter before start, so that the statements are never stale.
func fiscalYear(start time.Time) (first, last workflow.Date) {
	quarter := time.Date(start.Year(), (start.Month()-1)/3*3+1, 1, 0, 0, 0, 0, time.UTC)
	return workflow.DateOf(quarter.AddDate(-1, 0, 0)), workflow.DateOf(quarter).AddDays(-1)
}

func text(name, value string) workflow.Input { return workflow.Input{Name: name, Text: value} }

func number(name string, n int64) workflow.Input { return workflow.Input{Name: name, Int: n} }

func check(name string) workflow.Input { return number(name, 1) }

// title writes a role's text for people: "program officer".
func title(hat string) string { return strings.ReplaceAll(hat, "_", " ") }
