package workflow

import "time"

// A Notice is something that people are told of by mail.
type Notice struct {
	Kind   string // its words are those under mail.<kind>
	Noun   Noun
	Action Action
	To     NoticeTo
}

// A NoticeTo says whom a notice is for.
type NoticeTo uint8

const (
	// ToRepresentatives is for those who may sign for the organization.
	ToRepresentatives NoticeTo = iota
	// ToOfficer is for the officer whose case it is, if it is somebody's.
	ToOfficer
	// ToOfficerAndLeads is for the officer whose case it is, and for the leads of its program.
	ToOfficerAndLeads
	// ToContacts is for those who may sign now, and those who might when the bank
	// account before was entered: whoever changes it may have shut them out.
	ToContacts
)

// Notices lists what people are told of by mail.
var Notices = []Notice{
	{"submission_received", NounApplication, ActSubmit, ToRepresentatives},
	{"information_requested", NounApplication, ActRequestInformation, ToRepresentatives},
	{"request_extended", NounApplication, ActExtendRequest, ToRepresentatives},
	{"request_cancelled", NounApplication, ActCancelRequest, ToRepresentatives},
	{"request_lapsed", NounApplication, ActLapse, ToRepresentatives},
	{"reply_received", NounApplication, ActReply, ToOfficer},
	{"determination_made", NounApplication, ActScreenFail, ToRepresentatives},
	{"determination_made", NounApplication, ActFindIneligible, ToRepresentatives},
	{"determination_made", NounApplication, ActDecline, ToRepresentatives},
	{"determination_made", NounApplication, ActUphold, ToRepresentatives},
	{"determination_made", NounApplication, ActReinstate, ToRepresentatives},
	{"determination_made", NounApplication, ActRectify, ToRepresentatives},
	{"offer_made", NounAward, ActOffer, ToRepresentatives},
	{"offer_revised", NounAward, ActRevise, ToRepresentatives},
	{"amendment_requested", NounAmendment, ActRequest, ToRepresentatives},
	{"amendment_approved", NounAmendment, ActApprove, ToRepresentatives},
	{"amendment_rejected", NounAmendment, ActReject, ToRepresentatives},
	{"amendment_signed", NounAmendment, ActSign, ToRepresentatives},
	{"claim_queried", NounClaim, ActQuery, ToRepresentatives},
	{"claim_rejected", NounClaim, ActReject, ToRepresentatives},
	{"finding_raised", NounFinding, ActCreate, ToRepresentatives},
	{"finding_decided", NounFinding, ActDismiss, ToRepresentatives},
	{"finding_decided", NounFinding, ActSustain, ToRepresentatives},
	{"debt_demanded", NounDebt, ActDemand, ToRepresentatives},
	{"debt_decided", NounDebt, ActUphold, ToRepresentatives},
	{"debt_decided", NounDebt, ActCancel, ToRepresentatives},
	{"report_returned", NounReport, ActReturn, ToRepresentatives},
	{"payment_returned", NounPayment, ActReturn, ToRepresentatives},
	{"bank_account_changed", NounBankAccount, ActEnter, ToContacts},
}

// Reminders lists what people are reminded of before it is too late, each once for the
// event that set the deadline.
var Reminders = []Notice{
	{"reply_reminder", NounApplication, ActRequestInformation, ToRepresentatives},
	{"reply_reminder", NounApplication, ActExtendRequest, ToRepresentatives},
	{"offer_reminder", NounAward, ActOffer, ToRepresentatives},
	{"offer_reminder", NounAward, ActRevise, ToRepresentatives},
	{"draft_reminder", NounApplication, ActStart, ToRepresentatives},
	{"report_reminder", NounReport, ActMake, ToRepresentatives},
	{"report_reminder", NounReport, ActReturn, ToRepresentatives},
	{"report_reminder", NounReport, ActAmend, ToRepresentatives},
	{"closeout_reminder", NounAward, ActFinish, ToRepresentatives},
	{"closeout_reminder", NounAward, ActTerminate, ToRepresentatives},
	{"closeout_overdue", NounAward, ActFinish, ToRepresentatives},
	{"closeout_overdue", NounAward, ActTerminate, ToRepresentatives},
	{"report_overdue", NounReport, ActMake, ToRepresentatives},
	{"report_overdue", NounReport, ActReturn, ToRepresentatives},
	{"report_overdue", NounReport, ActAmend, ToRepresentatives},
}

// ServiceReminders lists what the staff is told of a case that is about to stay in its
// state for longer than its level allows, and of one that has: each once for the event
// that brought it there.
var ServiceReminders = []Notice{
	{"service_reminder", NounApplication, NoAction, ToOfficer},
	{"service_over", NounApplication, NoAction, ToOfficerAndLeads},
}

// RemindBefore is how long before a deadline people are reminded.
const RemindBefore = 3 * 24 * time.Hour

// RemindReport is how long before it is due recipients are reminded of a report, which
// takes longer to write than an answer.
const RemindReport = 14 * 24 * time.Hour

// NoticeOf returns what people are told by mail of an action, and false when it is
// nothing.
func NoticeOf(noun Noun, action Action) (Notice, bool) {
	for _, n := range Notices {
		if n.Noun == noun && n.Action == action {
			return n, true
		}
	}
	return Notice{}, false
}

// The kinds of jobs by which people are told: JobTell writes the mails about an event,
// JobMail sends one.
const (
	JobTell = "tell"
	JobMail = "mail"
)

// MailTries is how often a mail is tried; the waits between grow from a second to almost
// two hours.
const MailTries = 10
