package policy

import (
	"cmp"
	"fmt"
	"slices"

	"tranche/workflow"
)

// The reasons of problems. Each has a sentence in the word lists that says what
// was expected, and where it helps what was found.
const (
	reasonTooLarge    workflow.Reason = "policy_too_large"
	reasonEncoding    workflow.Reason = "policy_not_utf8"
	reasonSyntax      workflow.Reason = "policy_syntax"
	reasonDepth       workflow.Reason = "policy_too_deep"
	reasonDocuments   workflow.Reason = "policy_two_documents"
	reasonAlias       workflow.Reason = "policy_alias"
	reasonTooMany     workflow.Reason = "policy_too_many_problems"
	reasonNotMap      workflow.Reason = "policy_not_map"
	reasonNotList     workflow.Reason = "policy_not_list"
	reasonNotText     workflow.Reason = "policy_not_text"
	reasonUnknown     workflow.Reason = "policy_unknown_key"
	reasonTwice       workflow.Reason = "policy_twice"
	reasonMissing     workflow.Reason = "policy_missing"
	reasonTooLong     workflow.Reason = "policy_too_long"
	reasonNotCode     workflow.Reason = "policy_not_code"
	reasonNotName     workflow.Reason = "policy_not_name"
	reasonNotNumber   workflow.Reason = "policy_not_number"
	reasonNotMoney    workflow.Reason = "policy_not_money"
	reasonNotDate     workflow.Reason = "policy_not_date"
	reasonNotMoment   workflow.Reason = "policy_not_moment"
	reasonSkipped     workflow.Reason = "policy_moment_skipped"
	reasonTwoMoments  workflow.Reason = "policy_moment_twice"
	reasonOffset      workflow.Reason = "policy_offset_wrong"
	reasonNotYes      workflow.Reason = "policy_not_yes_or_no"
	reasonNotOneOf    workflow.Reason = "policy_not_one_of"
	reasonCapRaised   workflow.Reason = "policy_cap_raised"
	reasonWeights     workflow.Reason = "policy_weights"
	reasonVerdictDays workflow.Reason = "policy_eligibility_days"
	reasonAnchors     workflow.Reason = "policy_anchors_not_rising"
	reasonNotAfter    workflow.Reason = "policy_not_after"
	reasonOverlap     workflow.Reason = "policy_phases_overlap"
	reasonOutside     workflow.Reason = "policy_outside_phase"
	reasonFieldUnused workflow.Reason = "policy_field_missing"
	reasonRemind      workflow.Reason = "policy_remind_late"
	reasonLanguage    workflow.Reason = "policy_format"
	reasonRule        workflow.Reason = "policy_rule"
	reasonRuleNotBool workflow.Reason = "policy_rule_not_bool"
	reasonRuleCostly  workflow.Reason = "policy_rule_costly"
	reasonUnasked     workflow.Reason = "policy_rule_unasked"
	reasonTopic       workflow.Reason = "policy_topic"
	reasonBlind       workflow.Reason = "policy_blind"
)

// Reasons lists every reason that a problem can have, for the word lists.
var Reasons = []workflow.Reason{
	reasonTooLarge, reasonEncoding, reasonSyntax, reasonDepth, reasonDocuments, reasonAlias, reasonTooMany, reasonNotMap, reasonNotList, reasonNotText,
	reasonUnknown, reasonTwice, reasonMissing, reasonTooLong, reasonNotCode, reasonNotName, reasonNotNumber, reasonNotMoney,
	reasonNotDate, reasonNotMoment, reasonSkipped, reasonTwoMoments, reasonOffset, reasonNotYes, reasonNotOneOf, reasonCapRaised,
	reasonWeights, reasonVerdictDays, reasonAnchors, reasonNotAfter, reasonOverlap, reasonOutside, reasonFieldUnused, reasonRemind, reasonLanguage,
	reasonRule, reasonRuleNotBool, reasonRuleCostly, reasonUnasked, reasonTopic, reasonBlind,
}

// A Problem is one mistake in a file: where it stands and what is wrong.
type Problem struct {
	File   string
	Line   int             // counted from one
	Column int             // in characters, counted from one
	Path   string          // such as opportunities[0].closes; "" for the file as a whole
	Reason workflow.Reason // one of Reasons
	Words  workflow.Words  // what the sentence needs, or nil
}

// Place writes where p stands: "FILE:12:5".
func (p *Problem) Place() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column) }

// Problems are the mistakes of one file, in the order of their places.
type Problems []Problem

// Error is for logs.
func (p Problems) Error() string {
	return fmt.Sprintf("policy: %d problems, the first at %s: %s", len(p), p[0].Place(), p[0].Reason)
}

func (p Problems) sort() {
	slices.SortStableFunc(p, func(a, b Problem) int { return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column)) })
}
