package models_test

import (
	"errors"
	"fmt"
	"testing"

	"tranche/app/engine/enginetest"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// scarce gives w a fund of its own, with this much in it, and an opportunity on it.
func scarce(w *enginetest.World, amount workflow.Cents) {
	w.Fund = w.Must(workflow.NounFund, workflow.ActCreate, w.Program, nil, enginetest.Text("symbol", "089X0333"),
		enginetest.Text("name", "Scarce"), enginetest.Int("fiscal_year", 2026)).ID
	w.Act(nil, workflow.NounFund, w.Fund, workflow.ActAppropriate, enginetest.Cents("amount", amount))
	w.Opportunity = w.NewOpportunity("AIV-2026-R2")
}

func TestNoMoreIsCommittedThanTheFundHolds(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		const each, holds, asked = 1_000_00, 5, 16
		w := enginetest.New(t, db)
		scarce(w, holds*each)
		var cases []*enginetest.Case
		for i := range asked {
			cases = append(cases, w.NewCase(fmt.Sprintf("Racer %d, Inc.", i), each).Submit().Review())
		}
		officer := w.As(workflow.ProgramOfficer)
		errs := make([]error, asked)
		together(asked, func(i int) {
			_, errs[i] = w.Do(officer, workflow.NounApplication, cases[i].Application, workflow.ActRecommend, enginetest.Cents("amount", each))
		})
		won := 0
		for _, err := range errs {
			var no *workflow.Refusal
			switch {
			case err == nil:
				won++
			case !errors.As(err, &no) || no.Reason != workflow.ReasonFunds:
				t.Error(err)
			}
		}
		if won != holds {
			t.Errorf("%d of %d were committed, the fund holds %d", won, asked, holds)
		}
		if left := number(t, db, fmt.Sprintf("SELECT available FROM fund_balances WHERE fund_id = %d", w.Fund)); left != 0 {
			t.Errorf("%d cents are left", left)
		}
		sound(t, db)
	})
}

// affiliate says that a controls b.
func affiliate(w *enginetest.World, a, b workflow.ID) error {
	_, err := w.Make(nil, workflow.NounAffiliation, workflow.ActCreate, 0, enginetest.Int("owner", int64(a)), enginetest.Int("owned", int64(b)),
		enginetest.Int("control", 1), enginetest.Int("share", 0), enginetest.Date("since", workflow.DateOf(w.Now()).AddDays(-1)))
	return err
}

// answered fails the test for an error that is not an answer of the rules.
func answered(t *testing.T, err error) {
	t.Helper()
	var no *workflow.Refusal
	if err != nil && !errors.As(err, &no) {
		t.Error(err)
	}
}

func TestGroupsThatMergeWhileAwardsAreMadeKeepTheirSum(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		official := w.As(workflow.SelectingOfficial)
		for round := range 12 {
			one := w.NewCase(fmt.Sprintf("One %d, Inc.", round), 3_000_000_00).Submit().Review().Recommend()
			two := w.NewCase(fmt.Sprintf("Two %d, Inc.", round), 3_000_000_00).Submit().Review().Recommend()
			errs := make([]error, 3)
			together(3, func(i int) {
				switch i {
				case 0, 1:
					application := []workflow.ID{one.Application, two.Application}[i]
					_, errs[i] = w.Do(official, workflow.NounApplication, application, workflow.ActAward, enginetest.Cents("amount", 3_000_000_00))
				case 2:
					errs[i] = affiliate(w, one.Company, two.Company)
				}
			})
			for _, err := range errs {
				answered(t, err)
			}
			if errs[2] != nil {
				t.Errorf("affiliates were refused: %v", errs[2])
			}
		}
		sound(t, db)
	})
}

func TestGroupsThatMergeWhileAwardsEndKeepTheirSum(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		for round := range 12 {
			one := w.NewCase(fmt.Sprintf("One %d, Inc.", round), 2_000_000_00).Submit().Review().Recommend().Awarded()
			two := w.NewCase(fmt.Sprintf("Two %d, Inc.", round), 3_000_000_00).Submit().Review().Recommend().Awarded()
			viewers := []*models.Viewer{w.Viewer(one.AOR), w.Viewer(two.AOR)}
			errs := make([]error, 3)
			together(3, func(i int) {
				switch i {
				case 0, 1:
					award := []workflow.ID{one.Award, two.Award}[i]
					_, errs[i] = w.Do(viewers[i], workflow.NounAward, award, workflow.ActRefuse)
				case 2:
					errs[i] = affiliate(w, one.Company, two.Company)
				}
			})
			for _, err := range errs {
				if err != nil {
					t.Error(err)
				}
			}
		}
		sound(t, db)
	})
}
