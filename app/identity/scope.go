package identity

import (
	"fmt"
	"strings"

	"tranche/workflow"
)

// A Scope is one kind of act that an API token may be made for. A session has all
// of them. No scope includes another one, and none gives a role: a token can do
// less than its person, never more.
type Scope uint8

// The scopes.
const (
	Read    Scope = 1 << iota // look
	Write                     // prepare, correct, ask, stop, and take back what is not decided yet
	Sign                      // bind the organization or the government, as a signature does
	Approve                   // decide about a case, a claim, money, or who may do what
	Certify                   // answer for it that accounts and batches are right
	Export                    // let files out that pay people, and say what became of them
)

// Scopes is a set of scopes.
type Scopes uint8

// AllScopes is what a session has.
const AllScopes = Scopes(Read | Write | Sign | Approve | Certify | Export)

// byName is sorted by name, like workflow.TokenScopes.
var byName = []struct {
	name  string
	scope Scope
}{{"approve", Approve}, {"certify", Certify}, {"export", Export}, {"read", Read}, {"sign", Sign}, {"write", Write}}

// ScopesOf returns the set of the scopes in s.
func ScopesOf(s ...Scope) (set Scopes) {
	for _, one := range s {
		set |= Scopes(one)
	}
	return set
}

// Has reports whether s is in the set.
func (set Scopes) Has(s Scope) bool { return set&Scopes(s) != 0 }

// String returns the stored text of the set: its names sorted and joined by a comma.
func (set Scopes) String() string {
	var names []string
	for _, one := range byName {
		if set.Has(one.scope) {
			names = append(names, one.name)
		}
	}
	return strings.Join(names, ",")
}

// String returns the name of a scope, such as "sign".
func (s Scope) String() string { return Scopes(s).String() }

// ParseScopes reads names joined by a comma, in any order.
func ParseScopes(list string) (set Scopes, err error) {
	for name := range strings.SplitSeq(list, ",") {
		s := scopeNamed(name)
		if s == 0 {
			return 0, fmt.Errorf("identity: no scope is called %q", name)
		}
		set |= Scopes(s)
	}
	return set, nil
}

func scopeNamed(name string) Scope {
	for _, one := range byName {
		if one.name == name {
			return one.scope
		}
	}
	return 0
}

// ScopeFor returns the scope that a token needs for an action. Acts that only
// stop something or send it back, such as placing a hold or returning a batch,
// need no more than Write: nobody should hesitate to do them.
func ScopeFor(noun workflow.Noun, action workflow.Action) Scope {
	for scope, actions := range special[noun] {
		for _, one := range actions {
			if one == action {
				return scope
			}
		}
	}
	return Write
}

// special lists the acts that Write does not cover. Handing out roles, changing
// people, and changing a program's bank or thresholds are among them: who can do
// that can get everything else.
var special = map[workflow.Noun]map[Scope][]workflow.Action{
	workflow.NounAffiliation: {Approve: {workflow.ActConfirm, workflow.ActDeny}},
	workflow.NounElimination: {Approve: {workflow.ActConfirm, workflow.ActDeny}},
	workflow.NounRate:        {Approve: {workflow.ActCreate, workflow.ActWithdraw}},
	workflow.NounApplication: {
		Sign: {workflow.ActSubmit, workflow.ActAppeal, workflow.ActWithdraw},
		Approve: {workflow.ActClear, workflow.ActFindIneligible, workflow.ActRecommend, workflow.ActRecommendDecline, workflow.ActWaitlist,
			workflow.ActDefer, workflow.ActReturn, workflow.ActAward, workflow.ActDecline, workflow.ActUphold, workflow.ActReinstate,
			workflow.ActRectify, workflow.ActAdopt, workflow.ActAcknowledge},
	},
	workflow.NounClearance: {Approve: {workflow.ActClear, workflow.ActRefuse, workflow.ActReopen, workflow.ActWaive}},
	workflow.NounPolicy:    {Approve: {workflow.ActApply}},
	workflow.NounList:      {Approve: {workflow.ActCreate}},
	workflow.NounScreening: {Approve: {workflow.ActCreate, workflow.ActScreen}},
	workflow.NounHit:       {Approve: {workflow.ActDismiss, workflow.ActConfirm, workflow.ActReopen}},
	workflow.NounConflict:  {Approve: {workflow.ActConfirm, workflow.ActWaive}},
	workflow.NounDuplicate: {Approve: {workflow.ActDismiss, workflow.ActLink, workflow.ActMerge, workflow.ActUndo, workflow.ActReopen}},
	workflow.NounAward: {
		Sign: {workflow.ActAccept, workflow.ActRefuse, workflow.ActCountersign},
		Approve: {workflow.ActRevise, workflow.ActRescind, workflow.ActSuspend, workflow.ActResume, workflow.ActFinish, workflow.ActTerminate,
			workflow.ActClose, workflow.ActCloseUnilaterally, workflow.ActAcknowledge},
	},
	workflow.NounAmendment: {
		Sign:    {workflow.ActRequest, workflow.ActSign, workflow.ActWithdraw},
		Approve: {workflow.ActApprove, workflow.ActReject},
	},
	workflow.NounClaim: {
		Sign:    {workflow.ActSubmit},
		Approve: {workflow.ActVerify, workflow.ActApprove, workflow.ActReject},
	},
	workflow.NounFinding: {Approve: {workflow.ActDismiss, workflow.ActSustain}},
	workflow.NounDebt: {
		Sign:    {workflow.ActDispute},
		Approve: {workflow.ActDemand, workflow.ActUphold, workflow.ActCancel, workflow.ActRefer, workflow.ActOffset, workflow.ActWriteOff},
		Certify: {workflow.ActRepay},
	},
	workflow.NounReport: {
		Sign:    {workflow.ActSubmit},
		Approve: {workflow.ActAccept},
	},
	workflow.NounPayment: {
		Approve: {workflow.ActRelease, workflow.ActMisdirect, workflow.ActCancel},
		Certify: {workflow.ActRecall},
	},
	workflow.NounBatch: {
		Certify: {workflow.ActApprove},
		Export:  {workflow.ActExport, workflow.ActAcknowledge},
	},
	workflow.NounBankAccount: {
		Sign:    {workflow.ActEnter},
		Certify: {workflow.ActVerify, workflow.ActConfirm, workflow.ActReject},
	},
	workflow.NounHold:      {Approve: {workflow.ActLift}},
	workflow.NounException: {Approve: {workflow.ActApprove, workflow.ActDeny}},
	workflow.NounProgram:   {Approve: {workflow.ActCreate, workflow.ActUpdate}},
	workflow.NounFund:      {Approve: {workflow.ActAppropriate}},
	workflow.NounPerson:    {Approve: {workflow.ActCreate, workflow.ActUpdate, workflow.ActRevoke}},
	workflow.NounGrant:     {Approve: {workflow.ActCreate, workflow.ActRevoke}},

	workflow.NounDelegation: {Approve: {workflow.ActCreate}},
}
