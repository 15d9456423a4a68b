package models_test

import (
	"errors"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A trap is a use of a library that compiles and reads well, and then loses data or runs somebody's text as SQL. Each
// was seen to do so; hence none may stand in this package. Calls are named by package and method: gorm.Save.
type trap struct {
	why    string
	calls  []string
	caught func(call) bool
}

var (
	rawText   = []string{"gorm.Raw", "gorm.Exec", "gorm.Expr"}
	sqlText   = []string{"sql.Exec", "sql.ExecContext", "sql.Query", "sql.QueryContext", "sql.QueryRow", "sql.QueryRowContext", "sql.Prepare", "sql.PrepareContext"}
	formatted = []string{"fmt.Sprint", "fmt.Sprintf", "fmt.Sprintln", "fmt.Append", "fmt.Appendf", "fmt.Fprint", "fmt.Fprintf"}
)

var traps = []trap{
	{"Save overwrites what others changed meanwhile, and inserts an unknown ID; name the columns and the version",
		[]string{"gorm.Save"}, always},
	{"AutoMigrate drops constraints and triggers of SQLite without a word; write a numbered migration",
		[]string{"gorm.AutoMigrate"}, always},
	{"an inline condition that is a string is run as SQL; use Where with a constant text",
		[]string{"gorm.First", "gorm.Last", "gorm.Take", "gorm.Find", "gorm.Delete", "gorm.FirstOrInit", "gorm.FirstOrCreate"},
		func(c call) bool { return len(c.args) > 1 }},
	{"a condition must be a constant text: a struct drops its zero members, a variable may hold anybody's SQL",
		[]string{"gorm.Where", "gorm.Not", "gorm.Or", "gorm.Having", "gorm.Joins"}, textVaries},
	{"names of columns and tables must be a constant text: what stands there is run as SQL",
		[]string{"gorm.Order", "gorm.Group", "gorm.Select", "gorm.Table", "gorm.Distinct", "gorm.Pluck"}, nameVaries},
	{"an update from a struct leaves out false, zero and empty; use UpdateColumns with a map",
		[]string{"gorm.Updates", "gorm.UpdateColumns"}, func(c call) bool { return !c.isMap(0) }},
	{"SQL put together by fmt carries values in its text; use placeholders",
		slices.Concat(rawText, sqlText), call.formatsText},
	{"SQL put together by fmt carries values in its text; use placeholders",
		formatted, call.looksLikeSQL},
	{"a job inserted outside the transaction runs although the transaction failed, or waits for it for ever; use the Tx method",
		[]string{"river.Insert", "river.InsertMany", "river.InsertManyFast"}, always},
}

func always(call) bool { return true }

// textVaries spares conditions in brackets, which are a *gorm.DB of their own, and the types of GORM's clause package.
func textVaries(c call) bool {
	return len(c.args) > 0 && !c.isConstant(0) && !c.isFrom(0, "gorm.io/gorm") && !c.isFrom(0, "gorm.io/gorm/clause")
}

func nameVaries(c call) bool {
	return len(c.args) > 0 && !c.isConstant(0) && !c.isFrom(0, "gorm.io/gorm/clause")
}

// A call is one call found in the source, with what the type checker knows of it.
type call struct {
	name string
	args []ast.Expr
	info *types.Info
}

func (c call) isConstant(i int) bool { return c.info.Types[c.args[i]].Value != nil }

func (c call) isMap(i int) bool {
	_, ok := c.info.TypeOf(c.args[i]).Underlying().(*types.Map)
	return ok
}

// isFrom says whether argument i is of a type, or points to one, that the package at path declares.
func (c call) isFrom(i int, path string) bool {
	t := c.info.TypeOf(c.args[i])
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	named, ok := t.(*types.Named)
	return ok && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == path
}

// formatsText says whether a call of package fmt stands in the first argument that is a string. What follows are values
// for its placeholders, and may be formatted.
func (c call) formatsText() bool {
	i := slices.IndexFunc(c.args, func(arg ast.Expr) bool {
		return types.AssignableTo(c.info.TypeOf(arg), types.Typ[types.String])
	})
	if i < 0 {
		return false
	}
	found := false
	ast.Inspect(c.args[i], func(n ast.Node) bool {
		inner, ok := n.(*ast.CallExpr)
		found = found || ok && slices.Contains(formatted, nameOf(inner, c.info))
		return !found
	})
	return found
}

var statement = regexp.MustCompile(`(?is)^\s*(select\s.*\sfrom\s|insert\s+into\s|update\s+\S+\s+set\s|delete\s+from\s|with\s+\S+\s+as\s*\(|(create|alter|drop)\s+table\s|pragma\s)`)

func (c call) looksLikeSQL() bool {
	for _, arg := range c.args {
		if v := c.info.Types[arg].Value; v != nil && statement.MatchString(strings.Trim(v.ExactString(), `"`)) {
			return true
		}
	}
	return false
}

// nameOf names the function or method that e calls by its package and its own name; it is empty for a conversion, a
// function value and a built-in function.
func nameOf(e *ast.CallExpr, info *types.Info) string {
	id, ok := e.Fun.(*ast.Ident)
	if sel, isSel := e.Fun.(*ast.SelectorExpr); isSel {
		id, ok = sel.Sel, true
	}
	if !ok {
		return ""
	}
	fn, ok := info.Uses[id].(*types.Func)
	if !ok || fn.Pkg() == nil {
		return ""
	}
	return fn.Pkg().Name() + "." + fn.Name()
}

// A finding is a trap and the place where somebody walked into it.
type finding struct {
	at  token.Position
	why string
}

// find type-checks files as one package and returns every trap in them.
func find(t *testing.T, fset *token.FileSet, files []*ast.File) []finding {
	t.Helper()
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}}
	config := types.Config{Importer: importer.ForCompiler(fset, "gc", openExport)}
	if _, err := config.Check("tranche/models", fset, files, info); err != nil {
		t.Fatal(err)
	}
	var found []finding
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			e, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			c := call{nameOf(e, info), e.Args, info}
			for _, trap := range traps {
				if slices.Contains(trap.calls, c.name) && trap.caught(c) {
					found = append(found, finding{fset.Position(e.Pos()), trap.why})
				}
			}
			return true
		})
	}
	return found
}

// exports maps the import path of what this package and the snippets below use to its compiled types.
var exports = sync.OnceValues(func() (map[string]string, error) {
	out, err := goList("-export", "-deps", "-f", "{{.ImportPath}}\t{{.Export}}", ".", "gorm.io/gorm", "github.com/riverqueue/river")
	if err != nil {
		return nil, err
	}
	paths := map[string]string{}
	for line := range strings.Lines(out) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), "\t")
		paths[path] = file
	}
	return paths, nil
})

func openExport(path string) (io.ReadCloser, error) {
	paths, err := exports()
	if err != nil {
		return nil, err
	}
	return os.Open(paths[path])
}

// goList asks for the build that this test is part of: it is in the cache, while the other one, with or without the
// race detector, might have to compile SQLite first.
func goList(args ...string) (string, error) {
	all := []string{"list"}
	if build, ok := debug.ReadBuildInfo(); ok && slices.Contains(build.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		all = append(all, "-race")
	}
	out, err := exec.Command("go", append(all, args...)...).Output()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return "", errors.New("go list: " + string(exit.Stderr))
	}
	return string(out), err
}

func TestModelsKeepOutOfTraps(t *testing.T) {
	names, err := goList("-f", "{{join .GoFiles \"\\n\"}}", ".")
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	var files []*ast.File
	for name := range strings.FieldsSeq(names) {
		file, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	if len(files) == 0 {
		t.Fatal("no source was read")
	}
	for _, f := range find(t, fset, files) {
		t.Errorf("%s: %s", f.at, f.why)
	}
}

// inFunction puts a statement where these names are known: a database in three shapes, a row, and a text from outside.
const inFunction = `package models

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/riverqueue/river"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

type row struct{ ID int64; Hold bool }

const byID = "id = ?"

var _ = fmt.Sprint
var _ clause.Expr

func f(ctx context.Context, db *gorm.DB, tx *sql.Tx, jobs *river.Client[*sql.Tx], job river.JobArgs, r row, text string) {
	`

func snippet(t *testing.T, statement string) []finding {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "snippet.go", inFunction+statement+"\n}\n", 0)
	if err != nil {
		t.Fatal(err)
	}
	return find(t, fset, []*ast.File{file})
}

func TestEveryTrapIsSeen(t *testing.T) {
	seen := map[string]bool{}
	for _, bad := range []string{
		`db.Save(&r)`,
		`db.Where(byID, 1).Save(&r)`,
		`_ = db.AutoMigrate(&r)`,
		`db.First(&r, text)`,
		`db.Take(&r, "id = ?", 1)`,
		`db.Delete(&r, text)`,
		`db.Find(&[]row{}, &row{ID: 1})`,
		`db.Where(&row{ID: r.ID}).Find(&r)`,
		`db.Where(r).Find(&r)`,
		`db.Where(map[string]any{"id": 1}).Find(&r)`,
		`db.Where(text).Find(&r)`,
		`db.Where("name = '" + text + "'").Find(&r)`,
		`db.Where(byID, 1).Or(text).Find(&r)`,
		`db.Order(text).Find(&r)`,
		`db.Table(text).Find(&r)`,
		`db.Model(&r).Updates(row{Hold: false})`,
		`db.Model(&r).UpdateColumns(&r)`,
		`db.Raw(fmt.Sprintf(text, 1)).Scan(&r)`,
		`db.Exec("UPDATE rows SET id = " + fmt.Sprint(1))`,
		`_, _ = tx.ExecContext(ctx, fmt.Sprintf("DELETE FROM rows WHERE name = '%s'", text))`,
		`_ = tx.QueryRow(fmt.Sprint(text, 1))`,
		`q := fmt.Sprintf("SELECT id FROM rows WHERE name = '%s'", text); _, _ = tx.Query(q)`,
		`_, _ = jobs.Insert(ctx, job, nil)`,
	} {
		found := snippet(t, bad)
		if len(found) == 0 {
			t.Errorf("not refused: %s", bad)
		}
		for _, f := range found {
			seen[f.why] = true
		}
	}
	for _, trap := range traps {
		if !seen[trap.why] {
			t.Errorf("no snippet walks into %q", trap.why)
		}
	}
}

func TestSoundStatementsAreNoTraps(t *testing.T) {
	for _, good := range []string{
		`db.Where("id = ?", 1).Take(&r)`,
		`db.Where(byID+" AND hold", 1).Order("id").Find(&r)`,
		`db.Where(db.Where(byID, 1).Or(byID, 2)).Find(&r)`,
		`db.Order(clause.OrderByColumn{Column: clause.Column{Name: "id"}}).Find(&r)`,
		`db.Model(&r).Where(byID, 1).UpdateColumns(map[string]any{"hold": gorm.Expr("NOT hold")})`,
		`set := map[string]any{"hold": false}; db.Model(&r).Updates(set)`,
		`db.Raw("SELECT id FROM rows WHERE name = ?", fmt.Sprint(1)).Scan(&r)`,
		`_, _ = tx.ExecContext(ctx, "DELETE FROM rows WHERE name = ?", fmt.Sprintf("%s", text))`,
		`_, _ = tx.ExecContext(ctx, text, fmt.Sprint(1))`,
		`_ = fmt.Sprintf("select one of %d rows", 3)`,
		`_, _ = jobs.InsertTx(ctx, tx, job, nil)`,
	} {
		for _, f := range snippet(t, good) {
			t.Errorf("%s\n\trefused: %s", good, f.why)
		}
	}
}
