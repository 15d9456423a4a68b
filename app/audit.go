package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"tranche/models"
	"tranche/workflow"
)

type diagramCommand struct{}

// Run prints every lifecycle.
func (diagramCommand) Run(s streams) error {
	_, err := s.out.Write(workflow.Markdown())
	return err
}

type verifyCommand struct {
	database
	Receipts string `help:"File with receipts of submissions, as receipt.json has them, one after the other: they are compared too." env:"TRANCHE_RECEIPTS" placeholder:"FILE" type:"existingfile"`
}

// Run checks everything, prints a line per check, and fails when a value is not
// what the audit log says.
func (c *verifyCommand) Run(ctx context.Context, s streams) error {
	h, err := c.open(ctx, false)
	if err != nil {
		return err
	}
	defer h.close()
	ok, err := printAudit(ctx, h, s)
	if err == nil && c.Receipts != "" {
		var held bool
		held, err = c.receipts(ctx, h, s)
		ok = ok && held
	}
	if err == nil && !ok {
		err = fmt.Errorf("the database is not what its audit log says: %w", errSaid)
	}
	return err
}

// printAudit prints one line per check, and under it the rows that are not what
// they have to be.
func printAudit(ctx context.Context, h *house, s streams) (bool, error) {
	return h.db.Verify(ctx, func(c models.Check) { printCheck(c, s) })
}

func printCheck(c models.Check, s streams) {
	word := "ok"
	if c.Found > 0 {
		word = "WRONG"
	}
	fmt.Fprintf(s.out, "%-6s %s: %d rows, %d problems\n", word, c.Name, c.Rows, c.Found)
	for _, p := range c.Problems {
		fmt.Fprintln(s.out, "      ", p)
	}
}

// receipts compares the receipts that somebody holds with the audit log.
func (c *verifyCommand) receipts(ctx context.Context, h *house, s streams) (bool, error) {
	f, err := os.Open(c.Receipts)
	if err != nil {
		return false, fmt.Errorf("--receipts: %w", err)
	}
	defer f.Close()
	var held []models.Receipt
	for d := json.NewDecoder(f); ; {
		var r models.Receipt
		if err := d.Decode(&r); err == io.EOF {
			break
		} else if err != nil {
			return false, fmt.Errorf("--receipts: %s, receipt %d: %w", c.Receipts, len(held)+1, err)
		}
		held = append(held, r)
	}
	check, err := h.db.VerifyReceipts(ctx, held)
	if err != nil {
		return false, err
	}
	printCheck(check, s)
	return check.Found == 0, nil
}
