package workflow

import (
	"slices"
	"strings"
	"time"
)

// JobTies is the kind of job that looks for what ties a person to applicants.
const JobTies = "find_ties"

// An Interest is somebody's own word about an employer, or a person close to them, whose
// cases they should have no part in.
type Interest struct {
	Record
	Person ID
	Kind   string // one of InterestKinds
	Name   string // of the employer or the person
	Note   string
}

// InterestFacts is everything that a decision about an interest may look at.
type InterestFacts struct {
	Interest
	Standing
}

// The kinds of interests.
const (
	InterestEmployer = "employer"
	InterestPerson   = "relation"
)

// InterestKinds lists the kinds of interests.
var InterestKinds = []string{InterestEmployer, InterestPerson}

var fieldInterestKind = Field{Name: "kind", Kind: Choice, Choices: InterestKinds}

var ownInterest = Guard[InterestFacts]{
	Reason: "not_your_interest",
	OK:     func(f *InterestFacts, c *Command, _ time.Time) bool { return c.Actor.Person == f.Person },
	Duty:   true,
}

func tellInterest(f *InterestFacts, c *Command, s *Step) {
	f.Person, f.Kind, f.Name = c.Actor.Person, c.Text(fieldInterestKind), c.Text(fieldName)
	c.setText(&f.Note, fieldNote)
	s.Enqueue(JobTies, f.Person)
}

// Interests is the lifecycle of an interest. Taking one back lifts no conflict that was
// found by it.
var Interests = NewMachine(NounInterest,
	func(f *InterestFacts) *Record { return &f.Record },
	func(f *InterestFacts) *Standing { return &f.Standing },
	[]Rule[InterestFacts]{
		{Start: in(None), Action: ActCreate, By: staffRoles, End: Active, Fields: []Field{fieldInterestKind, fieldName, fieldNote.Opt()},
			Effect: tellInterest, Always: true},
		{Start: in(Active), Action: ActRevoke, By: staffRoles, End: Revoked, Fields: []Field{fieldNote.Opt()},
			Guards: []Guard[InterestFacts]{ownInterest}, Effect: func(f *InterestFacts, c *Command, _ *Step) { c.setText(&f.Note, fieldNote) }, Always: true},
	}...)

// By what a person is tied to an applicant, beside belonging to it, which bars anyway.
const (
	TieDomain   = "email_domain"
	TieEmployer = "employer"
	TieRelation = "relation"
	TieFormer   = "former_member"
	TieAward    = "earlier_award"
	TieDeclared = "declared"
)

// A Tied is what of a person may tie them to an applicant.
type Tied struct {
	Email     string
	Interests []Interest // in force
	Former    []ID       // organizations that they belonged to and do not any more
}

// An ApplicantGroup is what an applicant and its affiliates are known by.
type ApplicantGroup struct {
	Names   []string
	Emails  []string // of the organizations and of their people
	People  []string
	Members []ID
	Awarded []ID // those of Members that were ever offered an award
}

// publicDomains are mail providers that anybody has an address of, and the domains that
// RFC 2606 keeps for examples: sharing one ties nobody to anybody.
var publicDomains = []string{"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com", "yahoo.com.tw", "ymail.com",
	"icloud.com", "me.com", "mac.com", "aol.com", "proton.me", "protonmail.com", "gmx.com", "gmx.net", "mail.com", "zoho.com", "fastmail.com", "hey.com",
	"yandex.com", "qq.com", "163.com", "126.com", "hinet.net", "pchome.com.tw", "comcast.net", "verizon.net", "att.net", "sbcglobal.net",
	"example.com", "example.net", "example.org"}

// MailDomain returns the part of an address that its organization has to itself, "" for
// an address of a public provider.
func MailDomain(email string) string {
	_, domain, _ := strings.Cut(strings.ToLower(strings.TrimSpace(email)), "@")
	domain = strings.TrimSuffix(domain, ".")
	if slices.Contains(publicDomains, domain) {
		return ""
	}
	return domain
}

// sameDomain reports whether one of two domains is the other, or part of it.
func sameDomain(a, b string) bool {
	return a != "" && b != "" && (a == b || strings.HasSuffix(a, "."+b) || strings.HasSuffix(b, "."+a))
}

// TiesTo lists by what p is tied to an applicant, A as p has it and B as the applicant.
// None of them is proof: somebody looks.
func (p *Tied) TiesTo(g *ApplicantGroup) (ties []Sign) {
	add := func(by, a, b string) { ties = append(ties, Sign{By: by, A: a, B: b}) }
	domain := MailDomain(p.Email)
	if i := slices.IndexFunc(g.Emails, func(e string) bool { return sameDomain(domain, MailDomain(e)) }); i >= 0 {
		add(TieDomain, domain, MailDomain(g.Emails[i]))
	}
	for _, one := range p.Interests {
		with, by, same := g.Names, TieEmployer, func(b string) bool { return sameName(one.Name, b) || nearNames(one.Name, b) }
		if one.Kind == InterestPerson {
			with, by, same = g.People, TieRelation, func(b string) bool { return personKey(one.Name) != "" && personKey(one.Name) == personKey(b) }
		}
		if i := slices.IndexFunc(with, same); i >= 0 {
			add(by, one.Name, with[i])
		}
	}
	for _, id := range p.Former {
		switch {
		case slices.Contains(g.Awarded, id):
			add(TieAward, id.String(), id.String())
		case slices.Contains(g.Members, id):
			add(TieFormer, id.String(), id.String())
		}
	}
	return ties
}

// A Conflict is what ties a person of the staff to an applicant, or what they declared
// themselves. Until another person has looked and waived it, they have no part in the case.
type Conflict struct {
	Record
	Program     ID
	Application ID
	Person      ID
	Ties        Signs
	DecidedBy   ID
	Note        string // why it stands
	Plan        string // by which they may take part though it does
}

// Bars reports whether c keeps its person from the case.
func (c *Conflict) Bars() bool { return c.State == Open || c.State == Confirmed }

// Due returns what finding ties makes the system do, NoAction for nothing. What was
// decided is looked at again when there is a tie that was not there before.
func (c *Conflict) Due(ties []Sign) Action {
	if len(ties) == 0 {
		return NoAction
	}
	switch c.State {
	case None:
		return ActCreate
	case Open, Waived:
		if !c.covers(ties) {
			return ActUpdate
		}
	}
	return NoAction
}

// covers reports whether all of ties were known when c was written.
func (c *Conflict) covers(ties []Sign) bool {
	known := c.Ties.List()
	return !slices.ContainsFunc(ties, func(s Sign) bool { return !slices.Contains(known, s) })
}

// ConflictFacts is everything that a decision about a conflict may look at.
type ConflictFacts struct {
	Conflict
	Standing
	Application Application
	Found       []Sign // the ties now; loaded for what the system does
	Review      Review // the person's own of this case that lives; ID zero when there is none
}

var (
	fieldPlan     = Field{Name: "plan", Kind: Text, Max: 4000}
	fieldDeclared = Field{Name: "declared", Kind: Text, Max: 4000} // in their own words; set by a declaration only
)

type conflictGuard = Guard[ConflictFacts]

var (
	tiesSay = conflictGuard{
		Reason: "ties_unchanged",
		OK: func(f *ConflictFacts, c *Command, _ time.Time) bool {
			if c.Has(fieldDeclared) {
				return f.State != Confirmed
			}
			return f.Due(f.Found) == c.Action
		},
	}
	notTheirOwn = conflictGuard{
		Reason: "that_is_you",
		OK:     func(f *ConflictFacts, c *Command, _ time.Time) bool { return !c.Actor.Is(f.Person) },
		Duty:   true,
	}
	invitedByAnother = conflictGuard{
		Reason: "you_invited_them",
		OK:     func(f *ConflictFacts, c *Command, _ time.Time) bool { return !c.Counts(f.Review.InvitedBy) },
		Duty:   true,
	}
)

func findConflict(f *ConflictFacts, c *Command, _ *Step) {
	f.Conflict.Application, f.Program = f.Application.ID, f.Application.Program
	f.Person = cmpID(c.Ref(fieldPerson), f.Person)
	ties := f.Found
	if c.Has(fieldDeclared) {
		ties = append(ties, Sign{By: TieDeclared, A: c.Text(fieldDeclared)})
	}
	for _, known := range f.Ties.List() { // what is not found any more was true once
		if !slices.Contains(ties, known) {
			ties = append(ties, known)
		}
	}
	f.Ties, f.DecidedBy = Signs(mustJSON(ties)), 0
}

// declared is what follows from a person's own word that something ties them to a case. known
// is their conflict with it, if there is one.
func declared(known Conflict, application, person ID, words string) Child {
	child := Child{Noun: NounConflict, Action: ActUpdate, ID: known.ID, Inputs: []Input{fieldDeclared.text(words)}}
	if known.ID == 0 {
		child.Action, child.Parent = ActCreate, application
		child.Inputs = append(child.Inputs, fieldPerson.ref(person))
	}
	return child
}

func cmpID(a, b ID) ID {
	if a != 0 {
		return a
	}
	return b
}

// confirmConflict has the person's review of the case taken out.
func confirmConflict(f *ConflictFacts, c *Command, s *Step) {
	f.DecidedBy, f.Note, f.Plan = c.Actor.Person, c.Text(fieldNote), ""
	if f.Review.ID != 0 {
		s.Raise(Child{Noun: NounReview, Action: ActStrike, ID: f.Review.ID, Inputs: []Input{fieldNote.text(f.Note)}})
	}
}

func waiveConflict(f *ConflictFacts, c *Command, _ *Step) {
	f.DecidedBy, f.Plan = c.Actor.Person, c.Text(fieldPlan)
}

// Conflicts is the lifecycle of a conflict. Nobody decides about their own, and who
// invited a reviewer does not waive it. A hold does not stop it: it only takes people out.
var Conflicts = NewMachine(NounConflict,
	func(f *ConflictFacts) *Record { return &f.Record },
	func(f *ConflictFacts) *Standing { return &f.Standing },
	[]Rule[ConflictFacts]{
		{Start: in(None), Action: ActCreate, By: by(System), End: Open, Fields: []Field{fieldPerson, fieldDeclared.Opt()},
			Guards: []conflictGuard{tiesSay}, Effect: findConflict, Always: true},
		{Start: in(Open, Waived), Action: ActUpdate, By: by(System), End: Open, Fields: []Field{fieldDeclared.Opt()},
			Guards: []conflictGuard{tiesSay}, Effect: findConflict, Hidden: true, Always: true},
		{Start: in(Open, Waived), Action: ActConfirm, By: by(ProgramLead, SelectingOfficial), End: Confirmed, Fields: []Field{fieldNote},
			Guards: []conflictGuard{notTheirOwn}, Effect: confirmConflict, Always: true},
		{Start: in(Open), Action: ActWaive, By: by(ProgramLead, SelectingOfficial), End: Waived, Fields: []Field{fieldPlan},
			Guards: []conflictGuard{notTheirOwn, invitedByAnother}, Effect: waiveConflict, Always: true},
	}...)
