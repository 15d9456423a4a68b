package workflow

import "time"

// The set functions take a value over when one came for f, and leave the old one
// otherwise. An empty optional field that did come clears it.

func (c *Command) setText(to *string, f Field) {
	if c.Has(f) {
		*to = c.Text(f)
	}
}

func (c *Command) setCents(to *Cents, f Field) {
	if c.Has(f) {
		*to = c.Cents(f)
	}
}

func (c *Command) setInt(to *int64, f Field) {
	if c.Has(f) {
		*to = c.Int(f)
	}
}

func (c *Command) setBool(to *bool, f Field) {
	if c.Has(f) {
		*to = c.Checked(f)
	}
}

func (c *Command) setDate(to *Date, f Field) {
	if c.Has(f) {
		*to = c.Date(f)
	}
}

func (c *Command) setTime(to *time.Time, f Field) {
	if c.Has(f) {
		*to = c.Time(f)
	}
}
