package workflow

import (
	"slices"
	"strings"
)

// What beside the applicant's own fields, answers and documents can be kept from reviewers.
const (
	BlindOrganization = "organization" // who applies: the organization and its people
	BlindPlace        = "place"        // where it is: street, city, region
)

// BlindFields are the names of BlindOrganization, BlindPlace and those ApplicantFields that
// reviewers can do without.
var BlindFields = []string{BlindOrganization, BlindPlace, "summary", "approach", "outcome"}

// Blinds reports whether reviewers of a do not see what is called name.
func (a *Application) Blinds(name string) bool {
	return a.Blind != "" && slices.Contains(strings.Split(a.Blind, ","), name)
}

// ForReviewers takes out of a what its reviewers do not see.
func (a *Application) ForReviewers() {
	if a.Blind == "" {
		return
	}
	if a.Blinds(BlindOrganization) {
		a.Organization, a.StartedBy, a.SubmittedBy = 0, 0, 0
	}
	for name, text := range map[string]*string{"summary": &a.Summary, "approach": &a.Approach, "outcome": &a.Outcome} {
		if a.Blinds(name) {
			*text = ""
		}
	}
	given := AnswersOf(a.Answers)
	for name := range given {
		if a.Blinds(name) {
			delete(given, name)
		}
	}
	a.Answers, a.Verdict = AnswersText(given), "" // which names and quotes all of it
	a.Documents = a.Documents.without(a.Blinds)
}

// Seen returns o as reviewers of a see it.
func (a *Application) Seen(o Organization) Organization {
	if a.Blinds(BlindOrganization) {
		o = Organization{City: o.City, Region: o.Region}
	}
	if a.Blinds(BlindPlace) {
		o.Street, o.City, o.Region, o.Zip, o.Mailing = "", "", "", "", ""
	}
	return o
}
