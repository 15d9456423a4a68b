package models

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"tranche/workflow"
)

// topics are what applications to a program can be about, whatever the opportunity.
func (t *Tx) topics(program workflow.ID) (out []workflow.CodeTerm, err error) {
	var sums []string
	err = t.each("SELECT DISTINCT terms FROM opportunities WHERE program_id = ? AND terms <> '' ORDER BY terms", []any{int64(program)}, func(rows *sql.Rows) error {
		var sum string
		err := rows.Scan(&sum)
		sums = append(sums, sum)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, sum := range sums {
		terms, err := t.terms(sum)
		if err != nil {
			return nil, err
		}
		for _, topic := range terms.Topics() {
			if !slices.ContainsFunc(out, func(c workflow.CodeTerm) bool { return c.Code == topic.Code }) {
				out = append(out, topic)
			}
		}
	}
	return out, nil
}

// Topics lists what applications to a program can be about, whatever the opportunity.
func (r Reader) Topics(ctx context.Context, program workflow.ID) (out []workflow.CodeTerm, err error) {
	err = r.look(ctx, func(tx *Tx) (err error) {
		out, err = tx.topics(program)
		return err
	})
	return out, err
}

// roomOf finds out how many reviews a reviewer has open, and may have. Nobody else asks them
// for one meanwhile.
func (t *Tx) roomOf(f *workflow.ReviewFacts, reviewer workflow.ID) error {
	if err := t.lockIf(true, "people", reviewer); err != nil {
		return err
	}
	g, err := grants.first(t, "WHERE person_id = ? AND role = 'reviewer' AND program_id = ? AND state = 'active'", int64(reviewer), int64(f.Application.Program))
	if err != nil {
		return err
	}
	f.MaxReviews = g.MaxReviews
	f.Live, err = t.count("SELECT COUNT(*) FROM reviews WHERE reviewer_id = ? AND program_id = ? AND state IN ('invited', 'accepted')",
		int64(reviewer), int64(f.Application.Program))
	return err
}

// A PoolReviewer is a reviewer of a program with what they do there.
type PoolReviewer struct {
	Grant     workflow.Grant
	Name      string
	Open      int // reviews that they were asked for, or accepted, and did not hand in yet
	Submitted int
	Declined  int
	Recused   int
	Conflicts int // with cases, that stand open or were confirmed
}

// Expert reports whether p knows about topic.
func (p *PoolReviewer) Expert(topic string) bool {
	return topic != "" && slices.Contains(strings.Split(p.Grant.Expertise, ","), topic)
}

// ReviewerPool lists the reviewers of the programs that v is of the staff of, by program and name.
// What they do is counted over the cases that v may know of. Mere reviewers and applicants
// are told nothing.
func (r Reader) ReviewerPool(ctx context.Context, v *Viewer) (out []PoolReviewer, err error) {
	err = r.look(ctx, func(tx *Tx) (err error) {
		out, err = tx.pool(v)
		return err
	})
	return out, err
}

func (t *Tx) pool(v *Viewer) (out []PoolReviewer, err error) {
	seen, args := v.programSight("grants.program_id")
	place := map[[2]workflow.ID]int{}
	query := strings.TrimSuffix(grants.sel, " FROM grants ") + `, people.name FROM grants JOIN people ON people.id = grants.person_id
		WHERE grants.role = 'reviewer' AND grants.state = 'active' AND people.state = 'active' AND ` + seen + " ORDER BY grants.program_id, people.name, people.id"
	err = t.ask(query, args, func(rows *sql.Rows) error {
		var one PoolReviewer
		err := rows.Scan(append(scanners(grants.columns(&one.Grant)), &one.Name)...)
		place[[2]workflow.ID{one.Grant.Person, one.Grant.Program}] = len(out)
		out = append(out, one)
		return err
	})
	if err != nil || len(out) == 0 {
		return out, err
	}
	sight, args := v.queueSight()
	return out, t.ask(`SELECT x.person_id, x.program_id, x.state, COUNT(*) FROM (
			SELECT reviewer_id AS person_id, program_id, application_id, state FROM reviews
			UNION ALL SELECT person_id, program_id, application_id, 'conflict' FROM conflicts WHERE state IN ('open', 'confirmed')) x
		JOIN applications ON applications.id = x.application_id WHERE `+sight+` GROUP BY x.person_id, x.program_id, x.state`, args, func(rows *sql.Rows) error {
		var person, program workflow.ID
		var what string
		var n int
		err := rows.Scan(column{"person_id", &person}, column{"program_id", &program}, &what, &n)
		at, known := place[[2]workflow.ID{person, program}]
		if err != nil || !known {
			return err
		}
		p := &out[at]
		switch what {
		case "invited", "accepted":
			p.Open += n
		case "submitted":
			p.Submitted = n
		case "declined":
			p.Declined = n
		case "recused":
			p.Recused = n
		case "conflict":
			p.Conflicts = n
		}
		return nil
	})
}
