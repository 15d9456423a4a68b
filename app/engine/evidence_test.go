package engine_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"tranche/app/engine"
	"tranche/app/engine/enginetest"
	appjobs "tranche/app/jobs"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// fiscal are the inputs of a statement of the year before enginetest.Start.
func fiscal(amount workflow.Cents, currency string, more ...workflow.Input) []workflow.Input {
	day := func(s string) workflow.Date {
		d, err := workflow.ParseDate(s)
		if err != nil {
			panic(err)
		}
		return d
	}
	return append([]workflow.Input{enginetest.Int("fiscal_year", 2025), enginetest.Date("period_start", day("2025-01-01")), enginetest.Date("period_end", day("2025-12-31")),
		enginetest.Cents("amount", amount), enginetest.Text("currency", currency), enginetest.Text("source", "self_certified")}, more...)
}

// A backlog is the jobs that steps leave.
type backlog struct {
	modelstest.Jobs
	done int // how many were carried out
}

// backlogOf makes a world whose jobs are kept.
func backlogOf(t *testing.T, db *models.DB) (*enginetest.World, *backlog) {
	b := &backlog{}
	db.SetJobs(b)
	return enginetest.New(t, db), b
}

// forget leaves out the jobs so far.
func (b *backlog) forget() { b.done = len(b.All()) }

// catchUp does the jobs that steps have left, as the runner would.
func (b *backlog) catchUp(t *testing.T, w *enginetest.World, db *models.DB) {
	t.Helper()
	all := b.All()
	for ; b.done < len(all); b.done++ {
		job := all[b.done]
		next := func(after workflow.ID) ([]workflow.ID, error) { return db.CasesOfGroup(t.Context(), job.Record, after) }
		switch job.Kind {
		case workflow.JobRate:
			next = func(after workflow.ID) ([]workflow.ID, error) { return db.CasesOfRate(t.Context(), job.Record, after) }
		case workflow.JobScreen, workflow.JobScreening, workflow.JobList, workflow.JobDuplicates, workflow.JobCap, workflow.JobTies:
			continue
		}
		if err := appjobs.Rescreen(t.Context(), w.Engine, w.Now(), next); err != nil {
			t.Fatal(err)
		}
	}
}

func application(t *testing.T, w *enginetest.World, id workflow.ID) *workflow.Application {
	t.Helper()
	return record[workflow.Application](t, w, workflow.NounApplication, id)
}

// Each change of the evidence reaches the cases of the group, which go no further
// until an officer has looked.
func TestACaseWhoseEvidenceChangedWaitsForAnOfficer(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w, jobs := backlogOf(t, db)
		officer, official := w.As(workflow.ProgramOfficer), w.As(workflow.SelectingOfficial)
		c := w.NewCase("Holder, Inc.", 10_000_00).Submit().Review().Recommend()
		other := w.NewCase("Bystander, Inc.", 10_000_00).Submit().Review()
		sub := w.Must(workflow.NounOrganization, workflow.ActCreate, 0, nil, enginetest.Text("legal_name", "Sub GmbH")).ID
		w.Must(workflow.NounRate, workflow.ActCreate, 0, nil, enginetest.Text("currency", "EUR"), enginetest.Date("period_start", mustDay("2025-01-01")),
			enginetest.Date("period_end", mustDay("2025-12-31")), enginetest.Text("usd_per_unit", "2"), enginetest.Text("publisher", "IRS"))
		stated := w.Must(workflow.NounStatement, workflow.ActCreate, sub, nil, fiscal(10_000_000_00, "EUR")...).ID
		jobs.catchUp(t, w, db)
		before := application(t, w, c.Application)
		if before.EvidenceChanged {
			t.Fatal("what concerns nobody flags a case")
		}

		award := func() error {
			_, err := w.Do(official, workflow.NounApplication, c.Application, workflow.ActAward, enginetest.Cents("amount", 10_000_00))
			return err
		}
		// blocked sees the case wait, whether or not the job has run, and an officer look.
		blocked := func(what string, sum workflow.Cents) {
			t.Helper()
			if why := refusedFor(award()); why != "evidence_changed" {
				t.Errorf("%s: an award at once is refused for %q", what, why)
			}
			jobs.catchUp(t, w, db)
			a := application(t, w, c.Application)
			v, err := workflow.ReadVerdict(a.Verdict)
			if err != nil || !a.EvidenceChanged || flagged(a) != "evidence_changed" || a.State != workflow.Recommended || v.Sum != sum || v.Outcome != workflow.Pass {
				t.Errorf("%s: the case is %s, flag %q, seen %t, %s of %s, %v", what, a.State, a.Flag, !a.EvidenceChanged, v.Outcome, v.Sum, err)
			}
			if why := refusedFor(award()); why != "evidence_changed" {
				t.Errorf("%s: an award is refused for %q", what, why)
			}
			c.Looked()
			if a := application(t, w, c.Application); a.EvidenceChanged || a.Flag != "" || a.Note != "seen" || a.Recommended != 10_000_00 {
				t.Errorf("%s: looked at, the case has flag %q, seen %t", what, a.Flag, !a.EvidenceChanged)
			}
			if _, err := w.Do(officer, workflow.NounApplication, c.Application, workflow.ActAcknowledge, enginetest.Text("flag", "evidence_changed"), enginetest.Text("note", "again")); refusedFor(err) != "not_flagged" {
				t.Errorf("%s: looking again: %v", what, err)
			}
		}
		w.Must(workflow.NounAffiliation, workflow.ActCreate, 0, nil, controls(w, c.Company, sub)...)
		blocked("an affiliate is linked", 21_000_000_00)
		first := record[workflow.RevenueStatement](t, w, workflow.NounStatement, stated)
		w.Act(w.As(workflow.Admin), workflow.NounStatement, stated, workflow.ActAmend, fiscal(20_000_000_00, "EUR", enginetest.Text("note", "a consolidated one"))...)
		blocked("a statement is amended", 41_000_000_00)
		list, err := models.Records[workflow.RevenueStatement](t.Context(), db.Reader, officer, workflow.NounStatement, models.Filter{Where: map[string]workflow.ID{"organization_id": sub}})
		if err != nil || len(list) != 2 || list[0].Replaces != stated || list[1].State != workflow.Withdrawn || list[1].Amount != first.Amount {
			t.Fatalf("after an amendment there are %+v, %v", list, err)
		}
		part := w.Must(workflow.NounElimination, workflow.ActCreate, list[0].ID, nil, enginetest.Int("counterparty", int64(c.Company)),
			enginetest.Cents("amount", 1_000_000_00), enginetest.File("document", "ledger.csv", "a,b\n")).ID
		jobs.catchUp(t, w, db)
		if application(t, w, c.Application).EvidenceChanged {
			t.Error("an elimination that nobody has confirmed counts")
		}
		w.Act(officer, workflow.NounElimination, part, workflow.ActConfirm)
		blocked("an elimination is confirmed", 39_000_000_00)
		rate, err := models.Records[workflow.Rate](t.Context(), db.Reader, officer, workflow.NounRate, models.Filter{})
		if err != nil {
			t.Fatal(err)
		}
		w.Act(w.As(workflow.Admin), workflow.NounRate, rate[0].ID, workflow.ActWithdraw, enginetest.Text("note", "a slip"))
		w.Must(workflow.NounRate, workflow.ActCreate, 0, nil, enginetest.Text("currency", "EUR"), enginetest.Date("period_start", mustDay("2025-01-01")),
			enginetest.Date("period_end", mustDay("2025-12-31")), enginetest.Text("usd_per_unit", "1.5"), enginetest.Text("publisher", "IRS"))
		blocked("a rate is corrected", 29_500_000_00)

		if a := application(t, w, other.Application); a.EvidenceChanged || a.Version != application(t, w, other.Application).Version {
			t.Error("a bystander's case was touched")
		}
		replays(t, w, db, c.Application, 5)
		if err := award(); err != nil {
			t.Errorf("after all was looked at, the award is refused: %v", err)
		}
		w.Act(w.As(workflow.Admin), workflow.NounStatement, list[0].ID, workflow.ActAmend, fiscal(80_000_000_00, "EUR", enginetest.Text("note", "audited anew"))...)
		jobs.catchUp(t, w, db)
		c.Award = application(t, w, c.Application).Award
		c.Bank()
		if _, err := w.Do(w.Viewer(c.AOR), workflow.NounAward, c.Award, workflow.ActAccept); refusedFor(err) != "verdict_not_pass" {
			t.Errorf("over the cap since the award, accepting is refused for: %v", err)
		}
		if a := application(t, w, c.Application); a.VerdictOutcome != "fail" || !a.EvidenceChanged || a.State != workflow.Awarded {
			t.Errorf("the award's case is %s, %s, seen %t", a.State, a.VerdictOutcome, !a.EvidenceChanged)
		}
		verify(t, w)
	})
}

// An officer who looks before the job has found the case does not keep it from going
// back to screening.
func TestACaseThatPassesNoMoreIsReferredWhenLookedAt(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w, jobs := backlogOf(t, db)
		c := w.NewCase("Grown, Inc.", 10_000_00).Submit().Review().Recommend()
		w.Must(workflow.NounAffiliation, workflow.ActCreate, 0, nil, controls(w, c.Company, w.Organization("Giant, Inc.", workflow.RevenueCap))...)
		c.Looked()
		jobs.catchUp(t, w, db)
		if a := application(t, w, c.Application); a.State != workflow.Screening || a.VerdictOutcome != "fail" || a.Committed != 0 {
			t.Errorf("the case is %s, %s, committed %s", a.State, a.VerdictOutcome, a.Committed)
		}
		verify(t, w)
	})
}

// Nobody decides a case on evidence that changed a moment ago, before the job that
// looks for such cases has run.
func TestNobodyDecidesOnEvidenceThatChangedJustNow(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		officer, official := w.As(workflow.ProgramOfficer), w.As(workflow.SelectingOfficial)
		why := []workflow.Input{enginetest.Text("codes", "low_merit"), enginetest.Text("note", "weak")}
		c := w.NewCase("Holder, Inc.", 10_000_00).Submit().Review()
		refused := func(v *models.Viewer, action workflow.Action, in ...workflow.Input) {
			t.Helper()
			if _, err := w.Do(v, workflow.NounApplication, c.Application, action, in...); refusedFor(err) != "evidence_changed" {
				t.Errorf("%s: %v", action, err)
			}
		}
		link := func(name string) {
			sub := w.Organization(name, 1_000_00)
			w.Must(workflow.NounAffiliation, workflow.ActCreate, 0, nil, controls(w, c.Company, sub)...)
		}
		link("First Sub, Inc.")
		refused(officer, workflow.ActRecommendDecline, why...)
		refused(officer, workflow.ActWaitlist, enginetest.Int("rank", 1))
		c.Looked()
		w.Act(officer, workflow.NounApplication, c.Application, workflow.ActRecommendDecline, why...)
		link("Second Sub, Inc.")
		refused(official, workflow.ActDecline, why...)
		c.Looked()
		w.Act(official, workflow.NounApplication, c.Application, workflow.ActDecline, why...)
		verify(t, w)
	})
}

// replays decides every stored verdict of a case anew, from nothing but what was
// stored, and wants the same bytes.
func replays(t *testing.T, w *enginetest.World, db *models.DB, id workflow.ID, atLeast int) {
	t.Helper()
	all, err := db.Verdicts(t.Context(), w.As(workflow.Auditor), id)
	if err != nil || len(all) < atLeast {
		t.Fatalf("%d verdicts are stored: %v", len(all), err)
	}
	for _, one := range all {
		if again := one.Verdict.Again().JSON(); again != one.Text {
			t.Errorf("the verdict of event %d comes to\n%s\nit was\n%s", one.Event, again, one.Text)
		}
	}
}

func mustDay(s string) workflow.Date {
	d, err := workflow.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// A case that does not pass any more goes back to screening by itself, and its
// money to the fund.
func TestACaseThatPassesNoMoreIsReferred(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w, jobs := backlogOf(t, db)
		c := w.NewCase("Grown, Inc.", 10_000_00).Submit().Review().Recommend()
		sub := w.Organization("Giant, Inc.", workflow.RevenueCap)
		w.Must(workflow.NounAffiliation, workflow.ActCreate, 0, nil, controls(w, c.Company, sub)...)
		jobs.catchUp(t, w, db)
		a := application(t, w, c.Application)
		if a.State != workflow.Screening || a.VerdictOutcome != "fail" || a.Committed != 0 || a.EvidenceChanged || flagged(a) != "referred_again" {
			t.Errorf("the case is %s, %s, committed %s, seen %t, flag %q", a.State, a.VerdictOutcome, a.Committed, !a.EvidenceChanged, a.Flag)
		}
		version := a.Version
		jobs.done = 0 // jobs are done at least once
		jobs.catchUp(t, w, db)
		if a := application(t, w, c.Application); a.Version != version {
			t.Error("a job that is done again changes the case again")
		}
		verify(t, w)
	})
}

// Either the affiliate is known first, and the award is refused; or the award is
// first, and the job that the affiliate left finds the case. Never is an award made
// on a verdict that leaves out what was known.
func TestAnAffiliateAddedInTheInstantOfAnAward(t *testing.T) {
	rounds := raceRounds(t)
	db := modelstest.Postgres(t)
	w, jobs := backlogOf(t, db)
	official := w.As(workflow.SelectingOfficial)
	w.Fund = w.Must(workflow.NounFund, workflow.ActCreate, w.Program, nil, enginetest.Text("symbol", "089X0555"), enginetest.Text("name", "Race"), enginetest.Int("fiscal_year", 2026)).ID
	w.Act(nil, workflow.NounFund, w.Fund, workflow.ActAppropriate, enginetest.Cents("amount", enginetest.Appropriation))
	w.Opportunity = w.NewOpportunity("AIV-2026-RACE")
	awardedFirst := 0
	for round := range rounds {
		older := w.Organization(fmt.Sprintf("Older %d, Inc.", round), 60_000_000_00)
		younger := w.Organization(fmt.Sprintf("Younger %d, Inc.", round), 60_000_000_00)
		company, other := older, younger
		if round%2 == 1 { // the group that takes over keeps the older one's name
			company, other = younger, older
		}
		c := w.DraftOf(company, w.Member(company, workflow.AOR), 1_00).Submit().Review().Recommend()
		jobs.forget()
		errs := race(t,
			does(w, official, workflow.NounApplication, c.Application, workflow.ActAward, enginetest.Cents("amount", 1_00)),
			makes(w, nil, workflow.NounAffiliation, workflow.ActCreate, other, controls(w, other, company)...))
		if errs[1] != nil {
			t.Fatalf("round %d: the affiliation was refused: %v", round, errs[1])
		}
		awarded, known := eventOf(t, w, "application", "award", "awarded"), eventOf(t, w, "affiliation", "create", "active")
		jobs.catchUp(t, w, db)
		a := application(t, w, c.Application)
		switch {
		case errs[0] == nil:
			awardedFirst++
			if known < awarded {
				t.Errorf("round %d: awarded (event %d) after the affiliate was known (event %d)", round, awarded, known)
			}
			if a.State != workflow.Awarded || a.VerdictOutcome != "fail" || !a.EvidenceChanged {
				t.Errorf("round %d: awarded first, the case is %s with %s, seen %t", round, a.State, a.VerdictOutcome, !a.EvidenceChanged)
			}
		case refusedFor(errs[0]) != "verdict_not_pass":
			t.Errorf("round %d: the award was refused: %v", round, errs[0])
		case a.State != workflow.Screening:
			t.Errorf("round %d: refused, the case is %s", round, a.State)
		}
	}
	t.Logf("%d of %d awards were first", awardedFirst, rounds)
	verify(t, w)
}

// Two companies with 3,000,000.00 each are linked in the instant in which both are
// awarded. An award stands when it came before the link; after it, the group gets
// no more than the cap, whatever an officer has looked at.
func TestTwoAffiliatesLinkedWhileBothAreAwarded(t *testing.T) {
	const amount = 3_000_000_00
	rounds := raceRounds(t)
	db := modelstest.Postgres(t)
	w, jobs := backlogOf(t, db)
	official := w.As(workflow.SelectingOfficial)
	w.Fund = w.Must(workflow.NounFund, workflow.ActCreate, w.Program, nil, enginetest.Text("symbol", "089X0556"), enginetest.Text("name", "Race"), enginetest.Int("fiscal_year", 2026)).ID
	w.Act(nil, workflow.NounFund, w.Fund, workflow.ActAppropriate, enginetest.Cents("amount", workflow.Cents(2*rounds*amount)))
	w.Opportunity = w.NewOpportunity("AIV-2026-LINK")
	before := map[int]int{} // rounds by how many awards were made before the link
	for round := range rounds {
		var cases [2]*enginetest.Case
		for i := range cases {
			cases[i] = w.NewCase(fmt.Sprintf("Sister %d of %d, Inc.", i, round), amount).Submit().Review().Recommend()
		}
		jobs.forget()
		award := func(c *enginetest.Case) func() (engine.Answer, error) {
			return does(w, official, workflow.NounApplication, c.Application, workflow.ActAward, enginetest.Cents("amount", amount))
		}
		owner, owned := cases[round%2].Company, cases[1-round%2].Company
		errs := race(t, award(cases[0]), award(cases[1]), makes(w, nil, workflow.NounAffiliation, workflow.ActCreate, owner, controls(w, owner, owned)...))
		if errs[2] != nil {
			t.Fatalf("round %d: the affiliation was refused: %v", round, errs[2])
		}
		linked, awarded := eventOf(t, w, "affiliation", "create", "active"), eventOf(t, w, "application", "award", "awarded")
		if awarded > linked {
			t.Errorf("round %d: awarded (event %d) on a verdict from before the link (event %d)", round, awarded, linked)
		}
		jobs.catchUp(t, w, db)
		made := won(errs[:2])
		before[made]++
		total := workflow.Cents(made) * amount
		for i, c := range cases {
			if errs[i] == nil {
				continue
			}
			if why := refusedFor(errs[i]); why != "evidence_changed" && why != workflow.ReasonGroupCap {
				t.Errorf("round %d: an award was refused: %v", round, errs[i])
			}
			if application(t, w, c.Application).EvidenceChanged {
				c.Looked()
			}
			switch _, err := award(c)(); {
			case err == nil:
				total += amount
			case refusedFor(err) != workflow.ReasonGroupCap:
				t.Errorf("round %d: an award after the link was refused: %v", round, err)
			}
		}
		if made < 2 && total != amount {
			t.Errorf("round %d: %d awards before the link, and the group has %s", round, made, total)
		}
	}
	t.Logf("rounds by awards before the link: %v", before)
	verify(t, w)
}

// An affiliate is one record, whoever tells of it.
func TestAnAffiliateIsOneRecord(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		one, two := w.Organization("One, Inc.", 1_00), w.Organization("Two, Inc.", 1_00)
		uei := enginetest.UEI(77_777)
		tell := func(company workflow.ID, aor *models.Viewer, relation, uei string) error {
			_, err := w.Do(aor, workflow.NounOrganization, company, workflow.ActDeclare, enginetest.Text("relation", relation), enginetest.Text("uei", uei),
				enginetest.Text("legal_name", "Shared Holdings"), enginetest.Int("share", 51_00), enginetest.Date("since", mustDay("2020-01-01")))
			return err
		}
		aor := w.Viewer(w.Member(one, workflow.AOR))
		for _, err := range []error{tell(one, aor, "owns_us", uei), tell(two, w.Viewer(w.Member(two, workflow.AOR)), "owns_us", strings.ToLower(uei))} {
			if err != nil {
				t.Fatal(err)
			}
		}
		rows, _, err := db.Rows(t.Context(), w.As(workflow.ProgramOfficer), workflow.NounOrganization, models.Filter{Text: map[string]string{"uei": uei}})
		if err != nil || len(rows) != 1 {
			t.Fatalf("%d records have the UEI: %v", len(rows), err)
		}
		holding := rows[0].Record.ID
		if err := tell(holding, w.Viewer(w.Member(holding, workflow.AOR)), "owns_us", uei); refusedFor(err) != "affiliation_with_itself" {
			t.Errorf("telling of oneself: %v", err)
		}
	})
}

// Who tells of an affiliate that nobody speaks for states its revenue, and does
// not apply in its name; its own people take over.
func TestAnAffiliateWithoutPeopleIsSpokenForByWhoToldOfIt(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		person := w.Member(w.Company, workflow.AOR)
		w.Act(w.Viewer(person), workflow.NounOrganization, w.Company, workflow.ActDeclare, enginetest.Text("relation", "is_ours"),
			enginetest.Text("legal_name", "Silent Sub"), enginetest.Int("control", 1), enginetest.Date("since", mustDay("2020-01-01")))
		var sub workflow.ID
		for _, g := range w.Viewer(person).Grants {
			if g.Organization != w.Company {
				sub = g.Organization
			}
		}
		if sub == 0 {
			t.Fatal("nobody speaks for the affiliate")
		}
		w.Must(workflow.NounStatement, workflow.ActCreate, sub, w.Viewer(person), fiscal(5_00, "USD", enginetest.File("document", "books.csv", "a,b\n"))...)
		start := func() error {
			_, err := w.Make(w.Viewer(person), workflow.NounApplication, workflow.ActStart, w.Opportunity, enginetest.Int("organization", int64(sub)))
			return err
		}
		if err := start(); refusedFor(err) != "only_an_affiliate" {
			t.Errorf("applying in its name: %v", err)
		}
		stranger := w.Viewer(w.Member(w.Organization("Stranger, Inc.", 1), workflow.AOR))
		if _, err := w.Make(stranger, workflow.NounStatement, workflow.ActCreate, sub, fiscal(5_00, "USD")...); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("a stranger states its revenue: %v", err)
		}
		w.Member(sub, workflow.AOR)
		if err := start(); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("when it has people of its own: %v", err)
		}
	})
}

// Speaking for an affiliate rests on the registrar's own role and on the link: with
// either of them it ends, and a colleague who still has the role goes on.
func TestSpeakingForAnAffiliateEndsWithTheRoleOrTheLink(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		colleague := w.Member(w.Company, workflow.AOR)
		told := func(name string) (person, sub workflow.ID) {
			person = w.Member(w.Company, workflow.AOR)
			known := w.Viewer(person).Grants
			w.Act(w.Viewer(person), workflow.NounOrganization, w.Company, workflow.ActDeclare, enginetest.Text("relation", "is_ours"),
				enginetest.Text("legal_name", name), enginetest.Int("control", 1), enginetest.Date("since", mustDay("2020-01-01")))
			for _, g := range w.Viewer(person).Grants {
				if !slices.Contains(known, g) {
					sub = g.Organization
				}
			}
			if sub == 0 {
				t.Fatalf("nobody speaks for %s", name)
			}
			return person, sub
		}
		states := func(person, sub workflow.ID) error {
			_, err := w.Make(w.Viewer(person), workflow.NounStatement, workflow.ActCreate, sub, fiscal(5_00, "USD")...)
			return err
		}

		person, sub := told("Sub of Somebody Who Leaves")
		held, err := models.Records[workflow.Grant](t.Context(), w.DB.Reader, w.As(workflow.Admin), workflow.NounGrant, models.Filter{Where: map[string]workflow.ID{"person_id": person}})
		if err != nil || len(held) != 1 {
			t.Fatalf("%d grants, %v", len(held), err)
		}
		w.Act(w.As(workflow.Admin), workflow.NounGrant, held[0].ID, workflow.ActRevoke)
		if grants := w.Viewer(person).Grants; len(grants) != 0 {
			t.Errorf("who left still holds %v", grants)
		}
		if err := states(person, sub); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("who left states the affiliate's revenue: %v", err)
		}
		if err := states(colleague, sub); err != nil {
			t.Errorf("a colleague cannot: %v", err)
		}

		person, sub = told("Sub That Is None")
		links, err := models.Records[workflow.Affiliation](t.Context(), w.DB.Reader, w.As(workflow.Admin), workflow.NounAffiliation, models.Filter{Where: map[string]workflow.ID{"owned_id": sub}})
		if err != nil || len(links) != 1 {
			t.Fatalf("%d links, %v", len(links), err)
		}
		w.Act(w.As(workflow.ProgramOfficer), workflow.NounAffiliation, links[0].ID, workflow.ActDeny, enginetest.Text("note", "not theirs"))
		for _, somebody := range []workflow.ID{person, colleague} {
			if err := states(somebody, sub); !errors.Is(err, models.ErrNotFound) {
				t.Errorf("after the link was denied: %v", err)
			}
		}
	})
}

// Whoever names a stranger's organization by its ID is told what they would be told
// of one that is not there, and learns nothing of it.
func TestAStrangersOrganizationIsAsOneThatIsNotThere(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		aor := w.Viewer(w.Member(w.Company, workflow.AOR))
		stranger := w.Organization("Stranger, Inc.", 1_00)
		uei := record[workflow.Organization](t, w, workflow.NounOrganization, stranger).UEI
		stated := w.Must(workflow.NounStatement, workflow.ActCreate, w.Company, nil, earlier(fiscal(5_000_00, "USD"))...).ID
		const nobody = workflow.ID(987_654_321)
		part := func(other workflow.ID) error {
			_, err := w.Make(aor, workflow.NounElimination, workflow.ActCreate, stated, enginetest.Int("counterparty", int64(other)),
				enginetest.Cents("amount", 1_00), enginetest.File("document", "ledger.csv", "a,b\n"))
			return err
		}
		owning := func(other workflow.ID) error {
			_, err := w.Make(aor, workflow.NounAffiliation, workflow.ActCreate, w.Company, controls(w, w.Company, other)...)
			return err
		}
		owned := func(other workflow.ID) error {
			_, err := w.Make(aor, workflow.NounAffiliation, workflow.ActCreate, w.Company, controls(w, other, w.Company)...)
			return err
		}
		refused := func(when string) {
			t.Helper()
			for what, tell := range map[string]func(workflow.ID) error{"an elimination": part, "an affiliate that we own": owning, "an affiliate that owns us": owned} {
				told, missing := new(workflow.Refusal), new(workflow.Refusal)
				if !errors.As(tell(stranger), &told) || !errors.As(tell(nobody), &missing) {
					t.Fatalf("%s: %s: %v, %v", when, what, told, missing)
				}
				told.ID, missing.ID = 0, 0 // each is about a new record
				if told.Reason != "organization_unknown" || !reflect.DeepEqual(told, missing) {
					t.Errorf("%s: %s: told %+v, of nobody's %+v", when, what, told, missing)
				}
			}
		}
		declare := func() {
			w.Act(aor, workflow.NounOrganization, w.Company, workflow.ActDeclare, enginetest.Text("relation", "is_ours"), enginetest.Text("uei", uei),
				enginetest.Text("legal_name", "As typed"), enginetest.Int("share", 10_00), enginetest.Date("since", mustDay("2020-01-01")))
		}
		refused("before anything was said")
		if kin, err := db.Kin(t.Context(), aor, w.Company); err != nil || len(kin) != 0 {
			t.Errorf("learned of %v, %v", kin, err)
		}
		declare()
		links, err := db.Kin(t.Context(), aor, w.Company)
		if err != nil || len(links) != 1 || links[0].Owned != stranger {
			t.Fatalf("declared by its UEI: %v, %v", links, err)
		}
		if err := errors.Join(part(stranger), owning(stranger)); err != nil {
			t.Errorf("of an affiliate that was declared: %v", err)
		}
		for _, l := range links {
			w.Act(w.As(workflow.ProgramOfficer), workflow.NounAffiliation, l.ID, workflow.ActDeny, enginetest.Text("note", "no"))
		}
		links, err = db.Kin(t.Context(), aor, w.Company)
		if err != nil || len(links) != 1 {
			t.Fatalf("after one was denied: %v, %v", links, err)
		}
		w.Act(w.As(workflow.ProgramOfficer), workflow.NounAffiliation, links[0].ID, workflow.ActDeny, enginetest.Text("note", "no"))
		refused("after all was denied")
	})
}

// earlier makes in a statement of the year before.
func earlier(in []workflow.Input) []workflow.Input {
	in[0].Int--
	in[1].Date, in[2].Date = mustDay("2024-01-01"), mustDay("2024-12-31")
	return in
}

// A file that is refused leaves nothing behind.
func TestNothingOfARefusedFileIsStored(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		was := modelstest.Dump(t, db)
		aor := w.As(workflow.AOR)
		for _, file := range []workflow.Input{enginetest.File("document", "a.pdf", "MZ"), enginetest.File("document", "a.exe", "%PDF-1.7"), enginetest.File("document", "a.html", "<html>")} {
			in := fiscal(5_00, "USD", file)
			in[0].Int = 2024 // a year that is not told yet
			_, err := w.Engine.Do(t.Context(), engine.Request{Viewer: aor, Command: workflow.Command{Noun: workflow.NounStatement, Action: workflow.ActCreate,
				Parent: w.Company, Received: w.Now(), Inputs: in}})
			if no := new(workflow.Refusal); !errors.As(err, &no) || no.Field == "" {
				t.Errorf("%s: %v", file.Text, err)
			}
		}
		if now := modelstest.Dump(t, db); now != was {
			t.Errorf("the database changed:\n%s", difference(was, now))
		}
	})
}

// flagged joins the codes that a case is flagged for, the oldest first.
func flagged(a *workflow.Application) string {
	var out []string
	for _, f := range a.Flags() {
		out = append(out, f.Code)
	}
	return strings.Join(out, " ")
}

// A new version of the revenue rule reaches the cases that run at the start: once, and
// those whose verdict stays as it was are left alone.
func TestANewRuleReachesTheRunningCases(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		moved, same := w.NewCase("Audited, Inc.", 1_000_00).Submit(), w.NewCase("Plain, Inc.", 1_000_00).Submit()
		over := w.NewCase("Withdrawn, Inc.", 1_000_00).Submit()
		w.Act(w.Viewer(over.AOR), workflow.NounApplication, over.Application, workflow.ActWithdraw)
		alter := func(query string, args ...any) {
			t.Helper()
			if _, err := db.Pool().Exec(query, args...); err != nil {
				t.Fatal(err)
			}
		}
		// As revenue/2 left it: a statement that names an audit without its file passed.
		alter("UPDATE applications SET verdict = replace(verdict, '\"rule\":\"revenue/3\"', '\"rule\":\"revenue/2\"')")
		alter(fmt.Sprintf("UPDATE statements SET source = 'audited' WHERE organization_id IN (%d, %d)", moved.Company, over.Company))
		if err := db.Rise(t.Context(), w.Now()); err != nil {
			t.Fatal(err)
		}
		start := func() {
			t.Helper()
			if err := appjobs.RescreenAll(t.Context(), db, w.Engine, w.Now); err != nil {
				t.Fatal(err)
			}
		}
		start()
		if a := application(t, w, moved.Application); a.State != workflow.Screening || a.VerdictOutcome != "refer" || flagged(a) != "referred_again" {
			t.Errorf("the case of the audited one is %s with %s, flagged %s", a.State, a.VerdictOutcome, a.Flag)
		}
		for _, c := range []*enginetest.Case{same, over} {
			if a := application(t, w, c.Application); a.VerdictOutcome != "pass" || a.Flag != "" {
				t.Errorf("the case of organization %s is %s with %s, flagged %s", c.Company, a.State, a.VerdictOutcome, a.Flag)
			}
		}
		alter(fmt.Sprintf("UPDATE statements SET source = 'audited' WHERE organization_id = %d", same.Company))
		start()
		if a := application(t, w, same.Application); a.Version != 3 {
			t.Errorf("the cases were gone through twice: version %d", a.Version)
		}
	})
}
