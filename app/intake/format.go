// Package intake reads what others send us: a bank's answers to payments, lists that
// organizations are held against, and exchange rates. A format of the first two is
// one file of this package and one line in Formats or ListFormats. Reading changes
// nothing: what an answer does to a payment, or a list to a case, is decided in workflow.
package intake

import (
	"io"
	"iter"
)

// Format is one way in for a bank's answers to payments.
type Format struct {
	Name      string // as people choose it, also in URLs
	Extension string // of its file names, with the dot

	// Read yields the answers of a file in its order, and ends with the first
	// error. An *ach.Error names line and field. Nothing may be acted upon before
	// the whole file has been read without an error; ReadAll sees to that.
	Read func(io.Reader) iter.Seq2[Answer, error]
}

// Formats returns all ways in.
func Formats() []Format {
	return []Format{
		{"achreturn", ".ach", readACHReturns},
	}
}

// Find returns the format of the given name.
func Find(name string) (Format, bool) {
	for _, f := range Formats() {
		if f.Name == name {
			return f, true
		}
	}
	return Format{}, false
}

// ReadAll returns the answers of a file that is whole and right, or the first
// error and no answer.
func (f Format) ReadAll(r io.Reader) ([]Answer, error) {
	var all []Answer
	for a, err := range f.Read(r) {
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, nil
}
