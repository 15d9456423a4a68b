package main

import (
	"context"
	"fmt"

	"tranche/models"
	"tranche/workflow"
)

type diagramCommand struct{}

// Run prints every lifecycle.
func (diagramCommand) Run(s streams) error {
	_, err := s.out.Write(workflow.Markdown())
	return err
}

type verifyCommand struct{ database }

// Run checks everything, prints a line per check, and fails when a value is not
// what the audit log says.
func (c *verifyCommand) Run(ctx context.Context, s streams) error {
	h, err := c.open(ctx, false)
	if err != nil {
		return err
	}
	defer h.close()
	ok, err := printAudit(ctx, h, s)
	if err == nil && !ok {
		err = fmt.Errorf("the database is not what its audit log says: %w", errSaid)
	}
	return err
}

// printAudit prints one line per check, and under it the rows that are not what
// they have to be.
func printAudit(ctx context.Context, h *house, s streams) (bool, error) {
	return h.db.Verify(ctx, func(c models.Check) {
		word := "ok"
		if c.Found > 0 {
			word = "WRONG"
		}
		fmt.Fprintf(s.out, "%-6s %s: %d rows, %d problems\n", word, c.Name, c.Rows, c.Found)
		for _, p := range c.Problems {
			fmt.Fprintln(s.out, "      ", p)
		}
	})
}
