package models

import "context"

// TakeUpJobs has the jobs that were running when the process before this one ended run
// again, each of them perhaps a second time, and gives up those that may not be run
// again. It is called before jobs are run. On PostgreSQL other processes may be running
// theirs: there the job library takes up what runs too long.
func (d *DB) TakeUpJobs(ctx context.Context) error {
	if d.dialect != SQLite {
		return nil
	}
	return d.Write(ctx, doing(func(tx *Tx) error {
		_, err := tx.exec("UPDATE river_job SET state = CASE WHEN attempt < max_attempts THEN 'available' ELSE 'discarded' END, " +
			"finalized_at = CASE WHEN attempt < max_attempts THEN NULL ELSE datetime('now', 'subsec') END WHERE state = 'running'")
		return err
	}))
}

// JobsToDo counts the jobs that are to be run now, and those that are running.
func (r Reader) JobsToDo(ctx context.Context) (n int, err error) {
	err = r.look(ctx, func(tx *Tx) error {
		n, err = tx.count("SELECT COUNT(*) FROM river_job WHERE state IN ('available', 'running')")
		return err
	})
	return n, err
}
