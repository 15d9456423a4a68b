package workflow

import (
	"slices"
	"strings"
	"unicode"
)

// searchRunes is how many letters of a word a search tells apart.
const searchRunes = 16

// unspaced are the scripts that put no space between words, or join small words to
// others: what is searched for may begin at any of their letters.
var unspaced = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar}

// SearchTerms are what texts are found by, sorted and each once: their words without case,
// accents and punctuation, in scripts without spaces what follows from each letter on, and
// numbers also without their leading zeros.
func SearchTerms(texts ...string) []string {
	var out []string
	for _, text := range texts {
		for _, word := range skeleton(text) {
			runes := []rune(word)
			for i := range runes {
				if i == 0 || unicode.In(runes[i], unspaced...) || unicode.In(runes[i-1], unspaced...) {
					out = append(out, searchTerm(runes[i:]))
				}
			}
			if short := strings.TrimLeft(word, "0"); short != word && strings.Trim(word, "0123456789") == "" {
				out = append(out, searchTerm([]rune(short)))
			}
		}
	}
	slices.Sort(out)
	return slices.DeleteFunc(slices.Compact(out), func(term string) bool { return term == "" })
}

// SearchWords cuts what somebody searches for into words: each finds the terms that begin
// with it.
func SearchWords(search string) []string {
	words := skeleton(search)
	for i, word := range words {
		words[i] = searchTerm([]rune(word))
	}
	return words
}

func searchTerm(runes []rune) string { return string(runes[:min(len(runes), searchRunes)]) }
