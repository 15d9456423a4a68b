package workflow

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"time"
)

// An OrganizationScreening says when an organization and its people were last held against the
// lists, and what came of it. There is one for each organization that needs one.
type OrganizationScreening struct {
	Record
	Organization ID
	At           time.Time // when it was run last; zero: never
	Lists        string    // the versions that it was run against, as ScreenedLists writes them
	Subjects     int64     // who was held against them: the organization, and its people
	Hits         int64     // open or confirmed
}

// A Payee is how an organization that money may go to stands on the lists, as a
// decision about an award, a clearance or a payment looks at it.
type Payee struct {
	Lists     string                // the versions in force, as ScreenedLists writes them; "": none was imported
	Screening OrganizationScreening // ID zero: it was never run
	Expired   bool                  // its registration at SAM.gov is on the list in force, and over
	Ended     Date                  // when that was, or the day of the list
}

// Stale reports whether p is to be screened before anything rests on it: its
// screening is against other versions of the lists, or from before a name or
// number changed. Where no list was imported, nothing can be held against it.
func (p *Payee) Stale() bool {
	return p.Lists != "" && (p.Screening.State != Completed || p.Screening.Lists != p.Lists)
}

// payeeGuards are the guards of whatever money rests on: the organization is
// screened against the lists in force, nothing on them stands against it, and its
// registration has not run out.
func payeeGuards[F any](of func(*F) *Payee) (screened, unlisted, registered Guard[F]) {
	screened = Guard[F]{
		Reason: "screening_stale",
		OK:     func(f *F, _ *Command, _ time.Time) bool { return !of(f).Stale() },
	}
	unlisted = Guard[F]{
		Reason: "screening_unresolved", // without the number: who is suspected of what is for the staff
		OK:     func(f *F, _ *Command, _ time.Time) bool { return of(f).Screening.Hits == 0 },
	}
	registered = Guard[F]{
		Reason: "registration_expired",
		OK:     func(f *F, _ *Command, _ time.Time) bool { return !of(f).Expired },
		Words:  func(f *F, _ *Command) Words { return Words{"ended": of(f).Ended} },
	}
	return screened, unlisted, registered
}

// ScreenedLists names versions of lists as a Screening keeps them: their IDs in the
// order of their kinds. "" where there is none: nobody can be screened then.
func ScreenedLists(inForce []List) string {
	out := ""
	for _, kind := range ScreenedKinds {
		at := slices.IndexFunc(inForce, func(l List) bool { return l.Kind == kind })
		switch {
		case at < 0:
		case out == "":
			out = inForce[at].ID.String()
		default:
			out += "," + inForce[at].ID.String()
		}
	}
	return out
}

// A Hit is an entry of a list that an organization, or one of its people, may be.
// It decides nothing: a person looks, and says why.
type Hit struct {
	Record
	Organization ID
	Person       ID     // zero: the organization itself
	List         ID     // the version that it was found in last
	Kind         string // of the list
	Key          string // of the entry: the publisher's own number
	Sum          string // of the entry as it was looked at, SHA-256, hex
	Subject      string // the name that was compared
	Identity     string // SHA-256 of everything that was compared, hex
	Entry        string // the name of the entry that is alike
	By           string // uei, cage, ein or name
	Score        int64  // ten thousandths
	DecidedBy    ID
	Note         string
}

// A Potential is a match that a screening found.
type Potential struct {
	Subject Subject
	List    List
	Entry   ListEntry
	By      string // uei, cage, ein or name
	Name    string // of the entry's names, the one that is alike
	Score   int64  // ten thousandths
}

// Identity sums up everything that s is compared by.
func (s *Subject) Identity() string {
	var said []byte
	for _, text := range []string{s.Person.String(), s.Name, s.UEI, s.CAGE, s.EIN} {
		said = binary.BigEndian.AppendUint64(said, uint64(len(text)))
		said = append(said, text...)
	}
	sum := sha256.Sum256(said)
	return hex.EncodeToString(sum[:])
}

// ScreeningFacts is everything that a decision about a screening may look at.
type ScreeningFacts struct {
	OrganizationScreening
	Standing
	Organization Organization
	Inforce      string      // the versions in force, as ScreenedLists writes them
	Subjects     []Subject   // the organization first
	Found        []Potential // what matching the subjects with the lists found
	Known        []Hit       // every hit of the organization
	Listed       []bool      // whether the entry of each of Known is still on its list
	Cases        []ScreenedCase
	Payments     []ID // to the organization, ready or batched
}

// A ScreenedCase is an application of an organization that is being decided.
type ScreenedCase struct {
	Application ID
	Cleared     ID // its clearance of the kind screening, where that is cleared; zero otherwise
}

// HitFacts is everything that a decision about a hit may look at.
type HitFacts struct {
	Hit
	Standing
	Screening OrganizationScreening // of its organization
}

var (
	// Carried by the commands that a screening raises.
	hitPerson   = Field{Name: "person", Kind: Ref, Of: NounPerson}
	hitList     = Field{Name: "list", Kind: Ref, Of: NounList}
	hitKind     = Field{Name: "kind", Kind: Line}
	hitKey      = Field{Name: "key", Kind: Line}
	hitSum      = Field{Name: "sum", Kind: Line}
	hitSubject  = Field{Name: "subject", Kind: Line}
	hitIdentity = Field{Name: "identity", Kind: Line}
	hitEntry    = Field{Name: "entry", Kind: Line}
	hitBy       = Field{Name: "by", Kind: Line}
	hitScore    = Field{Name: "score", Kind: Count, Max: 10_000}
)

type screeningGuard = Guard[ScreeningFacts]

var (
	organizationThere = screeningGuard{
		Reason: "organization_unknown",
		OK:     func(f *ScreeningFacts, _ *Command, _ time.Time) bool { return f.Organization.ID != 0 },
	}
	listsThere = screeningGuard{
		Reason: "lists_missing",
		OK:     func(f *ScreeningFacts, _ *Command, _ time.Time) bool { return f.Inforce != "" },
	}
)

// known returns the hit that p was found as before, nil when there is none.
func (f *ScreeningFacts) known(p *Potential) *Hit {
	for i := range f.Known {
		h := &f.Known[i]
		if h.Person == p.Subject.Person && h.Kind == p.List.Kind && h.Key == p.Entry.Key {
			return h
		}
	}
	return nil
}

// news reports whether p is not what somebody looked at before.
func (h *Hit) news(p *Potential) bool {
	return h.State == Lapsed || h.Sum != p.Entry.Sum() || h.Identity != p.Subject.Identity()
}

// listed reports whether the entry of the i-th known hit is still on its list.
func (f *ScreeningFacts) listed(i int) bool { return i < len(f.Listed) && f.Listed[i] }

// standing counts the hits that stand against the organization once this
// screening is stored.
func (f *ScreeningFacts) standing() int {
	n := 0
	for i := range f.Known {
		if h := &f.Known[i]; h.State == Confirmed || h.State == Open && f.listed(i) {
			n++
		}
	}
	for i := range f.Found {
		p := &f.Found[i]
		if h := f.known(p); h == nil || (h.State == Dismissed || h.State == Lapsed) && h.news(p) {
			n++
		}
	}
	return n
}

// runScreening stores what was found, and has hits made, reopened and lapsed. A
// dismissed hit stays dismissed as long as the entry and the organization say what
// they said; an open one stays open until somebody looks, whatever the organization
// calls itself now; a confirmed one stays.
func runScreening(f *ScreeningFacts, _ *Command, s *Step) {
	f.At, f.Lists, f.OrganizationScreening.Subjects, f.Hits = s.At, f.Inforce, int64(len(f.Subjects)), int64(f.standing())
	for i := range f.Found {
		p := &f.Found[i]
		switch h := f.known(p); {
		case h == nil:
			s.Raise(Child{Noun: NounHit, Action: ActCreate, Parent: f.ID, Inputs: p.inputs()})
		case h.State != Confirmed && h.news(p):
			s.Raise(Child{Noun: NounHit, Action: ActUpdate, ID: h.ID, Inputs: p.inputs()})
		}
	}
	for i := range f.Known {
		if h := &f.Known[i]; !f.listed(i) && (h.State == Open || h.State == Dismissed) {
			s.Raise(Child{Noun: NounHit, Action: ActLapse, ID: h.ID})
		}
	}
	f.referCases(s)
}

// referCases takes every case of the organization that is being decided back to
// screening when something stands against it, by the loss of its clearance where it
// had one, and holds what has not been sent to it. A person releases that: somebody
// may have held it for another reason meanwhile.
func (f *ScreeningFacts) referCases(s *Step) {
	if f.Hits == 0 {
		return
	}
	for _, c := range f.Cases {
		if c.Cleared != 0 {
			s.Raise(Child{Noun: NounClearance, Action: ActVoid, ID: c.Cleared})
		} else {
			s.Raise(Child{Noun: NounApplication, Action: ActRefer, ID: c.Application})
		}
	}
	for _, id := range f.Payments {
		s.Raise(Child{Noun: NounPayment, Action: ActHold, ID: id, Inputs: []Input{fieldNote.text(HeldForScreening)}})
	}
}

func (p *Potential) inputs() []Input {
	return []Input{hitPerson.ref(p.Subject.Person), hitList.ref(p.List.ID), hitKind.text(p.List.Kind), hitKey.text(p.Entry.Key),
		hitSum.text(p.Entry.Sum()), hitSubject.text(p.Subject.Name), hitIdentity.text(p.Subject.Identity()), hitEntry.text(p.Name),
		hitBy.text(p.By), hitScore.count(p.Score)}
}

func createScreening(f *ScreeningFacts, _ *Command, s *Step) {
	f.OrganizationScreening.Organization = f.Organization.ID
	s.Raise(Child{Noun: NounScreening, Action: ActScreen, ID: f.ID})
}

// voidScreenings is for whoever changes a name or number that screenings rest on.
func voidScreenings(list []OrganizationScreening, s *Step) {
	for i := range list {
		s.Raise(Child{Noun: NounScreening, Action: ActVoid, ID: list[i].ID})
		s.Enqueue(JobScreening, list[i].Organization)
	}
}

// Screenings is the lifecycle of a screening. Whoever changes what an organization
// is known by voids it in the same step.
var Screenings = NewMachine(NounScreening,
	func(f *ScreeningFacts) *Record { return &f.Record },
	func(f *ScreeningFacts) *Standing { return &f.Standing },
	[]Rule[ScreeningFacts]{
		{Start: in(None), Action: ActCreate, By: by(SecurityReviewer, System), End: Required,
			Guards: []screeningGuard{organizationThere, listsThere}, Effect: createScreening, Always: true},
		{Start: in(Required, Completed), Action: ActScreen, By: by(SecurityReviewer, System), End: Completed,
			Guards: []screeningGuard{listsThere}, Effect: runScreening, Always: true},
		{Start: in(Completed), Action: ActVoid, By: by(System), End: Required, Always: true},
	}...)

func takeHit(f *HitFacts, c *Command, _ *Step) {
	h := &f.Hit
	h.Organization, h.Person, h.List, h.Kind, h.Key = f.Screening.Organization, c.Ref(hitPerson), c.Ref(hitList), c.Text(hitKind), c.Text(hitKey)
	h.Sum, h.Subject, h.Identity, h.Entry, h.By, h.Score = c.Text(hitSum), c.Text(hitSubject), c.Text(hitIdentity), c.Text(hitEntry), c.Text(hitBy), c.Int(hitScore)
	h.DecidedBy = 0 // the note of an earlier decision stays to be read
}

// decideHit records who looked and why, and has the screening come to its end anew.
func decideHit(f *HitFacts, c *Command, s *Step) {
	f.DecidedBy, f.Note = c.Actor.Person, c.Text(fieldNote)
	s.Raise(Child{Noun: NounScreening, Action: ActScreen, ID: f.Screening.ID})
}

// hitFields are what a screening tells of a hit.
var hitFields = []Field{hitPerson, hitList, hitKind, hitKey, hitSum, hitSubject, hitIdentity, hitEntry, hitBy, hitScore}

// Hits is the lifecycle of a hit.
var Hits = NewMachine(NounHit,
	func(f *HitFacts) *Record { return &f.Record },
	func(f *HitFacts) *Standing { return &f.Standing },
	[]Rule[HitFacts]{
		{Start: in(None), Action: ActCreate, By: by(System), End: Open, Fields: hitFields, Effect: takeHit, Always: true},
		{Start: in(Open, Dismissed, Lapsed), Action: ActUpdate, By: by(System), End: Open, Fields: hitFields, Effect: takeHit, Hidden: true, Always: true},
		{Start: in(Open), Action: ActDismiss, By: by(SecurityReviewer), End: Dismissed, Fields: []Field{fieldNote}, Effect: decideHit, Always: true},
		{Start: in(Open), Action: ActConfirm, By: by(SecurityReviewer), End: Confirmed, Fields: []Field{fieldNote}, Effect: decideHit, Always: true},
		{Start: in(Confirmed, Dismissed), Action: ActReopen, By: by(SecurityReviewer), End: Open, Fields: []Field{fieldNote}, Effect: decideHit, Always: true},
		{Start: in(Open, Dismissed), Action: ActLapse, By: by(System), End: Lapsed, Always: true},
	}...)
