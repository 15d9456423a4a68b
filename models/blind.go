package models

import (
	"slices"

	"tranche/workflow"
)

// named writes the condition of the applications, called app in a query, of which v may know
// who applies and from where. It is no bar to who is more than a reviewer.
func (v *Viewer) named(app string) (string, []any) {
	if v.System || !v.Holds(workflow.Reviewer) {
		return "1 = 1", nil
	}
	seen, args := "("+app+".blind NOT LIKE '%"+workflow.BlindOrganization+"%' AND "+app+".blind NOT LIKE '%"+workflow.BlindPlace+"%'", []any(nil)
	if orgs := v.organizations(); len(orgs) > 0 {
		seen, args = seen+" OR "+app+".organization_id IN ("+marks(len(orgs))+")", append(args, orgs...)
	}
	if v.MayRank() {
		ranked, more := v.rankedIn(app + ".program_id")
		seen, args = seen+" OR "+ranked, append(args, more...)
	}
	return seen + ")", args
}

// blinds reports whether v, who reads a case by roles, is one of those who see no more of it
// than reviewers do.
func (v *Viewer) blinds(roles workflow.Roles) bool { return !v.System && MerelyReviews(roles) }

// blindEvents takes out of what happened in a case what its reviewers do not see: who did it
// for the applicant, and what they sent.
func (v *Viewer) blindEvents(row *Row, events []Event) {
	i := slices.IndexFunc(row.Cells, func(c Cell) bool { return c.Name == "blind" })
	if !v.blinds(row.Roles) || i < 0 || *row.Cells[i].Value.(*string) == "" {
		return
	}
	for j := range events {
		if e := &events[j]; e.Noun == workflow.NounApplication && e.Action != workflow.ActRequestInformation {
			e.Inputs, e.Actor, e.ActorName = "", 0, ""
		}
	}
}
