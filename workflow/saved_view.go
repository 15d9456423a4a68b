package workflow

import (
	"net/url"
	"slices"
	"time"
)

// A SavedView is a part of the queue that somebody gave a name: the query of its address.
// It is its owner's alone, or shared with the staff of a program, or with those of them who
// hold a role. Each reader finds there what they may see.
type SavedView struct {
	Record
	Person  ID
	Name    string
	Query   string // such as "state=in_review&view=all", without a mark of a page
	Program ID     // zero: nobody else's
	Role    Role   // NoRole: every role of Program
}

// SavedViewFacts is everything that a decision about a saved view may look at.
type SavedViewFacts struct {
	SavedView
	Standing
	Held []Role // what the person who asks holds in the program that it is to be shared with
}

// QueueParameters are the names that the query of a saved view is made of.
var QueueParameters = []string{"view", "state", "flag", "officer", "q", "sort", "dir"}

var (
	fieldViewName  = Field{Name: "name", Kind: Line, Max: 60}
	fieldViewQuery = Field{Name: "query", Kind: Line, Max: 1000}
	fieldShared    = Field{Name: "program", Kind: Ref, Of: NounProgram, Optional: true}
	fieldSharedIn  = Field{Name: "role", Kind: Choice, Choices: roleTexts(staffRoles), Optional: true}
	viewFields     = []Field{fieldViewName, fieldViewQuery, fieldShared, fieldSharedIn}
)

type viewGuard = Guard[SavedViewFacts]

var (
	viewYours = viewGuard{
		Reason: "not_your_view",
		OK:     func(f *SavedViewFacts, c *Command, _ time.Time) bool { return c.Actor.Person == f.Person },
		Duty:   true,
	}
	viewOfQueue = viewGuard{
		Reason: "query_unknown",
		OK: func(_ *SavedViewFacts, c *Command, _ time.Time) bool {
			values, err := url.ParseQuery(c.Text(fieldViewQuery))
			for name := range values {
				if !slices.Contains(QueueParameters, name) {
					return false
				}
			}
			return err == nil
		},
		Field: &fieldViewQuery,
	}
	sharedWhereHeld = viewGuard{
		Reason: "program_not_yours",
		OK: func(f *SavedViewFacts, c *Command, _ time.Time) bool {
			return c.Ref(fieldShared) == 0 || len(f.Held) > 0
		},
		Field: &fieldShared,
	}
	roleOfProgram = viewGuard{
		Reason: "role_without_program",
		OK: func(_ *SavedViewFacts, c *Command, _ time.Time) bool {
			return c.Ref(fieldShared) != 0 || c.Text(fieldSharedIn) == ""
		},
		Field: &fieldSharedIn,
	}
)

func saveView(f *SavedViewFacts, c *Command, _ *Step) {
	f.Person, f.Name, f.Query, f.SavedView.Program = c.Actor.Person, c.Text(fieldViewName), c.Text(fieldViewQuery), c.Ref(fieldShared)
	f.Role, _ = ParseRole(c.Text(fieldSharedIn)) // no role, or one of the choices
}

// SavedViews is the lifecycle of a saved view. Only its owner changes it or takes it back,
// alone; to share it one holds a role in the program.
var SavedViews = NewMachine(NounSavedView,
	func(f *SavedViewFacts) *Record { return &f.Record },
	func(f *SavedViewFacts) *Standing { return &f.Standing },
	[]Rule[SavedViewFacts]{
		{Start: in(None), Action: ActCreate, By: staffRoles, End: Active, Fields: viewFields,
			Guards: []viewGuard{viewOfQueue, roleOfProgram, sharedWhereHeld}, Effect: saveView, Always: true},
		{Start: in(Active), Action: ActUpdate, By: staffRoles, End: Active, Fields: viewFields,
			Guards: []viewGuard{viewYours, viewOfQueue, roleOfProgram, sharedWhereHeld}, Effect: saveView, Always: true},
		{Start: in(Active), Action: ActRevoke, By: staffRoles, End: Revoked, Guards: []viewGuard{viewYours}, Always: true},
	}...)
