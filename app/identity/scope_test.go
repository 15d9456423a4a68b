package identity

import (
	"slices"
	"strings"
	"testing"

	"tranche/workflow"
)

// written is the matrix of what a token needs, by hand: nothing is taken from
// the code that it checks. Actions that only the house performs are written "-":
// no token gets to ask for them, whatever it is made for.
var written = map[string]string{
	"program":      "approve: create update",
	"fund":         "write: create; approve: appropriate; -: expire",
	"opportunity":  "write: forecast publish archive extend amend pause resume cancel; -: close adopt make_up",
	"organization": "write: create update declare; -: merge undo",
	"affiliation":  "write: create close; approve: confirm deny",
	"policy":       "approve: apply; -: roll_out supersede",
	"statement":    "write: create amend withdraw",
	"elimination":  "write: create withdraw; approve: confirm deny",
	"rate":         "approve: create withdraw",
	"list":         "approve: create; -: roll_out supersede",
	"clearance":    "approve: clear refuse reopen waive; -: require expire void",
	"letter":       "-: create",
	"screening":    "approve: create screen; -: void",
	"hit":          "approve: dismiss confirm reopen; -: create update lapse",
	"delegation":   "approve: create; write: revoke; -: expire",
	"duplicate":    "approve: dismiss link merge undo reopen; -: create update lapse",
	"person":       "approve: create update revoke",
	"grant":        "write: update; approve: create revoke",
	"token":        "write: create revoke",
	"application": "write: start save reopen extend assign request_information extend_request reply cancel_request; sign: submit appeal withdraw; " +
		"approve: clear find_ineligible recommend recommend_decline waitlist defer return award decline uphold reinstate rectify adopt acknowledge; " +
		"-: restore expire screen_pass screen_refer screen_fail refer rescreen lapse lapse_award update excuse",
	"review":       "write: invite accept declare submit save reopen decline recuse strike withdraw; -: lapse",
	"award":        "write: request_change; sign: accept refuse countersign; approve: revise rescind suspend resume finish terminate close close_unilaterally acknowledge; -: offer lapse update amend",
	"amendment":    "sign: request sign withdraw; approve: approve reject; -: lapse",
	"tranche":      "-: make split cancel resize amend drop",
	"claim":        "write: start save query reply send_back cancel; sign: submit; approve: verify approve reject; -: pay reopen void",
	"payment":      "write: batch drop hold; approve: release misdirect cancel; certify: recall; -: make export reject settle return offset",
	"report":       "write: save return; sign: submit; approve: accept; -: update make amend cancel lapse",
	"finding":      "write: create reply close; approve: dismiss sustain",
	"debt":         "sign: dispute; approve: demand uphold cancel refer offset write_off; certify: repay; -: make",
	"interest":     "write: create revoke",
	"panel":        "write: cancel close create invite start strike update",
	"deliberation": "write: confirm recuse reopen withdraw; -: create",
	"saved_view":   "write: create update revoke",
	"conflict":     "approve: confirm waive; -: create update",
	"batch":        "write: create submit return cancel; certify: approve; export: export acknowledge; -: resize reject complete",
	"answer_file":  "write: create apply cancel close; -: finish",
	"journal":      "write: create",
	"bank_account": "sign: enter; certify: verify confirm reject; -: supersede suspend",
	"hold":         "write: place; approve: lift",
	"exception":    "write: request; approve: approve deny; -: use lapse",
}

func TestEveryActionNeedsTheScopeThatIsWritten(t *testing.T) {
	want := map[string]string{}
	for noun, line := range written {
		for part := range strings.SplitSeq(line, "; ") {
			scope, actions, _ := strings.Cut(part, ": ")
			for action := range strings.FieldsSeq(actions) {
				want[noun+" "+action] = scope
			}
		}
	}
	seen := map[string]bool{}
	for _, l := range workflow.Lifecycles {
		for _, row := range l.Rows() {
			name := l.Noun().String() + " " + row.Action.String()
			seen[name] = true
			switch scope, known := want[name]; {
			case !known:
				t.Errorf("%s: nobody has written down which scope it needs", name)
			case scope == "-" && row.By&^workflow.RolesOf(workflow.System) != 0:
				t.Errorf("%s: people may ask for it, so it needs a scope", name)
			case scope != "-" && ScopeFor(l.Noun(), row.Action).String() != scope:
				t.Errorf("%s: got %s, want %s", name, ScopeFor(l.Noun(), row.Action), scope)
			}
		}
	}
	for noun, scopes := range special {
		for _, actions := range scopes {
			for _, action := range actions {
				if !seen[noun.String()+" "+action.String()] {
					t.Errorf("%s %s is in no table", noun, action)
				}
			}
		}
	}
	for name, scope := range want {
		if scope != "-" && !seen[name] {
			t.Errorf("%s is written down, and in no table", name)
		}
	}
}

func TestScopesAreThoseThatATokenIsMadeFor(t *testing.T) {
	if got := strings.Split(AllScopes.String(), ","); !slices.Equal(got, workflow.TokenScopes) {
		t.Errorf("got %v, want %v", got, workflow.TokenScopes)
	}
	for _, name := range workflow.TokenScopes {
		set, err := ParseScopes(name)
		if err != nil || set.String() != name {
			t.Errorf("%s: got %s, %v", name, set, err)
		}
	}
	set, err := ParseScopes("write,read,sign")
	if err != nil || set != ScopesOf(Read, Sign, Write) || set.String() != "read,sign,write" {
		t.Errorf("got %s, %v", set, err)
	}
	if set.Has(Approve) || set.Has(Certify) || set.Has(Export) || !set.Has(Read) {
		t.Errorf("%s has what it must not", set)
	}
	for _, bad := range []string{"", "read,", "Read", "read, write", "all"} {
		if set, err := ParseScopes(bad); err == nil {
			t.Errorf("%q: got %s", bad, set)
		}
	}
}
