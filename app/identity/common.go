package identity

import (
	_ "embed" // for common.txt
	"slices"
	"strings"
	"unicode/utf8"
)

//go:embed common.txt
var commonText string

// common are passwords, and pieces of passwords, that are tried first.
var common = strings.Fields(commonText)

const (
	// fewest is how many different characters a password must have.
	fewest = 5
	// filling is how many characters next to common pieces do not make a password
	// any better: a year, an exclamation mark.
	filling = 4
)

// isMadeOf reports whether password is one of words, several of them in a row, or
// hardly more than that; or whether it repeats hardly any characters.
func isMadeOf(password string, words []string) bool {
	text := strings.ToLower(password)
	return differing(text) < fewest || rest(text, words) <= filling
}

func differing(text string) int {
	all := []rune(text)
	slices.Sort(all)
	return len(slices.Compact(all))
}

// rest returns how many characters of text remain when as much as possible of it
// is covered with words.
func rest(text string, words []string) int {
	left := make([]int, len(text)+1) // left[i]: what remains of text[i:]
	for i := len(text) - 1; i >= 0; i-- {
		if !utf8.RuneStart(text[i]) {
			left[i] = left[i+1]
			continue
		}
		left[i] = left[i+1] + 1
		for _, word := range words {
			if strings.HasPrefix(text[i:], word) {
				left[i] = min(left[i], left[i+len(word)])
			}
		}
	}
	return left[0]
}

// partsOf returns an address in small letters and its pieces of three letters or more.
func partsOf(email string) []string {
	email = normalEmail(email)
	parts := strings.FieldsFunc(email, func(r rune) bool { return strings.ContainsRune("@.-_+", r) })
	parts = append(parts, email)
	return slices.DeleteFunc(parts, func(s string) bool { return len(s) < 3 })
}
