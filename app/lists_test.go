package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tranche/app/engine/enginetest"
	"tranche/app/intake"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

const sdn = `36,"AEROCARIBBEAN AIRLINES",-0- ,"CUBA",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- 
173,"ANGLO-CARIBBEAN CO., LTD.",-0- ,"CUBA",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- 
306,"BANCO NACIONAL DE CUBA",-0- ,"CUBA",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"a.k.a. 'BNC'."
` + "\x1a"

const alt = `36,12,"aka","AERO-CARIBBEAN",-0- 
306,220,"aka","NATIONAL BANK OF CUBA",-0- 
`

func TestListsAreImportedComparedAndRefused(t *testing.T) {
	dir := t.TempDir()
	db := filepath.Join(dir, "a.db")
	must(t, "migrate", "--database", db)
	must(t, "user", "add", "--database", db, "--email", "root@example.gov", "--name", "Root", "--role", "admin")
	must(t, "program", "apply", "--database", db, programIn(t, dir, "program.yaml", enginetest.ProgramFile))
	must(t, "user", "add", "--database", db, "--email", "sid@example.gov", "--name", "Sid", "--role", "security_reviewer", "--program", policies(t, db)[0].Program.String())
	must(t, "user", "add", "--database", db, "--email", "ann@example.gov", "--name", "Ann")
	write := func(name, text string) string { return programIn(t, dir, name, text) }
	on := func(args ...string) (string, error) {
		out, _, err := tranche(t, append([]string{"lists", "import", "--database", db}, args...)...)
		return out, err
	}
	names, aliases := write("sdn.csv", sdn), write("alt.csv", alt)

	out, err := on(names, aliases, "--date", "2026-10-01", "--by", "root@example.gov", "--note", "the first")
	want := "ofac of 2026-10-01 is in force: 3 entries; 3 added, 0 removed, 0 changed.\n" +
		"  + 36 AEROCARIBBEAN AIRLINES\n  + 173 ANGLO-CARIBBEAN CO., LTD.\n  + 306 BANCO NACIONAL DE CUBA\n"
	if err != nil || out != want {
		t.Errorf("got %v, %s\nwant %s", err, out, want)
	}
	if out, err := on(aliases, names, "--date", "2026-10-02"); err != nil || !strings.HasPrefix(out, "The list says the same as the version of 2026-10-01") {
		t.Errorf("the same again: %v, %s", err, out)
	}
	next := write("next.csv", strings.NewReplacer("ANGLO-CARIBBEAN", "ANGLO CARIBBEAN", "306,", "307,").Replace(sdn))
	want = "ofac of 2026-10-02 is in force: 4 entries; 1 added, 0 removed, 2 changed.\n" +
		"  ~ 173 ANGLO-CARIBBEAN CO., LTD. → ANGLO CARIBBEAN CO., LTD.\n  ~ 306 BANCO NACIONAL DE CUBA → NATIONAL BANK OF CUBA\n  + 307 BANCO NACIONAL DE CUBA\n"
	if out, err := on(next, aliases, "--date", "2026-10-02"); err != nil || out != want {
		t.Errorf("got %v, %s\nwant %s", err, out, want)
	}
	entities := write("sam.dat", "BOF PUBLIC V2\nEOF PUBLIC V2\n")
	for name, tt := range map[string]struct {
		args []string
		says string
	}{
		"a broken line":      {[]string{write("broken.csv", sdn[:len(sdn)-1]+"307,x\n")}, "broken.csv, line 4: expected 12 columns"},
		"an unnamed column":  {[]string{write("sam.csv", "Classification,Name,SAM Number\n")}, "sam.csv, line 1: the column “Termination Date” is not named"},
		"a broken alias":     {[]string{names, write("badalt.csv", "3b,1,\"aka\",\"X\",-0- \n"), "--kind", "ofac"}, "badalt.csv, line 1: “ent_num” cannot hold this value; expected something like 36"},
		"nobody registered":  {[]string{entities}, "no entries"},
		"an older one":       {[]string{names, "--date", "2026-09-30"}, "A version of 2026-10-02 is in force"},
		"a day to come":      {[]string{names, "--date", "2999-01-01"}, "cannot lie ahead"},
		"a day that is none": {[]string{names, "--date", "2026-02-30"}, "--date"},
		"no administrator":   {[]string{names, "--by", "ann@example.gov"}, "no role"},
		"nobody's address":   {[]string{names, "--by", "nobody@example.gov"}, "--by"},
		"two lists":          {[]string{names, next}, "one list at a time"},
		"aliases alone":      {[]string{aliases}, "sdn.csv"},
		"anything else":      {[]string{write("x.csv", "hello\n")}, "--kind"},
		"a loose threshold":  {[]string{names, "--threshold", "7999"}, "--threshold"},
	} {
		if out, err := on(tt.args...); err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v, %s", name, err, out)
		}
	}
	if out, err := on(next, aliases, "--date", "2026-10-03", "--threshold", "9000", "--by", "sid@example.gov"); err != nil || !strings.Contains(out, "0 added, 0 removed, 0 changed") {
		t.Errorf("another threshold: %v, %s", err, out)
	}
	must(t, "audit", "verify", "--database", db)

	stored := listsOf(t, db)
	if len(stored) != 3 || stored[0].State != workflow.Active || stored[0].Threshold != 9000 || stored[0].Content != stored[1].Content ||
		stored[1].State != workflow.Superseded || stored[2].State != workflow.Superseded || stored[2].ImportedBy == 0 || stored[2].Name != "sdn.csv, alt.csv" {
		t.Errorf("stored %+v", stored)
	}
}

func listsOf(t *testing.T, path string) []workflow.List {
	t.Helper()
	db, err := models.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	out, err := models.Records[workflow.List](t.Context(), db.Reader, &models.Viewer{System: true}, workflow.NounList, models.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// The files are read twice. What the second reading finds otherwise is not kept
// under the sum of the first, where nothing would ever replace it.
func TestAListThatChangesWhileItIsReadIsNotKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	must(t, "migrate", "--database", path)
	db := opened(t, path)
	long := strings.Repeat(sdn[:len(sdn)-1], part/3+1) // three entries each
	empty := modelstest.Dump(t, db)
	for name, tt := range map[string]struct{ first, then string }{
		"another name":        {sdn, strings.Replace(sdn, "AERO", "HERO", 1)},
		"an entry less":       {sdn, sdn[strings.Index(sdn, "\n")+1:]},
		"an entry more":       {sdn, sdn[:strings.Index(sdn, "\n")+1] + sdn},
		"another in part one": {long, strings.Replace(long, "AERO", "HERO", 1)},
		"a part less":         {long, sdn},
		"a part more":         {sdn, long},
		"a mistake since":     {sdn, "x" + sdn},
		"an end in part one":  {long, long[:len(long)/2]},
	} {
		texts := []string{tt.first, tt.then}
		src := &listSource{name: "sdn.csv", file: listPart{"sdn.csv", func() (io.ReadCloser, error) {
			text := texts[0]
			texts = texts[1:]
			return io.NopCloser(strings.NewReader(text)), nil
		}}}
		err := (&lister{db}).complete(t.Context(), &workflow.Command{Noun: workflow.NounList, Action: workflow.ActCreate,
			Inputs: []workflow.Input{{Name: "kind", Text: workflow.ListOFAC}}}, src)
		if wrong := new(intake.ListError); !errors.Is(err, errChanged) && !errors.As(err, &wrong) {
			t.Errorf("%s: %v", name, err)
		}
		if len(texts) > 0 {
			t.Errorf("%s: it was read once", name)
		}
		if diff := cmp.Diff(empty, modelstest.Dump(t, db)); diff != "" {
			t.Errorf("%s: something was kept: %s", name, diff)
		}
	}
}

// What stands behind the end of a list is not read as one, and is in its sum.
func TestTheSumOfAListIsThatOfAllItsBytes(t *testing.T) {
	dir := t.TempDir()
	db := filepath.Join(dir, "a.db")
	must(t, "migrate", "--database", db)
	names, aliases := sdn+strings.Repeat("behind\n", 10_000), alt+"\x1a"+strings.Repeat("behind too\n", 10_000)
	must(t, "lists", "import", "--database", db, programIn(t, dir, "sdn.csv", names), programIn(t, dir, "alt.csv", aliases))
	sum := sha256.Sum256([]byte(aliases + names))
	if list := listsOf(t, db)[0]; list.File != hex.EncodeToString(sum[:]) || list.Entries != 3 {
		t.Errorf("%d entries of the sum %s, want 3 of %x", list.Entries, list.File, sum)
	}
}

// A file that does not open is a fault, and changes nothing.
func TestAListThatCannotBeOpened(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	must(t, "migrate", "--database", path)
	if _, _, err := tranche(t, "lists", "import", "--database", path, filepath.Join(t.TempDir(), "none.csv")); err == nil || !strings.Contains(err.Error(), "none.csv") {
		t.Errorf("a file that is not there: %v", err)
	}
	db := opened(t, path)
	empty := modelstest.Dump(t, db)
	good := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(sdn)), nil }
	bad := func() (io.ReadCloser, error) { return nil, os.ErrPermission }
	for name, src := range map[string]*listSource{"the list": {file: listPart{open: bad}}, "the aliases": {file: listPart{open: good}, aliases: listPart{open: bad}}} {
		err := (&lister{db}).complete(t.Context(), &workflow.Command{Noun: workflow.NounList, Action: workflow.ActCreate,
			Inputs: []workflow.Input{{Name: "kind", Text: workflow.ListOFAC}}}, src)
		if !errors.Is(err, os.ErrPermission) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if diff := cmp.Diff(empty, modelstest.Dump(t, db)); diff != "" {
		t.Errorf("something was kept: %s", diff)
	}
}
