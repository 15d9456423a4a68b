package workflow

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxFile is the most bytes of one uploaded file: 10 MiB. A hundred scanned pages
// fit.
const MaxFile = 10 << 20

// MaxFiles is the most bytes of all files that come at once: two of the largest.
const MaxFiles = 2 * MaxFile

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
	{"XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", []string{".xlsx"}, isOffice("xl/workbook.xml")},
	{"DOCX", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", []string{".docx"}, isOffice("word/document.xml")},
	{"CSV", "text/csv; charset=utf-8", []string{".csv"}, isCSV},
	{"TXT", "text/plain; charset=utf-8", []string{".txt"}, isText},
}

// FileTypesOf returns the FileTypes with these codes, all of them for none.
func FileTypesOf(codes ...string) []FileType {
	return slices.DeleteFunc(slices.Clone(FileTypes), func(t FileType) bool { return len(codes) > 0 && !contains(codes, t.Code()) })
}

// Code returns what program files call t, such as pdf.
func (t *FileType) Code() string { return strings.ToLower(t.Name) }

// FileTypeOf returns what the file called name is, and false when it is of none of
// the types with these codes, all of them for none. The bytes decide, and the
// extension of the name, which browsers and people go by, must say the same.
func FileTypeOf(name string, body []byte, codes ...string) (FileType, bool) {
	for _, t := range FileTypesOf(codes...) {
		if contains(t.Extensions, strings.ToLower(path.Ext(name))) && t.is(body) {
			return t, true
		}
	}
	return FileType{}, false
}

// fileNames lists types of files for people.
func fileNames(codes []string) string {
	var names []string
	for _, t := range FileTypesOf(codes...) {
		names = append(names, t.Name)
	}
	return strings.Join(names, ", ")
}

func starts(magic string) func([]byte) bool {
	return func(body []byte) bool { return bytes.HasPrefix(body, []byte(magic)) }
}

// mostParts is how many parts an office document may have; its directory alone is read.
const mostParts = 10_000

// isOffice makes a test for Office Open XML without macros, of the kind whose main
// part is called so.
// Source: ECMA-376 part 2, annex B, for [Content_Types].xml.
func isOffice(part string) func([]byte) bool {
	return func(body []byte) bool { return hasParts(body, part) }
}

func hasParts(body []byte, part string) bool {
	if !bytes.HasPrefix(body, []byte("PK\x03\x04")) {
		return false
	}
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil || len(z.File) > mostParts {
		return false
	}
	var types, main bool
	for _, f := range z.File {
		switch name := strings.ToLower(f.Name); {
		case strings.HasSuffix(name, ".bin") && strings.Contains(name, "vbaproject"):
			return false
		case name == "[content_types].xml":
			types = true
		case name == part:
			main = true
		}
	}
	return types && main
}

// isCSV reports whether body is a table as RFC 4180 has it: UTF-8 text, at least
// two columns, as many in each row. What could be taken for a page or a script
// of another kind has no commas where they belong, or control characters.
func isCSV(body []byte) bool {
	if !isText(body) {
		return false
	}
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(body, []byte("\ufeff"))))
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

// isText reports whether body is UTF-8 text without control characters that does
// not begin as a page, another XML document, a PDF or PostScript does.
func isText(body []byte) bool {
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	first := bytes.TrimSpace(body)
	if !utf8.Valid(body) || bytes.HasPrefix(first, []byte("<")) || bytes.HasPrefix(first, []byte("%")) {
		return false
	}
	return !bytes.ContainsFunc(body, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' })
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
