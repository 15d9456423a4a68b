package export_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"tranche/app/ach"
	"tranche/app/export"
	"tranche/workflow"
)

// schemas are the formats that are messages of ISO 20022, with their schemas.
// testdata/xsd/README.md tells where these come from.
var schemas = map[string]string{"pain001": "pain.001.001.09.xsd", "pain001_03": "pain.001.001.03.xsd"}

// validate has an independent program hold a message against its schema.
func validate(t *testing.T, schema string, file []byte) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "message.xml")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("xmllint", "--noout", "--schema", filepath.Join("testdata/xsd", schema), path).CombinedOutput(); err != nil {
		t.Errorf("xmllint (scripts/install brings it): %v\n%s", err, out)
	}
}

func TestMessagesKeepTheirSchema(t *testing.T) {
	for name, schema := range schemas {
		file, _ := write(t, find(t, name), batch(), payments())
		validate(t, schema, file)
		odd := payments()
		odd[0].Organization = strings.Repeat("Żółć & <Søn> \"Groß\" \\ ~|{}[]_^%$#*;= ", 20)
		b := batch()
		b.ACH.Effective = b.ACH.Created
		file, _ = write(t, find(t, name), b, odd[1:2])
		validate(t, schema, file)
		if !bytes.Contains(file, []byte("<Cd>SDVA</Cd>")) {
			t.Errorf("%s: a payment of the same day is not asked for as one", name)
		}
		b.ACH.Effective = b.ACH.Created.AddDate(0, 0, 1)
		file, _ = write(t, find(t, name), b, odd[:1])
		validate(t, schema, file)
	}
}

// TestIndependentReaderAddsUpTheMessage counts the elements of a message by their
// names alone, in whole cents.
func TestIndependentReaderAddsUpTheMessage(t *testing.T) {
	for name := range schemas {
		file, totals := write(t, find(t, name), batch(), payments())
		d := xml.NewDecoder(bytes.NewReader(file))
		var at string
		var count, cents int64
		said := map[string][]string{}
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			switch token := token.(type) {
			case xml.StartElement:
				if at = token.Name.Local; at == "CdtTrfTxInf" {
					count++
				}
			case xml.CharData:
				said[at] = append(said[at], string(token))
			case xml.EndElement:
				at = ""
			}
		}
		for _, amount := range said["InstdAmt"] {
			whole, part, _ := strings.Cut(amount, ".")
			n, err := strconv.ParseInt(whole+part, 10, 64)
			if err != nil || len(part) != 2 {
				t.Errorf("%s: amount %q", name, amount)
			}
			cents += n
		}
		if count != 3 || cents != int64(totals.Amount) || cents != 6_250_000_50 {
			t.Errorf("%s: %d transactions come to %d cents", name, count, cents)
		}
		for element, want := range map[string]string{"NbOfTxs": "3 3", "CtrlSum": "6250000.50 6250000.50", "EndToEndId": "P-000000001 P-000000002 P-000000003",
			"InstrId": "121042880000101 121042880000102 121042880000103"} {
			if got := strings.Join(said[element], " "); got != want {
				t.Errorf("%s: %s is %q, want %q", name, element, got, want)
			}
		}
	}
}

// The schema takes fractions of a cent, and does not add up: we do.
func TestAMessageThatDoesNotAddUpIsFound(t *testing.T) {
	for name := range schemas {
		f := find(t, name)
		file, totals := write(t, f, batch(), payments())
		for was, is := range map[string]string{
			">1250000.50</InstdAmt>": ">1250000.504</InstdAmt>", "<NbOfTxs>3<": "<NbOfTxs>4<", "<CtrlSum>6250000.50<": "<CtrlSum>6250000.51<",
			">0.01</InstdAmt>": ">0.010</InstdAmt>", `"USD">0.01`: `"TWD">0.01`, "<Cd>CCD<": "<Cd>PPD<", "</Document>": "</Document><x/>",
		} {
			bent := bytes.Replace(file, []byte(was), []byte(is), 1)
			if bytes.Equal(bent, file) {
				t.Fatalf("%s: there is no %s", name, was)
			}
			if err := f.Verify(bytes.NewReader(bent), batch(), stream(payments()), totals); !errors.Is(err, export.ErrDiffers) {
				t.Errorf("%s, %s: %v", name, is, err)
			}
		}
	}
}

func TestAMessageRefusesWhatItCannotCarry(t *testing.T) {
	for name := range schemas {
		for _, tt := range []struct {
			name  string
			bend  func(*export.Batch, *export.Payment)
			entry int
			field string
			rule  ach.Rule
		}{
			{"no account of the originator", func(b *export.Batch, _ *export.Payment) { b.Account = "" }, 0, "originator account", ach.RuleRequired},
			{"a long one", func(b *export.Batch, _ *export.Payment) { b.Account = strings.Repeat("1", 35) }, 0, "originator account", ach.RuleLength},
			{"an odd one", func(b *export.Batch, _ *export.Payment) { b.Account = "12&3" }, 0, "originator account", ach.RuleCharset},
			{"a day that has passed", func(b *export.Batch, _ *export.Payment) { b.ACH.Effective = b.ACH.Created.AddDate(0, 0, -1) }, 0, "effective date", ach.RuleDate},
			{"too much for today", func(b *export.Batch, _ *export.Payment) { b.ACH.Effective = b.ACH.Created }, 1, "amount", ach.RuleRange},
			{"nothing", func(_ *export.Batch, p *export.Payment) { p.Amount = 0 }, 2, "amount", ach.RuleRange},
			{"more than an entry holds", func(_ *export.Batch, p *export.Payment) { p.Amount = ach.MaxEntry + 1 }, 2, "amount", ach.RuleRange},
			{"no name", func(_ *export.Batch, p *export.Payment) { p.Organization = "\u200b" }, 2, "receiver name", ach.RuleRequired},
			{"no bank", func(_ *export.Batch, p *export.Payment) { p.Routing = "123456789" }, 2, "routing number", ach.RuleCheckDigit},
		} {
			b, list := batch(), payments()
			tt.bend(&b, &list[1])
			_, err := find(t, name).Write(io.Discard, b, stream(list))
			var typed *ach.Error
			if !errors.As(err, &typed) || typed.Entry != tt.entry || typed.Field != tt.field || typed.Rule != tt.rule {
				t.Errorf("%s, %s: %v", name, tt.name, err)
			}
		}
		if _, err := find(t, name).Write(io.Discard, batch(), stream(nil)); err == nil {
			t.Errorf("%s: a message of nothing", name)
		}
	}
}

func TestNamesAreAsTheBankReadsThem(t *testing.T) {
	for name, want := range map[string][2]string{
		"Startup Inc.": {"Startup Inc.", "Startup Inc."},
		"Müller, \"Søn\"\r\n& Daughters of the World": {`Muller, "Son" & Daught`, "Muller, 'Son' + Daughters of the World"},
		"{A}_[B]~C|D\\E@F":               {`{A}_[B]~C|D\E@F`, "(A)-(B)-C/D/E(at)F"},
		"100% = #1":                      {"100% = #1", "100. . .1"},
		"ＡＩ　Ｌａｂ":                         {"AI Lab", "AI Lab"},
		strings.Repeat("Long Name ", 20): {strings.Repeat("Long Name ", 2) + "Lo", strings.Repeat("Long Name ", 14)[:139]},
	} {
		if got := find(t, workflow.FormatNACHA).Payee(name); got != want[0] {
			t.Errorf("NACHA reads %q as %q, want %q", name, got, want[0])
		}
		if got := find(t, workflow.FormatPain001).Payee(name); got != want[1] {
			t.Errorf("pain.001 reads %q as %q, want %q", name, got, want[1])
		}
	}
}
