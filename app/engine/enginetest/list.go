package enginetest

import (
	"iter"
	"strings"

	"tranche/workflow"
)

// List imports a version of a list with these entries, and returns it.
func (w *World) List(kind string, entries ...workflow.ListEntry) workflow.ID {
	w.T.Helper()
	return w.Must(workflow.NounList, workflow.ActCreate, 0, w.As(workflow.Admin), w.Kept(kind, entries...)...).ID
}

// Kept keeps the entries of a version of a list, and returns what imports it.
func (w *World) Kept(kind string, entries ...workflow.ListEntry) []workflow.Input {
	w.T.Helper()
	var sum workflow.ListSum
	for i := range entries {
		sum.Add(&entries[i])
	}
	var all iter.Seq2[workflow.ListEntry, error] = func(yield func(workflow.ListEntry, error) bool) {
		for _, e := range entries {
			if !yield(e, nil) {
				return
			}
		}
	}
	if err := w.DB.KeepEntries(w.T.Context(), sum.Content(), all); err != nil {
		w.T.Fatal(err)
	}
	return []workflow.Input{Text("kind", kind), Date("dated", workflow.DateOf(w.Now())),
		Text("name", "test.csv"), Text("sum", strings.Repeat("0f", 32)), Text("content", sum.Content()), Int("entries", sum.Entries())}
}

// Listed is an entry for List.
func Listed(key, kind, name string, aliases ...string) workflow.ListEntry {
	return workflow.ListEntry{Key: key, Type: kind, Name: name, Aliases: aliases, Program: "TEST"}
}
