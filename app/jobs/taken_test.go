package jobs_test

import (
	"testing"

	"tranche/app/jobs"
	"tranche/models"
	"tranche/models/modelstest"
)

// What was running when the process ended is run again where there is one process only.
func TestJobsOfADeadProcessAreTakenUp(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		if _, err := db.Migrate(t.Context(), jobs.Tables(db)); err != nil {
			t.Fatal(err)
		}
		for _, state := range []string{"running", "available"} {
			query := "INSERT INTO river_job (args, kind, max_attempts, state, attempted_at) VALUES ('{}', 'note', 5, '" + state + "', CURRENT_TIMESTAMP)"
			if _, err := db.Pool().Exec(query); err != nil {
				t.Fatal(err)
			}
		}
		if n, err := db.JobsToDo(t.Context()); n != 2 || err != nil {
			t.Errorf("%d jobs are to be done, %v", n, err)
		}
		if err := db.TakeUpJobs(t.Context()); err != nil {
			t.Fatal(err)
		}
		var running int
		if err := db.Pool().QueryRow("SELECT COUNT(*) FROM river_job WHERE state = 'running'").Scan(&running); err != nil {
			t.Fatal(err)
		}
		want := 0
		if db.Dialect() == models.Postgres { // it may be another replica's
			want = 1
		}
		if running != want {
			t.Errorf("on %s %d jobs stay as they are, want %d", db.Dialect(), running, want)
		}
		if n, err := db.JobsToDo(t.Context()); n != 2 || err != nil {
			t.Errorf("afterwards %d jobs are to be done, %v", n, err)
		}
	})
}
