package web

import (
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"tranche/app/problem"
	"tranche/templates"
	"tranche/workflow"
)

// Shell is what stands round every page; every view embeds it. It also speaks:
// its methods give the words, dates and tags of the reader's language.
type Shell struct {
	Language *templates.Language
	Zone     *time.Location // of the program; nil is UTC

	Title     string // of the page, without the name of the site
	Failed    bool   // the page shows a form with errors: the title says so
	Others    []LanguageLink
	Reader    *Reader // nil: not signed in
	SignInURL string  // "" hides the link
	Nav       []NavItem
	Crumbs    []Link
	Flash     *Notice // what the request before this one did
	Demo      bool    // all people and amounts are invented: a strip says so
	Program   string  // what the foot of the page says about the open opportunity, or ""
	Version   string
}

// Reader is the person who is signed in.
type Reader struct {
	Name, Initials string
	Role           string // in words
	AccountURL     string // "" shows the name without a link
	SignOutURL     string // a POST address
}

// NavItem is one entry of the main menu.
type NavItem struct {
	Text, URL string
	Current   bool
	Count     string // of what waits for the reader, or ""
}

// LanguageLink leads to the same page in another language.
type LanguageLink struct {
	Tag, Name, URL string
}

// Link is text that leads somewhere; without URL it is text.
type Link struct {
	Text, URL string
}

// Notice is a sentence in a box. Tone is "info", "success", "warning" or "error".
type Notice struct {
	Tone string
	Head string // "" when Text says it all
	Text string
}

// T returns the words for id. Values come as name, value, name, value.
func (s Shell) T(id string, values ...any) string {
	return s.Language.T(id, values...)
}

// N returns the words for id in the form that n asks for; the words find n under
// "Count". Further values come as name, value.
func (s Shell) N(id string, n int, values ...any) string {
	return s.Language.Count(id, n, templates.Values(values))
}

// State returns the word for a state of a record, such as "In review".
func (s Shell) State(noun, state string) string {
	return s.Language.Say(nil, "state."+noun+"."+state, "state.any."+state)
}

// Action returns the label of an action, such as "Recommend".
func (s Shell) Action(noun, action string) string {
	return s.Language.Say(nil, "action."+noun+"."+action, "action.any."+action)
}

// Did returns what an event says somebody did, such as "recommended an award".
func (s Shell) Did(noun, action string) string {
	return s.Language.Say(nil, "did."+noun+"."+action, "did.any."+action)
}

// Role returns the word for a role, such as "Program officer".
func (s Shell) Role(role string) string { return s.Language.Say(nil, "role."+role) }

// Noun returns the word for a kind of record, such as "bank account".
func (s Shell) Noun(noun string) string { return s.Language.Say(nil, "noun."+noun) }

// FieldName returns the label of an input, such as "Recommended amount".
func (s Shell) FieldName(field string) string { return s.Language.Say(nil, "field."+field) }

// ChoiceName returns the word for one of the choices of an input. The choices of
// a role are the words for roles.
func (s Shell) ChoiceName(field, choice string) string {
	if field == "currency" {
		return choice // the codes are the same in every language
	}
	return s.Language.Say(nil, "choice."+field+"."+choice, "choice.any."+choice, field+"."+choice)
}

// Reason returns the sentence for a refusal. A sentence that lacks one of its
// numbers is not shown half: the reader gets the general one.
func (s Shell) Reason(reason workflow.Reason, words workflow.Words) string {
	return s.audience().Sentence(reason, words)
}

// audience is who reads the words of problems.
func (s Shell) audience() problem.Audience {
	return problem.Audience{Language: s.Language, Zone: s.Zone}
}

// Refusal returns the sentence for r.
func (s Shell) Refusal(r *workflow.Refusal) string { return s.Reason(r.Reason, r.Words) }

// LanguageLinks returns links from the page at u to the same page in the other
// languages.
func LanguageLinks(words *templates.Words, l *templates.Language, u *url.URL) []LanguageLink {
	var links []LanguageLink
	for _, other := range words.Other(l) {
		query := u.Query()
		query.Set("lang", other.Tag)
		links = append(links, LanguageLink{Tag: other.Tag, Name: other.Name, URL: u.Path + "?" + query.Encode()})
	}
	return links
}

// Heading returns the title of the browser's window.
func (s Shell) Heading() string {
	if s.Failed {
		return s.T("shell.title_failed", "title", s.Title)
	}
	return s.T("shell.title", "title", s.Title)
}

// Initials returns the first letters of the first and the last word of a name.
func Initials(name string) string {
	var letters []rune
	for _, word := range strings.Fields(name) {
		first, _ := utf8.DecodeRuneInString(word)
		letters = append(letters, first)
	}
	if n := len(letters); n > 2 {
		letters = []rune{letters[0], letters[n-1]}
	}
	return string(letters)
}
