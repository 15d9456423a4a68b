package workflow

import (
	"encoding/json"
	"slices"
	"time"
)

// JobDuplicates is the kind of job that compares an organization with those that it
// shares something with.
const JobDuplicates = "compare_organization"

// A Duplicate is a pair of organizations that may be one. It decides nothing: an
// officer looks, and says why.
type Duplicate struct {
	Record
	A, B      ID    // organizations, the smaller ID first
	Score     int64 // ten thousandths
	Signs     Signs // by what they may be one
	DecidedBy ID
	Note      string
	Kept      ID // of two that are merged, the one that stays; zero for others
}

// Signs are what two organizations have in common as it is stored: a JSON list, the
// strongest first.
type Signs string

// List returns the signs.
func (s Signs) List() (out []Sign) {
	if s != "" && json.Unmarshal([]byte(s), &out) != nil {
		return nil
	}
	return out
}

// MarshalJSON writes the list.
func (s Signs) MarshalJSON() ([]byte, error) {
	if list := s.List(); list != nil {
		return json.Marshal(list)
	}
	return []byte("[]"), nil
}

// Due returns what r makes the system do with the pair, NoAction for nothing. A
// dismissed pair is looked at again when the two have something in common that they
// did not have, or said otherwise, when it was dismissed.
func (d *Duplicate) Due(r Resemblance) Action {
	suspicious, before := r.Score >= Suspicious, d.Signs.List()
	switch d.State {
	case None:
		if suspicious {
			return ActCreate
		}
	case Open:
		switch {
		case !suspicious:
			return ActLapse
		case !slices.Equal(before, r.Signs):
			return ActUpdate
		}
	case Lapsed:
		if suspicious {
			return ActUpdate
		}
	case Dismissed:
		if suspicious && slices.ContainsFunc(r.Signs, func(s Sign) bool { return !slices.Contains(before, s) }) {
			return ActUpdate
		}
	}
	return NoAction
}

// DuplicateFacts is everything that a decision about a duplicate may look at.
type DuplicateFacts struct {
	Duplicate
	Standing
	ANow, BNow Organization // as they stand; ID zero when there is none
	Found      Resemblance  // what they have in common now; loaded for what the system does
	// Cases are, for link and merge, those of the groups of both that an officer still
	// works on; for undo, those that no other link holds and that are flagged.
	Cases []ID
}

var (
	duplicateA    = Field{Name: "a", Kind: Ref, Of: NounOrganization}
	duplicateB    = Field{Name: "b", Kind: Ref, Of: NounOrganization}
	duplicateKept = Field{Name: "kept", Kind: Ref, Of: NounOrganization}
)

// reasonMerged is the reason why an organization begins nothing new.
const reasonMerged Reason = "organization_merged"

type duplicateGuard = Guard[DuplicateFacts]

var (
	pairThere = duplicateGuard{
		Reason: "organization_unknown",
		OK:     func(f *DuplicateFacts, _ *Command, _ time.Time) bool { return f.ANow.ID != 0 && f.BNow.ID != 0 },
	}
	comparisonSays = duplicateGuard{
		Reason: "signs_unchanged",
		OK:     func(f *DuplicateFacts, c *Command, _ time.Time) bool { return f.Due(f.Found) == c.Action },
	}
	keptIsOne = duplicateGuard{
		Reason: "kept_neither",
		OK:     func(f *DuplicateFacts, c *Command, _ time.Time) bool { return f.goes(c.Ref(duplicateKept)) != 0 },
		Field:  &duplicateKept,
	}
	bothStand = duplicateGuard{
		Reason: reasonMerged,
		OK: func(f *DuplicateFacts, _ *Command, _ time.Time) bool {
			return f.ANow.State == Active && f.BNow.State == Active
		},
	}
	notJoiner = duplicateGuard{
		Reason: "you_joined_these",
		OK:     func(f *DuplicateFacts, c *Command, _ time.Time) bool { return !c.Counts(f.DecidedBy) },
		Duty:   true,
	}
)

// goes returns which of the two does not stay when kept does, zero when kept is
// neither.
func (f *DuplicateFacts) goes(kept ID) ID {
	switch kept {
	case f.A:
		return f.B
	case f.B:
		return f.A
	}
	return 0
}

func findDuplicate(f *DuplicateFacts, c *Command, s *Step) {
	f.A, f.B = min(f.ANow.ID, f.BNow.ID), max(f.ANow.ID, f.BNow.ID)
	takeSigns(f, c, s)
}

func takeSigns(f *DuplicateFacts, _ *Command, _ *Step) {
	f.Score, f.Signs = f.Found.Score, Signs(mustJSON(f.Found.Signs))
	f.DecidedBy = 0 // the note of an earlier decision stays to be read
}

func decideDuplicate(f *DuplicateFacts, c *Command, _ *Step) {
	f.DecidedBy, f.Note = c.Actor.Person, c.Text(fieldNote)
}

// linkDuplicate makes the groups of the two one, and flags their cases: together they
// may be over the cap.
func linkDuplicate(f *DuplicateFacts, c *Command, s *Step) {
	decideDuplicate(f, c, s)
	s.Merge(f.A, f.B)
	s.Enqueue(JobCap, f.A)
	for _, id := range f.Cases {
		s.Raise(Child{Noun: NounApplication, Action: ActUpdate, ID: id, Inputs: []Input{fieldFlag.text(flagDuplicate)}})
	}
}

// mergeDuplicate also has one of the two go: it begins nothing new.
func mergeDuplicate(f *DuplicateFacts, c *Command, s *Step) {
	f.Kept = c.Ref(duplicateKept)
	linkDuplicate(f, c, s)
	s.Raise(Child{Noun: NounOrganization, Action: ActMerge, ID: f.goes(f.Kept), Inputs: []Input{fieldInto.ref(f.Kept)}})
}

// undoDuplicate parts the groups again, as far as nothing else binds them, takes the
// flags back and has the two compared anew.
func undoDuplicate(f *DuplicateFacts, c *Command, s *Step) {
	decideDuplicate(f, c, s)
	s.Part(f.A, f.B)
	if s.Start == Merged {
		s.Raise(Child{Noun: NounOrganization, Action: ActUndo, ID: f.goes(f.Kept)})
	}
	for _, id := range f.Cases {
		s.Raise(Child{Noun: NounApplication, Action: ActUpdate, ID: id, Inputs: []Input{fieldFlag.text(flagDuplicate), {Name: fieldUnflag.Name, Int: 1}}})
	}
	f.Kept = 0
	s.Enqueue(JobDuplicates, f.A)
	s.Enqueue(JobCap, f.A)
	s.Enqueue(JobCap, f.B)
}

// Duplicates is the lifecycle of a duplicate. Whoever took two organizations for one
// does not take it back alone.
var Duplicates = NewMachine(NounDuplicate,
	func(f *DuplicateFacts) *Record { return &f.Record },
	func(f *DuplicateFacts) *Standing { return &f.Standing },
	[]Rule[DuplicateFacts]{
		{Start: in(None), Action: ActCreate, By: by(System), End: Open, Fields: []Field{duplicateA, duplicateB},
			Guards: []duplicateGuard{pairThere, comparisonSays}, Effect: findDuplicate, Always: true},
		{Start: in(Open, Dismissed, Lapsed), Action: ActUpdate, By: by(System), End: Open,
			Guards: []duplicateGuard{comparisonSays}, Effect: takeSigns, Hidden: true, Always: true},
		{Start: in(Open), Action: ActLapse, By: by(System), End: Lapsed, Guards: []duplicateGuard{comparisonSays}, Always: true},
		{Start: in(Open), Action: ActDismiss, By: by(ProgramOfficer), End: Dismissed,
			Fields: []Field{fieldNote}, Effect: decideDuplicate, Always: true},
		{Start: in(Open), Action: ActLink, By: by(ProgramOfficer), End: Linked,
			Fields: []Field{fieldNote}, Effect: linkDuplicate, Always: true},
		{Start: in(Open), Action: ActMerge, By: by(ProgramOfficer), End: Merged,
			Fields: []Field{duplicateKept, fieldNote}, Guards: []duplicateGuard{keptIsOne, bothStand}, Effect: mergeDuplicate, Always: true},
		{Start: in(Linked, Merged), Action: ActUndo, By: by(ProgramOfficer), End: Open,
			Fields: []Field{fieldNote}, Guards: []duplicateGuard{notJoiner}, Effect: undoDuplicate, Always: true},
		{Start: in(Dismissed), Action: ActReopen, By: by(ProgramOfficer), End: Open,
			Fields: []Field{fieldNote}, Effect: decideDuplicate, Always: true},
	}...)
