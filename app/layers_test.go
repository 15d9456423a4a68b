package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// may says which of our packages each package may import, tests aside. Every
// package has a line, and every line a package. Imports point one way: the
// program → its surfaces → the engine and the ways in and out → models → workflow.
var may = map[string][]string{
	"workflow":  {},
	"templates": {},
	"models":    {"workflow"},

	"app/ach":      {"workflow"},
	"app/engine":   {"models", "workflow"},
	"app/export":   {"app/ach", "app/sheet", "models", "workflow"},
	"app/identity": {"app/engine", "models", "workflow"},
	"app/input":    {"workflow"},
	"app/intake":   {"app/ach", "workflow"},
	"app/policy":   {"workflow"},
	"app/letter":   {},
	"app/notice":   {"app/letter", "app/problem", "app/trial", "models", "templates", "workflow"},
	"app/problem":  {"app/identity", "app/input", "app/policy", "models", "templates", "workflow"},
	"app/seal":     {"workflow"},
	"app/sheet":    {"workflow"},
	"app/trial":    {"app/policy", "models", "workflow"},

	"app/api":  {"app/engine", "app/export", "app/input", "app/policy", "app/problem", "app/trial", "models", "workflow"},
	"app/demo": {"app/ach", "app/engine", "app/identity", "models", "workflow"},
	"app/jobs": {"app/engine", "models", "workflow"},
	"app/web":  {"app/engine", "app/export", "app/identity", "app/input", "app/letter", "app/policy", "app/problem", "app/trial", "models", "templates", "workflow"},

	"app": {"app/ach", "app/api", "app/demo", "app/engine", "app/export", "app/identity", "app/intake", "app/jobs",
		"app/notice", "app/policy", "app/problem", "app/seal", "app/trial", "app/web", "models", "templates", "workflow"},

	"app/engine/enginetest": {"app/engine", "models", "workflow"},
	"models/modelstest":     {"models", "workflow"},
	"scripts/gotest":        {},
}

// forTests are packages that only tests import.
var forTests = []string{"app/engine/enginetest", "models/modelstest"}

// only says who may import what comes from outside; a name ending in / stands
// for everything below it.
var only = map[string][]string{
	"gorm.io/":                        {"models"},
	"github.com/jackc/":               {"models"},
	"github.com/mattn/go-sqlite3":     {"models"},
	"github.com/pressly/goose/":       {"models"},
	"github.com/labstack/echo/":       {"app", "app/api", "app/problem", "app/web"},
	"github.com/riverqueue/":          {"app/jobs"},
	"github.com/alecthomas/kong":      {"app"},
	"github.com/tink-crypto/":         {"app/seal"},
	"codeberg.org/go-pdf/":            {"app/letter"},
	"github.com/wneessen/go-mail":     {"app/notice"},
	"github.com/xuri/excelize/":       {},
	"html/template":                   {"app/letter", "app/web"},
	"text/template":                   {},
	"math/rand":                       {},
	"math/rand/v2":                    {},
	"testing":                         forTests,
	"github.com/alexedwards/argon2id": {"app/identity"},
	"cel.dev/":                        {"app/policy"},
	"go.yaml.in/":                     {"app/policy"},
	// The job library writes in our transaction and migrates on our pool: it
	// names the types of database/sql, and runs no statement of its own.
	"database/sql": {"app/jobs", "models", "models/modelstest"},
}

// clocks lists the files that may ask what time it is, and why.
var clocks = map[string]string{
	"app/config.go": "makes the one clock, which is handed to everything else",
}

// A source is one of our packages as go list sees it, without its tests.
type source struct {
	name    string // below the module, such as app/web
	dir     string
	imports []string
	files   []string
}

func sources(t *testing.T) []source {
	t.Helper()
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}}|{{.Dir}}|{{join .Imports " "}}|{{join .GoFiles " "}}`, "tranche/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var list []source
	for line := range strings.Lines(string(out)) {
		f := strings.Split(strings.TrimSpace(line), "|")
		if f[3] == "" {
			continue // nothing but tests
		}
		list = append(list, source{strings.TrimPrefix(f[0], "tranche/"), f[1], strings.Fields(f[2]), strings.Fields(f[3])})
	}
	if len(list) < 10 {
		t.Fatalf("go list knows of %d packages only", len(list))
	}
	return list
}

func TestImportsPointOneWay(t *testing.T) {
	seen := map[string]bool{}
	for _, pkg := range sources(t) {
		seen[pkg.name] = true
		allowed, known := may[pkg.name]
		if !known {
			t.Errorf("%s is new: say in may what it may import", pkg.name)
		}
		for _, imp := range pkg.imports {
			if ours, ok := strings.CutPrefix(imp, "tranche/"); ok && !slices.Contains(allowed, ours) {
				t.Errorf("%s may not import %s", pkg.name, ours)
			}
			for what, who := range only {
				if imports(imp, what) && !slices.Contains(who, pkg.name) {
					t.Errorf("%s may not import %s", pkg.name, imp)
				}
			}
			if pkg.name == "workflow" && !standard(imp) {
				t.Errorf("workflow may import nothing but the standard library, and imports %s", imp)
			}
		}
	}
	for name, list := range may {
		if !seen[name] {
			t.Errorf("%s is not there: take its line out of may", name)
		}
		for _, helper := range forTests {
			if slices.Contains(list, helper) {
				t.Errorf("%s may import %s, which is for tests", name, helper)
			}
		}
	}
}

// The table itself points one way: no package comes to import itself.
func TestLayersHaveNoCycle(t *testing.T) {
	rank := map[string]int{}
	var above func(name string, path []string) int
	above = func(name string, path []string) int {
		if slices.Contains(path, name) {
			t.Fatalf("%s imports itself by way of %v", name, path)
		}
		if rank[name] == 0 {
			rank[name] = 1
			for _, one := range may[name] {
				rank[name] = max(rank[name], 1+above(one, append(path, name)))
			}
		}
		return rank[name]
	}
	for _, name := range slices.Sorted(maps.Keys(may)) {
		above(name, nil)
	}
}

// imports reports whether imp is what, or below it where what ends in a slash.
func imports(imp, what string) bool {
	return imp == what || strings.HasSuffix(what, "/") && strings.HasPrefix(imp, what)
}

// standard reports whether imp belongs to the standard library: no dot in its first part.
func standard(imp string) bool {
	first, _, _ := strings.Cut(imp, "/")
	return first != "tranche" && !strings.Contains(first, ".")
}

// eachFile parses every file of ours that is no test, named from the top of the module.
func eachFile(t *testing.T, look func(name string, file *ast.File, at *token.FileSet)) {
	t.Helper()
	for _, pkg := range sources(t) {
		for _, one := range pkg.files {
			at := token.NewFileSet()
			file, err := parser.ParseFile(at, filepath.Join(pkg.dir, one), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			look(pkg.name+"/"+one, file, at)
		}
	}
}

func TestOnlyMainAsksForTheTime(t *testing.T) {
	asked := map[string]bool{}
	eachFile(t, func(name string, file *ast.File, at *token.FileSet) {
		pkg := importedAs(file, "time")
		ast.Inspect(file, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok && asksTime(s, pkg) {
				asked[name] = true
				if clocks[name] == "" {
					t.Errorf("%s: time.%s reads the clock, which is handed in", at.Position(s.Pos()), s.Sel.Name)
				}
			}
			return true
		})
	})
	for name := range clocks {
		if !asked[name] {
			t.Errorf("%s does not ask for the time: take its line out of clocks", name)
		}
	}
}

// asksTime reports whether s is a function of package time, called pkg here, that
// reads the wall clock. A timer measures a stretch of time and may stand anywhere.
func asksTime(s *ast.SelectorExpr, pkg string) bool {
	x, ok := s.X.(*ast.Ident)
	return ok && x.Name == pkg && slices.Contains([]string{"Now", "Since", "Until"}, s.Sel.Name)
}

// importedAs returns the name that file uses for a package, "" when it uses none.
func importedAs(file *ast.File, path string) string {
	for _, imp := range file.Imports {
		if imp.Path.Value != strconv.Quote(path) {
			continue
		}
		if imp.Name != nil {
			return imp.Name.Name
		}
		return filepath.Base(path)
	}
	return ""
}

// statement is how SQL begins, told from a sentence by its second word.
var statement = regexp.MustCompile(`^\s*(SELECT\s+[\w(*]|INSERT\s+INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|CREATE\s+(UNIQUE\s+)?(TABLE|INDEX)\s|ALTER\s+TABLE\s|DROP\s+\w+\s|PRAGMA\s|BEGIN\b|SAVEPOINT\s|LOCK\s+TABLE\s)`)

func TestOnlyModelsSpeaksSQL(t *testing.T) {
	found := 0
	eachFile(t, func(name string, file *ast.File, at *token.FileSet) {
		inModels := strings.HasPrefix(name, "models/")
		ast.Inspect(file, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			text, err := strconv.Unquote(lit.Value)
			if err != nil || !statement.MatchString(text) {
				return true
			}
			found++
			if !inModels {
				t.Errorf("%s speaks SQL: %.60s", at.Position(lit.Pos()), text)
			}
			return true
		})
	})
	if found == 0 {
		t.Error("models speaks no SQL either: the test finds nothing")
	}
}
