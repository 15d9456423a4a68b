package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"strings"
	"time"

	"tranche/app/identity"
	"tranche/models"
	"tranche/workflow"
)

type migrateCommand struct{ database }

// Run brings the schema up to date.
func (c *migrateCommand) Run(ctx context.Context, s streams) error {
	h, err := c.open(ctx, true)
	if err != nil {
		return err
	}
	defer h.close()
	_, err = fmt.Fprintln(s.out, "The schema of", models.Redacted(c.Database), "is up to date.")
	return err
}

type userAddCommand struct {
	database
	Email        string `required:"" help:"The address to sign in with."`
	Name         string `required:"" help:"The person's name."`
	Role         string `help:"A role, such as program_officer or admin."`
	Program      int64  `help:"The program in which the role holds."`
	Organization int64  `help:"The organization in which the role holds."`
	Language     string `default:"en" enum:"en,zh-TW" help:"The language of pages and letters."`
	PasswordFile string `help:"Read the password from the first line of this file; without it, one is made and printed." placeholder:"FILE"`
}

// Run adds a person. There is no other way to the first account.
func (c *userAddCommand) Run(ctx context.Context, s streams) error {
	h, err := c.open(ctx, true)
	if err != nil {
		return err
	}
	defer h.close()
	password, made, err := c.password()
	if err != nil {
		return err
	}
	person := identity.NewPerson{Name: c.Name, Email: c.Email, Language: c.Language, Password: password}
	if c.Role != "" {
		role, err := workflow.ParseRole(c.Role)
		if err != nil {
			return fmt.Errorf("--role: %w", err)
		}
		person.Grants = []identity.NewGrant{{Role: role, Program: workflow.ID(c.Program), Organization: workflow.ID(c.Organization)}}
	}
	if err := c.checkGrants(ctx, h, person.Grants); err != nil {
		return err
	}
	id, err := h.passwords.AddPerson(ctx, h.engine, person)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "Added %s as person %d.\n", c.Email, id)
	if made {
		fmt.Fprintln(s.out, "Password, shown this once:", password)
	}
	return nil
}

// checkGrants sees to it that the role can be given before the person is made.
func (c *userAddCommand) checkGrants(ctx context.Context, h *house, grants []identity.NewGrant) error {
	for _, g := range grants {
		member, everywhere := g.Role == workflow.Applicant || g.Role == workflow.AOR || g.Role == workflow.Partner, g.Role == workflow.Admin
		for _, one := range []struct {
			flag   string
			noun   workflow.Noun
			id     workflow.ID
			wanted bool
		}{
			{"--program", workflow.NounProgram, g.Program, !member && !everywhere},
			{"--organization", workflow.NounOrganization, g.Organization, member},
		} {
			if (one.id != 0) != one.wanted {
				return fmt.Errorf("%s: the role %s needs it: %v", one.flag, g.Role, one.wanted)
			}
			if one.id == 0 {
				continue
			}
			if _, err := h.db.Row(ctx, &models.Viewer{System: true}, one.noun, one.id); err != nil {
				return fmt.Errorf("%s %s: %w", one.flag, one.id, err)
			}
		}
	}
	return nil
}

func (c *userAddCommand) password() (text string, made bool, err error) {
	if c.PasswordFile == "" {
		return rand.Text(), true, nil
	}
	f, err := os.Open(c.PasswordFile)
	if err != nil {
		return "", false, fmt.Errorf("--password-file: %w", err)
	}
	defer f.Close()
	line, err := bufio.NewReader(f).ReadString('\n')
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		return "", false, fmt.Errorf("--password-file: the first line of %s is empty: %w", c.PasswordFile, err)
	}
	return line, false, nil
}

type tokenAddCommand struct {
	database
	Email  string `required:"" help:"Whose token it is."`
	Name   string `required:"" help:"What it is for."`
	Scopes string `default:"read" help:"What it may be used for: read, write, sign, approve, certify, export, joined by commas."`
	Days   int    `default:"90" help:"For how many days, 1 to 366."`
}

// Run makes a token.
func (c *tokenAddCommand) Run(ctx context.Context, s streams) error {
	scopes, err := identity.ParseScopes(c.Scopes)
	if err != nil {
		return fmt.Errorf("--scopes: %w", err)
	}
	h, err := c.open(ctx, false)
	if err != nil {
		return err
	}
	defer h.close()
	person, err := h.person(ctx, c.Email)
	if err != nil {
		return fmt.Errorf("--email: %w", err)
	}
	secret, err := identity.AddToken(ctx, h.engine, person, c.Name, scopes, h.now().Add(time.Duration(c.Days)*24*time.Hour))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.out, secret)
	return err
}

// person returns whose address it is.
func (h *house) person(ctx context.Context, email string) (workflow.ID, error) {
	people, err := models.Records[workflow.Person](ctx, h.db.Reader, &models.Viewer{System: true}, workflow.NounPerson,
		models.Filter{Text: map[string]string{"email": strings.ToLower(email)}})
	if err != nil {
		return 0, err
	}
	if len(people) == 0 {
		return 0, fmt.Errorf("nobody has the address %q", email)
	}
	return people[0].ID, nil
}
