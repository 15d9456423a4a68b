package ach_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"tranche/app/ach"
)

// readAll returns the entries of a file that is whole and right, and its reader.
func readAll(in io.Reader) ([]*ach.Entry, *ach.Reader, error) {
	r := ach.NewReader(in)
	var entries []*ach.Entry
	for {
		e, err := r.Next()
		switch {
		case errors.Is(err, io.EOF):
			return entries, r, nil
		case err != nil:
			return entries, r, err
		}
		entries = append(entries, e)
	}
}

func TestReaderReadsWhatTheWriterWrote(t *testing.T) {
	file, _, totals := write(t, header(), credits())
	entries, r, err := readAll(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	batch := &ach.Batch{
		Line: 2, Class: 220, CompanyName: "DOE AI VOUCHER", CompanyID: "1234567892", SEC: ach.CCD,
		Description: "VOUCHER", Effective: time.Date(2026, 10, 5, 0, 0, 0, 0, time.UTC), ODFI: "12104288", Number: 1,
	}
	want := []*ach.Entry{
		{Line: 3, Number: 1, Batch: batch, Code: 22, Routing: "231380104", Account: "998877660", Amount: 1_250_000_50,
			ID: "P-000000001", Name: "Startup Inc.", Trace: 121042880000001, Remittance: []string{`RMR*IV*DE-AI000001-T1**1250000.50\`}},
		{Line: 5, Number: 2, Batch: batch, Code: 32, Routing: "031300012", Account: "12-3456", Amount: 1,
			ID: "P-000000002", Name: "Muller & Son, AErospac", Trace: 121042880000002, Remittance: []string{`RMR*IV*DE-AI000002-T3**0.01\`}},
		{Line: 7, Number: 3, Batch: batch, Code: 22, Routing: "091000019", Account: "ABC12345678901234", Amount: ach.MaxEntry,
			ID: "P-000000003", Name: "No Remittance Corporat", Trace: 121042880000003},
	}
	if diff := cmp.Diff(want, entries); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
	head := &ach.File{
		Destination: "121042882", DestinationName: "WELLS FARGO BANK", Origin: "1234567892", OriginName: "DOE AI VOUCHER PROGRAM",
		Reference: "B-000042", Created: time.Date(2026, 10, 1, 9, 30, 0, 0, time.UTC), Modifier: 'A',
	}
	if diff := cmp.Diff(head, r.File()); diff != "" {
		t.Errorf("header (-want +got):\n%s", diff)
	}
	totals.Bytes, totals.SHA256 = 0, [32]byte{}
	if diff := cmp.Diff(totals, r.Totals()); diff != "" {
		t.Errorf("totals (-want +got):\n%s", diff)
	}
}

func TestReaderReadsFilesOfOthers(t *testing.T) {
	for _, test := range []struct {
		name  string
		check func(*ach.Entry) bool
	}{
		{"moov-cor.ach", func(e *ach.Entry) bool {
			return e.Change.Code == "C01" && e.Change.Corrected == "1918171614" && e.Change.Original == 121042880000001
		}},
		{"moov-ctx.ach", func(e *ach.Entry) bool { return e.Batch.SEC == ach.CTX && len(e.Remittance) == 2 }},
		{"moov-ppd.ach", func(e *ach.Entry) bool { return e.Amount == 1_000_000_00 && e.Name == "Receiver Account Name" }},
	} {
		file, err := os.ReadFile(filepath.Join("testdata", test.name))
		if err != nil {
			t.Fatal(err)
		}
		entries, _, err := readAll(bytes.NewReader(file))
		if err != nil || len(entries) != 1 || !test.check(entries[0]) {
			t.Errorf("%s: %d entries, %v", test.name, len(entries), err)
		}
	}
}

// refusedFiles are those of the 52 that are not read: kinds of entries that no payment of
// ours has, by their name, and files with a fault, by line and field.
var refusedFiles = map[string]ach.Error{
	"ach-ack-read__ack-read.ach":                          {Line: 2, Field: "standard entry class", Rule: ach.RuleUnknown, Got: "ACK"},
	"ach-atx-read__atx-read.ach":                          {Line: 2, Field: "standard entry class", Rule: ach.RuleUnknown, Got: "ATX"},
	"ach-iat-read__iat-credit.ach":                        {Line: 2, Field: "standard entry class", Rule: ach.RuleUnknown, Got: "IAT"},
	"issues__testdata__issue1595.ach":                     {Line: 2, Field: "standard entry class", Rule: ach.RuleUnknown, Got: "WEB"},
	"testdata__20180713-IAT.ach":                          {Line: 2, Field: "standard entry class", Rule: ach.RuleUnknown, Got: "IAT"},
	"testdata__20180716-IAT-A17-A18.ach":                  {Line: 2, Field: "standard entry class", Rule: ach.RuleUnknown, Got: "IAT"},
	"testdata__20180716-IAT-A17.ach":                      {Line: 2, Field: "standard entry class", Rule: ach.RuleUnknown, Got: "IAT"},
	"testdata__adv.ach":                                   {Line: 2, Field: "standard entry class", Rule: ach.RuleUnknown, Got: "ADV"},
	"testdata__contested_addenda.txt":                     {Line: 2, Field: "standard entry class", Rule: ach.RuleUnknown, Got: "WEB"},
	"testdata__flattenADVBatchesOneBatchHeader.ach":       {Line: 2, Field: "standard entry class", Rule: ach.RuleUnknown, Got: "ADV"},
	"testdata__flattenIATBatchesMultipleBatchHeaders.ach": {Line: 2, Field: "standard entry class", Rule: ach.RuleUnknown, Got: "IAT"},
	"testdata__flattenIATBatchesOneBatchHeader.ach":       {Line: 2, Field: "standard entry class", Rule: ach.RuleUnknown, Got: "IAT"},
	"testdata__iat-addenda98.ach":                         {Line: 2, Field: "standard entry class", Rule: ach.RuleUnknown, Got: "IAT"},
	"testdata__iat-addenda99.ach":                         {Line: 2, Field: "standard entry class", Rule: ach.RuleUnknown, Got: "IAT"},
	"testdata__iat-debit.ach":                             {Line: 2, Field: "standard entry class", Rule: ach.RuleUnknown, Got: "IAT"},
	"testdata__iat-mixedDebitCredit.ach":                  {Line: 2, Field: "standard entry class", Rule: ach.RuleUnknown, Got: "IAT"},
	"testdata__rck.ach":                                   {Line: 2, Field: "standard entry class", Rule: ach.RuleUnknown, Got: "RCK"},
	"testdata__return-WEB.ach":                            {Line: 2, Field: "standard entry class", Rule: ach.RuleUnknown, Got: "WEB"},
	"testdata__web-debit.ach":                             {Line: 2, Field: "standard entry class", Rule: ach.RuleUnknown, Got: "WEB"},

	// A return under the code of a payment; no lines of nines; columns that are shifted.
	"issues__testdata__issue1620_return.ach": {Line: 3, Entry: 1, Field: "transaction code", Rule: ach.RuleMismatch, Got: "22"},
	"testdata__ppd-debit-fixedLength.ach":    {Line: 6, Field: "padding", Rule: ach.RulePadding},
	"testdata__txp-credit.ach":               {Line: 2, Field: "effective date", Rule: ach.RuleDate, Got: "16    "},
	"testdata__txp-debit.ach":                {Line: 4, Entry: 1, Field: "addenda sequence", Rule: ach.RuleControl, Got: "0100"},
}

func TestReaderTakesTheFilesOfOthersOrSaysWhyNot(t *testing.T) {
	packed, err := zip.OpenReader("testdata/moov-valid.zip")
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	if len(packed.File) != 52 {
		t.Fatalf("%d files, want 52", len(packed.File))
	}
	for _, one := range packed.File {
		t.Run(one.Name, func(t *testing.T) {
			file, err := one.Open()
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			entries, _, err := readAll(file)
			want, refused := refusedFiles[one.Name]
			if !refused {
				if err != nil || len(entries) == 0 {
					t.Fatalf("%d entries, %v", len(entries), err)
				}
				return
			}
			wantError(t, err, want)
			if got := new(ach.Error); errors.As(err, &got) && got.Got != want.Got {
				t.Errorf("it names %q, want %q", got.Got, want.Got)
			}
		})
	}
}

func TestReaderAcceptsAnyLineEndings(t *testing.T) {
	file, _, _ := write(t, header(), credits())
	for name, text := range map[string]string{
		"CR LF":              strings.ReplaceAll(string(file), "\n", "\r\n"),
		"no last line break": strings.TrimSuffix(string(file), "\n"),
		"CR LF but the last": strings.TrimSuffix(strings.ReplaceAll(string(file), "\n", "\r\n"), "\r\n"),
		"CR":                 strings.ReplaceAll(string(file), "\n", "\r"),
		"none":               strings.ReplaceAll(string(file), "\n", ""),
		"blanks cut":         strings.ReplaceAll(string(file), strings.Repeat(" ", 39)+"\n", "\n"),
		"blanks added":       strings.ReplaceAll(string(file), "\n", "   \n"),
		"empty lines behind": string(file) + "\n\r\n\n",
	} {
		if entries, _, err := readAll(iotest.OneByteReader(strings.NewReader(text))); err != nil || len(entries) != 3 {
			t.Errorf("%s: %d entries, %v", name, len(entries), err)
		}
	}
}

// faults are single-field mutations of the file of credits: the 19 of which a
// widely used validator misses four, and those of fields it does not look at.
var faults = []struct {
	name     string
	line     int // 1-based; 0 drops the last line
	from     int // 1-based position
	old, new string
	want     ach.Error
}{
	{"amount", 3, 39, "0", "1", ach.Error{Line: 8, Field: "batch credits", Rule: ach.RuleControl}},
	{"batch hash", 8, 20, "2", "3", ach.Error{Line: 8, Field: "batch entry hash", Rule: ach.RuleControl}},
	{"file hash", 9, 31, "2", "3", ach.Error{Line: 9, Field: "file entry hash", Rule: ach.RuleControl}},
	{"file credit", 9, 55, "0", "1", ach.Error{Line: 9, Field: "file credits", Rule: ach.RuleControl}},
	{"batch count", 9, 7, "1", "2", ach.Error{Line: 9, Field: "batch count", Rule: ach.RuleControl}},
	{"check digit", 3, 12, "4", "5", ach.Error{Line: 3, Entry: 1, Field: "check digit", Rule: ach.RuleCheckDigit}},
	{"trace order", 5, 94, "2", "0", ach.Error{Line: 5, Entry: 2, Field: "trace number", Rule: ach.RuleOrder}},
	{"trace duplicate", 5, 94, "2", "1", ach.Error{Line: 5, Entry: 2, Field: "trace number", Rule: ach.RuleDuplicate}},
	{"trace ODFI", 5, 80, "1", "2", ach.Error{Line: 5, Entry: 2, Field: "trace number", Rule: ach.RuleMismatch}},
	{"service class", 2, 2, "220", "225", ach.Error{Line: 3, Entry: 1, Field: "transaction code", Rule: ach.RuleMismatch}},
	{"transaction code", 3, 2, "22", "25", ach.Error{Line: 3, Entry: 1, Field: "transaction code", Rule: ach.RuleUnknown}},
	{"addenda indicator", 3, 79, "1", "0", ach.Error{Line: 3, Entry: 1, Field: "addenda indicator", Rule: ach.RuleMismatch}},
	{"addenda entry sequence", 4, 94, "1", "9", ach.Error{Line: 4, Entry: 1, Field: "addenda entry sequence", Rule: ach.RuleMismatch}},
	{"company ID", 8, 45, "1", "2", ach.Error{Line: 8, Field: "company ID", Rule: ach.RuleMismatch}},
	{"unknown SEC", 2, 51, "CCD", "CCX", ach.Error{Line: 2, Field: "standard entry class", Rule: ach.RuleUnknown}},
	{"block count", 9, 13, "1", "2", ach.Error{Line: 9, Field: "block count", Rule: ach.RuleControl}},
	{"missing padding", 0, 0, "", "", ach.Error{Line: 10, Field: "padding", Rule: ach.RulePadding}},
	{"addenda sequence", 4, 84, "0001", "0007", ach.Error{Line: 4, Entry: 1, Field: "addenda sequence", Rule: ach.RuleControl}},
	{"effective date", 2, 70, "261005", "261399", ach.Error{Line: 2, Field: "effective date", Rule: ach.RuleDate}},

	{"unknown service class", 2, 2, "220", "280", ach.Error{Line: 2, Field: "service class", Rule: ach.RuleUnknown}},
	{"service class of the control", 8, 2, "220", "200", ach.Error{Line: 8, Field: "service class", Rule: ach.RuleMismatch}},
	{"debit among credits", 3, 2, "22", "27", ach.Error{Line: 3, Entry: 1, Field: "transaction code", Rule: ach.RuleMismatch}},
	{"money in a prenote", 3, 2, "22", "23", ach.Error{Line: 3, Entry: 1, Field: "amount", Rule: ach.RuleMismatch}},
	{"no money", 5, 39, "1", "0", ach.Error{Line: 5, Entry: 2, Field: "amount", Rule: ach.RuleRequired}},
	{"return without a reason", 3, 2, "22", "21", ach.Error{Line: 3, Entry: 1, Field: "transaction code", Rule: ach.RuleMismatch}},
	{"change without a reason", 2, 51, "CCD", "COR", ach.Error{Line: 3, Entry: 1, Field: "standard entry class", Rule: ach.RuleMismatch}},
	{"receiver's bank", 3, 4, "231380104", "121042882", ach.Error{Line: 8, Field: "batch entry hash", Rule: ach.RuleControl}},
	{"letter in an amount", 3, 39, "0", "O", ach.Error{Line: 3, Entry: 1, Field: "amount", Rule: ach.RuleDigits}},
	{"blank account", 3, 13, "998877660", "         ", ach.Error{Line: 3, Entry: 1, Field: "account number", Rule: ach.RuleRequired}},
	{"account not left-justified", 3, 13, "9", " ", ach.Error{Line: 3, Entry: 1, Field: "account number", Rule: ach.RuleFixed}},
	{"unknown addenda", 4, 2, "05", "06", ach.Error{Line: 4, Entry: 1, Field: "addenda type", Rule: ach.RuleUnknown}},
	{"no effective date", 2, 70, "261005", "      ", ach.Error{Line: 3, Entry: 1, Field: "effective date", Rule: ach.RuleRequired}},
	{"settlement date", 2, 76, "   ", "367", ach.Error{Line: 2, Field: "settlement date", Rule: ach.RuleDate}},
	{"originator status", 2, 79, "1", "3", ach.Error{Line: 2, Field: "originator status", Rule: ach.RuleUnknown}},
	{"batch number zero", 2, 94, "1", "0", ach.Error{Line: 2, Field: "batch number", Rule: ach.RuleOrder}},
	{"batch number of the control", 8, 94, "1", "2", ach.Error{Line: 8, Field: "batch number", Rule: ach.RuleMismatch}},
	{"ODFI of the control", 8, 80, "1", "2", ach.Error{Line: 8, Field: "ODFI", Rule: ach.RuleMismatch}},
	{"batch entry count", 8, 10, "5", "6", ach.Error{Line: 8, Field: "batch entry/addenda count", Rule: ach.RuleControl}},
	{"batch debits", 8, 32, "0", "1", ach.Error{Line: 8, Field: "batch debits", Rule: ach.RuleControl}},
	{"batch credits", 8, 44, "0", "1", ach.Error{Line: 8, Field: "batch credits", Rule: ach.RuleControl}},
	{"reserved of the batch control", 8, 74, " ", "X", ach.Error{Line: 8, Field: "reserved", Rule: ach.RuleFixed}},
	{"file entry count", 9, 21, "5", "6", ach.Error{Line: 9, Field: "file entry/addenda count", Rule: ach.RuleControl}},
	{"file debits", 9, 43, "0", "1", ach.Error{Line: 9, Field: "file debits", Rule: ach.RuleControl}},
	{"reserved of the file control", 9, 94, " ", "X", ach.Error{Line: 9, Field: "reserved", Rule: ach.RuleFixed}},
	{"padding that is not nines", 10, 50, "9", "8", ach.Error{Line: 10, Field: "padding", Rule: ach.RulePadding}},
	{"priority code", 1, 2, "01", "02", ach.Error{Line: 1, Field: "priority code", Rule: ach.RuleFixed}},
	{"destination", 1, 13, "2", "3", ach.Error{Line: 1, Field: "check digit", Rule: ach.RuleCheckDigit}},
	{"tenth character of the destination", 1, 4, " ", "7", ach.Error{Line: 1, Field: "destination", Rule: ach.RuleFixed}},
	{"blank origin", 1, 14, "1234567892", "          ", ach.Error{Line: 1, Field: "origin", Rule: ach.RuleRequired}},
	{"creation date", 1, 24, "261001", "260231", ach.Error{Line: 1, Field: "creation date", Rule: ach.RuleDate}},
	{"creation time", 1, 30, "0930", "2460", ach.Error{Line: 1, Field: "creation time", Rule: ach.RuleDate}},
	{"file ID modifier", 1, 34, "A", "a", ach.Error{Line: 1, Field: "file ID modifier", Rule: ach.RuleCharset}},
	{"record size", 1, 35, "094", "095", ach.Error{Line: 1, Field: "record size", Rule: ach.RuleFixed}},
	{"blocking factor", 1, 38, "10", "11", ach.Error{Line: 1, Field: "blocking factor", Rule: ach.RuleFixed}},
	{"format code", 1, 40, "1", "2", ach.Error{Line: 1, Field: "format code", Rule: ach.RuleFixed}},
	{"record type", 3, 1, "6", "4", ach.Error{Line: 3, Field: "record type", Rule: ach.RuleOrder}},
	{"control character", 3, 58, "r", "\t", ach.Error{Line: 3, Field: "record", Rule: ach.RuleCharset}},
	{"beyond ASCII", 3, 58, "r", "\xfc", ach.Error{Line: 3, Field: "record", Rule: ach.RuleCharset}},
	{"line too short", 3, 58, "r", "", ach.Error{Line: 3, Field: "record", Rule: ach.RuleLength}},
	{"line too long", 3, 58, "r", "rr", ach.Error{Line: 3, Field: "record", Rule: ach.RuleLength}},
}

func TestReaderCatchesEverySingleFault(t *testing.T) {
	file, _, _ := write(t, header(), credits())
	for _, fault := range faults {
		t.Run(fault.name, func(t *testing.T) {
			l := lines(file)
			if fault.line == 0 {
				l = l[:len(l)-1]
			} else {
				text, at := l[fault.line-1], fault.from-1
				if got := text[at : at+len(fault.old)]; got != fault.old {
					t.Fatalf("line %d, position %d holds %q, not %q", fault.line, fault.from, got, fault.old)
				}
				l[fault.line-1] = text[:at] + fault.new + text[at+len(fault.old):]
			}
			_, _, err := readAll(strings.NewReader(strings.Join(l, "\n") + "\n"))
			wantError(t, err, fault.want)
		})
	}
}

// free are the positions of each record in which the file of credits may hold
// another character without contradicting itself.
var free = map[byte][][2]int{
	'1': {{4, 4}, {14, 34}, {41, 94}}, // blank or 0, origin, creation, modifier, names, reference
	'5': {{5, 50}, {54, 79}},          // company, description, dates, status
	'6': {{2, 2}, {13, 29}, {40, 78}}, // kind of account, account, number, name
	'7': {{4, 83}},                    // remittance
	'8': {{55, 73}},                   // message authentication code
	'9': {},
}

func TestReaderCatchesEveryCharacterThatCounts(t *testing.T) {
	file, _, _ := write(t, header(), credits())
	for i, c := range file {
		line, at := bytes.Count(file[:i], []byte("\n")), i-bytes.LastIndexByte(file[:i], '\n')
		kind := file[i-at+1]
		if c == '\n' || isFree(kind, at) || line == 6 && at >= 88 { // a last trace without addenda may be any
			continue
		}
		for _, other := range []byte("0159 A") {
			if other == c {
				continue
			}
			bent := bytes.Clone(file)
			bent[i] = other
			if _, _, err := readAll(bytes.NewReader(bent)); err == nil {
				t.Errorf("line %d, position %d: %q instead of %q is not noticed", line+1, at, other, c)
			}
		}
	}
}

func isFree(kind byte, at int) bool {
	for _, f := range free[kind] {
		if at >= f[0] && at <= f[1] {
			return true
		}
	}
	return false
}

func TestReaderCatchesMovedLines(t *testing.T) {
	file, _, _ := write(t, header(), credits())
	l := lines(file)
	for i := range l[:9] { // the tenth is padding
		without := append(append([]string{}, l[:i]...), l[i+1:]...)
		twice := append(append([]string{}, l[:i+1]...), l[i:]...)
		swapped := append([]string{}, l...)
		swapped[i], swapped[i+1] = l[i+1], l[i]
		for name, bent := range map[string][]string{"without": without, "twice": twice, "swapped with the next": swapped} {
			if _, _, err := readAll(strings.NewReader(strings.Join(bent, "\n"))); err == nil {
				t.Errorf("line %d %s is not noticed", i+1, name)
			}
		}
	}
}

func TestReaderCatchesATruncatedFile(t *testing.T) {
	file, _, _ := write(t, header(), credits())
	for n := range len(file) - 1 { // all but the last line break
		if _, _, err := readAll(bytes.NewReader(file[:n])); err == nil {
			t.Errorf("the first %d of %d bytes pass for a whole file", n, len(file))
		}
	}
	for _, more := range []string{"9", strings.Repeat("9", 94) + "\n"} {
		_, _, err := readAll(bytes.NewReader(append(bytes.Clone(file), more...)))
		wantError(t, err, ach.Error{Line: 11, Field: "file", Rule: ach.RuleOrder})
	}
}

func TestReaderWantsEntries(t *testing.T) {
	file, _, _ := write(t, header(), credits())
	l := lines(file)
	_, _, err := readAll(strings.NewReader(strings.Join([]string{l[0], l[1], l[7]}, "\n")))
	wantError(t, err, ach.Error{Line: 3, Field: "batch", Rule: ach.RuleEmpty})
	_, _, err = readAll(strings.NewReader(strings.Join([]string{l[0], l[8]}, "\n")))
	wantError(t, err, ach.Error{Line: 2, Field: "file", Rule: ach.RuleEmpty})
	_, _, err = readAll(strings.NewReader(""))
	wantError(t, err, ach.Error{Line: 1, Field: "file control", Rule: ach.RuleTruncated})
}

func TestReaderStopsAtALineWithoutEnd(t *testing.T) {
	line := io.LimitReader(endless{}, 1<<30)
	_, _, err := readAll(line)
	wantError(t, err, ach.Error{Line: 1, Field: "record", Rule: ach.RuleLength})
}

// endless never ends.
type endless struct{}

func (endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = '0'
	}
	return len(b), nil
}

func TestReaderPassesOnTheErrorOfItsSource(t *testing.T) {
	file, _, _ := write(t, header(), credits())
	for n := range 10 {
		source := io.MultiReader(bytes.NewReader(file[:n*95]), iotest.ErrReader(errDisk))
		_, r, err := readAll(source)
		if !errors.Is(err, errDisk) {
			t.Errorf("after %d lines: %v, want %v", n, err, errDisk)
		}
		if _, again := r.Next(); !errors.Is(again, errDisk) {
			t.Errorf("after %d lines, asked again: %v", n, again)
		}
	}
}

func TestReaderNeverShowsAnAccountNumber(t *testing.T) {
	file, _, _ := write(t, header(), credits())
	for i := range lines(file) {
		for at := range 94 {
			bent := bytes.Clone(file)
			bent[i*95+at] = 'X'
			_, _, err := readAll(bytes.NewReader(bent))
			if err != nil && strings.Contains(err.Error(), "98877660") {
				t.Errorf("line %d, position %d: %v", i+1, at+1, err)
			}
		}
	}
}

func FuzzReader(f *testing.F) {
	names, err := filepath.Glob("testdata/*.ach")
	if err != nil || len(names) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, name := range names {
		file, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		entries, r, err := readAll(bytes.NewReader(file))
		if err != nil {
			var typed *ach.Error
			if !errors.As(err, &typed) || typed.Line < 1 || typed.Field == "" || typed.Rule == "" {
				t.Fatalf("error %#v does not name line, field and rule", err)
			}
			return
		}
		if totals := r.Totals(); totals.Entries != len(entries) || totals.Lines%10 != 0 || len(entries) == 0 {
			t.Fatalf("accepted with %d entries and totals %+v", len(entries), totals)
		}
		for _, e := range entries {
			if !ach.ValidRouting(e.Routing) || e.Amount < 0 || e.Amount > ach.MaxEntry || !e.Code.Known() {
				t.Fatalf("accepted %+v", e)
			}
		}
	})
}
