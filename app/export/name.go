package export

import (
	"strings"

	"tranche/app/ach"
)

// longestName is the most characters of a name in a message of ISO 20022.
// Source: Max140Text of pain.001.
const longestName = 140

// swift folds a name to ASCII and then to the characters that every bank takes
// in a message of ISO 20022: letters, digits, space, and / - ? : ( ) . , ' +.
// Source: the Latin set of SWIFT's FIN messages (character set X), and the best
// practice of the European Payments Council for what lies outside of it.
func swift(s string, width int) string {
	s = swiftSpellings.Replace(ach.Fold(s, width))
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9', r >= 'A' && r <= 'Z', r >= 'a' && r <= 'z', strings.ContainsRune(" /-?:().,'+", r):
			return r
		}
		return '.'
	}, s)
	return strings.TrimRight(s[:min(len(s), width)], " ")
}

// swiftSpellings are the characters that the set has another one for.
var swiftSpellings = strings.NewReplacer("&", "+", `"`, "'", "`", "'", "@", "(at)", "_", "-", "[", "(", "]", ")", "{", "(", "}", ")", "~", "-", "|", "/", `\`, "/")
