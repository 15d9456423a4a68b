package workflow

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// An Application is one organization's request for a voucher under one
// opportunity.
type Application struct {
	Record
	Number       string // such as AIV-2026-001042; people type it
	Program      ID
	Opportunity  ID
	Fund         ID
	Organization ID
	StartedBy    ID

	// What the applicant writes.
	Title     string
	Summary   string
	Approach  string
	Outcome   string
	Requested Cents
	Months    int64 // length of the project, 1 to 60
	Certified bool
	Answers   string      // to the program's own questions, as AnswersText writes them
	Documents Attachments // the files that it comes with

	// The newest submission.
	Submissions   int64
	SubmittedAt   time.Time
	SubmittedBy   ID
	Snapshot      string    // SHA-256 of the newest submission, hex
	Terms         string    // SHA-256 of the terms that it was submitted under, hex; "" for the opportunity's own settings
	Sent          string    // after a reopening: the fields of the newest submission as JSON; "" otherwise
	Aside         string    // edits that the deadline overtook, as JSON; they count for nothing
	ExtendedUntil time.Time // a personal extension as it was given; zero when there is none
	MovedBefore   int64     // by how much the opportunity had moved deadlines when it was given, in microseconds

	// Case work.
	Officer        ID     // who owns the case; zero while nobody does
	HandledBy      ID     // the first person of the staff who acted on it; zero while none has
	VerdictOutcome string // pass, fail or refer; "" before the first verdict
	Verdict        string // the newest verdict as JSON, with its evidence
	// EvidenceChanged says that a later run came to another verdict, and that no
	// officer has looked at it yet: the flag that stops every next step.
	EvidenceChanged bool
	Blind           string      // what reviewers do not see, as Terms.Blind names it, joined by a comma; set at submission
	Question        string      // what was asked of the applicant in all requests, a line each
	AskedBefore     int64       // how many of the questions were asked before the newest request
	Reply           string      // the answers to them, as AnswersText writes them
	ReplyFiles      Attachments // the files that came with the answers
	ReplyDue        Date
	Rank            int64
	Recommended     Cents
	Committed       Cents // what the fund reserves for it now; an award takes it over
	RecommendedBy   ID
	DeterminedBy    ID
	Awarded         Cents
	Award           ID     // the award that lives; zero while there is none
	Codes           string // the coded reasons of the newest recommendation or determination
	Note            string
	Flag            Flags // what somebody should look at
	Grounds         string
	AppealSpent     bool
	DecidedAt       time.Time // when it was declined or found ineligible: the appeal window starts here
}

// ApplicationFacts is everything that a decision about an application may look at.
type ApplicationFacts struct {
	Application
	Standing
	Opportunity  Opportunity // with the settings of Terms
	Terms        *Terms      // what it stands under; nil: no program file lays anything down
	Organization Organization
	Payee        Payee     // how the organization stands on the lists; loaded for submit, refer, clear and award
	OtherLive    int       // other live applications of the group in this opportunity
	Verdict      Verdict   // the revenue rule run now; only loaded where a rule asks for it
	Reviews      int       // submitted reviews that count
	ReviewsOpen  int       // invited or accepted
	Uncleared    Kinds     // required clearances that are not cleared or have expired; loaded for award
	Lost         Clearance // the one that a refer names; ID zero for none
	Has          []string  // kinds of which the case has a clearance; loaded for submit, adopt and recommend
	Decided      int       // clearances that a person has decided about; loaded for reopen
	Newest       *Terms    // the opportunity's; loaded for adopt
	Available    Cents     // of the fund
	FundExpired  bool      // no new money may be committed out of it; loaded for recommend
	GroupAwarded Cents     // what the group has been awarded in this opportunity
	Exception    Exception // an approved exception for this act on this application; ID zero when none
	LiveAward    Award     // the award, when there is one
	Acted        []ID      // every person who acted on the case; loaded for an appeal only
	Entrusted    bool      // the organization has no people of its own: it is known as somebody's affiliate only
	Assignee     Assignee  // whom an assignment names; loaded for assign only
	Waitlisted   ID        // the next waitlisted application of the opportunity; loaded for lapse_award only
}

// ApplicantFields are what an applicant fills in; a draft needs none of them.
var ApplicantFields = []Field{
	{Name: "title", Kind: Line, Max: 200, Optional: true},
	{Name: "summary", Kind: Text, Max: 2000, Optional: true},
	{Name: "approach", Kind: Text, Max: 8000, Optional: true},
	{Name: "outcome", Kind: Text, Max: 2000, Optional: true},
	fieldRequested.Opt(),
	{Name: "months", Kind: Count, Min: 1, Max: 60, Optional: true},
	{Name: "certified", Kind: Check, Optional: true},
	fieldAnswers.Opt(),
	fieldDocuments,
}

// DeclineCodes are the reasons that a recommendation or determination against an
// application may name; they are counted in reports.
// Source: the headings of merit review and risk review, 2 CFR 200.205 and 200.206.
var DeclineCodes = []string{
	"budget_unreasonable", "evidence_insufficient", "funds_exhausted", "low_merit", "out_of_scope", "risk_too_high",
	"team_insufficient",
}

// ScreeningCodes are the reasons that an officer may give when clearing or
// ending a screening.
var ScreeningCodes = []string{
	"affiliate_sold", "evidence_accepted", "not_a_startup", "outside_program", "over_revenue_cap", "registration_invalid",
}

var (
	// Carried by the command that excuses somebody whom we turned away.
	excusedPerson = Field{Name: "person", Kind: Ref, Of: NounPerson}
	excusedAt     = Field{Name: "turned_away", Kind: Instant}
	excusedStatus = Field{Name: "status", Kind: Count, Min: 400, Max: 599}

	fieldRequested    = Field{Name: "requested", Kind: Money}
	fieldOrganization = Field{Name: "organization", Kind: Ref, Of: NounOrganization}
	fieldAnswers      = Field{Name: "answers", Kind: Answers}
	fieldCodes        = Field{Name: "codes", Kind: Codes, Choices: DeclineCodes}
	declineCodes      = fieldCodes.AndOthers()
	screeningCodes    = fieldCodes.With(ScreeningCodes...).AndOthers()
	fieldQuestion     = Field{Name: "question", Kind: Text, Max: 4000}
	fieldReply        = Field{Name: "reply", Kind: Text, Max: 8000}
	fieldGrounds      = Field{Name: "grounds", Kind: Text, Max: 8000}
	fieldRank         = Field{Name: "rank", Kind: Count, Min: 1, Max: 100_000}
	fieldUntil        = Field{Name: "until", Kind: Instant}
	fieldFlag         = Field{Name: "flag", Kind: Choice, Choices: FlagCodes} // set by other steps only
	fieldUnflag       = Field{Name: "unflag", Kind: Check, Optional: true}    // take the flag back
	fieldFlags        = Field{Name: "flag", Kind: Codes, Choices: FlagCodes}
	fieldMessage      = Field{Name: "message", Kind: Text, Max: 4000, Optional: true} // to the applicant, in the letter
)

type applicationGuard = Guard[ApplicationFacts]

var (
	opportunityOpen = applicationGuard{
		Reason: "opportunity_closed",
		OK: func(f *ApplicationFacts, c *Command, _ time.Time) bool {
			return f.Opportunity.State == Open && f.Opportunity.TakesAt(c.Received)
		},
		Words: func(f *ApplicationFacts, _ *Command) Words { return Words{"closes": f.Opportunity.Closes} },
	}
	// What was taken for another begins nothing new; what it has goes on, and so does
	// what was submitted before.
	organizationStays = applicationGuard{
		Reason: reasonMerged,
		OK: func(f *ApplicationFacts, _ *Command, _ time.Time) bool {
			return f.Organization.State != Merged || f.Submissions > 0
		},
	}
	// Whoever names an affiliate speaks for it about revenue, and does not apply in
	// its place.
	ownPeople = applicationGuard{
		Reason: "only_an_affiliate",
		OK:     func(f *ApplicationFacts, _ *Command, _ time.Time) bool { return !f.Entrusted },
		Field:  &fieldOrganization,
	}
	inTime = applicationGuard{
		Reason: "deadline_passed",
		OK:     func(f *ApplicationFacts, c *Command, _ time.Time) bool { return f.takes(c.Received) },
		Words:  func(f *ApplicationFacts, _ *Command) Words { return Words{"closes": f.deadline()} },
	}
	turnedAwayInTime = applicationGuard{
		Reason: "deadline_passed",
		OK: func(f *ApplicationFacts, c *Command, _ time.Time) bool {
			// Not within an earlier grace: else whoever floods us gets one after the other.
			at, ends := c.Time(excusedAt), f.Opportunity.lastInstant()
			return f.takes(at) && (ends.IsZero() || at.Before(ends))
		},
		Words: func(f *ApplicationFacts, _ *Command) Words { return Words{"closes": f.Opportunity.lastInstant()} },
	}
	notPaused = applicationGuard{
		Reason: "opportunity_paused",
		OK:     func(f *ApplicationFacts, c *Command, _ time.Time) bool { return !f.pausedAt(c.Received) },
		Words:  func(f *ApplicationFacts, _ *Command) Words { return Words{"since": f.Opportunity.PausedAt} },
	}
	// After the deadline, one person alone gives nobody more time.
	lateAllowed = applicationGuard{
		Reason: ReasonException,
		OK: func(f *ApplicationFacts, _ *Command, now time.Time) bool {
			return !f.late(now) || f.Exception.Allows(LateExtension, f.ID, now)
		},
	}
	deadlineOver = applicationGuard{
		Reason: "deadline_not_passed",
		OK:     func(f *ApplicationFacts, _ *Command, now time.Time) bool { return f.over(now) },
		Words:  func(f *ApplicationFacts, _ *Command) Words { return Words{"closes": f.deadline()} },
	}
	screeningDue = applicationGuard{
		Reason: "screening_not_due",
		OK: func(f *ApplicationFacts, _ *Command, now time.Time) bool {
			return f.Opportunity.Rolling || f.over(now)
		},
	}
	oneLiveApplication = applicationGuard{
		Reason: "other_application_live",
		OK:     func(f *ApplicationFacts, _ *Command, _ time.Time) bool { return f.OtherLive == 0 },
		Words:  func(f *ApplicationFacts, _ *Command) Words { return Words{"others": f.OtherLive} },
	}
	complete = applicationGuard{
		Reason: "incomplete",
		OK: func(f *ApplicationFacts, _ *Command, _ time.Time) bool {
			return len(f.Missing(f.Terms.Or())) == 0
		},
		Words: func(f *ApplicationFacts, _ *Command) Words {
			t := f.Terms.Or()
			return Words{"missing": t.asked(f.Missing(t))}
		},
	}
	certified = applicationGuard{
		Reason: "not_certified",
		OK:     func(f *ApplicationFacts, _ *Command, _ time.Time) bool { return f.Certified },
		Field:  &Field{Name: "certified"},
	}
	requestWithinCap = applicationGuard{
		Reason: "over_award_cap",
		OK: func(f *ApplicationFacts, _ *Command, _ time.Time) bool {
			return f.Requested <= f.Opportunity.Cap()
		},
		Words: func(f *ApplicationFacts, _ *Command) Words {
			return Words{"amount": f.Requested, "limit": f.Opportunity.Cap()}
		},
		Field: &fieldRequested,
	}
	nobodyActed = applicationGuard{
		Reason: "already_handled",
		OK: func(f *ApplicationFacts, _ *Command, _ time.Time) bool {
			return f.HandledBy == 0 && f.Reviews == 0 && f.ReviewsOpen == 0 && f.Decided == 0
		},
	}
	hasSnapshot = applicationGuard{
		Reason: "never_submitted",
		OK:     func(f *ApplicationFacts, _ *Command, _ time.Time) bool { return f.Submissions > 0 },
	}
	noSnapshot = applicationGuard{
		Reason: "submission_stands",
		OK:     func(f *ApplicationFacts, _ *Command, _ time.Time) bool { return f.Submissions == 0 },
	}
	untilAhead = applicationGuard{
		Reason: "until_in_the_past",
		OK:     func(_ *ApplicationFacts, c *Command, now time.Time) bool { return c.Time(fieldUntil).After(now) },
		Field:  &fieldUntil,
	}
	answersAsked = applicationGuard{
		Reason: "answer_unknown",
		OK: func(f *ApplicationFacts, c *Command, _ time.Time) bool {
			return f.Terms.Or().unasked(c.Text(fieldAnswers)) == ""
		},
		Words: func(f *ApplicationFacts, c *Command) Words {
			return Words{oneAnswer: f.Terms.Or().unasked(c.Text(fieldAnswers))}
		},
		Field: &fieldAnswers,
	}
	answersFit = applicationGuard{
		Reason: "answer_invalid",
		OK: func(f *ApplicationFacts, c *Command, _ time.Time) bool {
			return f.Terms.Or().misfit(c.Text(fieldAnswers)) == ""
		},
		Words: func(f *ApplicationFacts, c *Command) Words {
			return Words{oneAnswer: f.Terms.Or().misfit(c.Text(fieldAnswers))}
		},
		Field: &fieldAnswers,
	}
	screeningCodesKnown = codesKnown((*Terms).Screening)
	declineCodesKnown   = codesKnown((*Terms).Decline)
	termsMoved          = applicationGuard{
		Reason: "terms_unchanged",
		OK: func(f *ApplicationFacts, _ *Command, _ time.Time) bool {
			return f.Opportunity.Terms != "" && f.Application.Terms != f.Opportunity.Terms
		},
	}
	verdictPass   = verdictIs(Pass)
	somebodyLooks = applicationGuard{
		Reason: "verdict_not_refer",
		OK: func(f *ApplicationFacts, _ *Command, _ time.Time) bool {
			return f.Verdict.Outcome == Refer || f.Verdict.Outcome == Pass && f.Payee.Screening.Hits > 0
		},
		Words: func(f *ApplicationFacts, _ *Command) Words { return f.Verdict.words() },
	}
	verdictNotPass = applicationGuard{
		Reason: "verdict_passes",
		OK: func(f *ApplicationFacts, _ *Command, now time.Time) bool {
			return f.Verdict.Outcome != Pass || f.lost(now) || f.Payee.Screening.Hits > 0
		},
	}
	evidenceSeen = applicationGuard{
		Reason: ReasonEvidenceChanged,
		OK:     func(f *ApplicationFacts, _ *Command, _ time.Time) bool { return !f.EvidenceChanged && !f.moved() },
		Words:  func(f *ApplicationFacts, _ *Command) Words { return f.news() },
	}
	verdictMoved = applicationGuard{
		Reason: "verdict_unchanged",
		OK:     func(f *ApplicationFacts, _ *Command, _ time.Time) bool { return f.moved() },
	}
	flagsThere = applicationGuard{
		Reason: "not_flagged",
		OK:     func(f *ApplicationFacts, c *Command, _ time.Time) bool { return len(f.unflagged(c)) == 0 },
		Words:  func(f *ApplicationFacts, c *Command) Words { return Words{"codes": f.unflagged(c)} },
		Field:  &fieldFlags,
	}
	enoughReviews = applicationGuard{
		Reason: "reviews_missing",
		OK: func(f *ApplicationFacts, _ *Command, _ time.Time) bool {
			return int64(f.Reviews) >= f.Opportunity.ReviewsNeeded
		},
		Words: func(f *ApplicationFacts, _ *Command) Words {
			return Words{"submitted": f.Reviews, "needed": f.Opportunity.ReviewsNeeded}
		},
	}
	amountAboveZero = applicationGuard{
		Reason: "amount_zero",
		OK:     func(_ *ApplicationFacts, c *Command, _ time.Time) bool { return c.Cents(fieldAmount) > 0 },
		Field:  &fieldAmount,
	}
	withinRequest = applicationGuard{
		Reason: "over_requested",
		OK: func(f *ApplicationFacts, c *Command, _ time.Time) bool {
			return c.Cents(fieldAmount) <= f.Requested
		},
		Words: func(f *ApplicationFacts, c *Command) Words {
			return Words{"amount": c.Cents(fieldAmount), "limit": f.Requested}
		},
		Field: &fieldAmount,
	}
	amountWithinCap = applicationGuard{
		Reason: "over_award_cap",
		OK: func(f *ApplicationFacts, c *Command, _ time.Time) bool {
			return c.Cents(fieldAmount) <= f.Opportunity.Cap()
		},
		Words: func(f *ApplicationFacts, c *Command) Words {
			return Words{"amount": c.Cents(fieldAmount), "limit": f.Opportunity.Cap()}
		},
		Field: &fieldAmount,
	}
	fundRuns = applicationGuard{
		Reason: reasonFundExpired,
		OK:     func(f *ApplicationFacts, _ *Command, _ time.Time) bool { return !f.FundExpired },
	}
	fundsAvailable = applicationGuard{
		Reason: ReasonFunds,
		OK: func(f *ApplicationFacts, c *Command, _ time.Time) bool {
			return c.Cents(fieldAmount) <= f.Available
		},
		Words: func(f *ApplicationFacts, c *Command) Words {
			return Words{"amount": c.Cents(fieldAmount), "available": f.Available}
		},
		Field: &fieldAmount,
	}
	withinRecommendation = applicationGuard{
		Reason: "over_recommended",
		OK: func(f *ApplicationFacts, c *Command, _ time.Time) bool {
			return c.Cents(fieldAmount) <= f.Recommended
		},
		Words: func(f *ApplicationFacts, c *Command) Words {
			return Words{"amount": c.Cents(fieldAmount), "limit": f.Recommended}
		},
		Field: &fieldAmount,
	}
	withinGroupCap = applicationGuard{
		Reason: ReasonGroupCap,
		OK: func(f *ApplicationFacts, c *Command, _ time.Time) bool {
			return c.Cents(fieldAmount) <= f.Opportunity.Cap()-f.GroupAwarded
		},
		Words: func(f *ApplicationFacts, c *Command) Words {
			return Words{"amount": c.Cents(fieldAmount), "awarded": f.GroupAwarded, "limit": f.Opportunity.Cap()}
		},
		Field: &fieldAmount,
	}
	notRecommender = applicationGuard{
		Reason: "you_recommended_this",
		OK:     func(f *ApplicationFacts, c *Command, _ time.Time) bool { return !c.Counts(f.RecommendedBy) },
		Duty:   true,
	}
	applicantScreened, applicantUnlisted, applicantRegistered = payeeGuards(func(f *ApplicationFacts) *Payee { return &f.Payee })

	clearancesFresh = applicationGuard{
		Reason: "clearances_missing",
		OK:     func(f *ApplicationFacts, _ *Command, _ time.Time) bool { return len(f.Uncleared) == 0 },
		Words:  func(f *ApplicationFacts, _ *Command) Words { return Words{"missing": f.Uncleared} },
	}
	appealWindow = applicationGuard{
		Reason: "appeal_window_over",
		OK: func(f *ApplicationFacts, c *Command, _ time.Time) bool {
			return c.Received.Before(f.appealEnds())
		},
		Words: func(f *ApplicationFacts, _ *Command) Words { return Words{"ended": f.appealEnds()} },
	}
	appealUnspent = applicationGuard{
		Reason: "appeal_spent",
		OK:     func(f *ApplicationFacts, _ *Command, _ time.Time) bool { return !f.AppealSpent },
	}
	actedOnNothing = applicationGuard{
		Reason: "you_acted_on_this",
		OK: func(f *ApplicationFacts, c *Command, _ time.Time) bool {
			for _, person := range f.Acted {
				if c.Counts(person) {
					return false
				}
			}
			return true
		},
		Duty: true,
	}
	exceptionApproved = applicationGuard{
		Reason: ReasonException,
		OK: func(f *ApplicationFacts, _ *Command, now time.Time) bool {
			return f.Exception.Allows(Rectify, f.ID, now)
		},
	}
	awardUnsigned = applicationGuard{
		Reason: "award_signed",
		OK: func(f *ApplicationFacts, _ *Command, _ time.Time) bool {
			return f.State != Awarded || f.LiveAward.State == Offered || f.LiveAward.State == ChangeRequested
		},
	}
	dueAhead = applicationGuard{
		Reason: reasonDueAhead,
		OK: func(_ *ApplicationFacts, c *Command, now time.Time) bool {
			return DateOf(now).Before(c.Date(fieldDue))
		},
		Field: &fieldDue,
	}
	replyOverdue = applicationGuard{
		Reason: "reply_not_overdue",
		OK:     func(f *ApplicationFacts, _ *Command, now time.Time) bool { return f.ReplyDue.Before(DateOf(now)) },
		Words:  func(f *ApplicationFacts, _ *Command) Words { return Words{"due": f.ReplyDue.String()} },
	}
	awardIsOver = applicationGuard{
		Reason: "award_lives",
		OK: func(f *ApplicationFacts, _ *Command, _ time.Time) bool {
			return f.LiveAward.State == Refused || f.LiveAward.State == Lapsed || f.LiveAward.State == Rescinded
		},
	}
)

// codesKnown holds when the terms list every code that came.
func codesKnown(list func(*Terms) []string) applicationGuard {
	return applicationGuard{
		Reason: "code_unknown",
		OK: func(f *ApplicationFacts, c *Command, _ time.Time) bool {
			known := list(f.Terms)
			for code := range strings.SplitSeq(c.Text(fieldCodes), ",") {
				if code != "" && !slices.Contains(known, code) {
					return false
				}
			}
			return true
		},
		Words: func(f *ApplicationFacts, _ *Command) Words { return Words{"codes": list(f.Terms)} },
		Field: &fieldCodes,
	}
}

// verdictIs holds when the revenue rule, run now, comes to want. The refusal
// gives the rule's own first reason.
func verdictIs(want Outcome) applicationGuard {
	return applicationGuard{
		Reason: Reason("verdict_not_" + want.String()),
		OK:     func(f *ApplicationFacts, _ *Command, _ time.Time) bool { return f.Verdict.Outcome == want },
		Words:  func(f *ApplicationFacts, _ *Command) Words { return f.Verdict.words() },
	}
}

// moved reports whether the revenue rule, run now, comes to another verdict than
// the stored one. Where it was not run, nothing is known to have moved.
func (f *ApplicationFacts) moved() bool {
	return f.Verdict.Rule != "" && f.Application.Verdict != "" && f.Verdict.differs(f.Application.Verdict)
}

// news are the numbers behind evidence that changed: the sum now and as it stood.
func (f *ApplicationFacts) news() Words {
	was := readVerdict(f.Application.Verdict)
	now := f.Verdict
	if now.Rule == "" {
		now = was
	}
	return Words{"sum": now.Sum, "was": was.Sum, "outcome": now.Outcome.String()}
}

// Missing lists the names of the fields that a submission under terms t still
// lacks, those of its questions as "answers.NAME".
func (a *Application) Missing(t *Terms) []string {
	var out []string
	for _, f := range []struct {
		name  string
		blank bool
	}{
		{"title", a.Title == ""}, {"summary", a.Summary == ""}, {"approach", a.Approach == ""},
		{"outcome", a.Outcome == ""}, {"requested", a.Requested <= 0}, {"months", a.Months == 0},
	} {
		if f.blank {
			out = append(out, f.name)
		}
	}
	return append(out, t.unanswered(a.Answers)...)
}

// deadline returns the instant from which no submission counts any more: the
// opportunity's with its grace, or the personal one. Zero means there is none.
func (f *ApplicationFacts) deadline() time.Time {
	closes := f.Opportunity.lastInstant()
	if own := f.PersonalDeadline(&f.Opportunity); !closes.IsZero() && own.After(closes) {
		return own
	}
	return closes
}

// PersonalDeadline returns the end of a's personal extension in o: later than it
// was given by what pauses and outages have moved since. Zero means that there is none.
func (a *Application) PersonalDeadline(o *Opportunity) time.Time {
	if a.ExtendedUntil.IsZero() {
		return a.ExtendedUntil
	}
	// A pause during which it was given counts in MovedBefore before it does in Moved.
	return a.ExtendedUntil.Add(time.Duration(max(0, o.Moved-a.MovedBefore)) * time.Microsecond)
}

// takes reports whether a submission that had been read at t counts. The
// opportunity may have been closed while it waited in a queue, and stays closed
// to everybody without a personal extension. What came before a pause counts.
func (f *ApplicationFacts) takes(t time.Time) bool {
	ends := f.deadline()
	return (f.Opportunity.State == Open || f.Opportunity.State == Closed || f.Opportunity.State == Paused && !f.pausedAt(t)) &&
		!t.Before(f.Opportunity.Opens) && (ends.IsZero() || t.Before(ends))
}

// over reports whether no submission can count any more at t. A pause stops the clock.
func (f *ApplicationFacts) over(t time.Time) bool {
	switch f.Opportunity.State {
	case Open, Closed:
		ends := f.deadline()
		return !ends.IsZero() && !t.Before(ends)
	case Cancelled, Archived:
		return true
	default:
		return false
	}
}

// late reports whether an extension at t comes after the deadline.
func (f *ApplicationFacts) late(t time.Time) bool { return f.State == Expired || f.over(t) }

// pausedAt reports whether the opportunity takes nothing at t, for now.
func (f *ApplicationFacts) pausedAt(t time.Time) bool {
	return f.Opportunity.State == Paused && !t.Before(f.Opportunity.PausedAt)
}

func (f *ApplicationFacts) appealEnds() time.Time {
	return f.DecidedAt.AddDate(0, 0, int(f.Opportunity.AppealDays))
}

// move posts cents of this application's case from one account to another.
func (f *ApplicationFacts) move(s *Step, debit, credit Account, cents Cents) {
	s.Post(Posting{Fund: f.Fund, Application: f.ID, Debit: debit, Credit: credit, Cents: cents})
}

// release gives what is committed back to the fund.
func (f *ApplicationFacts) release(s *Step) {
	f.move(s, Committed, Available, f.Committed)
	f.Committed = 0
}

// handled notes the first person of the staff who acted, the officer who took
// the case on, and what they wrote.
func (f *ApplicationFacts) handled(c *Command) {
	if f.HandledBy == 0 {
		f.HandledBy = c.Actor.Person
	}
	if f.Officer == 0 && c.Roles.Has(ProgramOfficer) {
		f.Officer = c.Actor.Person
	}
	c.setText(&f.Note, fieldNote)
	c.setText(&f.Codes, fieldCodes)
}

func startApplication(f *ApplicationFacts, c *Command, s *Step) {
	f.Opportunity.nameApplication(&f.Application)
	f.Application.Organization = f.Organization.ID
	f.StartedBy = c.Actor.Person
	saveApplication(f, c, s)
}

func saveApplication(f *ApplicationFacts, c *Command, s *Step) {
	f.write(c)
	f.attach(c, s)
}

// write takes over the applicant's fields that came with c, and only those.
func (f *ApplicationFacts) write(c *Command) {
	for _, in := range c.Inputs {
		switch in.Name {
		case "title":
			f.Title = in.Text
		case "summary":
			f.Summary = in.Text
		case "approach":
			f.Approach = in.Text
		case "outcome":
			f.Outcome = in.Text
		case "requested":
			f.Requested = in.Cents
		case "months":
			f.Months = in.Int
		case "certified":
			f.Certified = in.Int == 1
		case "answers":
			f.Answers = mergeAnswers(f.Answers, in.Text)
		}
	}
}

func submitApplication(f *ApplicationFacts, c *Command, s *Step) {
	f.Submissions++
	f.SubmittedAt, f.SubmittedBy = c.Received, c.Actor.Person
	if f.Application.Terms = f.Opportunity.Terms; f.Application.Terms == "" {
		f.Application.Terms = s.Store(f.Opportunity.terms().JSON())
	}
	f.Blind = strings.Join(f.Terms.Or().Blind, ",")
	f.Snapshot, f.Sent, f.Aside = s.Store(f.snapshot()), "", ""
	f.Terms.require(s, f.ID, f.Has)
	s.Enqueue(JobDuplicates, f.Organization.ID)
	if f.Payee.Stale() {
		s.Enqueue(JobScreening, f.Organization.ID)
	}
	if f.Opportunity.Rolling {
		s.Enqueue(JobScreen, f.ID)
	}
}

// reopenApplication keeps what was sent: it counts again unless a new submission
// takes its place. What the case is flagged for apart from its evidence goes on.
func reopenApplication(f *ApplicationFacts, _ *Command, _ *Step) {
	f.Sent = string(mustJSON(f.content()))
	f.VerdictOutcome, f.Application.Verdict, f.DecidedAt = "", "", time.Time{}
	f.lower(slices.DeleteFunc(slices.Clone(FlagCodes), func(code string) bool { return slices.Contains(lastingFlags, code) })...)
}

// restoreApplication puts back what was sent and keeps the later edits aside.
func restoreApplication(f *ApplicationFacts, _ *Command, s *Step) {
	if edits := string(mustJSON(f.content())); edits != f.Sent {
		f.Aside = edits
		f.setContent(f.Sent)
	}
	f.Sent = ""
	s.Enqueue(JobScreen, f.ID)
}

// content is what the applicant writes.
type content struct {
	Title, Summary, Approach, Outcome string
	Requested                         Cents
	Months                            int64
	Certified                         bool
	Answers                           string      `json:",omitempty"`
	Documents                         Attachments `json:",omitempty"`
}

func (a *Application) content() content {
	return content{a.Title, a.Summary, a.Approach, a.Outcome, a.Requested, a.Months, a.Certified, a.Answers, a.Documents}
}

// setContent takes over what reopenApplication wrote.
func (a *Application) setContent(sent string) {
	var was content
	if err := json.Unmarshal([]byte(sent), &was); err != nil {
		panic(fmt.Sprintf("workflow: application %s: what was sent cannot be read: %v", a.ID, err))
	}
	a.Title, a.Summary, a.Approach, a.Outcome = was.Title, was.Summary, was.Approach, was.Outcome
	a.Requested, a.Months, a.Certified, a.Answers = was.Requested, was.Months, was.Certified, was.Answers
	a.Documents = was.Documents
}

func storeVerdict(f *ApplicationFacts, _ *Command, s *Step) {
	f.Application.VerdictOutcome, f.Application.Verdict = f.Verdict.Outcome.String(), f.Verdict.JSON()
	if s.End == Ineligible {
		f.DecidedAt = s.At
	}
}

// rescreenApplication stores the verdict that later evidence led to. Nobody takes
// the case further before an officer has looked.
func rescreenApplication(f *ApplicationFacts, c *Command, s *Step) {
	f.EvidenceChanged = true
	f.raise(flagEvidence, s)
	storeLater(f, c, s)
}

// storeLater stores the verdict of a case that had one; where it does not pass any
// more, the case goes back to screening.
func storeLater(f *ApplicationFacts, c *Command, s *Step) {
	storeVerdict(f, c, s)
	if f.Verdict.Outcome != Pass && contains(referable, s.Start) {
		s.Raise(Child{Noun: NounApplication, Action: ActRefer, ID: f.ID})
	}
}

// referable are the states from which a case goes back to screening.
var referable = in(InReview, Recommended, Waitlisted)

// lookApplication notes which flags an officer has looked at. Whoever has seen the
// evidence has seen it as it stands now.
func lookApplication(f *ApplicationFacts, c *Command, s *Step) {
	f.handled(c)
	codes := strings.Split(c.Text(fieldFlags), ",")
	if f.lower(codes...); slices.Contains(codes, flagEvidence) {
		storeLater(f, c, s)
	}
}

// screenApplication is an officer's decision about the evidence as it stands, which
// answers what the case was flagged for. A lost clearance stays lost.
func screenApplication(f *ApplicationFacts, c *Command, _ *Step) {
	f.handled(c)
	f.lower(slices.DeleteFunc(slices.Clone(FlagCodes), func(code string) bool { return code == flagLost })...)
}

// screenRefer says why a case whose verdict passes is looked at all the same.
func screenRefer(f *ApplicationFacts, c *Command, s *Step) {
	if storeVerdict(f, c, s); f.Verdict.Outcome == Pass {
		f.raise(flagListed, s)
	}
}

// lost reports whether the clearance that a refer names is one of the case, and
// does not hold at now.
func (f *ApplicationFacts) lost(now time.Time) bool {
	return f.Lost.ID != 0 && f.Lost.Application == f.ID && !f.Lost.Stands(now)
}

func referApplication(f *ApplicationFacts, c *Command, s *Step) {
	storeVerdict(f, c, s)
	f.lower(flagEvidence) // to be looked at is what screening is for
	f.release(s)
	lost, listed := f.lost(s.At), f.Payee.Screening.Hits > 0
	if lost {
		f.raise(flagLost, s)
	}
	if listed {
		f.raise(flagListed, s)
	}
	if f.Verdict.Outcome != Pass || !lost && !listed {
		f.raise("referred_again", s)
	}
}

func handleApplication(f *ApplicationFacts, c *Command, _ *Step) { f.handled(c) }

// determineAgainst starts the appeal window. Whoever ends a case has looked at what
// it was flagged for; what comes later flags it anew.
func determineAgainst(f *ApplicationFacts, c *Command, s *Step) {
	f.handled(c)
	f.DeterminedBy, f.DecidedAt = c.Actor.Person, s.At
	f.lower(FlagCodes...)
}

func recommendApplication(f *ApplicationFacts, c *Command, s *Step) {
	f.handled(c)
	f.Recommended, f.RecommendedBy, f.Codes = c.Cents(fieldAmount), c.Actor.Person, ""
	f.Committed = f.Recommended
	f.lower(flagNext)
	f.Terms.require(s, f.ID, f.Has) // of a case from before clearances had records
	storeVerdict(f, c, s)
	f.move(s, Available, Committed, f.Committed)
}

func awardApplication(f *ApplicationFacts, c *Command, s *Step) {
	f.handled(c)
	amount := c.Cents(fieldAmount)
	storeVerdict(f, c, s)
	f.Awarded, f.DeterminedBy = amount, c.Actor.Person
	f.move(s, Committed, Available, f.Committed-amount)
	f.Committed = 0
	f.Application.Award = c.Spare
	s.Count(GroupDelta{Opportunity: f.Application.Opportunity, Organization: f.Organization.ID, Cents: amount, Cap: f.Opportunity.Cap()})
	s.Raise(Child{Noun: NounAward, Action: ActOffer, ID: c.Spare, Parent: f.ID})
}

func rectifyApplication(f *ApplicationFacts, c *Command, s *Step) {
	f.handled(c)
	f.DecidedAt, f.AppealSpent = time.Time{}, false
	s.Raise(Child{Noun: NounException, Action: ActUse, ID: f.Exception.ID})
	if s.Start == Awarded {
		s.Raise(Child{Noun: NounAward, Action: ActRescind, ID: f.LiveAward.ID, By: SelectingOfficial,
			Inputs: []Input{{Name: fieldNote.Name, Text: c.Text(fieldNote)}}})
		f.Award, f.Awarded = 0, 0
	}
}

func lapseAward(f *ApplicationFacts, _ *Command, s *Step) {
	f.Award, f.Awarded = 0, 0
	if f.Waitlisted != 0 {
		s.Raise(Child{Noun: NounApplication, Action: ActUpdate, ID: f.Waitlisted, Inputs: []Input{fieldFlag.text(flagNext)}})
	}
}

// snapshot is what the applicant sent, as it is kept for good.
func (f *ApplicationFacts) snapshot() []byte {
	return mustJSON(Submission{f.Number, f.Organization.LegalName, f.Organization.UEI,
		f.Submissions, f.SubmittedBy, f.SubmittedAt, f.deadline(), f.content()})
}

// A Submission is what an applicant sent, with what the receipt tells of it.
type Submission struct {
	Number, Organization, UEI string
	Submission                int64 // counted from 1
	SubmittedBy               ID
	SubmittedAt               time.Time
	Deadline                  time.Time `json:",omitzero"` // in force then
	content
}

// ReadSubmission reads a snapshot.
func ReadSubmission(snapshot []byte) (s Submission, err error) {
	if err = json.Unmarshal(snapshot, &s); err != nil {
		err = fmt.Errorf("workflow: what was submitted cannot be read: %w", err)
	}
	return s, err
}

// Applications is the lifecycle of an application.
var Applications = NewMachine(NounApplication,
	func(f *ApplicationFacts) *Record { return &f.Record },
	func(f *ApplicationFacts) *Standing { return &f.Standing },
	append([]Rule[ApplicationFacts]{
		{Start: in(None), Action: ActStart, By: by(Applicant, AOR), End: Draft,
			Fields: append([]Field{fieldOrganization}, ApplicantFields...),
			Guards: []applicationGuard{opportunityOpen, organizationStays, ownPeople, oneLiveApplication, answersAsked, answersFit, documentAsked, documentTypeTaken, documentSizeTaken}, Effect: startApplication},
		{Start: in(Draft), Action: ActSave, By: by(Applicant, AOR), End: Draft,
			Fields: ApplicantFields, Guards: []applicationGuard{answersAsked, answersFit, documentAsked, documentTypeTaken, documentSizeTaken}, Effect: saveApplication, Hidden: true, Always: true},
		{Start: in(Draft), Action: ActSubmit, By: by(AOR), End: Submitted,
			Guards: []applicationGuard{notPaused, inTime, organizationStays, complete, documentsThere, certified, requestWithinCap, oneLiveApplication}, Effect: submitApplication},
		{Start: in(Submitted, Screening, InReview, Ineligible), Action: ActReopen, By: by(AOR), End: Draft,
			Guards: []applicationGuard{notPaused, inTime, nobodyActed}, Effect: reopenApplication},
		{Start: in(Draft), Action: ActRestore, By: by(System), End: Submitted,
			Guards: []applicationGuard{deadlineOver, hasSnapshot}, Effect: restoreApplication},
		{Start: in(Draft), Action: ActExpire, By: by(System), End: Expired,
			Guards: []applicationGuard{deadlineOver, noSnapshot}},
		{Start: in(Draft, Expired), Action: ActExtend, By: by(ProgramLead), End: Draft,
			Fields: []Field{fieldUntil, fieldNote}, Guards: []applicationGuard{untilAhead, lateAllowed}, Effect: extendApplication},
		{Start: in(Draft, Expired), Action: ActExcuse, By: by(System), End: Draft, Fields: []Field{excusedPerson, excusedAt, excusedStatus},
			Guards: []applicationGuard{turnedAwayInTime, complete, documentsThere, certified, oneLiveApplication}, Effect: excuseApplication, Hidden: true, Always: true},
		{Start: in(Submitted), Action: ActScreenPass, By: by(System), End: InReview,
			Guards: []applicationGuard{screeningDue, verdictPass, applicantUnlisted}, Effect: storeVerdict},
		{Start: in(Submitted), Action: ActScreenRefer, By: by(System), End: Screening,
			Guards: []applicationGuard{screeningDue, somebodyLooks}, Effect: screenRefer},
		{Start: in(Submitted), Action: ActScreenFail, By: by(System), End: Ineligible,
			Guards: []applicationGuard{screeningDue, verdictIs(Fail)}, Effect: storeVerdict, Letter: true},
		{Start: in(Screening), Action: ActClear, By: by(ProgramOfficer), End: InReview,
			Fields: []Field{screeningCodes, fieldNote}, Guards: []applicationGuard{screeningCodesKnown, applicantUnlisted}, Effect: screenApplication},
		{Start: in(Screening), Action: ActFindIneligible, By: by(ProgramOfficer), End: Ineligible,
			Fields: []Field{screeningCodes, fieldNote, fieldMessage}, Guards: []applicationGuard{screeningCodesKnown}, Effect: determineAgainst, Letter: true},
		{Start: referable, Action: ActRefer, By: by(System), End: Screening, Fields: []Field{fieldLost.Opt()},
			Guards: []applicationGuard{verdictNotPass}, Effect: referApplication, Always: true},
		{Start: in(Screening, InReview, Recommended), Action: ActRequestInformation, By: by(ProgramOfficer), End: NeedsInformation,
			Fields: []Field{fieldQuestion, fieldDue}, Guards: []applicationGuard{questionsFew, dueAhead}, Effect: askApplicant, Keep: true},
		{Start: in(NeedsInformation), Action: ActExtendRequest, By: by(ProgramOfficer), End: NeedsInformation,
			Fields: []Field{fieldDue}, Guards: []applicationGuard{dueAhead, dueLater}, Effect: extendRequest, Always: true},
		{Start: in(NeedsInformation), Action: ActReply, By: by(AOR), End: Back,
			Fields: append([]Field{fieldReplies, fieldReplyFiles}, amendable...),
			Guards: []applicationGuard{everyQuestionAnswered, onlyQuestionsAnswered, replyFileAsked, replyFileType, answersAsked, answersFit, documentAsked, documentTypeTaken, documentSizeTaken},
			Effect: replyApplication, Always: true},
		{Start: in(NeedsInformation), Action: ActLapse, By: by(System), End: Back,
			Guards: []applicationGuard{replyOverdue}, Effect: lapseRequest},
		{Start: in(NeedsInformation), Action: ActCancelRequest, By: by(ProgramOfficer), End: Back,
			Effect: handleApplication, Always: true},
		{Start: in(InReview, Waitlisted), Action: ActRecommend, By: by(ProgramOfficer), End: Recommended,
			Fields: []Field{fieldAmount, fieldNote.Opt()},
			Guards: []applicationGuard{enoughReviews, amountAboveZero, withinRequest, amountWithinCap, verdictPass, evidenceSeen, fundRuns, fundsAvailable},
			Effect: recommendApplication},
		{Start: in(InReview, Waitlisted), Action: ActRecommendDecline, By: by(ProgramOfficer), End: DeclineRecommended,
			Fields: []Field{declineCodes, fieldNote}, Guards: []applicationGuard{declineCodesKnown, evidenceSeen}, Effect: recommendDecline},
		{Start: in(InReview), Action: ActWaitlist, By: by(ProgramOfficer), End: Waitlisted,
			Fields: []Field{fieldRank, fieldNote.Opt()}, Guards: []applicationGuard{evidenceSeen}, Effect: waitlistApplication},
		{Start: in(Recommended), Action: ActDefer, By: by(SelectingOfficial), End: Waitlisted,
			Fields: []Field{fieldNote}, Effect: releaseApplication},
		{Start: in(Recommended, DeclineRecommended), Action: ActReturn, By: by(SelectingOfficial), End: InReview,
			Fields: []Field{fieldNote}, Effect: releaseApplication},
		{Start: in(Recommended), Action: ActAward, By: by(SelectingOfficial), End: Awarded,
			Fields: []Field{fieldAmount, fieldNote.Opt(), fieldMessage},
			Guards: []applicationGuard{notRecommender, amountAboveZero, withinRecommendation, applicantScreened, applicantUnlisted, applicantRegistered, clearancesFresh, verdictPass, evidenceSeen, withinGroupCap},
			Effect: awardApplication, Letter: true},
		{Start: in(DeclineRecommended), Action: ActDecline, By: by(SelectingOfficial), End: Declined,
			Fields: []Field{declineCodes, fieldNote, fieldMessage}, Guards: []applicationGuard{notRecommender, declineCodesKnown, evidenceSeen}, Effect: determineAgainst, Letter: true},
		{Start: in(Declined, Ineligible), Action: ActAppeal, By: by(AOR), End: Appealed,
			Fields: []Field{fieldGrounds}, Guards: []applicationGuard{appealWindow, appealUnspent}, Effect: appealApplication, Keep: true},
		{Start: in(Appealed), Action: ActUphold, By: by(AppealsOfficial), End: Back,
			Fields: []Field{fieldNote, fieldMessage}, Guards: []applicationGuard{actedOnNothing}, Effect: handleApplication, Letter: true},
		{Start: in(Appealed), Action: ActReinstate, By: by(AppealsOfficial), End: InReview,
			Fields: []Field{fieldNote, fieldMessage}, Guards: []applicationGuard{actedOnNothing}, Effect: handleApplication, Letter: true},
		{Start: in(Declined, Ineligible, Awarded), Action: ActRectify, By: by(SelectingOfficial), End: InReview,
			Fields: []Field{fieldNote, fieldMessage}, Guards: []applicationGuard{exceptionApproved, awardUnsigned}, Effect: rectifyApplication, Letter: true},
		{Start: in(Awarded), Action: ActLapseAward, By: by(System), End: NotAccepted,
			Guards: []applicationGuard{awardIsOver}, Effect: lapseAward, Always: true},
		{Start: in(Draft, Submitted, Screening, NeedsInformation, InReview, Recommended, DeclineRecommended, Waitlisted, Appealed),
			Action: ActWithdraw, By: by(AOR), End: Withdrawn,
			Fields: []Field{fieldNote.Opt()}, Effect: withdrawApplication, Always: true},
	}, slices.Concat(evidenceRows(), flagRows(), adoptRows(), assignRows())...)...)

// evidenceUsed are the states in which a case rests on a verdict.
var evidenceUsed = in(Screening, NeedsInformation, InReview, Recommended, DeclineRecommended, Waitlisted, Awarded, Appealed)

// evidenceRows are the rows by which a case is told of evidence that changed, and
// by which an officer says what they have looked at; the state stays.
func evidenceRows() (rows []Rule[ApplicationFacts]) {
	for _, s := range evidenceUsed {
		rows = append(rows, Rule[ApplicationFacts]{Start: in(s), Action: ActRescreen, By: by(System), End: s,
			Guards: []applicationGuard{verdictMoved}, Effect: rescreenApplication, Always: true})
	}
	for _, s := range append(in(Ineligible), reviewUsed...) {
		rows = append(rows, Rule[ApplicationFacts]{Start: in(s), Action: ActAcknowledge, By: by(ProgramOfficer), End: s,
			Fields: []Field{fieldFlags, fieldNote}, Guards: []applicationGuard{flagsThere}, Effect: lookApplication, Always: true})
	}
	return rows
}

// reviewUsed are the states that an application reaches after a review may have
// been counted.
var reviewUsed = in(Screening, NeedsInformation, InReview, Recommended, DeclineRecommended, Waitlisted, Awarded, Declined,
	Appealed, NotAccepted)

// flagRows are the rows by which others flag a case, as a review that is taken out
// does, or take a flag back; the state stays.
func flagRows() (rows []Rule[ApplicationFacts]) {
	for _, s := range append(in(Draft, Submitted, Ineligible), reviewUsed...) {
		rows = append(rows, Rule[ApplicationFacts]{Start: in(s), Action: ActUpdate, By: by(System), End: s,
			Fields: []Field{fieldFlag, fieldUnflag}, Effect: flagApplication, Always: true, Hidden: true})
	}
	return rows
}

// undecided are the states of an application that new terms still can decide about.
var undecided = in(Submitted, Screening, NeedsInformation, InReview, Recommended, DeclineRecommended, Waitlisted)

// adoptRows are the rows by which a submitted application is moved to the terms
// that its opportunity has now; the state stays, and the rules run again.
func adoptRows() []Rule[ApplicationFacts] {
	rows := make([]Rule[ApplicationFacts], len(undecided))
	for i, s := range undecided {
		rows[i] = Rule[ApplicationFacts]{Start: in(s), Action: ActAdopt, By: by(ProgramLead), End: s,
			Fields: []Field{fieldNote}, Guards: []applicationGuard{termsMoved}, Effect: adoptTerms}
	}
	return rows
}

func adoptTerms(f *ApplicationFacts, c *Command, s *Step) {
	f.Note, f.Application.Terms = c.Text(fieldNote), f.Opportunity.Terms
	f.Blind = strings.Join(f.Newest.Or().Blind, ",")
	f.raise(flagTerms, s)
	f.Newest.require(s, f.ID, f.Has)
	s.Enqueue(JobEvidence, f.Organization.ID)
}

// extendApplication uses up the exception that an extension after the deadline needs.
func extendApplication(f *ApplicationFacts, c *Command, s *Step) {
	if s.Start == Expired || f.over(s.At) {
		s.Raise(Child{Noun: NounException, Action: ActUse, ID: f.Exception.ID})
	}
	f.Note = c.Text(fieldNote)
	f.extend(c.Time(fieldUntil), s.At)
}

// extend gives a personal extension, which later pauses and outages move.
func (f *ApplicationFacts) extend(until, at time.Time) {
	f.ExtendedUntil, f.MovedBefore = until, f.Opportunity.movedAt(at)
}

// excuse is for how long somebody may submit after we turned their submission away.
const excuse = time.Hour

// excuseApplication gives a personal grace: the submission was complete and came in
// time, and it was our fault that it was not taken.
func excuseApplication(f *ApplicationFacts, _ *Command, s *Step) {
	if until := s.At.Add(excuse); until.After(f.PersonalDeadline(&f.Opportunity)) {
		f.extend(until, s.At)
	}
}

func recommendDecline(f *ApplicationFacts, c *Command, _ *Step) {
	f.handled(c)
	f.Recommended, f.RecommendedBy = 0, c.Actor.Person
}

func waitlistApplication(f *ApplicationFacts, c *Command, _ *Step) {
	f.handled(c)
	f.Rank = c.Int(fieldRank)
}

func releaseApplication(f *ApplicationFacts, c *Command, s *Step) {
	f.handled(c)
	f.release(s)
}

func withdrawApplication(f *ApplicationFacts, c *Command, s *Step) {
	c.setText(&f.Note, fieldNote)
	f.lower(FlagCodes...)
	f.release(s)
}

func flagApplication(f *ApplicationFacts, c *Command, s *Step) {
	if c.Checked(fieldUnflag) {
		f.lower(c.Text(fieldFlag))
		return
	}
	f.raise(c.Text(fieldFlag), s)
}

func appealApplication(f *ApplicationFacts, c *Command, _ *Step) {
	f.Grounds, f.AppealSpent = c.Text(fieldGrounds), true
}
