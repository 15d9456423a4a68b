package engine_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"tranche/app/engine"
	"tranche/app/engine/enginetest"
	"tranche/app/jobs"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// openPlan writes the milestones of c from the n-th on, after change had its way.
func openPlan(c *enginetest.Case, n int, change func([]workflow.Tranche) []workflow.Tranche) workflow.Input {
	return enginetest.Text("open_milestones", workflow.Milestones(change(c.Tranches()[n:])))
}

// more asks for a supplement that makes the last milestone larger.
func more(c *enginetest.Case, amount workflow.Cents) []workflow.Input {
	return []workflow.Input{enginetest.Cents("amount", amount), openPlan(c, 0, func(list []workflow.Tranche) []workflow.Tranche {
		list[len(list)-1].Amount += amount
		return list
	})}
}

func amendmentOf(w *enginetest.World, id workflow.ID) *workflow.Amendment {
	t, _ := w.T.(*testing.T)
	return record[workflow.Amendment](t, w, workflow.NounAmendment, id)
}

func bound(t *testing.T, w *enginetest.World, application workflow.ID) (committed, obligated, available workflow.Cents) {
	t.Helper()
	err := w.DB.Pool().QueryRow(fmt.Sprintf("SELECT committed, obligated, -available FROM application_balances WHERE application_id = %d", application)).
		Scan((*int64)(&committed), (*int64)(&obligated), (*int64)(&available))
	if err != nil {
		t.Fatal(err)
	}
	return committed, obligated, available
}

// Each kind of amendment makes the next revision of the agreement, moves the money that
// it speaks of, and leaves what is claimed as it is.
func TestAnAmendmentChangesTheAwardWhenItIsSigned(t *testing.T) {
	const face = 1_000_000_00
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		c := w.NewCase("Granite Optics, Inc.", face).To()
		c.Claim(0) // 40 percent
		was := awardOf(w, c.Award)
		for revision, one := range []struct {
			kind string
			in   func() []workflow.Input
			face workflow.Cents
			says string // the only change, or the one of the milestone
		}{
			{workflow.AmendExtension, func() []workflow.Input {
				return []workflow.Input{enginetest.Date("last_day", was.PeriodEnd.AddDays(89))}
			}, face, workflow.AgreedPeriod},
			{workflow.AmendBudget, func() []workflow.Input {
				return []workflow.Input{openPlan(c, 1, func(l []workflow.Tranche) []workflow.Tranche {
					l[0].Amount, l[1].Amount = l[0].Amount-1, l[1].Amount+1
					return l
				})}
			}, face, workflow.AgreedMilestones},
			{workflow.AmendScope, func() []workflow.Input { return []workflow.Input{enginetest.Text("wording", "It covers chips too.")} }, face, workflow.AgreedTerms},
			{workflow.AmendPeople, func() []workflow.Input {
				return []workflow.Input{enginetest.Text("wording", "Dr. Lee leads the work.")}
			}, face, workflow.AgreedTerms},
			{workflow.AmendSupplement, func() []workflow.Input {
				return []workflow.Input{enginetest.Cents("amount", 50_000_00), enginetest.Text("open_milestones",
					workflow.Milestones(c.Tranches()[1:])+"new | 50000.00 | 2027-03-01 | More | Report\n")}
			}, face + 50_000_00, workflow.AgreedFace},
			{workflow.AmendReduction, func() []workflow.Input {
				return []workflow.Input{enginetest.Cents("amount", 400_000_00-1), openPlan(c, 1, func(l []workflow.Tranche) []workflow.Tranche { return l[1:] })}
			}, face + 50_000_00 - 400_000_00 + 1, workflow.AgreedFace},
			{workflow.AmendName, func() []workflow.Input {
				w.Act(nil, workflow.NounOrganization, c.Company, workflow.ActUpdate, enginetest.Text("legal_name", "Basalt Optics, Inc."))
				return nil
			}, face + 50_000_00 - 400_000_00 + 1, workflow.AgreedRecipient},
		} {
			id := c.Approved(one.kind, one.in()...)
			m := amendmentOf(w, id)
			w.Act(w.Viewer(c.AOR), workflow.NounAmendment, id, workflow.ActSign)
			a := awardOf(w, c.Award)
			if a.Revision != int64(revision+2) || a.Face != one.face || a.Signature != m.Agreement {
				t.Errorf("%s: revision %d of %s", one.kind, a.Revision, a.Face)
			}
			before, err := db.Agreement(t.Context(), m.Base)
			if err != nil {
				t.Fatal(err)
			}
			after, err := db.Agreement(t.Context(), a.Signature)
			if changes := before.Changes(&after); err != nil || len(changes) == 0 || changes[0].What != one.says {
				t.Errorf("%s changed %v, %v", one.kind, changes, err)
			}
			if committed, obligated, taken := bound(t, w, c.Application); committed != 0 || taken != one.face || obligated != one.face-face*40/100 {
				t.Errorf("%s: %s committed, %s obligated, %s taken", one.kind, committed, obligated, taken)
			}
			verify(t, w)
		}
		if a := awardOf(w, c.Award); a.Recipient != "Basalt Optics, Inc." || a.PeriodEnd != was.PeriodEnd.AddDays(90) || strings.Count(a.Terms, "AM-") != 2 {
			t.Errorf("in the end it is %+v", a)
		}
	})
}

// Nobody binds money alone, and who asked, approved and signed are told apart.
func TestAnAmendmentTakesTwoPeople(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		c := w.NewCase("Granite Optics, Inc.", 1_000_000_00).To()
		grants, other := w.As(workflow.GrantsOfficer), w.Viewer(w.Person(workflow.GrantsOfficer))
		proposed := w.Must(workflow.NounAmendment, workflow.ActRequest, c.Award, grants, enginetest.AsksFor(workflow.AmendSupplement, more(c, 1_00)...)...).ID
		if _, err := w.Do(grants, workflow.NounAmendment, proposed, workflow.ActApprove); refusedFor(err) != "you_requested_this" {
			t.Errorf("approved by who proposed it: %v", err)
		}
		if _, err := w.Do(w.Viewer(c.AOR), workflow.NounAmendment, proposed, workflow.ActSign); refusedFor(err) != workflow.ReasonNoRow {
			t.Errorf("signed before it was approved: %v", err)
		}
		w.Act(other, workflow.NounAmendment, proposed, workflow.ActApprove)
		if _, err := w.Do(grants, workflow.NounAmendment, proposed, workflow.ActSign); refusedFor(err) != workflow.ReasonRole {
			t.Errorf("signed by an officer: %v", err)
		}
		stale := w.Viewer(c.AOR)
		stale.Fresh = false
		if _, err := w.Do(stale, workflow.NounAmendment, proposed, workflow.ActSign); refusedFor(err) != "sign_in_again" {
			t.Errorf("signed after long: %v", err)
		}
		stranger := w.NewCase("Harbor Foods, Inc.", 1_000_00)
		if _, err := w.Do(w.Viewer(stranger.AOR), workflow.NounAmendment, proposed, workflow.ActWithdraw); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("a stranger withdraws it: %v", err)
		}
		w.Act(w.Viewer(c.AOR), workflow.NounAmendment, proposed, workflow.ActSign)
		verify(t, w)
	})
}

// What was reserved for an amendment comes back, however that ends.
func TestAnAmendmentThatIsNotSignedGivesBackWhatItReserved(t *testing.T) {
	const face, extra = 4_000_000_00, 1_000_000_00
	ends := map[string]func(w *enginetest.World, c *enginetest.Case, id workflow.ID){
		"withdrawn": func(w *enginetest.World, c *enginetest.Case, id workflow.ID) {
			w.Act(w.Viewer(c.AOR), workflow.NounAmendment, id, workflow.ActWithdraw)
		},
		"rejected": func(w *enginetest.World, _ *enginetest.Case, id workflow.ID) {
			w.Act(w.As(workflow.GrantsOfficer), workflow.NounAmendment, id, workflow.ActReject, enginetest.Text("codes", "no_funds"), because)
		},
		"unsigned": func(w *enginetest.World, _ *enginetest.Case, _ workflow.ID) {
			w.Advance(40 * 24 * time.Hour)
			if err := jobs.Due(context.Background(), w.DB.Reader, w.Engine, w.Now()); err != nil {
				w.T.Fatal(err)
			}
		},
		"of an award that was terminated": func(w *enginetest.World, c *enginetest.Case, _ workflow.ID) {
			w.Act(w.As(workflow.GrantsOfficer), workflow.NounAward, c.Award, workflow.ActTerminate, because)
		},
	}
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			modelstest.Each(t, func(t *testing.T, db *models.DB) {
				w := enginetest.New(t, db)
				c := w.NewCase("Granite Optics, Inc.", face).To()
				id := c.Approved(workflow.AmendSupplement, more(c, extra)...)
				if _, err := w.Make(w.Viewer(c.AOR), workflow.NounAmendment, workflow.ActRequest, c.Award, enginetest.AsksFor(workflow.AmendSupplement, more(c, extra+1)...)...); refusedFor(err) != "over_award_cap" {
					t.Errorf("asked for more than the cap: %v", err)
				}
				if committed, obligated, _ := bound(t, w, c.Application); committed != extra || obligated != face {
					t.Errorf("%s committed, %s obligated", committed, obligated)
				}
				verify(t, w)
				end(w, c, id)
				if committed, obligated, taken := bound(t, w, c.Application); committed != 0 || obligated != face || taken != face {
					t.Errorf("after it, %s committed, %s obligated, %s taken", committed, obligated, taken)
				}
				if m := amendmentOf(w, id); m.Counted != 0 || awardOf(w, c.Award).Face != face {
					t.Errorf("it is %+v", m)
				}
				verify(t, w)
			})
		})
	}
}

// A claim that came between changes what was approved: nothing is signed then.
func TestAClaimVoidsWhatWasApproved(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		c := w.NewCase("Granite Optics, Inc.", 1_000_000_00).To()
		id := c.Approved(workflow.AmendReduction, enginetest.Cents("amount", 400_000_00), openPlan(c, 0, func(l []workflow.Tranche) []workflow.Tranche { return l[1:] }))
		c.Claim(0)
		if _, err := w.Do(w.Viewer(c.AOR), workflow.NounAmendment, id, workflow.ActSign); refusedFor(err) != "tranches_differ" {
			t.Errorf("took back what was claimed: %v", err)
		}
		verify(t, w)
	})
}

// A successor is checked like any recipient, signs for itself, and is paid from then on.
func TestASuccessorTakesAnAwardOver(t *testing.T) {
	const face = 3_000_000_00
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		c := w.NewCase("Granite Optics, Inc.", face).To()
		rival := w.NewCase("Harbor Foods, Inc.", 2_500_000_00).To()
		organization := func(id workflow.ID) *workflow.Organization {
			return record[workflow.Organization](t, w, workflow.NounOrganization, id)
		}
		to := func(company workflow.ID) workflow.Input {
			return enginetest.Text("successor_uei", organization(company).UEI)
		}

		over := c.Ask(workflow.AmendNovation, to(rival.Company))
		if _, err := w.Do(w.As(workflow.GrantsOfficer), workflow.NounAmendment, over, workflow.ActApprove); refusedFor(err) != workflow.ReasonGroupCap {
			t.Errorf("a successor over the cap: %v", err)
		}
		large := w.Organization("Large, Inc.", workflow.RevenueCap)
		ineligible := c.Ask(workflow.AmendNovation, to(large))
		if _, err := w.Do(w.As(workflow.GrantsOfficer), workflow.NounAmendment, ineligible, workflow.ActApprove); refusedFor(err) != "verdict_not_pass" {
			t.Errorf("a successor over the revenue cap: %v", err)
		}

		heir := *c
		heir.Company = w.Organization("Heir, Inc.", 1_000_000_00)
		heir.AOR = w.Member(heir.Company, workflow.AOR)
		id := c.Ask(workflow.AmendNovation, to(heir.Company))
		if _, err := w.Do(w.As(workflow.GrantsOfficer), workflow.NounAmendment, id, workflow.ActApprove); refusedFor(err) != "bank_account_missing" {
			t.Errorf("a successor without an account: %v", err)
		}
		heir.Bank()
		w.Act(w.As(workflow.GrantsOfficer), workflow.NounAmendment, id, workflow.ActApprove)
		verify(t, w)
		if _, err := w.Do(w.Viewer(c.AOR), workflow.NounAmendment, id, workflow.ActSign); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("signed by who gives it away: %v", err)
		}
		if _, err := db.Row(t.Context(), w.Viewer(heir.AOR), workflow.NounAmendment, id); err != nil {
			t.Errorf("the successor cannot read it: %v", err)
		}
		w.Act(w.Viewer(heir.AOR), workflow.NounAmendment, id, workflow.ActSign)
		verify(t, w)
		if a := awardOf(w, c.Award); a.Organization != heir.Company || a.Recipient != "Heir, Inc." || a.BankAccount != heir.Account {
			t.Errorf("the award is %+v", a)
		}
		if _, err := db.Row(t.Context(), w.Viewer(c.AOR), workflow.NounAward, c.Award); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("who gave it away still acts on it: %v", err)
		}
		_, payment := heir.Claim(0)
		if p := record[workflow.Payment](t, w, workflow.NounPayment, payment); p.Organization != heir.Company || p.BankAccount != heir.Account {
			t.Errorf("the payment is %+v", p)
		}
		verify(t, w)
	})
}

// Amendments that are approved at the same moment keep to the cap of their group, to the
// fund, and to one at a time of an award.
func TestAmendmentsAtOnceKeepToTheCap(t *testing.T) {
	w := enginetest.New(t, modelstest.Postgres(t))
	one := w.NewCase("Sister, Inc.", 2_000_000_00).To()
	two := w.NewCase("Brother, Inc.", 2_000_000_00).To()
	w.Must(workflow.NounAffiliation, workflow.ActCreate, one.Company, nil, controls(w, one.Company, two.Company)...)
	officers := []*models.Viewer{w.As(workflow.GrantsOfficer), w.Viewer(w.Person(workflow.GrantsOfficer))}
	for range raceRounds(t) {
		var all []func() (engine.Answer, error)
		var ids []workflow.ID
		for _, c := range []*enginetest.Case{one, two} {
			for _, officer := range officers { // each award twice, 1,000,000.00 are left for all four
				id := c.Ask(workflow.AmendSupplement, more(c, 600_000_00)...)
				ids = append(ids, id)
				all = append(all, does(w, officer, workflow.NounAmendment, id, workflow.ActApprove))
			}
		}
		errs := race(t, all...)
		if n := won(errs); n != 1 {
			t.Fatalf("%d were approved, and the cap leaves room for one: %v", n, errs)
		}
		for i, err := range errs {
			action := workflow.ActWithdraw
			c := []*enginetest.Case{one, two}[i/2]
			w.Act(w.Viewer(c.AOR), workflow.NounAmendment, ids[i], action)
			if why := refusedFor(err); err != nil && why != workflow.ReasonGroupCap && why != "other_amendment_approved" {
				t.Errorf("a loser was told %v", err)
			}
		}
	}
	verify(t, w)
}
