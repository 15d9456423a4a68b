package demo

import (
	"context"
	"embed"
	"fmt"
	"net/url"

	"tranche/workflow"
)

// The lists that the companies are held against: a sample, whose README names its source.
//
//go:embed lists/*.csv
var sample embed.FS

// lists are the files of the sample. The days are those of the newest entries.
var lists = []struct{ kind, dated, file, aliases string }{
	{workflow.ListOFAC, "2018-12-19", "sdn.csv", "alt.csv"},
	{workflow.ListExclusions, "2020-02-12", "exclusions.csv", ""},
}

const sampleNote = "A small, old sample for the demonstration: nobody is screened by it in earnest."

// importLists brings the lists into force, as the administrator.
func (d *drive) importLists(ctx context.Context) error {
	for _, l := range lists {
		body := fields{"kind": l.kind, "dated": l.dated, "note": sampleNote}
		for name, file := range map[string]string{"file": l.file, "aliases": l.aliases} {
			if file == "" {
				continue
			}
			text, err := sample.ReadFile("lists/" + file)
			if err != nil {
				return err
			}
			body[name] = fields{"name": file, "content": text}
		}
		if _, err := d.create(ctx, workflow.Admin.String(), "lists/"+l.kind, "lists", body); err != nil {
			return err
		}
		d.progress.step()
	}
	return nil
}

// listed waits until the organization was held against the lists.
func (j *journey) listed(ctx context.Context) error {
	of := url.Values{"organization_id": {j.organizations[j.c.UEI].String()}}
	return j.await(ctx, "its organization was not held against the lists", func() (bool, error) {
		found, err := list[record](ctx, j.client, j.people[security].token, "/screenings", of)
		return len(found) == 1 && found[0].State == workflow.Completed.String(), err
	})
}

// screenEarly has the security reviewer hold the company against the lists before it
// submits, so that its case is referred for the hit at once and not a moment later,
// whichever job of the server is first.
func (j *journey) screenEarly(ctx context.Context) error {
	if j.c.Case != NameOnList {
		return nil
	}
	_, err := j.create(ctx, security, j.key("screen"), "screenings", fields{"organization": j.organizations[j.c.UEI]})
	return err
}

// hit is what the security reviewer looks at.
type hit struct {
	record
	Kind    string `json:"kind"`
	Key     string `json:"key"`
	Subject string `json:"subject"`
	Entry   string `json:"entry"`
	Score   int64  `json:"score"`
}

// adjudicate has the security reviewer look at what the company's name is like, and
// dismiss it. The program officer cannot go past a hit, and clears the case after it.
func (j *journey) adjudicate(ctx context.Context) error {
	if j.c.Case != NameOnList {
		return nil
	}
	found, err := list[hit](ctx, j.client, j.people[security].token, "/hits", url.Values{"organization_id": {j.organizations[j.c.UEI].String()}})
	if err != nil {
		return err
	}
	if len(found) != 1 {
		return fmt.Errorf("%s has %d hits, not one", j.c.LegalName, len(found))
	}
	h := &found[0]
	clear := func() error {
		return j.on(ctx, officer, "clear", fields{"codes": []string{"evidence_accepted"},
			"note": "The revenue is below the cap. The security reviewer has found that the name on the list is another company's."})
	}
	const what = "clear the case before its hit was looked at"
	if h.State == workflow.Open.String() {
		err = j.refuse(j.c, what, hitStands, clear())
	} else {
		j.note(j.c, what, hitStands) // an earlier run came past here
	}
	if err != nil {
		return err
	}
	// As the screening made it, however far an earlier run has come.
	if err := j.act(ctx, security, j.key("dismiss"), "hits", &record{ID: h.ID, Version: 1}, "dismiss", fields{
		"note": fmt.Sprintf("Not the same: %q of the list is in Iran; %s is in %s, %s, and has another name but for two words.",
			h.Entry, j.c.LegalName, j.c.City, j.c.State)}); err != nil {
		return err
	}
	j.note(j.c, fmt.Sprintf("hit: %d.%02d %% like %s (%s)", h.Score/100, h.Score%100, h.Entry, h.Kind), "dismissed")
	return clear()
}

const hitStands = "screening_unresolved"
