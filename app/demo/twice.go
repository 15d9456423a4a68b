package demo

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"tranche/workflow"
)

// duplicate is a pair of organizations that an officer looks at.
type duplicate struct {
	record
	Score int64           `json:"score"`
	Signs []workflow.Sign `json:"signs"`
}

// secondName is how the company is written down a second time: with another legal form.
func (c *Company) secondName() string {
	return c.LegalName[:strings.LastIndexByte(c.LegalName, ' ')] + " LLC"
}

// registerTwice has the representative register the company once more. The server
// finds the two alike, and the program officer links them: they share one cap.
func (j *journey) registerTwice(ctx context.Context) error {
	if j.c.Case != RegisteredTwice {
		return nil
	}
	again, err := j.create(ctx, j.aor, j.key("again"), "organizations", fields{"legal_name": j.c.secondName(), "invented": true, "note": inventedNote})
	if err != nil {
		return err
	}
	pair := url.Values{"a_id": {min(again.ID, j.organizations[j.c.UEI]).String()}, "b_id": {max(again.ID, j.organizations[j.c.UEI]).String()}}
	var found []duplicate
	if err := j.await(ctx, "nobody noticed its second registration", func() (bool, error) {
		found, err = list[duplicate](ctx, j.client, j.people[officer].token, "/duplicates", pair)
		return len(found) == 1, err
	}); err != nil {
		return err
	}
	d := &found[0]
	// As the comparison found it, however far an earlier run has come.
	if err := j.act(ctx, officer, j.key("link"), "duplicates", &record{ID: d.ID, Version: 1}, "link", fields{
		"note": "The same company: the same name but for its legal form, registered by the same representative. It applies under its UEI.",
	}); err != nil {
		return err
	}
	j.note(j.c, fmt.Sprintf("registered twice: %d.%02d %% likely one with %s", d.Score/100, d.Score%100, j.c.secondName()), "linked")
	return nil
}
