package export_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	moov "github.com/moov-io/ach"

	"tranche/app/ach"
	"tranche/app/export"
	"tranche/workflow"
)

var update = flag.Bool("update", false, "rewrite golden files")

func batch() export.Batch {
	return export.Batch{
		Number: "B-000042", Account: "4000123456789", Treasury: export.Treasury{Input: "DOE-AIV", ALC: "89000001", Payment: "Vendor", Text: "AIV"},
		ACH: ach.Header{
			Destination: "121042882", DestinationName: "WELLS FARGO BANK", Origin: "1234567892", OriginName: "DOE AI VOUCHER PROGRAM",
			Reference: "B-000042", Created: time.Date(2026, 10, 1, 9, 30, 0, 0, time.UTC), Modifier: 'A',
			CompanyName: "DOE AI VOUCHER", CompanyID: "1234567892", Description: "VOUCHER",
			Effective: time.Date(2026, 10, 5, 0, 0, 0, 0, time.UTC), ODFI: "121042882", FirstSequence: 101,
		},
	}
}

func payments() []export.Payment {
	return []export.Payment{
		{Number: "P-000000001", Award: "DE-AI0000001", Organization: "Startup Inc.", UEI: "CK2CJ9GL5NQ4", Tranche: 1,
			Amount: 1_250_000_50, Routing: "031300012", Account: "998877660", EIN: "12-3456789",
			Street: "1 Main Street", City: "Bend", Region: "OR", Zip: "97701-1234", Country: "USA", Symbol: "089-2026/2027-0222-000"},
		{Number: "P-000000002", Award: "DE-AI0000002", Organization: `=HYPERLINK("http://evil.example";"click")`, UEI: "DK2CJ9GL5NQ4", Tranche: 2,
			Amount: 1, Routing: "091000019", Account: "12-3456", Savings: true, Symbol: "089X0222"},
		{Number: "P-000000003", Award: "DE-AI0000003", Organization: "Müller, \"Søn\"\r\n& Daughters", UEI: "EK2CJ9GL5NQ4", Tranche: 3,
			Amount: 4_999_999_99, Routing: "231380104", Account: "ABC1", Symbol: "017-089-X-0222-001"},
	}
}

// stream yields a list.
func stream(list []export.Payment) export.Payments {
	return func(yield func(*export.Payment, error) bool) {
		for i := range list {
			if !yield(&list[i], nil) {
				return
			}
		}
	}
}

var errDatabase = errors.New("connection lost")

// broken yields a list and then an error.
func broken(list []export.Payment) export.Payments {
	return func(yield func(*export.Payment, error) bool) {
		for p := range stream(list) {
			if !yield(p, nil) {
				return
			}
		}
		yield(nil, errDatabase)
	}
}

// write returns the file of a batch in a format.
func write(t testing.TB, f export.Format, b export.Batch, list []export.Payment) ([]byte, export.Totals) {
	t.Helper()
	var out bytes.Buffer
	totals, err := f.Write(&out, b, stream(list))
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), totals
}

func find(t testing.TB, name string) export.Format {
	t.Helper()
	f, ok := export.Find(name)
	if !ok {
		t.Fatalf("no format %s", name)
	}
	return f
}

func TestEveryFormatWritesItsGoldenFileAndReadsItBack(t *testing.T) {
	for _, f := range export.Formats() {
		t.Run(f.Name, func(t *testing.T) {
			file, totals := write(t, f, batch(), payments())
			path := "testdata/batch" + f.Extension
			if *update {
				if err := os.WriteFile(path, file, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(file, want) {
				t.Errorf("%s differs:\n%s", path, file)
			}
			if totals.Payments != 3 || totals.Amount != 6_250_000_50 || totals.Bytes != int64(len(file)) || totals.SHA256 != sha256.Sum256(file) {
				t.Errorf("totals %+v", totals)
			}
			if err := f.Verify(iotest.OneByteReader(bytes.NewReader(file)), batch(), stream(payments()), totals); err != nil {
				t.Errorf("verify: %v", err)
			}
			if again, _ := write(t, f, batch(), payments()); !bytes.Equal(again, file) {
				t.Error("the same batch gives other bytes")
			}
		})
	}
}

func TestVerifyCatchesEveryChangedByte(t *testing.T) {
	for _, f := range export.Formats() {
		t.Run(f.Name, func(t *testing.T) {
			file, totals := write(t, f, batch(), payments())
			for i := range file {
				bent := bytes.Clone(file)
				bent[i] ^= 1
				if err := f.Verify(bytes.NewReader(bent), batch(), stream(payments()), totals); !errors.Is(err, export.ErrDiffers) {
					t.Errorf("byte %d: %v", i, err)
				}
				if err := f.Verify(bytes.NewReader(file[:i]), batch(), stream(payments()), totals); !errors.Is(err, export.ErrDiffers) {
					t.Errorf("first %d bytes: %v", i, err)
				}
			}
		})
	}
}

// swaps are changes that leave a file well formed: only a comparison with the
// payments finds them.
var swaps = []struct {
	name string
	bend func(*export.Batch, []export.Payment)
	only string // the formats that show the field, or "" for all
}{
	{"amount", func(b *export.Batch, p []export.Payment) { p[0].Amount, p[1].Amount = p[1].Amount, p[0].Amount }, ""},
	{"order", func(b *export.Batch, p []export.Payment) { p[0], p[1] = p[1], p[0] }, ""},
	{"number", func(b *export.Batch, p []export.Payment) { p[0].Number = "P-000000009" }, ""},
	{"award", func(b *export.Batch, p []export.Payment) { p[0].Award = "DE-AI0000009" }, ""},
	{"tranche", func(b *export.Batch, p []export.Payment) { p[0].Tranche = 9 }, ""},
	{"organization", func(b *export.Batch, p []export.Payment) { p[0].Organization = "Startup LLC." }, ""},
	{"routing number", func(b *export.Batch, p []export.Payment) { p[0].Routing = "121042882" }, ""},
	{"kind of account", func(b *export.Batch, p []export.Payment) { p[0].Savings = true }, ""},
	{"first trace", func(b *export.Batch, p []export.Payment) { b.ACH.FirstSequence++ }, "nacha ctx pain001 pain001_03 register workbook"},
	{"account", func(b *export.Batch, p []export.Payment) { p[0].Account = "198877660" }, "nacha ctx pain001 pain001_03 spr"},
	{"effective date", func(b *export.Batch, p []export.Payment) { b.ACH.Effective = b.ACH.Effective.AddDate(0, 0, 1) }, "nacha ctx pain001 pain001_03 workbook"},
	{"company name", func(b *export.Batch, p []export.Payment) { b.ACH.CompanyName = "OTHER" }, "nacha ctx pain001 pain001_03"},
	{"company ID", func(b *export.Batch, p []export.Payment) { b.ACH.CompanyID = "OTHER" }, "nacha ctx pain001 pain001_03 spr"},
	{"description", func(b *export.Batch, p []export.Payment) { b.ACH.Description = "OTHER" }, "nacha ctx"},
	{"destination", func(b *export.Batch, p []export.Payment) { b.ACH.Destination = "091000019" }, "nacha ctx"},
	{"modifier", func(b *export.Batch, p []export.Payment) { b.ACH.Modifier = 'B' }, "nacha ctx"},
	{"batch number", func(b *export.Batch, p []export.Payment) { b.Number = "B-000043" }, "register workbook pain001 pain001_03 spr"},
	{"UEI", func(b *export.Batch, p []export.Payment) { p[0].UEI = "" }, "register workbook spr"},
}

func TestVerifyCatchesAFileOfOtherPayments(t *testing.T) {
	for _, f := range export.Formats() {
		for _, swap := range swaps {
			if swap.only != "" && !slices.Contains(strings.Fields(swap.only), f.Name) {
				continue
			}
			t.Run(f.Name+"/"+swap.name, func(t *testing.T) {
				file, totals := write(t, f, batch(), payments())
				b, list := batch(), payments()
				swap.bend(&b, list)
				if err := f.Verify(bytes.NewReader(file), b, stream(list), totals); !errors.Is(err, export.ErrDiffers) {
					t.Errorf("verify: %v", err)
				}
			})
		}
	}
}

func TestVerifyWantsEveryPaymentOnce(t *testing.T) {
	for _, f := range export.Formats() {
		file, totals := write(t, f, batch(), payments())
		more := append(payments(), payments()[0])
		for name, list := range map[string][]export.Payment{"fewer": payments()[:2], "more": more, "none": nil} {
			if err := f.Verify(bytes.NewReader(file), batch(), stream(list), totals); !errors.Is(err, export.ErrDiffers) {
				t.Errorf("%s, %s payments: %v", f.Name, name, err)
			}
		}
		totals.Amount++
		if err := f.Verify(bytes.NewReader(file), batch(), stream(payments()), totals); !errors.Is(err, export.ErrDiffers) {
			t.Errorf("%s, other total: %v", f.Name, err)
		}
	}
}

func TestFaultsPassThrough(t *testing.T) {
	for _, f := range export.Formats() {
		file, totals := write(t, f, batch(), payments())
		if _, err := f.Write(io.Discard, batch(), broken(payments())); !errors.Is(err, errDatabase) {
			t.Errorf("%s, write: %v", f.Name, err)
		}
		if err := f.Verify(bytes.NewReader(file), batch(), broken(payments()), totals); !errors.Is(err, errDatabase) {
			t.Errorf("%s, verify: %v", f.Name, err)
		}
		source := io.MultiReader(bytes.NewReader(file[:len(file)/2]), iotest.ErrReader(errDatabase))
		if err := f.Verify(source, batch(), stream(payments()), totals); !errors.Is(err, errDatabase) || errors.Is(err, export.ErrDiffers) {
			t.Errorf("%s, read: %v", f.Name, err)
		}
		if _, err := f.Write(full{}, batch(), stream(payments())); !errors.Is(err, errDatabase) {
			t.Errorf("%s, full disk: %v", f.Name, err)
		}
		bad := batch()
		bad.ACH.ODFI = "1"
		var typed *ach.Error
		if _, err := f.Write(io.Discard, bad, stream(payments())); !errors.As(err, &typed) || typed.Field != "ODFI" {
			t.Errorf("%s, header: %v", f.Name, err)
		}
	}
}

// full has no room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errDatabase }

func TestABadPaymentIsNamed(t *testing.T) {
	list := payments()
	list[2].Routing = "091000018"
	_, err := find(t, "nacha").Write(io.Discard, batch(), stream(list))
	var typed *ach.Error
	if !errors.As(err, &typed) || typed.Entry != 3 || typed.Field != "routing number" || typed.Rule != ach.RuleCheckDigit {
		t.Errorf("error %v", err)
	}
}

func TestTotalsDoNotWrapAround(t *testing.T) {
	list := payments()
	list[1].Amount = workflow.Cents(1<<63 - 1)
	if _, err := find(t, workflow.FormatRegister).Write(io.Discard, batch(), stream(list)); !errors.Is(err, export.ErrTotal) {
		t.Errorf("error %v, want %v", err, export.ErrTotal)
	}
}

func TestIndependentReaderReadsTheBankFile(t *testing.T) {
	file, totals := write(t, find(t, "nacha"), batch(), payments())
	got, err := moov.NewReader(bytes.NewReader(file)).Read()
	if err != nil {
		t.Fatal(err)
	}
	if err := got.Validate(); err != nil {
		t.Fatal(err)
	}
	if got.Control.TotalCreditEntryDollarAmountInFile != int(totals.Amount) || got.Control.EntryHash != int(totals.EntryHash) {
		t.Errorf("control %+v, totals %+v", got.Control, totals)
	}
	b := batch()
	for i, e := range got.Batches[0].GetEntries() {
		if e.TraceNumber != b.Trace(i).String() || e.Addenda05[0].PaymentRelatedInformation == "" {
			t.Errorf("entry %d: %+v", i, e)
		}
	}
}

// readCSV reads a list with an independent reader, after its byte order mark.
func readCSV(t *testing.T, file []byte) [][]string {
	t.Helper()
	text, ok := bytes.CutPrefix(file, []byte("\xef\xbb\xbf"))
	if !ok {
		t.Fatal("no byte order mark")
	}
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestListHasARowForEachPaymentAndATotal(t *testing.T) {
	file, _ := write(t, find(t, workflow.FormatRegister), batch(), payments())
	want := [][]string{
		{"record", "batch", "payment", "award", "organization", "uei", "tranche", "amount", "routing", "account", "kind", "trace"},
		{"payment", "B-000042", "P-000000001", "DE-AI0000001", "Startup Inc.", "CK2CJ9GL5NQ4", "1", "1250000.50", "031300012", "7660", "checking", "121042880000101"},
		{"payment", "B-000042", "P-000000002", "DE-AI0000002", `'=HYPERLINK("http://evil.example";"click")`, "DK2CJ9GL5NQ4", "2", "0.01", "091000019", "456", "savings", "121042880000102"},
		{"payment", "B-000042", "P-000000003", "DE-AI0000003", "Müller, \"Søn\"\n& Daughters", "EK2CJ9GL5NQ4", "3", "4999999.99", "231380104", "C1", "checking", "121042880000103"},
		{"total", "B-000042", "3", "", "", "", "", "6250000.50", "", "", "", ""},
	}
	if diff := cmp.Diff(want, readCSV(t, file)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if bare := bytes.ReplaceAll(file, []byte("\r\n"), nil); bytes.ContainsAny(bare, "\r\n") {
		t.Error("a line break that is not CR LF")
	}
}

func TestFormulasAreDisarmed(t *testing.T) {
	for _, first := range []string{"=", "+", "-", "@", "\t", "\r", "\n", "\x00", "＝", "＋", "－", "＠", " =", "\ufeff=", "\u200b@"} {
		for _, rest := range []string{"cmd|' /C calc'!A0", `1+1"`, "a,b", "a\nb", "a\r\n=b", "'", ""} {
			text := first + rest
			list := payments()[:1]
			list[0].Organization, list[0].Award, list[0].UEI = text, text, text
			b := batch()
			b.Number = text
			file, totals := write(t, find(t, workflow.FormatRegister), b, list)
			rows := readCSV(t, file)
			if len(rows) != 3 {
				t.Fatalf("%q: %d rows", text, len(rows))
			}
			for _, column := range []int{1, 3, 4, 5} {
				if got := rows[1][column]; !strings.HasPrefix(got, "'") {
					t.Errorf("%q: column %d is %q", text, column, got)
				}
			}
			if !strings.HasPrefix(rows[2][1], "'") {
				t.Errorf("%q: batch of the total is %q", text, rows[2][1])
			}
			if rows[1][7] != "1250000.50" {
				t.Errorf("amount %q is no number", rows[1][7])
			}
			if err := find(t, workflow.FormatRegister).Verify(bytes.NewReader(file), b, stream(list), totals); err != nil {
				t.Errorf("%q: %v", text, err)
			}
		}
	}
}

func TestListNeverShowsAnAccountNumber(t *testing.T) {
	for account, want := range map[string]string{
		"":                  "",
		"1":                 "",
		"12":                "2",
		"1234":              "34",
		"1234567":           "567",
		"12345678":          "5678",
		"12345678901234567": "4567",
		"1234-001":          "'-001",
	} {
		list := payments()[:1]
		list[0].Account = account
		file, _ := write(t, find(t, workflow.FormatRegister), batch(), list)
		if got := readCSV(t, file)[1][9]; got != want {
			t.Errorf("account %q shows as %q, want %q", account, got, want)
		}
	}
}

func TestFormatsHaveNamesOfTheirOwn(t *testing.T) {
	var names []string
	for _, f := range export.Formats() {
		if f.MediaType == "" || !strings.HasPrefix(f.Extension, ".") || slices.Contains(names, f.Name) {
			t.Errorf("format %+v", f)
		}
		names = append(names, f.Name)
	}
	if f, ok := export.Find("fax"); ok {
		t.Errorf("found %s", f.Name)
	}
}

// BenchmarkVerify reads a bank file of 100,000 payments back.
func BenchmarkVerify(b *testing.B) {
	list := make([]export.Payment, 100_000)
	for i := range list {
		list[i] = payments()[0]
		list[i].Number, list[i].Amount = fmt.Sprintf("P-%09d", i), workflow.Cents(i+1)
	}
	f := find(b, "nacha")
	file, totals := write(b, f, batch(), list)
	for b.Loop() {
		if err := f.Verify(bytes.NewReader(file), batch(), stream(list), totals); err != nil {
			b.Fatal(err)
		}
	}
}
