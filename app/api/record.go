package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"tranche/app/input"
	"tranche/models"
	"tranche/workflow"
)

// A record is the JSON of one record, its members in the order of the columns.
type record []pair

type pair struct {
	name  string
	value any
}

// MarshalJSON writes an object.
func (r record) MarshalJSON() ([]byte, error) {
	b := bytes.NewBufferString("{")
	for i, p := range r {
		value, err := json.Marshal(p.value)
		if err != nil {
			return nil, fmt.Errorf("write %s: %w", p.name, err)
		}
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(b, "%q:%s", p.name, value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// A money is an amount as JSON.
type money struct {
	Amount   string `json:"amount"`
	Currency string `json:"currency"`
}

func usd(c workflow.Cents) money { return money{c.String(), input.Currency} }

// record writes what the viewer may see of row, and what they may do with it.
func (k *kind) record(row models.Row) record {
	var out record
	for _, cell := range row.Cells {
		out = append(out, pair{cell.Name, k.value(cell)})
	}
	return append(out, pair{"actions", k.offered(row)})
}

// value returns a cell as JSON has it; what is not there yet is null.
func (k *kind) value(cell models.Cell) any {
	switch p := cell.Value.(type) {
	case *string:
		switch k.many[cell.Name] {
		case workflow.Codes:
			return codes(*p)
		case workflow.Answers:
			return answers(*p)
		}
		return *p
	case *workflow.Attachments:
		return *p
	case *workflow.Flags:
		return *p
	case *workflow.Signs:
		return *p
	case *workflow.Cents:
		return usd(*p)
	case *workflow.Amount:
		return p.String()
	case *workflow.PerUnit:
		return p.String()
	case *workflow.ID:
		return reference(*p)
	case *workflow.Date:
		return unless(*p == 0, p.String())
	case *time.Time:
		return unless(p.IsZero(), p.UTC().Format(time.RFC3339Nano))
	case *workflow.State:
		return unless(*p == workflow.None, p.String())
	case *workflow.Noun:
		return unless(*p == workflow.NoNoun, p.String())
	case *workflow.Role:
		return unless(*p == workflow.NoRole, p.String())
	case *workflow.Basis:
		return p.String()
	}
	return cell.Value // *int64 or *bool
}

func unless(absent bool, text string) any {
	if absent {
		return nil
	}
	return text
}

func answers(text string) map[string]string {
	if given := workflow.AnswersOf(text); given != nil {
		return given
	}
	return map[string]string{}
}

func codes(text string) []string {
	if text == "" {
		return []string{}
	}
	return strings.Split(text, ",")
}

// offered lists the actions that the viewer's roles have from the record's state,
// each once. Guards are not asked.
func (k *kind) offered(row models.Row) []string {
	out := []string{}
	for _, r := range workflow.Of(k.noun).Offered(row.Record.State, row.Roles) {
		name := r.Action.String()
		if !r.Hidden && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}
