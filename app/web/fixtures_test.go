package web

import (
	"strings"
	"time"

	"tranche/app/letter"
	"tranche/workflow"
)

// instant is the now of all fixtures.
var instant = time.Date(2026, 11, 23, 19, 41, 0, 0, time.UTC)

const dollars = workflow.Cents(100)

// fixture is one view as a page could get it. The names begin with the page's.
type fixture struct {
	name string
	make func(Shell) View
}

// fixtures shows every branch of every template at least once; a test counts.
var fixtures = []fixture{
	{"home/open", func(s Shell) View {
		s.Reader, s.SignInURL, s.Nav = nil, "/sign-in", nil
		return HomeView{Shell: titled(s, "home.title"), Calls: calls(s), StartURL: "/sign-in", Figures: []Fact{
			{Name: s.T("home.money_left"), Value: (862_431_900 * dollars).Dollars(), Number: true},
			{Name: s.T("home.awards"), Value: "96"},
			{Name: s.T("home.paid"), Value: (31_200_000 * dollars).Dollars(), Number: true},
		}}
	}},
	{"home/next", func(s Shell) View {
		s.Demo, s.Reader, s.Nav = false, nil, nil
		return HomeView{Shell: titled(s, "home.title"), Next: s.Day(instant.AddDate(0, 3, 0))}
	}},
	{"home/none", func(s Shell) View { return HomeView{Shell: titled(s, "home.title")} }},

	{"sign_in/empty", func(s Shell) View {
		s.Reader, s.Nav = nil, nil
		return SignInView{Shell: titled(s, "sign_in.title"), Form: s.SignInForm("/sign-in", "", "", ""), Notice: &Notice{Tone: "info", Text: s.T("sign_in.demo")}}
	}},
	{"sign_in/wrong", func(s Shell) View {
		s.Reader, s.Nav, s.Failed = nil, nil, true
		return SignInView{Shell: titled(s, "sign_in.title"), Form: s.SignInForm("/sign-in", "/applications", "mei@example.com", s.T("sign_in.wrong"))}
	}},

	{"resume/form", func(s Shell) View {
		s.Nav = nil
		return ResumeView{Shell: titled(s, "resume.title"), Notice: &Notice{Tone: "warning", Text: s.T("resume.lost")}, Form: Form{Name: "resume", URL: "/awards/5/actions/accept", Version: "1", Key: "k",
			Hidden: []Hidden{{"title", "Leak detection"}}, Submit: s.Action("award", "accept"), Fields: []Field{{Name: "document", Kind: FileField, Label: s.T("resume.choose", "file", "plan.pdf")}}}}
	}},

	{"problem/missing", func(s Shell) View {
		return ProblemView{Shell: titled(s, "problem.404"), Status: 404, Sentence: s.T("problem.404_text"), Back: Link{s.T("problem.back"), "/"}}
	}},
	{"problem/fields", func(s Shell) View {
		return ProblemView{Shell: titled(s, "problem.422"), Status: 422, Sentence: s.T("problem.422_text"), Reference: "01JD5W8Q2N", Problems: []Problem{
			{Label: s.FieldName("amount"), Text: s.Reason("not_money", nil)}, {Text: s.Reason("stale", nil)},
		}}
	}},

	{"programs/rows", func(s Shell) View {
		return ProgramsView{Shell: titled(s, "programs.title"), List: List{Lead: s.T("programs.lead")}, Rows: []ProgramRow{
			{Name: "AI Innovation Voucher", URL: "/programs/1", Prefix: "AIV", Version: s.T("programs.version", "number", 3)}}}
	}},
	{"programs/none", func(s Shell) View {
		return ProgramsView{Shell: titled(s, "programs.title"), List: List{Lead: s.T("programs.lead"),
			Empty: Empty{Icon: "file_present", Title: s.T("programs.none"), Text: s.T("programs.none_text")}}}
	}},
	{"program/wrong", func(s Shell) View {
		s.Failed = true
		v := programFixture(s)
		v.Trial.Notice = &Notice{Tone: "error", Text: s.N("programs.mistakes", 1)}
		v.Trial.Source = []SourceLine{{Number: 12, Text: "phases:", Gap: true}, {Number: 13, Text: "  - {code: p1}", Wrong: []string{s.Reason("policy_not_code", workflow.Words{"found": "p1"})}}}
		return v
	}},
	{"program/compared", func(s Shell) View {
		v := programFixture(s)
		v.Trial.Notice = &Notice{Tone: "success", Text: s.T("programs.sound")}
		v.Trial.Comparison = comparisonFixture(s)
		return v
	}},
	{"program/simulated", func(s Shell) View {
		v := programFixture(s)
		v.Trial.Simulation = &SimulationTable{Lead: s.N("programs.simulated", 2, "applications", 40, "untouched", 1),
			Outcomes: []OutcomeRow{{s.T("outcome.pass"), 38, 36}, {s.T("outcome.refer"), 2, 3}, {s.T("outcome.fail"), 0, 1}},
			Reasons:  []ReasonRow{{"The company is 15 years old or older.", 2, 1}},
			Cases: []SimulatedRow{{Number: "AIV-2026-000412", URL: "/applications/412", Organization: "Cascadia Robotics, Inc.",
				Before: s.T("outcome.pass"), After: s.T("outcome.refer"), Comes: []string{"The company is 15 years old or older."}, Goes: []string{"The request is large."}}},
			More: s.N("programs.more", 1)}
		return v
	}},
	{"program/reader", func(s Shell) View {
		v := programFixture(s)
		v.Trial, v.Versions = nil, nil
		return v
	}},
	{"program/auditor", func(s Shell) View {
		v := programFixture(s)
		v.Trial.Apply = false
		v.Trial.Comparison = &Comparison{Title: s.T("programs.against", "number", 1), Lead: s.T("programs.no_changes")}
		return v
	}},
	{"policy/version", func(s Shell) View {
		s.Title = s.T("programs.version", "number", 2)
		return PolicyView{Shell: s, Record: Record{Tag: s.Mark("policy", "active"), Lead: s.Noun("policy"), History: history(s),
			Buttons: []Button{{Text: s.T("programs.download"), URL: "/policies/9/file", Icon: "file_download"}}},
			Groups: answers(s, false)[:1], Comparison: comparisonFixture(s), Text: "tranche: 1\n"}
	}},

	{"opportunities/rows", func(s Shell) View {
		return OpportunitiesView{Shell: titled(s, "opportunities.title"), List: list(s, "opportunities"), Rows: calls(s)}
	}},
	{"opportunities/empty", func(s Shell) View {
		return OpportunitiesView{Shell: titled(s, "opportunities.title"), List: emptyList(s, "opportunities")}
	}},
	{"opportunity/officer", opportunityFixture},
	{"opportunity/public", func(s Shell) View {
		s.Reader, s.Nav = nil, nil
		v := opportunityFixture(s).(OpportunityView)
		return OpportunityView{Shell: v.Shell, Record: Record{Tag: v.Tag}, Summary: v.Summary, Terms: v.Terms, Why: s.T("opportunity.start_sign_in")}
	}},

	{"my_applications/cards", func(s Shell) View {
		s = as(s, "Mei Tanaka", "aor")
		s.Flash = &Notice{Tone: "success", Text: s.T("actions.done", "action", s.Action("application", "save"))}
		l := list(s, "my_applications")
		l.Filters, l.Buttons = nil, nil
		return MyApplicationsView{Shell: titled(s, "my_applications.title"), List: l, Calls: calls(s)[:1], Cards: []ApplicationCard{
			{
				Title: "Leak detection for small water utilities", URL: "/applications/7", Number: "AIV-2026-000419", Organization: "Halcyon Pumpworks AI",
				Tag: s.Mark("application", "draft"), Stages: stages(s, 0), Requested: 148_500 * dollars, Due: s.Due(instant, instant.AddDate(0, 0, 53)),
				Next: s.T("my_applications.next_draft"), Action: Link{s.T("my_applications.continue"), "/applications/7/edit/budget"},
			},
			{
				Title: "Bridge-cable corrosion detection from acoustic data", URL: "/applications/5", Number: "AIV-2026-000342", Organization: "Halcyon Pumpworks AI",
				Tag: s.Mark("application", "in_review"), Stages: stages(s, 3), Requested: 4_999_999 * dollars, Due: s.Due(instant, time.Time{}),
				Next: s.T("my_applications.next_wait"),
			},
		}}
	}},
	{"my_applications/empty", func(s Shell) View {
		return MyApplicationsView{Shell: titled(as(s, "Mei Tanaka", "applicant"), "my_applications.title"), List: emptyList(s, "my_applications")}
	}},

	{"application_form/company", func(s Shell) View {
		v := formFixture(s, firstSection, 0)
		v.Back, v.Tips, v.Saved, v.Team = Link{}, nil, "", nil
		v.Due = s.Due(instant, time.Time{})
		v.Known = answers(s, true)[1:]
		v.Groups = []FieldGroup{{Title: s.T("organization.identity"), Fields: []Field{
			{Name: "legal_name", Label: s.FieldName("legal_name"), Kind: TextField, Value: "Halcyon Pumpworks AI", Required: true, Max: 200, Complete: "organization"},
			{Name: "kind", Label: s.FieldName("kind"), Kind: SelectField, Options: []Option{{Value: "llc", Text: "LLC"}, {Value: "inc", Text: "Inc.", Chosen: true}}, Required: true, Error: s.Reason("not_a_choice", nil)},
			{Name: "started", Label: s.FieldName("started"), Kind: DateField, Value: "2019-04-01"},
		}}}
		return v
	}},
	{"application_form/errors", func(s Shell) View {
		v := formFixture(s, "budget", 2)
		v.Failed = true
		v.Groups[0].Fields[0].Value = "6.000.000"
		v.Groups[0].Fields[0].Error = s.Reason("not_money", nil)
		v.Groups[0].Fields[1].Error = s.Reason("too_large", workflow.Words{"limit": 60})
		v.Groups[0].Fields[3].Error = s.Reason("too_long", workflow.Words{"limit": 2000})
		v.Form.Refused = s.Reason("stale", nil)
		return v
	}},
	{"application_form/certify", func(s Shell) View {
		v := formFixture(s, "certify", 3)
		v.Groups = []FieldGroup{{Title: s.T("section.certify"), Fields: []Field{
			{Name: "certified", Label: s.FieldName("certified"), Kind: CheckField, Value: Checked, Required: true, Error: s.Reason("not_certified", nil)},
		}}}
		return v
	}},
	{"application_form/documents", func(s Shell) View {
		v := formFixture(s, "certify", 3)
		v.Failed, v.Lead = true, s.T("section."+documentsSection+"_lead", "limit", 20)
		v.Groups = []FieldGroup{
			{Title: "Work plan", Files: []Download{{Name: "Work plan", Note: s.T("file.facts", "name", "plan.pdf", "type", "PDF", "size", 48213), URL: "/applications/7/documents/work_plan", SHA256: strings.Repeat("0f", 32)}},
				Fields: []Field{
					{Name: "documents.work_plan", Label: s.T("section.replace_file", "document", "Work plan"), Kind: FileField, Types: []string{"pdf", "docx"},
						Hint: s.T("section.document_hint", "types", "PDF, DOCX", "limit", 5), Error: s.Reason("file_type_refused", workflow.Words{"name": "plan.exe", "types": "PDF, DOCX"})},
					{ID: "form-documents.work_plan-remove", Name: "documents.work_plan", Label: s.T("section.remove_file", "document", "Work plan"), Kind: CheckField}}},
			{Title: "Letter of support", Fields: []Field{{Name: "documents.letter_of_support", Label: s.T("section.choose_file", "document", "Letter of support"), Kind: FileField,
				Hint: s.T("section.document_hint", "types", "PDF", "limit", 10)}}},
			{Title: "old_form", Note: s.T("section.document_unasked"), Fields: []Field{{Name: "documents.old_form", Label: s.T("section.remove_file", "document", "old_form"), Kind: CheckField}}},
		}
		return v
	}},
	{"application_form/check", func(s Shell) View {
		v := formFixture(s, lastSection, 4)
		v.Groups, v.Check = nil, &CheckStep{Groups: answers(s, true), May: true}
		return v
	}},
	{"application_form/missing", func(s Shell) View {
		v := formFixture(s, lastSection, 4)
		v.Groups, v.Check = nil, &CheckStep{Groups: answers(s, true), Why: s.T("section.only_aor"), Missing: []Problem{
			{Label: s.FieldName("outcome"), Text: s.Reason("required", nil), URL: "/applications/7/edit/project#form-outcome"},
		}}
		return v
	}},

	{"application/review", applicationFixture},
	{"application/over", func(s Shell) View {
		v := applicationFixture(as(s, "Luis Ortega", "program_officer")).(ApplicationView)
		v.Tag = s.Mark("application", "ineligible")
		v.Stages = stages(s, 2)
		v.Stages[2].Stopped, v.Stages[2].Current = true, false
		v.Revenue.Over, v.Revenue.Percent, v.Revenue.Sum = true, 100, 100_000_000*dollars
		v.Revenue.Verdict = Tag{"bad", "do_not_disturb", s.T("revenue.fail")}
		v.Revenue.Finding = s.T("revenue.exactly")
		v.Scores, v.Recommendation, v.Determination, v.Notices, v.CheckedAt = nil, nil, nil, nil, Stamp{}
		v.Actions = Actions{Offer: v.Actions.Offer[:1]}
		v.Actions.Offer[0].Fields[0].Error = s.Reason("over_requested", workflow.Words{"amount": 9 * dollars, "limit": 8 * dollars})
		return v
	}},
	{"application/referred", func(s Shell) View {
		v := applicationFixture(s).(ApplicationView)
		v.Tag = s.Mark("application", "screening")
		v.Revenue.Partial = true
		v.Revenue.Rows[2].Missing = true
		v.Revenue.Verdict = Tag{"warn", "warning", s.T("revenue.refer")}
		v.Revenue.Finding = s.T("revenue.referred")
		v.Scores.Mean, v.Scores.Spread, v.Scores.Reviews, v.Actions, v.Checks = "", "", nil, Actions{}, nil
		return v
	}},
	{"application/history", func(s Shell) View {
		v := applicationFixture(s).(ApplicationView)
		return ApplicationView{Shell: v.Shell, Record: v.Record, Events: v.History.Events,
			Clearances: &ClearanceCard{Finding: s.T("clearances.none_missing"), Done: true}, Screening: &ScreeningCard{Finding: s.T("screening.no_lists"), Done: true}}
	}},

	{"queue/rows", queueFixture},
	{"queue/filtered", func(s Shell) View {
		v := queueFixture(s).(QueueView)
		v.Rows, v.Pager = nil, Pager{}
		v.Filters.Search = "blockchain"
		v.Filters.Chips = []Link{{"“blockchain”", "/applications?state=in_review"}, {s.State("application", "in_review"), "/applications?q=blockchain"}}
		v.Count = s.N("queue.count", 0, "sum", "$0.00")
		v.Notices = []Notice{{Tone: "info", Text: s.T("list.left_out", "filters", "“state=lost”")}}
		v.Empty = Empty{"search", s.T("queue.none"), s.T("list.none_match_text"), Link{s.T("list.clear_filters"), "/applications"}}
		return v
	}},

	{"my_reviews/rows", func(s Shell) View {
		s = as(s, "Marcus Bell", "reviewer")
		return MyReviewsView{Shell: titled(s, "my_reviews.title"), List: list(s, "my_reviews"), Rows: []ReviewRow{
			{"Early sepsis alerts for critical-access hospitals", "/reviews/4", "AIV-2026-000405", "Northfield Health AI LLC", s.Mark("review", "invited"), "", s.Due(instant, instant.Add(5*time.Hour))},
			{"Weld inspection by computer vision", "/reviews/5", "AIV-2026-000391", "Ironbridge Vision Corp.", s.Mark("review", "submitted"), "83.5", s.Due(instant, instant.AddDate(0, 0, 9))},
		}}
	}},
	{"my_reviews/empty", func(s Shell) View {
		return MyReviewsView{Shell: titled(s, "my_reviews.title"), List: emptyList(s, "my_reviews")}
	}},
	{"review/write", func(s Shell) View {
		s = as(s, "Marcus Bell", "reviewer")
		s.Title = "Predictive maintenance for rural water utilities"
		score := func(name, label string) Field {
			return Field{Name: name, Label: label, Kind: IntegerField, Hint: s.T("hint.kind.count", "min", 0, "max", 100), Required: true, Narrow: true}
		}
		return ReviewView{Shell: s, Record: Record{
			Number: "AIV-2026-000412", Tag: s.Mark("review", "accepted"), Facts: facts(s)[:2],
			Actions: Actions{Lead: s.T("review.rubric"), Offer: []Action{{Label: s.Action("review", "submit"), Form: Form{
				Name: "submit", URL: "/reviews/4/actions/submit", Key: "k", Version: "3", Submit: s.Action("review", "submit"), Second: Link{s.T("review.save"), "/reviews/4/actions/save"},
				Fields: []Field{
					score("score.merit", "Technical merit"), score("score.use", "Path to use"),
					{Name: "comment", Label: s.FieldName("comment"), Kind: LongField, Max: 4000, Required: true},
					{Name: "feedback", Label: s.FieldName("feedback"), Kind: LongField},
				},
			}}}},
		}, Application: Link{s.T("review.application"), "/applications/9"}, Answers: answers(s, false)}
	}},
	{"review/written", func(s Shell) View {
		s.Title = "Weld inspection by computer vision"
		return ReviewView{Shell: s, Record: Record{Tag: s.Mark("review", "submitted")}, Criteria: scores(s).Criteria, Comment: "A clear plan.\nPrices have quotes."}
	}},
	{"review/plain", func(s Shell) View {
		s.Title = "Weld inspection by computer vision"
		return ReviewView{Shell: s, Record: Record{Tag: s.Mark("review", "declined")}, Criteria: scores(s).Criteria}
	}},

	{"awards/rows", func(s Shell) View {
		return AwardsView{Shell: titled(s, "awards.title"), List: list(s, "awards"), Rows: []AwardRow{
			{"AIV26-001043", "/awards/1043", "Cascadia Robotics, Inc.", "Bend, OR", s.Mark("award", "active"), 148_500 * dollars, 49_500 * dollars, 33, s.Due(instant, instant.AddDate(0, 1, 0))},
			{"AIV26-001044", "/awards/1044", "Northfield Health AI LLC", "Northfield, MN", s.Mark("award", "offered"), 5_000_000 * dollars, 0, 0, s.Due(instant, instant.Add(30*time.Hour))},
			{"AIV26-001031", "/awards/1031", "Tidewater Models", "Norfolk, VA", s.Mark("award", "suspended"), 912_000 * dollars, 912_000 * dollars, 100, s.Due(instant, instant.AddDate(0, 0, -4))},
		}}
	}},
	{"awards/empty", func(s Shell) View {
		return AwardsView{Shell: titled(s, "awards.title"), List: emptyList(s, "awards")}
	}},
	{"award/active", awardFixture},
	{"award/bare", func(s Shell) View {
		v := awardFixture(s).(AwardView)
		return AwardView{Shell: v.Shell, Record: Record{Tag: s.Mark("award", "offered")}, Terms: v.Terms}
	}},

	{"amendment/approved", amendmentFixture},
	{"amendment/bare", func(s Shell) View {
		v := amendmentFixture(s).(AmendmentView)
		return AmendmentView{Shell: v.Shell, Record: Record{Tag: s.Mark("amendment", "requested")}, Award: v.Award, Request: v.Request,
			Changes: &Comparison{Title: s.T("amendment.change"), Lead: s.T("amendment.nothing")}, Signatures: v.Signatures}
	}},

	{"claims/rows", func(s Shell) View {
		return ClaimsView{Shell: titled(s, "claims.title"), List: list(s, "claims"), Rows: claims(s, "Cascadia Robotics, Inc.")}
	}},
	{"claims/empty", func(s Shell) View {
		return ClaimsView{Shell: titled(s, "claims.title"), List: emptyList(s, "claims")}
	}},
	{"claim/submitted", claimFixture},
	{"claim/bare", func(s Shell) View {
		v := claimFixture(s).(ClaimView)
		return ClaimView{Shell: v.Shell, Record: Record{Tag: s.Mark("claim", "draft")}, Award: Link{Text: "AIV26-001043"}, Request: v.Request}
	}},

	{"debts/rows", func(s Shell) View {
		return DebtsView{Shell: titled(s, "debts.title"), List: list(s, "debts"), Rows: owed(s)}
	}},
	{"debts/empty", func(s Shell) View {
		return DebtsView{Shell: titled(s, "debts.title"), List: emptyList(s, "debts")}
	}},
	{"report/submitted", reportFixture},
	{"report/told", func(s Shell) View {
		v := reportFixture(s).(ReportView)
		return ReportView{Shell: v.Shell, Record: v.Record, Award: v.Award, Told: "42 pumps are watched."}
	}},

	{"payments/rows", func(s Shell) View {
		return PaymentsView{Shell: titled(s, "payments.title"), List: list(s, "payments"), Rows: payments(s)}
	}},
	{"payments/empty", func(s Shell) View {
		return PaymentsView{Shell: titled(s, "payments.title"), List: emptyList(s, "payments")}
	}},
	{"payment/returned", func(s Shell) View {
		s = as(s, "Grace Okafor", "grants_officer")
		s.Title = s.T("payment.title", "number", "P-000213")
		return PaymentView{
			Shell: s,
			Record: Record{
				Number: "P-000213", Tag: s.Mark("payment", "held"), Lead: "Cascadia Robotics, Inc.", Facts: facts(s)[:3], History: history(s),
				Stages:  []Stage{{Name: s.T("payment.stage_ready"), Done: true}, {Name: s.T("payment.stage_batched"), Current: true}},
				Actions: Actions{Offer: []Action{act(s, "payment", "release"), act(s, "payment", "cancel")}},
			},
			Details: []Answer{{Name: s.T("money.account"), Value: Masked("4471")}, {Name: s.T("payment.trace"), Value: "091000010000007", Number: true}, {Name: s.Noun("claim"), Value: "C-000088", URL: "/claims/88"}},
			Checks:  []Check{{Tone: "bad", Text: "R03: no account or unable to locate account", Note: "2026-11-21"}},
			Linked:  payments(s)[:1],
		}
	}},
	{"payment/bare", func(s Shell) View {
		s.Title = s.T("payment.title", "number", "P-000213")
		return PaymentView{Shell: s, Record: Record{Tag: s.Mark("payment", "ready")}}
	}},

	{"batches/rows", func(s Shell) View {
		l := list(s, "batches")
		l.Buttons = []Button{{Text: s.T("batches.make"), URL: "/batches/new", Icon: "attach_money", Main: true}}
		return BatchesView{Shell: titled(s, "batches.title"), List: l, Rows: []BatchRow{
			{"B-2026-031", "/batches/31", s.Mark("batch", "submitted"), 16, 611_240 * dollars, s.Day(instant.AddDate(0, 0, 7)), PersonNamed("Karen Liu", ""), Person{}, true},
			{"B-2026-030", "/batches/30", s.Mark("batch", "completed"), 41, 2_418_000 * dollars, s.Day(instant.AddDate(0, 0, -7)), PersonNamed("Karen Liu", ""), PersonNamed("Theo Marsh", ""), false},
			{"B-2026-029", "/batches/29", s.Mark("batch", "open"), 0, 0, Stamp{}, PersonNamed("Karen Liu", ""), Person{}, false},
		}}
	}},
	{"batches/empty", func(s Shell) View {
		return BatchesView{Shell: titled(s, "batches.title"), List: emptyList(s, "batches")}
	}},
	{"batch_new/due", func(s Shell) View {
		s = as(s, "Karen Liu", "finance_preparer")
		v := BatchNewView{Shell: titled(s, "batch_new.title"), Total: 611_240 * dollars, Out: due(s)[1:], OutSum: 38_400 * dollars, Rows: due(s)}
		v.Rows[0].Chosen, v.Rows[1].Chosen = true, true
		v.Lead, v.Count = s.T("batch_new.lead"), s.N("payments.count", 4, "sum", v.Total.Dollars())
		v.Form = Form{Name: "batch", URL: "/batches", Key: "k", Submit: s.T("batch_new.submit"), Refused: s.T("batch_new.choose"), Fields: []Field{
			s.Input(workflow.Field{Name: "pay_date", Kind: workflow.Day}, "2026-11-30"),
		}}
		return v
	}},
	{"batch_new/empty", func(s Shell) View {
		return BatchNewView{Shell: titled(s, "batch_new.title"), List: emptyList(s, "batch_new"), Form: Form{Name: "batch", URL: "/batches", Key: "k", Submit: s.T("batch_new.submit")}}
	}},
	{"batch/certifier", func(s Shell) View {
		v := batchFixture(as(s, "Theo Marsh", "finance_certifier"))
		v.Unsaid = true
		return v
	}},
	{"batch/alone", func(s Shell) View {
		v := batchFixture(as(s, "Theo Marsh", "finance_certifier"))
		v.Unsaid, v.Alone, v.Hint, v.Rows = true, true, s.T("batch.read_elsewhere"), v.Rows[:1]
		return v
	}},
	{"batch/exported", func(s Shell) View {
		v := batchFixture(as(s, "Iris Vaughn", "finance_releaser"))
		v.Tag = s.Mark("batch", "exported")
		v.Sum = &Total{s.N("batch.sum", 4), 611_240 * dollars}
		v.Locked, v.Actions = "", Actions{}
		v.Totals = append(v.Totals, Fact{Name: s.T("batch.total"), Value: (611_240 * dollars).Dollars(), Note: s.T("batch.add_up"), Checked: true})
		for i := range v.Files {
			v.Files[i].URL = "/batches/31/files/" + v.Files[i].Name
			v.Files[i].SHA256 = "9f2c41d8e0a66b1c8b2a4f1d20c5a5b7f4c3e1d09a8b7c6d5e4f30211203a7e0"
		}
		v.Files[1].SHA256, v.Files[0].Note = "", ""
		return v
	}},
	{"batch/preparer", func(s Shell) View {
		v := batchFixture(as(s, "Karen Liu", "finance_preparer"))
		v.Tag, v.Totals, v.Out, v.Checks, v.History = s.Mark("batch", "open"), nil, nil, nil, Timeline{}
		v.Rows = payments(s)
		for i := range v.Rows {
			v.Rows[i].Drop = &Form{Name: "drop", URL: v.Rows[i].URL + "/actions/drop", Version: "1", Key: "d", Submit: s.T("batch.drop")}
		}
		return v
	}},

	{"organization/full", organizationFixture},
	{"organization/bare", func(s Shell) View {
		v := organizationFixture(s).(OrganizationView)
		return OrganizationView{Shell: v.Shell, Record: Record{Tag: v.Tag}, Identity: v.Identity}
	}},

	{"desk/rows", func(s Shell) View {
		return DeskView{Shell: titled(s, "desk.title"), List: list(s, "desk"), Rows: []DeskRow{
			{Task: "Application: Recommend", URL: "/applications/12", About: "AIV-2027-0412", Company: "Cascadia Robotics, Inc.",
				Tag: s.Mark("application", "in_review"), Since: s.Moment(instant), Note: "1 of 2 reviews are in.", Due: s.Due(instant, instant.Add(-26*time.Hour))},
			{Task: "Application: Award", URL: "/applications/13", About: "AIV-2027-0413", Company: "Cascadia Robotics, Inc.",
				Tag: s.Mark("application", "recommended"), Since: s.Moment(instant), For: s.T("desk.for", "person", "Theo Marsh"), Barred: "You recommended this."}}}
	}},
	{"workload/rows", func(s Shell) View {
		return WorkloadView{Shell: titled(s, "workload.title"), Columns: []string{s.State("application", "screening"), s.State("application", "in_review")}, Rows: []WorkloadRow{
			{Officer: PersonNamed("Dana Whitfield", ""), URL: "/applications?officer=7", Program: "AI Innovation Voucher", Counts: []string{"2", "11"}, Cases: 13, Oldest: s.Moment(instant), Waits: true},
			{Officer: PersonNamed("Luis Ortega", ""), URL: "/applications?officer=8", Program: "AI Innovation Voucher", Counts: []string{"0", "0"}}}}
	}},
	{"workload/none", func(s Shell) View {
		return WorkloadView{Shell: titled(s, "workload.title"), Empty: Empty{Icon: "groups", Title: s.T("workload.none")}}
	}},
	{"panel/rows", func(s Shell) View {
		v := PanelView{Shell: titled(s, "panels.title"), Budget: 5_000_000_00, Links: []Link{{s.T("panels.slate_award"), "/applications/bulk?action=award&id=1"}},
			Record: Record{Number: "AIV-2027-C1", Tag: s.Mark("panel", "open"), Lead: s.Noun("panel")}, Groups: []AnswerGroup{{Title: s.T("panels.members"), Answers: []Answer{{Name: "Noor Haddad", Value: s.T("panels.chair")}}}}}
		v.Rows = []RankedRow{
			{Rank: "1", Title: "Predictive maintenance for water utilities", URL: "/deliberations/7", Number: "AIV26-000001", Company: "Cascadia Robotics, Inc.", Tag: s.Mark("application", "in_review"),
				Agreed: "91", Mean: "88.50", Asked: 4_000_000_00, Sum: 4_000_000_00},
			{Rank: "2", Title: "Leak detection", URL: "/deliberations/8", Number: "AIV26-000002", Company: "Heron Works, Inc.", Tag: s.Mark("application", "in_review"),
				Asked: 2_000_000_00, Sum: 6_000_000_00, Over: true, Line: true}}
		return v
	}},
	{"panel/none", func(s Shell) View {
		return PanelView{Shell: titled(s, "panels.title"), Record: Record{Number: "AIV-2027-C1", Tag: s.Mark("panel", "draft"), Lead: s.Noun("panel")}}
	}},
	{"pool/rows", func(s Shell) View {
		return PoolView{Shell: titled(s, "pool.title"), Columns: []string{s.T("pool.open"), s.T("pool.submitted")}, Rows: []PoolRow{
			{Name: "Noor Haddad", URL: "/grants/7", Program: "AI Innovation Voucher", Topics: "In research", Counts: []string{"2 / 4", "11"}},
			{Name: "Luis Ortega", URL: "/grants/8", Program: "AI Innovation Voucher", Counts: []string{"0", "0"}}}}
	}},
	{"pool/none", func(s Shell) View {
		return PoolView{Shell: titled(s, "pool.title"), Empty: Empty{Icon: "people", Title: s.T("pool.none")}}
	}},
	{"bulk/look", func(s Shell) View { return bulkFixture(s, false, true) }},
	{"bulk/done", func(s Shell) View { return bulkFixture(s, true, true) }},
	{"bulk/none", func(s Shell) View {
		return BulkView{Shell: titled(s, "queue.title"), Notices: []Notice{{Tone: "warning", Text: s.T("bulk.none")}}}
	}},
	{"desk/empty", func(s Shell) View { return DeskView{Shell: titled(s, "desk.title"), List: emptyList(s, "desk")} }},
	{"ledger/rows", func(s Shell) View {
		l := list(s, "queue")
		l.Filters = &Filters{Clear: "/ledger", Chips: []Link{{"Organization", "/ledger"}}}
		return LedgerView{Shell: titled(s, "ledger.title"), List: l, From: "2026-06-01", To: "2026-06-30",
			Funds: []Option{{Value: "3", Text: "089-2026/2027-0222-000 · Vouchers", Chosen: true}}, Keep: []Hidden{{"organization", "12"}},
			Trial: []TrialRow{{"Available", "4610", 1_000_000_00, 0, 5_000_00, 995_000_00}},
			Rows: []EntryRow{{At: s.Moment(instant), Event: 41, What: "Recommend", Record: Link{"Application · AIV-2027-0412", "/applications/12"}, Company: "Cascadia Robotics, Inc.",
				From: "Available", To: "Committed", Fund: "089-2026/2027-0222-000", Amount: 5_000_00}}}
	}},
	{"ledger/empty", func(s Shell) View {
		l := emptyList(s, "desk")
		l.Filters = &Filters{}
		return LedgerView{Shell: titled(s, "ledger.title"), List: l}
	}},
	{"duplicates/rows", func(s Shell) View {
		return DuplicatesView{Shell: titled(s, "duplicates.title"), List: list(s, "duplicates"), Rows: []DuplicateRow{
			{A: "Deep Web Technologies LLC", B: "Deep Web Technologies, Inc.", URL: "/duplicates/7", Likeness: "82.0%", Signs: s.ChoiceName("sign", "same_name"),
				Tag: s.Mark("duplicate", "open"), Found: s.Moment(instant)},
			{A: "Cascadia Robotics, Inc.", B: "Cascadia Labs", URL: "/duplicates/8", Likeness: "60.0%", Signs: s.ChoiceName("sign", "website"),
				Tag: s.Mark("duplicate", "linked"), Found: s.Moment(instant), By: PersonNamed("Mei Chen", "")}}}
	}},
	{"duplicates/empty", func(s Shell) View {
		return DuplicatesView{Shell: titled(s, "duplicates.title"), List: emptyList(s, "duplicates")}
	}},
	{"duplicate/open", func(s Shell) View {
		return DuplicateView{Shell: titled(s, "duplicates.title"), Record: Record{Tag: s.Mark("duplicate", "open"), Facts: []Fact{{Name: s.T("duplicates.together"), Value: "$1.00", Number: true}}},
			Sides: [2]DuplicateSide{{Name: "Cascadia Robotics, Inc.", URL: "/organizations/12", Tag: s.Mark("organization", "active"),
				Cases: []QueueRow{{Title: "Pumps", URL: "/applications/9", Number: "AIV-2027-0412", Tag: s.Mark("application", "in_review")}}},
				{Name: "Cascadia Labs", URL: "/organizations/13", Tag: s.Mark("organization", "merged")}},
			Signs: []SignRow{{Sign: s.ChoiceName("sign", "website"), Weight: "45.0%", A: "https://cascadia.example", B: "http://www.cascadia.example/"}, {Sign: s.ChoiceName("sign", "proposal"), Weight: "70.0%"}},
			Pairs: []HitPair{{Name: s.FieldName("website"), Ours: "https://cascadia.example", Listed: "http://www.cascadia.example/", Finding: s.T("hits.different")},
				{Name: s.FieldName("ein"), Ours: "12-3456789", Listed: "12-3456789", Same: true, Finding: s.T("hits.same")},
				{Name: s.FieldName("cage"), Ours: "1ABC5"}, {Name: s.FieldName("email"), Listed: "a@labs.example"}}, Decisions: history(s).Events}
	}},
	{"duplicate/bare", func(s Shell) View {
		side := DuplicateSide{Name: "Cascadia Labs", URL: "/organizations/13", Tag: s.Mark("organization", "active")}
		return DuplicateView{Shell: titled(s, "duplicates.title"), Record: Record{Tag: s.Mark("duplicate", "lapsed")}, Sides: [2]DuplicateSide{side, side}}
	}},
	{"hits/rows", func(s Shell) View {
		return HitsView{Shell: titled(s, "hits.title"), List: list(s, "hits"), Rows: hitRows(s)}
	}},
	{"hits/empty", func(s Shell) View { return HitsView{Shell: titled(s, "hits.title"), List: emptyList(s, "hits")} }},
	{"hit/open", hitFixture},
	{"hit/number", func(s Shell) View {
		v := hitFixture(s).(HitView)
		return HitView{Shell: v.Shell, Record: Record{Tag: v.Tag, Number: "S4MR3MPLW"}, Source: v.Source, Decisions: history(s).Events,
			Pairs: []HitPair{{Name: s.T("hits.acts_for"), Ours: "Cascadia Robotics, Inc.", URL: "/organizations/12"}}}
	}},

	{"reconciliation/rows", func(s Shell) View {
		row := ReconcileRow{Name: Link{"B-000060", "/batches/60"}, Tag: s.Mark("batch", "completed"), Exported: 30_000_00, Settled: 20_000_00, Returned: 10_000_00}
		day := row
		day.Name, day.Tag = Link{Text: "Mar 2, 2026"}, Tag{}
		return ReconcileView{Shell: titled(s, "reconciliation.title"), List: List{Lead: s.T("reconciliation.lead"), Notices: []Notice{{Tone: "success", Text: s.T("reconciliation.agrees")}}},
			Sections: []ReconcileSection{{s.T("reconciliation.batch"), s.Noun("batch"), []ReconcileRow{row}}, {s.T("reconciliation.day"), s.T("reconciliation.on"), []ReconcileRow{day}}}}
	}},
	{"reconciliation/none", func(s Shell) View {
		return ReconcileView{Shell: titled(s, "reconciliation.title"), List: emptyList(s, "reconciliation")}
	}},
	{"journals/rows", func(s Shell) View {
		return JournalsView{Shell: titled(s, "journals.title"), List: list(s, "journals"), Rows: []JournalRow{
			{"AIV-GL-0002", "/journals/9", s.T("format.span", "start", "Oct 7, 2026", "end", "Oct 8, 2026"), s.N("journals.postings", 3), 12_500_00,
				[]Download{{Name: "CSV", URL: "/journals/9/documents/csv", SHA256: strings.Repeat("0f", 32)}, {Name: "XLSX", URL: "/journals/9/documents/xlsx", SHA256: strings.Repeat("1f", 32)}},
				PersonNamed("Ruth Alvarez", ""), s.Moment(instant)}},
			Actions: Actions{Offer: []Action{act(s, "journal", "create", Field{Name: "through", Kind: DateField, Label: s.FieldName("through")})}}}
	}},
	{"journals/none", func(s Shell) View {
		return JournalsView{Shell: titled(s, "journals.title"), List: emptyList(s, "journals")}
	}},
	{"answer_files/rows", func(s Shell) View {
		return AnswersView{Shell: titled(s, "answers.title"), List: list(s, "answers"), Rows: []AnswerFileRow{
			{"returns-2026-10-07.ach", "/answer-files/9", s.Mark("answer_file", "parked"), s.ChoiceName("format", "ach"), s.N("answers.answers", 3), 1, PersonNamed("Viktor Hale", ""), s.Moment(instant)}},
			Actions: Actions{Offer: []Action{act(s, "answer_file", "create", Field{Name: "file", Kind: FileField, Label: s.FieldName("file"), Endings: []string{".ach"}})}}}
	}},
	{"answer_files/none", func(s Shell) View {
		return AnswersView{Shell: titled(s, "answers.title"), List: emptyList(s, "answers")}
	}},
	{"answer_file/parked", func(s Shell) View {
		s.Title = "returns-2026-10-07.ach"
		return AnswersFileView{Shell: s, Record: Record{Tag: s.Mark("answer_file", "parked"), Lead: s.ChoiceName("format", "ach"), History: history(s), Facts: facts(s)[:2]},
			Title2: s.T("answers.became"), Progress: s.T("answers.progress", "done", 2, "all", 3),
			Counts:  []AnswerCountRow{{s.T("answers.returned"), Tag{"good", "check_circle", s.T("answers.booked")}, 1, 12_500_00}},
			Source:  []Answer{{Name: "SHA-256", Value: strings.Repeat("0f", 32)}},
			Filters: []Tab{{Text: s.T("answers.all"), URL: "/answer-files/9", Current: true, Count: "3"}},
			Lines: []AnswerLineRow{
				{3, s.T("answers.returned"), Link{"P-000045", "/payments/45"}, "021000020000001", 12_500_00, "R03", "The bank cannot find the account.", Tag{"good", "check_circle", s.T("answers.booked")}, "", ""},
				{5, s.T("answers.changed"), Link{"P-000046", ""}, "021000020000002", 0, "C01", "The account number must be corrected.", Tag{"warn", "warning", s.T("answers.parked")}, s.Reason("trace_unknown", nil), s.T("answers.change", "change", "account ...1234")},
				{7, s.T("answers.settled"), Link{s.T("answers.unnamed"), ""}, "", 1_00, "", "fee", Tag{"warn", "warning", s.T("answers.parked")}, s.Reason("reference_missing", nil), ""},
				{8, s.T("answers.settled"), Link{"P-000047", "/payments/47"}, "", 1_00, "", "", Tag{"info", "schedule", s.T("answers.due")}, "", ""}},
			Pager: Pager{Shown: s.N("answers.shown", 4), NextURL: "/answer-files/9?after=8"}}
	}},
	{"answer_file/none", func(s Shell) View {
		s.Title = "returns-2026-10-07.ach"
		return AnswersFileView{Shell: s, Record: Record{Tag: s.Mark("answer_file", "entered")}, Title2: s.T("answers.preview")}
	}},

	{"lists/rows", func(s Shell) View {
		return ListsView{Shell: titled(s, "lists.title"), List: list(s, "hits"), Kinds: []ListKind{
			{Name: s.ChoiceName("kind", "ofac"), All: Link{s.T("lists.all"), "/lists?kind=ofac"}, Versions: []ListVersion{
				{"Nov 20, 2026", "/lists/9", s.Mark("list", "active"), PersonNamed("Viktor Hale", ""), s.Moment(instant), s.N("lists.entries", 17412), "sdn.csv, alt.csv",
					strings.Repeat("0f", 32), s.T("lists.differs", "added", 12, "changed", 3, "removed", 1)},
				{"Nov 13, 2026", "/lists/8", s.Mark("list", "superseded"), PersonNamed(s.T("lists.command_line"), ""), s.Moment(instant), s.N("lists.entries", 17401), "sdn.csv", strings.Repeat("ab", 32), s.T("lists.first")}}},
			{Name: s.ChoiceName("kind", "sam_entities"), None: s.T("lists.none_sam_entities")}},
			Actions: Actions{Offer: []Action{act(s, "list", "create", Field{Name: "file", Kind: FileField, Label: s.T("lists.file"), Endings: []string{".csv"}})}}}
	}},
	{"lists/reader", func(s Shell) View {
		return ListsView{Shell: titled(s, "lists.title"), List: List{Lead: s.T("lists.lead")}, Kinds: []ListKind{{Name: s.ChoiceName("kind", "ofac"), None: s.T("lists.none_ofac")}}}
	}},
	{"list/changed", func(s Shell) View {
		s.Title = s.ChoiceName("kind", "ofac") + " · Nov 20, 2026"
		c := comparisonFixture(s)
		c.Head = s.T("lists.entry")
		return ListView{Shell: s, Record: Record{Tag: s.Mark("list", "active"), Lead: s.Noun("list"), History: history(s), Facts: facts(s)[:2]},
			Source: []Answer{{Name: s.T("hits.files"), Value: "sdn.csv"}}, Changes: c, Counts: s.T("lists.differs", "added", 1, "changed", 1, "removed", 1),
			Pager: Pager{Shown: s.T("lists.shown", "n", 3, "all", 3), NextURL: "/lists/9?after=36"}}
	}},
	{"list/same", func(s Shell) View {
		s.Title = s.ChoiceName("kind", "ofac")
		return ListView{Shell: s, Record: Record{Tag: s.Mark("list", "superseded")}, Changes: &Comparison{Title: s.T("lists.changes")}, Counts: s.T("lists.same")}
	}},

	{"holds/rows", func(s Shell) View {
		return HoldsView{Shell: titled(s, "holds.title"), List: list(s, "holds"), Rows: []HoldRow{
			{"/holds/3", Link{"Tidewater Models", "/organizations/31"}, "Bank details changed; call-back open.", s.Mark("hold", "placed"), PersonNamed("Theo Marsh", ""), s.Moment(instant), s.Due(instant, instant.Add(20*time.Hour))},
		}, Exceptions: []ExceptionRow{
			{"/exceptions/2", s.ChoiceName("kind", "rectify"), Link{"AIV-2026-000333", "/applications/333"}, s.Mark("exception", "requested"), PersonNamed("Dana Whitfield", ""), Person{}, s.Moment(instant)},
		}, Place: &Form{Name: "new-hold", URL: "/holds", Key: "k", Submit: s.Action("hold", "place"), Fields: []Field{
			{Name: "routing", Kind: TextField, Label: s.FieldName("routing"), Required: true, Error: s.Reason("routing_invalid", nil), Value: "021000022"}}}}
	}},
	{"holds/empty", func(s Shell) View {
		return HoldsView{Shell: titled(s, "holds.title"), List: emptyList(s, "holds")}
	}},
	{"people/rows", func(s Shell) View {
		s = as(s, "Ada Park", "admin")
		return PeopleView{Shell: titled(s, "people.title"), List: list(s, "people"), Rows: []PersonRow{
			{PersonNamed("Dana Whitfield", ""), "/people/4", "dana@example.gov", []string{s.Role("program_officer"), s.Role("program_lead")}, s.Moment(instant), s.Mark("person", "active")},
			{PersonNamed("Marcus Bell", ""), "", "marcus@example.gov", []string{s.Role("reviewer")}, Stamp{}, s.Mark("person", "suspended")},
		}}
	}},
	{"people/empty", func(s Shell) View {
		return PeopleView{Shell: titled(s, "people.title"), List: emptyList(s, "people")}
	}},
	{"statement/full", func(s Shell) View {
		s.Title = "FY 2025"
		file := []Download{{Name: "form-1120.pdf", URL: "/statements/31/document", SHA256: strings.Repeat("ab", 32)}}
		return StatementView{Shell: s, Record: Record{Tag: s.Mark("statement", "active"), Lead: s.Noun("statement"), History: Timeline{Events: history(s).Events},
			Actions: Actions{Offer: []Action{act(s, "statement", "amend", s.Input(workflow.Field{Name: "document", Kind: workflow.File, Optional: true}, ""),
				s.Input(workflow.Field{Name: "amount", Kind: workflow.Stated}, ""))}}},
			Stated: []Answer{{Name: s.T("revenue.amount"), Value: "$14,200,000.00", Number: true}}, Document: file,
			Eliminations: []EliminationRow{
				{Name: "Cascadia Marine LLC", URL: "/organizations/14", Amount: "$1,000.00", Tag: s.Mark("elimination", "requested"), Document: file,
					Acts: Actions{Offer: []Action{act(s, "elimination", "confirm"), {Form: act(s, "elimination", "deny").Form, Label: s.Action("elimination", "deny"), Open: true}}}},
				{Name: "Cascadia Holdings LLC", Amount: "$2,000.00", Tag: s.Mark("elimination", "active")}}}
	}},
	{"statement/bare", func(s Shell) View {
		s.Title = "FY 2024"
		return StatementView{Shell: s, Record: Record{Tag: s.Mark("statement", "withdrawn")}}
	}},
	{"rates/rows", func(s Shell) View {
		s = as(s, "Ada Park", "admin")
		return RatesView{Shell: titled(s, "rates.title"), List: list(s, "rates"), Actions: Actions{Offer: []Action{act(s, "rate", "create", s.Input(workflow.Field{Name: "usd_per_unit", Kind: workflow.Line, Max: 16}, ""))}},
			Rows: []RateRow{{"EUR", "/rates/51", "Jan 1, 2025 to Dec 31, 2025", "1.0835", "IRS", s.Mark("rate", "active")}}}
	}},
	{"rates/empty", func(s Shell) View {
		return RatesView{Shell: titled(s, "rates.title"), List: emptyList(s, "rates")}
	}},
	{"verdict/stored", func(s Shell) View {
		s.Title = s.T("verdict.title")
		return VerdictView{Shell: s, Tag: Tag{"good", "check_circle", s.T("revenue.pass")}, Paper: paperFixture(s), Case: Link{"AIV26-000042", "/applications/42"},
			Files: []Button{{Text: s.T("verdict.as", "format", "PDF"), Icon: "file_download", URL: "/applications/42/verdict.pdf?event=7"}},
			Versions: []VersionRow{{s.T("verdict.event", "n", 9, "did", s.Did("application", "rescreen")), "?event=9", s.Moment(instant), Tag{"warn", "warning", s.T("revenue.refer")}, false},
				{s.T("verdict.event", "n", 7, "did", s.Did("application", "screen_pass")), "?event=7", s.Moment(instant), Tag{"good", "check_circle", s.T("revenue.pass")}, true}}}
	}},
	{"receipt/newest", func(s Shell) View {
		s.Title = s.T("receipt.title")
		return ReceiptView{Shell: s, Paper: paperFixture(s), Case: Link{"AIV26-000042", "/applications/42"},
			Files: []Button{{Text: s.T("receipt.snapshot"), Icon: "file_download", URL: "/applications/42/receipt/snapshot?event=7"}},
			Versions: []VersionRow{{s.T("receipt.nth", "n", 2), "?event=9", s.Moment(instant), s.Mark("application", "submitted"), true},
				{s.T("receipt.nth", "n", 1), "?event=7", s.Moment(instant), s.Mark("application", "submitted"), false}}}
	}},
	{"eligibility/asked", func(s Shell) View {
		s.Reader, s.Nav, s.Title = nil, nil, s.T("eligibility.title")
		v := eligibilityFixture(s)
		v.Result, v.Tag, v.Say, v.Start = paperFixture(s), Tag{"good", "check_circle", s.T("revenue.pass")}, s.T("revenue.exactly"), Link{s.T("home.start"), "/start"}
		return v
	}},
	{"eligibility/failed", func(s Shell) View {
		s.Reader, s.Nav, s.Title, s.Failed = nil, nil, s.T("eligibility.title"), true
		v := eligibilityFixture(s)
		v.Groups[0].Fields[0].Error = s.Reason("not_a_date", nil)
		return v
	}},
	{"eligibility/over", func(s Shell) View {
		s.Reader, s.Nav, s.Title = nil, nil, s.T("eligibility.title")
		v := eligibilityFixture(s)
		v.Result, v.Tag, v.Say = &letter.Paper{Sections: []letter.Section{{Title: s.T("verdict.sum"), Facts: []letter.Fact{{Name: "a", Value: "b"}}}}}, Tag{"bad", "do_not_disturb", s.T("revenue.fail")}, s.T("revenue.exactly")
		return v
	}},
	{"record/hold", func(s Shell) View {
		s.Title = s.Noun("hold") + " 3"
		return RecordView{Shell: s, Record: Record{
			Tag: s.Mark("hold", "placed"), Facts: facts(s)[:2], Tabs: tabs(s), History: history(s),
			Actions: Actions{Title: s.Action("hold", "lift"), Barred: []Barred{{Label: s.Action("hold", "lift"), Reason: s.Reason("you_placed_this", nil)}}},
		}, Groups: answers(s, false)[:1], Events: history(s).Events}
	}},
	{"record/bare", func(s Shell) View {
		s.Title = s.Noun("fund")
		return RecordView{Shell: s, Record: Record{Tag: s.Mark("fund", "active")}}
	}},
}

func titled(s Shell, id string) Shell {
	s.Title = s.T(id)
	return s
}

func as(s Shell, name, role string) Shell {
	s.Reader = &Reader{Name: name, Initials: Initials(name), Role: s.Role(role), SignOutURL: "/sign-out"}
	return s
}

// shellFor is the frame of a signed-in program officer.
func shellFor(r *Renderer, tag string) Shell {
	l := r.Words.Match(tag)
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		panic(err)
	}
	s := Shell{Language: l, Zone: zone, Demo: true, Version: "0.1.0"}
	s.Reader = &Reader{Name: "Dana Whitfield", Initials: "DW", Role: s.Role("program_officer"), AccountURL: "/account", SignOutURL: "/sign-out"}
	for _, other := range r.Words.Other(l) {
		s.Others = append(s.Others, LanguageLink{other.Tag, other.Name, "?lang=" + other.Tag})
	}
	for _, name := range []string{"queue", "awards", "claims", "payments", "batches", "holds", "people"} {
		s.Nav = append(s.Nav, NavItem{Text: s.T("nav." + name), URL: "/" + name, Current: name == "queue"})
	}
	return s
}

func calls(s Shell) []Call {
	return []Call{
		{
			Name: "AI Innovation Voucher, rolling call", URL: "/opportunities/1", Number: "AIV-2026-R1", Tag: s.Mark("opportunity", "open"),
			Summary: "Pays for AI work of startups in every state: pilots, compute, data and testing.",
			Opens:   s.Moment(instant), Closes: s.Moment(instant.AddDate(0, 0, 53)), Due: s.Due(instant, instant.AddDate(0, 0, 53)),
			Cap: workflow.AwardCap, Left: 862_431_900 * dollars,
		},
		{
			Name: "AI for rural hospitals", URL: "/opportunities/2", Number: "AIV-2026-R2", Tag: s.Mark("opportunity", "forecasted"),
			Due: s.Due(instant, time.Time{}), Cap: 2_500_000 * dollars, Left: 40_000_000 * dollars,
		},
	}
}

func tabs(s Shell) []Tab {
	return []Tab{
		{Text: s.T("queue.mine"), URL: "/applications?view=mine", Current: true, Count: "12"},
		{Text: s.T("queue.due"), URL: "/applications?view=due", Count: "49", Late: true},
		{Text: s.T("queue.all"), URL: "/applications"},
	}
}

func filters(s Shell) *Filters {
	return &Filters{
		URL: "/applications", Keep: []Hidden{{"view", "mine"}}, Clear: "/applications",
		Fields: []Field{{Name: "state", Label: s.T("list.state"), Hint: s.T("list.all_states"), Options: []Option{
			{Value: "in_review", Text: s.State("application", "in_review"), Chosen: true}, {Value: "submitted", Text: s.State("application", "submitted")},
		}}},
	}
}

func list(s Shell, name string) List {
	return List{
		Lead: s.T(name + ".lead"), Tabs: tabs(s), Filters: filters(s), Count: s.N("list.shown", 3),
		Pager: Pager{Shown: s.N("list.shown", 3), FirstURL: "?", NextURL: "?after=3"},
	}
}

func emptyList(s Shell, name string) List {
	return List{Empty: Empty{"list", s.T(name + ".none"), s.T(name + ".none_text"), Link{}}, Pager: Pager{Shown: s.N("list.shown", 0)}}
}

func stages(s Shell, at int) []Stage {
	var all []Stage
	for i, name := range []string{"draft", "submitted", "screening", "review", "recommendation", "award"} {
		stage := Stage{Name: s.T("application.stage_" + name), Done: i < at, Current: i == at}
		switch {
		case i < at:
			stage.Note = s.Day(instant.AddDate(0, 0, i-20)).Text
		case i == at:
			stage.Note = s.T("application.now")
		}
		all = append(all, stage)
	}
	return all
}

func facts(s Shell) []Fact {
	late := s.Due(instant, instant.Add(26*time.Hour))
	return []Fact{
		{Name: s.T("application.requested"), Value: (148_500 * dollars).Dollars(), Number: true},
		{Name: s.T("application.organization"), Value: "Cascadia Robotics, Inc.", URL: "/organizations/12", Note: "Bend, OR"},
		{Name: s.T("application.score"), Value: "86.5", Note: s.T("scores.of", "have", 3, "need", 3), Checked: true},
		{Name: s.T("list.due"), Due: &late, Note: late.At.Text},
	}
}

func history(s Shell) Timeline {
	e := s.Event("review", "submit", "submitted", "Marcus Bell", s.Moment(instant.AddDate(0, 0, -3)))
	e.Note = "89.0"
	q := s.Event("application", "request_information", "needs_information", "Dana Whitfield", s.Moment(instant.AddDate(0, 0, -6)))
	q.Quote = "Who owns the vibration data after the pilot ends?"
	first := s.Event("application", "submit", "submitted", "Mei Tanaka", s.Moment(instant.AddDate(0, 0, -20)))
	auto := s.Event("application", "screen_pass", "in_review", "", s.Moment(instant.AddDate(0, 0, -19)))
	return Timeline{Events: []Event{e, q, auto, first}, All: Link{s.T("record.all_history"), "?tab=history"}}
}

func act(s Shell, noun, action string, fields ...Field) Action {
	return Action{Label: s.Action(noun, action), Form: Form{
		Name: action, URL: "/" + noun + "s/9/actions/" + action, Version: "7", Key: "01JD5W8Q2N", Fields: fields, Submit: s.Action(noun, action),
	}}
}

func answers(s Shell, change bool) []AnswerGroup {
	groups := []AnswerGroup{
		{Title: s.T("section.project"), Texts: []Answer{
			{Name: s.FieldName("summary"), Value: "Small water utilities lose 18 to 30 percent of treated water to pump failures and leaks they find too late. We will fit vibration sensors to 42 pumps in three Oregon districts and run a compact anomaly model on site, so that crews get a repair ticket about nine days before failure."},
			{Name: s.FieldName("outcome"), Value: "Cut unplanned pump downtime by 40% in nine months."},
		}},
		{Title: s.T("section.budget"), Answers: []Answer{
			{Name: s.FieldName("requested"), Value: (148_500 * dollars).Dollars(), Number: true},
			{Name: s.FieldName("months"), Value: "9"},
			{Name: s.FieldName("organization"), Value: "Cascadia Robotics, Inc.", URL: "/organizations/12"},
		}},
		{Title: s.T("section." + documentsSection), Answers: []Answer{{Name: "Letter of support", Value: s.T("section.no_document")}}, Files: []Download{
			{Name: "Work plan", Note: s.T("file.facts", "name", "plan.pdf", "type", "PDF", "size", 48213), URL: "/applications/7/documents/work_plan", SHA256: strings.Repeat("0f", 32)}}},
	}
	if change {
		groups[0].ChangeURL, groups[1].ChangeURL = "/applications/7/edit/project", "/applications/7/edit/budget"
	}
	return groups
}

func scores(s Shell) *Scores {
	return &Scores{
		Note: s.N("scores.note", 3), Mean: "86.5", Spread: s.T("scores.spread", "points", 22, "criterion", "Data rights"),
		Criteria: []Score{
			{Name: "Technical merit", Value: "91.0", Weight: 30, Percent: 91},
			{Name: "Path to use", Value: "90.0", Weight: 25, Percent: 90},
			{Name: "Team and partners", Value: "88.0", Weight: 20, Percent: 88},
			{Name: "Public benefit", Value: "84.0", Weight: 15, Percent: 84},
			{Name: "Data rights", Value: "68.0", Weight: 10, Percent: 68, Low: true},
		},
		Reviews: []ReviewCard{
			{Reviewer: PersonNamed("Marcus Bell", "Utah State"), Tag: s.Mark("review", "submitted"), Score: "89.0", Comment: "Strong partners and a clear baseline.", At: s.Moment(instant), URL: "/reviews/4",
				Apart: s.T("scores.apart"), Calibration: s.T("scores.higher", "points", "4.5", "cases", 12)},
			{Reviewer: PersonNamed("Aiko Sato", ""), Tag: s.Mark("review", "accepted")},
		},
	}
}

func applicationFixture(s Shell) View {
	s.Title = "Predictive maintenance for rural water utilities"
	s.Crumbs = []Link{{s.T("nav.queue"), "/applications"}, {Text: "AIV-2026-000412"}}
	recommend := act(s, "application", "recommend",
		s.Input(workflow.Field{Name: "amount", Kind: workflow.Money}, "148500.00"),
		s.Input(workflow.Field{Name: "note", Kind: workflow.Text, Max: 600, Optional: true}, "Strong deployment partners."))
	recommend.Open, recommend.Note = true, "Reserves the amount in the fund."
	ask := act(s, "application", "request_information",
		s.Input(workflow.Field{Name: "question", Kind: workflow.Text, Max: 4000}, ""),
		s.Input(workflow.Field{Name: "due", Kind: workflow.Day}, ""))
	decline := act(s, "application", "recommend_decline",
		s.Input(workflow.Field{Name: "codes", Kind: workflow.Codes, Choices: []string{"low_merit", "out_of_scope", "risk_too_high"}}, "low_merit,risk_too_high"))
	decline.Danger, decline.Hidden = true, []Hidden{{"tab", "review"}}
	decline.Fields[0].Hint = s.T("hint.note")
	ask.More, ask.Rest = s.T("inquiry.more"), []Field{s.Input(workflow.Field{Name: "title", Kind: workflow.Line}, "Pumps")}
	decline.More, decline.Rest = s.T("inquiry.more"), []Field{s.Input(workflow.Field{Name: "note", Kind: workflow.Text}, "")}
	decline.Rest[0].Error = s.Reason("required", nil)
	wait := act(s, "application", "waitlist", s.Input(workflow.Field{Name: "rank", Kind: workflow.Count, Min: 1, Max: 100}, "0"))
	wait.Fields[0].Error = s.Reason("too_small", workflow.Words{"limit": 1})
	return ApplicationView{
		Shell: s,
		Record: Record{
			Number: "AIV-2026-000412", Tag: s.Mark("application", "in_review"), Lead: "Cascadia Robotics, Inc. · Bend, OR",
			Buttons: []Button{{Text: s.T("queue.download", "type", "CSV"), URL: "/applications/412.csv", Icon: "file_download"}},
			Stages:  stages(s, 3), Facts: facts(s), History: history(s),
			Tabs:    []Tab{{Text: s.T("application.tab_review"), URL: "?", Current: true}, {Text: s.T("application.tab_application"), URL: "?tab=application"}, {Text: s.T("application.tab_history"), URL: "?tab=history", Count: "14"}},
			Notices: []Notice{{Tone: "warning", Head: s.State("hold", "placed"), Text: s.T("record.changed")}},
			Actions: Actions{
				Lead: s.Role("program_officer"), Offer: []Action{recommend, ask, decline, wait},
				Barred: []Barred{{Label: s.Action("application", "award"), Reason: s.Reason("role_may_not", workflow.Words{"roles": []workflow.Role{workflow.SelectingOfficial}})}},
			},
		},
		Organization: Link{"Cascadia Robotics, Inc.", "/organizations/12"},
		Revenue: &RevenueCheck{
			Verdict: Tag{"good", "check_circle", s.T("revenue.pass")}, Finding: s.T("revenue.below", "room", (38_799_999 * dollars).Dollars()),
			Basis: s.T("revenue.basis_last_completed"), Sum: 61_200_001 * dollars, Cap: workflow.RevenueCap, Percent: Percent(61_200_001*dollars, workflow.RevenueCap),
			At: s.Moment(instant), Rule: "revenue-cap 1", Document: "/applications/9/verdict",
			Rows: []RevenueRow{
				{Name: "Cascadia Robotics, Inc.", URL: "/organizations/12", Relation: s.T("revenue.applicant"), Year: "FY 2025", Amount: 14_200_000 * dollars, Source: "Audited statement", Invented: true},
				{Name: "Cascadia Holdings LLC", URL: "/organizations/13", Relation: s.T("organization.parent") + ", 80%", Year: "FY 2025", Amount: 47_000_000 * dollars, Source: "Form 1120"},
				{Name: "Cascadia Marine LLC", URL: "/organizations/14", Relation: s.T("organization.child") + ", 51%", Year: "FY 2025", Amount: 1 * dollars, Source: "Form 1120"},
			},
		},
		Checks: []Check{
			{Tone: "ok", Text: "Registration is active, UEI matches the legal name", Note: "2027-08-30"},
			{Tone: "warning", Text: "Prior federal award disclosed", Note: "SBIR Phase I, $274,000.00"},
			{Tone: "open", Text: "Financial viability"},
		},
		CheckedAt: s.Moment(instant),
		Mail: &MailCard{Note: s.T("mail.none_sent"), Rows: []MailRow{{Subject: s.T("mail.determination_made_subject", "number", "AIV-2026-000342"), To: "Mei Tanaka",
			Tag: Tag{"bad", "error", s.T("mail.state_failed")}, At: s.Moment(instant), Tries: s.N("mail.attempts", 10), Error: "421 busy"}}},
		Letters: []LetterCard{{Name: s.T("letter.title_decline"), Tag: s.Mark("letter", "issued"), At: s.Moment(instant), Files: []Download{
			{Name: s.T("letter.file", "format", "PDF", "language", "English"), URL: "/letters/9/documents/en.pdf", SHA256: strings.Repeat("ab", 32)}}}},
		Clearances: &ClearanceCard{Finding: s.T("clearances.missing", "kinds", s.ChoiceName("kind", "national_security")), Rows: []ClearanceRow{
			{Name: s.ChoiceName("kind", "eligibility"), Tag: s.Mark("clearance", "cleared"), Duty: s.T("clearances.by_verdict")},
			{Name: s.ChoiceName("kind", "screening"), Tag: s.Mark("clearance", "cleared"), Duty: s.T("clearances.duty", "role", s.Role("security_reviewer")),
				Until: s.T("clearances.until", "until", s.Moment(instant).Text), By: PersonNamed("Viktor Hale", ""), At: s.Moment(instant), Note: "No list names them."},
			{Name: s.ChoiceName("kind", "national_security"), Tag: s.Mark("clearance", "required"), Duty: s.T("clearances.duty", "role", s.Role("security_reviewer")),
				Acts: Actions{Offer: []Action{act(s, "clearance", "clear"), {Form: act(s, "clearance", "refuse").Form, Label: s.Action("clearance", "refuse"), Open: true}},
					Barred: []Barred{{Label: s.Action("clearance", "waive"), Reason: s.Reason("exception_missing", nil), URL: "/exceptions/3"}}}},
		}},
		Screening: &ScreeningCard{Finding: s.N("screening.standing", 1), At: s.Moment(instant), Names: s.N("screening.names", 3), Hits: hitRows(s),
			Lists: []Answer{{Name: s.ChoiceName("kind", "ofac"), Value: s.T("screening.version", "day", "Nov 20, 2026"), URL: "/lists/3"}},
			Acts:  Actions{Offer: []Action{act(s, "screening", "screen")}}},
		Summary: answers(s, false)[:1],
		Inquiries: &InquiryCard{Lead: s.T("inquiry.due", "day", "Dec 11, 2026", "left", "14 days"), Rows: []InquiryRow{
			{Name: s.T("inquiry.question", "n", 1), Text: "Who owns the vibration data after the pilot ends?", Answer: "The utilities do.", Files: []Download{
				{Name: "contract.pdf", Note: s.T("file.facts", "name", "contract.pdf", "type", "PDF", "size", 48213), URL: "/applications/7/documents/reply_q1", SHA256: strings.Repeat("0f", 32)}}},
			{Name: s.T("inquiry.question", "n", 2), Text: "Which pumps are the first ones?", State: s.T("inquiry.waits")}}},
		Changes: &ChangesCard{Lead: s.T("inquiry.changes_lead", "moment", s.Moment(instant).Text), Rows: []ChangedRow{
			{Name: s.FieldName("outcome"), Was: "Cut downtime.", Is: "Cut unplanned pump downtime by 40% in nine months."},
			{Name: "Work plan", Is: "plan.pdf"}, {Name: "Letter of support", Was: "letter.pdf"}}},
		Scores: scores(s),
		Recommendation: &Opinion{Tag: s.Mark("application", "recommended"), By: PersonNamed("Dana Whitfield", s.Role("program_officer")), At: s.Moment(instant),
			Amount: 148_500 * dollars, Note: "Ask for a data-retention condition."},
		Determination: &Opinion{Tag: s.Mark("application", "declined"), By: PersonNamed("Ruth Adeyemi", s.Role("selecting_official")), At: s.Moment(instant),
			Reasons: []string{s.ChoiceName("codes", "low_merit")}},
	}
}

func opportunityFixture(s Shell) View {
	s.Title = "AI Innovation Voucher, rolling call"
	form := Form{Name: "start", URL: "/applications", Key: "k", Submit: s.T("opportunity.start_submit"), Fields: []Field{
		{Name: "organization", Label: s.FieldName("organization"), Kind: SelectField, Required: true, Options: []Option{{Value: "12", Text: "Cascadia Robotics, Inc."}}},
	}}
	return OpportunityView{
		Shell: s,
		Record: Record{
			Number: "AIV-2026-R1", Tag: s.Mark("opportunity", "open"), Facts: facts(s)[3:],
			Actions: Actions{Offer: []Action{act(s, "opportunity", "pause"), act(s, "opportunity", "extend", s.Input(workflow.Field{Name: "until", Kind: workflow.Instant}, ""))}},
		},
		Summary: "Pays for AI work of startups in every state: pilots, compute, data and testing.",
		Terms: []Answer{
			{Name: s.T("call.opens"), Value: s.Moment(instant).Text},
			{Name: s.T("call.closes"), Value: s.Moment(instant.AddDate(0, 0, 53)).Text},
			{Name: s.T("call.cap"), Value: workflow.AwardCap.Dollars(), Number: true},
		},
		Rules:     []string{s.T("home.rule")},
		Criteria:  []Criterion{{"Technical merit", "Novel, sound, and tested", 60}, {"Path to use", "", 40}},
		Documents: []string{"Work plan", "Revenue statements"},
		Money:     []Account{{s.T("money.available"), 862_431_900 * dollars, 86}, {s.T("money.obligated"), 137_568_100 * dollars, 13}},
		Panels:    []Answer{{Name: "Spring", Value: s.State("panel", "open"), URL: "/panels/7"}},
		Start:     &form,
	}
}

func formFixture(s Shell, section string, at int) ApplicationFormView {
	s = as(s, "Mei Tanaka", "aor")
	v := ApplicationFormView{Shell: titled(s, "section."+section), Number: "AIV-2026-000419", Lead: s.T("section."+section+"_lead", "cap", workflow.AwardCap.Dollars())}
	for i, name := range []string{firstSection, "project", "budget", "certify", lastSection} {
		step := Step{Name: s.T("section." + name), Done: i < at, Current: i == at}
		if i <= at {
			step.URL = "/applications/7/edit/" + name
		}
		v.Steps = append(v.Steps, step)
	}
	v.Form = Form{Name: "form", URL: "/applications/7/edit/" + section, Version: "4", Key: "01JD5W8Q2N", Submit: s.T("section.submit")}
	v.Groups = []FieldGroup{{Title: s.T("section.budget"), Note: s.T("call.cap") + " " + workflow.AwardCap.Dollars(), Fields: []Field{
		s.Input(workflow.Field{Name: "requested", Kind: workflow.Money}, "148500.00"),
		s.Input(workflow.Field{Name: "months", Kind: workflow.Count, Min: 1, Max: 60}, "90"),
		s.Input(workflow.Field{Name: "account_type", Kind: workflow.Choice, Choices: []string{"checking", "savings"}, Optional: true}, "checking"),
		s.Input(workflow.Field{Name: "outcome", Kind: workflow.Text, Max: 2000, Optional: true}, "Cut unplanned pump downtime by 40%."),
	}}}
	v.Groups[0].Fields[0].Narrow, v.Groups[0].Fields[1].Narrow = true, true
	v.Groups[0].Fields[2].Options[0].Note = "ACH"
	v.Back = Link{s.T("section.project"), "/applications/7/edit/project"}
	v.Saved = s.T("form.saved", "clock", s.Clock(instant).Text)
	v.Due = s.Due(instant, instant.AddDate(0, 0, 53))
	v.Team = []Answer{{Name: s.Role("aor"), Value: "Mei Tanaka"}, {Name: s.Role("applicant"), Value: "Jon Abara"}}
	v.Tips = []string{"Each cost ties to a task in your work plan", "Prices have a quote or a public rate card"}
	v.Help = "help@example.gov"
	return v
}

func bulkFixture(s Shell, done, form bool) View {
	v := BulkView{Shell: titled(s, "queue.title"), Done: done, Notices: []Notice{{Tone: "info", Text: s.T("bulk.nothing_yet", "able", 2, "all", 4)}}}
	row := func(number, told, refused string) BulkRow {
		return BulkRow{Number: number, Title: "Crop disease triage", URL: "/applications/7", Organization: "Prairie Lens Co-op", Tag: s.Mark("application", "recommended"), Told: told, Refused: refused, Able: told != "" && refused == ""}
	}
	v.Rows = []BulkRow{row("AIV26-000001", "$24,980.00", ""), row("AIV26-000002", "$1.00", s.Reason("you_recommended_this", nil)), row("AIV26-000003", "Dana Whitfield", ""), row("AIV26-000004", "", "")}
	if done {
		v.Rows[0].Mail = Link{s.T("bulk.mail"), "/applications/7#mail"}
	} else {
		v.Rows[0].Letter = paperFixture(s)
	}
	if form {
		note := s.Input(workflow.Field{Name: "note", Kind: workflow.Text, Max: 4000}, "")
		note.Error = s.Reason("required", nil)
		v.Form = &Form{Name: "award", URL: "/applications/bulk", Key: "k", Fields: []Field{note}, Submit: s.T("bulk.do", "n", 2), Hidden: []Hidden{{"step", "do"}, {"id", "1"}}}
	}
	return v
}

func queueFixture(s Shell) View {
	v := QueueView{Shell: titled(s, "queue.title"), List: list(s, "queue")}
	v.Buttons = []Button{{Text: s.T("queue.download", "type", "CSV"), URL: "/applications.csv", Icon: "file_download"}, {Text: s.T("queue.next"), URL: "/applications/next", Main: true}}
	v.Bulk = []Option{{Value: "assign", Text: s.Action("application", "assign")}}
	v.Saved = []Tab{{Text: "Water in Oregon", URL: "/applications?q=water&view=review", Current: true}, {Text: "Mine, large", URL: "/applications?sort=requested&view=mine"}}
	v.Count = s.N("queue.count", 12, "sum", (1_106_880 * dollars).Dollars())
	v.Columns = []Column{
		{Text: s.T("queue.project")}, {Text: s.T("list.state"), URL: "?sort=state"}, {Text: s.T("application.submitted"), Class: "low"},
		{Text: s.T("application.requested"), URL: "?sort=requested", Class: "r"}, {Text: s.T("scores.score"), Class: "r"},
		{Text: s.T("list.due"), URL: "?sort=due", Order: "ascending"}, {Text: s.T("scores.reviews"), Class: "low"}, {Text: s.T("role.program_officer"), Class: "low"},
	}
	row := func(title, number, organization, state, place string, requested workflow.Cents, score string, left time.Duration, officer Person, flags ...string) {
		v.Rows = append(v.Rows, QueueRow{ID: workflow.ID(len(v.Rows) + 1),
			Title: title, URL: "/applications/" + number, Number: number, Organization: organization, Tag: s.Mark("application", state), Place: place, Submitted: s.Day(instant.AddDate(0, 0, -20)),
			Requested: requested, Score: score, Due: s.Due(instant, instant.Add(left)), Reviews: s.T("scores.of", "have", 2, "need", 3), Officer: officer, Flags: flags,
		})
	}
	day := 24 * time.Hour
	row("Early sepsis alerts for critical-access hospitals", "AIV-2026-000405", "Northfield Health AI LLC", "in_review", "Northfield, MN", 5_000_000*dollars, "91.0", -2*day, PersonNamed("Dana Whitfield", ""), s.Reason("reviewer_conflicted", nil))
	row("Assurance toolkit for small-lender credit models", "AIV-2026-000384", "Plainview Assurance", "screening", "Plainview, TX", 60_000*dollars, "", -26*time.Hour, Person{})
	row("Predictive maintenance for rural water utilities", "AIV-2026-000412", "Cascadia Robotics, Inc.", "recommended", "Bend, OR", 148_500*dollars, "86.5", day, PersonNamed("Dana Whitfield", ""))
	row("Crop disease triage from drone imagery", "AIV-2026-000370", "Prairie Lens Co-op", "needs_information", "Ames, IA", 24_980*dollars, "", 11*day, PersonNamed("Luis Ortega", ""))
	row("Freight dock scheduling for inland ports", "AIV-2026-000335", "Quayside Optimization", "submitted", "Memphis, TN", 68_750*dollars, "", 40*time.Minute, Person{})
	return v
}

func claims(s Shell, organization string) []ClaimRow {
	return []ClaimRow{
		{"C-000088", "/claims/88", organization, "AIV26-001043", "1. Sensors fitted", s.Mark("claim", "paid"), 49_500 * dollars, s.Day(instant.AddDate(0, -1, 0)), s.Due(instant, time.Time{})},
		{"C-000093", "/claims/93", organization, "AIV26-001043", "2. Model in operation", s.Mark("claim", "submitted"), 49_500 * dollars, s.Day(instant), s.Due(instant, instant.AddDate(0, 0, 6))},
	}
}

func awardFixture(s Shell) View {
	s.Title = s.T("award.title", "number", "AIV26-001043")
	return AwardView{
		Shell: s,
		Record: Record{
			Number: "AIV26-001043", Tag: s.Mark("award", "active"), Lead: "Cascadia Robotics, Inc.", Facts: facts(s)[:2], History: history(s),
			Stages:  []Stage{{Name: s.T("award.stage_offered"), Done: true}, {Name: s.T("award.stage_accepted"), Done: true}, {Name: s.T("award.stage_active"), Current: true}, {Name: s.T("award.stage_closing")}, {Name: s.T("award.stage_closed")}},
			Actions: Actions{Offer: []Action{act(s, "award", "accept", s.Input(workflow.Field{Name: "signature", Kind: workflow.Secret}, ""))}},
		},
		Organization: Link{"Cascadia Robotics, Inc.", "/organizations/12"},
		Terms:        []Answer{{Name: s.T("award.period"), Value: s.Day(instant).Text}, {Name: s.T("award.face"), Value: (148_500 * dollars).Dollars(), Number: true}},
		Conditions:   []string{"Vibration data stays with the utility."},
		Tranches: []TrancheRow{
			{1, "Sensors fitted", "42 pumps", s.Day(instant), s.Mark("tranche", "paid"), 49_500 * dollars, Link{}},
			{2, "Model in operation", "", s.Day(instant.AddDate(0, 2, 0)), s.Mark("tranche", "open"), 99_000 * dollars, Link{s.T("award.claim"), "/claims/new?tranche=2"}},
		},
		Total:      148_500 * dollars,
		Signatures: []Check{{Tone: "ok", Text: s.T("award.accepted_by", "name", "Mei Tanaka"), Note: s.Moment(instant).Text}, {Tone: "open", Text: s.T("award.countersign_open")}},
		Papers: []LetterCard{{Name: s.T("notice.revision", "n", 2), Tag: s.Mark("letter", "issued"), At: s.Moment(instant),
			Files: []Download{{Name: s.T("letter.file", "format", "PDF", "language", "English"), URL: "/letters/9/documents/en.pdf", SHA256: strings.Repeat("0f", 32)}}}},
		Amendments: []AmendmentRow{{"AM-001071", "/amendments/1071", s.ChoiceName("kind", "extension"), s.Mark("amendment", "signed"), s.Moment(instant), 148_500 * dollars}},
		Claims:     claims(s, ""),
		Findings:   owed(s), Debts: owed(s), Closeout: []Check{{Tone: "open", Text: s.T("award.closeout_clock", "day", s.Day(instant).Text)}},
		Reports: []ReportRow{
			{Number: "R-000101", URL: "/reports/101", Kind: s.ChoiceName("kind", workflow.ReportFinancial), Period: "2026", Tag: s.Mark("report", "due"), Due: s.Due(instant, instant.AddDate(0, 0, -3))},
		},
		Money: []Account{{s.T("money.obligated"), 99_000 * dollars, 66}, {s.T("money.disbursed"), 49_500 * dollars, 33}},
	}
}

func owed(s Shell) []OwedRow {
	return []OwedRow{{Number: "D-000120", URL: "/debts/120", What: s.ChoiceName("kind", workflow.DebtDisallowed), Tag: s.Mark("debt", "demanded"),
		Due: s.Due(instant, instant.AddDate(0, 0, 20)), Amount: 4_000 * dollars}}
}

func reportFixture(s Shell) View {
	s.Title = s.T("report.title", "number", "R-000101")
	return ReportView{
		Shell: s,
		Record: Record{
			Number: "R-000101", Tag: s.Mark("report", "submitted"), Lead: s.ChoiceName("kind", workflow.ReportFinancial), Facts: facts(s)[:2],
			Actions: Actions{Offer: []Action{act(s, "report", "accept"), act(s, "report", "return")}},
		},
		Award:    Link{"AIV26-001043", "/awards/1043"},
		Amounts:  []Answer{{Name: s.FieldName("receipts"), Value: (49_500 * dollars).Dollars(), Number: true}, {Name: s.FieldName("spent"), Value: (49_000 * dollars).Dollars(), Number: true}},
		Compared: []ComparedRow{{s.FieldName("spent"), 49_000 * dollars, 49_500 * dollars, -500 * dollars}},
		Remarks:  "The last invoice came late.",
	}
}

func amendmentFixture(s Shell) View {
	s.Title = s.T("amendment.title", "number", "AM-001071")
	return AmendmentView{
		Shell: s,
		Record: Record{Number: "AM-001071", Tag: s.Mark("amendment", "approved"), Lead: s.ChoiceName("kind", "supplement"), Facts: facts(s)[:1], History: history(s),
			Actions: Actions{Offer: []Action{act(s, "amendment", "sign"), act(s, "amendment", "withdraw")}}},
		Award:   Link{"AIV26-001043", "/awards/1043"},
		Request: []Answer{{Name: s.T("amendment.why"), Value: "Twice as many pumps."}},
		Changes: &Comparison{Title: s.T("amendment.change"), Head: s.T("amendment.what"), Rows: []ChangeRow{
			{Key: s.T("amendment.agreed_face"), Tag: Tag{"info", "edit", s.T("programs.changed")}, Before: "$148,500.00", After: "$200,000.00"},
			{Key: s.T("amendment.agreed_milestone", "n", 3), Tag: Tag{"good", "check", s.T("programs.added")}, After: "$51,500.00 · 2027-09-30 · More pumps · Report"},
		}},
		Signatures: []Check{{Tone: "ok", Text: s.T("amendment.requested_by", "name", "Mei Tanaka")}, {Tone: "open", Text: s.T("amendment.signed_open")}},
	}
}

func claimFixture(s Shell) View {
	s.Title = s.T("claim.title", "number", "C-000093")
	return ClaimView{
		Shell: s,
		Record: Record{
			Number: "C-000093", Tag: s.Mark("claim", "submitted"), Lead: "Cascadia Robotics, Inc.", Facts: facts(s)[:1],
			Actions: Actions{Offer: []Action{
				act(s, "claim", "verify", Field{Name: "codes", Kind: CheckField, Label: s.FieldName("no_conflict")}), act(s, "claim", "query"),
			}},
		},
		Award:    Link{"AIV26-001043", "/awards/1043"},
		Request:  []Answer{{Name: s.FieldName("amount"), Value: (49_500 * dollars).Dollars(), Number: true}, {Name: s.T("claim.period"), Value: s.Day(instant).Text}},
		Evidence: []Answer{{Name: s.FieldName("deliverable"), Value: "The model runs on 42 pumps."}},
		Files:    []Download{{Name: "acceptance-report.pdf", URL: "/files/1", Note: "412 KB"}},
		Checks:   []Check{{Tone: "ok", Text: "The amount is within the tranche"}},
		Payments: payments(s)[:1],
	}
}

func payments(s Shell) []PaymentRow {
	return []PaymentRow{
		{Number: "P-000211", URL: "/payments/211", Payee: "Blue Mesa AI", Milestone: "2 / 3", LastFour: "4471", Tag: s.Mark("payment", "batched"), ToDate: 49_500 * dollars, Amount: 49_500 * dollars, Batch: Link{"B-2026-031", "/batches/31"}},
		{Number: "P-000213", URL: "/payments/213", Payee: "Cascadia Robotics, Inc.", Milestone: "3 / 3", LastFour: "0092", Tag: s.Mark("payment", "held"), Note: "R03", ToDate: 99_000 * dollars, Amount: 49_500 * dollars},
		{Number: "P-000214", URL: "/payments/214", Payee: "Great Plains Compute", Milestone: "1 / 2", LastFour: "", Tag: s.Mark("payment", "batched"), Amount: 512_240 * dollars},
	}
}

func due(s Shell) []DueRow {
	var rows []DueRow
	for _, p := range payments(s) {
		rows = append(rows, DueRow{PaymentRow: p, Value: p.Number, Why: s.Reason("bank_account_changed", workflow.Words{"approved": 1, "version": 2})})
	}
	return rows
}

func batchFixture(s Shell) BatchView {
	s.Title = s.T("batch.title", "number", "B-2026-031")
	approve := act(s, "batch", "approve", s.Input(workflow.Field{Name: "total", Kind: workflow.Money}, ""))
	back := act(s, "batch", "return", s.Input(workflow.Field{Name: "note", Kind: workflow.Text, Max: 600}, ""))
	approve.Open = true
	rows := payments(s)
	rows[0].Tag, rows[0].BankReads = Tag{}, s.T("batch.bank_reads", "name", "CASCADIA ROBOTICS, INC")
	return BatchView{
		Shell: s,
		Record: Record{
			Tag: s.Mark("batch", "submitted"), Lead: s.T("batch.prepared_by", "name", "Karen Liu"), History: history(s),
			Stages:  []Stage{{Name: s.T("batch.stage_open"), Done: true}, {Name: s.T("batch.stage_submitted"), Note: s.T("application.now"), Current: true}, {Name: s.T("batch.stage_approved")}, {Name: s.T("batch.stage_exported")}, {Name: s.T("batch.stage_completed")}},
			Actions: Actions{Offer: []Action{approve, back}},
		},
		Totals: []Fact{{Name: s.T("batch.payments"), Value: "3", Note: s.T("batch.matches"), Checked: true}, {Name: s.T("batch.entry_hash"), Value: "48207731", Note: s.T("batch.computed")}, {Name: s.T("batch.pays"), Value: s.Day(instant).Text}},
		Rows:   rows, Pager: Pager{Shown: s.N("list.shown", 3)},
		Out:    due(s)[1:2],
		Checks: []Check{{Tone: "ok", Text: "No tranche is paid twice"}, {Tone: "warning", Text: "1 payee held back", Note: "Bank details changed"}},
		Files:  []Download{{Name: "B-2026-031.ach", Note: "ACH"}, {Name: "B-2026-031.csv", Note: "CSV"}},
		Locked: s.T("batch.locked"),
	}
}

func organizationFixture(s Shell) View {
	s.Title = "Cascadia Robotics, Inc."
	return OrganizationView{
		Shell: s,
		Record: Record{
			Tag: s.Mark("organization", "active"), Lead: "Bend, OR", Facts: facts(s)[:1], History: Timeline{Events: history(s).Events},
			Actions: Actions{Offer: []Action{act(s, "bank_account", "verify",
				s.Input(workflow.Field{Name: "method", Kind: workflow.Choice, Choices: []string{"prenote", "call_back"}}, ""))}},
		},
		Identity: []Answer{{Name: s.T("organization.uei"), Value: "KQ4WJ9TBMN57", Number: true}, {Name: s.T("organization.address"), Value: "410 NW Oregon Ave, Bend, OR 97703"}},
		Statements: []StatementRow{
			{"FY 2025", "/statements/31", "Jan 1, 2025 to Dec 31, 2025", "$14,200,000.00", "Audited statement", true, true, PersonNamed("Mei Tanaka", ""), s.Day(instant)},
			{"FY 2024", "/statements/30", "Jan 1, 2024 to Dec 31, 2024", "9,800,000.00 EUR", "Audited statement", false, false, PersonNamed("Mei Tanaka", ""), s.Day(instant)},
		},
		Warning: s.T("organization.ein_unusual"),
		Kin: []KinNode{
			{Name: "Cascadia Holdings LLC", URL: "/organizations/13", UEI: "XN2PC8DLRQ41", Relation: s.T("organization.parent"), Period: s.T("organization.since_day", "day", "Jan 1, 2020"),
				Tag: s.Mark("affiliation", "active"), Link: "/affiliations/41", Below: []KinNode{
					{Name: "Cascadia Robotics, Inc.", URL: "/organizations/12", Relation: s.T("organization.child"), Tag: s.Mark("affiliation", "active"), Link: "/affiliations/43", Again: true}}},
			{Name: "Cascadia Marine LLC", Relation: s.T("organization.child"), Tag: s.Mark("affiliation", "requested")}},
		Screening: &ScreeningCard{Finding: s.T("screening.clear"), Done: true},
		Duplicates: []DuplicateRow{{A: "Cascadia Robotics, Inc.", B: "Cascadia Labs", URL: "/duplicates/8", Likeness: "60.0%", Signs: s.ChoiceName("sign", "website"),
			Tag: s.Mark("duplicate", "linked"), Found: s.Moment(instant), By: PersonNamed("Mei Chen", "")}},
		Accounts: []BankAccountRow{
			{"/bank-accounts/5", "4471", "First Interstate", 2, s.Mark("bank_account", "half_verified"), "Mei Tanaka", ""},
			{"/bank-accounts/4", "9120", "First Interstate", 1, s.Mark("bank_account", "superseded"), "Mei Tanaka", "Theo Marsh"},
		},
		Members: []MemberRow{{Person: PersonNamed("Mei Tanaka", s.Role("aor"))},
			{PersonNamed("Jon Abara", s.Role("applicant")), Actions{Offer: []Action{{Label: s.T("people.revoke", "role", s.Role("applicant")),
				Form: Form{Name: "revoke-8", URL: "/grants/8/actions/revoke", Key: "k8", Version: "1", Submit: s.Action("grant", "revoke"), Danger: true}}}}}},
		Cases: queueFixture(s).(QueueView).Rows[:2],
	}
}

func paperFixture(s Shell) *letter.Paper {
	return &letter.Paper{Title: s.T("verdict.title"), Lead: "AIV26-000042", Sections: []letter.Section{
		{Title: s.T("verdict.rules"), Text: []string{s.T("verdict.withheld")}, Facts: []letter.Fact{{Name: s.FieldName("basis"), Value: s.ChoiceName("basis", "last_completed")}}},
		{Title: s.T("verdict.sum"), Table: &letter.Table{Columns: []letter.Column{{Name: s.Noun("organization")}, {Name: s.T("verdict.why")}, {Name: s.T("verdict.counted"), Right: true}},
			Rows: [][]string{{"Cascadia Robotics, Inc.\nApplicant", "", "$14,200,000.00"}}}},
	}}
}

func eligibilityFixture(s Shell) EligibilityView {
	options := []Option{{Value: "0", Text: "0", Chosen: true}, {Value: "1", Text: "1"}}
	return EligibilityView{Shell: s, Setup: Filters{URL: "/eligibility", Fields: []Field{{Name: "affiliates", Label: s.T("eligibility.affiliates"), Options: options}}},
		Form:   Form{Name: "eligibility", URL: "/eligibility?affiliates=0", Submit: s.T("eligibility.submit")},
		Groups: []FieldGroup{{Title: s.T("eligibility.company"), Fields: []Field{s.Input(workflow.Field{Name: "period_end", Kind: workflow.Day}, "")}}}}
}

func programFixture(s Shell) ProgramView {
	s.Title = "AI Innovation Voucher"
	s.Crumbs = []Link{{s.T("nav.programs"), "/programs"}, {Text: s.Title}}
	note := s.Input(workflow.Field{Name: "note", Kind: workflow.Line, Max: 200, Optional: true}, "Lower cap")
	note.ID = "file-note"
	return ProgramView{
		Shell: s, Record: Record{Tag: s.Mark("program", "active"), Lead: s.Noun("program"), History: history(s)},
		Groups: answers(s, false)[:1],
		Versions: []FileVersion{
			{Name: s.T("programs.version", "number", 2), URL: "/policies/9", Tag: s.Mark("policy", "active"), By: PersonNamed("Root", ""), At: s.Moment(instant), Note: "Lower cap"},
			{Name: s.T("programs.version", "number", 1), URL: "/policies/8", Tag: s.Mark("policy", "superseded"), By: PersonNamed(s.Role("system"), ""), At: s.Moment(instant)}},
		Trial: &FileTrial{URL: "/programs/1/file", Program: "1", Key: "k", Apply: true, Text: "tranche: 1\n", Note: note, Lead: s.T("programs.file_lead")},
	}
}

func comparisonFixture(s Shell) *Comparison {
	return &Comparison{Title: s.T("programs.against", "number", 1), Head: s.T("programs.where"), Rows: []ChangeRow{
		{Where: "AIV-2026-R1", Key: "award_cap", Tag: Tag{"info", "edit", s.T("programs.changed")}, Before: "$5,000,000.00", After: "$4,000,000.00"},
		{Where: "AIV-2026-R1", Key: "rules", Item: "startup_age", Tag: Tag{"good", "check", s.T("programs.added")}, After: "refer"},
		{Key: "agency", Tag: Tag{"warn", "close", s.T("programs.removed")}, Before: "Office"},
	}}
}

func hitRows(s Shell) []HitRow {
	row := HitRow{Subject: "Cascadia Robotics, Inc.", URL: "/hits/7", Organization: Link{"Cascadia Robotics, Inc.", "/organizations/12"}, Entry: "CASCADIAN ROBOTICS TRADING LLC",
		List: s.ChoiceName("kind", "ofac"), Key: "36", Likeness: s.T("hits.alike", "n", "91.4"), Tag: s.Mark("hit", "open"), Found: s.Moment(instant)}
	person := row
	person.Subject, person.URL, person.Tag, person.By = "Jane Doe", "/hits/8", s.Mark("hit", "dismissed"), PersonNamed("Viktor Hale", "")
	return []HitRow{row, person}
}

func hitFixture(s Shell) View {
	s = as(s, "Viktor Hale", "security_reviewer")
	s.Title = "Cascadia Robotics, Inc. · CASCADIAN ROBOTICS TRADING LLC"
	s.Nav = append(s.Nav, NavItem{Text: s.T("nav.hits"), URL: "/hits", Current: true, Count: "3"})
	return HitView{
		Shell: s, Record: Record{Tag: s.Mark("hit", "open"), Lead: s.ChoiceName("kind", "ofac"), Number: "36", Facts: facts(s)[:2],
			Actions: Actions{Offer: []Action{act(s, "hit", "dismiss"), act(s, "hit", "confirm")}}},
		Pairs: []HitPair{{Name: s.T("hits.name"), Ours: "Cascadia Robotics, Inc.", Listed: "CASCADIAN ROBOTICS TRADING LLC"},
			{Name: s.T("hits.aliases"), Listed: "CRT; Cascadian"},
			{Name: s.FieldName("uei"), Ours: "ZQGGHJH74DW7", Listed: "ZQGGHJH74DW7", Number: true, Same: true, Finding: s.T("hits.same")},
			{Name: s.FieldName("ein"), Ours: "12-3456789", Listed: "98-7654321", Number: true, Finding: s.T("hits.different")}},
		Words:  []WordPair{{"ROBOTICS", "ROBOTICS", s.T("hits.alike", "n", "100.0")}, {"INDUSTRIES", "", ""}, {"", "TRADING", ""}},
		Source: []Answer{{Name: s.Noun("list"), Value: s.ChoiceName("kind", "ofac"), URL: "/lists/3"}},
		Cases:  []QueueRow{{Title: "Leak detection", URL: "/applications/412", Number: "AIV-2026-000412", Tag: s.Mark("application", "screening")}},
	}
}
