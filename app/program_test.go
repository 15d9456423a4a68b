package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"tranche/app/engine"
	"tranche/app/engine/enginetest"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/templates"
	"tranche/workflow"
)

// programIn writes a program's file into dir.
func programIn(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAProgramsFileIsCheckedWithPlacesAndSentences(t *testing.T) {
	dir := t.TempDir()
	good := programIn(t, dir, "good.yaml", string(templates.Program))
	if got, want := must(t, "program", "check", good), good+" is sound: program AIV, 2 phases, 2 opportunities.\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	text := strings.NewReplacer("weight: 40", "weight: ４０", "prefix: AIV ", "prefix: AIV\n  x: 1 ").Replace(string(templates.Program))
	before, _, _ := strings.Cut(text, "weight: ４０")
	bad := programIn(t, dir, "bad.yaml", text)
	out, _, err := tranche(t, "program", "check", bad)
	if err == nil {
		t.Error("a file with mistakes is sound")
	}
	want := bad + ":16:3: program: There is no key “x” here; expected one of prefix, name, agency, second_certifier_over, bank_hold_days, presume_settled_days.\n" +
		bad + ":" + strconv.Itoa(1+strings.Count(before, "\n")) + ":15: defaults.rubric[0].weight: Expected a whole number from 1 to 100; found “４０”.\n"
	if out != want {
		t.Errorf("got %s\nwant %s", out, want)
	}
	none := filepath.Join(dir, "none")
	for _, tt := range []struct {
		args []string
		says string
	}{
		{[]string{"check", none}, "open " + none}, {[]string{"check"}, "<file>"},
		{[]string{"apply", bad, "--database", none}, "2 mistakes"},
		{[]string{"diff", good, "--database", none}, "--database"},
	} {
		if _, _, err := tranche(t, append([]string{"program"}, tt.args...)...); err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%q: got %v, want %q in it", tt.args, err, tt.says)
		}
	}
	if _, err := os.Stat(none); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a database was made: %v", err)
	}
}

// From an empty database to a version in force, and to what the next one would do.
func TestAProgramsFileIsComparedSimulatedAndApplied(t *testing.T) {
	dir := t.TempDir()
	db := filepath.Join(dir, "a.db")
	on := func(verb, file string, more ...string) string {
		return must(t, append([]string{"program", verb, file, "--database", db}, more...)...)
	}
	must(t, "migrate", "--database", db)
	must(t, "user", "add", "--database", db, "--email", "root@example.gov", "--name", "Root", "--role", "admin")
	must(t, "user", "add", "--database", db, "--email", "ann@example.gov", "--name", "Ann")
	first := programIn(t, dir, "first.yaml", enginetest.ProgramFile)
	if out := on("diff", first); !strings.HasPrefix(out, "No file is in force for AIV yet: everything is new.\n  + prefix: AIV\n") {
		t.Errorf("against nothing: %s", out)
	}
	if out := on("apply", first, "--by", "root@example.gov", "--note", "the first"); out != "Version 1 of AIV is in force.\n" {
		t.Errorf("applied: %q", out)
	}
	applied := policies(t, db)
	must(t, "user", "add", "--database", db, "--email", "ben@example.gov", "--name", "Ben", "--role", "auditor", "--program", applied[0].Program.String())
	if len(applied) != 1 || applied[0].AppliedBy == 0 || applied[0].Note != "the first" {
		t.Errorf("stored %+v", applied)
	}
	second := programIn(t, dir, "second.yaml", strings.Replace(enginetest.ProgramFile, "  reviews_needed: 1\n", "  award_cap: 4000000.00\n  reviews_needed: 1\n", 1))
	if got, want := on("diff", second), "Against version 1 of AIV: 1 change.\n  ~ AIV-2026-R1 award_cap: $5,000,000.00 → $4,000,000.00\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for who, says := range map[string]string{"ann@example.gov": "no role", "ben@example.gov": "the duty of: Administrator", "nobody@example.gov": "--by"} {
		if _, _, err := tranche(t, "program", "apply", second, "--database", db, "--by", who); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s applied it: %v", who, err)
		}
	}
	if _, _, err := tranche(t, "program", "apply", first, "--database", db); err == nil || !strings.Contains(err.Error(), "policy_unchanged") {
		t.Errorf("the same file again: %v", err)
	}
	before := dumped(t, db)
	if out := on("simulate", second); !strings.HasPrefix(out, "0 submitted applications, 0 of opportunities that are not in the file; 0 verdicts would change. Nothing was written.\n") {
		t.Errorf("simulated: %s", out)
	}
	if dumped(t, db) != before {
		t.Error("diff, simulate or a refused apply wrote something")
	}
	if out := on("apply", second); out != "Version 2 of AIV is in force.\n" {
		t.Errorf("applied: %q", out)
	}
	if out := must(t, "audit", "verify", "--database", db); strings.Contains(out, "WRONG") {
		t.Error(out)
	}
}

// A list has an end; the program that a file is about is found behind it as well.
func TestAProgramIsFoundAmongMoreThanAListHolds(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.db")
	must(t, "migrate", "--database", path)
	file := programIn(t, dir, "first.yaml", enginetest.ProgramFile)
	must(t, "program", "apply", file, "--database", path)
	h, err := (&database{Database: path}).open(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	for i := range models.MaxLimit {
		_, err := h.engine.Do(t.Context(), engine.Request{Viewer: &models.Viewer{System: true}, Command: workflow.Command{
			Noun: workflow.NounProgram, Action: workflow.ActCreate, Received: h.now(), Inputs: []workflow.Input{
				enginetest.Text("name", "Other"), enginetest.Text("prefix", fmt.Sprintf("X%03d", i)), enginetest.Text("agency", "Office")}}})
		if err != nil {
			t.Fatal(err)
		}
	}
	h.close()
	if out := must(t, "program", "diff", file, "--database", path); !strings.HasPrefix(out, "Against version 1 of AIV") {
		t.Errorf("got %s", out)
	}
}

func TestASimulationIsPrintedWithTotalsAndReasons(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.db")
	must(t, "migrate", "--database", path)
	h, err := (&database{Database: path}).open(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	w := enginetest.Live(t, h.engine)
	w.Must(workflow.NounPolicy, workflow.ActApply, w.Program, w.As(workflow.Admin), enginetest.Text("file", enginetest.ProgramFile))
	c := w.NewCase("Large, Inc.", 3_000_000_00)
	w.Act(w.Viewer(c.AOR), workflow.NounApplication, c.Application, workflow.ActSubmit)
	a, err := models.Record[workflow.Application](t.Context(), h.db.Reader, &models.Viewer{System: true}, workflow.NounApplication, c.Application)
	if err != nil {
		t.Fatal(err)
	}
	h.close()
	next := programIn(t, dir, "next.yaml", strings.Replace(enginetest.ProgramFile, "<= 2000000", "<= 4000000", 1))
	out := must(t, "program", "simulate", next, "--database", path)
	for _, line := range []string{
		"1 submitted applications, 0 of opportunities that are not in the file; 1 verdicts would change. Nothing was written.",
		"pass 0 1", "refer 1 0", "small_request 1 fewer 0 more The request is large.",
		fmt.Sprintf("%s refer → pass Large, Inc. no longer: The request is large.", a.Number),
	} {
		if !strings.Contains(strings.Join(strings.Fields(out), " "), line) {
			t.Errorf("%q is missing in\n%s", line, out)
		}
	}
}

func opened(t *testing.T, path string) *models.DB {
	t.Helper()
	db, err := models.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func policies(t *testing.T, path string) []workflow.Policy {
	t.Helper()
	list, err := models.Records[workflow.Policy](t.Context(), opened(t, path).Reader, &models.Viewer{System: true}, workflow.NounPolicy, models.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func dumped(t *testing.T, path string) string { return modelstest.Dump(t, opened(t, path)) }
