package demo

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"tranche/app/identity"
	"tranche/workflow"
)

// A person is somebody who works or applies in the demonstration.
type person struct {
	id     workflow.ID // known once seeded
	hat    string      // by which the drive calls them: a role's text, or email for representatives
	name   string
	email  string
	role   workflow.Role
	scopes string // of the token, sorted and joined by commas

	password string // "" for representatives who sign with a token only
	token    string
}

// sum is what the database keeps of the token.
func (p *person) sum() string {
	sum := sha256.Sum256([]byte(p.token))
	return hex.EncodeToString(sum[:])
}

// The texts of people who hold a role that others hold too.
const (
	reviewer1 = "reviewer"
	reviewer2 = "reviewer-2"
	reviewer3 = "reviewer-3"
)

// staff is one person per role, and three reviewers. Their names are invented.
func staff() []*person {
	list := []*person{
		{name: "Noor Haddad", role: workflow.Admin, scopes: "approve,read,write"},
		{name: "Lena Fischer", role: workflow.ProgramLead, scopes: "read,write"},
		{name: "Mei Chen", role: workflow.ProgramOfficer, scopes: "approve,read,write"},
		{name: "Amara Okafor", role: workflow.Reviewer, scopes: "read,write", hat: reviewer1},
		{name: "Jonas Berg", role: workflow.Reviewer, scopes: "read,write", hat: reviewer2},
		{name: "Priya Raman", role: workflow.Reviewer, scopes: "read,write", hat: reviewer3},
		{name: "Samuel Ortiz", role: workflow.SelectingOfficial, scopes: "approve,read,write"},
		{name: "Grace Lindqvist", role: workflow.GrantsOfficer, scopes: "approve,certify,read,sign,write"},
		{name: "Helen Marsh", role: workflow.AppealsOfficial, scopes: "approve,read,write"},
		{name: "Viktor Hale", role: workflow.SecurityReviewer, scopes: "approve,read,write"},
		{name: "Tom Becker", role: workflow.FinancePreparer, scopes: "read,write"},
		{name: "Ruth Alvarez", role: workflow.FinanceCertifier, scopes: "certify,read,write"},
		{name: "Daniel Kim", role: workflow.FinanceReleaser, scopes: "export,read,write"},
		{name: "Ingrid Solberg", role: workflow.LabManager, scopes: "read,write"},
		{name: "Omar Farouk", role: workflow.Auditor, scopes: "read"},
		{name: "Wei-Ting Lin", role: workflow.Partner, scopes: "read,write"},
		{name: "Elena Novak", role: workflow.Applicant, scopes: "read,write"},
	}
	for _, p := range list {
		if p.hat == "" {
			p.hat = p.role.String()
		}
		domain := "demo.example"
		if p.role == workflow.Partner || p.role == workflow.Applicant { // theirs would tie the staff to their company
			domain = "companies.example"
		}
		p.email = strings.ReplaceAll(p.hat, "_", "-") + "@" + domain
	}
	return list
}

// representative is the person who may submit and sign for c.
func representative(c *Company) *person {
	return &person{hat: c.email(), name: "Representative of " + c.LegalName, email: c.email(), role: workflow.AOR,
		scopes: "read,sign,write"}
}

// secretsFile is where passwords and tokens lie, for the owner's eyes only.
const secretsFile = "passwords.txt"

const secretsHead = `# Who can sign in to this demonstration. Nobody else has these: keep the file to yourself, delete it with the directory.
# email password token-for-the-API ("-": signs in with the token only)
`

// giveSecrets gives everybody a password and a token: those of the file in dir,
// or new ones, which stand in the file before anybody uses them. signsIn says
// who gets a password.
func giveSecrets(dir string, people []*person, signsIn func(*person) bool) error {
	path := filepath.Join(dir, secretsFile)
	known, err := readSecrets(path)
	if err != nil {
		return err
	}
	out := bytes.NewBufferString(secretsHead)
	for _, p := range people {
		s, found := known[p.email]
		if !found {
			s[0], s[1] = "-", newToken()
			if signsIn(p) {
				s[0] = rand.Text()
			}
		}
		delete(known, p.email)
		if p.token = s[1]; s[0] != "-" {
			p.password = s[0]
		}
		fmt.Fprintf(out, "%s %s %s\n", p.email, s[0], s[1])
	}
	for email, s := range known { // of an earlier run with more companies
		fmt.Fprintf(out, "%s %s %s\n", email, s[0], s[1])
	}
	return writeFile(path, out.Bytes(), 0o600)
}

// newToken returns the secret of a token, of which sum is the one that is stored.
func newToken() string {
	full, _ := identity.NewToken()
	return full
}

// readSecrets returns password and token by email; nothing when there is no file.
func readSecrets(path string) (map[string][2]string, error) {
	known := map[string][2]string{}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return known, nil
	}
	if err != nil {
		return nil, err
	}
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		line := lines.Text()
		if line == "" || line[0] == '#' {
			continue
		}
		parts := strings.Fields(line)
		if len(parts) != 3 {
			return nil, fmt.Errorf("%s: a line does not hold email, password and token", path)
		}
		known[parts[0]] = [2]string{parts[1], parts[2]}
	}
	return known, nil
}
