package workflow

// A GroupMerge says that two organizations are affiliates from now on, so that
// their groups become one. The store reads both groups under lock, adds up what
// they have been awarded in each opportunity, and keeps the smaller ID as the
// group of all members.
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
