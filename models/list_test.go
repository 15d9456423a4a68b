package models_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"tranche/app/engine/enginetest"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// Who submits while a list is coming in does not wait for it, and is held against it.
func TestASubmissionDoesNotWaitForAList(t *testing.T) {
	db := modelstest.Postgres(t)
	jobs := &modelstest.Jobs{}
	db.SetJobs(jobs)
	w := enginetest.New(t, db)
	w.List(workflow.ListOFAC, enginetest.Listed("36", workflow.EntryEntity, "Nobody Trading"))
	w.Must(workflow.NounScreening, workflow.ActCreate, w.Company, nil)
	c := w.Draft(1_000_00)
	importing, err := db.Pool().BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = importing.Rollback() }()
	if _, err := importing.Exec("SELECT pg_advisory_xact_lock($1)", models.ListsLock); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		_, err := w.Do(w.Viewer(c.AOR), workflow.NounApplication, c.Application, workflow.ActSubmit)
		done <- err
	}()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("the submission waits for the list")
	}
	asked := func(j workflow.Job) bool { return j.Kind == workflow.JobScreening && j.Record == c.Company }
	if !slices.ContainsFunc(jobs.All(), asked) {
		t.Errorf("nobody is asked to hold the company against the list: %v", jobs.All())
	}
}

// The differences between two versions are walked a page at a time, each once and in
// the order of the publisher's numbers, and add up to what is counted.
func TestTheDifferencesOfAListAreWalkedInPages(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		entry := func(key, name string) workflow.ListEntry { return enginetest.Listed(key, workflow.EntryEntity, name) }
		first := w.List(workflow.ListOFAC, entry("9", "Nine"), entry("10", "Ten"), entry("11", "Eleven"), entry("100", "Hundred"), entry("12", "One"), entry("12", "Two"))
		next := []workflow.ListEntry{entry("10", "Ten Ltd"), entry("9", "Nine"), entry("12", "Two"), entry("12", "Three"), entry("12", "Four"), entry("200", "New"), entry("100", "Hundred")}
		second := w.List(workflow.ListOFAC, next...)
		third := w.Must(workflow.NounList, workflow.ActCreate, 0, w.As(workflow.Admin), append(w.Kept(workflow.ListOFAC, next...), enginetest.Int("threshold", 9000))...).ID
		for _, tt := range []struct {
			name string
			list workflow.ID
			want models.ListDifference
			rows []string
		}{
			{"the first", first, models.ListDifference{Added: 6}, []string{"+Nine", "+Ten", "+Eleven", "+Hundred", "+One", "+Two"}},
			{"the second", second, models.ListDifference{Added: 2, Removed: 1, Changed: 2}, []string{"Ten>Ten Ltd", "-Eleven", "One>Three", "+Four", "+New"}},
			{"another threshold alone", third, models.ListDifference{}, nil},
		} {
			for _, limit := range []int{1, 2, 50} {
				var got []string
				for after, more := "", true; more; {
					page, err := db.ListChanges(t.Context(), w.As(workflow.SecurityReviewer), tt.list, after, limit)
					if err != nil || page.ListDifference != tt.want {
						t.Fatalf("%s: %v %+v", tt.name, err, page.ListDifference)
					}
					for _, c := range page.Rows {
						switch {
						case c.Before == nil:
							got = append(got, "+"+c.After.Name)
						case c.After == nil:
							got = append(got, "-"+c.Before.Name)
						default:
							got = append(got, c.Before.Name+">"+c.After.Name)
						}
					}
					after, more = page.Next, page.Next != ""
				}
				if !slices.Equal(got, tt.rows) {
					t.Errorf("%s, %d at a time: %q, want %q", tt.name, limit, got, tt.rows)
				}
			}
		}
		l, err := models.Record[workflow.List](t.Context(), db.Reader, w.As(workflow.Auditor), workflow.NounList, second)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := db.ListDifference(t.Context(), w.As(workflow.Auditor), l); err != nil || got.All() != 5 {
			t.Errorf("counted %+v, %v", got, err)
		}
		if _, err := db.ListChanges(t.Context(), w.As(workflow.AOR), second, "", 50); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("an applicant reads %v", err)
		}
		if page, err := db.ListChanges(t.Context(), w.As(workflow.Auditor), first, "x", 50); err != nil || len(page.Rows) != 6 {
			t.Errorf("after what is no place: %d entries, %v", len(page.Rows), err)
		}
	})
}
