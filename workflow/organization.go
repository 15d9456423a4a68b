package workflow

import (
	"slices"
	"strings"
	"time"
)

// An Organization is an entity that applies, or that controls or is controlled
// by one that does.
type Organization struct {
	Record
	LegalName string
	UEI       string // Unique Entity ID, 12 characters in capitals; "" for an affiliate without one
	EIN       string // employer identification number, NN-NNNNNNN, or ""
	Street    string
	City      string
	Region    string // state, province or territory
	Zip       string
	Country   string // ISO 3166 alpha-3, such as USA
	Website   string
	CAGE      string // Commercial and Government Entity code, five characters in capitals, or ""
	NAICS     string // main industry, a six-digit code that Industry knows, or ""
	Email     string
	Mailing   string // where letters go, if that is elsewhere; several lines
	Founded   Date   // zero: not said
	// RegisteredFor is the organization whose people registered this one as their
	// affiliate. They speak for it as long as it has no people of its own.
	RegisteredFor ID
	MergedInto    ID   // the organization that it was taken for; zero for one that stays
	Group         ID   // those that share one cap, affiliates and links: its own ID until groups are merged
	Invented      bool // some of what is known about it was made up for a demonstration
	Note          string
}

// An Affiliation says that one organization owns a share of another or controls
// it. It is in force from Since to the day before Until.
type Affiliation struct {
	Record
	Owner   ID
	Owned   ID
	Share   int64 // hundredths of a percent, 0 to 10,000
	Control bool
	Since   Date
	Until   Date // zero while it has no end
	Note    string
}

// OrganizationFacts is everything that a decision about an organization may look at.
type OrganizationFacts struct {
	Organization
	Standing
	Screenings []OrganizationScreening // its own, if it was screened; loaded for update
	Found      Organization            // the one with the UEI of the affiliate that is declared; ID zero when there is none
}

// AffiliationFacts is everything that a decision about an affiliation may look at.
type AffiliationFacts struct {
	Affiliation
	Standing
	OwnerNow Organization // as it stands; ID zero when there is none
	OwnedNow Organization
	Stranger bool  // whoever tells of it may not know of the other organization
	Held     int64 // what other affiliations in force give this owner of this owned, hundredths of a percent
}

var (
	fieldLegalName = Field{Name: "legal_name", Kind: Line, Max: 200}
	fieldUEI       = Field{Name: "uei", Kind: Line, Max: 12, Optional: true}
	fieldEIN       = Field{Name: "ein", Kind: Line, Max: 10, Optional: true}
	fieldStreet    = Field{Name: "street", Kind: Line, Max: 200, Optional: true}
	fieldCity      = Field{Name: "city", Kind: Line, Max: 100, Optional: true}
	fieldRegion    = Field{Name: "region", Kind: Line, Max: 100, Optional: true}
	fieldZip       = Field{Name: "zip", Kind: Line, Max: 20, Optional: true}
	fieldCountry   = Field{Name: "country", Kind: Line, Max: 3, Optional: true}
	fieldWebsite   = Field{Name: "website", Kind: Line, Max: 200, Optional: true}
	fieldCAGE      = Field{Name: "cage", Kind: Line, Max: 5, Optional: true}
	fieldNAICS     = Field{Name: "naics", Kind: Line, Max: 6, Optional: true}
	fieldMailing   = Field{Name: "mailing", Kind: Text, Max: 400, Optional: true}
	fieldFounded   = Field{Name: "founded", Kind: Day, Optional: true}
	fieldInvented  = Field{Name: "invented", Kind: Check, Optional: true}
	fieldOwner     = Field{Name: "owner", Kind: Ref, Of: NounOrganization}
	fieldOwned     = Field{Name: "owned", Kind: Ref, Of: NounOrganization}
	fieldShare     = Field{Name: "share", Kind: Count, Min: 0, Max: wholeShare}
	fieldControl   = Field{Name: "control", Kind: Check, Optional: true}
	fieldRelation  = Field{Name: "relation", Kind: Choice, Choices: []string{relationOwned, relationOwner}}
	fieldFor       = Field{Name: "registered_for", Kind: Ref, Of: NounOrganization} // set by a declaration only
	fieldInto      = Field{Name: "into", Kind: Ref, Of: NounOrganization}           // set by the merger of two
	fieldSince     = Field{Name: "since", Kind: Day}
	fieldEnds      = Field{Name: "ends", Kind: Day}
)

var affiliationFields = []Field{fieldOwner, fieldOwned, fieldShare, fieldControl, fieldSince, fieldNote.Opt()}

// What a declared affiliate is to the organization.
const (
	relationOwner = "owns_us"
	relationOwned = "is_ours"
)

// declarationFields are what an organization's people tell of an affiliate.
var declarationFields = []Field{fieldRelation, fieldUEI, fieldLegalName, fieldCountry, fieldShare, fieldControl, fieldSince, fieldNote.Opt()}

// OrganizationFields are what is written down about an organization.
var OrganizationFields = []Field{fieldLegalName, fieldUEI, fieldEIN, fieldStreet, fieldCity, fieldRegion, fieldZip,
	fieldCountry, fieldMailing, fieldWebsite, fieldEmail.Opt(), fieldCAGE, fieldNAICS, fieldFounded, fieldInvented, fieldNote.Opt()}

// UEIValid reports whether s is a Unique Entity ID with a right check character,
// in capitals or small letters.
// Source: the rules of GSA (12 letters and digits without O and I, no leading
// zero, no run of nine digits, a head unlike a CAGE code) and the check
// character of VA IFCAP ICR 7328, which all 1,046 UEIs in SBIR data carry.
func UEIValid(s string) bool {
	if len(s) != 12 || s[0] == '0' || isDigit(s[0]) && isDigit(s[4]) {
		return false
	}
	s = strings.ToUpper(s)
	digits := 0
	for i := range len(s) {
		switch c := s[i]; {
		case isDigit(c):
			digits++
		case c < 'A' || c > 'Z' || c == 'O' || c == 'I':
			return false
		default:
			digits = 0
		}
		if digits == 9 {
			return false
		}
	}
	return s[11] == ueiCheck(s[:11])
}

// ueiCheck returns the check character of the first eleven. The last digits of
// character code times place are added up; of a sum of two digits, the same is
// done again until one digit is left.
func ueiCheck(head string) byte {
	sum := 0
	for i := range len(head) {
		sum += int(head[i]) * (i + 1) % 10
	}
	for sum > 9 { // at most 11 times 9
		sum = sum/10 + sum%10*2%10
	}
	return byte('0' + sum)
}

// einValid reports whether s is written as NN-NNNNNNN. The number has no check
// digit, and the IRS adds prefixes, so that nothing more can be said.
func einValid(s string) bool {
	if len(s) != 10 || s[2] != '-' {
		return false
	}
	for i := range len(s) {
		if i != 2 && !isDigit(s[i]) {
			return false
		}
	}
	return true
}

type (
	organizationGuard = Guard[OrganizationFacts]
	affiliationGuard  = Guard[AffiliationFacts]
)

var (
	ueiChecks     = wellFormed("uei_invalid", &fieldUEI, UEIValid)
	einChecks     = wellFormed("ein_invalid", &fieldEIN, einValid)
	cageChecks    = wellFormed("cage_invalid", &fieldCAGE, func(s string) bool { return cageValid(strings.ToUpper(s)) })
	naicsChecks   = wellFormed("naics_unknown", &fieldNAICS, func(s string) bool { _, known := Industry(s); return known })
	websiteChecks = wellFormed("website_invalid", &fieldWebsite, websiteValid)
	emailChecks   = wellFormed("email_invalid", &fieldEmail, emailValid)
	countryChecks = wellFormed("country_invalid", &fieldCountry, func(s string) bool { return isCapitals(strings.ToUpper(s), 3) })
	foundedBefore = organizationGuard{
		Reason: "founded_in_the_future",
		OK: func(_ *OrganizationFacts, c *Command, now time.Time) bool {
			return !DateOf(now).Before(c.Date(fieldFounded))
		},
		Field: &fieldFounded,
	}
	identityChecks = []organizationGuard{ueiChecks, einChecks, cageChecks, naicsChecks, websiteChecks, emailChecks, countryChecks, foundedBefore}
	// The name and the numbers are what screening and the caps look at.
	identityStays = organizationGuard{
		Reason: "identity_fixed",
		OK: func(f *OrganizationFacts, c *Command, _ time.Time) bool {
			return c.Roles&by(Admin, System) != 0 || keeps(c, fieldLegalName, f.LegalName) &&
				keeps(c, fieldUEI, f.UEI) && keeps(c, fieldEIN, f.EIN) && (f.CAGE == "" || keeps(c, fieldCAGE, f.CAGE)) &&
				(f.Founded == 0 || !c.Has(fieldFounded) || c.Date(fieldFounded) == f.Founded)
		},
		Duty: true,
	}

	declaresAnother = organizationGuard{
		Reason: "affiliation_with_itself",
		OK:     func(f *OrganizationFacts, _ *Command, _ time.Time) bool { return f.Found.ID != f.ID },
		Field:  &fieldUEI,
	}
	declaresSomething = organizationGuard{
		Reason: "share_zero",
		OK: func(_ *OrganizationFacts, c *Command, _ time.Time) bool {
			return c.Int(fieldShare) > 0 || c.Checked(fieldControl)
		},
		Field: &fieldShare,
	}

	// A stranger's organization is unknown in the same words as one that is not there.
	bothKnown = affiliationGuard{
		Reason: "organization_unknown",
		OK: func(f *AffiliationFacts, c *Command, _ time.Time) bool {
			return f.OwnerNow.ID != 0 && f.OwnedNow.ID != 0 && (!f.Stranger || c.Roles&by(Admin, System) != 0)
		},
	}
	notItself = affiliationGuard{
		Reason: "affiliation_with_itself",
		OK:     func(_ *AffiliationFacts, c *Command, _ time.Time) bool { return c.Ref(fieldOwner) != c.Ref(fieldOwned) },
		Field:  &fieldOwned,
	}
	saysSomething = affiliationGuard{
		Reason: "share_zero",
		OK: func(_ *AffiliationFacts, c *Command, _ time.Time) bool {
			return c.Int(fieldShare) > 0 || c.Checked(fieldControl)
		},
		Field: &fieldShare,
	}
	endsAfterStart = affiliationGuard{
		Reason: "ends_before_start",
		OK:     func(f *AffiliationFacts, c *Command, _ time.Time) bool { return f.Since.Before(c.Date(fieldEnds)) },
		Words:  func(f *AffiliationFacts, _ *Command) Words { return Words{"since": f.Since.String()} },
		Field:  &fieldEnds,
	}
)

// wellFormed holds when f did not come, came empty, or is what ok takes.
func wellFormed(reason Reason, f *Field, ok func(string) bool) organizationGuard {
	return organizationGuard{
		Reason: reason,
		OK:     func(_ *OrganizationFacts, c *Command, _ time.Time) bool { return c.Text(*f) == "" || ok(c.Text(*f)) },
		Field:  f,
	}
}

// isCapitals reports whether s is n letters A to Z.
func isCapitals(s string, n int) bool {
	for i := range len(s) {
		if s[i] < 'A' || s[i] > 'Z' {
			return false
		}
	}
	return len(s) == n
}

// keeps reports whether c leaves the value of f as it is.
func keeps(c *Command, f Field, value string) bool {
	return !c.Has(f) || strings.EqualFold(c.Text(f), value)
}

// createOrganization also makes the person who registers it a member. To submit
// and sign, they need the role of AOR from an admin: whoever types a UEI first is
// not yet its representative.
func createOrganization(f *OrganizationFacts, c *Command, s *Step) {
	f.Group = f.ID
	f.write(c)
	f.RegisteredFor = c.Ref(fieldFor)
	if f.Country == "" {
		f.Country = "USA"
	}
	s.Enqueue(JobDuplicates, f.ID)
	if c.Actor.Person != 0 && c.Spare != 0 && c.Roles&by(Admin, System) == 0 {
		s.Raise(Child{Noun: NounGrant, Action: ActCreate, ID: c.Spare, Parent: f.ID, Inputs: []Input{
			fieldPerson.ref(c.Actor.Person), fieldRole.text(Applicant.String()), fieldOrganization.ref(f.ID)}})
	}
}

// declareAffiliate tells of an affiliate by its UEI: the one record of the
// register that carries it, or a new one. The affiliation itself is declared as
// any other, and waits for an officer; the UEI goes along, as whoever knows it may
// know of the organization.
func declareAffiliate(f *OrganizationFacts, c *Command, s *Step) {
	other := f.Found.ID
	if other == 0 {
		other = c.Spare
		s.Raise(Child{Noun: NounOrganization, Action: ActCreate, ID: other, Inputs: []Input{
			fieldLegalName.text(c.Text(fieldLegalName)), fieldUEI.text(c.Text(fieldUEI)), fieldCountry.text(c.Text(fieldCountry)), fieldFor.ref(f.ID)}})
	}
	owner, owned := f.ID, other
	if c.Text(fieldRelation) == relationOwner {
		owner, owned = other, f.ID
	}
	s.Raise(Child{Noun: NounAffiliation, Action: ActCreate, Parent: f.ID, By: AOR, Inputs: []Input{fieldOwner.ref(owner), fieldOwned.ref(owned),
		{Name: fieldShare.Name, Int: c.Int(fieldShare)}, {Name: fieldControl.Name, Int: c.Int(fieldControl)},
		{Name: fieldSince.Name, Date: c.Date(fieldSince)}, fieldNote.text(c.Text(fieldNote)), fieldUEI.text(c.Text(fieldUEI))}})
}

// updateOrganization has the cases of the group looked at again when what changed is
// something that rules look at, and voids its screening when that is by what it is known.
func updateOrganization(f *OrganizationFacts, c *Command, s *Step) {
	was, known, alike := f.Figure(), f.subject(), f.likeness()
	f.write(c)
	if f.likeness() != alike {
		s.Enqueue(JobDuplicates, f.ID)
	}
	if f.Figure() != was {
		s.Enqueue(JobEvidence, f.ID)
	}
	if f.subject() != known {
		voidScreenings(f.Screenings, s)
	}
}

// write takes over what came with c.
func (f *OrganizationFacts) write(c *Command) {
	c.setText(&f.LegalName, fieldLegalName)
	c.setText(&f.UEI, fieldUEI)
	c.setText(&f.EIN, fieldEIN)
	c.setText(&f.Street, fieldStreet)
	c.setText(&f.City, fieldCity)
	c.setText(&f.Region, fieldRegion)
	c.setText(&f.Zip, fieldZip)
	c.setText(&f.Country, fieldCountry)
	c.setText(&f.Website, fieldWebsite)
	c.setText(&f.Mailing, fieldMailing)
	c.setText(&f.Email, fieldEmail)
	c.setText(&f.CAGE, fieldCAGE)
	c.setText(&f.NAICS, fieldNAICS)
	c.setDate(&f.Founded, fieldFounded)
	c.setBool(&f.Invented, fieldInvented)
	c.setText(&f.Note, fieldNote)
	f.UEI, f.CAGE, f.Country = strings.ToUpper(f.UEI), strings.ToUpper(f.CAGE), strings.ToUpper(f.Country)
}

// likeness is what o itself says of what it is recognized by.
func (o *Organization) likeness() [6]string {
	return [6]string{o.LegalName, o.EIN, o.Street, o.Zip, o.Website, o.Email}
}

func mergeOrganization(f *OrganizationFacts, c *Command, _ *Step) { f.MergedInto = c.Ref(fieldInto) }

func unmergeOrganization(f *OrganizationFacts, _ *Command, _ *Step) { f.MergedInto = 0 }

// subject is who o is held against the lists as.
func (o *Organization) subject() Subject {
	return Subject{Name: o.LegalName, UEI: o.UEI, CAGE: o.CAGE, EIN: o.EIN}
}

// createAffiliation merges the two groups when the owner controls the owned as
// the revenue rule counts it. The groups stay merged after the affiliation has
// ended: what they were awarded together does not come apart.
func createAffiliation(f *AffiliationFacts, c *Command, s *Step) {
	declareAffiliation(f, c, s)
	f.merge(s)
}

// declareAffiliation stores what one side says. It counts for nothing until an
// officer has confirmed it: otherwise anybody could join a stranger's group, and
// with it read the stranger's revenue or use up its cap.
func declareAffiliation(f *AffiliationFacts, c *Command, _ *Step) {
	f.Owner, f.Owned = c.Ref(fieldOwner), c.Ref(fieldOwned)
	f.Share, f.Control = c.Int(fieldShare), c.Checked(fieldControl)
	f.Since, f.Note = c.Date(fieldSince), c.Text(fieldNote)
}

func confirmAffiliation(f *AffiliationFacts, c *Command, s *Step) {
	noteAffiliation(f, c, s)
	f.merge(s)
}

func noteAffiliation(f *AffiliationFacts, c *Command, _ *Step) { c.setText(&f.Note, fieldNote) }

func (f *AffiliationFacts) merge(s *Step) {
	s.Enqueue(JobEvidence, f.Owner)
	if f.Control || f.Share+f.Held > controlOver {
		s.Merge(f.Owner, f.Owned)
		s.Enqueue(JobCap, f.Owner)
	}
}

func endAffiliation(f *AffiliationFacts, c *Command, s *Step) {
	s.Enqueue(JobEvidence, f.Owner)
	f.Until = c.Date(fieldEnds)
	c.setText(&f.Note, fieldNote)
}

// Organizations is the lifecycle of an organization. Whoever is signed in may
// register one; after that, contact data belongs to its AOR and its identity to
// the admins. One that was taken for another keeps its cases, and with them its data.
var Organizations = NewMachine(NounOrganization,
	func(f *OrganizationFacts) *Record { return &f.Record },
	func(f *OrganizationFacts) *Standing { return &f.Standing },
	slices.Concat([]Rule[OrganizationFacts]{
		{Start: in(None), Action: ActCreate, By: by(Applicant, AOR, Admin, System), End: Active,
			Fields: OrganizationFields, Guards: identityChecks, Effect: createOrganization},
	}, dataRows(Active), dataRows(Merged), []Rule[OrganizationFacts]{
		{Start: in(Active), Action: ActMerge, By: by(System), End: Merged, Fields: []Field{fieldInto}, Effect: mergeOrganization, Always: true},
		{Start: in(Merged), Action: ActUndo, By: by(System), End: Active, Effect: unmergeOrganization, Always: true},
	})...)

// dataRows are the rows by which the data of an organization change; the state stays.
func dataRows(s State) []Rule[OrganizationFacts] {
	return []Rule[OrganizationFacts]{
		{Start: in(s), Action: ActUpdate, By: by(AOR, Admin, System), End: s,
			Fields: append([]Field{fieldLegalName.Opt()}, OrganizationFields[1:]...),
			Guards: append([]organizationGuard{identityStays}, identityChecks...), Effect: updateOrganization},
		{Start: in(s), Action: ActDeclare, By: by(AOR), End: s, Fields: declarationFields,
			Guards: []organizationGuard{ueiChecks, countryChecks, declaresAnother, declaresSomething}, Effect: declareAffiliate, Always: true},
	}
}

// Affiliations is the lifecycle of an affiliation. An applicant may add one, as
// that can only cost it eligibility; ending one is left to the admins, after
// somebody has seen the evidence of a sale.
var Affiliations = NewMachine(NounAffiliation,
	func(f *AffiliationFacts) *Record { return &f.Record },
	func(f *AffiliationFacts) *Standing { return &f.Standing },
	[]Rule[AffiliationFacts]{
		{Start: in(None), Action: ActCreate, By: by(Admin, System), End: Active,
			Fields: affiliationFields, Guards: []affiliationGuard{notItself, bothKnown, saysSomething}, Effect: createAffiliation, Always: true},
		{Start: in(None), Action: ActCreate, By: by(AOR), End: Requested,
			Fields: affiliationFields, Guards: []affiliationGuard{notItself, bothKnown, saysSomething}, Effect: declareAffiliation, Always: true},
		{Start: in(Requested), Action: ActConfirm, By: by(ProgramOfficer, Admin), End: Active,
			Fields: []Field{fieldNote.Opt()}, Effect: confirmAffiliation, Always: true},
		{Start: in(Requested), Action: ActDeny, By: by(ProgramOfficer, Admin), End: Denied,
			Fields: []Field{fieldNote}, Effect: noteAffiliation, Always: true},
		{Start: in(Active), Action: ActClose, By: by(Admin, System), End: Closed,
			Fields: []Field{fieldEnds, fieldNote.Opt()}, Guards: []affiliationGuard{endsAfterStart}, Effect: endAffiliation},
	}...)

// What a registration at SAM.gov is.
const (
	RegistrationActive  = "active"
	RegistrationExpired = "expired"
)
