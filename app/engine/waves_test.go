package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"tranche/app/engine"
	"tranche/app/engine/enginetest"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// batched fills w with five payments in a batch that was sent, and two in one that
// is open.
func batched(t *testing.T, w *enginetest.World) (first, second workflow.ID) {
	t.Helper()
	var list []workflow.ID
	for i := range 7 {
		_, payment := w.NewCase(fmt.Sprintf("Member %d, Inc.", i), workflow.Cents(i+1)*10_000_00).To().Claim(0)
		list = append(list, payment)
	}
	first, second = newBatch(t, w, list[:5]...), newBatch(t, w, list[5:]...)
	certified(t, w, first)
	w.Act(w.As(workflow.FinanceReleaser), workflow.NounBatch, first, workflow.ActExport, numbered(t, w, first, 1)...)
	return first, second
}

func certified(t *testing.T, w *enginetest.World, batch workflow.ID) {
	t.Helper()
	w.Act(w.As(workflow.FinanceCertifier), workflow.NounBatch, batch, workflow.ActApprove, enginetest.Cents("total", approvable(t, w, batch)))
}

// numbered is files with traces that are the same in every run.
func numbered(t *testing.T, w *enginetest.World, batch workflow.ID, first int) []workflow.Input {
	t.Helper()
	in := files(t, w, batch)
	for i := range in {
		if in[i].Name == "traces" {
			var traces []string
			for j := range strings.Split(in[i].Text, ",") {
				traces = append(traces, fmt.Sprintf("09100001%07d", first+j))
			}
			in[i].Text = strings.Join(traces, ",")
		}
	}
	return in
}

// A list is stored exactly as its commands would be one by one: every row, event,
// posting and balance.
func TestAWaveIsStoredAsItsCommandsWouldBe(t *testing.T) {
	for name, open := range map[string]func(testing.TB) *models.DB{"sqlite": modelstest.SQLite, "postgres": modelstest.Postgres} {
		t.Run(name, func(t *testing.T) {
			var dumps [][]string
			for _, single := range []bool{true, false} {
				w := enginetest.New(t, open(t))
				if single {
					engine.OneByOne(w.Engine)
				}
				sent, open := batched(t, w)
				w.Act(w.As(workflow.FinancePreparer), workflow.NounBatch, open, workflow.ActCancel)
				w.Act(nil, workflow.NounBatch, sent, workflow.ActReject, enginetest.Text("code", "R99"))
				verify(t, w)
				dumps = append(dumps, strings.Split(modelstest.Dump(t, w.DB, "goose_db_version"), "\n"))
			}
			for i := range max(len(dumps[0]), len(dumps[1])) {
				if one, many := lineOf(dumps[0], i), lineOf(dumps[1], i); one != many {
					t.Fatalf("line %d differs:\n%.400s\n%.400s", i, one, many)
				}
			}
		})
	}
}

func lineOf(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "nothing"
}

// One member that may not go stops the whole batch, and nothing of it is kept.
func TestAListIsAllOrNothing(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		_, open := batched(t, w)
		certified(t, w, open)
		from, err := db.Disbursing(t.Context(), open)
		if err != nil {
			t.Fatal(err)
		}
		w.Must(workflow.NounHold, workflow.ActPlace, w.Program, w.As(workflow.SecurityReviewer), enginetest.Text("subject", "payment"),
			enginetest.Int("subject_id", int64(from.Members[1].Payment.ID)), enginetest.Text("reason", "A tip."),
			enginetest.Date("next_look", workflow.DateOf(w.Now()).AddDays(5)))
		in := numbered(t, w, open, 100)
		before := modelstest.Dump(t, db)
		if _, err = w.Do(w.As(workflow.FinanceReleaser), workflow.NounBatch, open, workflow.ActExport, in...); refusedFor(err) != workflow.ReasonHeld {
			t.Errorf("got %v, want that a member is on hold", err)
		}
		if modelstest.Dump(t, db) != before {
			t.Error("something of it was kept")
		}
	})
}

// BenchmarkWave exports a batch of 1,000 payments, one by one and as a list.
func BenchmarkWave(b *testing.B) {
	const members = 1000
	for name, open := range map[string]func(testing.TB) *models.DB{"sqlite": modelstest.SQLite, "postgres": modelstest.Postgres} {
		for _, single := range []bool{true, false} {
			b.Run(fmt.Sprintf("%s/single=%v", name, single), func(b *testing.B) {
				w := enginetest.New(b, open(b))
				if single {
					engine.OneByOne(w.Engine)
				}
				next := 0
				for b.Loop() {
					b.StopTimer()
					var list []string
					for range members {
						next++
						_, payment := w.NewCase(fmt.Sprintf("Member %d, Inc.", next), 10_000_00).To().Claim(0)
						list = append(list, payment.String())
					}
					batch := w.Must(workflow.NounBatch, workflow.ActCreate, w.Program, w.As(workflow.FinancePreparer),
						enginetest.Date("effective", workflow.DateOf(w.Now())), enginetest.Text("payments", strings.Join(list, ","))).ID
					w.Act(w.As(workflow.FinancePreparer), workflow.NounBatch, batch, workflow.ActSubmit)
					from, err := w.DB.Disbursing(b.Context(), batch)
					if err != nil {
						b.Fatal(err)
					}
					w.Act(w.As(workflow.FinanceCertifier), workflow.NounBatch, batch, workflow.ActApprove, enginetest.Cents("total", from.Batch.Total))
					in := files(b, w, batch)
					b.StartTimer()
					w.Act(w.As(workflow.FinanceReleaser), workflow.NounBatch, batch, workflow.ActExport, in...)
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*members), "µs/payment")
			})
		}
	}
}
