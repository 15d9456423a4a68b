package jobs_test

import (
	"testing"

	"tranche/app/jobs"
	"tranche/models"
	"tranche/models/modelstest"
)

// What was running when the process ended is run again where there is one process only,
// but for what may be tried no more.
func TestJobsOfADeadProcessAreTakenUp(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		if _, err := db.Migrate(t.Context(), jobs.Tables(db)); err != nil {
			t.Fatal(err)
		}
		for _, job := range []string{"1, 5, 'running'", "1, 1, 'running'", "0, 5, 'available'"} {
			query := "INSERT INTO river_job (args, kind, attempted_at, attempt, max_attempts, state) VALUES ('{}', 'note', CURRENT_TIMESTAMP, " + job + ")"
			if _, err := db.Pool().Exec(query); err != nil {
				t.Fatal(err)
			}
		}
		if n, err := db.JobsToDo(t.Context()); n != 3 || err != nil {
			t.Errorf("%d jobs are to be done, %v", n, err)
		}
		if err := db.TakeUpJobs(t.Context()); err != nil {
			t.Fatal(err)
		}
		var running int
		if err := db.Pool().QueryRow("SELECT COUNT(*) FROM river_job WHERE state = 'running'").Scan(&running); err != nil {
			t.Fatal(err)
		}
		still, todo := 0, 2
		if db.Dialect() == models.Postgres { // they may be another replica's
			still, todo = 2, 3
		}
		if running != still {
			t.Errorf("on %s %d jobs stay as they are, want %d", db.Dialect(), running, still)
		}
		if n, err := db.JobsToDo(t.Context()); n != todo || err != nil {
			t.Errorf("afterwards %d jobs are to be done, %v", n, err)
		}
	})
}
