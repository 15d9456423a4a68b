package engine_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"tranche/app/engine"
	"tranche/app/engine/enginetest"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// These races run on PostgreSQL, where commands really are carried out at the
// same time; on SQLite one writer takes them one by one.

// answered fails the test for anything that is not an answer: a deadlock, a lost
// race or a busy database is the engine's business, not the caller's.
func answered(t *testing.T, who string, err error) {
	t.Helper()
	switch {
	case err == nil, refusedFor(err) != "", errors.Is(err, models.ErrStale), errors.Is(err, models.ErrNotFound):
	default:
		t.Errorf("%s: %v", who, err)
	}
}

// race does all of do at the same moment and returns how each ended.
func race(t *testing.T, do ...func() (engine.Answer, error)) []error {
	t.Helper()
	errs := make([]error, len(do))
	atOnce(len(do), func(i int) { _, errs[i] = do[i]() })
	for i, err := range errs {
		answered(t, fmt.Sprintf("racer %d", i), err)
	}
	return errs
}

func won(errs []error) (n int) {
	for _, err := range errs {
		if err == nil {
			n++
		}
	}
	return n
}

// does is one racer: person acts on a record.
func does(w *enginetest.World, v *models.Viewer, noun workflow.Noun, id workflow.ID, action workflow.Action, in ...workflow.Input) func() (engine.Answer, error) {
	return func() (engine.Answer, error) { return w.Do(v, noun, id, action, in...) }
}

// makes is one racer: person makes a record.
func makes(w *enginetest.World, v *models.Viewer, noun workflow.Noun, action workflow.Action, parent workflow.ID, in ...workflow.Input) func() (engine.Answer, error) {
	return func() (engine.Answer, error) { return w.Make(v, noun, action, parent, in...) }
}

func TestAFundForFiveIsCommittedToFiveOfForty(t *testing.T) {
	const amount, holds, rivals = 1_000_000_00, 5, 40
	w := enginetest.New(t, modelstest.Postgres(t))
	w.Fund = w.Must(workflow.NounFund, workflow.ActCreate, w.Program, nil, enginetest.Text("symbol", "089X0333"),
		enginetest.Text("name", "Small"), enginetest.Int("fiscal_year", 2026)).ID
	w.Act(nil, workflow.NounFund, w.Fund, workflow.ActAppropriate, enginetest.Cents("amount", holds*amount+amount/2))
	w.Opportunity = w.NewOpportunity("AIV-2026-SMALL")
	officer, official := w.As(workflow.ProgramOfficer), w.As(workflow.SelectingOfficial)
	cases := make([]*enginetest.Case, rivals)
	var all []func() (engine.Answer, error)
	for i := range cases {
		cases[i] = w.NewCase(fmt.Sprintf("Rival %d, Inc.", i), amount).Submit().Review()
		all = append(all, does(w, officer, workflow.NounApplication, cases[i].Application, workflow.ActRecommend, enginetest.Cents("amount", amount)))
	}
	for range 10 {
		errs := race(t, all...)
		if n := won(errs); n != holds {
			t.Fatalf("%d of %d were recommended, and the fund holds %d", n, rivals, holds)
		}
		for i, err := range errs {
			if err == nil {
				w.Act(official, workflow.NounApplication, cases[i].Application, workflow.ActReturn, enginetest.Text("note", "once more"))
			} else if refusedFor(err) != workflow.ReasonFunds {
				t.Errorf("a loser was told %v", err)
			}
		}
	}
	verify(t, w)
}

func TestAGroupIsAwardedNoMoreThanItsCap(t *testing.T) {
	const amount, members = 2_000_000_00, 4 // two fit under 5,000,000.00
	w := enginetest.New(t, modelstest.Postgres(t))
	official := w.As(workflow.SelectingOfficial)
	for round := range 5 {
		var all []func() (engine.Answer, error)
		var first workflow.ID
		var cases []*enginetest.Case
		for i := range members {
			c := w.NewCase(fmt.Sprintf("Sister %d of %d, Inc.", i, round), amount).Submit().Review().Recommend()
			if i == 0 {
				first = c.Company
			} else {
				w.Must(workflow.NounAffiliation, workflow.ActCreate, first, nil, controls(w, first, c.Company)...)
			}
			cases = append(cases, c)
			all = append(all, does(w, official, workflow.NounApplication, c.Application, workflow.ActAward, enginetest.Cents("amount", amount)))
		}
		for _, c := range cases {
			c.Looked()
		}
		errs := race(t, all...)
		if n := won(errs); n != 2 {
			t.Errorf("%d awards of 2,000,000.00 were made to one group", n)
		}
		for _, err := range errs {
			if err != nil && refusedFor(err) != workflow.ReasonGroupCap {
				t.Errorf("a loser was told %v", err)
			}
		}
	}
	verify(t, w)
}

// controls are the inputs of an affiliation by which owner controls owned.
func controls(w *enginetest.World, owner, owned workflow.ID) []workflow.Input {
	return []workflow.Input{enginetest.Int("owner", int64(owner)), enginetest.Int("owned", int64(owned)), enginetest.Int("share", 10_000),
		enginetest.Int("control", 1), enginetest.Date("since", workflow.DateOf(w.Now()).AddDays(-1000))}
}

// Either the affiliate is known first, and the two together are over the revenue
// cap, or the signature is first and stands.
func TestAnAffiliateAddedWhileAnAwardIsAcceptedCounts(t *testing.T) {
	w := enginetest.New(t, modelstest.Postgres(t))
	firsts := map[bool]int{}
	for round := range 12 {
		var older, younger workflow.ID
		older = w.Organization(fmt.Sprintf("Older %d, Inc.", round), 60_000_000_00)
		younger = w.Organization(fmt.Sprintf("Younger %d, Inc.", round), 60_000_000_00)
		company, other := older, younger
		if round%2 == 1 { // the group that takes over keeps the older one's name
			company, other = younger, older
		}
		c := w.DraftOf(company, w.Member(company, workflow.AOR), 10_000_00).Submit().Review().Recommend().Awarded().Bank()
		errs := race(t,
			does(w, w.Viewer(c.AOR), workflow.NounAward, c.Award, workflow.ActAccept),
			makes(w, nil, workflow.NounAffiliation, workflow.ActCreate, other, controls(w, other, company)...))
		if errs[1] != nil {
			t.Errorf("round %d: the affiliation was refused: %v", round, errs[1])
		}
		accepted, known := eventOf(t, w, "award", "accept", "accepted"), eventOf(t, w, "affiliation", "create", "active")
		switch {
		case errs[0] == nil && known < accepted:
			t.Errorf("round %d: the award was accepted (event %d) after the affiliate was known (event %d)", round, accepted, known)
		case errs[0] != nil && refusedFor(errs[0]) != "verdict_not_pass":
			t.Errorf("round %d: the signature was refused: %v", round, errs[0])
		}
		firsts[errs[0] == nil]++
	}
	t.Logf("signatures first and affiliates first: %v", firsts)
	verify(t, w)
}

// eventOf returns the number of the newest event of a kind.
func eventOf(t *testing.T, w *enginetest.World, noun, action, end string) (n int64) {
	t.Helper()
	query := fmt.Sprintf("SELECT COALESCE(MAX(id), 0) FROM events WHERE noun = '%s' AND action = '%s' AND end_state = '%s'", noun, action, end)
	if err := w.DB.Pool().QueryRow(query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestOneOfTwoCertifiersApprovesABatch(t *testing.T) {
	w := enginetest.New(t, modelstest.Postgres(t))
	certifiers := []*models.Viewer{w.As(workflow.FinanceCertifier), w.Viewer(w.Person(workflow.FinanceCertifier)), w.Viewer(w.Person(workflow.FinanceCertifier))}
	c := w.Draft(100_000_00).To()
	_, payment := c.Claim(0)
	for round := range 6 {
		two := round%2 == 1 // two approvals are needed, by two people
		limit := workflow.Cents(0)
		if two {
			limit = 1
		}
		w.Act(nil, workflow.NounProgram, w.Program, workflow.ActUpdate, enginetest.Cents("second_over", limit))
		batch := newBatch(t, w, payment)
		total := approvable(t, w, batch)
		var all []func() (engine.Answer, error)
		for _, v := range certifiers {
			approve := does(w, v, workflow.NounBatch, batch, workflow.ActApprove, enginetest.Cents("total", total))
			all = append(all, approve, approve, approve)
		}
		n := won(race(t, all...))
		b := record[workflow.Batch](t, w, workflow.NounBatch, batch)
		switch {
		case b.State != workflow.Approved || b.CertifiedBy == 0:
			t.Errorf("round %d: the batch is %s, certified by %d", round, b.State, b.CertifiedBy)
		case !two && (n != 1 || b.SecondBy != 0):
			t.Errorf("round %d: %d approvals, the second by %d; one was asked for", round, n, b.SecondBy)
		case two && (n != 2 || b.SecondBy == 0 || b.SecondBy == b.CertifiedBy):
			t.Errorf("round %d: %d approvals, by %d and %d; two people were asked for", round, n, b.CertifiedBy, b.SecondBy)
		}
		w.Act(w.As(workflow.FinancePreparer), workflow.NounBatch, batch, workflow.ActCancel)
	}
	verify(t, w)
}

func TestAPaymentIsInOneOfTwinBatches(t *testing.T) {
	w := enginetest.New(t, modelstest.Postgres(t))
	var ready []workflow.ID
	for i := range 3 {
		_, payment := w.NewCase(fmt.Sprintf("Payee %d, Inc.", i), 100_000_00).To().Claim(0)
		ready = append(ready, payment)
	}
	preparers := []*models.Viewer{w.As(workflow.FinancePreparer), w.Viewer(w.Person(workflow.FinancePreparer))}
	for range 6 {
		var all []func() (engine.Answer, error)
		for i := range 6 {
			all = append(all, makes(w, preparers[i%2], workflow.NounBatch, workflow.ActCreate, w.Program, enginetest.Date("effective", workflow.DateOf(w.Now()))))
		}
		race(t, all...)
		members := map[workflow.ID]int{}
		batches, err := models.Records[workflow.Batch](t.Context(), w.DB.Reader, &models.Viewer{System: true}, workflow.NounBatch,
			models.Filter{States: []workflow.State{workflow.Open}})
		if err != nil {
			t.Fatal(err)
		}
		var counted int64
		for _, b := range batches {
			counted += b.Count
			members[b.ID]++
		}
		for _, id := range ready {
			p := record[workflow.Payment](t, w, workflow.NounPayment, id)
			if p.State != workflow.Batched || members[p.Batch] == 0 {
				t.Errorf("payment %d is %s, in batch %d", id, p.State, p.Batch)
			}
		}
		if counted != int64(len(ready)) {
			t.Errorf("the batches count %d members, and there are %d payments", counted, len(ready))
		}
		verify(t, w)
		for _, b := range batches {
			w.Act(w.As(workflow.FinanceCertifier), workflow.NounBatch, b.ID, workflow.ActCancel)
		}
	}
}

func TestAPaymentEndsOnce(t *testing.T) {
	w := enginetest.New(t, modelstest.Postgres(t))
	for round := range 6 {
		c := w.NewCase(fmt.Sprintf("Ends %d, Inc.", round), 100_000_00).To()
		_, payment := c.Claim(0)
		batch := sent(t, w, payment)
		returns := does(w, nil, workflow.NounPayment, payment, workflow.ActReturn, enginetest.Text("code", "R01"))
		rejects := does(w, nil, workflow.NounBatch, batch, workflow.ActReject, enginetest.Text("code", "R01"), enginetest.Text("note", "refused whole"))
		var all []func() (engine.Answer, error)
		for range 4 {
			all = append(all, returns, rejects)
		}
		if n := won(race(t, all...)); n != 1 {
			t.Errorf("round %d: the bank's answer was booked %d times", round, n)
		}
		verify(t, w)
	}
	for round := range 6 { // a return may follow a settlement: then both count, once each
		c := w.NewCase(fmt.Sprintf("Settles %d, Inc.", round), 100_000_00).To()
		_, payment := c.Claim(0)
		sent(t, w, payment)
		settles := does(w, nil, workflow.NounPayment, payment, workflow.ActSettle, settled(w))
		returns := does(w, nil, workflow.NounPayment, payment, workflow.ActReturn, enginetest.Text("code", "R01"))
		errs := race(t, settles, returns, settles, returns, settles, returns)
		if won([]error{errs[0], errs[2], errs[4]}) > 1 || won([]error{errs[1], errs[3], errs[5]}) != 1 {
			t.Errorf("round %d: settled and returned in turn: %v", round, errs)
		}
		verify(t, w)
	}
}

// The last two answers of the bank come at once: one of them has to see that the
// batch is complete.
func TestABatchIsCompleteWhenItsLastAnswersComeAtOnce(t *testing.T) {
	w := enginetest.New(t, modelstest.Postgres(t))
	for round := range 6 {
		var payments []workflow.ID
		var all []func() (engine.Answer, error)
		for i := range 4 {
			_, payment := w.NewCase(fmt.Sprintf("Answers %d %d, Inc.", round, i), 100_000_00).To().Claim(0)
			payments = append(payments, payment)
			all = append(all, does(w, nil, workflow.NounPayment, payment, workflow.ActSettle, settled(w)))
		}
		batch := sent(t, w, payments...)
		if n := won(race(t, all...)); n != len(all) {
			t.Errorf("round %d: %d of %d payments settled", round, n, len(all))
		}
		if s := stateOf(t, w, workflow.NounBatch, batch); s != workflow.Completed {
			t.Errorf("round %d: every member is settled, and the batch is %s", round, s)
		}
	}
	verify(t, w)
}

func TestAClaimIsApprovedBeforeTheAwardEndsOrNotAtAll(t *testing.T) {
	w := enginetest.New(t, modelstest.Postgres(t))
	officer, grants := w.As(workflow.ProgramOfficer), w.As(workflow.GrantsOfficer)
	for round := range 8 {
		c := w.NewCase(fmt.Sprintf("Ending %d, Inc.", round), 100_000_00).To()
		claim := startClaim(w, c, 0)
		w.Act(w.Viewer(c.AOR), workflow.NounClaim, claim, workflow.ActSubmit)
		w.Act(officer, workflow.NounClaim, claim, workflow.ActVerify, enginetest.Int("accepted", 1))
		end := workflow.ActTerminate
		if round%2 == 1 {
			end = workflow.ActSuspend
		}
		race(t,
			does(w, grants, workflow.NounClaim, claim, workflow.ActApprove),
			does(w, grants, workflow.NounAward, c.Award, end, enginetest.Text("note", "it ends")),
			does(w, w.Viewer(c.AOR), workflow.NounClaim, claim, workflow.ActCancel),
			does(w, grants, workflow.NounClaim, claim, workflow.ActReject, enginetest.Text("codes", "not_allowable"), enginetest.Text("note", "no")))
		b, s := balances(t, w, c.Application), stateOf(t, w, workflow.NounClaim, claim)
		if approved := s == workflow.Approved; approved != (b[workflow.Payable] > 0) || b[workflow.Payable]+b[workflow.Obligated] != 100_000_00 {
			t.Errorf("round %d: the claim is %s, and balances are %v", round, s, b)
		}
	}
	verify(t, w)
}

func startClaim(w *enginetest.World, c *enginetest.Case, n int) workflow.ID {
	w.T.Helper()
	tranche := c.Tranches()[n]
	if due := tranche.Due.Time(); w.Now().Before(due) {
		w.Advance(due.Sub(w.Now()) + time.Hour)
	}
	return w.Must(workflow.NounClaim, workflow.ActStart, c.Award, w.Viewer(c.AOR), enginetest.Int("tranche", int64(tranche.ID)),
		enginetest.Text("kind", "fixed_amount"), enginetest.Cents("amount", tranche.Amount), enginetest.Text("narrative", "Delivered.")).ID
}

// A payment that comes back while its award is closed either keeps the award
// open, or gives its money back to the fund: none is left in a closed case.
func TestAnAwardClosesWithNothingLeftInIt(t *testing.T) {
	w := enginetest.New(t, modelstest.Postgres(t))
	grants := w.As(workflow.GrantsOfficer)
	for round := range 10 {
		c := w.NewCase(fmt.Sprintf("Closing %d, Inc.", round), 100_000_00).To()
		_, payment := c.Claim(0)
		sent(t, w, payment)
		w.Act(nil, workflow.NounPayment, payment, workflow.ActSettle, settled(w))
		w.Act(grants, workflow.NounAward, c.Award, workflow.ActTerminate, enginetest.Text("note", "it ends"))
		w.Advance(24 * time.Hour)
		c.Reported()
		tranche := c.Tranches()[1]
		race(t,
			does(w, grants, workflow.NounAward, c.Award, workflow.ActClose),
			does(w, nil, workflow.NounPayment, payment, workflow.ActReturn, enginetest.Text("code", "R01")),
			makes(w, w.Viewer(c.AOR), workflow.NounClaim, workflow.ActStart, c.Award, enginetest.Int("tranche", int64(tranche.ID)),
				enginetest.Text("kind", "fixed_amount"), enginetest.Cents("amount", tranche.Amount), enginetest.Text("narrative", "Delivered.")))
		b := balances(t, w, c.Application)
		closed := stateOf(t, w, workflow.NounAward, c.Award) == workflow.Closed
		if closed && b[workflow.Obligated]+b[workflow.Payable]+b[workflow.InFlight] != 0 {
			t.Errorf("round %d: the award is closed, and balances are %v", round, b)
		}
		if open := openUnder(t, w, c.Award); closed && open != 0 {
			t.Errorf("round %d: the award is closed, and %d claims and payments are open", round, open)
		}
	}
	verify(t, w)
}

// openUnder counts the claims and payments of an award that wait for something.
func openUnder(t *testing.T, w *enginetest.World, award workflow.ID) (n int) {
	t.Helper()
	query := fmt.Sprintf(`SELECT (SELECT COUNT(*) FROM claims WHERE award_id = %d AND state IN ('draft', 'submitted', 'queried', 'verified', 'approved'))
		+ (SELECT COUNT(*) FROM payments WHERE award_id = %d AND state IN ('ready', 'held', 'batched', 'exported', 'recalled'))`, award, award)
	if err := w.DB.Pool().QueryRow(query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAGroupHasOneLiveApplication(t *testing.T) {
	w := enginetest.New(t, modelstest.Postgres(t))
	for round := range 8 {
		var all []func() (engine.Answer, error)
		var first workflow.ID
		for i := range 3 {
			company := w.Organization(fmt.Sprintf("Starts %d %d, Inc.", round, i), 1_000_000_00)
			if i == 0 {
				first = company
			} else {
				w.Must(workflow.NounAffiliation, workflow.ActCreate, first, nil, controls(w, first, company)...)
			}
			starts := makes(w, w.Viewer(w.Member(company, workflow.AOR)), workflow.NounApplication, workflow.ActStart, w.Opportunity,
				enginetest.Int("organization", int64(company)), enginetest.Text("title", "One of many"))
			all = append(all, starts, starts)
		}
		if n := won(race(t, all...)); n != 1 {
			t.Errorf("round %d: one group has %d live applications", round, n)
		}
	}
}

// Two admins at once must not make of one person what neither could alone.
func TestNobodyBecomesBothAdminAndOfficial(t *testing.T) {
	w := enginetest.New(t, modelstest.Postgres(t))
	for round := range 8 {
		person := w.Must(workflow.NounPerson, workflow.ActCreate, 0, nil, enginetest.Text("name", "Both"),
			enginetest.Text("email", fmt.Sprintf("both%d@example.gov", round))).ID
		who := enginetest.Int("person", int64(person))
		errs := race(t,
			makes(w, nil, workflow.NounGrant, workflow.ActCreate, 0, who, enginetest.Text("role", "admin")),
			makes(w, nil, workflow.NounGrant, workflow.ActCreate, 0, who, enginetest.Text("role", "finance_releaser"), enginetest.Int("program", int64(w.Program))))
		if n := won(errs); n != 1 {
			t.Errorf("round %d: %d of two roles that exclude each other were given", round, n)
		}
	}
}

// Twenty people at different cases of one program, doing everything at once: no
// lock that one waits for may come back as an error.
func TestNoLostRaceReachesTheCaller(t *testing.T) {
	w := enginetest.New(t, modelstest.Postgres(t))
	company := w.Organization("Hub, Inc.", 1_000_000_00)
	var all []func() (engine.Answer, error)
	for i := range 12 {
		c := w.NewCase(fmt.Sprintf("Busy %d, Inc.", i), 100_000_00).Submit().Review()
		all = append(all,
			does(w, w.As(workflow.ProgramOfficer), workflow.NounApplication, c.Application, workflow.ActRecommend, enginetest.Cents("amount", 100_000_00)),
			makes(w, nil, workflow.NounAffiliation, workflow.ActCreate, c.Company, controls(w, c.Company, company)...),
			makes(w, nil, workflow.NounAffiliation, workflow.ActCreate, company, controls(w, company, c.Company)...),
			does(w, w.Viewer(c.AOR), workflow.NounApplication, c.Application, workflow.ActWithdraw))
	}
	race(t, all...)
	verify(t, w)
}
