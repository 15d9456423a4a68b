package ach

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold makes a name safe for a fixed-width field of the given width: accents are
// taken off, look-alikes and ligatures spelled out, controls and line breaks
// become one space, invisible and direction-changing characters vanish, and
// what has no ASCII form becomes '?'. Case is kept, as the receiver registered
// it; what is too long is cut. The result holds printable ASCII only, without a
// space at either end, and folding it again changes nothing.
func Fold(s string, width int) string {
	return string(appendFolded(make([]byte, 0, min(len(s), width)), s, width))
}

// appendFolded appends the folded form of s to the empty slice dst. Most names
// need nothing but to be cut.
func appendFolded(dst []byte, s string, width int) []byte {
	if plain(s) {
		return trimRight(append(dst, s[:min(len(s), width)]...))
	}
	for i := 0; i < len(s) && len(dst) < width; {
		if c := s[i]; c < utf8.RuneSelf {
			dst = appendASCII(dst, c)
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		dst = appendRune(dst, r, s[i:i+size])
		i += size
	}
	return trimRight(dst[:min(len(dst), width)])
}

// plain reports whether s is printable ASCII without a space at the beginning or
// two in a row.
func plain(s string) bool {
	last := byte(' ')
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c > '~' || c == ' ' && last == ' ' {
			return false
		}
		last = c
	}
	return true
}

func trimRight(dst []byte) []byte {
	for len(dst) > 0 && dst[len(dst)-1] == ' ' {
		dst = dst[:len(dst)-1]
	}
	return dst
}

// appendASCII appends c, and one space for any run of spaces and controls that
// does not stand at the beginning.
func appendASCII(dst []byte, c byte) []byte {
	if c > ' ' && c < 0x7F {
		return append(dst, c)
	}
	if n := len(dst); n == 0 || dst[n-1] == ' ' {
		return dst
	}
	return append(dst, ' ')
}

// appendRune appends what r, whose bytes are s, becomes in ASCII.
func appendRune(dst []byte, r rune, s string) []byte {
	if spelled, ok := spellings[r]; ok {
		return append(dst, spelled...)
	}
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return dst
	case unicode.IsSpace(r) || unicode.IsControl(r):
		return appendASCII(dst, ' ')
	case r == utf8.RuneError:
		return append(dst, '?')
	}
	before := len(dst)
	for _, d := range string(norm.NFKD.PropertiesString(s).Decomposition()) {
		if d < utf8.RuneSelf {
			dst = appendASCII(dst, byte(d))
		}
	}
	if len(dst) == before {
		dst = append(dst, '?')
	}
	return dst
}

// spellings are the letters and marks that Unicode does not decompose.
var spellings = map[rune]string{
	'Æ': "AE", 'æ': "ae", 'Œ': "OE", 'œ': "oe", 'ß': "ss", 'ẞ': "SS",
	'Ø': "O", 'ø': "o", 'Đ': "D", 'đ': "d", 'Ð': "D", 'ð': "d", 'Þ': "Th", 'þ': "th",
	'Ł': "L", 'ł': "l", 'Ħ': "H", 'ħ': "h", 'Ŧ': "T", 'ŧ': "t", 'ı': "i", 'ĸ': "k", 'Ŋ': "N", 'ŋ': "n", 'Ə': "E", 'ə': "e",
	'‘': "'", '’': "'", '‚': "'", '′': "'", 'ʻ': "'", 'ʼ': "'",
	'“': `"`, '”': `"`, '„': `"`, '″': `"`, '«': `"`, '»': `"`,
	'‐': "-", '‑': "-", '‒': "-", '–': "-", '—': "-", '―': "-", '−': "-",
	'×': "x", '·': ".", '•': ".", '⁄': "/", '©': "(c)", '®': "(R)",
}

// printable reports whether s holds only ASCII from '!' or, where spaces are
// allowed, from ' ' up to '~'.
func printable(s string, lowest byte) bool {
	for i := range len(s) {
		if s[i] < lowest || s[i] > '~' {
			return false
		}
	}
	return true
}
