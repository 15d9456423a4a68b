package models_test

import (
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
	if want := (workflow.Job{Kind: workflow.JobScreening, Record: c.Company}); !slices.Contains(jobs.All(), want) {
		t.Errorf("nobody is asked to hold the company against the list: %v", jobs.All())
	}
}
