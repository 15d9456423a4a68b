package workflow

// A GroupMerge says that two organizations are affiliates, or count as one, from now
// on, so that their groups become one. The store reads both groups under lock, adds up
// what they have been awarded in each opportunity, and keeps the smaller ID as the
// group of all members. Parting them is the other way round.
type GroupMerge struct {
	A, B ID // organizations; zero when nothing is merged
}

// Merge joins the groups of organizations a and b.
func (s *Step) Merge(a, b ID) { s.extra().merge = GroupMerge{a, b} }

// Merged returns the two organizations whose groups become one, and false when
// the step merges none.
func (s *Step) Merged() (GroupMerge, bool) {
	m := s.extras().merge
	return m, m != GroupMerge{}
}

// Part takes organizations a and b apart: their group falls into what affiliations and
// other links still hold together.
func (s *Step) Part(a, b ID) { s.extra().part = GroupMerge{a, b} }

// Parted returns the two organizations whose group may fall apart, and false when the
// step parts none.
func (s *Step) Parted() (GroupMerge, bool) {
	p := s.extras().part
	return p, p != GroupMerge{}
}
