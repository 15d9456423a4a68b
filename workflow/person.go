package workflow

import (
	"slices"
	"strings"
	"time"
)

// A Person is somebody who can sign in. Duties are counted by person, so that
// nobody should have two records; an email address serves for one person only.
type Person struct {
	Record
	Name     string
	Email    string // in small letters
	Language string // one of Languages
	Password string // argon2id hash with its parameters, or "" when another way of signing in is used
}

// A Grant gives one person one role: in a program, in an organization, or for an
// admin in neither.
type Grant struct {
	Record
	Person       ID
	Role         Role
	Program      ID
	Organization ID
	Expertise    string // of a reviewer: codes of topics of the program, sorted and joined by a comma
	MaxReviews   int64  // of a reviewer: how many reviews may be open or waited for at once; zero: any number
}

// A Token lets programs act for a person through the API. The secret itself is
// shown once and stored nowhere.
type Token struct {
	Record
	Person ID
	Name   string
	Sum    string // SHA-256 of the secret, hex
	Scopes string // some of TokenScopes, sorted and joined by a comma
	Ends   time.Time
}

// PersonFacts is everything that a decision about a person may look at.
type PersonFacts struct {
	Person
	Standing
	Screenings []OrganizationScreening // that the person's name was part of; loaded for update
	Acts       []ID                    // the organizations that the person acts for; loaded for update and revoke
}

// GrantFacts is everything that a decision about a grant may look at.
type GrantFacts struct {
	Grant
	Standing
	Person       Person                  // who gets or has the role; ID zero when there is none
	Program      Program                 // ID zero when the grant names none
	Organization Organization            // ID zero when the grant names none
	Held         []Role                  // the roles that the person holds now, wherever
	Screenings   []OrganizationScreening // of the organization, if it was screened
	Topics       []string                // of all opportunities of the program; loaded for update
}

// TokenFacts is everything that a decision about a token may look at.
type TokenFacts struct {
	Token
	Standing
	Person Person // whose token it is to be; ID zero when there is none
}

// Languages are the languages that pages and letters are written in.
var Languages = []string{"en", "zh-TW"}

// TokenScopes are what a token may be made for. Reading and writing never
// include signing, approving, certifying or exporting.
var TokenScopes = []string{"approve", "certify", "export", "read", "sign", "write"}

// longestToken is for how long a token may be made at most.
const longestToken = 366 * 24 * time.Hour

var (
	fieldEmail     = Field{Name: "email", Kind: Line, Max: 254}
	fieldLanguage  = Field{Name: "language", Kind: Choice, Choices: Languages, Optional: true}
	fieldPassword  = Field{Name: "password", Kind: Secret, Optional: true}
	fieldPerson    = Field{Name: "person", Kind: Ref, Of: NounPerson}
	fieldRole      = Field{Name: "role", Kind: Choice, Choices: grantable()}
	fieldProgram   = Field{Name: "program", Kind: Ref, Of: NounProgram, Optional: true}
	fieldSum       = Field{Name: "sum", Kind: Line, Max: 64}
	fieldExpertise = Field{Name: "expertise", Kind: Codes, Optional: true, Open: true}
	fieldMax       = Field{Name: "max_reviews", Kind: Count, Max: 200, Optional: true}
	fieldScopes    = Field{Name: "scopes", Kind: Codes, Choices: TokenScopes}
)

var (
	anyone = by(Applicant, AOR, Reviewer, ProgramOfficer, ProgramLead, SelectingOfficial, GrantsOfficer, AppealsOfficial,
		SecurityReviewer, FinancePreparer, FinanceCertifier, FinanceReleaser, LabManager, Auditor, Partner, Admin, System)
	organizationRoles = by(Applicant, AOR, Partner)
	// staffRoles are those of programs.
	staffRoles = anyone &^ organizationRoles &^ by(Admin, System)
	// officialRoles decide about cases or money; an admin, who hands out roles, has none of them.
	officialRoles = by(ProgramOfficer, SelectingOfficial, GrantsOfficer, AppealsOfficial, SecurityReviewer, FinancePreparer,
		FinanceCertifier, FinanceReleaser)
)

// grantable lists the texts of all roles that a person can be given.
func grantable() []string {
	var out []string
	for r := Applicant; r < System; r++ {
		out = append(out, r.String())
	}
	return out
}

type (
	personGuard = Guard[PersonFacts]
	grantGuard  = Guard[GrantFacts]
	tokenGuard  = Guard[TokenFacts]
)

var (
	emailPlain = personGuard{
		Reason: "email_invalid",
		OK: func(_ *PersonFacts, c *Command, _ time.Time) bool {
			return !c.Has(fieldEmail) || emailValid(c.Text(fieldEmail))
		},
		Field: &fieldEmail,
	}
	notOneself = personGuard{
		Reason: "that_is_you",
		OK:     func(f *PersonFacts, c *Command, _ time.Time) bool { return c.Roles.Has(System) || !c.Counts(f.ID) },
		Duty:   true,
	}

	granteeActive = grantGuard{
		Reason: "person_unknown",
		OK:     func(f *GrantFacts, _ *Command, _ time.Time) bool { return f.Person.State == Active },
		Field:  &fieldPerson,
	}
	roleKnown = grantGuard{
		Reason: "role_unknown",
		OK: func(_ *GrantFacts, c *Command, _ time.Time) bool {
			return slices.Contains(fieldRole.Choices, c.Text(fieldRole))
		},
		Field: &fieldRole,
	}
	scopeFitsRole = grantGuard{
		Reason: "grant_scope",
		OK:     func(f *GrantFacts, c *Command, _ time.Time) bool { return f.scopeFits(asked(c)) },
		Field:  &fieldRole,
	}
	grantsForOthers = grantGuard{
		Reason: "that_is_you",
		OK: func(f *GrantFacts, c *Command, _ time.Time) bool {
			return c.Roles.Has(System) || !c.Counts(f.Person.ID)
		},
		Duty: true,
	}
	mayGrant = grantGuard{
		Reason: "role_not_yours_to_give",
		OK:     func(_ *GrantFacts, c *Command, _ time.Time) bool { return c.governs(asked(c)) },
		Duty:   true,
	}
	mayRevoke = grantGuard{
		Reason: "role_not_yours_to_give",
		OK:     func(f *GrantFacts, c *Command, _ time.Time) bool { return c.governs(f.Role) },
		Duty:   true,
	}
	ofReviewer = grantGuard{
		Reason: "grant_not_reviewer",
		OK:     func(f *GrantFacts, _ *Command, _ time.Time) bool { return f.Role == Reviewer },
	}
	expertiseKnown = grantGuard{
		Reason: "topic_unknown",
		OK: func(f *GrantFacts, c *Command, _ time.Time) bool {
			return c.Text(fieldExpertise) == "" || allOf(c.Text(fieldExpertise), f.Topics)
		},
		Words: func(f *GrantFacts, _ *Command) Words { return Words{"topics": strings.Join(f.Topics, ", ")} },
		Field: &fieldExpertise,
	}
	rolesCompatible = grantGuard{
		Reason: "roles_exclude",
		OK: func(f *GrantFacts, c *Command, _ time.Time) bool {
			all := RolesOf(f.Held...) | RolesOf(asked(c))
			return !all.Has(Admin) || all&officialRoles == 0
		},
		Words: func(f *GrantFacts, _ *Command) Words { return Words{"held": f.Held} },
		Field: &fieldRole,
	}

	ownerActive = tokenGuard{
		Reason: "person_unknown",
		OK:     func(f *TokenFacts, _ *Command, _ time.Time) bool { return f.Person.State == Active },
	}
	forOneself = tokenGuard{
		Reason: "not_your_token",
		OK: func(f *TokenFacts, c *Command, _ time.Time) bool {
			return c.Roles.Has(System) || f.Person.ID == c.Actor.Person
		},
		Duty: true,
	}
	notByToken = tokenGuard{
		Reason: "token_made_by_token",
		OK:     func(_ *TokenFacts, c *Command, _ time.Time) bool { return c.Actor.Via == 0 },
		Duty:   true,
	}
	sumIsSum = tokenGuard{
		Reason: "sum_invalid",
		OK:     func(_ *TokenFacts, c *Command, _ time.Time) bool { return isSum(c.Text(fieldSum)) },
		Field:  &fieldSum,
	}
	scopesKnown = tokenGuard{
		Reason: "scope_unknown",
		OK:     func(_ *TokenFacts, c *Command, _ time.Time) bool { return allOf(c.Text(fieldScopes), TokenScopes) },
		Field:  &fieldScopes,
	}
	tokenEndsSoon = tokenGuard{
		Reason: "token_end_invalid",
		OK: func(_ *TokenFacts, c *Command, now time.Time) bool {
			ends := c.Time(fieldUntil)
			return ends.After(now) && !ends.After(now.Add(longestToken))
		},
		Words: func(_ *TokenFacts, _ *Command) Words { return Words{"days": int64(longestToken / (24 * time.Hour))} },
		Field: &fieldUntil,
	}
	tokenYours = tokenGuard{
		Reason: "not_your_token",
		OK: func(f *TokenFacts, c *Command, _ time.Time) bool {
			return c.Roles&by(Admin, System) != 0 || f.Token.Person == c.Actor.Person
		},
		Duty: true,
	}
)

// asked returns the role that a grant is asked for, NoRole for an unknown text.
func asked(c *Command) Role {
	r, err := ParseRole(c.Text(fieldRole))
	if err != nil {
		return NoRole
	}
	return r
}

// governs reports whether the asker may give and take r: an admin any role, an
// AOR those of the organization.
func (c *Command) governs(r Role) bool {
	return c.Roles&by(Admin, System) != 0 || by(Applicant, AOR).Has(r)
}

// scopeFits reports whether the grant names what r belongs to, and nothing else.
func (f *GrantFacts) scopeFits(r Role) bool {
	program, organization := f.Program.ID != 0, f.Organization.ID != 0
	switch {
	case r == Admin:
		return !program && !organization
	case organizationRoles.Has(r):
		return organization && !program
	default:
		return program && !organization
	}
}

// emailValid reports whether s has the shape of an address in printable ASCII:
// something, one @, and a domain with a dot. More is known only when mail arrives.
func emailValid(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' || strings.IndexByte(`"(),:;<>[\]`, s[i]) >= 0 {
			return false
		}
	}
	name, domain, found := strings.Cut(s, "@")
	dot := strings.LastIndexByte(domain, '.')
	return found && name != "" && dot > 0 && dot < len(domain)-1 && !strings.Contains(domain, "@")
}

// allOf reports whether list, joined by commas, is not empty and names only some of known.
func allOf(list string, known []string) bool {
	for one := range strings.SplitSeq(list, ",") {
		if !slices.Contains(known, one) {
			return false
		}
	}
	return true
}

func createPerson(f *PersonFacts, c *Command, s *Step) {
	f.Language = Languages[0]
	updatePerson(f, c, s)
}

func updatePerson(f *PersonFacts, c *Command, s *Step) {
	was := f.Name
	c.setText(&f.Name, fieldName)
	if f.Name != was {
		voidScreenings(f.Screenings, s)
	}
	if f.Name != was || c.Has(fieldEmail) {
		compareAll(f, c, s)
	}
	if c.Has(fieldEmail) && s.Start != None {
		s.Enqueue(JobTies, f.ID)
	}
	c.setText(&f.Email, fieldEmail)
	c.setText(&f.Language, fieldLanguage)
	c.setText(&f.Password, fieldPassword)
	f.Email = strings.ToLower(f.Email)
}

// compareAll has the organizations compared anew that the person acts for.
func compareAll(f *PersonFacts, _ *Command, s *Step) {
	for _, id := range f.Acts {
		s.Enqueue(JobDuplicates, id)
	}
}

func createGrant(f *GrantFacts, c *Command, s *Step) {
	voidScreenings(f.Screenings, s) // there is one more name
	f.Role = asked(c)
	f.Grant.Person, f.Grant.Program, f.Grant.Organization = f.Person.ID, f.Program.ID, f.Organization.ID
	compareGranted(f, c, s)
}

// compareGranted has the organization compared anew that the grant is for, if any, and
// looks for what ties somebody who gets a role in a program to its applicants.
func compareGranted(f *GrantFacts, _ *Command, s *Step) {
	if f.Organization.ID != 0 {
		s.Enqueue(JobDuplicates, f.Organization.ID)
	}
	if s.Start == None && f.Program.ID != 0 {
		s.Enqueue(JobTies, f.Grant.Person)
	}
}

func updateGrant(f *GrantFacts, c *Command, _ *Step) {
	c.setText(&f.Expertise, fieldExpertise)
	c.setInt(&f.MaxReviews, fieldMax)
}

func createToken(f *TokenFacts, c *Command, _ *Step) {
	f.Token.Person = f.Person.ID
	f.Name, f.Sum, f.Scopes, f.Ends = c.Text(fieldName), c.Text(fieldSum), c.Text(fieldScopes), c.Time(fieldUntil)
}

// People is the lifecycle of a person. A revoked person stays for the record and
// does not come back: whoever returns gets a new record, new grants and no past.
var People = NewMachine(NounPerson,
	func(f *PersonFacts) *Record { return &f.Record },
	func(f *PersonFacts) *Standing { return &f.Standing },
	[]Rule[PersonFacts]{
		{Start: in(None), Action: ActCreate, By: by(Admin, System), End: Active,
			Fields: []Field{fieldName, fieldEmail, fieldLanguage, fieldPassword},
			Guards: []personGuard{emailPlain}, Effect: createPerson},
		{Start: in(Active), Action: ActUpdate, By: by(Admin, System), End: Active,
			Fields: []Field{fieldName.Opt(), fieldEmail.Opt(), fieldLanguage, fieldPassword},
			Guards: []personGuard{notOneself, emailPlain}, Effect: updatePerson, Always: true},
		{Start: in(Active), Action: ActRevoke, By: by(Admin, System), End: Revoked,
			Fields: []Field{fieldNote.Opt()}, Guards: []personGuard{notOneself}, Effect: compareAll, Always: true},
	}...)

// Grants is the lifecycle of a grant. The roles of the asker are those in the
// program or organization that the grant names, so that an AOR reaches no further
// than the own organization.
var Grants = NewMachine(NounGrant,
	func(f *GrantFacts) *Record { return &f.Record },
	func(f *GrantFacts) *Standing { return &f.Standing },
	[]Rule[GrantFacts]{
		{Start: in(None), Action: ActCreate, By: by(Admin, AOR, System), End: Active,
			Fields: []Field{fieldPerson, fieldRole, fieldProgram, fieldOrganization.Opt()},
			Guards: []grantGuard{roleKnown, mayGrant, grantsForOthers, granteeActive, scopeFitsRole, rolesCompatible},
			Effect: createGrant},
		{Start: in(Active), Action: ActUpdate, By: by(ProgramLead, ProgramOfficer), End: Active,
			Fields: []Field{fieldExpertise, fieldMax}, Guards: []grantGuard{ofReviewer, expertiseKnown}, Effect: updateGrant, Always: true},
		{Start: in(Active), Action: ActRevoke, By: by(Admin, AOR, System), End: Revoked,
			Fields: []Field{fieldNote.Opt()}, Guards: []grantGuard{mayRevoke, grantsForOthers}, Effect: compareGranted, Always: true},
	}...)

// Tokens is the lifecycle of an API token: made by and for oneself, on the form
// that makes the secret. Past its end a token is of no use, whatever its state.
var Tokens = NewMachine(NounToken,
	func(f *TokenFacts) *Record { return &f.Record },
	func(f *TokenFacts) *Standing { return &f.Standing },
	[]Rule[TokenFacts]{
		{Start: in(None), Action: ActCreate, By: anyone, End: Active,
			Fields: []Field{fieldName, fieldSum, fieldScopes, fieldUntil},
			Guards: []tokenGuard{notByToken, ownerActive, forOneself, sumIsSum, scopesKnown, tokenEndsSoon},
			Effect: createToken, Hidden: true},
		{Start: in(Active), Action: ActRevoke, By: anyone, End: Revoked, Guards: []tokenGuard{tokenYours}, Always: true},
	}...)
