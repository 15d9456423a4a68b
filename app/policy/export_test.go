package policy

// A Variable is something that a rule may look at, by its JSON name in
// workflow.Evidence: one that stands alone, such as today, or a member, such as
// organization.founded.
type Variable struct {
	Name string
	Type string // as CEL writes it
	// Known says that the value is always there. Where it is not, a rule that
	// needs it refers, unless it asks has(…) first.
	Known bool
}

// Variables lists everything that a rule may look at, in the order of
// workflow.Evidence. A list is followed by the members of its elements.
func Variables() []Variable {
	var out []Variable
	for _, name := range evidence.names {
		f := evidence.fields[name]
		out = append(out, Variable{name, f.typ.String(), !f.mayLack})
		members, prefix := f.of, name+"."
		if members == nil && f.elements != nil {
			members, prefix = f.elements, name+"[…]."
		}
		if members == nil {
			continue
		}
		for _, member := range members.names {
			m := members.fields[member]
			out = append(out, Variable{prefix + member, m.typ.String(), !m.mayLack})
		}
	}
	return out
}
