package engine_test

import (
	"errors"
	"testing"
	"time"

	"tranche/app/engine/enginetest"
	"tranche/app/jobs"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// also gives somebody one more role of the program.
func also(w *enginetest.World, person workflow.ID, role workflow.Role) workflow.ID {
	w.T.Helper()
	return w.Must(workflow.NounGrant, workflow.ActCreate, 0, nil, enginetest.Int("person", int64(person)), enginetest.Text("role", role.String()),
		enginetest.Int("program", int64(w.Program))).ID
}

// names asks for deputy to stand in for person in a role for a week.
func names(w *enginetest.World, person, deputy workflow.ID, role workflow.Role, in ...workflow.Input) (workflow.ID, error) {
	a, err := w.Make(w.Viewer(person), workflow.NounDelegation, workflow.ActCreate, 0, append(in, enginetest.Int("deputy", int64(deputy)),
		enginetest.Text("role", role.String()), enginetest.Int("program", int64(w.Program)), enginetest.Text("reason", "on leave"),
		enginetest.Time("until", w.Now().AddDate(0, 0, 7)))...)
	return a.ID, err
}

func named(w *enginetest.World, person, deputy workflow.ID, role workflow.Role) workflow.ID {
	w.T.Helper()
	id, err := names(w, person, deputy, role)
	if err != nil {
		w.T.Fatal(err)
	}
	return id
}

// noFor returns the reason of a refusal, "" when the act was carried out.
func noFor(t *testing.T, err error) workflow.Reason {
	t.Helper()
	var no *workflow.Refusal
	if errors.Is(err, models.ErrNotFound) {
		return "not_found"
	}
	if err != nil && !errors.As(err, &no) {
		t.Fatal(err)
	}
	if no == nil {
		return ""
	}
	return no.Reason
}

// Nobody gets round four eyes by naming a deputy, or by being one.
func TestADeputyAndTheAbsentPersonCountAsOne(t *testing.T) {
	const officer, official, grants, lead, appeals = workflow.ProgramOfficer, workflow.SelectingOfficial, workflow.GrantsOfficer, workflow.ProgramLead, workflow.AppealsOfficial
	award := func(w *enginetest.World, c *enginetest.Case, person workflow.ID) error {
		_, err := w.Do(w.Viewer(person), workflow.NounApplication, c.Application, workflow.ActAward, enginetest.Cents("amount", c.Requested))
		return err
	}
	for _, tt := range []struct {
		name string
		act  func(w *enginetest.World, c *enginetest.Case) error
		want workflow.Reason
	}{
		{"a deputy decides", func(w *enginetest.World, c *enginetest.Case) error {
			c.Recommend()
			deputy := w.Person(lead)
			named(w, w.People[official], deputy, official)
			return award(w, c, deputy)
		}, ""},
		{"the deputy of who recommended decides", func(w *enginetest.World, c *enginetest.Case) error {
			c.Recommend()
			also(w, w.People[officer], official)
			deputy := w.Person(lead)
			named(w, w.People[officer], deputy, official)
			return award(w, c, deputy)
		}, "you_recommended_this"},
		{"who recommended decides as a deputy", func(w *enginetest.World, c *enginetest.Case) error {
			c.Recommend()
			named(w, w.People[official], w.People[officer], official)
			return award(w, c, w.People[officer])
		}, "you_recommended_this"},
		{"whose deputy recommended decides", func(w *enginetest.World, c *enginetest.Case) error {
			also(w, w.People[officer], official)
			deputy := w.Person(lead)
			named(w, w.People[officer], deputy, officer)
			w.Act(w.Viewer(deputy), workflow.NounApplication, c.Application, workflow.ActRecommend, enginetest.Cents("amount", c.Requested))
			return award(w, c, w.People[officer])
		}, "you_recommended_this"},
		{"another deputy of whose deputy recommended decides", func(w *enginetest.World, c *enginetest.Case) error {
			also(w, w.People[officer], official)
			first, second := w.Person(lead), w.Person(lead)
			named(w, w.People[officer], first, officer)
			named(w, w.People[officer], second, official)
			w.Act(w.Viewer(first), workflow.NounApplication, c.Application, workflow.ActRecommend, enginetest.Cents("amount", c.Requested))
			return award(w, c, second)
		}, "you_recommended_this"},
		{"somebody else decides after a deputy recommended", func(w *enginetest.World, c *enginetest.Case) error {
			deputy := w.Person(lead)
			named(w, w.People[officer], deputy, officer)
			w.Act(w.Viewer(deputy), workflow.NounApplication, c.Application, workflow.ActRecommend, enginetest.Cents("amount", c.Requested))
			return award(w, c, w.People[official])
		}, ""},
		{"whose deputy decided countersigns", func(w *enginetest.World, c *enginetest.Case) error {
			c.Recommend()
			also(w, w.People[official], grants)
			deputy := w.Person(lead)
			named(w, w.People[official], deputy, official)
			if err := award(w, c, deputy); err != nil {
				return err
			}
			app, err := models.Record[workflow.Application](w.T.Context(), w.DB.Reader, w.As(workflow.System), workflow.NounApplication, c.Application)
			if err != nil {
				return err
			}
			c.Award = app.Award
			c.Bank()
			w.Act(w.Viewer(c.AOR), workflow.NounAward, c.Award, workflow.ActAccept, enginetest.Int("agree", 1))
			_, err = w.Do(w.Viewer(w.People[official]), workflow.NounAward, c.Award, workflow.ActCountersign)
			return err
		}, "you_made_this_award"},
		{"whose deputy declined decides about the appeal", func(w *enginetest.World, c *enginetest.Case) error {
			also(w, w.People[official], appeals)
			w.Act(w.As(officer), workflow.NounApplication, c.Application, workflow.ActRecommendDecline, enginetest.Text("codes", "low_merit"))
			deputy := w.Person(lead)
			named(w, w.People[official], deputy, official)
			w.Act(w.Viewer(deputy), workflow.NounApplication, c.Application, workflow.ActDecline, enginetest.Text("codes", "low_merit"))
			w.Act(w.Viewer(c.AOR), workflow.NounApplication, c.Application, workflow.ActAppeal, enginetest.Text("grounds", "x"))
			_, err := w.Do(w.Viewer(w.People[official]), workflow.NounApplication, c.Application, workflow.ActUphold, enginetest.Text("note", "x"))
			return err
		}, "you_acted_on_this"},
		{"whose deputy placed a hold lifts it", func(w *enginetest.World, c *enginetest.Case) error {
			deputy := w.Person(lead)
			named(w, w.People[officer], deputy, officer)
			hold := w.Must(workflow.NounHold, workflow.ActPlace, w.Program, w.Viewer(deputy), enginetest.Text("subject", "application"),
				enginetest.Int("subject_id", int64(c.Application)), enginetest.Text("reason", "x"), enginetest.Date("next_look", workflow.DateOf(w.Now()).AddDays(7))).ID
			_, err := w.Do(w.As(officer), workflow.NounHold, hold, workflow.ActLift, enginetest.Text("note", "x"))
			return err
		}, "you_placed_this"},
		{"whose deputy prepared a batch certifies it", func(w *enginetest.World, c *enginetest.Case) error {
			c.Recommend().Awarded().Bank().Active()
			c.Claim(0)
			preparer := w.Person(workflow.FinancePreparer)
			also(w, preparer, workflow.FinanceCertifier)
			deputy := w.Person(lead)
			named(w, preparer, deputy, workflow.FinancePreparer)
			batch := w.Must(workflow.NounBatch, workflow.ActCreate, w.Program, w.Viewer(deputy), enginetest.Date("effective", workflow.DateOf(w.Now()).AddDays(7))).ID
			w.Act(w.Viewer(deputy), workflow.NounBatch, batch, workflow.ActSubmit)
			_, err := w.Do(w.Viewer(preparer), workflow.NounBatch, batch, workflow.ActApprove, enginetest.Cents("total", c.Tranches()[0].Amount))
			return err
		}, "you_prepared_this"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			modelstest.Each(t, func(t *testing.T, db *models.DB) {
				w := enginetest.New(t, db)
				c := w.Draft(1_000_00).Submit().Review()
				if got := noFor(t, tt.act(w, c)); got != tt.want {
					t.Errorf("refused for %q, want %q", got, tt.want)
				}
				verify(t, w)
			})
		})
	}
}

func TestNobodyGivesOnWhatTheyDoNotHold(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		official, lead := w.People[workflow.SelectingOfficial], w.People[workflow.ProgramLead]
		other := w.Person(workflow.GrantsOfficer)
		also(w, other, workflow.Reviewer)
		for _, tt := range []struct {
			name           string
			person, deputy workflow.ID
			role           workflow.Role
			want           workflow.Reason
			in             []workflow.Input
		}{
			{"oneself", official, official, workflow.SelectingOfficial, "that_is_you", nil},
			{"what one does not hold", official, lead, workflow.GrantsOfficer, "role_not_yours_to_give", nil},
			{"a judgment", other, lead, workflow.Reviewer, "role_not_delegable", nil},
			{"as a reviewer", w.Reviewers[0], lead, workflow.Reviewer, "not_found", nil},
			{"to an applicant", official, w.People[workflow.AOR], workflow.SelectingOfficial, "deputy_not_staff", nil},
			{"to an administrator", official, w.People[workflow.Admin], workflow.SelectingOfficial, "deputy_not_staff", nil},
			{"to who looks after it", official, w.People[workflow.Auditor], workflow.SelectingOfficial, "deputy_not_staff", nil},
			{"to a reviewer", official, w.Reviewers[1], workflow.SelectingOfficial, "deputy_not_staff", nil},
			{"to who holds it", official, w.Person(workflow.SelectingOfficial), workflow.SelectingOfficial, "deputy_has_role", nil},
			{"from before", official, lead, workflow.SelectingOfficial, "delegation_period", []workflow.Input{enginetest.Time("starts", w.Now().Add(-time.Second))}},
			{"backwards", official, lead, workflow.SelectingOfficial, "delegation_period", []workflow.Input{enginetest.Time("starts", w.Now().AddDate(0, 0, 8))}},
			{"as it should be", official, lead, workflow.SelectingOfficial, "", nil},
			{"twice", w.Person(workflow.SelectingOfficial), lead, workflow.SelectingOfficial, "deputy_has_role", nil},
			{"onward", lead, other, workflow.SelectingOfficial, "role_not_yours_to_give", nil},
		} {
			_, err := names(w, tt.person, tt.deputy, tt.role, tt.in...)
			if got := noFor(t, err); got != tt.want {
				t.Errorf("%s: refused for %q, want %q", tt.name, got, tt.want)
			}
		}
		// Who is a deputy already gets no role that excludes it.
		_, err := w.Make(nil, workflow.NounGrant, workflow.ActCreate, 0, enginetest.Int("person", int64(lead)), enginetest.Text("role", "admin"))
		if got := noFor(t, err); got != "roles_exclude" {
			t.Errorf("an administrator among the deputies: %q", got)
		}
		verify(t, w)
	})
}

func TestADelegationIsInForceForItsPeriodOnly(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		official, deputy := w.People[workflow.SelectingOfficial], w.People[workflow.ProgramLead]
		role := func(person workflow.ID) workflow.ID {
			list, err := models.Records[workflow.Grant](t.Context(), db.Reader, w.As(workflow.System), workflow.NounGrant,
				models.Filter{Where: map[string]workflow.ID{"person_id": person}, Limit: 1})
			if err != nil {
				t.Fatal(err)
			}
			return list[0].ID
		}
		stands := func(want bool, when string) {
			t.Helper()
			if got := w.Viewer(deputy).Holds(workflow.SelectingOfficial); got != want {
				t.Errorf("%s: the deputy stands in: %v", when, got)
			}
		}
		first, err := names(w, official, deputy, workflow.SelectingOfficial, enginetest.Time("starts", w.Now().AddDate(0, 0, 1)))
		if err != nil {
			t.Fatal(err)
		}
		stands(false, "before the start")
		w.Advance(24 * time.Hour)
		stands(true, "at the start")
		w.Advance(6*24*time.Hour - time.Microsecond)
		stands(true, "before the end")
		w.Advance(time.Microsecond)
		stands(false, "at the end")
		if err := jobs.Due(t.Context(), db.Reader, w.Engine, w.Now()); err != nil {
			t.Fatal(err)
		}
		if row, err := db.Row(t.Context(), w.As(workflow.Auditor), workflow.NounDelegation, first); err != nil || row.Record.State != workflow.Expired {
			t.Errorf("afterwards it is %s, %v", row.Record.State, err)
		}

		// A viewer who was let in before it was revoked acts as nobody's deputy after it.
		second := named(w, official, deputy, workflow.SelectingOfficial)
		stands(true, "named again")
		c := w.Draft(1_000_00).Submit().Review().Recommend()
		before := w.Viewer(deputy)
		_, err = w.Do(w.Viewer(w.Person(workflow.GrantsOfficer)), workflow.NounDelegation, second, workflow.ActRevoke)
		if got := noFor(t, err); got != "not_your_delegation" {
			t.Errorf("another revokes: %q", got)
		}
		w.Act(w.Viewer(official), workflow.NounDelegation, second, workflow.ActRevoke)
		stands(false, "revoked")
		_, err = w.Do(before, workflow.NounApplication, c.Application, workflow.ActAward, enginetest.Cents("amount", c.Requested))
		if got := noFor(t, err); got != workflow.ReasonRole {
			t.Errorf("after it was revoked: %q", got)
		}

		named(w, official, deputy, workflow.SelectingOfficial)
		w.Act(w.As(workflow.Admin), workflow.NounGrant, role(official), workflow.ActRevoke)
		stands(false, "the absent person has lost the role")
		verify(t, w)
	})
}

// A deputy has no part, and no sight by the role of another, in a case that the absent
// person has none in.
func TestADeputyKnowsNothingThatTheAbsentPersonMayNotKnow(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		official := w.People[workflow.SelectingOfficial]
		also(w, official, workflow.Reviewer)
		one, two := w.NewCase("Recused, Inc.", 1_000_00).Submit(), w.NewCase("Other, Inc.", 1_000_00).Submit()
		review := one.ReviewBy(official)
		w.Act(w.Viewer(official), workflow.NounReview, review, workflow.ActRecuse, enginetest.Text("note", "a friend"))
		deputy := w.Person(workflow.LabManager)
		own, err := models.Records[workflow.Grant](t.Context(), db.Reader, w.As(workflow.System), workflow.NounGrant,
			models.Filter{Where: map[string]workflow.ID{"person_id": deputy}})
		if err != nil {
			t.Fatal(err)
		}
		named(w, official, deputy, workflow.SelectingOfficial)
		for _, c := range []*enginetest.Case{one, two} {
			w.Act(w.As(workflow.ProgramOfficer), workflow.NounApplication, c.Application, workflow.ActRecommendDecline, enginetest.Text("codes", "low_merit"))
		}
		decline := func(c *enginetest.Case) error {
			_, err := w.Do(w.Viewer(deputy), workflow.NounApplication, c.Application, workflow.ActDecline, enginetest.Text("codes", "low_merit"))
			return err
		}
		if got := noFor(t, decline(one)); got != workflow.ReasonRole {
			t.Errorf("for who recused: %q", got)
		}
		// With no role of their own, they see by the delegation alone.
		w.Act(w.As(workflow.Admin), workflow.NounGrant, own[0].ID, workflow.ActRevoke)
		v := w.Viewer(deputy)
		if _, err := db.Row(t.Context(), v, workflow.NounApplication, one.Application); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("the case of who recused: %v", err)
		}
		rows, _, err := db.Rows(t.Context(), v, workflow.NounApplication, models.Filter{})
		if err != nil || len(rows) != 1 || rows[0].Record.ID != two.Application {
			t.Errorf("listed: %d, %v", len(rows), err)
		}
		d, err := db.Desk(t.Context(), v, w.Now(), workflow.Errand{}, models.Mark{}, 10)
		if err != nil || len(d.Tasks) != 1 || d.Tasks[0].Record.ID != two.Application || d.Tasks[0].OnBehalf != official {
			t.Errorf("waiting: %+v, %v", d.Tasks, err)
		}
		for e, n := range d.Count {
			if n > 1 {
				t.Errorf("%d wait under %s", n, e)
			}
		}
		if err := decline(one); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("declining it: %v", err)
		}
		if err := decline(two); err != nil {
			t.Errorf("declining the other: %v", err)
		}
		// The absent person comes to belong to the other applicant.
		w.Must(workflow.NounGrant, workflow.ActCreate, 0, nil, enginetest.Int("person", int64(official)), enginetest.Text("role", "applicant"),
			enginetest.Int("organization", int64(two.Company)))
		if rows, _, err := db.Rows(t.Context(), w.Viewer(deputy), workflow.NounApplication, models.Filter{}); err != nil || len(rows) != 0 {
			t.Errorf("listed afterwards: %d, %v", len(rows), err)
		}
		verify(t, w)
	})
}

// Who is away, and who is barred, cannot take a step; a deputy without a part in the case can.
func TestNobodyIsLeftToTakeAStep(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		c := w.Draft(1_000_00).Submit().Review().Recommend()
		nobody := func(want bool, when string) {
			t.Helper()
			got, err := db.Unmanned(t.Context(), w.Program, workflow.NounApplication, c.Application, workflow.Recommended, w.Now())
			if err != nil || got != want {
				t.Errorf("%s: nobody is left: %v, %v", when, got, err)
			}
			stuck, err := db.Stuck(t.Context(), w.As(workflow.ProgramLead), w.Now())
			if err != nil || len(stuck) == 1 != want {
				t.Errorf("%s: the lead is told of %v, %v", when, stuck, err)
			}
		}
		nobody(false, "with an official")
		official := w.People[workflow.SelectingOfficial]
		id := named(w, official, w.People[workflow.ProgramOfficer], workflow.SelectingOfficial)
		nobody(true, "with a deputy who recommended")
		w.Act(w.Viewer(official), workflow.NounDelegation, id, workflow.ActRevoke)
		id = named(w, official, w.Person(workflow.GrantsOfficer), workflow.SelectingOfficial)
		nobody(false, "with another deputy")
		w.Act(w.Viewer(official), workflow.NounDelegation, id, workflow.ActRevoke)
		w.Must(workflow.NounGrant, workflow.ActCreate, 0, nil, enginetest.Int("person", int64(official)), enginetest.Text("role", "applicant"), enginetest.Int("organization", int64(c.Company)))
		nobody(true, "with an official who belongs to the applicant")
		nobodyElse, err := db.Stuck(t.Context(), w.As(workflow.ProgramOfficer), w.Now())
		if err != nil || len(nobodyElse) != 0 {
			t.Errorf("who leads nothing is told of %v, %v", nobodyElse, err)
		}
	})
}
