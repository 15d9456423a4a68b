package workflow

import "time"

// A Record is what every stored record has: who it is, where it stands, and how
// often it was changed.
type Record struct {
	ID      ID
	State   State
	Back    State     // where a rule that ends in Back leads; None where there is no way back
	Version int64     // 1 when made; one more with every event
	Head    Hash      // hash of the record's newest event
	Made    time.Time // UTC, whole microseconds
	Changed time.Time // when the newest event happened
}

// A Hash is a SHA-256 sum; the zero Hash stands before the first event.
type Hash [32]byte

// Standing is what may stop any forward action on a record: the holds on it, its
// organization, its opportunity or its program.
type Standing struct {
	Holds      int  // how many holds stand
	Restricted bool // at least one of them is restricted: nobody else is told
	Reason     string
	NextLook   Date
}
