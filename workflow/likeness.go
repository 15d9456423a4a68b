package workflow

import (
	"cmp"
	"encoding/binary"
	"hash/fnv"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A Likeness is what an organization is recognized by when it comes under another
// name. What is empty says nothing.
type Likeness struct {
	Organization ID
	Name         string
	EIN          string
	Street, Zip  string
	Website      string
	Emails       []string // of the organization and of its people
	People       []string // their names
	Signers      []Signer // those of them who sign for it
	Accounts     []AccountLikeness
	Proposals    []Proposal // what it submitted, the newest first
}

// A Signer is an authorized organization representative.
type Signer struct {
	ID          ID
	Name, Email string
}

// An AccountLikeness is what a bank account is recognized by.
type AccountLikeness struct {
	Shown string // routing number and last digits
	Sum   string // keyed, of the whole number; "" where it cannot be opened. It is shown to nobody
}

// A Proposal is what an application says in its own words.
type Proposal struct{ Number, Text string }

// By what two organizations may be one.
const (
	SignEIN      = "ein"
	SignName     = "same_name"
	SignNear     = "near_name"
	SignProposal = "proposal"
	SignNumber   = "account_number"
	SignAccount  = "account"
	SignWebsite  = "website"
	SignAddress  = "address"
	SignEmail    = "email"
	SignSigner   = "signer"
	SignPerson   = "person"
)

// SignWeights are how likely two organizations are one by each sign alone, in ten
// thousandths. They are this program's own judgment and not measured; Suspicious is
// set so that one strong sign, or two weak ones of different kinds, are looked at. Of
// the UEI there is none: the register holds each once.
var SignWeights = map[string]int64{
	SignEIN:      90_00, // the IRS gives each entity its own; a typing mistake is what else it may be
	SignName:     70_00, // equal but for case, legal form, spacing and letters that look alike
	SignProposal: 70_00, // one text written twice
	SignNumber:   80_00, // money of both goes to one place; affiliates may do that
	SignSigner:   60_00, // one person signs for both: of a consultant, somebody says so once
	SignAccount:  50_00, // where the whole number is not known: one in 10,000 accounts of a bank ends on the same four digits
	SignNear:     45_00, // a typing mistake, or a word more
	SignWebsite:  45_00, // hosts are shared by groups and by providers
	SignAddress:  40_00, // incubators house many
	SignEmail:    40_00, // a consultant or lawyer acts for many
	SignPerson:   25_00, // names of people are not unique
}

const (
	// Suspicious is the score, in ten thousandths, from which somebody looks at a pair.
	Suspicious = 60_00
	// nearName is how alike near-equal names are at least: above what screening takes
	// for a hit, 0.88, as here both sides are small companies with words in common.
	nearName = 0.93
	// sameText is how much of their shingles essentially equal proposals share.
	// shingleWords is how many words a shingle has, leastShingles how many a text needs to
	// be compared.
	// Source: A. Broder, "On the resemblance and containment of documents" (1997).
	sameText      = 0.8
	shingleWords  = 4
	leastShingles = 20
	// The minima of a text's shingles under 64 hashes are taken in 16 bands of 4: two
	// texts that share 0.8 of them have no band in common once in 4,500 times.
	bands, bandRows = 16, 4
)

// A Sign is one thing that two organizations have in common, as each says it.
type Sign struct {
	By    string `json:"by"`
	Score int64  `json:"score"` // ten thousandths
	A     string `json:"a"`     // of proposals, the numbers of the applications
	B     string `json:"b"`
}

// A Resemblance says by what two organizations may be one, the strongest first, and
// how likely that is in ten thousandths.
type Resemblance struct {
	Score int64
	Signs []Sign
}

// Compare tells by what a and b may be one organization, the strongest first, and how
// likely that is in ten thousandths, were the signs independent of each other.
func Compare(a, b *Likeness) Resemblance {
	var signs []Sign
	add := func(by, x, y string) { signs = append(signs, Sign{by, SignWeights[by], x, y}) }
	for _, one := range []struct {
		by, a, b string
		normal   func(string) string
	}{
		{SignEIN, a.EIN, b.EIN, strings.TrimSpace}, {SignWebsite, a.Website, b.Website, host},
	} {
		if n := one.normal(one.a); n != "" && n == one.normal(one.b) {
			add(one.by, one.a, one.b)
		}
	}
	if n := a.address(); n != "" && n == b.address() {
		add(SignAddress, a.Street, b.Street)
	}
	switch {
	case sameName(a.Name, b.Name):
		add(SignName, a.Name, b.Name)
	case nearNames(a.Name, b.Name):
		add(SignNear, a.Name, b.Name)
	}
	both, found := sameSigner(a.Signers, b.Signers)
	if found {
		add(SignSigner, both.Name, both.Name)
	}
	for _, one := range []struct {
		by   string
		a, b []string
		key  func(string) string
		said string // by the signer already
	}{
		{SignEmail, a.Emails, b.Emails, strings.ToLower, both.Email}, {SignPerson, a.People, b.People, personKey, both.Name},
	} {
		if x, y, found := inCommon(one.a, one.b, func(s string) string {
			if key := one.key(s); key != one.key(one.said) {
				return key
			}
			return ""
		}); found {
			add(one.by, x, y)
		}
	}
	if by, x, found := sameAccount(a.Accounts, b.Accounts); found {
		add(by, x, x)
	}
	if x, y, found := sameProposal(a.Proposals, b.Proposals); found {
		add(SignProposal, x, y)
	}
	slices.SortStableFunc(signs, func(x, y Sign) int { return cmp.Compare(y.Score, x.Score) })
	unlike := int64(100_00)
	for _, s := range signs {
		unlike = unlike * (100_00 - s.Score) / 100_00
	}
	return Resemblance{100_00 - unlike, signs}
}

// inCommon returns the first of a that is also in b, as both say it.
func inCommon(a, b []string, key func(string) string) (x, y string, found bool) {
	for _, x := range a {
		for _, y := range b {
			if k := key(x); k != "" && k == key(y) {
				return x, y, true
			}
		}
	}
	return "", "", false
}

// sameSigner returns the first who signs for both.
func sameSigner(a, b []Signer) (Signer, bool) {
	for _, x := range a {
		if slices.ContainsFunc(b, func(y Signer) bool { return x.ID == y.ID }) {
			return x, true
		}
	}
	return Signer{}, false
}

// sameAccount returns by what an account of a may be one of b, and how it is shown: by
// its whole number where that is known of both, else by its last digits.
func sameAccount(a, b []AccountLikeness) (by, shown string, found bool) {
	for _, x := range a {
		for _, y := range b {
			switch {
			case x.Shown != y.Shown:
			case x.Sum != "" && x.Sum == y.Sum:
				return SignNumber, x.Shown, true
			case x.Sum == "" || y.Sum == "":
				by, shown, found = SignAccount, x.Shown, true
			}
		}
	}
	return by, shown, found
}

// A LikenessKey is what two organizations share that Compare finds alike, so that an
// organization is compared with those that share one and not with all.
type LikenessKey struct{ Kind, Key string }

// Keys returns what l is found by, sorted and each once. Near-equal names have none:
// alone they are below Suspicious, and whatever comes with them has its own.
func (l *Likeness) Keys() []LikenessKey {
	var out []LikenessKey
	add := func(kind, key string) {
		if key != "" {
			out = append(out, LikenessKey{kind, key})
		}
	}
	add(SignEIN, strings.TrimSpace(l.EIN))
	add(SignWebsite, host(l.Website))
	add(SignAddress, l.address())
	for _, key := range nameKeys(l.Name) {
		add(SignName, key)
	}
	for _, one := range l.Emails {
		add(SignEmail, strings.ToLower(one))
	}
	for _, one := range l.People {
		add(SignPerson, personKey(one))
	}
	for _, one := range l.Signers {
		add(SignSigner, one.ID.String())
	}
	for _, one := range l.Accounts { // equal numbers end on the same digits
		add(SignAccount, one.Shown)
	}
	for _, one := range l.Proposals {
		for _, key := range bandKeys(shingles(one.Text)) {
			add(SignProposal, key)
		}
	}
	slices.SortFunc(out, func(a, b LikenessKey) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Key, b.Key)) })
	return slices.Compact(out)
}

// lookalikes are letters that look like a Latin one and that the lists of screening do
// not use.
// Source: Unicode Technical Standard 39, confusables.txt, the whole letters among them.
var lookalikes = map[rune]rune{
	'Ԁ': 'D', 'ԁ': 'D', 'Ԛ': 'Q', 'ԛ': 'Q', 'Ԝ': 'W', 'ԝ': 'W', 'Һ': 'H', 'һ': 'H', 'Ү': 'Y', 'ү': 'Y', 'ν': 'V', 'ѵ': 'V', 'Ѵ': 'V',
	'ո': 'N', 'ս': 'U', 'Ս': 'U', 'օ': 'O', 'Օ': 'O', 'հ': 'H', 'ց': 'G', 'զ': 'Q', 'ɑ': 'A', 'α': 'A', 'ɡ': 'G', 'ɩ': 'I', 'Ꭺ': 'A',
	'Ᏼ': 'B', 'Ꮯ': 'C', 'Ꭰ': 'D', 'Ꭼ': 'E', 'Ꮋ': 'H', 'Ꭻ': 'J', 'Ꮶ': 'K', 'Ꮮ': 'L', 'Ꮇ': 'M', 'Ꮲ': 'P', 'Ꮪ': 'S', 'Ꭲ': 'T', 'Ꮩ': 'V',
	'Ꮃ': 'W', 'Ꮓ': 'Z', 'ℓ': 'L', 'ℯ': 'E', 'ℴ': 'O', 'ℂ': 'C', 'ℍ': 'H', 'ℕ': 'N', 'ℙ': 'P', 'ℚ': 'Q', 'ℝ': 'R', 'ℤ': 'Z',
}

// plainRune folds what another block says in place of a Latin letter or digit, and
// takes away, as -1, what has no ink though it counts as a letter.
func plainRune(r rune) rune {
	switch {
	case r == 'ᅟ' || r == 'ᅠ' || r == 'ㅤ' || r == 'ﾠ' || r == '⠀': // fillers
		return -1
	case r >= '！' && r <= '～': // full width
		return r - '！' + '!'
	case r >= 0x1D400 && r <= 0x1D6A3: // mathematical letters: alphabets of A to Z and a to z
		return 'A' + (r-0x1D400)%52%26
	case r >= 0x1D7CE && r <= 0x1D7FF: // mathematical digits
		return '0' + (r-0x1D7CE)%10
	case r >= 'Ⓐ' && r <= 'ⓩ': // circled
		return 'A' + (r-'Ⓐ')%26
	}
	if plain, known := lookalikes[r]; known {
		return plain
	}
	return r
}

// looks folds the letters and digits that look alike in some type: 0 and O, 1, I and L.
var looks = strings.NewReplacer("0", "O", "1", "I", "L", "I")

// skeleton cuts a text into words by how it looks: without case, accents, marks,
// punctuation and what cannot be seen.
func skeleton(s string) []string { return nameWords(strings.Map(plainRune, s)) }

// nameSkeleton is skeleton for the name of a company: without its legal form, articles
// and "and".
func nameSkeleton(name string) []string {
	words := withoutForm(skeleton(name))
	kept := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return w == "AND" || w == "THE" })
	if len(kept) == 0 {
		kept = words
	}
	for i := range kept {
		kept[i] = looks.Replace(kept[i])
	}
	return kept
}

// nameKeys are what equal names share: their letters in order, and word by word
// whatever the order.
func nameKeys(name string) []string {
	words := nameSkeleton(name)
	if len(words) == 0 {
		return nil
	}
	inOrder := strings.Join(words, "")
	slices.Sort(words)
	return []string{inOrder, strings.Join(words, " ")}
}

func sameName(a, b string) bool {
	other := nameKeys(b)
	return slices.ContainsFunc(nameKeys(a), func(key string) bool { return slices.Contains(other, key) })
}

// longEnough is how many letters near-equal names have more than: of shorter ones, a
// letter more is another name.
const longEnough = 8

// nearNames reports whether two names are nearly equal, word by word or as a whole.
func nearNames(a, b string) bool {
	x, y := nameSkeleton(a), nameSkeleton(b)
	one, other := readName(strings.Join(x, " "), entities), readName(strings.Join(y, " "), entities)
	if alike(&one, &other) >= nearName {
		return true
	}
	whole := func(words []string) []rune {
		letters := []rune(strings.Join(words, ""))
		return letters[:min(len(letters), 64)] // what jaroWinkler takes
	}
	p, q := whole(x), whole(y)
	return len(p) > longEnough && len(q) > longEnough && edits(p, q) <= 1
}

// edits returns in how many letters two texts differ: one put in, taken out or
// replaced is one.
func edits(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j := range b {
			changed := diagonal
			if a[i] != b[j] {
				changed++
			}
			diagonal = row[j+1]
			row[j+1] = min(changed, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// personKey is a person's name whatever the order of its words.
func personKey(name string) string {
	words := skeleton(name)
	slices.Sort(words)
	return strings.Join(words, " ")
}

// streetWords are what people write out or shorten.
// Source: U.S. Postal Service, Publication 28, appendix C, the usual ones.
var streetWords = map[string]string{
	"STREET": "ST", "AVENUE": "AVE", "BOULEVARD": "BLVD", "ROAD": "RD", "DRIVE": "DR", "LANE": "LN", "COURT": "CT", "PLACE": "PL",
	"SQUARE": "SQ", "PARKWAY": "PKWY", "HIGHWAY": "HWY", "SUITE": "STE", "FLOOR": "FL", "APARTMENT": "APT", "BUILDING": "BLDG",
	"NORTH": "N", "SOUTH": "S", "EAST": "E", "WEST": "W",
}

// address is the street and the first five digits of the postcode; "" where one is missing.
func (l *Likeness) address() string {
	words, zip := skeleton(l.Street), []rune(strings.Join(skeleton(l.Zip), ""))
	if len(words) == 0 || len(zip) == 0 {
		return ""
	}
	for i, w := range words {
		words[i] = cmp.Or(streetWords[w], w)
	}
	return strings.Join(words, " ") + " " + string(zip[:min(len(zip), 5)])
}

// host returns the name of the machine that a website is on, without www.
func host(website string) string {
	s := strings.ToLower(strings.TrimSpace(website))
	if s != "" && !strings.Contains(s, "://") {
		s = "https://" + s
	}
	at, err := url.Parse(s)
	if err != nil || !utf8.ValidString(at.Hostname()) { // %ff is a byte of no text
		return ""
	}
	return strings.TrimPrefix(strings.TrimSuffix(at.Hostname(), "."), "www.")
}

// shingles are the sums of every few words in a row of a text, nil where it is too
// short to be compared.
func shingles(text string) map[uint64]bool {
	words := skeleton(text)
	if len(words) < leastShingles+shingleWords-1 {
		return nil
	}
	out := map[uint64]bool{}
	for i := range len(words) - shingleWords + 1 {
		h := fnv.New64a()
		for _, w := range words[i : i+shingleWords] {
			h.Write([]byte(w)) // never fails
			h.Write([]byte{0})
		}
		out[h.Sum64()] = true
	}
	return out
}

// sameProposal returns the numbers of the first two that are essentially equal.
func sameProposal(a, b []Proposal) (x, y string, found bool) {
	var others []map[uint64]bool
	for _, two := range b {
		others = append(others, shingles(two.Text))
	}
	for _, one := range a {
		text := shingles(one.Text)
		for i, other := range others {
			if resemblance(text, other) >= sameText {
				return one.Number, b[i].Number, true
			}
		}
	}
	return "", "", false
}

// ProposalOf reads what an application said when it was submitted, as its snapshot
// keeps it.
func ProposalOf(snapshot []byte) (Proposal, error) {
	sent, err := ReadSubmission(snapshot)
	if err != nil {
		return Proposal{}, err
	}
	said := []string{sent.Title, sent.Summary, sent.Approach, sent.Outcome}
	given := AnswersOf(sent.Answers)
	for _, code := range slices.Sorted(maps.Keys(given)) {
		said = append(said, given[code])
	}
	return Proposal{sent.Number, strings.Join(said, "\n")}, nil
}

// resemblance is how much of all their shingles two texts share, 0 to 1.
func resemblance(a, b map[uint64]bool) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	shared := 0
	for h := range a {
		if b[h] {
			shared++
		}
	}
	return float64(shared) / float64(len(a)+len(b)-shared)
}

// bandKeys are what texts share that resemble each other.
func bandKeys(shingles map[uint64]bool) []string {
	if len(shingles) == 0 {
		return nil
	}
	var least [bands * bandRows]uint64
	for i := range least {
		least[i] = ^uint64(0)
		for h := range shingles {
			least[i] = min(least[i], mix(h^mix(uint64(i))))
		}
	}
	out := make([]string, bands)
	for i := range out {
		h := fnv.New64a()
		for _, m := range least[i*bandRows : (i+1)*bandRows] {
			h.Write(binary.BigEndian.AppendUint64(nil, m)) // never fails
		}
		out[i] = strconv.Itoa(i) + ":" + strconv.FormatUint(h.Sum64(), 36)
	}
	return out
}

// mix spreads the bits of x.
// Source: S. Vigna, splitmix64.
func mix(x uint64) uint64 {
	x += 0x9E3779B97F4A7C15
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}
