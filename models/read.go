package models

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tranche/workflow"
)

// A Row is one record as the API and lists show it: the columns that this viewer
// may read, with typed values.
type Row struct {
	Noun   workflow.Noun
	Record workflow.Record
	Roles  workflow.Roles // the viewer's roles on it
	Cells  []Cell
	// Withheld says that the viewer may know of the record and not of its reason and notes.
	Withheld bool
}

// A Cell is one named value of a row: a *string, *int64, *bool, *workflow.Cents,
// *workflow.Amount, *workflow.PerUnit, *workflow.Attachments, *workflow.Flags, *workflow.Signs, *workflow.ID, *workflow.Date, *time.Time, *workflow.State, *workflow.Noun,
// *workflow.Role or *workflow.Basis.
type Cell struct {
	Name  string
	Value any
}

// Attachment returns the file that the row shows under a code, and false when there is none.
func (r *Row) Attachment(code string) (workflow.Attachment, bool) {
	for _, c := range r.Cells {
		if files, are := c.Value.(*workflow.Attachments); are {
			if one, there := files.Of(code); there {
				return one, true
			}
		}
	}
	return workflow.Attachment{}, false
}

// A Filter narrows a list. The zero Filter lists everything, newest first.
type Filter struct {
	States []workflow.State
	Where  map[string]workflow.ID // column of Filters(noun) → record that it must name
	Text   map[string]string      // column of Filters(noun) → text that it must be
	Before workflow.ID            // rows older than this one: the cursor
	Limit  int                    // 1 to MaxLimit; zero: 50
}

// MaxLimit is the most rows that one list returns.
const MaxLimit = 200

// Filters returns the columns that a list of noun can be narrowed by.
func Filters(noun workflow.Noun) []string { return filters[noun] }

var filters = map[workflow.Noun][]string{
	workflow.NounProgram:      {"prefix"},
	workflow.NounPolicy:       {"program_id"},
	workflow.NounFund:         {"program_id"},
	workflow.NounOpportunity:  {"program_id", "fund_id"},
	workflow.NounOrganization: {"uei"},
	workflow.NounAffiliation:  {"owner_id", "owned_id"},
	workflow.NounStatement:    {"organization_id"},
	workflow.NounElimination:  {"statement_id", "organization_id"},
	workflow.NounRate:         {"currency", "period_start", "period_end"},
	workflow.NounPerson:       {"email"},
	workflow.NounGrant:        {"person_id", "program_id", "organization_id"},
	workflow.NounToken:        {"person_id"},
	workflow.NounApplication:  {"program_id", "opportunity_id", "organization_id", "officer_id", "number"},
	workflow.NounReview:       {"application_id", "reviewer_id"},
	workflow.NounAward:        {"program_id", "opportunity_id", "organization_id", "application_id", "number"},
	workflow.NounAmendment:    {"award_id", "organization_id", "program_id", "number"},
	workflow.NounTranche:      {"award_id"},
	workflow.NounClaim:        {"award_id", "tranche_id", "organization_id", "number"},
	workflow.NounPayment:      {"award_id", "claim_id", "batch_id", "organization_id", "program_id", "number", "trace"},
	workflow.NounBatch:        {"program_id", "number"},
	workflow.NounBankAccount:  {"organization_id"},
	workflow.NounHold:         {"program_id", "subject_id"},
	workflow.NounException:    {"program_id", "subject_id"},
	workflow.NounList:         {"kind"},
	workflow.NounClearance:    {"application_id", "program_id", "kind"},
	workflow.NounLetter:       {"application_id", "organization_id", "award_id"},
	workflow.NounScreening:    {"organization_id"},
	workflow.NounHit:          {"organization_id", "person_id", "list_id"},
	workflow.NounDuplicate:    {"a_id", "b_id"},
	workflow.NounDelegation:   {"person_id", "deputy_id", "program_id"},
	workflow.NounInterest:     {"person_id"},
	workflow.NounSavedView:    {"person_id", "program_id"},
	workflow.NounConflict:     {"application_id", "person_id", "program_id"},
	workflow.NounAnswerFile:   {"program_id", "file"},
	workflow.NounPanel:        {"program_id", "opportunity_id"},
	workflow.NounDeliberation: {"panel_id", "application_id"},
	workflow.NounReport:       {"award_id", "organization_id", "program_id", "number"},
	workflow.NounFinding:      {"award_id", "organization_id", "program_id", "number"},
	workflow.NounDebt:         {"award_id", "organization_id", "program_id", "number"},
	workflow.NounJournal:      {"program_id", "number"},
}

// Columns returns the names and kinds of what a row of noun may hold, for
// documents: the values are zero.
func Columns(noun workflow.Noun) []Cell {
	return cells(noun, shelves[noun].fresh().columns, workflow.RolesOf(workflow.Auditor, workflow.ProgramOfficer))
}

// A shelf is a table without its type.
type shelf struct {
	name  string
	sel   string
	fresh func() mounted
}

type mounted struct {
	value   any
	record  *workflow.Record
	columns []column
}

func shelfOf[R any](t *table[R]) shelf {
	return shelf{t.name, t.sel, func() mounted {
		r := new(R)
		return mounted{r, t.record(r), t.columns(r)}
	}}
}

var shelves = map[workflow.Noun]shelf{
	workflow.NounProgram: shelfOf(programs), workflow.NounFund: shelfOf(funds), workflow.NounPerson: shelfOf(people),
	workflow.NounGrant: shelfOf(grants), workflow.NounToken: shelfOf(tokens), workflow.NounOrganization: shelfOf(organizations),
	workflow.NounAffiliation: shelfOf(affiliations), workflow.NounStatement: shelfOf(statements),
	workflow.NounElimination: shelfOf(eliminations), workflow.NounRate: shelfOf(rates),
	workflow.NounOpportunity: shelfOf(opportunities), workflow.NounApplication: shelfOf(applications),
	workflow.NounReview: shelfOf(reviews), workflow.NounAward: shelfOf(awards), workflow.NounTranche: shelfOf(tranches),
	workflow.NounClaim: shelfOf(claims), workflow.NounPayment: shelfOf(payments), workflow.NounBatch: shelfOf(batches),
	workflow.NounBankAccount: shelfOf(bankAccounts), workflow.NounHold: shelfOf(holds), workflow.NounException: shelfOf(exceptions),
	workflow.NounPolicy: shelfOf(policies), workflow.NounList: shelfOf(lists), workflow.NounClearance: shelfOf(clearances),
	workflow.NounScreening: shelfOf(screenings), workflow.NounHit: shelfOf(hits), workflow.NounLetter: shelfOf(letters),
	workflow.NounDuplicate: shelfOf(duplicates), workflow.NounDelegation: shelfOf(delegations),
	workflow.NounInterest: shelfOf(interests), workflow.NounSavedView: shelfOf(savedViews), workflow.NounConflict: shelfOf(conflicts),
	workflow.NounAnswerFile: shelfOf(answerFiles),
	workflow.NounPanel:      shelfOf(panels), workflow.NounDeliberation: shelfOf(deliberations), workflow.NounReport: shelfOf(reports),
	workflow.NounAmendment: shelfOf(amendments),
	workflow.NounFinding:   shelfOf(findings), workflow.NounDebt: shelfOf(debts),
	workflow.NounJournal: shelfOf(journals),
}

// secret columns never leave the database through a row.
var secret = []string{"head", "password", "sum", "sealed"}

// internal columns are for the staff who handle a case: an applicant never reads
// them, nor does a reviewer, who is to judge by the application alone.
var internal = map[workflow.Noun][]string{
	workflow.NounOrganization: {"merged_into_id"}, // whom it was taken for knows nothing of it either
	workflow.NounApplication:  {"officer_id", "handled_by", "rank", "recommended", "committed", "recommended_by", "determined_by", "flag", "note", "verdict", "evidence_changed"},
	workflow.NounAward:        {"note", "suspended_by", "offered_by", "countersigned_by", "group_id", "over_cap", "cap_seen"},
	workflow.NounClaim:        {"verified_by", "approved_by"},
	workflow.NounReport:       {"decided_by"},
	workflow.NounAmendment:    {"approved_by", "counted"},
	workflow.NounFinding:      {"raised_by", "decided_by"},
	workflow.NounDebt:         {"demanded_by"},
	workflow.NounPayment:      {"held_by", "hold_reason", "note"},
	workflow.NounBankAccount:  {"note"},
	workflow.NounProgram:      {"bank_routing", "bank_name", "company_id", "second_over", "origin_account", "pam_agency", "location_code", "payment_type"},
}

func cells(noun workflow.Noun, columns []column, roles workflow.Roles) []Cell {
	var out []Cell
	for _, c := range columns {
		if slices.Contains(secret, c.name) || (outside(roles) || MerelyReviews(roles)) && slices.Contains(internal[noun], c.name) {
			continue
		}
		out = append(out, Cell{c.name, c.at})
	}
	return out
}

// Row reads one record as v may see it; ErrNotFound when there is none for v.
func (r Reader) Row(ctx context.Context, v *Viewer, noun workflow.Noun, id workflow.ID) (Row, error) {
	rows, _, err := r.rows(ctx, v, noun, Filter{Limit: 1}, "id = ?", int64(id))
	if err != nil {
		return Row{}, err
	}
	if len(rows) == 0 {
		return Row{}, ErrNotFound
	}
	return rows[0], nil
}

// Record reads one record as v may see it into its own type, such as
// *workflow.Award; ErrNotFound when there is none for v. Callers that show it
// must leave out what Row leaves out.
func Record[R any](ctx context.Context, r Reader, v *Viewer, noun workflow.Noun, id workflow.ID) (*R, error) {
	var found *R
	err := r.scan(ctx, v, noun, Filter{Limit: 1}, "id = ?", []any{int64(id)}, func(m mounted) { found = m.value.(*R) })
	if err == nil && found == nil {
		err = ErrNotFound
	}
	return found, err
}

// Records lists records as v may see them, in their own type, newest first.
func Records[R any](ctx context.Context, r Reader, v *Viewer, noun workflow.Noun, f Filter) ([]R, error) {
	var out []R
	err := r.scan(ctx, v, noun, f, "", nil, func(m mounted) { out = append(out, *m.value.(*R)) })
	return out, err
}

// Rows lists records as v may see them, newest first. The second result is the
// cursor of the next page, zero when there is none.
func (r Reader) Rows(ctx context.Context, v *Viewer, noun workflow.Noun, f Filter) ([]Row, workflow.ID, error) {
	return r.rows(ctx, v, noun, f, "")
}

func (r Reader) rows(ctx context.Context, v *Viewer, noun workflow.Noun, f Filter, extra string, args ...any) ([]Row, workflow.ID, error) {
	limit := f.limit()
	f.Limit = limit + 1
	var out []Row
	err := r.scan(ctx, v, noun, f, extra, args, func(m mounted) { out = append(out, v.rowFor(noun, m)) })
	if err != nil || len(out) <= limit {
		return out, 0, err
	}
	return out[:limit], out[limit-1].Record.ID, nil
}

// rowFor returns what v may read of a row that they may know of.
func (v *Viewer) rowFor(noun workflow.Noun, m mounted) Row {
	roles := v.sightRoles(noun, m)
	if a, ok := m.value.(*workflow.Application); ok && outside(roles) && !v.System {
		tellDecisionsOnly(a)
	}
	if a, ok := m.value.(*workflow.Application); ok && v.blinds(roles) {
		a.ForReviewers()
	}
	withheld := !v.System && !v.looksInto() && v.withheld(m.value, roles)
	if c, ok := m.value.(*workflow.Clearance); ok && !v.System && !workflow.ReadsClearance(c.Kind, roles) {
		c.Note = ""
	}
	return Row{noun, *m.record, roles, cells(noun, m.columns, roles), withheld}
}

// withheld takes out of what a restricted hold is about, and out of a request to lift
// one, why: that is for whoever placed or asked, for whoever may give leave, and for
// those who look into such things.
func (v *Viewer) withheld(value any, roles workflow.Roles) bool {
	switch r := value.(type) {
	case *workflow.Hold:
		if r.Restricted && r.PlacedBy != v.Person {
			r.Reason, r.Note = "", ""
			return true
		}
	case *workflow.Exception:
		if r.Act == workflow.LiftRestrictedHold && r.RequestedBy != v.Person && roles&workflow.ApproversOf(r.Act) == 0 {
			r.Reason, r.Note = "", ""
			return true
		}
	}
	return false
}

// looksInto reports whether v is told why a restricted hold stands.
func (v *Viewer) looksInto() bool {
	return v.Holds(workflow.SecurityReviewer) || v.Holds(workflow.Auditor)
}

// deliberation are the states in which the staff is making up its mind. An
// applicant reads "in review" for each of them.
var deliberation = []workflow.State{workflow.Recommended, workflow.DeclineRecommended, workflow.Waitlisted}

// tellDecisionsOnly leaves in a what an applicant may read before the decision.
func tellDecisionsOnly(a *workflow.Application) {
	a.State, a.Back = asTold(a.State), asTold(a.Back)
	if a.State == workflow.InReview {
		a.Codes = ""
	}
}

func asTold(s workflow.State) workflow.State {
	if slices.Contains(deliberation, s) {
		return workflow.InReview
	}
	return s
}

// statesFor returns the states that a list of noun is to be narrowed to, as v
// knows them; no state at all when v asks for one that they cannot know of.
func (v *Viewer) statesFor(noun workflow.Noun, asked []workflow.State) []workflow.State {
	if noun != workflow.NounApplication || v.System || v.staffOf(workflow.NoRole) {
		return asked
	}
	told := slices.DeleteFunc(slices.Clone(asked), func(s workflow.State) bool { return slices.Contains(deliberation, s) })
	if slices.Contains(told, workflow.InReview) {
		told = append(told, deliberation...)
	}
	return told
}

func (f Filter) limit() int {
	if f.Limit <= 0 {
		return 50
	}
	return f.Limit
}

func (r Reader) scan(ctx context.Context, v *Viewer, noun workflow.Noun, f Filter, extra string, args []any, each func(mounted)) error {
	s, known := shelves[noun]
	if !known {
		return ErrNotFound
	}
	where, args, err := f.where(noun, v, extra, args)
	if err != nil {
		return err
	}
	query := s.sel + "WHERE " + where + fmt.Sprintf(" ORDER BY %s.id DESC LIMIT %d", s.name, f.limit())
	rows, err := r.query(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("list %s: %w", s.name, err)
	}
	defer rows.Close()
	for rows.Next() {
		m := s.fresh()
		if err := rows.Scan(scanners(m.columns)...); err != nil {
			return fmt.Errorf("list %s: %w", s.name, err)
		}
		each(m)
	}
	return rows.Err()
}

// where writes the condition of f as v may see it. Column names come from the
// lists of this file only.
func (f Filter) where(noun workflow.Noun, v *Viewer, extra string, args []any) (string, []any, error) {
	name := shelves[noun].name
	sight, more := v.sight(noun)
	parts := []string{"(" + sight + ")"}
	args = append(slices.Clone(more), args...)
	if extra != "" {
		parts = append(parts, name+"."+extra)
	}
	if f.Before != 0 {
		parts, args = append(parts, name+".id < ?"), append(args, int64(f.Before))
	}
	if len(f.States) > 0 {
		states := v.statesFor(noun, f.States)
		if len(states) == 0 {
			return "1 = 0", nil, nil
		}
		parts = append(parts, name+".state IN ("+marks(len(states))+")")
		for _, s := range states {
			args = append(args, s.String())
		}
	}
	for _, column := range filters[noun] {
		if id, ok := f.Where[column]; ok {
			parts, args = append(parts, name+"."+column+" = ?"), append(args, int64(id))
			if noun == workflow.NounApplication && column == "organization_id" {
				named, more := v.named(name)
				parts, args = append(parts, named), append(args, more...)
			}
		}
		if text, ok := f.Text[column]; ok {
			parts, args = append(parts, name+"."+column+" = ?"), append(args, text)
		}
	}
	for column := range f.Where {
		if !slices.Contains(filters[noun], column) {
			return "", nil, fmt.Errorf("models: %s cannot be narrowed by %q", noun, column)
		}
	}
	return strings.Join(parts, " AND "), args, nil
}
