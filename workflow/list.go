package workflow

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"slices"
	"strings"
	"time"
)

// A List is one version of a list that organizations are held against, from when
// it was imported. Its entries stand under the sum of their content: a version
// that says the same has the same entries.
type List struct {
	Record
	Kind       string // one of ListKinds
	Dated      Date   // the day that the publisher gave it
	Name       string // of the files that it came in
	File       string // SHA-256 of their bytes, hex
	Content    string // SHA-256 of its entries, hex
	Entries    int64
	Threshold  int64 // how alike names have to be, in ten thousandths
	Before     ID    // the version that it took over from; zero: the first of its kind
	ImportedBy ID    // zero: the command line
	Note       string
}

// The kinds of lists.
const (
	// ListOFAC is the Treasury's list of specially designated nationals.
	ListOFAC = "ofac"
	// ListExclusions is SAM.gov's extract of who is excluded from awards.
	ListExclusions = "sam_exclusions"
	// ListEntities is SAM.gov's extract of who is registered.
	ListEntities = "sam_entities"
)

// ListKinds are the kinds of lists that can be imported.
var ListKinds = []string{ListOFAC, ListExclusions, ListEntities}

// ScreenedKinds are the lists that nobody who is paid may stand on.
var ScreenedKinds = []string{ListOFAC, ListExclusions}

// UsualThreshold is how alike two names have to be for a person to look, in ten
// thousandths, where an import says nothing else.
// Source: measured on names of federal contractors against the OFAC list; see decision 0009.
const UsualThreshold = 8800

// A ListEntry is one line of a list: somebody, and what is known of them.
type ListEntry struct {
	Key     string // the publisher's own number of it; several entries may share one
	Type    string // entity, individual, vessel, aircraft or unknown
	Name    string
	Aliases []string
	UEI     string
	CAGE    string
	EIN     string
	Program string // why it is on the list, in the publisher's words
	Country string
	Remarks string
	Status  string // of a registration: active or expired
	Ends    Date   // of a registration or an exclusion; zero: no end is known
}

// The types of entries.
const (
	EntryEntity     = "entity"
	EntryIndividual = "individual"
	EntryVessel     = "vessel"
	EntryAircraft   = "aircraft"
	EntryUnknown    = "unknown"
)

// CompareKeys compares two of a publisher's numbers: shorter ones come first, so that
// numbers are in their order.
func CompareKeys(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b)) }

// Names returns the name and the aliases.
func (e *ListEntry) Names() []string { return append([]string{e.Name}, e.Aliases...) }

// AliasText returns the aliases as they are stored, a line each.
func (e *ListEntry) AliasText() string { return strings.Join(e.Aliases, "\n") }

// SetAliases takes in what AliasText wrote.
func (e *ListEntry) SetAliases(text string) {
	e.Aliases = nil
	if text != "" {
		e.Aliases = strings.Split(text, "\n")
	}
}

// Sum returns the SHA-256 of everything that e says, hex.
func (e *ListEntry) Sum() string {
	sum := e.sum()
	return hex.EncodeToString(sum[:])
}

func (e *ListEntry) sum() [sha256.Size]byte {
	var said []byte
	for _, text := range []string{e.Key, e.Type, e.Name, e.AliasText(), e.UEI, e.CAGE, e.EIN, e.Program, e.Country, e.Remarks, e.Status, e.Ends.String()} {
		said = binary.BigEndian.AppendUint64(said, uint64(len(text)))
		said = append(said, text...)
	}
	return sha256.Sum256(said)
}

// A ListSum sums the entries of a list, one after the other.
type ListSum struct {
	entries int64
	digest  hash.Hash
}

// Add takes in one more entry.
func (s *ListSum) Add(e *ListEntry) {
	if s.digest == nil {
		s.digest = sha256.New()
	}
	sum := e.sum()
	s.digest.Write(sum[:])
	s.entries++
}

// Entries returns how many entries were added.
func (s *ListSum) Entries() int64 { return s.entries }

// Content returns the SHA-256 of the entries in their order, hex; "" for none.
func (s *ListSum) Content() string {
	if s.digest == nil {
		return ""
	}
	return hex.EncodeToString(s.digest.Sum(nil))
}

// ListFacts is everything that a decision about a list may look at.
type ListFacts struct {
	List
	Standing
	Current List  // the version of its kind in force; ID zero when there is none
	Newest  ID    // of the versions of its kind; zero when there is none
	Kept    int64 // how many entries are stored under the content that the command names
}

// JobList is the kind of job that holds everybody whom it may concern against a new
// version of a list, and JobScreening the one for a single organization.
const (
	JobList      = "list_changed"
	JobScreening = "screen_organization"
)

var (
	listKind      = Field{Name: "kind", Kind: Choice, Choices: ListKinds}
	listDated     = Field{Name: "dated", Kind: Day}
	listFile      = Field{Name: "file", Kind: File}
	listAliases   = Field{Name: "aliases", Kind: File, Optional: true} // alt.csv of OFAC
	listThreshold = Field{Name: "threshold", Kind: Count, Min: 8000, Max: 10000, Optional: true}
	// What the reader of the files adds; nobody types it.
	listName    = Field{Name: "name", Kind: Line}
	listSum     = Field{Name: "sum", Kind: Line}
	listContent = Field{Name: "content", Kind: Line}
	listEntries = Field{Name: "entries", Kind: Count}
)

type listGuard = Guard[ListFacts]

var (
	listRead = listGuard{
		Reason: "list_not_read",
		Made:   true,
		OK: func(f *ListFacts, c *Command, _ time.Time) bool {
			return c.Int(listEntries) > 0 && isSum(c.Text(listContent)) && f.Kept == c.Int(listEntries)
		},
		Field: &listFile,
	}
	listChanges = listGuard{
		Reason: "list_unchanged",
		OK: func(f *ListFacts, c *Command, _ time.Time) bool {
			return f.Current.ID == 0 || f.Current.Content != c.Text(listContent) || c.Has(listThreshold) && c.Int(listThreshold) != f.Current.Threshold
		},
		Words: func(f *ListFacts, _ *Command) Words { return Words{"date": f.Current.Dated.String()} },
		Field: &listFile,
	}
	listNotOlder = listGuard{
		Reason: "list_older",
		OK: func(f *ListFacts, c *Command, _ time.Time) bool {
			return f.Current.ID == 0 || !c.Date(listDated).Before(f.Current.Dated)
		},
		Words: func(f *ListFacts, _ *Command) Words { return Words{"date": f.Current.Dated.String()} },
		Field: &listDated,
	}
	listNotAhead = listGuard{
		Reason: "list_in_the_future",
		OK: func(_ *ListFacts, c *Command, now time.Time) bool {
			return !DateOf(now).AddDays(1).Before(c.Date(listDated)) // it may be tomorrow where it was published
		},
		Field: &listDated,
	}
	listReplaced = listGuard{
		Reason: "list_in_force",
		OK:     func(f *ListFacts, _ *Command, _ time.Time) bool { return f.Newest > f.ID },
	}
)

func importList(f *ListFacts, c *Command, s *Step) {
	l := &f.List
	l.Kind, l.Dated, l.Name, l.File = c.Text(listKind), c.Date(listDated), c.Text(listName), c.Text(listSum)
	l.Content, l.Entries, l.Threshold = c.Text(listContent), c.Int(listEntries), UsualThreshold
	if f.Current.ID != 0 {
		l.Threshold = f.Current.Threshold
	}
	c.setInt(&l.Threshold, listThreshold)
	l.Before, l.ImportedBy, l.Note = f.Current.ID, c.Actor.Person, c.Text(fieldNote)
	if f.Current.ID != 0 {
		s.Raise(Child{Noun: NounList, Action: ActSupersede, ID: f.Current.ID})
	}
	s.Raise(Child{Noun: NounList, Action: ActRollOut, ID: f.ID})
}

func rollOutList(f *ListFacts, _ *Command, s *Step) {
	if IsScreened(f.Kind) {
		s.Enqueue(JobList, f.ID)
	}
}

// Lists is the lifecycle of a version of a list. It comes into force within the
// step that imports it, after the one before it went out of force.
var Lists = NewMachine(NounList,
	func(f *ListFacts) *Record { return &f.Record },
	func(f *ListFacts) *Standing { return &f.Standing },
	[]Rule[ListFacts]{
		{Start: in(None), Action: ActCreate, By: by(Admin, SecurityReviewer, System), End: Entered,
			Fields: []Field{listKind, listDated, listFile, listAliases, listThreshold, fieldNote.Opt()},
			Guards: []listGuard{listNotAhead, listNotOlder, listRead, listChanges}, Effect: importList},
		{Start: in(Entered), Action: ActRollOut, By: by(System), End: Active, Effect: rollOutList, Hidden: true, Always: true},
		{Start: in(Active), Action: ActSupersede, By: by(System), End: Superseded, Guards: []listGuard{listReplaced}, Always: true},
	}...)

// IsScreened reports whether nobody who is paid may stand on a list of this kind.
func IsScreened(kind string) bool { return slices.Contains(ScreenedKinds, kind) }
