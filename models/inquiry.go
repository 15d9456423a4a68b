package models

import (
	"context"
	"slices"
	"strings"

	"tranche/workflow"
)

// An Inquiry is what an applicant was asked and said, and what their application says
// otherwise than its newest submission.
type Inquiry struct {
	Items   []workflow.Inquiry
	Changes []workflow.Difference
}

// Inquiry reads that of an application as v may see it; ErrNotFound when there is none for v.
func (r Reader) Inquiry(ctx context.Context, v *Viewer, id workflow.ID) (Inquiry, error) {
	a, err := Record[workflow.Application](ctx, r, v, workflow.NounApplication, id)
	if err != nil {
		return Inquiry{}, err
	}
	out := Inquiry{Items: a.Inquiries()}
	if len(out.Items) == 0 || a.Snapshot == "" || a.State == workflow.Draft {
		return out, nil
	}
	snapshot, err := r.Document(ctx, a.Snapshot)
	if err != nil {
		return out, err
	}
	out.Changes, err = a.Differences(snapshot)
	if v.blinds(v.rolesFor(a.Program, a.Organization)) {
		out.Changes = slices.DeleteFunc(out.Changes, func(d workflow.Difference) bool {
			return a.Blinds(d.Name[strings.LastIndexByte(d.Name, '.')+1:])
		})
	}
	return out, err
}
