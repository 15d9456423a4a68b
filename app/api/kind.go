package api

import (
	"slices"

	"tranche/app/input"
	"tranche/workflow"
)

// A kind is everything that the API does with the records of one noun.
type kind struct {
	noun    workflow.Noun
	states  []string                 // that a record can be in, in the order of the table
	many    map[string]workflow.Kind // columns that hold several Codes or Answers
	makes   operation                // makes a record
	edit    *operation               // what PATCH does, or nil
	actions []operation              // on a record, in the order of the table, each once
}

// An operation is one action of a noun with what it asks for.
type operation struct {
	noun   workflow.Noun
	action workflow.Action
	makes  bool
	parent *workflow.Field // names what a new record belongs to, or nil
	fields []workflow.Field
	by     workflow.Roles // of all rows
}

func (o *operation) name() string { return o.action.String() }

// set is what a body may hold.
func (o *operation) set() input.Set {
	s := input.Set{Action: o.action, Fields: o.fields}
	if o.parent != nil {
		s = s.With(*o.parent)
	}
	return s
}

// kinds are built from the tables once, in their order.
var kinds = func() (out []*kind) {
	for _, l := range workflow.Lifecycles {
		out = append(out, kindOf(l))
	}
	return out
}()

// parents says what a new record belongs to; the body names it under the noun.
// Nouns that are missing here belong to nothing, or to what their fields name.
var parents = map[workflow.Noun]workflow.Noun{
	workflow.NounPolicy:       workflow.NounProgram,
	workflow.NounFund:         workflow.NounProgram,
	workflow.NounOpportunity:  workflow.NounProgram,
	workflow.NounStatement:    workflow.NounOrganization,
	workflow.NounElimination:  workflow.NounStatement,
	workflow.NounScreening:    workflow.NounOrganization,
	workflow.NounHit:          workflow.NounScreening,
	workflow.NounToken:        workflow.NounPerson,
	workflow.NounApplication:  workflow.NounOpportunity,
	workflow.NounReview:       workflow.NounApplication,
	workflow.NounAward:        workflow.NounApplication,
	workflow.NounTranche:      workflow.NounAward,
	workflow.NounAmendment:    workflow.NounAward,
	workflow.NounClaim:        workflow.NounAward,
	workflow.NounReport:       workflow.NounAward,
	workflow.NounFinding:      workflow.NounAward,
	workflow.NounDebt:         workflow.NounAward,
	workflow.NounPayment:      workflow.NounClaim,
	workflow.NounBatch:        workflow.NounProgram,
	workflow.NounAnswerFile:   workflow.NounProgram,
	workflow.NounPanel:        workflow.NounOpportunity,
	workflow.NounDeliberation: workflow.NounPanel,
	workflow.NounJournal:      workflow.NounProgram,
	workflow.NounBankAccount:  workflow.NounOrganization,
	workflow.NounClearance:    workflow.NounApplication,
	workflow.NounLetter:       workflow.NounApplication,
}

func kindOf(l workflow.Lifecycle) *kind {
	k := &kind{noun: l.Noun(), many: map[string]workflow.Kind{}}
	for _, row := range l.Rows() {
		for _, s := range append(slices.Clone(row.Start), row.End) {
			if s != workflow.None && s != workflow.Back && !slices.Contains(k.states, s.String()) {
				k.states = append(k.states, s.String())
			}
		}
		for _, f := range row.Fields {
			if f.Kind == workflow.Codes || f.Kind == workflow.Answers {
				k.many[f.Name] = f.Kind
			}
		}
		k.add(row)
	}
	for i := range k.actions {
		if o := &k.actions[i]; k.edit == nil && o.edits() {
			k.edit = o
		}
	}
	return k
}

// edits reports whether o is what PATCH means: people write on the record, and
// its state stays.
func (o *operation) edits() bool {
	written := o.action == workflow.ActSave || o.action == workflow.ActUpdate
	return written && o.by != workflow.RolesOf(workflow.System)
}

// add takes a row in. Rows of the same action ask for the same fields, which a
// test makes sure of.
func (k *kind) add(row workflow.Row) {
	if slices.Contains(row.Start, workflow.None) {
		k.makes = operation{noun: k.noun, action: row.Action, makes: true, parent: parentField(k.noun), fields: row.Fields,
			by: k.makes.by | row.By}
		return
	}
	at := slices.IndexFunc(k.actions, func(o operation) bool { return o.action == row.Action })
	if at < 0 {
		k.actions = append(k.actions, operation{noun: k.noun, action: row.Action, fields: row.Fields})
		at = len(k.actions) - 1
	}
	k.actions[at].by |= row.By
}

func parentField(noun workflow.Noun) *workflow.Field {
	of, belongs := parents[noun]
	if !belongs {
		return nil
	}
	return &workflow.Field{Name: of.String(), Kind: workflow.Ref, Of: of}
}
