package models

import (
	"strings"

	"tranche/workflow"
)

// A place says where a row names its program, organization and case. An empty text
// means that it names none.
type place struct {
	program, organization, application string
	// about is the record that the row is about, where that may be of any kind: who has
	// no part in that one's case has none in the row.
	about string
}

// barring returns the organization and the case whose barred people may not know of
// the row.
func (p place) barring() (organization, application string) {
	if p.about == "" {
		return p.organization, p.application
	}
	return companyOf(p.about), caseOf(p.about)
}

// caseOf writes the application that a record of any kind belongs to; 0 for none.
func caseOf(id string) string {
	out := "COALESCE((SELECT x.id FROM applications x WHERE x.id = " + id + ")"
	for _, table := range []string{"clearances", "awards", "payments", "debts"} {
		out += ", (SELECT x.application_id FROM " + table + " x WHERE x.id = " + id + ")"
	}
	return out + ", 0)"
}

// companyOf writes the organization that a record of any kind belongs to, or is; NULL for none.
func companyOf(id string) string {
	return "COALESCE((SELECT y.organization_id FROM applications y WHERE y.id = " + caseOf(id) + "), (SELECT y.id FROM organizations y WHERE y.id = " + id + "))"
}

// places says it of each noun.
var places = map[workflow.Noun]place{
	workflow.NounPolicy:       {"policies.program_id", "", "", ""},
	workflow.NounFund:         {"funds.program_id", "", "", ""},
	workflow.NounOrganization: {"", "organizations.id", "", ""},
	workflow.NounAffiliation:  {"", "affiliations.owner_id", "", ""},
	workflow.NounStatement:    {"", "statements.organization_id", "", ""},
	workflow.NounElimination:  {"", "eliminations.organization_id", "", ""},
	workflow.NounApplication:  {"applications.program_id", "applications.organization_id", "applications.id", ""},
	workflow.NounReview:       {"reviews.program_id", "", "reviews.application_id", ""},
	workflow.NounAward:        {"awards.program_id", "awards.organization_id", "awards.application_id", ""},
	workflow.NounAmendment:    {"amendments.program_id", "amendments.organization_id", "amendments.application_id", ""},
	workflow.NounTranche: {"(SELECT a.program_id FROM awards a WHERE a.id = tranches.award_id)",
		"(SELECT a.organization_id FROM awards a WHERE a.id = tranches.award_id)", "tranches.application_id", ""},
	workflow.NounClaim: {"(SELECT a.program_id FROM awards a WHERE a.id = claims.award_id)",
		"claims.organization_id", "claims.application_id", ""},
	workflow.NounPayment:     {"payments.program_id", "payments.organization_id", "payments.application_id", ""},
	workflow.NounReport:      {"reports.program_id", "reports.organization_id", "reports.application_id", ""},
	workflow.NounFinding:     {"findings.program_id", "findings.organization_id", "findings.application_id", ""},
	workflow.NounDebt:        {"debts.program_id", "debts.organization_id", "debts.application_id", ""},
	workflow.NounBatch:       {"batches.program_id", "", "", ""},
	workflow.NounAnswerFile:  {"answer_files.program_id", "", "", ""},
	workflow.NounJournal:     {"journals.program_id", "", "", ""},
	workflow.NounBankAccount: {"", "bank_accounts.organization_id", "", ""},
	workflow.NounHold:        {"holds.program_id", "", "holds.subject_id", "holds.subject_id"},
	// One that lifts a hold is about what the hold is on.
	workflow.NounException: {"exceptions.program_id", "", "exceptions.subject_id",
		"COALESCE((SELECT h.subject_id FROM holds h WHERE h.id = exceptions.subject_id), exceptions.subject_id)"},
	workflow.NounClearance:    {"clearances.program_id", "", "clearances.application_id", ""},
	workflow.NounLetter:       {"letters.program_id", "letters.organization_id", "letters.application_id", ""},
	workflow.NounDelegation:   {"delegations.program_id", "", "", ""},
	workflow.NounConflict:     {"conflicts.program_id", "", "conflicts.application_id", ""},
	workflow.NounPanel:        {"panels.program_id", "", "", ""},
	workflow.NounDeliberation: {"deliberations.program_id", "", "deliberations.application_id", ""},
}

// others name, for nouns whose rows are about two organizations, the second: its people
// may know of a row as those of the first do.
var others = map[workflow.Noun]string{workflow.NounAmendment: "amendments.successor_id"}

// sight writes the condition under which v may know of a row of noun. It is the
// same rule as RolesIn, for lists: what it hides is missing from every list,
// count, sum and search that is built on it.
func (v *Viewer) sight(noun workflow.Noun) (string, []any) {
	if v.System {
		return "1 = 1", nil
	}
	switch noun {
	case workflow.NounProgram, workflow.NounRate:
		return "1 = 1", nil
	case workflow.NounOpportunity:
		if v.staffOf(workflow.NoRole) {
			return "1 = 1", nil
		}
		return "opportunities.state <> 'forecasted' OR opportunities.opens IS NOT NULL", nil
	case workflow.NounPerson:
		return v.ownOr("people.id")
	case workflow.NounGrant:
		return v.grantSight()
	case workflow.NounInterest:
		return v.ownOr("interests.person_id")
	case workflow.NounSavedView:
		return v.viewSight()
	case workflow.NounList:
		if v.staffOf(workflow.Reviewer) {
			return "1 = 1", nil
		}
		return "1 = 0", nil
	case workflow.NounScreening:
		return v.staffOnly("screenings.organization_id")
	case workflow.NounHit:
		return v.staffOnly("hits.organization_id")
	case workflow.NounDuplicate:
		return v.staffOnly("duplicates.a_id", "duplicates.b_id")
	case workflow.NounToken:
		return v.ownOr("tokens.person_id")
	case workflow.NounPanel:
		seen, args := v.caseSight(noun)
		return "(" + seen + ") OR panels.state <> 'draft' AND panels.members LIKE ?", append(args, v.seat())
	}
	return v.caseSight(noun)
}

// ownOr lets v see what is their own, and an admin or auditor everything.
func (v *Viewer) ownOr(person string) (string, []any) {
	if v.Holds(workflow.Admin) || v.Holds(workflow.Auditor) {
		return "1 = 1", nil
	}
	return person + " = ?", []any{int64(v.Person)}
}

// grantSight lets v see the roles that they have, and who acts for the organizations
// that they act for; and the staff of a program who its reviewers are.
func (v *Viewer) grantSight() (string, []any) {
	sight, args := v.ownOr("grants.person_id")
	if orgs := v.organizations(); len(orgs) > 0 {
		sight, args = sight+" OR grants.organization_id IN ("+marks(len(orgs))+")", append(args, orgs...)
	}
	if v.MayRank() {
		pool, more := v.rankedIn("grants.program_id")
		sight, args = sight+" OR grants.role = 'reviewer' AND "+pool, append(args, more...)
	}
	return sight, args
}

// staffOnly lets the staff see what is about organizations, but for who belongs to
// one of them or to its affiliates.
func (v *Viewer) staffOnly(organizations ...string) (string, []any) {
	if !v.staffOf(workflow.Reviewer) {
		return "1 = 0", nil
	}
	staff, args := v.staffSight("", "", organizations, "")
	seen := "(" + staff + ")"
	for _, organization := range organizations {
		barred, more := v.barredSight(organization, "")
		seen, args = seen+barred, append(args, more...)
	}
	return seen, args
}

// staffOf reports whether v holds a role of a program other than but.
func (v *Viewer) staffOf(but workflow.Role) bool {
	return v.roles(func(g ViewerGrant) bool { return g.Organization == 0 && g.Role != but }) != 0
}

func (v *Viewer) caseSight(noun workflow.Noun) (string, []any) {
	place, known := places[noun]
	if !known {
		return "1 = 0", nil
	}
	var ways []string
	var args []any
	parties := []string{place.organization}
	company, about := place.barring()
	companies := []string{company}
	if other := others[noun]; other != "" {
		parties, companies = append(parties, other), append(companies, other)
	}
	for _, party := range parties {
		if orgs := v.organizations(); party != "" && len(orgs) > 0 {
			ways, args = append(ways, party+" IN ("+marks(len(orgs))+")"), append(args, orgs...)
		}
	}
	if staff, more := v.staffSight(place.program, place.application, companies, about); staff != "" {
		args = append(args, more...)
		for _, one := range companies {
			barred, more := v.barredSight(one, about)
			staff, args, about = "("+staff+")"+barred, append(args, more...), ""
		}
		ways = append(ways, staff)
	}
	if len(ways) == 0 {
		return "1 = 0", nil
	}
	return strings.Join(ways, " OR "), args
}

func (v *Viewer) organizations() (out []any) {
	for _, g := range v.Grants {
		if g.Organization != 0 {
			out = append(out, int64(g.Organization))
		}
	}
	return out
}

// staffSight is what v sees by the roles of programs: everything of the program,
// but for a mere reviewer only the cases they were asked to review. A deputy sees by the
// role of another what that one may know of: nothing of organizations, or of the case
// about, that they have no part in.
func (v *Viewer) staffSight(program, application string, organizations []string, about string) (string, []any) {
	var ways []string
	var args []any
	var reviews bool
	for _, g := range v.Grants {
		switch {
		case g.Organization != 0:
		case g.Role == workflow.Reviewer:
			reviews = true
		case g.For != 0:
			way := "1 = 1"
			if program != "" {
				way, args = of(program), append(args, int64(g.Program))
			}
			apart, more := apartSight(g.For, organizations, about)
			ways, args = append(ways, "("+way+apart+")"), append(args, more...)
		case g.Program == 0 || program == "":
			return "1 = 1", nil
		default:
			ways, args = append(ways, of(program)), append(args, int64(g.Program))
		}
	}
	switch {
	case reviews && (application == "clearances.application_id" || application == "letters.application_id" || application == "conflicts.application_id"):
		// Reviewers judge by the application alone.
	case reviews && application == "deliberations.application_id":
		ways, args = append(ways, application+" IN ("+seatedCases+")"), append(args, v.seat())
	case reviews && application == "reviews.application_id":
		// Reviewers judge alone: nobody reads what the others wrote.
		ways = append(ways, "reviews.reviewer_id = ? AND reviews.state IN ('invited', 'accepted', 'submitted')")
		args = append(args, int64(v.Person))
	case reviews && application != "":
		way := application + ` IN (SELECT r.application_id FROM reviews r
			WHERE r.reviewer_id = ? AND r.state IN ('invited', 'accepted', 'submitted') UNION ALL ` + seatedCases + ")"
		if application != "applications.id" { // what came of the case names the applicant
			way += " AND " + application + " NOT IN (SELECT blinded.id FROM applications blinded WHERE blinded.blind <> '')"
		}
		ways = append(ways, way)
		args = append(args, int64(v.Person), v.seat())
	}
	return strings.Join(ways, " OR "), args
}

// of writes the condition that a row belongs to a program. A hold on an
// organization belongs to none and concerns all of them.
func of(program string) string {
	if program == "holds.program_id" {
		return "(holds.program_id = ? OR holds.program_id IS NULL)"
	}
	return program + " = ?"
}

// barredCases selects the cases that somebody has no part in: they recused, or were struck,
// or what ties them to the applicant was not waived. Question marks are the person.
const barredCases = `SELECT r.application_id FROM reviews r WHERE r.reviewer_id = ? AND r.state = 'recused'
	UNION ALL SELECT k.application_id FROM conflicts k WHERE k.person_id = ? AND k.state IN ('open', 'confirmed')`

// barredSight takes away the cases that v has no part in, and those of the group
// that v belongs to.
func (v *Viewer) barredSight(organization, application string) (string, []any) {
	var out string
	var args []any
	if application != "" {
		out += " AND " + application + " NOT IN (" + barredCases + ")"
		args = append(args, int64(v.Person), int64(v.Person))
	}
	if organization == "" && application != "" {
		organization = "(SELECT x.organization_id FROM applications x WHERE x.id = " + application + ")"
	}
	if orgs := v.organizations(); organization != "" && len(orgs) > 0 {
		out += ` AND COALESCE(` + organization + `, 0) NOT IN (SELECT theirs.organization_id FROM organization_groups mine
			JOIN organization_groups theirs ON theirs.group_id = mine.group_id WHERE mine.organization_id IN (` + marks(len(orgs)) + "))"
		args = append(args, orgs...)
	}
	return out, args
}

func marks(n int) string { return "?" + strings.Repeat(", ?", n-1) }

// sightRoles returns the roles by which v reads a row that sight let through.
func (v *Viewer) sightRoles(noun workflow.Noun, m mounted) workflow.Roles {
	var s Scope
	for _, c := range m.columns {
		switch c.name {
		case "program_id":
			s.Program = *c.at.(*workflow.ID)
		case "organization_id":
			s.Organization = *c.at.(*workflow.ID)
		case "successor_id":
			s.Other = *c.at.(*workflow.ID)
		case "person_id":
			if noun == workflow.NounGrant || noun == workflow.NounToken || noun == workflow.NounSavedView {
				s.Person = *c.at.(*workflow.ID)
			}
		}
	}
	switch noun {
	case workflow.NounOrganization:
		s.Organization = m.record.ID
	case workflow.NounProgram:
		s.Program = m.record.ID
	}
	if s.Person != 0 && s.Person == v.Person {
		return v.ofOneself()
	}
	if own := v.own(s.Organization, s.Other); own != 0 {
		return own
	}
	return v.staff(s)
}
