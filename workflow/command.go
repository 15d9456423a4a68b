package workflow

import "time"

// An Actor is who asks. Every duty is counted by Person, never by role, session
// or token.
type Actor struct {
	Person   ID // zero for the system
	OnBehalf ID // the absent person whose duty it is, or zero
	Via      ID // the API token that was used, or zero
}

// Is reports whether the actor is person, or acts for them. It is false for the
// zero ID, so that a duty nobody has done yet bars nobody.
func (a Actor) Is(person ID) bool {
	return person != 0 && (a.Person == person || a.OnBehalf == person)
}

// A Command asks for one action on one record.
type Command struct {
	Noun     Noun
	Action   Action
	ID       ID    // the record; for a record to be made, the ID it will get
	Parent   ID    // for a record to be made: the record that it belongs to
	Spare    ID    // an unused ID, for the one record that this command's step may make
	Version  int64 // the version that the asker saw; zero for commands of the system
	Actor    Actor
	Roles    Roles     // the actor's roles in the record's program and organization
	Received time.Time // when the whole request had been read; deadlines look at this
	Fresh    bool      // the actor signed in just now, or used a token with the scope for this duty
	Stood    []ID      // who did something in this matter as the deputy of the actor, or of the absent person
	Inputs   []Input

	step Step // where an effect writes, while a machine decides
}

// Counts reports whether what person did counts as done by who asks: by themself, by whom
// they act for, or by a deputy of either in this matter. It is false for the zero ID.
func (c *Command) Counts(person ID) bool {
	return c.Actor.Is(person) || person != 0 && contains(c.Stood, person)
}

// An Input is one value that came with a command. Which of the members counts
// follows from the kind of its field.
type Input struct {
	Name  string
	Text  string    `json:",omitempty"`
	Cents Cents     `json:",omitempty"`
	Int   int64     `json:",omitempty"` // Count, Check (0 or 1) and Ref
	Date  Date      `json:",omitzero"`
	Time  time.Time `json:",omitzero"`
	// Body is what was uploaded, of a File; Text is its name then. Events keep the
	// name alone: the bytes are stored as a document.
	Body []byte `json:"-"`
}

func (c *Command) input(name string) *Input {
	for i := range c.Inputs {
		if c.Inputs[i].Name == name {
			return &c.Inputs[i]
		}
	}
	return &noInput
}

var noInput Input

// Has reports whether a value came for f.
func (c *Command) Has(f Field) bool { return c.input(f.Name) != &noInput }

// Text returns the value of a Line, Text, Choice, Codes or Secret field, "" when none came.
func (c *Command) Text(f Field) string { return c.input(f.Name).Text }

// File returns what was uploaded for a File field with its name, nothing when none came.
func (c *Command) File(f Field) (name string, body []byte) {
	in := c.input(f.Name)
	return in.Text, in.Body
}

// Cents returns the value of a Money field, for a Stated field hundredths of its currency, zero when none came.
func (c *Command) Cents(f Field) Cents { return c.input(f.Name).Cents }

// Int returns the value of a Count field, zero when none came.
func (c *Command) Int(f Field) int64 { return c.input(f.Name).Int }

// Checked returns the value of a Check field.
func (c *Command) Checked(f Field) bool { return c.input(f.Name).Int == 1 }

// Ref returns the value of a Ref field, zero when none came.
func (c *Command) Ref(f Field) ID { return ID(c.input(f.Name).Int) }

// Date returns the value of a Day field, the zero Date when none came.
func (c *Command) Date(f Field) Date { return c.input(f.Name).Date }

// Time returns the value of an Instant field, the zero time when none came.
func (c *Command) Time(f Field) time.Time { return c.input(f.Name).Time }
