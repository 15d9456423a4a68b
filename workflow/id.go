package workflow

import "strconv"

// An ID names one record of any kind: no two records share one, whatever their
// noun. Zero means no record.
type ID int64

// String writes id in decimal.
func (id ID) String() string { return strconv.FormatInt(int64(id), 10) }

// ParseID reads a positive decimal number of at most 18 digits without leading
// zeros; anything else returns false.
func ParseID(s string) (ID, bool) {
	if len(s) == 0 || len(s) > 18 || s[0] == '0' {
		return 0, false
	}
	var id ID
	for i := range len(s) {
		d := s[i] - '0'
		if d > 9 {
			return 0, false
		}
		id = id*10 + ID(d)
	}
	return id, true
}
