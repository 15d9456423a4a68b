package web

// ListsView lists the versions of the lists that organizations are held against, by
// kind, with the form that imports one for whose duty it is.
type ListsView struct {
	Shell
	List
	Kinds   []ListKind
	Actions Actions
}

// Page implements View.
func (ListsView) Page() string { return "lists" }

// ListKind is one kind of list with its versions, the newest first.
type ListKind struct {
	Name     string
	Versions []ListVersion
	None     string // what it means that there is no version; "" where there are some
	All      Link   // to every version; no Text: all are shown
	Pager    Pager
}

// ListVersion is one version of a list, as a row.
type ListVersion struct {
	Dated, URL string
	Tag        Tag
	By         Person
	At         Stamp
	Entries    string
	Files, Sum string // their names, and the SHA-256 of their bytes
	Changes    string // in words
}

// ListView is one version of a list, with what it changed.
type ListView struct {
	Shell
	Record
	Source  []Answer
	Changes *Comparison
	Counts  string // how many entries were added, changed and removed
	Pager   Pager
}

// Page implements View.
func (ListView) Page() string { return "list" }
