package intake

import (
	"io"
	"iter"
	"slices"
	"strings"
	"time"

	"tranche/workflow"
)

// The columns of SAM.gov's exclusions extract that are read, each by its names in
// the layouts of 2020 and of 2026 (V2). The others are passed over.
// Source: GSA, SAM exclusions public extract layout v1.5; GSA's sample of 2020.
var exclusionColumns = []struct {
	names  []string
	needed bool
}{
	exType:      {[]string{"Classification"}, true},
	exName:      {[]string{"Name"}, true},
	exFirst:     {[]string{"First"}, false},
	exMiddle:    {[]string{"Middle"}, false},
	exLast:      {[]string{"Last"}, false},
	exSuffix:    {[]string{"Suffix"}, false},
	exCountry:   {[]string{"Country"}, false},
	exUEI:       {[]string{"Unique Entity ID", "Unique Entity Identifier (SAM)"}, false},
	exProgram:   {[]string{"Exclusion Program"}, false},
	exAgency:    {[]string{"Excluding Agency"}, false},
	exKind:      {[]string{"Exclusion Type"}, false},
	exComments:  {[]string{"Additional Comments"}, false},
	exEnds:      {[]string{"Termination Date"}, true},
	exReference: {[]string{"Cross-Reference"}, false},
	exNumber:    {[]string{"SAM Number"}, true},
	exCAGE:      {[]string{"CAGE"}, false},
}

const (
	exType = iota
	exName
	exFirst
	exMiddle
	exLast
	exSuffix
	exCountry
	exUEI
	exProgram
	exAgency
	exKind
	exComments
	exEnds
	exReference
	exNumber
	exCAGE
)

// samTypes says what the classifications of SAM.gov are to us.
var samTypes = map[string]string{
	"Firm": workflow.EntryEntity, "Special Entity Designation": workflow.EntryEntity,
	"Individual": workflow.EntryIndividual, "Vessel": workflow.EntryVessel,
	"": workflow.EntryEntity, // GSA's own sample leaves one out
}

// An exclusionReader knows where its columns are: −1 where there is none.
type exclusionReader struct {
	table *table
	at    []int
}

// readExclusions reads SAM.gov's extract of who is excluded from awards.
func readExclusions(file io.Reader) iter.Seq2[workflow.ListEntry, error] {
	r := &exclusionReader{table: newTable(file, 0)} // as many columns as the header has
	return entries(r.next)
}

func (r *exclusionReader) next() (workflow.ListEntry, error) {
	if r.at == nil {
		if err := r.header(); err != nil {
			return workflow.ListEntry{}, err
		}
	}
	row, err := r.table.next()
	if err != nil {
		return workflow.ListEntry{}, err
	}
	return r.entry(row)
}

func (r *exclusionReader) header() error {
	row, err := r.table.next()
	if err != nil {
		return err
	}
	r.at = make([]int, len(exclusionColumns))
	for i, column := range exclusionColumns {
		r.at[i] = slices.IndexFunc(row, func(cell string) bool {
			return slices.ContainsFunc(column.names, func(name string) bool {
				return strings.EqualFold(strings.TrimSpace(cell), name)
			})
		})
		if r.at[i] < 0 && column.needed {
			return r.table.wrong(column.names[0], WhyColumnMissing, "")
		}
	}
	return nil
}

func (r *exclusionReader) entry(row []string) (workflow.ListEntry, error) {
	get := func(column int) string {
		if r.at[column] < 0 {
			return ""
		}
		return strings.TrimSpace(row[r.at[column]])
	}
	kind, isType := samTypes[get(exType)]
	e := workflow.ListEntry{Key: get(exNumber), Type: kind, Name: tidy(get(exName)), Aliases: crossNames(get(exReference)),
		UEI: strings.ToUpper(get(exUEI)), CAGE: strings.ToUpper(get(exCAGE)), Country: get(exCountry),
		Program: joined(": ", get(exProgram), get(exAgency)), Remarks: joined(". ", get(exKind), get(exComments))}
	if e.Name == "" {
		e.Name = joined(" ", get(exFirst), get(exMiddle), get(exLast), get(exSuffix))
	}
	var endsKnown bool
	e.Ends, endsKnown = samDay(get(exEnds))
	switch {
	case !isType:
		return e, r.table.wrong("Classification", WhyValue, "Firm, Special Entity Designation, Individual, Vessel")
	case e.Name == "":
		return e, r.table.wrong("Name", WhyName, "")
	case e.Key == "":
		return e, r.table.wrong("SAM Number", WhyValue, "S4MR3MPLW")
	case !endsKnown:
		return e, r.table.wrong("Termination Date", WhyValue, "09/30/2026, Indefinite")
	}
	return e, nil
}

// joined joins what is not empty.
func joined(by string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), by)
}

// samDay reads "09/30/2026"; "Indefinite" and nothing are no date.
func samDay(s string) (workflow.Date, bool) {
	if s == "" || strings.EqualFold(s, "Indefinite") {
		return 0, true
	}
	at, err := time.Parse("01/02/2006", s)
	return workflow.DateOf(at), err == nil
}

// crossNames reads "(also ACME, ACME HOLDINGS, LLC)". A comma also stands before a
// legal form, which belongs to the name before it.
func crossNames(s string) (out []string) {
	s, also := strings.CutPrefix(s, "(also ")
	if !also {
		return nil
	}
	for _, name := range strings.Split(strings.TrimSuffix(s, ")"), ", ") {
		switch name = tidy(name); {
		case name == "":
		case len(out) > 0 && workflow.IsLegalForm(name):
			out[len(out)-1] += ", " + name
		default:
			out = append(out, name)
		}
	}
	return out
}
