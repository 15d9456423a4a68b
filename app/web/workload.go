package web

import (
	"strconv"

	"tranche/models"
	"tranche/workflow"
)

// WorkloadView lists the officers with the cases that they own.
type WorkloadView struct {
	Shell
	Columns []string // where a case can be while there is work to do
	Rows    []WorkloadRow
	Empty   Empty
}

// Page implements View.
func (WorkloadView) Page() string { return "workload" }

// WorkloadRow is one officer in one program.
type WorkloadRow struct {
	Officer Person
	URL     string // their cases
	Program string
	Counts  []string // one for each column
	Cases   int
	Oldest  Stamp // since when the case waits that has waited longest; zero where there is none
	Waits   bool
}

// workloadColumns are the columns of the workload with their words, in the order that a
// case takes.
var workloadColumns = []struct {
	words  string
	states []workflow.State
}{
	{"application.stage_screening", []workflow.State{workflow.Submitted, workflow.Screening}},
	{"queue.waiting", []workflow.State{workflow.NeedsInformation}},
	{"application.stage_review", []workflow.State{workflow.InReview, workflow.Waitlisted}},
	{"queue.decision", []workflow.State{workflow.Recommended, workflow.DeclineRecommended}},
	{"workload.appeal", []workflow.State{workflow.Appealed}},
}

// workload answers GET /workload, for those who know who owns which case.
func (s *Server) workload(v *visit) error {
	if !v.viewer.MayRank() {
		return models.ErrNotFound
	}
	workers, err := s.Reader.Workload(v.ctx(), v.viewer)
	if err != nil {
		return err
	}
	view := WorkloadView{Shell: v.titled(v.T("workload.title"), Link{v.T("nav.queue"), "/applications"}, Link{Text: v.T("workload.title")}),
		Empty: Empty{Icon: "groups", Title: v.T("workload.none")}}
	for _, c := range workloadColumns {
		view.Columns = append(view.Columns, v.T(c.words))
	}
	programs, err := v.programNames()
	if err != nil {
		return err
	}
	for i := range workers {
		w := &workers[i]
		row := WorkloadRow{Officer: PersonNamed(w.Name, ""), Program: programs[w.Program], Cases: w.Cases(), Oldest: v.Moment(w.Oldest), Waits: !w.Oldest.IsZero(),
			URL: queueURL(models.Queue{View: models.ViewAll, Sort: models.SortSubmitted, Officer: w.ID})}
		for _, c := range workloadColumns {
			n := 0
			for _, state := range c.states {
				n += w.Open[state]
			}
			row.Counts = append(row.Counts, strconv.Itoa(n))
		}
		view.Rows = append(view.Rows, row)
	}
	return v.show(view, nil)
}

// programNames names the programs.
func (v *visit) programNames() (map[workflow.ID]string, error) {
	list, err := records[workflow.Program](v, workflow.NounProgram, models.Filter{Limit: models.MaxLimit})
	out := map[workflow.ID]string{}
	for i := range list {
		out[list[i].ID] = list[i].Name
	}
	return out, err
}
