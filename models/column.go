package models

import (
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"fmt"
	"strconv"
	"time"

	"tranche/workflow"
)

// A column pairs a column's name with the member of a record that it stores.
type column struct {
	name string
	at   any // pointer to the member
}

// value returns what the database stores for the member: nil for a zero ID,
// time or date, so that references and "not yet" are NULL; 0 or 1 for a
// boolean; microseconds since 1970 for a moment; text for the rest.
func (c column) value() any {
	switch p := c.at.(type) {
	case *string:
		return *p
	case *workflow.Attachments:
		return string(*p)
	case *workflow.Flags:
		return string(*p)
	case *workflow.Signs:
		return string(*p)
	case *int64:
		return *p
	case *workflow.Cents:
		return int64(*p)
	case *workflow.Amount:
		return int64(*p)
	case *workflow.PerUnit:
		return int64(*p)
	case *bool:
		if *p {
			return int64(1)
		}
		return int64(0)
	case *workflow.ID:
		if *p == 0 {
			return nil
		}
		return int64(*p)
	case *time.Time:
		if p.IsZero() {
			return nil
		}
		return p.UnixMicro()
	case *workflow.Date:
		if *p == 0 {
			return nil
		}
		return p.String()
	case *workflow.State:
		return p.String()
	case *workflow.Noun:
		return p.String()
	case *workflow.Action:
		return p.String()
	case *workflow.Account:
		return p.String()
	case *workflow.Role:
		return p.String()
	case *workflow.Basis:
		return p.String()
	case *workflow.Hash:
		sum := *p // what is returned must not change when the member does
		return sum[:]
	}
	panic(fmt.Sprintf("models: column %s has type %T", c.name, c.at))
}

// Scan implements sql.Scanner: it is value the other way round.
func (c column) Scan(v any) (err error) {
	switch p := c.at.(type) {
	case *string:
		*p, err = text(v)
	case *workflow.Attachments:
		var s string
		s, err = text(v)
		*p = workflow.Attachments(s)
	case *workflow.Flags:
		var s string
		s, err = text(v)
		*p = workflow.Flags(s)
	case *workflow.Signs:
		var s string
		s, err = text(v)
		*p = workflow.Signs(s)
	case *int64:
		*p, err = integer(v)
	case *workflow.Cents:
		var n int64
		n, err = integer(v)
		*p = workflow.Cents(n)
	case *workflow.Amount:
		var n int64
		n, err = integer(v)
		*p = workflow.Amount(n)
	case *workflow.PerUnit:
		var n int64
		n, err = integer(v)
		*p = workflow.PerUnit(n)
	case *bool:
		var n int64
		n, err = integer(v)
		*p = n == 1
	case *workflow.ID:
		var n int64
		if v != nil {
			n, err = integer(v)
		}
		*p = workflow.ID(n)
	case *time.Time:
		*p = time.Time{}
		if v != nil {
			var n int64
			n, err = integer(v)
			*p = time.UnixMicro(n).UTC()
		}
	case *workflow.Hash:
		b, ok := v.([]byte)
		if !ok || copy(p[:], b) != len(p) {
			err = fmt.Errorf("not a hash: %T", v)
		}
	default:
		err = c.scanText(v)
	}
	if err != nil {
		return fmt.Errorf("column %s: %w", c.name, err)
	}
	return nil
}

func (c column) scanText(v any) error {
	s, err := text(v)
	if err != nil && v != nil {
		return err
	}
	switch p := c.at.(type) {
	case *workflow.Date:
		*p = 0
		if v != nil {
			*p, err = workflow.ParseDate(s)
			return err
		}
		return nil
	case *workflow.State:
		*p, err = workflow.ParseState(s)
	case *workflow.Noun:
		*p, err = workflow.ParseNoun(s)
	case *workflow.Action:
		*p, err = workflow.ParseAction(s)
	case *workflow.Account:
		*p, err = workflow.ParseAccount(s)
	case *workflow.Role:
		if *p = workflow.NoRole; s != "" {
			*p, err = workflow.ParseRole(s)
		}
	case *workflow.Basis:
		*p, err = workflow.ParseBasis(s)
	default:
		return fmt.Errorf("has type %T", c.at)
	}
	return err
}

func text(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case []byte:
		return string(v), nil
	}
	return "", fmt.Errorf("not text: %T", v)
}

func integer(v any) (int64, error) {
	if n, ok := v.(int64); ok {
		return n, nil
	}
	return 0, fmt.Errorf("not an integer: %T", v)
}

// values returns the stored values of columns, in order.
func values(columns []column) []any {
	out := make([]any, len(columns))
	for i, c := range columns {
		out[i] = c.value()
	}
	return out
}

// scanners returns columns as destinations for Scan, in order.
func scanners(columns []column) []any {
	out := make([]any, len(columns))
	for i := range columns {
		out[i] = &columns[i] // a pointer needs no allocation
	}
	return out
}

var _ sql.Scanner = column{}

// A digest sums values so that no two different sequences of values give the
// same bytes: each value is preceded by its kind and its length.
type digest struct{ said []byte }

func newDigest(domain string) *digest {
	d := &digest{make([]byte, 0, 4096)} // room for most rows
	d.add(domain)
	return d
}

func (d *digest) add(v any) {
	head := len(d.said)
	d.said = append(d.said, "t        "...)
	body := len(d.said)
	switch v := v.(type) {
	case nil:
		d.said[head] = 'n'
	case int64:
		d.said[head] = 'i'
		d.said = strconv.AppendInt(d.said, v, 10)
	case string:
		d.said = append(d.said, v...)
	case []byte:
		d.said[head] = 'b'
		d.said = append(d.said, v...)
	default:
		panic(fmt.Sprintf("models: cannot hash a %T", v))
	}
	binary.BigEndian.PutUint64(d.said[head+1:], uint64(len(d.said)-body))
}

func (d *digest) sum() workflow.Hash { return sha256.Sum256(d.said) }
