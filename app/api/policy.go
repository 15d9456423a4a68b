package api

import (
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"tranche/app/policy"
	"tranche/app/trial"
	"tranche/models"
	"tranche/workflow"
)

// yaml is the media type of program files. Source: RFC 9512.
const yaml = "application/yaml"

// programMedia are the types that a program's file may be sent as.
var programMedia = []string{yaml, echo.MIMETextPlain}

// A step is one way to try a program's file. Its answer is a document; a file with
// mistakes is a problem that lists them.
type step struct {
	name, id, summary, schema string
	answer                    func(a *api, c echo.Context, v *models.Viewer, program workflow.ID, plan *workflow.Plan) (any, error)
}

// steps are the routes below /programs/{id}/policy. Nothing of what they are sent
// is stored.
var steps = []step{
	{"check", "checkPolicy", "Check a program's file", "PolicyCheck", checked},
	{"diff", "diffPolicy", "Compare a program's file with the version in force", "PolicyDiff", compared},
	{"simulate", "simulatePolicy", "Run the rules of a program's file over all submitted applications", "PolicySimulation", simulated},
}

// try answers one step.
func (a *api) try(s step) echo.HandlerFunc {
	return a.read(workflow.NounPolicy, func(a *api, c echo.Context, v *models.Viewer) error {
		program, err := recordID(c)
		if err != nil {
			return err
		}
		if err := noQuery(c); err != nil {
			return err
		}
		row, err := a.Records.Row(c.Request().Context(), v, workflow.NounProgram, program)
		if err != nil {
			return err
		}
		if row.Roles&trial.Keepers == 0 {
			return &workflow.Refusal{Noun: workflow.NounPolicy, Action: workflow.ActApply, Kind: workflow.NotYours,
				Reason: workflow.ReasonRole, Words: workflow.Words{"roles": trial.Keepers.List()}}
		}
		body, err := readBody(c, policy.MaxFile, programMedia...)
		if err != nil {
			return err
		}
		plan, err := a.Trial.Compile(string(body))
		if err != nil {
			return err
		}
		answer, err := s.answer(a, c, v, program, plan)
		if err != nil {
			return err
		}
		c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
		return c.JSON(http.StatusOK, answer)
	})
}

type checkAnswer struct {
	Prefix        string `json:"prefix"`
	Phases        int    `json:"phases"`
	Opportunities int    `json:"opportunities"`
}

func checked(_ *api, _ echo.Context, _ *models.Viewer, _ workflow.ID, plan *workflow.Plan) (any, error) {
	return checkAnswer{plan.Program.Prefix, len(plan.Phases), len(plan.Opportunities)}, nil
}

type diffAnswer struct {
	Against *int64         `json:"against"` // number of the version in force; null: there is none
	Changes []changeAnswer `json:"changes"`
}

type changeAnswer struct {
	Where  string `json:"where"`
	Key    string `json:"key"`
	Item   string `json:"item"`
	Before string `json:"before"`
	After  string `json:"after"`
}

func compared(a *api, c echo.Context, v *models.Viewer, program workflow.ID, plan *workflow.Plan) (any, error) {
	found, err := a.Trial.Compare(c.Request().Context(), v, program, plan)
	if err != nil {
		return nil, err
	}
	out := diffAnswer{Changes: []changeAnswer{}}
	if found.Against != nil {
		out.Against = &found.Against.Number
	}
	for _, one := range found.Changes {
		out.Changes = append(out.Changes, changeAnswer(one))
	}
	return out, nil
}

type simulationAnswer struct {
	Applications int                      `json:"applications"`
	Untouched    int                      `json:"untouched"`
	Changed      int                      `json:"changed"`
	Before       map[workflow.Outcome]int `json:"before"`
	After        map[workflow.Outcome]int `json:"after"`
	Reasons      []reasonAnswer           `json:"reasons"`
	Cases        []caseAnswer             `json:"cases"`
}

type reasonAnswer struct {
	Code  workflow.Reason `json:"code"`
	Label workflow.Label  `json:"label"`
	Comes int             `json:"comes"`
	Goes  int             `json:"goes"`
}

type caseAnswer struct {
	Application  workflow.ID       `json:"application"`
	Number       string            `json:"number"`
	State        workflow.State    `json:"state"`
	Opportunity  string            `json:"opportunity"`
	Organization string            `json:"organization"`
	Before       workflow.Outcome  `json:"before"`
	After        workflow.Outcome  `json:"after"`
	Comes        []workflow.Reason `json:"comes"`
	Goes         []workflow.Reason `json:"goes"`
}

func simulated(a *api, c echo.Context, v *models.Viewer, program workflow.ID, plan *workflow.Plan) (any, error) {
	found, err := a.Trial.Simulate(c.Request().Context(), v, program, plan)
	if err != nil {
		return nil, err
	}
	out := simulationAnswer{Applications: found.Applications, Untouched: found.Untouched, Changed: found.Changed,
		Before: found.Before, After: found.After, Reasons: []reasonAnswer{}, Cases: []caseAnswer{}}
	for _, r := range found.Reasons {
		out.Reasons = append(out.Reasons, reasonAnswer{r.Code, r.Label, r.Comes, r.Goes})
	}
	for _, one := range found.Cases {
		out.Cases = append(out.Cases, caseAnswer{one.Application, one.Number, one.State, one.Opportunity, one.Organization,
			one.Before.Outcome, one.After.Outcome, codesOf(one.Comes), codesOf(one.Goes)})
	}
	return out, nil
}

func codesOf(list []trial.Why) []workflow.Reason {
	out := []workflow.Reason{}
	for _, w := range list {
		out = append(out, w.Code)
	}
	return out
}

// policyFile answers with the text of a version, as it was applied.
func policyFile(a *api, c echo.Context, v *models.Viewer) error {
	id, err := recordID(c)
	if err != nil {
		return err
	}
	if err := noQuery(c); err != nil {
		return err
	}
	row, err := a.Records.Row(c.Request().Context(), v, workflow.NounPolicy, id)
	if err != nil {
		return err
	}
	sum := textOf(row, "file")
	return a.tagged(c, fmt.Sprintf("%q", sum), func() error {
		body, err := a.Records.Document(c.Request().Context(), sum)
		if err != nil {
			return err
		}
		return attach(c, yaml, id.String()+".yaml", body)
	})
}
