package api

import (
	"flag"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"tranche/models"
	"tranche/workflow"
)

var update = flag.Bool("update", false, "write the list of operations anew")

func TestTheDocumentIsValidOpenAPI(t *testing.T) {
	body, tag, err := marshalDocument("test")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(body)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Error(err)
	}
	if doc.OpenAPI != "3.1.0" || strings.Contains(string(body), `"nullable"`) {
		t.Errorf("version %s, or a keyword of 3.0", doc.OpenAPI)
	}
	again, same, err := marshalDocument("test")
	if err != nil || string(again) != string(body) || same != tag {
		t.Errorf("the document is not the same when it is made again: %v", err)
	}
}

func TestEveryActionOfEveryLifecycleIsInTheDocumentWithItsRoles(t *testing.T) {
	doc := Document("test")
	for _, l := range workflow.Lifecycles {
		for _, row := range l.Rows() {
			path, method := "/"+row.Noun.Plural()+"/{id}/actions/"+row.Action.String(), http.MethodPost
			if row.Start[0] == workflow.None {
				path = "/" + row.Noun.Plural()
			}
			item := doc.Paths.Value(path)
			if item == nil || item.GetOperation(method) == nil {
				t.Errorf("%s %s is missing", method, path)
				continue
			}
			op := item.GetOperation(method)
			documented := strings.Join(op.Extensions["x-roles"].([]string), " ")
			for _, role := range row.By.List() {
				if !strings.Contains(documented, role.String()) {
					t.Errorf("%s: x-roles are %s, without %s", path, documented, role)
				}
			}
		}
	}
}

// A client that names what it has is told that it is current, where the document says
// so and nowhere else.
func TestWhatAnswersNotModifiedSaysSo(t *testing.T) {
	s := newSite(t)
	c := s.Draft(148_500_00).Submit()
	for path, item := range Document("test").Paths.Map() {
		op := item.Get
		if op == nil {
			continue
		}
		named := op.Parameters.GetByInAndName("header", "If-None-Match") != nil
		if said := op.Responses.Value("304") != nil; said != named {
			t.Errorf("%s: takes If-None-Match: %t, answers 304: %t", path, named, said)
		}
		got := s.ask(s.People[workflow.Auditor], "GET", strings.ReplaceAll(path, "{id}", c.Application.String()), "", "If-None-Match", "*")
		if path == "/applications/{id}" && got.status != 304 || got.status == 304 && !named {
			t.Errorf("%s answers %d, takes If-None-Match: %t", path, got.status, named)
		}
	}
}

// TestOperationsKeepTheirNames guards the names that generated clients are built
// on: new ones are added with -update, released ones stay.
func TestOperationsKeepTheirNames(t *testing.T) {
	const file = "testdata/operations.txt"
	got := OperationIDs(Document("test"))
	if *update {
		if err := os.WriteFile(file, []byte(strings.Join(got, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Fields(string(want)), got); diff != "" {
		t.Error(diff)
	}
	operations := 0
	for _, item := range Document("test").Paths.Map() {
		operations += len(item.Operations())
	}
	if operations != len(got) {
		t.Errorf("%d operations share %d names", operations, len(got))
	}
}

func TestRowsOfOneActionAskForTheSameFields(t *testing.T) {
	for _, l := range workflow.Lifecycles {
		first := map[workflow.Action]workflow.Row{}
		for _, row := range l.Rows() {
			before, seen := first[row.Action]
			if !seen {
				first[row.Action] = row
				continue
			}
			if diff := cmp.Diff(before.Fields, row.Fields); diff != "" {
				t.Errorf("%s %s: %s", row.Noun, row.Action, diff)
			}
			if makes := before.Start[0] == workflow.None; makes != (row.Start[0] == workflow.None) {
				t.Errorf("%s %s both makes a record and changes one", row.Noun, row.Action)
			}
		}
	}
}

func TestARecordIsDescribedByItsColumns(t *testing.T) {
	schemas := Document("test").Components.Schemas
	for _, k := range kinds {
		schema := schemas[camel(k.noun.String())].Value
		columns := models.Columns(k.noun)
		if len(schema.Properties) != len(columns)+1 {
			t.Errorf("%s has %d columns and %d properties", k.noun, len(columns), len(schema.Properties))
		}
		for _, name := range always {
			if schema.Properties[name] == nil {
				t.Errorf("%s has no %s", k.noun, name)
			}
		}
	}
}
