package engine_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"tranche/app/engine/enginetest"
	"tranche/app/jobs"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// compare compares an organization with those that it shares something with, as the
// jobs do.
func compare(w *enginetest.World, organization workflow.ID) {
	w.T.Helper()
	if err := jobs.CompareOrganization(w.T.Context(), w.DB, w.Engine, w.Now(), organization); err != nil {
		w.T.Fatal(err)
	}
}

// pairs lists the duplicates that an organization is one of, by its state.
func pairs(w *enginetest.World, organization workflow.ID) (out []workflow.Duplicate) {
	w.T.Helper()
	all, err := models.Records[workflow.Duplicate](w.T.Context(), w.DB.Reader, w.As(workflow.Auditor), workflow.NounDuplicate, models.Filter{})
	if err != nil {
		w.T.Fatal(err)
	}
	return slices.DeleteFunc(all, func(d workflow.Duplicate) bool { return d.A != organization && d.B != organization })
}

// company is an organization of which nothing is known but its name and this.
func company(w *enginetest.World, name string, in ...workflow.Input) workflow.ID {
	return w.Must(workflow.NounOrganization, workflow.ActCreate, 0, nil, append(in, enginetest.Text("legal_name", name))...).ID
}

// works makes a person who acts for an organization.
func works(w *enginetest.World, organization workflow.ID, name, email string) workflow.ID {
	person := w.Must(workflow.NounPerson, workflow.ActCreate, 0, nil, enginetest.Text("name", name), enginetest.Text("email", email)).ID
	return w.Must(workflow.NounGrant, workflow.ActCreate, 0, nil, enginetest.Int("person", int64(person)), enginetest.Text("role", "applicant"),
		enginetest.Int("organization", int64(organization))).ID
}

// banks enters an account of an organization.
func banks(w *enginetest.World, organization workflow.ID, last string) {
	w.Must(workflow.NounBankAccount, workflow.ActEnter, organization, w.Viewer(w.Member(organization, workflow.AOR)), enginetest.Text("routing", "091000019"),
		enginetest.Text("sealed", "sealed "+organization.String()), enginetest.Text("last4", last), enginetest.Text("holder", "Holder "+organization.String()))
}

// Each sign, as it comes in by the commands of those who say it.
func TestWhatOrganizationsHaveInCommonIsFound(t *testing.T) {
	text := enginetest.Text
	for _, tt := range []struct {
		name  string
		signs string // joined by a space, the strongest first; "" when nothing is found
		pair  func(w *enginetest.World) (a, b workflow.ID)
	}{
		{"nothing", "", func(w *enginetest.World) (a, b workflow.ID) {
			return company(w, "Granite Optics"), company(w, "Harbor Foods")
		}},
		{"an EIN", "ein", func(w *enginetest.World) (a, b workflow.ID) {
			return company(w, "Granite Optics", text("ein", "91-1234567")), company(w, "Harbor Foods", text("ein", "91-1234567"))
		}},
		{"a name, but for case, form, spacing and a letter that looks like one", "same_name", func(w *enginetest.World) (a, b workflow.ID) {
			return company(w, "Granite Optics, Inc."), company(w, "GRANITE-\u200bОPTICS LLC")
		}},
		{"nearly a name, and a website", "website near_name", func(w *enginetest.World) (a, b workflow.ID) {
			return company(w, "Granite Optics", text("website", "https://granite.example")), company(w, "Granites Optics", text("website", "http://www.granite.example/en"))
		}},
		{"nearly a name alone", "", func(w *enginetest.World) (a, b workflow.ID) {
			return company(w, "Granite Optics"), company(w, "Granites Optics")
		}},
		{"an address and a website", "website address", func(w *enginetest.World) (a, b workflow.ID) {
			return company(w, "Granite Optics", text("street", "12 North Pine Street"), text("zip", "98101-2233"), text("website", "https://granite.example")),
				company(w, "Harbor Foods", text("street", "12 N. Pine St"), text("zip", "98101"), text("website", "https://granite.example"))
		}},
		{"an account and a mailbox", "account email", func(w *enginetest.World) (a, b workflow.ID) {
			a, b = company(w, "Granite Optics", text("email", "info@granite.example")), company(w, "Harbor Foods", text("email", "info@granite.example"))
			banks(w, a, "4471")
			banks(w, b, "4471")
			return a, b
		}},
		{"a person with two mailboxes, and an account", "account person", func(w *enginetest.World) (a, b workflow.ID) {
			a, b = company(w, "Granite Optics"), company(w, "Harbor Foods")
			banks(w, a, "4471")
			banks(w, b, "4471")
			works(w, a, "Ana Ruiz", "ana@granite.example")
			works(w, b, "RUIZ Ana", "ruiz@harbor.example")
			return a, b
		}},
		{"who signs", "signer", func(w *enginetest.World) (a, b workflow.ID) {
			a, b = company(w, "Granite Optics"), company(w, "Harbor Foods")
			person := w.Member(a, workflow.AOR)
			w.Must(workflow.NounGrant, workflow.ActCreate, 0, nil, enginetest.Int("person", int64(person)), text("role", "aor"), enginetest.Int("organization", int64(b)))
			return a, b
		}},
		{"somebody who signs for one and is a member of the other", "", func(w *enginetest.World) (a, b workflow.ID) {
			a, b = company(w, "Granite Optics"), company(w, "Harbor Foods")
			person := w.Member(a, workflow.AOR)
			w.Must(workflow.NounGrant, workflow.ActCreate, 0, nil, enginetest.Int("person", int64(person)), text("role", "applicant"), enginetest.Int("organization", int64(b)))
			return a, b
		}},
		{"what they ask money for", "proposal", func(w *enginetest.World) (a, b workflow.ID) {
			plan := strings.Repeat("We sort parts by touch with a glove that learns from its wearer and tells bolts from nuts in the dark. ", 3)
			for i, into := range []*workflow.ID{&a, &b} {
				c := w.NewCase([]string{"Granite Optics", "Harbor Foods"}[i], 1_000_00)
				w.Act(w.Viewer(c.AOR), workflow.NounApplication, c.Application, workflow.ActSave, text("approach", plan))
				c.Submit()
				*into = c.Company
			}
			return a, b
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			modelstest.Each(t, func(t *testing.T, db *models.DB) {
				w := enginetest.New(t, db)
				a, b := tt.pair(w)
				compare(w, a)
				compare(w, b)
				compare(w, b) // a job may run twice
				all := slices.DeleteFunc(pairs(w, a), func(d workflow.Duplicate) bool { return d.B != b })
				if tt.signs == "" {
					if len(all) != 0 {
						t.Errorf("found %+v", all)
					}
					return
				}
				if len(all) != 1 || all[0].State != workflow.Open || all[0].Score < workflow.Suspicious || all[0].Version != 1 {
					t.Fatalf("found %+v", all)
				}
				var by []string
				for _, s := range all[0].Signs.List() {
					by = append(by, s.By)
				}
				if got := strings.Join(by, " "); got != tt.signs {
					t.Errorf("by %q, want %q", got, tt.signs)
				}
			})
		})
	}
}

// twins are two companies that are found to be one, and the pair.
func twins(w *enginetest.World) (a, b workflow.ID, pair workflow.ID) {
	a = company(w, "Granite Optics, Inc.", enginetest.Text("website", "https://granite.example"))
	b = company(w, "Granite Optics LLC")
	compare(w, b)
	if all := pairs(w, a); len(all) == 0 {
		compare(w, a)
	}
	return a, b, pairs(w, a)[0].ID
}

func TestADismissedPairStaysSoUntilASignAppears(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		a, b, pair := twins(w)
		officer := w.As(workflow.ProgramOfficer)
		why := enginetest.Text("note", "two companies: a spin-off kept the name")
		want := func(what string, state workflow.State, signs int) {
			t.Helper()
			compare(w, a)
			compare(w, b)
			d := pairs(w, a)[0]
			if d.ID != pair || d.State != state || len(d.Signs.List()) != signs {
				t.Errorf("%s: %+v", what, d)
			}
		}
		update := func(id workflow.ID, in ...workflow.Input) {
			w.Act(nil, workflow.NounOrganization, id, workflow.ActUpdate, in...)
		}
		if _, err := w.Do(officer, workflow.NounDuplicate, pair, workflow.ActDismiss, enginetest.Text("note", "")); err == nil {
			t.Error("dismissed without a reason")
		}
		if _, err := w.Do(w.As(workflow.SecurityReviewer), workflow.NounDuplicate, pair, workflow.ActDismiss, why); refusedFor(err) != workflow.ReasonRole {
			t.Errorf("dismissed by another role: %v", err)
		}
		w.Act(officer, workflow.NounDuplicate, pair, workflow.ActDismiss, why)
		want("compared again", workflow.Dismissed, 1)
		update(b, enginetest.Text("website", "https://granite.example"))
		want("a sign more", workflow.Open, 2)
		w.Act(officer, workflow.NounDuplicate, pair, workflow.ActDismiss, why)
		update(b, enginetest.Text("website", "https://optics.example"))
		want("a sign less", workflow.Dismissed, 2)
		update(a, enginetest.Text("website", "https://optics.example"))
		want("a sign that says something else", workflow.Open, 2)
		update(a, enginetest.Text("legal_name", "Basalt Lenses"), enginetest.Text("website", ""))
		want("nothing in common", workflow.Lapsed, 2)
		update(a, enginetest.Text("legal_name", "Granite Optics"))
		want("in common again", workflow.Open, 1)
		w.Act(officer, workflow.NounDuplicate, pair, workflow.ActDismiss, why)
		w.Act(officer, workflow.NounDuplicate, pair, workflow.ActReopen, why)
		want("reopened by a person", workflow.Open, 1)
		verify(t, w)
	})
}

// Organizations from before there were comparisons are compared when the program starts.
func TestWhoWasNeverComparedIsComparedAtTheStart(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		a, _ := company(w, "Granite Optics, Inc."), company(w, "Granite Optics LLC")
		if err := jobs.CompareAll(t.Context(), db, w.Engine, w.Now); err != nil {
			t.Fatal(err)
		}
		if all := pairs(w, a); len(all) != 1 {
			t.Errorf("found %+v", all)
		}
		if left, err := db.ToCompare(t.Context(), 0); err != nil || len(left) != 0 {
			t.Errorf("left to compare: %v, %v", left, err)
		}
	})
}

// What no form takes may stand in an address from before: the organization is compared
// all the same.
func TestAnAddressThatIsNoTextStopsNoComparison(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		odd, twin := company(w, "Granite Optics, Inc."), company(w, "Granite Optics LLC")
		if _, err := db.Pool().Exec(fmt.Sprintf("UPDATE organizations SET website = 'https://granite%%ff.example' WHERE id = %d", odd)); err != nil {
			t.Fatal(err)
		}
		compare(w, twin)
		compare(w, odd)
		if all := pairs(w, odd); len(all) != 1 {
			t.Errorf("found %+v", all)
		}
	})
}

// joinable makes a pair of two companies, whatever they have in common.
func joinable(w *enginetest.World, a, b workflow.ID) workflow.ID {
	w.T.Helper()
	for _, id := range []workflow.ID{a, b} {
		w.Act(nil, workflow.NounOrganization, id, workflow.ActUpdate, enginetest.Text("ein", "91-1234567"))
	}
	return w.Must(workflow.NounDuplicate, workflow.ActCreate, 0, nil, enginetest.Int("a", int64(a)), enginetest.Int("b", int64(b))).ID
}

var because = enginetest.Text("note", "one address, one founder, one plan")

// Two that count as one share a cap, until that is taken back by somebody else.
func TestTheCapCountsWhoCountsAsOne(t *testing.T) {
	const most, half = workflow.AwardCap, workflow.AwardCap / 2
	for _, way := range []workflow.Action{workflow.ActLink, workflow.ActMerge} {
		t.Run(way.String(), func(t *testing.T) {
			modelstest.Each(t, func(t *testing.T, db *models.DB) {
				w := enginetest.New(t, db)
				officer, other := w.As(workflow.ProgramOfficer), w.Viewer(w.Person(workflow.ProgramOfficer))
				first := w.NewCase("Granite Optics, Inc.", most).Submit().Review().Recommend().Awarded()
				second := w.NewCase("Granite Optics LLC", half).Submit().Review().Recommend()
				pair := joinable(w, first.Company, second.Company)
				in := []workflow.Input{because}
				if way == workflow.ActMerge {
					in = append(in, enginetest.Int("kept", int64(second.Company)))
				}
				w.Act(officer, workflow.NounDuplicate, pair, way, in...)
				if flags := application(t, w, second.Application).Flags(); len(flags) != 1 || flags[0].Code != "duplicate" {
					t.Errorf("the case that is being decided is flagged for %v", flags)
				}
				award := func() error {
					_, err := w.Do(w.As(workflow.SelectingOfficial), workflow.NounApplication, second.Application, workflow.ActAward, enginetest.Cents("amount", half))
					return err
				}
				if err := award(); refusedFor(err) != workflow.ReasonGroupCap {
					t.Errorf("over the cap together: %v", err)
				}
				verify(t, w)
				if _, err := w.Do(officer, workflow.NounDuplicate, pair, workflow.ActUndo, because); refusedFor(err) != "you_joined_these" {
					t.Errorf("taken back by who did it: %v", err)
				}
				w.Act(other, workflow.NounDuplicate, pair, workflow.ActUndo, because)
				verify(t, w)
				if err := award(); err != nil {
					t.Errorf("apart again: %v", err)
				}
				w.Act(officer, workflow.NounDuplicate, pair, way, in...) // above the cap together: a fact that came later
				verify(t, w)
				w.Act(other, workflow.NounDuplicate, pair, workflow.ActUndo, because)
				w.Act(w.Viewer(first.AOR), workflow.NounAward, first.Award, workflow.ActRefuse)
				verify(t, w)
			})
		})
	}
}

// What affiliations made one stays one when a link is taken back.
func TestATakenBackLinkLeavesAffiliatesTogether(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		officer, other := w.As(workflow.ProgramOfficer), w.Viewer(w.Person(workflow.ProgramOfficer))
		awarded := func(name string, amount workflow.Cents) *enginetest.Case {
			return w.NewCase(name, amount).Submit().Review().Recommend().Awarded()
		}
		mother, daughter, double := awarded("Mother, Inc.", 3_000_000_00), awarded("Daughter, Inc.", 3_000_000_00), awarded("Double, Inc.", 3_000_000_00)
		pair := joinable(w, daughter.Company, double.Company)
		w.Act(officer, workflow.NounDuplicate, pair, workflow.ActLink, because)
		link := w.Must(workflow.NounAffiliation, workflow.ActCreate, mother.Company, nil, controls(w, mother.Company, daughter.Company)...).ID
		groups := func(want ...workflow.ID) {
			t.Helper()
			for i, id := range []workflow.ID{mother.Company, daughter.Company, double.Company} {
				var got int64
				if err := db.Pool().QueryRow(fmt.Sprintf("SELECT group_id FROM organization_groups WHERE organization_id = %d", id)).Scan(&got); err != nil || workflow.ID(got) != want[i] {
					t.Errorf("organization %s is in group %d, want %s (%v)", id, got, want[i], err)
				}
			}
			verify(t, w)
		}
		groups(mother.Company, mother.Company, mother.Company)
		w.Act(nil, workflow.NounAffiliation, link, workflow.ActClose, enginetest.Date("ends", workflow.DateOf(w.Now())))
		w.Act(other, workflow.NounDuplicate, pair, workflow.ActUndo, because)
		groups(mother.Company, mother.Company, double.Company)
		for c, want := range map[*enginetest.Case]int64{mother: 6_000_000_00, double: 3_000_000_00} {
			var cents int64
			if err := db.Pool().QueryRow(fmt.Sprintf("SELECT cents FROM group_caps WHERE group_id = %d", c.Company)).Scan(&cents); err != nil || cents != want {
				t.Errorf("group %s has %d cents, want %d (%v)", c.Company, cents, want, err)
			}
		}
		w.Act(w.Viewer(daughter.AOR), workflow.NounAward, daughter.Award, workflow.ActRefuse)
		w.Act(w.Viewer(double.AOR), workflow.NounAward, double.Award, workflow.ActRefuse)
		verify(t, w)
	})
}

// The one that goes begins nothing new, and is not told who goes on in its place; what
// it has goes on.
func TestWhoWasTakenForAnotherBeginsNothingNew(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		officer, other := w.As(workflow.ProgramOfficer), w.Viewer(w.Person(workflow.ProgramOfficer))
		stays := w.NewCase("Granite Optics, Inc.", 1_000_00)
		paid := w.NewCase("Granite Optics LLC", 10_000_00).Submit().Review().Recommend().Awarded().Bank().Active()
		gone := paid.Company
		w.Opportunity = w.NewOpportunity("AIV-2026-NEXT")
		running := w.DraftOf(gone, paid.AOR, 1_000_00).Submit().Review().Recommend()
		w.Opportunity = w.NewOpportunity("AIV-2026-LATER")
		draft := w.DraftOf(gone, paid.AOR, 1_000_00)
		pair := joinable(w, stays.Company, gone)
		w.Act(officer, workflow.NounDuplicate, pair, workflow.ActMerge, because, enginetest.Int("kept", int64(stays.Company)))
		w.Opportunity = w.NewOpportunity("AIV-2026-LAST")
		refused := func(err error) {
			t.Helper()
			no := new(workflow.Refusal)
			if !errors.As(err, &no) || no.Reason != "organization_merged" || len(no.Words) != 0 {
				t.Errorf("answered %v, %v", err, no.Words)
			}
		}
		start := func() error {
			_, err := w.Make(w.Viewer(paid.AOR), workflow.NounApplication, workflow.ActStart, w.Opportunity, enginetest.Int("organization", int64(gone)))
			return err
		}
		refused(start())
		_, err := w.Do(w.Viewer(paid.AOR), workflow.NounApplication, draft.Application, workflow.ActSubmit)
		refused(err)
		running.Awarded().Bank().Active() // what it has goes on
		paid.Claim(0)
		reads := w.Viewer(paid.AOR)
		if text := fmt.Sprintf("%+v", told(t, w, reads, workflow.NounOrganization, gone)); !strings.Contains(text, "merged") || strings.Contains(text, stays.Company.String()) || strings.Contains(text, "Granite Optics, Inc.") {
			t.Errorf("its people read %s", text)
		}
		w.Act(w.Viewer(paid.AOR), workflow.NounOrganization, gone, workflow.ActUpdate, enginetest.Text("mailing", "PO Box 5"))
		if flags := application(t, w, running.Application).Flags(); len(flags) != 1 {
			t.Errorf("the case is flagged for %v", flags)
		}
		w.Act(other, workflow.NounDuplicate, pair, workflow.ActUndo, because)
		if err := start(); err != nil {
			t.Errorf("taken back, and %v", err)
		}
		if flags := application(t, w, running.Application).Flags(); len(flags) != 0 {
			t.Errorf("taken back, the case is flagged for %v", flags)
		}
		verify(t, w)
	})
}

// told is what v may read of a record and of what happened to it.
func told(t *testing.T, w *enginetest.World, v *models.Viewer, noun workflow.Noun, id workflow.ID) (out []any) {
	t.Helper()
	row, err := w.DB.Row(t.Context(), v, noun, id)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range row.Cells {
		out = append(out, c.Name, reflect.ValueOf(c.Value).Elem().Interface())
	}
	events, err := w.DB.Events(t.Context(), v, noun, id)
	if err != nil {
		t.Fatal(err)
	}
	return append(out, row.Record.State.String(), events)
}

// Of two links, one that is taken back leaves the cases flagged that the other holds.
func TestATakenBackLinkTakesItsFlagsBack(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		officer, other := w.As(workflow.ProgramOfficer), w.Viewer(w.Person(workflow.ProgramOfficer))
		var cases []*enginetest.Case
		for _, name := range []string{"Granite Optics, Inc.", "Basalt Lenses, Inc.", "Harbor Foods, Inc."} {
			cases = append(cases, w.NewCase(name, 1_000_00).Submit())
		}
		one, two := joinable(w, cases[0].Company, cases[1].Company), joinable(w, cases[1].Company, cases[2].Company)
		w.Act(officer, workflow.NounDuplicate, one, workflow.ActLink, because)
		w.Act(officer, workflow.NounDuplicate, two, workflow.ActLink, because)
		w.Act(w.Viewer(cases[2].AOR), workflow.NounApplication, cases[2].Application, workflow.ActReopen)
		want := func(when string, flagged ...bool) {
			t.Helper()
			for i, c := range cases {
				if flags := application(t, w, c.Application).Flags(); (len(flags) == 1 && flags[0].Code == "duplicate") != flagged[i] || len(flags) > 1 {
					t.Errorf("%s: case %d is flagged for %v", when, i, flags)
				}
			}
		}
		want("linked", true, true, true)
		w.Act(other, workflow.NounDuplicate, one, workflow.ActUndo, because)
		want("the first taken back", false, true, true)
		w.Act(other, workflow.NounDuplicate, two, workflow.ActUndo, because)
		want("both taken back", false, false, false)
		verify(t, w)
	})
}

// A statement that only linked organizations were judged by may be withdrawn: a link
// joins no revenue.
func TestALinkDoesNotFixTheStatementsOfBoth(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		judged, linked := w.NewCase("Granite Optics, Inc.", 1_000_00).Submit(), company(w, "Granite Optics LLC")
		mine, theirs := w.State(judged.Company, 2024, 1_00), w.State(linked, 2024, 1_00)
		w.Act(w.As(workflow.ProgramOfficer), workflow.NounDuplicate, joinable(w, judged.Company, linked), workflow.ActLink, because)
		if _, err := w.Do(w.Viewer(judged.AOR), workflow.NounStatement, mine, workflow.ActWithdraw, because); err == nil {
			t.Error("a statement that a verdict may rest on was withdrawn by its applicant")
		}
		w.Act(w.Viewer(w.Member(linked, workflow.AOR)), workflow.NounStatement, theirs, workflow.ActWithdraw, because)
	})
}

// A link does not keep an applicant from applying, who would learn of it by that.
func TestALinkIsNotToldByARefusal(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		first, second := w.NewCase("Granite Optics, Inc.", 1_000_00).Submit(), w.NewCase("Granite Optics LLC", 1_000_00)
		w.Act(w.As(workflow.ProgramOfficer), workflow.NounDuplicate, joinable(w, first.Company, second.Company), workflow.ActLink, because)
		second.Submit()
	})
}

// Who belongs to one of the two, or is no more than a reviewer, learns nothing.
func TestWhoBelongsToOneOfThemLearnsNothingOfADuplicate(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		a, b, pair := twins(w)
		// An officer of the program who belongs to an organization.
		double := func(organization workflow.ID) *models.Viewer {
			person := w.Member(organization, workflow.Applicant)
			w.Must(workflow.NounGrant, workflow.ActCreate, 0, nil, enginetest.Int("person", int64(person)), enginetest.Text("role", "program_officer"),
				enginetest.Int("program", int64(w.Program)))
			return w.Viewer(person)
		}
		affiliate := company(w, "Owner of one of them")
		w.Must(workflow.NounAffiliation, workflow.ActCreate, affiliate, nil, controls(w, affiliate, b)...)
		for name, barred := range map[string]*models.Viewer{
			"an officer of the first": double(a), "an officer of the second": double(b), "an officer of its owner": double(affiliate),
			"an applicant": w.Viewer(w.Member(a, workflow.AOR)), "a reviewer": w.Viewer(w.Reviewers[0]),
		} {
			if row, err := db.Row(t.Context(), barred, workflow.NounDuplicate, pair); !errors.Is(err, models.ErrNotFound) {
				t.Errorf("%s reads %+v, %v", name, row, err)
			}
			l, err := models.List[workflow.Duplicate](t.Context(), db.Reader, barred, workflow.NounDuplicate, models.Filter{}, "")
			if err != nil || len(l.Rows) != 0 || l.Count != 0 || len(l.ByState) != 0 {
				t.Errorf("%s is told of %+v, %v", name, l, err)
			}
			if _, err := w.Do(barred, workflow.NounDuplicate, pair, workflow.ActDismiss, because); !errors.Is(err, models.ErrNotFound) {
				t.Errorf("%s acts: %v", name, err)
			}
		}
		bystander := double(company(w, "Harbor Foods"))
		if _, err := db.Row(t.Context(), bystander, workflow.NounDuplicate, pair); err != nil {
			t.Errorf("an officer who belongs to another organization: %v", err)
		}
		for search, want := range map[string]int{"granite": 1, "optics llc": 1, "nobody": 0} {
			if l, err := models.List[workflow.Duplicate](t.Context(), db.Reader, bystander, workflow.NounDuplicate, models.Filter{}, search); err != nil || l.Count != want {
				t.Errorf("%q finds %d, %v", search, l.Count, err)
			}
		}
	})
}
