package web

import (
	"slices"
	"strings"
	"time"

	"tranche/models"
	"tranche/workflow"
)

// firsts are the acts that bring a record nearer to its end. On a page the first
// of them that can be done comes first, and its form is in sight.
var firsts = []workflow.Action{
	workflow.ActRecommend, workflow.ActAward, workflow.ActClear, workflow.ActApprove, workflow.ActVerify, workflow.ActConfirm,
	workflow.ActCountersign, workflow.ActAccept, workflow.ActExport, workflow.ActAcknowledge, workflow.ActSubmit, workflow.ActRelease,
	workflow.ActResume, workflow.ActLift, workflow.ActInvite,
}

// offered is what this reader can do with a record, the acts that lead on first,
// and in which roles.
func (v *visit) offered(row models.Row, again *attempt, known offers) (Actions, error) {
	a, err := v.actions(row, again, known)
	a.Lead = v.acting(row)
	a.arrange()
	return a, err
}

// acting says in which roles the reader stands before a record.
func (v *visit) acting(row models.Row) string {
	var names []string
	for _, role := range row.Roles.List() {
		for _, r := range workflow.Of(row.Noun).Offered(row.Record.State, row.Roles) {
			if r.By.Has(role) && !r.Hidden {
				names = append(names, v.Role(role.String()))
				break
			}
		}
	}
	if len(names) == 0 {
		return ""
	}
	return v.T("actions.acting", "roles", strings.Join(names, v.T("format.comma")))
}

// arrange puts the acts that lead on first, those that end something last, and
// opens the first form unless one came back.
func (a *Actions) arrange() {
	rank := func(x Action) int {
		at := slices.IndexFunc(firsts, func(a workflow.Action) bool {
			return a.String() == x.Name || a == workflow.ActInvite && x.Name == "new-review"
		})
		if at >= 0 {
			return at
		}
		if x.Danger {
			return len(firsts) + 1
		}
		return len(firsts)
	}
	slices.SortStableFunc(a.Offer, func(x, y Action) int { return rank(x) - rank(y) })
	open := func(x Action) bool { return x.Open }
	if len(a.Offer) > 0 && !slices.ContainsFunc(a.Offer, open) && rank(a.Offer[0]) < len(firsts) {
		a.Offer[0].Open = true
	}
}

// make adds the form for a new record to the card.
func (a *Actions) make(v *visit, noun workflow.Noun, parent workflow.ID, again *attempt, o offer) {
	f := v.maker(noun, parent, again, o)
	a.Offer = append(a.Offer, Action{Form: f, Label: f.Submit, Note: o.note, Open: o.open || again.of(noun, makes(noun), 0)})
}

// about turns fields of a form into ones that nobody sees, with the values given:
// what the page says already. What is wrong with one belongs to no field then.
func (f *Form) about(values ...Hidden) {
	for _, h := range values {
		f.Hidden = append(f.Hidden, h)
		for _, x := range f.Fields {
			if x.Name == h.Name && x.Error != "" {
				f.Refused = strings.TrimSpace(f.Refused + " " + x.Error)
			}
		}
		f.Fields = slices.DeleteFunc(f.Fields, func(x Field) bool { return x.Name == h.Name })
	}
}

// mayMake reports whether the table lets roles make a record of noun.
func mayMake(noun workflow.Noun, roles workflow.Roles) bool {
	return workflow.RowOf(noun, makes(noun), workflow.None, roles) != nil && roles != 0
}

// holdOffer adds the form that places a hold on a record.
func (v *visit) holdOffer(a *Actions, row models.Row, again *attempt) {
	if !mayMake(workflow.NounHold, row.Roles) {
		return
	}
	next := workflow.DateOf(v.server.Now()).AddDays(14).String()
	a.make(v, workflow.NounHold, 0, again, offer{values: map[string]string{"next_look": next}, note: v.T("holds.place_note")})
	a.Offer[len(a.Offer)-1].about(Hidden{"subject", row.Noun.String()}, Hidden{"subject_id", row.Record.ID.String()}, Hidden{Name: "routing"})
}

// routingHold is the form that places a hold on a routing number, in the name of a
// program of the reader's; nil for who may not.
func (v *visit) routingHold(again *attempt) *Form {
	for _, g := range v.viewer.Grants {
		if g.Program == 0 || !mayMake(workflow.NounHold, workflow.RolesOf(g.Role)) {
			continue
		}
		f := v.maker(workflow.NounHold, 0, again, offer{values: map[string]string{"next_look": v.inDays(14)}})
		f.about(Hidden{"subject", workflow.NounProgram.String()}, Hidden{"subject_id", g.Program.String()})
		i := slices.IndexFunc(f.Fields, func(x Field) bool { return x.Name == "routing" })
		f.Fields[i].Required, f.Fields[i].Hint = true, v.T("hint.routing")
		routing := f.Fields[i]
		f.Fields = slices.Insert(slices.Delete(f.Fields, i, i+1), 0, routing)
		return &f
	}
	return nil
}

// noted writes the state beside the name of a stage that is not called the same.
func (s *Stage) noted(state string) {
	if s.Name != state {
		s.Note = state
	}
}

// inDays is what a date field holds at first: the day so many days from now.
func (v *visit) inDays(n int) string {
	return workflow.DateOf(v.server.Now()).AddDays(n).String()
}

// holdNotices warns of the holds that stand. A restricted one is "in progress" to
// everybody but who placed it and those who look after security.
func (v *visit) holdNotices(holds []workflow.Hold) []Notice {
	var out []Notice
	for _, h := range holds {
		n := Notice{Tone: "warning", Head: v.State("hold", "placed"), Text: v.holdReason(h)}
		if h.NextLook != 0 {
			n.Text += " " + v.T("holds.next_look_on", "day", v.Date(h.NextLook).Text)
		}
		out = append(out, n)
	}
	return out
}

// holdReason is why a hold stands, as far as this reader may know.
func (v *visit) holdReason(h workflow.Hold) string {
	if h.Restricted && !v.mayKnow(h.PlacedBy) {
		return v.T("holds.in_progress")
	}
	return h.Reason
}

// mayKnow reports whether the reader may know why somebody placed a restricted hold.
func (v *visit) mayKnow(placedBy workflow.ID) bool {
	return placedBy == v.viewer.Person || v.is(workflow.SecurityReviewer) || v.is(workflow.Auditor)
}

// Date writes a day that has no time zone.
func (s Shell) Date(d workflow.Date) Stamp {
	if d == 0 {
		return Stamp{}
	}
	return Stamp{ISO: d.String(), Text: s.date(d.Time())}
}

// DueDay says how much time is left until the end of a day.
func (s Shell) DueDay(now time.Time, d workflow.Date) Due {
	if d == 0 {
		return s.Due(now, time.Time{})
	}
	due := s.Due(now, d.AddDays(1).Time())
	due.At = s.Date(d)
	return due
}

// states reads the filter by state: those that noun can be in, and the values
// that are none.
func states(noun workflow.Noun, values []string) (known []workflow.State, unknown []string) {
	possible := workflow.StatesOf(noun)
	for _, text := range values {
		if text == "" {
			continue
		}
		if s, err := workflow.ParseState(text); err == nil && slices.Contains(possible, s) {
			known = append(known, s)
		} else {
			unknown = append(unknown, text)
		}
	}
	return known, unknown
}
