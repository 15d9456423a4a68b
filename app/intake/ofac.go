package intake

import (
	"errors"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"

	"tranche/workflow"
)

// The columns of OFAC's sdn.csv and alt.csv, which have no header.
// Source: OFAC, "Specification for the delimited SDN list" (dat_spec.txt).
const (
	sdnColumns = 12
	sdnNumber  = 0
	sdnName    = 1
	sdnType    = 2
	sdnProgram = 3
	sdnRemarks = 11

	altColumns = 5
	altEntry   = 0
	altName    = 3
)

// ofacTypes says what the types of sdn.csv are to us.
var ofacTypes = map[string]string{
	"": workflow.EntryEntity, "individual": workflow.EntryIndividual, "vessel": workflow.EntryVessel, "aircraft": workflow.EntryAircraft,
}

// readOFAC reads sdn.csv, and alt.csv beside it, whose aliases it keeps in memory.
// Names that only alt.csv has, because it is newer or older, are entries too: what
// kind of somebody they are is not known then.
func readOFAC(file, aliases io.Reader) iter.Seq2[workflow.ListEntry, error] {
	return func(yield func(workflow.ListEntry, error) bool) {
		known, err := readAliases(aliases)
		if err != nil {
			yield(workflow.ListEntry{}, err)
			return
		}
		t := newTable(file, sdnColumns)
		for e, err := range entries(func() (workflow.ListEntry, error) { return sdnEntry(t, known) }) {
			if !yield(e, err) || err != nil {
				return
			}
		}
		for _, number := range slices.SortedFunc(maps.Keys(known), workflow.CompareKeys) {
			names := known[number]
			if !yield(workflow.ListEntry{Key: number, Type: workflow.EntryUnknown, Name: names[0], Aliases: names[1:]}, nil) {
				return
			}
		}
	}
}

// readAliases returns the names of each entry by its number.
func readAliases(in io.Reader) (map[string][]string, error) {
	known := map[string][]string{}
	if in == nil {
		return known, nil
	}
	t := newTable(in, altColumns)
	t.aliases = true
	for {
		row, err := t.next()
		if errors.Is(err, io.EOF) {
			return known, nil
		}
		if err != nil {
			return nil, err
		}
		number, name := said(row[altEntry]), tidy(said(row[altName]))
		switch {
		case !isNumber(number):
			return nil, t.wrong("ent_num", WhyValue, "36")
		case name == "":
			return nil, t.wrong("alt_name", WhyName, "")
		}
		known[number] = append(known[number], name)
	}
}

func sdnEntry(t *table, known map[string][]string) (workflow.ListEntry, error) {
	row, err := t.next()
	if err != nil {
		return workflow.ListEntry{}, err
	}
	kind, isType := ofacTypes[said(row[sdnType])]
	e := workflow.ListEntry{Key: said(row[sdnNumber]), Type: kind, Name: tidy(said(row[sdnName])), Program: said(row[sdnProgram]), Remarks: said(row[sdnRemarks])}
	switch {
	case !isNumber(e.Key):
		return e, t.wrong("ent_num", WhyValue, "36")
	case e.Name == "":
		return e, t.wrong("SDN_Name", WhyName, "")
	case !isType:
		return e, t.wrong("SDN_Type", WhyValue, "individual, vessel, aircraft, -0-")
	}
	e.Aliases = known[e.Key]
	delete(known, e.Key)
	if kind == workflow.EntryIndividual {
		e.Name = turned(e.Name)
		for i, name := range e.Aliases {
			e.Aliases[i] = turned(name)
		}
	}
	return e, nil
}

// said returns a value without the blanks round it, "" for OFAC's "-0- ".
func said(s string) string {
	if s = strings.TrimSpace(s); s == "-0-" {
		return ""
	}
	return s
}

// turned returns "SMITH, John" as "John SMITH".
func turned(name string) string {
	last, first, both := strings.Cut(name, ", ")
	if !both {
		return name
	}
	return first + " " + last
}

func isNumber(s string) bool {
	return s != "" && len(s) <= 18 && strings.Trim(s, "0123456789") == ""
}
