package workflow

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// An Attachment is a file that an application comes with. The bytes are a document
// under their SHA-256; what is said of them here is part of the application.
type Attachment struct {
	Code string `json:"code"` // of the DocumentTerm that asks for it
	Name string `json:"name"` // what the file was called when it was uploaded
	Type string `json:"type"` // name of its FileType
	Size int64  `json:"size"` // in bytes
	Sum  string `json:"sha256"`
}

// Attachments are the files of an application as they are stored: a JSON list in
// the order of their codes, at most one of each; "" for none.
type Attachments string

// List returns the files. Text that is no list holds none: the database has
// nothing else.
func (a Attachments) List() []Attachment {
	var out []Attachment
	if a == "" || json.Unmarshal([]byte(a), &out) != nil {
		return nil
	}
	return out
}

// Of returns the file for a document's code, and false when there is none.
func (a Attachments) Of(code string) (Attachment, bool) {
	for _, one := range a.List() {
		if one.Code == code {
			return one, true
		}
	}
	return Attachment{}, false
}

// without returns the files but for those whose code drop names.
func (a Attachments) without(drop func(code string) bool) Attachments {
	return attachmentsOf(slices.DeleteFunc(a.List(), func(one Attachment) bool { return drop(one.Code) }))
}

// MarshalJSON writes the list.
func (a Attachments) MarshalJSON() ([]byte, error) {
	return json.Marshal(append([]Attachment{}, a.List()...))
}

// UnmarshalJSON reads a list.
func (a *Attachments) UnmarshalJSON(b []byte) error {
	var list []Attachment
	err := json.Unmarshal(b, &list)
	*a = attachmentsOf(list)
	return err
}

// attachmentsOf writes files as they are stored.
func attachmentsOf(list []Attachment) Attachments {
	if len(list) == 0 {
		return ""
	}
	slices.SortFunc(list, func(a, b Attachment) int { return strings.Compare(a.Code, b.Code) })
	return Attachments(mustJSON(list))
}

// fieldDocuments is how files come with an application, each by its document's code.
var fieldDocuments = Field{Name: "documents", Kind: Files, Optional: true}

// files yields what came for f, a field of several files: the code, the name and the
// bytes of each. One without a name and bytes is to be taken away.
func (c *Command) files(f Field, each func(code, name string, body []byte)) {
	for i := range c.Inputs {
		in := &c.Inputs[i]
		if code, is := strings.CutPrefix(in.Name, f.Name+"."); is && f.Kind == Files {
			each(code, in.Text, in.Body)
		}
	}
}

// attach takes over the files that came with c: one that came takes the place of
// the one before, one that is to be taken away goes. The others stay.
func (f *ApplicationFacts) attach(c *Command, s *Step) {
	var list []Attachment
	c.files(fieldDocuments, func(code, name string, body []byte) {
		if list == nil {
			list = append([]Attachment{}, f.Documents.List()...)
		}
		list = slices.DeleteFunc(list, func(a Attachment) bool { return a.Code == code })
		if d, asked := f.Terms.Or().Document(code); asked && len(body) > 0 {
			t, _ := FileTypeOf(name, body, d.Types...)
			list = append(list, Attachment{Code: code, Name: name, Type: t.Name, Size: int64(len(body)), Sum: s.Store(body)})
		}
	})
	if list != nil {
		f.Documents = attachmentsOf(list)
	}
}

// documentsTaken makes a guard that holds when wrong finds nothing wrong with any of
// the files that came; the refusal is about the first that it does.
func documentsTaken(why Reason, wrong func(d DocumentTerm, asked bool, name string, body []byte) Words) applicationGuard {
	first := func(f *ApplicationFacts, c *Command) (words Words) {
		c.files(fieldDocuments, func(code, name string, body []byte) {
			d, asked := f.Terms.Or().Document(code)
			_, there := f.Documents.Of(code)
			if words != nil || there && len(body) == 0 {
				return
			}
			if words = wrong(d, asked, name, body); words != nil {
				words[oneAnswer] = code
			}
		})
		return words
	}
	return applicationGuard{
		Reason: why,
		OK:     func(f *ApplicationFacts, c *Command, _ time.Time) bool { return first(f, c) == nil },
		Words:  first,
		Field:  &fieldDocuments,
	}
}

var (
	documentAsked = documentsTaken("document_unknown", func(_ DocumentTerm, asked bool, _ string, _ []byte) Words {
		if asked {
			return nil
		}
		return Words{}
	})
	documentTypeTaken = documentsTaken(reasonFileType, func(d DocumentTerm, _ bool, name string, body []byte) Words {
		if _, known := FileTypeOf(name, body, d.Types...); known || len(body) == 0 {
			return nil
		}
		return Words{"name": name, "types": fileNames(d.Types)}
	})
	documentSizeTaken = documentsTaken("file_too_large", func(d DocumentTerm, _ bool, _ string, body []byte) Words {
		if int64(len(body)) <= d.Limit() {
			return nil
		}
		return Words{"limit": d.Limit() >> 20}
	})
	documentsThere = applicationGuard{
		Reason: "documents_missing",
		OK: func(f *ApplicationFacts, _ *Command, _ time.Time) bool {
			return len(f.MissingDocuments(f.Terms.Or())) == 0
		},
		Words: func(f *ApplicationFacts, _ *Command) Words {
			var missing []Label
			for _, d := range f.MissingDocuments(f.Terms.Or()) {
				missing = append(missing, d.Label)
			}
			return Words{"missing": missing}
		},
		Field: &Field{Name: fieldDocuments.Name},
	}
)

// MissingDocuments lists the documents that a submission under terms t still lacks:
// required ones that are not there, and any whose file is not as the terms want it.
func (a *Application) MissingDocuments(t *Terms) []DocumentTerm {
	var out []DocumentTerm
	if len(t.Documents) == 0 {
		return nil
	}
	there := a.Documents.List()
	for _, d := range t.Documents {
		i := slices.IndexFunc(there, func(one Attachment) bool { return one.Code == d.Code })
		if i < 0 && d.Required || i >= 0 && !d.fits(there[i]) {
			out = append(out, d)
		}
	}
	return out
}

// Document returns what t says about the document with a code, and false when it
// asks for none such.
func (t *Terms) Document(code string) (DocumentTerm, bool) {
	i := slices.IndexFunc(t.Documents, func(d DocumentTerm) bool { return d.Code == code })
	if i < 0 {
		return DocumentTerm{}, false
	}
	return t.Documents[i], true
}

// Limit returns the most bytes of the document's file.
func (d *DocumentTerm) Limit() int64 {
	if d.MaxMB > 0 && d.MaxMB<<20 < MaxFile {
		return d.MaxMB << 20
	}
	return MaxFile
}

// fits reports whether a stored file is as d wants it: it may have been uploaded
// under other terms.
func (d *DocumentTerm) fits(a Attachment) bool {
	return a.Size <= d.Limit() && (len(d.Types) == 0 || contains(d.Types, strings.ToLower(a.Type)))
}
