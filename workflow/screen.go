package workflow

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Subject is who is held against the lists: an organization, or one of its people.
type Subject struct {
	Person ID // zero: the organization itself
	Name   string
	UEI    string
	CAGE   string
	EIN    string
}

// A Match is an entry that a subject may be.
type Match struct {
	Entry *ListEntry
	By    string // uei, cage, ein or name
	Name  string // of the entry's names, the one that is alike; of an exact number, its first
	Score int64  // ten thousandths; 10,000 for an exact number
}

// How a subject and an entry were found to be alike.
const (
	ByUEI  = "uei"
	ByCAGE = "cage"
	ByEIN  = "ein"
	ByName = "name"
)

// An Index holds the entries of lists so that a name is not compared with all of
// them. Once filled it is only read, by any number of goroutines.
//
// A score of at least the threshold is a weighted mean, so that at least one pair of
// words reaches the threshold by itself. The index therefore looks up, for each
// word of a name, the words that are alike enough, and compares the name with the
// names that hold one of them: it finds everything that comparing with all finds.
type Index struct {
	threshold float64
	names     [2][]listedName // of entities, and of individuals
	words     [2][]listedWord
	place     [2]map[string]int
	byNumber  map[string][]*ListEntry // "uei:…", "cage:…", "ein:…"
}

type listedName struct {
	entry *ListEntry
	name  string
	words []word
	size  int
}

type listedWord struct {
	word
	names []int32 // places of the names that hold it
}

// A word is one word of a name, with the buckets that its letters fall into.
type word struct {
	letters []rune
	mask    uint64
}

// NewIndex returns an empty index; threshold is how alike names have to be, in ten
// thousandths.
func NewIndex(threshold int64) *Index {
	return &Index{threshold: float64(threshold) / 10_000, place: [2]map[string]int{{}, {}}, byNumber: map[string][]*ListEntry{}}
}

// Add takes in an entry. Ships and planes apply for nothing and are passed over;
// who may be a company or a person is held against both.
func (x *Index) Add(e *ListEntry) {
	var sides []int
	switch e.Type {
	case EntryEntity:
		sides = []int{entities}
	case EntryIndividual:
		sides = []int{individuals}
	case EntryUnknown:
		sides = []int{entities, individuals}
	}
	if len(sides) == 0 {
		return
	}
	for _, number := range numbers(e.UEI, e.CAGE, e.EIN) {
		x.byNumber[number] = append(x.byNumber[number], e)
	}
	for _, name := range e.Names() {
		for _, side := range sides {
			if n := readName(name, side); len(n.words) > 0 {
				n.entry = e
				x.add(n, side)
			}
		}
	}
}

// The sides of an index.
const (
	entities = iota
	individuals
)

func (x *Index) add(n listedName, side int) {
	at := int32(len(x.names[side]))
	x.names[side] = append(x.names[side], n)
	for _, w := range n.words {
		text := string(w.letters)
		place, known := x.place[side][text]
		if !known {
			place = len(x.words[side])
			x.place[side][text] = place
			x.words[side] = append(x.words[side], listedWord{word: w})
		}
		held := &x.words[side][place]
		if k := len(held.names); k == 0 || held.names[k-1] != at { // a name may say a word twice
			held.names = append(held.names, at)
		}
	}
}

// side returns which entries s can be.
func (s *Subject) side() int {
	if s.Person != 0 {
		return individuals
	}
	return entities
}

// numbers returns the keys of what is not empty.
func numbers(uei, cage, ein string) (out []string) {
	for _, n := range [][2]string{{ByUEI, uei}, {ByCAGE, cage}, {ByEIN, strings.ReplaceAll(ein, "-", "")}} {
		if n[1] != "" {
			out = append(out, n[0]+":"+strings.ToUpper(n[1]))
		}
	}
	return out
}

// Match returns the entries that s may be, the likeliest first: those that share a
// number with it, then those whose names are alike. An entry comes once.
func (x *Index) Match(s *Subject) []Match {
	found := x.exact(s)
	name := readName(s.Name, s.side())
	for _, at := range x.near(&name, s.side()) {
		found = x.consider(found, &name, &x.names[s.side()][at])
	}
	return ordered(found)
}

// MatchAll is Match that compares with every name. It is what the index is held
// against.
func (x *Index) MatchAll(s *Subject) []Match {
	found := x.exact(s)
	name := readName(s.Name, s.side())
	for i := range x.names[s.side()] {
		found = x.consider(found, &name, &x.names[s.side()][i])
	}
	return ordered(found)
}

// Compared returns with how many names of the index Match compares s, and how many
// there are that MatchAll compares it with.
func (x *Index) Compared(s *Subject) (some, all int) {
	name := readName(s.Name, s.side())
	return len(x.near(&name, s.side())), len(x.names[s.side()])
}

func (x *Index) exact(s *Subject) map[*ListEntry]Match {
	found := map[*ListEntry]Match{}
	for _, number := range numbers(s.UEI, s.CAGE, s.EIN) {
		by, _, _ := strings.Cut(number, ":")
		for _, e := range x.byNumber[number] {
			if _, known := found[e]; !known {
				found[e] = Match{e, by, e.Name, 10_000}
			}
		}
	}
	return found
}

func (x *Index) consider(found map[*ListEntry]Match, name, other *listedName) map[*ListEntry]Match {
	score := alike(name, other)
	if score < x.threshold {
		return found
	}
	m := Match{other.entry, ByName, other.name, int64(score*10_000 + 0.5)}
	if before, known := found[other.entry]; !known || before.By == ByName && before.Score < m.Score {
		found[other.entry] = m
	}
	return found
}

func ordered(found map[*ListEntry]Match) []Match {
	out := make([]Match, 0, len(found))
	for _, m := range found {
		out = append(out, m)
	}
	slices.SortFunc(out, func(a, b Match) int {
		exact := func(m Match) int { return map[bool]int{true: 1}[m.By == ByName] }
		return cmp.Or(cmp.Compare(exact(a), exact(b)), cmp.Compare(b.Score, a.Score), cmp.Compare(a.Entry.Key, b.Entry.Key),
			cmp.Compare(a.Entry.Sum(), b.Entry.Sum()))
	})
	return out
}

// near returns the places of the names that hold a word which is alike enough to
// one of name's, each once.
func (x *Index) near(name *listedName, side int) []int32 {
	var out []int32
	for i := range name.words {
		for j := range x.words[side] {
			if w := &x.words[side][j]; reaches(&name.words[i], &w.word, x.threshold) {
				out = append(out, w.names...)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// reaches reports whether two words are alike to at least least. Most pairs are
// told apart by their lengths and letters.
func reaches(a, b *word, least float64) bool {
	most := min(len(a.letters)-bits.OnesCount64(a.mask&^b.mask), len(b.letters)-bits.OnesCount64(b.mask&^a.mask))
	if most <= 0 {
		return false
	}
	m := float64(most)
	bound := (m/float64(len(a.letters)) + m/float64(len(b.letters)) + 1) / 3
	if winkler(a.letters, b.letters, bound) < least {
		return false
	}
	return jaroWinkler(a.letters, b.letters) >= least
}

// extraWeight is how much the words that only the longer name has take off the
// score. A company that is named like a listed one with a word more is a hit, one
// that shares a single word with it is not.
const extraWeight = 0.25

// alike returns how alike two names are, from 0 to 1, whatever the order of their
// words: each word of the name with fewer of them is paired with another one of the
// other name, the most alike first; long words count more.
func alike(a, b *listedName) float64 { return paired(a, b, nil) }

// paired is alike that tells each pair, unless pair is nil: a word of a, one of b, and
// how alike they are.
func paired(a, b *listedName, pair func(a, b *word, score float64)) float64 {
	if len(a.words) == 0 || len(b.words) == 0 {
		return 0
	}
	turned := compareNames(a, b) > 0
	if turned {
		a, b = b, a
	}
	var scores [mostWords][mostWords]float64
	for i := range a.words {
		for j := range b.words {
			scores[i][j] = jaroWinkler(a.words[i].letters, b.words[j].letters)
		}
	}
	sum, extra := 0.0, b.size
	for range a.words {
		best, from, to := -1.0, 0, 0
		for i := range a.words {
			for j := range b.words {
				if scores[i][j] > best {
					best, from, to = scores[i][j], i, j
				}
			}
		}
		for j := range b.words {
			scores[from][j] = -1
		}
		for i := range a.words {
			scores[i][to] = -1
		}
		if one, other := &a.words[from], &b.words[to]; pair != nil && turned {
			pair(other, one, best)
		} else if pair != nil {
			pair(one, other, best)
		}
		sum += best * float64(len(a.words[from].letters))
		extra -= len(b.words[to].letters)
	}
	return sum / float64(a.size) * (1 - extraWeight*float64(extra)/float64(b.size))
}

// A WordPair is a word of one name beside the word of the other that it was compared with.
type WordPair struct {
	Ours, Listed string // "": the other name has no word left for it
	Score        int64  // ten thousandths
}

// Words returns the words that the score of h comes from, as they were compared: the
// pairs, the most alike first, then the words that are left. A hit by a number has none.
func (h *Hit) Words() (out []WordPair) {
	if h.By != ByName {
		return nil
	}
	side := (&Subject{Person: h.Person}).side()
	ours, listed := readName(h.Subject, side), readName(h.Entry, side)
	used := map[*word]bool{}
	paired(&ours, &listed, func(a, b *word, score float64) {
		used[a], used[b] = true, true
		out = append(out, WordPair{string(a.letters), string(b.letters), int64(score*10_000 + 0.5)})
	})
	for i := range ours.words {
		if w := &ours.words[i]; !used[w] {
			out = append(out, WordPair{Ours: string(w.letters)})
		}
	}
	for i := range listed.words {
		if w := &listed.words[i]; !used[w] {
			out = append(out, WordPair{Listed: string(w.letters)})
		}
	}
	return out
}

// compareNames puts two names in an order that does not depend on which comes
// first: the one with fewer words, then with fewer letters, then by the alphabet.
func compareNames(a, b *listedName) int {
	return cmp.Or(cmp.Compare(len(a.words), len(b.words)), cmp.Compare(a.size, b.size), slices.CompareFunc(a.words, b.words, compareWords))
}

func compareWords(a, b word) int { return slices.Compare(a.letters, b.letters) }

// jaroWinkler returns how alike two words are, from 0 to 1; 0 where one is empty.
// Source: W. E. Winkler, "String Comparator Metrics and Enhanced Decision Rules in
// the Fellegi-Sunter Model of Record Linkage" (1990).
func jaroWinkler(a, b []rune) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	reach := max(len(a), len(b))/2 - 1
	var inA, inB uint64 // the letters that were found in the other word
	m := 0
	for i, r := range a {
		for j := max(0, i-reach); j <= min(len(b)-1, i+reach); j++ {
			if b[j] == r && inB&(1<<j) == 0 {
				inA, inB = inA|1<<i, inB|1<<j
				m++
				break
			}
		}
	}
	if m == 0 {
		if len(a) == 1 && len(b) == 1 && a[0] == b[0] {
			return 1 // nothing is in reach of a single letter
		}
		return 0
	}
	moved, j := 0, 0
	for i := range a {
		if inA&(1<<i) == 0 {
			continue
		}
		for inB&(1<<j) == 0 {
			j++
		}
		if a[i] != b[j] {
			moved++
		}
		j++
	}
	f := float64(m)
	return winkler(a, b, (f/float64(len(a))+f/float64(len(b))+(f-float64(moved)/2)/f)/3)
}

// winkler raises a Jaro score for letters that begin both words.
func winkler(a, b []rune, jaro float64) float64 {
	const most, weight, from = 4, 0.1, 0.7
	if jaro < from {
		return jaro
	}
	p := 0
	for p < min(len(a), len(b), most) && a[p] == b[p] {
		p++
	}
	return jaro + float64(p)*weight*(1-jaro)
}

// The most of a name that is compared.
const (
	mostWords   = 16
	longestWord = 32
)

// readName cuts a name into words: capitals without accents, without punctuation,
// and without the legal form at its end.
func readName(name string, side int) listedName {
	n := listedName{name: name}
	texts := nameWords(name)
	if side == entities {
		texts = withoutForm(texts)
	}
	for _, text := range texts[:min(len(texts), mostWords)] {
		w := word{letters: []rune(text)}
		w.letters = w.letters[:min(len(w.letters), longestWord)]
		for _, r := range w.letters {
			w.mask |= 1 << (uint32(r) % 64)
		}
		n.words = append(n.words, w)
		n.size += len(w.letters)
	}
	slices.SortFunc(n.words, compareWords) // so that their order in the name says nothing
	return n
}

// nameWords cuts a name at everything that is neither letter nor digit; dots and
// apostrophes are left out, so that S.A. is SA.
func nameWords(name string) []string {
	var b strings.Builder
	for _, r := range name {
		r = unicode.ToUpper(r)
		switch plain, known := plainLetters[r]; {
		case known:
			b.WriteString(plain)
		case r == '.' || r == '\'' || r == '’' || r == '`' || unicode.In(r, unicode.Mn, unicode.Cf):
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(r)
		default:
			b.WriteByte(' ')
		}
	}
	return strings.Fields(b.String())
}

// withoutForm takes legal forms off the end, and an article off the beginning, as
// long as something is left.
func withoutForm(words []string) []string {
	for len(words) > 1 && legalForms[words[len(words)-1]] {
		words = words[:len(words)-1]
	}
	if len(words) > 1 && words[0] == "THE" {
		words = words[1:]
	}
	return words
}

// IsLegalForm reports whether s says nothing but what kind of company somebody is.
func IsLegalForm(s string) bool {
	words := nameWords(s)
	return len(words) > 0 && !slices.ContainsFunc(words, func(w string) bool { return !legalForms[w] })
}

// legalForms are how companies say of what kind they are, without dots.
// Source: the endings that occur most often in OFAC's list and SAM.gov's exclusions.
var legalForms = func() map[string]bool {
	set := map[string]bool{}
	for _, form := range strings.Fields(`AB AG AO AS BV BVBA CO COMPANY CORP CORPORATION CV CYA DD DOO EIRL EURL FZC FZCO FZE GIE GMBH INC
		INCORPORATED JSC KFT KG KK LIMITADA LIMITED LLC LLP LP LTD LTDA MBH NV OAO OHG OJSC OOO OY OYJ PAO PC PJSC PLC PLLC PT PTE PTY PVT
		SA SAC SAL SAOC SAOG SARL SAS SC SDN SE SNC SOCIEDAD SP SPA SRL SRO UAB ZAO ZOO`) {
		set[form] = true
	}
	return set
}()

// plainLetters are capitals with accents, and letters of other alphabets that look
// like a Latin one, as the lists write them.
var plainLetters = func() map[rune]string {
	out := map[rune]string{'ß': "SS", 'ẞ': "SS", 'Æ': "AE", 'Œ': "OE", 'Þ': "TH", '&': " AND "}
	for _, group := range strings.Fields(`AÀÁÂÃÄÅĀĂĄАΑ BВΒ CÇĆĈĊČС DĎĐÐ EÈÉÊËĒĔĖĘĚЕΕ GĜĞĠĢ HĤĦНΗ IÌÍÎÏĨĪĬĮİІΙ JĴЈ KĶКΚ LĹĻĽĿŁ MМΜ NÑŃŅŇΝ OÒÓÔÕÖØŌŎŐОΟ
		PРΡ RŔŖŘ SŚŜŞŠȘЅ TŢŤŦȚТΤ UÙÚÛÜŨŪŬŮŰŲ WŴ XХΧ YÝŸŶУΥ ZŹŻŽΖ`) {
		plain, n := utf8.DecodeRuneInString(group)
		for _, r := range group[n:] {
			out[r] = string(plain)
		}
	}
	return out
}()
