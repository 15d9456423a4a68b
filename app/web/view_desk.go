package web

// DeskView lists what waits for the reader.
type DeskView struct {
	Shell
	List
	Rows []DeskRow
}

// Page implements View.
func (DeskView) Page() string { return "desk" }

// DeskRow is one record that waits for the reader.
type DeskRow struct {
	Task, URL string // what to do
	About     string // the record in words, with its number
	Company   string
	Tag       Tag
	Since     Stamp
	For       string // whose deputy the reader is for it, or ""
	Due       Due    // no Text: nothing is laid down
	Note      string // what is still missing, or ""
	Barred    string // why the reader may not, or ""
}
