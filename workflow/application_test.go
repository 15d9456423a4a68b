package workflow

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	requested = Cents(2_000_000_00)
	proposed  = Cents(1_500_000_00)
)

// applicationIn returns facts of a sound application in state s: everything a
// decision for it could ask is there.
func applicationIn(s State) ApplicationFacts {
	f := ApplicationFacts{
		Application: Application{
			Record: Record{ID: 100, State: s, Version: 3, Made: noon.AddDate(0, -1, 0)},
			Number: "AIV-2026-000100", Program: 2, Fund: 3, Opportunity: 4, Organization: 5,
			Title: "Better batteries", Summary: "S", Approach: "A", Outcome: "O",
			Requested: requested, Months: 12, Certified: true, Submissions: 1,
		},
		Opportunity: Opportunity{
			Record: Record{ID: 4, State: Open}, Program: 2, Fund: 3, Prefix: "AIV",
			Opens: noon.AddDate(0, -2, 0), Closes: noon.AddDate(0, 1, 0), GraceMinutes: 10,
			AwardCap: AwardCap, RevenueCap: RevenueCap, ReviewsNeeded: 2, AppealDays: 30,
		},
		Organization: Organization{Record: Record{ID: 5, State: Active}, LegalName: "Ana's Lab", UEI: "C11UU252P5S5", Group: 6},
		Verdict:      Verdict{Outcome: Pass},
		Reviews:      2,
		Available:    10_000_000_00,
	}
	switch s {
	case None:
		f.Application = Application{}
	case Draft:
		f.Submissions = 0
	case NeedsInformation:
		f.Back, f.ReplyDue = InReview, DateOf(noon).AddDays(-1)
	case Recommended:
		f.Committed, f.Application.Recommended, f.RecommendedBy = proposed, proposed, olga
	case DeclineRecommended:
		f.RecommendedBy = olga
	case Declined, Ineligible:
		f.DecidedAt = noon.AddDate(0, 0, -29)
	case Appealed:
		f.Back, f.Acted = Declined, []ID{olga, sam}
	case Awarded:
		f.Award, f.Awarded = 200, proposed
		f.LiveAward = Award{Record: Record{ID: 200, State: Offered}}
	}
	return f
}

// readyApplication makes a possible from s.
func readyApplication(s State, a Action) (ApplicationFacts, Command) {
	f := applicationIn(s)
	c := Command{ID: 100, Spare: 200, Received: noon, Actor: Actor{Person: ana}}
	switch a {
	case ActReopen:
		f.Reviews = 0
	case ActRestore, ActExpire, ActScreenPass, ActScreenRefer, ActScreenFail:
		f.Opportunity.State, f.Opportunity.Closes = Closed, noon.Add(-10*time.Minute)
	case ActLapseAward:
		f.LiveAward.State, f.Waitlisted = Rescinded, 101
	}
	switch a {
	case ActRestore:
		f.Submissions = 1
		f.Sent = string(mustJSON(f.content()))
	case ActScreenRefer, ActRefer:
		f.Verdict.Outcome = Refer
	case ActScreenFail:
		f.Verdict.Outcome = Fail
	case ActAssign:
		f.Officer, f.Assignee = olga, Assignee{Officer: true}
		c.Inputs = []Input{fieldOfficer.ref(sam)}
	case ActAdopt:
		f.Application.Terms, f.Opportunity.Terms = "old", "new"
		c.Inputs = []Input{fieldNote.text("better for everybody")}
	case ActRescreen:
		f.Verdict = verdictOf(Pass, 2)
		f.Application.Verdict = verdictOf(Pass, 1).JSON()
	case ActAcknowledge:
		f.Verdict, f.EvidenceChanged, f.Flag = verdictOf(Pass, 2), true, Flags(flagEvidence)
		c.Inputs = []Input{fieldFlags.text(flagEvidence), fieldNote.text("the affiliate is small")}
	case ActExcuse:
		f.Opportunity.State, f.Opportunity.Closes = Closed, noon.Add(-20*time.Minute)
		c.Inputs = []Input{excusedPerson.ref(ana), {Name: "turned_away", Time: noon.Add(-10*time.Minute - 1)}, excusedStatus.count(503)}
	case ActExtend:
		f.Exception = Exception{Record: Record{ID: 300, State: Approved}, Act: LateExtension, SubjectID: 100, Ends: noon.Add(time.Second)}
		c.Inputs = []Input{{Name: "until", Time: noon.AddDate(0, 0, 7)}, fieldNote.text("ill")}
	case ActClear:
		c.Inputs = []Input{fieldCodes.text("affiliate_sold"), fieldNote.text("seen")}
	case ActFindIneligible:
		c.Inputs = []Input{fieldCodes.text("not_a_startup,outside_program"), fieldNote.text("why")}
	case ActRecommendDecline, ActDecline:
		c.Inputs = []Input{fieldCodes.text("out_of_scope"), fieldNote.text("why")}
	case ActRequestInformation:
		c.Inputs = []Input{fieldQuestion.text("Which year?"), fieldDue.day(DateOf(noon).AddDays(1))}
	case ActExtendRequest:
		f.ReplyDue = DateOf(noon).AddDays(1)
		c.Inputs = []Input{fieldDue.day(DateOf(noon).AddDays(2))}
	case ActReply:
		f.Question = "Which year?"
		c.Inputs = []Input{fieldReplies.text(`{"q1":"2025"}`)}
	case ActRecommend, ActAward:
		c.Inputs = []Input{fieldAmount.cents(proposed), fieldNote.text("good")}
	case ActWaitlist:
		c.Inputs = []Input{fieldRank.count(3)}
	case ActAppeal:
		c.Inputs = []Input{fieldGrounds.text("mistaken")}
	case ActRectify:
		f.Exception = Exception{Record: Record{ID: 300, State: Approved}, Act: Rectify, SubjectID: 100, Ends: noon.Add(time.Second)}
		c.Inputs = []Input{fieldNote.text("wrong file")}
	}
	return f, c
}

// verdictOf is a verdict of the rule with nothing but an outcome and a sum.
func verdictOf(o Outcome, sum Cents) Verdict {
	return Verdict{Rule: RevenueRule, Outcome: o, Total: sum, Sum: sum, Years: 1, Cap: RevenueCap}
}

// requiring are terms that require a screening and merit.
func requiring() *Terms {
	t := *usualTerms
	t.Clearances = []ClearanceTerm{{ClearScreening, 90}, {ClearMerit, 0}}
	return &t
}

// requires checks that the step has the screening made, and nothing else.
func requires(t *testing.T, _ *ApplicationFacts, s *Step) {
	t.Helper()
	want := []Child{{Noun: NounClearance, Action: ActRequire, Parent: 100, By: System, Inputs: []Input{clearanceKind.text(ClearScreening)}}}
	if got := slices.Collect(s.Children()); !reflect.DeepEqual(got, want) {
		t.Errorf("raises %+v, want %+v", got, want)
	}
}

func usesException(t *testing.T, _ *ApplicationFacts, s *Step) {
	t.Helper()
	want := []Child{{Noun: NounException, Action: ActUse, ID: 300, By: System}}
	if got := slices.Collect(s.Children()); !reflect.DeepEqual(got, want) {
		t.Errorf("raises %+v, want %+v", got, want)
	}
}

func postedFor(debit, credit Account, cents Cents) []Posting {
	return []Posting{{Fund: 3, Application: 100, Debit: debit, Credit: credit, Cents: cents}}
}

// facts shortens the scenarios that need no command.
func facts[F any](set func(*F)) func(*F, *Command) { return func(f *F, _ *Command) { set(f) } }

// asking shortens the scenarios that differ in one input only.
func asking[F any](in Input) func(*F, *Command) {
	return func(_ *F, c *Command) {
		c.Inputs = slices.DeleteFunc(slices.Clone(c.Inputs), func(i Input) bool { return i.Name == in.Name })
		c.Inputs = append(c.Inputs, in)
	}
}

type applicationScenario = scenario[ApplicationFacts]

func TestApplication(t *testing.T) {
	type F = ApplicationFacts
	var list []applicationScenario
	add := func(more ...applicationScenario) { list = append(list, more...) }

	add(
		applicationScenario{name: "a draft in the opportunity's name", start: in(None), action: ActStart, by: Applicant, end: Draft,
			change: func(_ *F, c *Command) {
				c.Inputs = []Input{{Name: "title", Text: "T"}, {Name: "months", Int: 6}, {Name: "certified", Int: 1}}
			},
			check: func(t *testing.T, f *F, _ *Step) {
				if f.Number != "AIV-2026-000100" || f.Program != 2 || f.Fund != 3 || f.Application.Opportunity != 4 ||
					f.Application.Organization != 5 || f.StartedBy != ana || f.Title != "T" || f.Months != 6 || !f.Certified {
					t.Errorf("started %+v", f.Application)
				}
			}},
		applicationScenario{name: "paused", start: in(None), action: ActStart, by: AOR, reason: "opportunity_closed",
			change: facts(func(f *F) { f.Opportunity.State = Paused })},
		applicationScenario{name: "before it opens", start: in(None), action: ActStart, by: AOR, reason: "opportunity_closed",
			change: func(f *F, c *Command) { c.Received = f.Opportunity.Opens.Add(-1) }},
		applicationScenario{name: "at the deadline", start: in(None), action: ActStart, by: AOR, reason: "opportunity_closed",
			change: facts(func(f *F) { f.Opportunity.Closes = noon })},
		applicationScenario{name: "a second of the group", start: in(None), action: ActStart, by: AOR, reason: "other_application_live",
			change: facts(func(f *F) { f.OtherLive = 1 })},

		applicationScenario{name: "what came, and nothing else", start: in(Draft), action: ActSave, by: Applicant, end: Draft,
			change: asking[F](Input{Name: "requested", Cents: 1}),
			check: func(t *testing.T, f *F, _ *Step) {
				if f.Requested != 1 || f.Title != "Better batteries" {
					t.Errorf("saved %+v", f.Application)
				}
			}},

		applicationScenario{name: "who was turned away in the last moment of the grace", start: in(Draft, Expired), action: ActExcuse, by: System, end: Draft,
			check: func(t *testing.T, f *F, _ *Step) {
				if !f.ExtendedUntil.Equal(noon.Add(time.Hour)) || !f.takes(noon.Add(time.Hour-1)) || f.takes(noon.Add(time.Hour)) {
					t.Errorf("excused until %v", f.ExtendedUntil)
				}
			}},
		applicationScenario{name: "who has a longer extension", start: in(Draft), action: ActExcuse, by: System, end: Draft,
			change: facts(func(f *F) { f.ExtendedUntil = noon.AddDate(0, 0, 1) }),
			check: func(t *testing.T, f *F, _ *Step) {
				if !f.ExtendedUntil.Equal(noon.AddDate(0, 0, 1)) {
					t.Errorf("excused until %v", f.ExtendedUntil)
				}
			}},
		applicationScenario{name: "who came late", start: in(Draft), action: ActExcuse, by: System, reason: "deadline_passed",
			change: func(_ *F, c *Command) { c.Inputs[1].Time = noon.Add(-10 * time.Minute) }},
		applicationScenario{name: "who was turned away within an earlier grace", start: in(Draft), action: ActExcuse, by: System, reason: "deadline_passed",
			change: func(f *F, c *Command) { f.ExtendedUntil, c.Inputs[1].Time = noon.Add(time.Hour), noon.Add(time.Minute) }},
		applicationScenario{name: "who had not finished", start: in(Draft), action: ActExcuse, by: System, reason: "incomplete",
			change: facts(func(f *F) { f.Outcome = "" })},
		applicationScenario{name: "who had not certified", start: in(Draft), action: ActExcuse, by: System, reason: "not_certified",
			change: facts(func(f *F) { f.Certified = false })},
		applicationScenario{name: "who has another application by now", start: in(Expired), action: ActExcuse, by: System, reason: "other_application_live",
			change: facts(func(f *F) { f.OtherLive = 1 })},
		applicationScenario{name: "to another officer", start: in(Submitted), action: ActAssign, by: ProgramLead, end: Submitted, check: assigned},
		applicationScenario{name: "to another officer", start: in(Screening), action: ActAssign, by: ProgramLead, end: Screening, check: assigned},
		applicationScenario{name: "to another officer", start: in(NeedsInformation), action: ActAssign, by: ProgramLead, end: NeedsInformation, check: assigned},
		applicationScenario{name: "to another officer", start: in(InReview), action: ActAssign, by: ProgramLead, end: InReview, check: assigned},
		applicationScenario{name: "to another officer", start: in(Recommended), action: ActAssign, by: ProgramLead, end: Recommended, check: assigned},
		applicationScenario{name: "to another officer", start: in(DeclineRecommended), action: ActAssign, by: ProgramLead, end: DeclineRecommended, check: assigned},
		applicationScenario{name: "to another officer", start: in(Waitlisted), action: ActAssign, by: ProgramLead, end: Waitlisted, check: assigned},
		applicationScenario{name: "to another officer", start: in(Appealed), action: ActAssign, by: ProgramLead, end: Appealed, check: assigned},
		applicationScenario{name: "to who has it", start: in(InReview), action: ActAssign, by: ProgramLead, reason: "officer_unchanged",
			change: asking[F](fieldOfficer.ref(olga))},
		applicationScenario{name: "to who is no officer", start: in(Submitted), action: ActAssign, by: ProgramLead, reason: "not_an_officer",
			change: facts(func(f *F) { f.Assignee.Officer = false })},
		applicationScenario{name: "to who has a part in it", start: in(Recommended), action: ActAssign, by: ProgramLead, reason: "officer_conflicted",
			change: facts(func(f *F) { f.Assignee.Conflicted = true })},
		applicationScenario{name: "to nobody", start: in(Waitlisted), action: ActAssign, by: ProgramLead, end: Waitlisted,
			change: func(f *F, c *Command) { c.Inputs, f.Assignee = nil, Assignee{} },
			check: func(t *testing.T, f *F, _ *Step) {
				if f.Officer != 0 {
					t.Errorf("%s owns it", f.Officer)
				}
			}},
		applicationScenario{name: "by an officer", start: in(InReview), action: ActAssign, by: ProgramOfficer, reason: ReasonRole},
		applicationScenario{name: "to the terms of today", start: in(Submitted), action: ActAdopt, by: ProgramLead, end: Submitted, check: adopted},
		applicationScenario{name: "to no terms", start: in(Submitted), action: ActAdopt, by: ProgramLead, reason: "terms_unchanged",
			change: facts(func(f *F) { f.Opportunity.Terms = "" })},
		applicationScenario{name: "to the terms of today", start: in(Screening), action: ActAdopt, by: ProgramLead, end: Screening, check: adopted},
		applicationScenario{name: "to the terms of today", start: in(NeedsInformation), action: ActAdopt, by: ProgramLead, end: NeedsInformation, check: adopted},
		applicationScenario{name: "to the terms of today", start: in(InReview), action: ActAdopt, by: ProgramLead, end: InReview, check: adopted},
		applicationScenario{name: "to the terms of today", start: in(Recommended), action: ActAdopt, by: ProgramLead, end: Recommended, check: adopted},
		applicationScenario{name: "to the terms of today", start: in(DeclineRecommended), action: ActAdopt, by: ProgramLead, end: DeclineRecommended, check: adopted},
		applicationScenario{name: "to the terms of today", start: in(Waitlisted), action: ActAdopt, by: ProgramLead, end: Waitlisted, check: adopted},
		applicationScenario{name: "for a reason that the terms do not list", start: in(Screening), action: ActClear, by: ProgramOfficer, actor: sam, reason: "code_unknown",
			change: asking[F](fieldCodes.text("bad_luck"))},
		applicationScenario{name: "for a reason that the terms do not list", start: in(Screening), action: ActFindIneligible, by: ProgramOfficer, actor: sam, reason: "code_unknown",
			change: asking[F](fieldCodes.text("bad_luck"))},
		applicationScenario{name: "for a reason that the terms do not list", start: in(InReview), action: ActRecommendDecline, by: ProgramOfficer, actor: sam, reason: "code_unknown",
			change: asking[F](fieldCodes.text("bad_luck"))},
		applicationScenario{name: "for a reason that the terms do not list", start: in(DeclineRecommended), action: ActDecline, by: SelectingOfficial, actor: sam, reason: "code_unknown",
			change: asking[F](fieldCodes.text("bad_luck"))},
		applicationScenario{name: "for a reason of the program's own", start: in(InReview), action: ActRecommendDecline, by: ProgramOfficer, actor: olga, end: DeclineRecommended,
			change: func(f *F, c *Command) {
				f.Terms, c.Inputs = ownTerms, []Input{fieldCodes.text("no_fit"), fieldNote.text("why")}
			}},
		applicationScenario{name: "though nothing changed", start: in(InReview), action: ActAdopt, by: ProgramLead, reason: "terms_unchanged",
			change: facts(func(f *F) { f.Opportunity.Terms = "old" })},
		applicationScenario{name: "with answers", start: in(Draft), action: ActSave, by: Applicant, end: Draft,
			change: func(f *F, c *Command) {
				f.Terms, f.Answers = ownTerms, `{"people":"3","stage":"seed"}`
				c.Inputs = []Input{fieldAnswers.text(`{"people":"4","stage":""}`)}
			},
			check: func(t *testing.T, f *F, _ *Step) {
				if f.Answers != `{"people":"4"}` {
					t.Errorf("saved %s", f.Answers)
				}
			}},
		applicationScenario{name: "an answer that nobody asked for", start: in(Draft), action: ActSave, by: Applicant, reason: "answer_unknown",
			change: asking[F](fieldAnswers.text(`{"people":"4"}`))},
		applicationScenario{name: "an answer that does not fit", start: in(Draft), action: ActSave, by: Applicant, reason: "answer_invalid",
			change: func(f *F, c *Command) { f.Terms, c.Inputs = ownTerms, []Input{fieldAnswers.text(`{"people":"many"}`)} }},
		applicationScenario{name: "with an answer that nobody asked for", start: in(None), action: ActStart, by: AOR, reason: "answer_unknown",
			change: asking[F](fieldAnswers.text(`{"people":"4"}`))},
		applicationScenario{name: "with an answer that does not fit", start: in(None), action: ActStart, by: AOR, reason: "answer_invalid",
			change: func(f *F, c *Command) {
				f.Terms, c.Inputs = ownTerms, append(c.Inputs, fieldAnswers.text(`{"stage":"late"}`))
			}},
		applicationScenario{name: "with a document", start: in(None), action: ActStart, by: Applicant, end: Draft,
			change: func(f *F, c *Command) { f.Terms, c.Inputs = paperTerms, append(c.Inputs, paper("plan", "p.pdf", aPDF)) },
			check:  wantPapers("plan p.pdf PDF")},
		applicationScenario{name: "with documents", start: in(Draft), action: ActSave, by: Applicant, end: Draft,
			change: func(f *F, c *Command) {
				f.Terms, f.Documents = paperTerms, attachmentsOf([]Attachment{{Code: "plan", Name: "old.pdf", Type: "PDF"}, {Code: "gone", Name: "g.pdf", Type: "PDF"}, {Code: "notes", Name: "n.txt", Type: "TXT"}})
				c.Inputs = []Input{paper("plan", "new.pdf", aPDF), paper("gone", "", ""), paper("budget", "b.csv", "a,b\n")}
			},
			check: wantPapers("budget b.csv CSV", "notes n.txt TXT", "plan new.pdf PDF")},
		applicationScenario{name: "without the last document", start: in(Draft), action: ActSave, by: AOR, end: Draft,
			change: func(f *F, c *Command) {
				f.Terms, f.Documents = paperTerms, attachmentsOf([]Attachment{{Code: "plan", Name: "old.pdf", Type: "PDF"}})
				c.Inputs = []Input{paper("plan", "", "")}
			},
			check: wantPapers()},
		applicationScenario{name: "with a document that nobody asked for", start: in(None), action: ActStart, by: AOR, reason: "document_unknown",
			change: func(f *F, c *Command) {
				f.Terms, c.Inputs = paperTerms, append(c.Inputs, paper("photo", "p.pdf", aPDF))
			}},
		applicationScenario{name: "with a document that is no PDF", start: in(None), action: ActStart, by: AOR, reason: "file_type_refused",
			change: func(f *F, c *Command) {
				f.Terms, c.Inputs = paperTerms, append(c.Inputs, paper("plan", "p.pdf", "text"))
			}},
		applicationScenario{name: "with a document that is too large", start: in(None), action: ActStart, by: AOR, reason: "file_too_large",
			change: func(f *F, c *Command) {
				f.Terms, c.Inputs = paperTerms, append(c.Inputs, paper("plan", "p.pdf", aPDF+strings.Repeat(" ", 1<<20)))
			}},
		applicationScenario{name: "a document that nobody asked for", start: in(Draft), action: ActSave, by: Applicant, reason: "document_unknown",
			change: func(f *F, c *Command) { f.Terms, c.Inputs = paperTerms, []Input{paper("photo", "", "")} }},
		applicationScenario{name: "a PDF where a table is wanted", start: in(Draft), action: ActSave, by: Applicant, reason: "file_type_refused",
			change: func(f *F, c *Command) { f.Terms, c.Inputs = paperTerms, []Input{paper("budget", "b.pdf", aPDF)} }},
		applicationScenario{name: "a document that is too large", start: in(Draft), action: ActSave, by: Applicant, reason: "file_too_large",
			change: func(f *F, c *Command) {
				f.Terms, c.Inputs = paperTerms, []Input{paper("notes", "n.txt", "fine"), paper("plan", "p.pdf", aPDF+strings.Repeat(" ", 1<<20))}
			}},
		applicationScenario{name: "without a document that the program needs", start: in(Draft), action: ActSubmit, by: AOR, reason: "documents_missing",
			change: facts(func(f *F) { f.Terms = paperTerms })},
		applicationScenario{name: "turned away without a document", start: in(Draft), action: ActExcuse, by: System, reason: "documents_missing",
			change: facts(func(f *F) { f.Terms = paperTerms })},
		applicationScenario{name: "without an answer that the program needs", start: in(Draft), action: ActSubmit, by: AOR, reason: "incomplete",
			change: facts(func(f *F) { f.Terms = ownTerms })},
		applicationScenario{name: "under the program's file", start: in(Draft), action: ActSubmit, by: AOR, end: Submitted,
			change: facts(func(f *F) {
				f.Terms, f.Opportunity.Terms, f.Answers = ownTerms, "file", `{"open":"true","people":"4"}`
			}),
			check: func(t *testing.T, f *F, s *Step) {
				if docs := s.Documents(); f.Application.Terms != "file" || len(docs) != 1 || !strings.Contains(string(docs[0].Body), `"Answers":"{`) {
					t.Errorf("submitted under %q with %q", f.Application.Terms, docs)
				}
			}},
		applicationScenario{name: "with a snapshot", start: in(Draft), action: ActSubmit, by: AOR, end: Submitted, check: submitted},
		applicationScenario{name: "screened at once when rolling", start: in(Draft), action: ActSubmit, by: AOR, end: Submitted,
			change: facts(func(f *F) { f.Opportunity.Rolling, f.Opportunity.Closes = true, time.Time{} }),
			check: func(t *testing.T, _ *F, s *Step) {
				wantJobs(t, s, Job{Kind: JobDuplicates, Record: 5}, Job{Kind: JobScreen, Record: 100})
			}},
		applicationScenario{name: "with lists in force", start: in(Draft), action: ActSubmit, by: AOR, end: Submitted,
			change: facts(func(f *F) { f.Payee.Lists = "7" }),
			check: func(t *testing.T, _ *F, s *Step) {
				wantJobs(t, s, Job{Kind: JobDuplicates, Record: 5}, Job{Kind: JobScreening, Record: 5})
			}},
		applicationScenario{name: "screened against the lists in force", start: in(Draft), action: ActSubmit, by: AOR, end: Submitted,
			change: facts(func(f *F) {
				f.Payee = Payee{Lists: "7", Screening: OrganizationScreening{Record: Record{State: Completed}, Lists: "7"}}
			}),
			check: func(t *testing.T, _ *F, s *Step) { wantJobs(t, s, Job{Kind: JobDuplicates, Record: 5}) }},
		applicationScenario{name: "in the grace, though the opportunity was closed", start: in(Draft), action: ActSubmit, by: AOR, end: Submitted,
			change: facts(func(f *F) {
				f.Opportunity.State, f.Opportunity.Closes = Closed, noon.Add(-10*time.Minute+1)
			})},
		applicationScenario{name: "after the grace", start: in(Draft), action: ActSubmit, by: AOR, reason: "deadline_passed",
			change: facts(func(f *F) { f.Opportunity.Closes = noon.Add(-10 * time.Minute) })},
		applicationScenario{name: "with a personal extension", start: in(Draft), action: ActSubmit, by: AOR, end: Submitted,
			change: facts(func(f *F) {
				f.Opportunity.State, f.Opportunity.Closes, f.ExtendedUntil = Closed, noon.AddDate(0, 0, -3), noon.Add(1)
			})},
		applicationScenario{name: "at the end of a personal extension", start: in(Draft), action: ActSubmit, by: AOR, reason: "deadline_passed",
			change: facts(func(f *F) {
				f.Opportunity.State, f.Opportunity.Closes, f.ExtendedUntil = Closed, noon.AddDate(0, 0, -3), noon
			})},
		applicationScenario{name: "at the start of a pause", start: in(Draft), action: ActSubmit, by: AOR, reason: "opportunity_paused",
			change: facts(func(f *F) { f.Opportunity.State, f.Opportunity.PausedAt = Paused, noon })},
		applicationScenario{name: "a moment before a pause", start: in(Draft), action: ActSubmit, by: AOR, end: Submitted,
			change: facts(func(f *F) { f.Opportunity.State, f.Opportunity.PausedAt = Paused, noon.Add(1) })},
		applicationScenario{name: "with a personal extension that a pause moved", start: in(Draft), action: ActSubmit, by: AOR, end: Submitted,
			change: facts(func(f *F) {
				f.Opportunity.State, f.Opportunity.Closes, f.ExtendedUntil = Closed, noon.AddDate(0, 0, -3), noon.Add(-time.Hour)
				f.Opportunity.Moved, f.MovedBefore = 2*time.Hour.Microseconds()+1, time.Hour.Microseconds()
			})},
		applicationScenario{name: "while it is paused", start: in(Submitted), action: ActReopen, by: AOR, reason: "opportunity_paused",
			change: facts(func(f *F) { f.Opportunity.State, f.Opportunity.PausedAt = Paused, noon.AddDate(0, 0, -1) })},
		applicationScenario{name: "cancelled, extension or not", start: in(Draft), action: ActSubmit, by: AOR, reason: "deadline_passed",
			change: facts(func(f *F) { f.Opportunity.State, f.ExtendedUntil = Cancelled, noon.AddDate(0, 1, 0) })},
		applicationScenario{name: "without a title", start: in(Draft), action: ActSubmit, by: AOR, reason: "incomplete",
			change: facts(func(f *F) { f.Title = "" })},
		applicationScenario{name: "for nothing", start: in(Draft), action: ActSubmit, by: AOR, reason: "incomplete",
			change: facts(func(f *F) { f.Requested = 0 })},
		applicationScenario{name: "without certification", start: in(Draft), action: ActSubmit, by: AOR, reason: "not_certified",
			change: facts(func(f *F) { f.Certified = false })},
		applicationScenario{name: "for exactly the cap", start: in(Draft), action: ActSubmit, by: AOR, end: Submitted,
			change: facts(func(f *F) { f.Requested = 5_000_000_00 })},
		applicationScenario{name: "for one cent more than the cap", start: in(Draft), action: ActSubmit, by: AOR, reason: "over_award_cap",
			change: facts(func(f *F) { f.Requested = 5_000_000_01 })},
		applicationScenario{name: "a second of the group", start: in(Draft), action: ActSubmit, by: AOR, reason: "other_application_live",
			change: facts(func(f *F) { f.OtherLive = 1 })},

		applicationScenario{name: "to change it", start: in(Submitted, Screening, InReview, Ineligible), action: ActReopen, by: AOR, end: Draft,
			check: reopened},
		applicationScenario{name: "to change it, flagged for all there is", start: in(Submitted, Screening, InReview, Ineligible), action: ActReopen, by: AOR, end: Draft,
			change: facts(func(f *F) { f.Flag = Flags(strings.Join(FlagCodes, ",")) }),
			check: func(t *testing.T, f *F, _ *Step) {
				if got := flagNames(f.Flags()); got != "duplicate review_struck terms_moved" {
					t.Errorf("flags %q", got)
				}
			}},
		applicationScenario{name: "too late", start: in(Submitted), action: ActReopen, by: AOR, reason: "deadline_passed",
			change: facts(func(f *F) { f.Opportunity.State, f.Opportunity.Closes = Closed, noon.AddDate(0, 0, -1) })},
		applicationScenario{name: "after somebody acted", start: in(InReview), action: ActReopen, by: AOR, reason: "already_handled",
			change: facts(func(f *F) { f.HandledBy = olga })},
		applicationScenario{name: "after a reviewer was invited", start: in(InReview), action: ActReopen, by: AOR, reason: "already_handled",
			change: facts(func(f *F) { f.ReviewsOpen = 1 })},
		applicationScenario{name: "after somebody cleared it of something", start: in(InReview), action: ActReopen, by: AOR, reason: "already_handled",
			change: facts(func(f *F) { f.Decided = 1 })},
		applicationScenario{name: "with what the terms require", start: in(Draft), action: ActSubmit, by: AOR, end: Submitted,
			change: facts(func(f *F) { f.Terms, f.Has = requiring(), []string{ClearMerit} }), check: requires},
		applicationScenario{name: "to terms that require more", start: in(InReview), action: ActAdopt, by: ProgramLead, end: InReview,
			change: facts(func(f *F) { f.Newest, f.Has = requiring(), []string{ClearMerit} }), check: requires},
		applicationScenario{name: "of before there were records", start: in(InReview), action: ActRecommend, by: ProgramOfficer, end: Recommended,
			posts: postedFor(Available, Committed, proposed), change: facts(func(f *F) { f.Terms, f.Has = requiring(), []string{ClearMerit} }), check: requires},

		applicationScenario{name: "what was sent, edits aside", start: in(Draft), action: ActRestore, by: System, end: Submitted,
			change: facts(func(f *F) { f.Title, f.Requested = "Edited", 1 }), check: restored},
		applicationScenario{name: "before the deadline", start: in(Draft), action: ActRestore, by: System, reason: "deadline_not_passed",
			change: facts(func(f *F) { f.Opportunity.State, f.Opportunity.Closes = Open, noon.Add(1) })},
		applicationScenario{name: "never submitted", start: in(Draft), action: ActRestore, by: System, reason: "never_submitted",
			change: facts(func(f *F) { f.Submissions = 0 })},
		applicationScenario{name: "at the deadline", start: in(Draft), action: ActExpire, by: System, end: Expired},
		applicationScenario{name: "of a cancelled opportunity", start: in(Draft), action: ActExpire, by: System, end: Expired,
			change: facts(func(f *F) { f.Opportunity.State, f.Opportunity.Closes = Cancelled, noon.AddDate(0, 1, 0) })},
		applicationScenario{name: "while a pause stops the clock", start: in(Draft), action: ActExpire, by: System, reason: "deadline_not_passed",
			change: facts(func(f *F) { f.Opportunity.State = Paused })},
		applicationScenario{name: "without any deadline", start: in(Draft), action: ActExpire, by: System, reason: "deadline_not_passed",
			change: facts(func(f *F) { f.Opportunity.State, f.Opportunity.Closes = Open, time.Time{} })},
		applicationScenario{name: "though it was submitted", start: in(Draft), action: ActExpire, by: System, reason: "submission_stands",
			change: facts(func(f *F) { f.Submissions = 1 })},
		applicationScenario{name: "personally", start: in(Draft, Expired), action: ActExtend, by: ProgramLead, end: Draft,
			check: func(t *testing.T, f *F, _ *Step) {
				if !f.ExtendedUntil.Equal(noon.AddDate(0, 0, 7)) || f.Note != "ill" {
					t.Errorf("extended to %v because %q", f.ExtendedUntil, f.Note)
				}
			}},
		applicationScenario{name: "before the deadline, by one person", start: in(Draft), action: ActExtend, by: ProgramLead, end: Draft,
			change: facts(func(f *F) {
				f.Opportunity.Closes, f.Exception, f.Opportunity.Moved = noon.Add(1), Exception{}, 7
			}),
			check: func(t *testing.T, f *F, s *Step) {
				if f.MovedBefore != 7 {
					t.Errorf("moved before by %d, want 7", f.MovedBefore)
				}
				for c := range s.Children() {
					t.Errorf("raises %+v", c)
				}
			}},
		applicationScenario{name: "while a pause moves it already", start: in(Draft), action: ActExtend, by: ProgramLead, end: Draft,
			change: facts(func(f *F) {
				f.Opportunity.State, f.Opportunity.PausedAt, f.Exception = Paused, noon.Add(-time.Minute), Exception{}
			}),
			check: func(t *testing.T, f *F, _ *Step) {
				if want := time.Minute.Microseconds(); f.MovedBefore != want {
					t.Errorf("moved before by %d, want %d", f.MovedBefore, want)
				}
				if got := f.PersonalDeadline(&f.Opportunity); !got.Equal(f.ExtendedUntil) {
					t.Errorf("extended until %v, which is %v while the pause lasts", f.ExtendedUntil, got)
				}
			}},
		applicationScenario{name: "at the deadline, with leave", start: in(Draft), action: ActExtend, by: ProgramLead, end: Draft,
			change: facts(func(f *F) { f.Opportunity.Closes = noon.Add(-10 * time.Minute) }), check: usesException},
		applicationScenario{name: "at the deadline, without leave", start: in(Draft), action: ActExtend, by: ProgramLead, reason: ReasonException,
			change: facts(func(f *F) { f.Opportunity.Closes, f.Exception = noon.Add(-10*time.Minute), Exception{} })},
		applicationScenario{name: "expired, without leave", start: in(Expired), action: ActExtend, by: ProgramLead, reason: ReasonException,
			change: facts(func(f *F) { f.Exception = Exception{} })},
		applicationScenario{name: "expired, with leave for something else", start: in(Expired), action: ActExtend, by: ProgramLead, reason: ReasonException,
			change: facts(func(f *F) { f.Exception.Act = Rectify })},
		applicationScenario{name: "expired, with leave", start: in(Expired), action: ActExtend, by: ProgramLead, end: Draft, check: usesException},
		applicationScenario{name: "into the past", start: in(Expired), action: ActExtend, by: ProgramLead, reason: "until_in_the_past",
			change: asking[F](Input{Name: "until", Time: noon})},
	)

	for _, screen := range []struct {
		action Action
		end    State
		other  Outcome
		reason Reason
	}{
		{ActScreenPass, InReview, Refer, "verdict_not_pass"},
		{ActScreenRefer, Screening, Pass, "verdict_not_refer"},
		{ActScreenFail, Ineligible, Refer, "verdict_not_fail"},
	} {
		add(
			applicationScenario{name: "at the deadline", start: in(Submitted), action: screen.action, by: System, end: screen.end,
				check: func(t *testing.T, f *F, _ *Step) {
					if f.VerdictOutcome != f.Verdict.Outcome.String() || f.Application.Verdict == "" {
						t.Errorf("stored the verdict %q, %q", f.VerdictOutcome, f.Application.Verdict)
					}
					if f.DecidedAt.Equal(noon) != (f.State == Ineligible) {
						t.Errorf("%s was decided at %v", f.State, f.DecidedAt)
					}
				}},
			applicationScenario{name: "at once when rolling", start: in(Submitted), action: screen.action, by: System, end: screen.end,
				change: facts(func(f *F) { f.Opportunity.Rolling, f.Opportunity.State, f.Opportunity.Closes = true, Open, time.Time{} })},
			applicationScenario{name: "before the deadline", start: in(Submitted), action: screen.action, by: System, reason: "screening_not_due",
				change: facts(func(f *F) { f.Opportunity.State, f.Opportunity.Closes = Open, noon.Add(-10*time.Minute+1) })},
			applicationScenario{name: "against the verdict", start: in(Submitted), action: screen.action, by: System, reason: screen.reason,
				change: facts(func(f *F) { f.Verdict.Outcome = screen.other })},
			applicationScenario{name: "without a verdict", start: in(Submitted), action: screen.action, by: System, reason: screen.reason,
				change: facts(func(f *F) { f.Verdict = Verdict{} })},
		)
	}

	add(
		applicationScenario{name: "by an officer, who takes the case on", start: in(Screening), action: ActClear, by: ProgramOfficer, actor: olga, end: InReview,
			check: func(t *testing.T, f *F, _ *Step) {
				if f.HandledBy != olga || f.Officer != olga || f.Codes != "affiliate_sold" || f.Note != "seen" {
					t.Errorf("cleared by %d, case of %d, %q, %q", f.HandledBy, f.Officer, f.Codes, f.Note)
				}
			}},
		applicationScenario{name: "by an officer", start: in(Screening), action: ActFindIneligible, by: ProgramOfficer, actor: olga, end: Ineligible,
			check: determinedBy(olga, "not_a_startup,outside_program")},

		applicationScenario{name: "and the commitment returns", start: in(Recommended), action: ActRefer, by: System, end: Screening,
			posts: postedFor(Committed, Available, proposed),
			check: func(t *testing.T, f *F, _ *Step) {
				if f.Committed != 0 || flagNames(f.Flags()) != "referred_again" || f.VerdictOutcome != "refer" {
					t.Errorf("referred with %s committed, flag %q, verdict %q", f.Committed, f.Flag, f.VerdictOutcome)
				}
			}},
		applicationScenario{name: "though a hold stands", start: in(InReview, Waitlisted), action: ActRefer, by: System, end: Screening,
			change: facts(func(f *F) { f.Holds = 1 })},
		applicationScenario{name: "for a lost clearance", start: in(InReview), action: ActRefer, by: System, end: Screening,
			change: facts(func(f *F) {
				f.Verdict.Outcome = Pass
				f.Lost = Clearance{Record: Record{ID: 60, State: Required}, Application: f.ID}
			})},
		applicationScenario{name: "for the clearance of another case", start: in(InReview), action: ActRefer, by: System, reason: "verdict_passes",
			change: facts(func(f *F) {
				f.Verdict.Outcome, f.Lost = Pass, Clearance{Record: Record{ID: 60, State: Required}, Application: f.ID + 1}
			})},
		applicationScenario{name: "for a clearance that stands", start: in(InReview), action: ActRefer, by: System, reason: "verdict_passes",
			change: facts(func(f *F) {
				f.Verdict.Outcome, f.Lost = Pass, Clearance{Record: Record{ID: 60, State: Cleared}, Application: f.ID}
			})},
		applicationScenario{name: "without cause", start: in(InReview), action: ActRefer, by: System, reason: "verdict_passes",
			change: facts(func(f *F) { f.Verdict.Outcome = Pass })},

		applicationScenario{name: "and a commitment stays", start: in(Screening, InReview, Recommended), action: ActRequestInformation,
			by: ProgramOfficer, actor: olga, end: NeedsInformation,
			check: func(t *testing.T, f *F, s *Step) {
				if f.Back != s.Start || f.Question != "Which year?" || f.ReplyDue != DateOf(noon)+1 || f.AskedBefore != 0 {
					t.Errorf("asked %+v", f.Application)
				}
				if (s.Start == Recommended) != (f.Committed == proposed) {
					t.Errorf("%s committed after asking from %s", f.Committed, s.Start)
				}
			}},
		applicationScenario{name: "due today", start: in(InReview), action: ActRequestInformation, by: ProgramOfficer, reason: "due_in_the_past",
			change: asking[F](fieldDue.day(DateOf(noon)))},
		applicationScenario{name: "and the rules run again", start: in(NeedsInformation), action: ActReply, by: AOR, end: InReview,
			check: func(t *testing.T, f *F, s *Step) {
				if f.Reply != `{"q1":"2025"}` || flagNames(f.Flags()) != "reply_received" {
					t.Errorf("replied %q, flag %q", f.Reply, f.Flag)
				}
				wantJobs(t, s, Job{Kind: JobScreen, Record: 100})
			}},
		applicationScenario{name: "to a recommendation", start: in(NeedsInformation), action: ActReply, by: AOR, end: Recommended,
			change: facts(func(f *F) { f.Back = Recommended })},
		applicationScenario{name: "with numbers that go on", start: in(InReview), action: ActRequestInformation, by: ProgramOfficer, end: NeedsInformation,
			change: func(f *F, c *Command) {
				f.Question, f.Reply = "Which year?\nWhose data?", `{"q1":"2025"}`
				asking[F](fieldQuestion.text("  Who pays? \n\n And who works?"))(f, c)
			},
			check: func(t *testing.T, f *F, _ *Step) {
				open := f.OpenInquiries()
				if len(open) != 2 || open[0].Number != 3 || open[0].Name != "q3" || open[1].Text != "And who works?" {
					t.Errorf("open are %+v", open)
				}
				if all := f.Inquiries(); len(all) != 4 || all[0].Answer != "2025" || all[1].Answer != "" || all[1].Open {
					t.Errorf("asked were %+v", all)
				}
			}},
		applicationScenario{name: "of too many questions", start: in(InReview), action: ActRequestInformation, by: ProgramOfficer, reason: "questions_too_many",
			change: asking[F](fieldQuestion.text(strings.Repeat("Why?\n", mostQuestions+1)))},
		applicationScenario{name: "and there is more time", start: in(NeedsInformation), action: ActExtendRequest, by: ProgramOfficer, actor: olga, end: NeedsInformation,
			change: facts(func(f *F) { f.Holds = 1 }),
			check: func(t *testing.T, f *F, _ *Step) {
				if f.ReplyDue != DateOf(noon).AddDays(2) {
					t.Errorf("due %s", f.ReplyDue)
				}
			}},
		applicationScenario{name: "to the same day", start: in(NeedsInformation), action: ActExtendRequest, by: ProgramOfficer, reason: "due_not_later",
			change: facts(func(f *F) { f.ReplyDue = DateOf(noon).AddDays(2) })},
		applicationScenario{name: "to a day that is over", start: in(NeedsInformation), action: ActExtendRequest, by: ProgramOfficer, reason: "due_in_the_past",
			change: asking[F](fieldDue.day(DateOf(noon)))},
		applicationScenario{name: "to one of two questions", start: in(NeedsInformation), action: ActReply, by: AOR, reason: "question_unanswered",
			change: facts(func(f *F) { f.Question += "\nWhose data?" })},
		applicationScenario{name: "to a question of an earlier request", start: in(NeedsInformation), action: ActReply, by: AOR, reason: "question_unknown",
			change: func(f *F, c *Command) {
				f.Question, f.AskedBefore = "Which year?\nWhose data?", 1
				asking[F](fieldReplies.text(`{"q1":"2024","q2":"ours"}`))(f, c)
			}},
		applicationScenario{name: "with a file for no question", start: in(NeedsInformation), action: ActReply, by: AOR, reason: "question_unknown",
			change: func(_ *F, c *Command) {
				c.Inputs = append(c.Inputs, Input{Name: "files.q2", Text: "a.pdf", Body: []byte(aPDF)})
			}},
		applicationScenario{name: "with a file that nobody can open", start: in(NeedsInformation), action: ActReply, by: AOR, reason: reasonFileType,
			change: func(_ *F, c *Command) {
				c.Inputs = append(c.Inputs, Input{Name: "files.q1", Text: "a.exe", Body: []byte("MZ")})
			}},
		applicationScenario{name: "with an answer that the form does not ask for", start: in(NeedsInformation), action: ActReply, by: AOR, reason: "answer_unknown",
			change: func(_ *F, c *Command) { c.Inputs = append(c.Inputs, fieldAnswers.text(`{"people":"4"}`)) }},
		applicationScenario{name: "with an answer that cannot be one", start: in(NeedsInformation), action: ActReply, by: AOR, reason: "answer_invalid",
			change: func(f *F, c *Command) {
				f.Terms, c.Inputs = ownTerms, append(c.Inputs, fieldAnswers.text(`{"people":"many"}`))
			}},
		applicationScenario{name: "with a document that the terms do not ask for", start: in(NeedsInformation), action: ActReply, by: AOR, reason: "document_unknown",
			change: func(_ *F, c *Command) {
				c.Inputs = append(c.Inputs, Input{Name: "documents.plan", Text: "a.pdf", Body: []byte(aPDF)})
			}},
		applicationScenario{name: "with a document that is too large", start: in(NeedsInformation), action: ActReply, by: AOR, reason: "file_too_large",
			change: func(f *F, c *Command) {
				t := *usualTerms
				t.Documents = []DocumentTerm{{Code: "plan", MaxMB: 1}}
				f.Terms = &t
				c.Inputs = append(c.Inputs, Input{Name: "documents.plan", Text: "a.pdf", Body: append([]byte(aPDF), make([]byte, 1<<20)...)})
			}},
		applicationScenario{name: "with a file and a changed application", start: in(NeedsInformation), action: ActReply, by: AOR, end: InReview,
			change: func(f *F, c *Command) {
				f.Snapshot = "sent"
				c.Inputs = append(c.Inputs, Input{Name: "files.q1", Text: "a.pdf", Body: []byte(aPDF)}, Input{Name: "summary", Text: "Better pumps."})
			},
			check: func(t *testing.T, f *F, s *Step) {
				if q := f.Inquiries()[0]; q.Answer != "2025" || len(q.Files) != 1 || q.Files[0].Code != "reply_q1" || q.Files[0].Name != "a.pdf" {
					t.Errorf("answered %+v", q)
				}
				if f.Summary != "Better pumps." || f.Snapshot != "sent" || len(s.Documents()) != 1 {
					t.Errorf("summary %q, snapshot %q, %d documents", f.Summary, f.Snapshot, len(s.Documents()))
				}
			}},
		applicationScenario{name: "unanswered", start: in(NeedsInformation), action: ActLapse, by: System, end: InReview,
			check: func(t *testing.T, f *F, _ *Step) {
				if flagNames(f.Flags()) != "request_unanswered" {
					t.Errorf("flag is %q", f.Flag)
				}
			}},
		applicationScenario{name: "on the due day", start: in(NeedsInformation), action: ActLapse, by: System, reason: "reply_not_overdue",
			change: facts(func(f *F) { f.ReplyDue = DateOf(noon) })},
		applicationScenario{name: "no longer needed", start: in(NeedsInformation), action: ActCancelRequest, by: ProgramOfficer, end: Screening,
			change: facts(func(f *F) { f.Back = Screening })},

		applicationScenario{name: "and the fund commits", start: in(InReview, Waitlisted), action: ActRecommend, by: ProgramOfficer, actor: olga,
			end: Recommended, posts: postedFor(Available, Committed, proposed),
			check: func(t *testing.T, f *F, _ *Step) {
				if f.Application.Recommended != proposed || f.Committed != proposed || f.RecommendedBy != olga || f.VerdictOutcome != "pass" {
					t.Errorf("recommended %+v", f.Application)
				}
			}},
		applicationScenario{name: "for all that the fund has", start: in(InReview), action: ActRecommend, by: ProgramOfficer, end: Recommended,
			change: facts(func(f *F) { f.Available = proposed }), posts: postedFor(Available, Committed, proposed)},
		applicationScenario{name: "with too few reviews", start: in(InReview), action: ActRecommend, by: ProgramOfficer, reason: "reviews_missing",
			change: facts(func(f *F) { f.Reviews = 1 })},
		applicationScenario{name: "nothing", start: in(InReview), action: ActRecommend, by: ProgramOfficer, reason: "amount_zero",
			change: asking[F](fieldAmount.cents(0))},
		applicationScenario{name: "less than nothing", start: in(InReview), action: ActRecommend, by: ProgramOfficer, reason: "amount_zero",
			change: asking[F](fieldAmount.cents(-1))},
		applicationScenario{name: "all that was requested, up to the cap", start: in(InReview), action: ActRecommend, by: ProgramOfficer, end: Recommended,
			change: func(f *F, c *Command) {
				f.Opportunity.AwardCap = requested
				asking[F](fieldAmount.cents(requested))(f, c)
			}, posts: postedFor(Available, Committed, requested)},
		applicationScenario{name: "out of an expired fund", start: in(InReview), action: ActRecommend, by: ProgramOfficer, reason: "fund_expired",
			change: facts(func(f *F) { f.FundExpired = true })},
		applicationScenario{name: "one cent more than requested", start: in(InReview), action: ActRecommend, by: ProgramOfficer, reason: "over_requested",
			change: asking[F](fieldAmount.cents(requested + 1))},
		applicationScenario{name: "over a cap that was lowered since", start: in(InReview), action: ActRecommend, by: ProgramOfficer, reason: "over_award_cap",
			change: facts(func(f *F) { f.Opportunity.AwardCap = proposed - 1 })},
		applicationScenario{name: "when the rule refers", start: in(InReview), action: ActRecommend, by: ProgramOfficer, reason: "verdict_not_pass",
			change: facts(func(f *F) { f.Verdict.Outcome = Refer })},
		applicationScenario{name: "one cent more than the fund has", start: in(InReview), action: ActRecommend, by: ProgramOfficer, reason: "funds_insufficient",
			change: facts(func(f *F) { f.Available = proposed - 1 })},
		applicationScenario{name: "on hold", start: in(InReview), action: ActRecommend, by: ProgramOfficer, reason: "on_hold",
			change: facts(func(f *F) { f.Holds = 1 })},
		applicationScenario{name: "with codes", start: in(InReview, Waitlisted), action: ActRecommendDecline, by: ProgramOfficer, actor: olga,
			end: DeclineRecommended,
			check: func(t *testing.T, f *F, _ *Step) {
				if f.RecommendedBy != olga || f.Codes != "out_of_scope" || f.Note != "why" {
					t.Errorf("recommended %+v", f.Application)
				}
			}},
		applicationScenario{name: "by rank", start: in(InReview), action: ActWaitlist, by: ProgramOfficer, end: Waitlisted,
			check: func(t *testing.T, f *F, _ *Step) {
				if f.Rank != 3 {
					t.Errorf("rank is %d", f.Rank)
				}
			}},

		applicationScenario{name: "and the commitment returns", start: in(Recommended), action: ActDefer, by: SelectingOfficial, end: Waitlisted,
			posts: postedFor(Committed, Available, proposed)},
		applicationScenario{name: "and the commitment returns", start: in(Recommended), action: ActReturn, by: SelectingOfficial, end: InReview,
			posts: postedFor(Committed, Available, proposed)},
		applicationScenario{name: "nothing was committed", start: in(DeclineRecommended), action: ActReturn, by: SelectingOfficial, end: InReview},

		applicationScenario{name: "what was recommended", start: in(Recommended), action: ActAward, by: SelectingOfficial, actor: sam, end: Awarded,
			check: awarded(proposed)},
		applicationScenario{name: "less, and the difference returns", start: in(Recommended), action: ActAward, by: SelectingOfficial, actor: sam, end: Awarded,
			change: asking[F](fieldAmount.cents(proposed - 1)), posts: postedFor(Committed, Available, 1), check: awarded(proposed - 1)},
		applicationScenario{name: "by who recommended it", start: in(Recommended), action: ActAward, by: SelectingOfficial, actor: olga, reason: "you_recommended_this"},
		applicationScenario{name: "on behalf of who recommended it", start: in(Recommended), action: ActAward, by: SelectingOfficial, reason: "you_recommended_this",
			change: func(_ *F, c *Command) { c.Actor = Actor{Person: sam, OnBehalf: olga} }},
		applicationScenario{name: "nothing", start: in(Recommended), action: ActAward, by: SelectingOfficial, reason: "amount_zero",
			change: asking[F](fieldAmount.cents(0))},
		applicationScenario{name: "one cent too much", start: in(Recommended), action: ActAward, by: SelectingOfficial, reason: "over_recommended",
			change: asking[F](fieldAmount.cents(proposed + 1))},
		applicationScenario{name: "screened against an older list", start: in(Recommended), action: ActAward, by: SelectingOfficial, reason: "screening_stale",
			change: facts(func(f *F) { f.Payee = screenedBeforeLists })},
		applicationScenario{name: "a hit stands", start: in(Recommended), action: ActAward, by: SelectingOfficial, reason: "screening_unresolved",
			change: facts(func(f *F) { f.Payee = listed })},
		applicationScenario{name: "registration over", start: in(Recommended), action: ActAward, by: SelectingOfficial, reason: "registration_expired",
			change: facts(func(f *F) { f.Payee = notRegistered })},
		applicationScenario{name: "though a hit stands", start: in(Screening), action: ActClear, by: ProgramOfficer, reason: "screening_unresolved",
			change: facts(func(f *F) { f.Payee = listed })},
		applicationScenario{name: "though a hit stands", start: in(Submitted), action: ActScreenPass, by: System, reason: "screening_unresolved",
			change: facts(func(f *F) { f.Payee = listed })},
		applicationScenario{name: "for a hit", start: in(Submitted), action: ActScreenRefer, by: System, end: Screening,
			change: facts(func(f *F) { f.Verdict.Outcome, f.Payee = Pass, listed }),
			check: func(t *testing.T, f *F, _ *Step) {
				if flagNames(f.Flags()) != flagListed {
					t.Errorf("flag %q", f.Flag)
				}
			}},
		applicationScenario{name: "for a hit", start: in(InReview, Waitlisted), action: ActRefer, by: System, end: Screening,
			change: facts(func(f *F) { f.Verdict.Outcome, f.Payee = Pass, listed }),
			check: func(t *testing.T, f *F, _ *Step) {
				if flagNames(f.Flags()) != flagListed {
					t.Errorf("flag %q", f.Flag)
				}
			}},
		applicationScenario{name: "a clearance has expired", start: in(Recommended), action: ActAward, by: SelectingOfficial, reason: "clearances_missing",
			change: facts(func(f *F) { f.Uncleared = Kinds{ClearMerit} })},
		applicationScenario{name: "when the rule fails now", start: in(Recommended), action: ActAward, by: SelectingOfficial, reason: "verdict_not_pass",
			change: facts(func(f *F) { f.Verdict.Outcome = Fail })},
		applicationScenario{name: "the rest of the group's cap", start: in(Recommended), action: ActAward, by: SelectingOfficial, actor: sam, end: Awarded,
			change: facts(func(f *F) { f.GroupAwarded = 3_500_000_00 }), check: awarded(proposed)},
		applicationScenario{name: "one cent over the group's cap", start: in(Recommended), action: ActAward, by: SelectingOfficial, reason: "over_group_cap",
			change: facts(func(f *F) { f.GroupAwarded = 3_500_000_01 })},

		applicationScenario{name: "with reasons", start: in(DeclineRecommended), action: ActDecline, by: SelectingOfficial, actor: sam, end: Declined,
			check: determinedBy(sam, "out_of_scope")},
		applicationScenario{name: "by who recommended it", start: in(DeclineRecommended), action: ActDecline, by: SelectingOfficial, actor: olga, reason: "you_recommended_this"},

		applicationScenario{name: "in the window", start: in(Declined, Ineligible), action: ActAppeal, by: AOR, end: Appealed,
			check: func(t *testing.T, f *F, s *Step) {
				if f.Back != s.Start || !f.AppealSpent || f.Grounds != "mistaken" {
					t.Errorf("appealed %+v", f.Application)
				}
			}},
		applicationScenario{name: "at the end of the window", start: in(Declined), action: ActAppeal, by: AOR, reason: "appeal_window_over",
			change: facts(func(f *F) { f.DecidedAt = noon.AddDate(0, 0, -30) })},
		applicationScenario{name: "a second time", start: in(Declined), action: ActAppeal, by: AOR, reason: "appeal_spent",
			change: facts(func(f *F) { f.AppealSpent = true })},
		applicationScenario{name: "the decision", start: in(Appealed), action: ActUphold, by: AppealsOfficial, actor: stranger, end: Declined},
		applicationScenario{name: "the finding, whose date stays", start: in(Appealed), action: ActUphold, by: AppealsOfficial, actor: stranger, end: Ineligible,
			change: facts(func(f *F) { f.Back, f.DecidedAt, f.DeterminedBy = Ineligible, noon.AddDate(0, 0, -9), olga }),
			check: func(t *testing.T, f *F, _ *Step) {
				if !f.DecidedAt.Equal(noon.AddDate(0, 0, -9)) || f.DeterminedBy != olga {
					t.Errorf("determined by %d at %v", f.DeterminedBy, f.DecidedAt)
				}
			}},
		applicationScenario{name: "by who decided", start: in(Appealed), action: ActUphold, by: AppealsOfficial, actor: sam, reason: "you_acted_on_this"},
		applicationScenario{name: "to review", start: in(Appealed), action: ActReinstate, by: AppealsOfficial, actor: stranger, end: InReview},
		applicationScenario{name: "by who recommended", start: in(Appealed), action: ActReinstate, by: AppealsOfficial, actor: olga, reason: "you_acted_on_this"},

		applicationScenario{name: "and the appeal is unspent", start: in(Declined, Ineligible), action: ActRectify, by: SelectingOfficial, end: InReview,
			change: facts(func(f *F) { f.AppealSpent = true }),
			check: func(t *testing.T, f *F, s *Step) {
				if f.AppealSpent || !f.DecidedAt.IsZero() {
					t.Errorf("rectified %+v", f.Application)
				}
				wantChildren(t, s, "use exception 300")
			}},
		applicationScenario{name: "and the unsigned award is rescinded", start: in(Awarded), action: ActRectify, by: SelectingOfficial, end: InReview,
			change: facts(func(f *F) { f.LiveAward.State = ChangeRequested }),
			check: func(t *testing.T, f *F, s *Step) {
				if f.Award != 0 || f.Awarded != 0 {
					t.Errorf("rectified %+v", f.Application)
				}
				wantChildren(t, s, "use exception 300", "rescind award 200")
				if last := slices.Collect(s.Children())[1]; last.By != SelectingOfficial || last.Inputs[0].Text != "wrong file" {
					t.Errorf("rescinds as %s with %v", last.By, last.Inputs)
				}
			}},
		applicationScenario{name: "a signed award", start: in(Awarded), action: ActRectify, by: SelectingOfficial, reason: "award_signed",
			change: facts(func(f *F) { f.LiveAward.State = Accepted })},
		applicationScenario{name: "without an exception", start: in(Declined), action: ActRectify, by: SelectingOfficial, reason: "exception_missing",
			change: facts(func(f *F) { f.Exception = Exception{} })},
		applicationScenario{name: "with an exception for something else", start: in(Declined), action: ActRectify, by: SelectingOfficial, reason: "exception_missing",
			change: facts(func(f *F) { f.Exception.Act = Waive })},
		applicationScenario{name: "with another's exception", start: in(Declined), action: ActRectify, by: SelectingOfficial, reason: "exception_missing",
			change: facts(func(f *F) { f.Exception.SubjectID = 101 })},
		applicationScenario{name: "with an exception that has ended", start: in(Declined), action: ActRectify, by: SelectingOfficial, reason: "exception_missing",
			change: facts(func(f *F) { f.Exception.Ends = noon })},

		applicationScenario{name: "and the next is proposed", start: in(Awarded), action: ActLapseAward, by: System, end: NotAccepted,
			check: func(t *testing.T, f *F, s *Step) {
				if f.Award != 0 || f.Awarded != 0 {
					t.Errorf("lapsed %+v", f.Application)
				}
				wantChildren(t, s, "update application 101")
			}},
		applicationScenario{name: "and nobody waits", start: in(Awarded), action: ActLapseAward, by: System, end: NotAccepted,
			change: facts(func(f *F) { f.LiveAward.State, f.Waitlisted = Refused, 0 }),
			check:  func(t *testing.T, _ *F, s *Step) { wantChildren(t, s) }},
		applicationScenario{name: "of an award that lives", start: in(Awarded), action: ActLapseAward, by: System, reason: "award_lives",
			change: facts(func(f *F) { f.LiveAward.State = Accepted })},

		applicationScenario{name: "though a hold stands", start: in(Draft, Submitted, Screening, NeedsInformation, InReview, DeclineRecommended, Waitlisted, Appealed),
			action: ActWithdraw, by: AOR, end: Withdrawn, change: facts(func(f *F) { f.Holds = 1 }),
			check: func(t *testing.T, f *F, _ *Step) {
				if f.HandledBy != 0 {
					t.Error("the applicant counts as staff")
				}
			}},
		applicationScenario{name: "and the commitment returns", start: in(Recommended), action: ActWithdraw, by: AOR, end: Withdrawn,
			posts: postedFor(Committed, Available, proposed)},
		applicationScenario{name: "and the commitment that waited for a reply returns", start: in(NeedsInformation), action: ActWithdraw, by: AOR, end: Withdrawn,
			change: facts(func(f *F) { f.Back, f.Committed = Recommended, proposed }), posts: postedFor(Committed, Available, proposed)},
	)

	// Evidence that changed after a verdict.
	merged := facts(func(f *F) { f.Organization.State = Merged })
	for action, start := range map[Action]State{ActStart: None, ActSubmit: Draft} {
		add(applicationScenario{name: "of one that was taken for another", start: in(start), action: action, by: AOR, reason: "organization_merged", change: merged})
	}
	add(applicationScenario{name: "of one that was taken for another, and goes on", start: in(Recommended), action: ActAward, by: SelectingOfficial, actor: sam, end: Awarded,
		change: merged},
		applicationScenario{name: "again, of one that was taken for another meanwhile", start: in(Draft), action: ActSubmit, by: AOR, end: Submitted,
			change: facts(func(f *F) { f.Organization.State, f.Submissions = Merged, 1 })})
	add(applicationScenario{name: "of an affiliate without people", start: in(None), action: ActStart, by: AOR, reason: "only_an_affiliate",
		change: facts(func(f *F) { f.Entrusted = true })})
	for _, forward := range []struct {
		start  State
		action Action
		by     Role
	}{{InReview, ActRecommend, ProgramOfficer}, {Waitlisted, ActRecommend, ProgramOfficer}, {InReview, ActRecommendDecline, ProgramOfficer},
		{InReview, ActWaitlist, ProgramOfficer}, {Recommended, ActAward, SelectingOfficial}, {DeclineRecommended, ActDecline, SelectingOfficial}} {
		add(applicationScenario{name: "on evidence that nobody has looked at", start: in(forward.start), action: forward.action, by: forward.by, actor: sam,
			reason: "evidence_changed", change: facts(func(f *F) { f.EvidenceChanged = true })},
			applicationScenario{name: "before the change was noticed", start: in(forward.start), action: forward.action, by: forward.by, actor: sam,
				reason: "evidence_changed", change: facts(func(f *F) { f.Verdict, f.Application.Verdict = verdictOf(Pass, 2), verdictOf(Pass, 1).JSON() })})
	}
	for _, s := range evidenceUsed {
		add(
			applicationScenario{name: "another sum", start: in(s), action: ActRescreen, by: System, end: s,
				check: func(t *testing.T, f *F, step *Step) {
					if !f.EvidenceChanged || flagNames(f.Flags()) != "evidence_changed" || f.Application.Verdict != verdictOf(Pass, 2).JSON() {
						t.Errorf("flag %q, seen %t, verdict %s", f.Flag, !f.EvidenceChanged, f.Application.Verdict)
					}
					wantChildren(t, step)
				}},
			applicationScenario{name: "beside another flag", start: in(s), action: ActRescreen, by: System, end: s,
				change: facts(func(f *F) { f.Flag = "review_struck,evidence_changed@1771844400000000,reply_received@1771844400000000" }),
				check: func(t *testing.T, f *F, _ *Step) {
					if f.Flag != "review_struck,reply_received@1771844400000000,evidence_changed@1772452800000000" {
						t.Errorf("flags %q", f.Flag)
					}
				}},
			applicationScenario{name: "the same", start: in(s), action: ActRescreen, by: System, reason: "verdict_unchanged",
				change: facts(func(f *F) { f.Verdict.AsOf++; f.Application.Verdict = verdictOf(Pass, 2).JSON() })},
			applicationScenario{name: "it does not pass any more", start: in(s), action: ActRescreen, by: System, end: s,
				change: facts(func(f *F) { f.Verdict.Outcome = Fail }),
				check: func(t *testing.T, f *F, step *Step) {
					if contains(referable, s) {
						wantChildren(t, step, "refer application 100")
					} else {
						wantChildren(t, step)
					}
				}})
	}
	for _, s := range append(in(Ineligible), reviewUsed...) {
		add(
			applicationScenario{name: "looked at", start: in(s), action: ActAcknowledge, by: ProgramOfficer, actor: olga, end: s,
				check: func(t *testing.T, f *F, _ *Step) {
					if f.EvidenceChanged || f.Flag != "" || f.Note != "the affiliate is small" || f.Application.Verdict != verdictOf(Pass, 2).JSON() {
						t.Errorf("flag %q, seen %t, verdict %s", f.Flag, !f.EvidenceChanged, f.Application.Verdict)
					}
				}},
			applicationScenario{name: "one of three, not the evidence", start: in(s), action: ActAcknowledge, by: ProgramOfficer, actor: olga, end: s,
				change: func(f *F, c *Command) {
					f.Flag, f.Application.Verdict = "review_struck@7,evidence_changed@8,terms_moved@9", verdictOf(Pass, 1).JSON()
					c.Inputs = []Input{fieldFlags.text("review_struck"), fieldNote.text("seen")}
				},
				check: func(t *testing.T, f *F, step *Step) {
					if !f.EvidenceChanged || f.Flag != "evidence_changed@8,terms_moved@9" || f.Application.Verdict != verdictOf(Pass, 1).JSON() {
						t.Errorf("flags %q, seen %t, verdict %s", f.Flag, !f.EvidenceChanged, f.Application.Verdict)
					}
					wantChildren(t, step)
				}},
			applicationScenario{name: "looked at before the job, and it does not pass", start: in(s), action: ActAcknowledge, by: ProgramOfficer, actor: olga, end: s,
				change: facts(func(f *F) {
					f.EvidenceChanged, f.Flag, f.Verdict, f.Application.Verdict = false, "", verdictOf(Fail, 2), verdictOf(Pass, 2).JSON()
				}),
				check: func(t *testing.T, _ *F, step *Step) {
					if contains(referable, s) {
						wantChildren(t, step, "refer application 100")
					} else {
						wantChildren(t, step)
					}
				}},
			applicationScenario{name: "nothing to look at", start: in(s), action: ActAcknowledge, by: ProgramOfficer, reason: "not_flagged",
				change: facts(func(f *F) { f.EvidenceChanged, f.Flag = false, "review_struck@7" })})
	}
	everything := func(f *F, _ *Command) {
		f.EvidenceChanged, f.Flag = true, "clearance_lost@1,screening_hit@2,evidence_changed@3,reply_received@4,next_in_line@5"
	}
	flags := func(want Flags, seen bool) func(*testing.T, *F, *Step) {
		return func(t *testing.T, f *F, _ *Step) {
			if f.Flag != want || f.EvidenceChanged == seen {
				t.Errorf("flags %q, want %q; seen %t", f.Flag, want, !f.EvidenceChanged)
			}
		}
	}
	add(
		applicationScenario{name: "what an officer decided about is seen", start: in(Screening), action: ActClear, by: ProgramOfficer, end: InReview,
			change: everything, check: flags("clearance_lost@1", true)},
		applicationScenario{name: "who ends a case has looked", start: in(Screening), action: ActFindIneligible, by: ProgramOfficer, end: Ineligible,
			change: everything, check: flags("", true)},
		applicationScenario{name: "who ends a case has looked", start: in(DeclineRecommended), action: ActDecline, by: SelectingOfficial, actor: sam, end: Declined,
			change: facts(func(f *F) { f.Flag = "reply_received@4,review_struck@5" }), check: flags("", true)},
		applicationScenario{name: "nobody has to look any more", start: in(Draft, Submitted, Screening, NeedsInformation, InReview, DeclineRecommended, Waitlisted, Appealed),
			action: ActWithdraw, by: AOR, end: Withdrawn, change: everything, check: flags("", true)},
		applicationScenario{name: "what comes is another application", start: in(Submitted, Screening, InReview, Ineligible), action: ActReopen, by: AOR, end: Draft,
			change: everything, check: flags("", true)},
		applicationScenario{name: "who was next is recommended", start: in(Waitlisted), action: ActRecommend, by: ProgramOfficer, actor: olga, end: Recommended,
			posts: postedFor(Available, Committed, proposed), change: facts(func(f *F) { f.Flag = "reply_received@4,next_in_line@5" }), check: flags("reply_received@4", true)},
		applicationScenario{name: "for a hit, a lost clearance and the verdict", start: in(InReview), action: ActRefer, by: System, end: Screening,
			change: facts(func(f *F) {
				f.Payee, f.Lost = listed, Clearance{Record: Record{ID: 60, State: Required}, Application: f.ID}
			}),
			check: func(t *testing.T, f *F, _ *Step) {
				if got := flagNames(f.Flags()); got != "clearance_lost screening_hit referred_again" {
					t.Errorf("flags %q", got)
				}
			}},
	)

	for _, s := range append(in(Draft, Submitted, Ineligible), reviewUsed...) {
		add(applicationScenario{name: "a flag is taken back", start: in(s), action: ActUpdate, by: System, end: s,
			change: func(f *F, c *Command) {
				f.Flag = "duplicate@1,terms_moved"
				asking[F](fieldFlag.text(flagDuplicate))(f, c)
				asking[F](Input{Name: fieldUnflag.Name, Int: 1})(f, c)
			},
			check: func(t *testing.T, f *F, _ *Step) {
				if flagNames(f.Flags()) != "terms_moved" {
					t.Errorf("flag is %q", f.Flag)
				}
			}}, applicationScenario{name: "a struck review is flagged", start: in(s), action: ActUpdate, by: System, end: s,
			change: asking[F](fieldFlag.text("review_struck")),
			check: func(t *testing.T, f *F, _ *Step) {
				if flagNames(f.Flags()) != "review_struck" {
					t.Errorf("flag is %q", f.Flag)
				}
			}})
	}
	runScenarios(t, Applications, readyApplication, list)
}

func submitted(t *testing.T, f *ApplicationFacts, s *Step) {
	t.Helper()
	if f.Submissions != 1 || f.SubmittedBy != ana || !f.SubmittedAt.Equal(noon) {
		t.Errorf("submission %d by %d at %v", f.Submissions, f.SubmittedBy, f.SubmittedAt)
	}
	docs := s.Documents()
	if len(docs) != 2 || docs[0].Sum != f.Application.Terms || docs[1].Sum != f.Snapshot {
		t.Fatalf("stored %d documents, terms %q, snapshot %q", len(docs), f.Application.Terms, f.Snapshot)
	}
	if terms, err := ReadTerms(docs[0].Body); err != nil || terms.AwardCap != AwardCap || terms.ReviewsNeeded != 2 || terms.Version != 0 {
		t.Errorf("without a file it stands under %s (%v)", docs[0].Body, err)
	}
	var sent map[string]any
	if err := json.Unmarshal(docs[1].Body, &sent); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{
		"Deadline": f.deadline().Format(time.RFC3339Nano), "Number": "AIV-2026-000100", "Organization": "Ana's Lab", "UEI": "C11UU252P5S5", "Title": "Better batteries",
		"Requested": float64(requested), "Submission": 1.0, "SubmittedBy": float64(ana), "Certified": true,
	} {
		if sent[name] != want {
			t.Errorf("the snapshot's %s is %v, want %v", name, sent[name], want)
		}
	}
	wantJobs(t, s, Job{Kind: JobDuplicates, Record: 5})
}

func reopened(t *testing.T, f *ApplicationFacts, _ *Step) {
	t.Helper()
	if f.Submissions != 1 || f.Sent == "" || f.VerdictOutcome != "" || f.Application.Verdict != "" || !f.DecidedAt.IsZero() {
		t.Errorf("reopened %+v", f.Application)
	}
}

func restored(t *testing.T, f *ApplicationFacts, s *Step) {
	t.Helper()
	if f.Title != "Better batteries" || f.Requested != requested || f.Sent != "" {
		t.Errorf("restored %+v", f.Application)
	}
	var aside content
	if err := json.Unmarshal([]byte(f.Aside), &aside); err != nil || aside.Title != "Edited" || aside.Requested != 1 {
		t.Errorf("kept aside %q (%v)", f.Aside, err)
	}
	wantJobs(t, s, Job{Kind: JobScreen, Record: 100})
}

func awarded(amount Cents) func(*testing.T, *ApplicationFacts, *Step) {
	return func(t *testing.T, f *ApplicationFacts, s *Step) {
		t.Helper()
		if f.Awarded != amount || f.Committed != 0 || f.DeterminedBy != sam || f.Application.Award != 200 {
			t.Errorf("awarded %+v", f.Application)
		}
		want := GroupDelta{Opportunity: 4, Organization: 5, Cents: amount, Cap: AwardCap}
		if got := s.Group(); got != want {
			t.Errorf("counted %+v, want %+v", got, want)
		}
		wantChildren(t, s, "offer award 200")
	}
}

func determinedBy(person ID, codes string) func(*testing.T, *ApplicationFacts, *Step) {
	return func(t *testing.T, f *ApplicationFacts, _ *Step) {
		t.Helper()
		if f.DeterminedBy != person || !f.DecidedAt.Equal(noon) || f.Codes != codes || f.Note != "why" {
			t.Errorf("determined %+v", f.Application)
		}
	}
}

func TestAFullReopeningKeepsTheFirstSubmission(t *testing.T) {
	f := applicationIn(Draft)
	do := func(action Action, role Role, at time.Time, inputs ...Input) Step {
		t.Helper()
		c := Command{ID: 100, Action: action, Roles: by(role), Actor: Actor{Person: ana}, Received: at, Inputs: inputs}
		s, err := Applications.Decide(&f, &c, at)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	f.Reviews = 0
	do(ActSubmit, AOR, noon)
	first := f.content()
	do(ActReopen, AOR, noon)
	do(ActSave, AOR, noon, Input{Name: "title", Text: "Half an idea"})
	do(ActRestore, System, f.deadline())
	if f.content() != first || f.State != Submitted || f.Submissions != 1 {
		t.Errorf("the deadline left %+v in %s, want %+v", f.content(), f.State, first)
	}
}

func TestAStepIsRefusedWithTheNumbers(t *testing.T) {
	f, c := readyApplication(InReview, ActRecommend)
	c.Action, c.Roles = ActRecommend, by(ProgramOfficer)
	f.Available = 1
	_, err := Applications.Decide(&f, &c, noon)
	no := refusalOf(t, err)
	if no.Words["amount"] != proposed || no.Words["available"] != Cents(1) || no.Field != "amount" || no.Kind != NotMet {
		t.Errorf("refused with %v about %q, kind %d", no.Words, no.Field, no.Kind)
	}
	if want := "recommend application 100 from in_review: funds_insufficient"; no.Error() != want {
		t.Errorf("Error() = %q, want %q", no.Error(), want)
	}
}

func TestADutyIsRefusedAsNotYours(t *testing.T) {
	f, c := readyApplication(Recommended, ActAward)
	c.Action, c.Roles, c.Actor.Person = ActAward, by(SelectingOfficial), olga
	_, err := Applications.Decide(&f, &c, noon)
	if no := refusalOf(t, err); no.Kind != NotYours {
		t.Errorf("kind is %d, want NotYours", no.Kind)
	}
}

func TestARollingOpportunityHasNoDeadline(t *testing.T) {
	f := applicationIn(Draft)
	f.Opportunity.Rolling, f.Opportunity.Closes = true, time.Time{}
	if !f.takes(noon.AddDate(50, 0, 0)) || f.over(noon.AddDate(50, 0, 0)) {
		t.Error("an opportunity without a deadline must go on taking applications")
	}
}

func assigned(t *testing.T, f *ApplicationFacts, _ *Step) {
	t.Helper()
	if f.Officer != sam || f.HandledBy != 0 {
		t.Errorf("%s owns it, and %s acted on it", f.Officer, f.HandledBy)
	}
}

func adopted(t *testing.T, f *ApplicationFacts, s *Step) {
	t.Helper()
	if f.Application.Terms != "new" || flagNames(f.Flags()) != "terms_moved" || f.Note != "better for everybody" {
		t.Errorf("adopted %q, flag %q, note %q", f.Application.Terms, f.Flag, f.Note)
	}
	wantJobs(t, s, Job{Kind: JobEvidence, Record: 5})
}

// flagNames joins the codes of flags, the oldest first.
func flagNames(list []Flag) string {
	var out []string
	for _, f := range list {
		out = append(out, f.Code)
	}
	return strings.Join(out, " ")
}

// A search for one code must not find another, and each is stored with its instant.
func TestFlagsAreStoredAndFoundOneByOne(t *testing.T) {
	var list []Flag
	for i, code := range FlagCodes {
		list = append(list, Flag{code, noon.Add(time.Duration(i) * time.Microsecond)})
		for j, other := range FlagCodes {
			if i != j && strings.Contains(other, code) {
				t.Errorf("who looks for %s finds %s", code, other)
			}
		}
	}
	if got := flagsOf(list).List(); !slices.Equal(got, list) {
		t.Errorf("stored %v, read %v", list, got)
	}
	if b, err := json.Marshal(Flags("terms_moved,review_struck@1772452800000000")); err != nil ||
		string(b) != `[{"code":"terms_moved"},{"code":"review_struck","at":"2026-03-02T12:00:00Z"}]` {
		t.Errorf("%s, %v", b, err)
	}
	if b, err := json.Marshal(Flags("")); err != nil || string(b) != "[]" {
		t.Errorf("no flag is %s, %v", b, err)
	}
}

// What is blind is fixed with the terms that an application is submitted under.
func TestWhatIsBlindIsFixedAtSubmission(t *testing.T) {
	a := Application{Organization: 7, Summary: "We", Answers: AnswersText(map[string]string{"founder": "Zara", "method": "Kalman"}),
		Documents: attachmentsOf([]Attachment{{Code: "cv"}, {Code: "plan"}}), Blind: "organization,founder,cv"}
	seen := a
	seen.ForReviewers()
	if _, there := seen.Documents.Of("cv"); seen.Organization != 0 || there || seen.Answers != AnswersText(map[string]string{"method": "Kalman"}) || seen.Summary != "We" {
		t.Errorf("its reviewers see %+v", seen)
	}
	if o := a.Seen(Organization{LegalName: "Zanzibar", UEI: "U", City: "Bend"}); o != (Organization{City: "Bend"}) {
		t.Errorf("its reviewers see %+v", o)
	}
	if a.Blind = ""; a.Seen(Organization{City: "Bend"}).City != "Bend" || a.Blinds("") {
		t.Error("what is not blind is not seen")
	}
}
