package intake

import (
	"bufio"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tranche/workflow"
)

func opened(t testing.TB, name string) io.Reader {
	t.Helper()
	f, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if !strings.HasSuffix(name, ".gz") {
		return f
	}
	z, err := gzip.NewReader(bufio.NewReader(f))
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// all reads a list to its end.
func all(kind string, file, aliases io.Reader) (out []workflow.ListEntry, err error) {
	format, _ := FindList(kind)
	for e, err := range format.Read(file, aliases) {
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

func ofac(t testing.TB) []workflow.ListEntry {
	t.Helper()
	list, err := all(workflow.ListOFAC, opened(t, "ofac-sdn.csv.gz"), opened(t, "ofac-alt.csv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestReadsTheListOfTheTreasury(t *testing.T) {
	list := ofac(t)
	types, aliases := map[string]int{}, 0
	for _, e := range list {
		types[e.Type]++
		aliases += len(e.Aliases)
		if e.Type == workflow.EntryUnknown {
			aliases++
		}
	}
	want := map[string]int{workflow.EntryIndividual: 3845, workflow.EntryEntity: 2994, workflow.EntryVessel: 323, workflow.EntryAircraft: 217,
		workflow.EntryUnknown: 3728}
	if diff := cmp.Diff(want, types); diff != "" || aliases != 17_091 {
		t.Errorf("%d aliases; types: %s", aliases, diff)
	}
	first := workflow.ListEntry{Key: "36", Type: workflow.EntryEntity, Name: "AEROCARIBBEAN AIRLINES", Aliases: []string{"AERO-CARIBBEAN"}, Program: "CUBA"}
	if diff := cmp.Diff(first, list[0]); diff != "" {
		t.Error(diff)
	}
	if last := list[len(list)-1]; last.Type != workflow.EntryUnknown {
		t.Errorf("names that only alt.csv has do not come last: %+v", last)
	}
	abbas := list[slices.IndexFunc(list, func(e workflow.ListEntry) bool { return e.Type == workflow.EntryIndividual })]
	if strings.Contains(abbas.Name, ",") {
		t.Errorf("a person is called %q", abbas.Name)
	}
}

func TestReadsExclusionsByTheNamesOfTheirColumns(t *testing.T) {
	old, err := all(workflow.ListExclusions, opened(t, "sam-exclusions-2020.csv"), nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(opened(t, "sam-exclusions-2020.csv"))
	if err != nil {
		t.Fatal(err)
	}
	renamed := strings.NewReplacer("D&B Open Data Flag", "Open Data Flag", "Unique Entity Identifier (DUNS)", "Blank (Deprecated)",
		"Unique Entity Identifier (SAM)", "Unique Entity ID").Replace(string(text))
	v2, err := all(workflow.ListExclusions, strings.NewReader("\ufeff"+renamed+"\x1a"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(old, v2); diff != "" || len(old) != 251 {
		t.Errorf("%d entries; as V2: %s", len(old), diff)
	}
	jamac := old[slices.IndexFunc(old, func(e workflow.ListEntry) bool { return e.Name == "JAMAC LLC" })]
	want := []string{"JAROD MACHINGA", "JAMAC ELECTRIC, LLC", "IDAO ELECTRIC LLC", "JAMAC CONSTRUCTION, LLC"}
	if diff := cmp.Diff(want, jamac.Aliases); diff != "" || jamac.Ends.String() != "2021-09-09" || jamac.UEI != "ZU9RSU3AA3S3" {
		t.Errorf("%+v: %s", jamac, diff)
	}
	person, err := all(workflow.ListExclusions, strings.NewReader("Classification,Name,First,Middle,Last,Suffix,Termination Date,SAM Number\n"+
		"Individual,,Ana,B,Doe,JR,Indefinite,S4MR1\n"), nil)
	if err != nil || len(person) != 1 || person[0].Name != "Ana B Doe JR" {
		t.Errorf("%+v, %v", person, err)
	}
}

// entityLine is one line of the entity extract.
func entityLine(change func(fields []string)) string {
	fields := make([]string, 142)
	fields[0], fields[3], fields[5], fields[8], fields[11], fields[32], fields[141] = "KQ4WJ9TBMN57", "1ABC2", "A", "20270331", "CASCADIA  ROBOTICS, INC.", "541715", "!end"
	if change != nil {
		change(fields)
	}
	return strings.Join(fields, "|")
}

func TestReadsWhoIsRegistered(t *testing.T) {
	file := "BOF PUBLIC V2 00000000 20261101 0000002 0008137\r\n" + entityLine(nil) + "\r\n" +
		entityLine(func(f []string) { f[0], f[5] = "ZU9RSU3AA3S3", "E" }) + "\r\nEOF PUBLIC V2 00000000 20261101 0000002 0008137\r\n"
	got, err := all(workflow.ListEntities, strings.NewReader(file), nil)
	if err != nil {
		t.Fatal(err)
	}
	day, err := workflow.ParseDate("2027-03-31")
	if err != nil {
		t.Fatal(err)
	}
	one := workflow.ListEntry{Key: "KQ4WJ9TBMN57", UEI: "KQ4WJ9TBMN57", Type: workflow.EntryEntity, Name: "CASCADIA ROBOTICS, INC.", CAGE: "1ABC2",
		Program: "541715", Status: workflow.RegistrationActive, Ends: day}
	two := one
	two.Key, two.UEI, two.Status = "ZU9RSU3AA3S3", "ZU9RSU3AA3S3", workflow.RegistrationExpired
	if diff := cmp.Diff([]workflow.ListEntry{one, two}, got); diff != "" {
		t.Error(diff)
	}
}

func TestAListWithAFaultSaysWhere(t *testing.T) {
	sdn := func(line string) string {
		return "36,\"AEROCARIBBEAN\",-0- ,\"CUBA\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n" + line
	}
	row := func(number, name, kind string) string {
		return number + ",\"" + name + "\"," + kind + ",\"CUBA\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n"
	}
	const header = "Classification,Name,SAM Number,Termination Date\n"
	entity := func(change func([]string)) string {
		return "BOF PUBLIC V2\n" + entityLine(change) + "\nEOF PUBLIC V2\n"
	}
	for _, tt := range []struct {
		name, kind, file, aliases string
		want                      ListError
	}{
		{"a column too few", workflow.ListOFAC, sdn("37,x\r\n"), "", ListError{Line: 2, Like: "12", Why: WhyColumns}},
		{"a quote that never ends", workflow.ListOFAC, sdn("37,\"x,-0-\r\n"), "", ListError{Line: 2, Why: WhyQuotes}},
		{"a number that is none", workflow.ListOFAC, sdn(row("x7", "NAME", "-0- ")), "", ListError{Line: 2, Field: "ent_num", Like: "36", Why: WhyValue}},
		{"nobody", workflow.ListOFAC, sdn(row("37", " ", "-0- ")), "", ListError{Line: 2, Field: "SDN_Name", Why: WhyName}},
		{"an unknown type", workflow.ListOFAC, sdn(row("37", "NAME", "\"robot\"")), "", ListError{Line: 2, Field: "SDN_Type", Like: "individual, vessel, aircraft, -0-", Why: WhyValue}},
		{"not text", workflow.ListOFAC, sdn(row("37", "\xff\xfe", "-0- ")), "", ListError{Line: 2, Why: WhyText}},
		{"nothing", workflow.ListOFAC, "\x1a", "", ListError{Line: 1, Why: WhyEmpty}},
		{"an alias without a name", workflow.ListOFAC, sdn(""), "36,1,\"aka\",-0- ,-0- \r\n", ListError{Aliases: true, Line: 1, Field: "alt_name", Why: WhyName}},
		{"an alias with a letter for a number", workflow.ListOFAC, sdn(""), "3b,1,\"aka\",X,-0- \r\n", ListError{Aliases: true, Line: 1, Field: "ent_num", Like: "36", Why: WhyValue}},
		{"no column of names", workflow.ListExclusions, "Classification,SAM Number,Termination Date\nFirm,S1,\n", "", ListError{Line: 1, Field: "Name", Why: WhyColumnMissing}},
		{"no header at all", workflow.ListExclusions, "Firm,ACME,S1,Indefinite\n", "", ListError{Line: 1, Field: "Classification", Why: WhyColumnMissing}},
		{"a class of its own", workflow.ListExclusions, header + "Robot,ACME,S1,\n", "", ListError{Line: 2, Field: "Classification", Like: "Firm, Special Entity Designation, Individual, Vessel", Why: WhyValue}},
		{"an impossible day", workflow.ListExclusions, header + "Firm,ACME,S1,02/30/2026\n", "", ListError{Line: 2, Field: "Termination Date", Like: "09/30/2026, Indefinite", Why: WhyValue}},
		{"no number", workflow.ListExclusions, header + "Firm,ACME,,\n", "", ListError{Line: 2, Field: "SAM Number", Like: "S4MR3MPLW", Why: WhyValue}},
		{"a header alone", workflow.ListExclusions, header, "", ListError{Line: 1, Why: WhyEmpty}},
		{"a comma more", workflow.ListExclusions, header + "Firm,ACME, INC,S1,\n", "", ListError{Line: 2, Like: "4", Why: WhyColumns}},
		{"no beginning", workflow.ListEntities, entityLine(nil) + "\n", "", ListError{Line: 1, Field: "BOF", Like: "BOF PUBLIC V2", Why: WhyValue}},
		{"cut short", workflow.ListEntities, "BOF PUBLIC V2\n" + entityLine(nil) + "\n", "", ListError{Line: 2, Field: "EOF", Like: "EOF PUBLIC V2", Why: WhyCut}},
		{"aliases of registrations", workflow.ListEntities, entity(nil), "36,1,\"aka\",\"X\",-0- \r\n", ListError{Aliases: true, Line: 1, Why: WhyAliases}},
		{"aliases of exclusions", workflow.ListExclusions, header + "Firm,ACME,S1,\n", "36,1,\"aka\",\"X\",-0- \r\n", ListError{Aliases: true, Line: 1, Why: WhyAliases}},
		{"cut in a line", workflow.ListEntities, "BOF PUBLIC V2\n" + entityLine(nil)[:90] + "\n", "", ListError{Line: 2, Field: "!end", Like: "142", Why: WhyColumns}},
		{"more after the end", workflow.ListEntities, entity(nil) + entityLine(nil) + "\n", "", ListError{Line: 4, Field: "EOF", Like: "EOF PUBLIC V2", Why: WhyValue}},
		{"a short UEI", workflow.ListEntities, entity(func(f []string) { f[0] = "KQ4" }), "", ListError{Line: 2, Field: "UNIQUE ENTITY ID", Like: "ZQGGHJH74DW7", Why: WhyValue}},
		{"an unknown code", workflow.ListEntities, entity(func(f []string) { f[5] = "X" }), "", ListError{Line: 2, Field: "SAM EXTRACT CODE", Like: "A, E", Why: WhyValue}},
		{"a day of another calendar", workflow.ListEntities, entity(func(f []string) { f[8] = "20261301" }), "", ListError{Line: 2, Field: "REGISTRATION EXPIRATION DATE", Like: "20260930", Why: WhyValue}},
		{"no name", workflow.ListEntities, entity(func(f []string) { f[11] = " " }), "", ListError{Line: 2, Field: "LEGAL BUSINESS NAME", Why: WhyName}},
		{"a line without end", workflow.ListEntities, "BOF PUBLIC V2\n" + strings.Repeat("x", longestEntity+1), "", ListError{Line: 2, Like: "142", Why: WhyColumns}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var aliases io.Reader
			if tt.aliases != "" {
				aliases = strings.NewReader(tt.aliases)
			}
			_, err := all(tt.kind, strings.NewReader(tt.file), aliases)
			var got *ListError
			if !errors.As(err, &got) {
				t.Fatalf("got %v, want %+v", err, tt.want)
			}
			if diff := cmp.Diff(tt.want, *got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What somebody sends as a list ends in entries that name somebody, or in a
// *ListError with its line.
func FuzzLists(f *testing.F) {
	for i := range ListFormats() {
		f.Add(i, "36,\"A\",-0- ,\"CUBA\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n\x1a", "36,1,\"aka\",\"B\",-0- \r\n")
		f.Add(i, "Classification,Name,SAM Number,Termination Date\nFirm,\"ACME, INC\",S1,09/30/2026\n", "")
		f.Add(i, "BOF PUBLIC V2\n"+entityLine(nil)+"\nEOF PUBLIC V2\n", "")
	}
	f.Fuzz(func(t *testing.T, which int, file, aliases string) {
		formats := ListFormats()
		format := formats[uint(which)%uint(len(formats))]
		for e, err := range format.Read(strings.NewReader(file), strings.NewReader(aliases)) {
			var wrong *ListError
			switch {
			case err == nil && (e.Name == "" || e.Key == ""):
				t.Fatalf("an entry without a name or number: %+v", e)
			case err != nil && (!errors.As(err, &wrong) || wrong.Line < 1 || !slices.Contains(WhyUnreadable, wrong.Why)):
				t.Fatalf("%v", err)
			}
		}
	})
}
