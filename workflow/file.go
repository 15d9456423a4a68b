package workflow

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxFile is the most bytes of one uploaded file: 10 MiB. A hundred scanned pages
// fit.
const MaxFile = 10 << 20

// A FileType is a kind of file that can be uploaded.
type FileType struct {
	Name       string // as people call it
	Media      string
	Extensions []string // of its names, in small letters
	is         func([]byte) bool
}

// FileTypes are the kinds of files that are taken. What a file is follows from
// its bytes; its name must not say otherwise.
var FileTypes = []FileType{
	{"PDF", "application/pdf", []string{".pdf"}, starts("%PDF-")},
	{"PNG", "image/png", []string{".png"}, starts("\x89PNG\r\n\x1a\n")},
	{"JPEG", "image/jpeg", []string{".jpg", ".jpeg"}, starts("\xff\xd8\xff")},
	{"XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", []string{".xlsx"}, isWorkbook},
	{"CSV", "text/csv; charset=utf-8", []string{".csv"}, isCSV},
}

// TypeOfFile returns what body is, and false when it is none of the FileTypes.
func TypeOfFile(body []byte) (FileType, bool) {
	for _, t := range FileTypes {
		if t.is(body) {
			return t, true
		}
	}
	return FileType{}, false
}

// fileTaken reports whether body is of a kind that is taken and name, whose
// extension browsers and people go by, says the same.
func fileTaken(name string, body []byte) bool {
	t, known := TypeOfFile(body)
	return known && contains(t.Extensions, strings.ToLower(path.Ext(name)))
}

// fileNames lists the FileTypes for people.
func fileNames() string {
	var names []string
	for _, t := range FileTypes {
		names = append(names, t.Name)
	}
	return strings.Join(names, ", ")
}

func starts(magic string) func([]byte) bool {
	return func(body []byte) bool { return bytes.HasPrefix(body, []byte(magic)) }
}

// mostParts is how many parts a workbook may have; its directory alone is read.
const mostParts = 10_000

// isWorkbook reports whether body is an Office Open XML workbook without macros.
// Source: ECMA-376 part 2, annex B, for [Content_Types].xml.
func isWorkbook(body []byte) bool {
	if !bytes.HasPrefix(body, []byte("PK\x03\x04")) {
		return false
	}
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil || len(z.File) > mostParts {
		return false
	}
	var types, workbook bool
	for _, f := range z.File {
		switch name := strings.ToLower(f.Name); {
		case strings.HasSuffix(name, ".bin") && strings.Contains(name, "vbaproject"):
			return false
		case name == "[content_types].xml":
			types = true
		case name == "xl/workbook.xml":
			workbook = true
		}
	}
	return types && workbook
}

// isCSV reports whether body is a table as RFC 4180 has it: UTF-8 text, at least
// two columns, as many in each row. What could be taken for a page or a script
// of another kind has no commas where they belong, or control characters.
func isCSV(body []byte) bool {
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	if !utf8.Valid(body) || bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) {
		return false
	}
	if bytes.ContainsFunc(body, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' }) {
		return false
	}
	r := csv.NewReader(bytes.NewReader(body))
	r.ReuseRecord = true
	rows := 0
	for ; ; rows++ {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows > 0
		}
		if err != nil || len(row) < 2 {
			return false
		}
	}
}

// isSum reports whether s is a SHA-256 in small hex digits.
func isSum(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) && (s[i] < 'a' || s[i] > 'f') {
			return false
		}
	}
	return len(s) == 64
}
