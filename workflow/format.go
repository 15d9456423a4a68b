package workflow

import (
	"slices"
	"strings"
	"unicode"
)

// The files that a batch may have.
const (
	FormatNACHA     = "nacha"      // for a bank: NACHA ACH file of CCD entries, each with a remittance record
	FormatPain001   = "pain001"    // for a bank: ISO 20022 pain.001.001.09
	FormatCTX       = "ctx"        // for a bank: NACHA ACH file of CTX entries, each with an X12 820
	FormatPain00103 = "pain001_03" // for a bank: ISO 20022 pain.001.001.03
	FormatSPR       = "spr"        // for Treasury: PAM Standard Payment Request 5.0.2
	FormatRegister  = "register"   // for people: CSV
	FormatWorkbook  = "workbook"   // for people: the same as XLSX
)

// BankFormats are the formats that a batch may be paid by, the usual one first.
// A file in one of them has account numbers in plain.
var BankFormats = []string{FormatNACHA, FormatCTX, FormatPain001, FormatPain00103, FormatSPR}

// MaxSameDay is the largest payment that may settle on the day on which its file
// is made, in cents.
// Source: Nacha same-day ACH limit since 2022-03-18.
const MaxSameDay Cents = 1_000_000_00

// MaxEntry is the largest single payment, in cents: ten digits.
// Source: Nacha entry detail record, positions 30 to 39.
const MaxEntry Cents = 99_999_999_99

// Pays returns the format that the batch is paid by.
func (b *Batch) Pays() string {
	if b.Format == "" {
		return FormatNACHA
	}
	return b.Format
}

// A BatchFile is a file that was made of a batch at its export.
type BatchFile struct {
	Format string
	Sum    string // SHA-256 in hex
	Bank   bool   // made for a bank: account numbers stand in it in plain
	Copy   bool   // not what was released: never to be sent for payment
}

// Files lists the files of a batch, the one for its bank first; nil before the
// export.
func (b *Batch) Files() []BatchFile {
	if b.File == "" {
		return nil
	}
	return append([]BatchFile{{Format: b.Pays(), Sum: b.File, Bank: true}, {Format: FormatRegister, Sum: b.Register}}, Copies(b.Copies).List()...)
}

// Copies names files by format and SHA-256, in order: "pain001:9f86…,spr:60303a…".
type Copies string

// And returns c with one more.
func (c Copies) And(format, sum string) Copies {
	if c != "" {
		c += ","
	}
	return c + Copies(format+":"+sum)
}

// List returns the files that c names.
func (c Copies) List() []BatchFile {
	var out []BatchFile
	for _, one := range split(string(c)) {
		format, sum, _ := strings.Cut(one, ":")
		bank := slices.Contains(BankFormats, format)
		out = append(out, BatchFile{Format: format, Sum: sum, Bank: bank, Copy: bank})
	}
	return out
}

// Asks reports whether the export c asks for a copy in the given format.
func (c *Command) Asks(format string) bool {
	return slices.Contains(split(c.Text(batchCopies)), format)
}

// split parts codes that commas join; no text is none.
func split(codes string) []string {
	if codes == "" {
		return nil
	}
	return strings.Split(codes, ",")
}

// unsaid returns the names of the fields that a file in the given format needs of
// the payer and that are empty.
func (p *Program) unsaid(format string) (out []string) {
	type need struct{ name, value string }
	needs := []need{{"bank_routing", p.BankRouting}, {"bank_name", p.BankName}, {"company_name", p.CompanyName}, {"company_id", p.CompanyID}}
	switch format {
	case FormatPain001, FormatPain00103:
		needs = append(needs, need{"origin_account", p.OriginAccount})
	case FormatSPR:
		needs = append(needs, need{"pam_agency", p.PAMAgency}, need{"location_code", p.LocationCode}, need{"payment_type", p.PaymentType})
	}
	for _, need := range needs {
		if need.value == "" {
			out = append(out, need.name)
		}
	}
	return out
}

// LegibleName reports whether a bank can read a name: files for banks are in
// ASCII, so it has a letter or digit, and none but those of Latin alphabets.
// Accents are no obstacle.
func LegibleName(s string) bool {
	legible := false
	for _, r := range s {
		switch {
		case unicode.Is(spelled, r):
			legible = true
		case unicode.In(r, unicode.Lu, unicode.Ll, unicode.Lt, unicode.Lo, unicode.Nd):
			return false
		}
	}
	return legible
}

// spelled are the digits, and the letters of languages with a Latin alphabet, at
// any width. Everything that writes a file for a bank has ASCII for each of them.
var spelled = &unicode.RangeTable{R16: []unicode.Range16{
	{'0', '9', 1}, {'A', 'Z', 1}, {'a', 'z', 1}, {0xAA, 0xBA, 0x10}, {0xC0, 0xD6, 1}, {0xD8, 0xF6, 1}, {0xF8, 0x17F, 1}, {0x18F, 0x18F, 1},
	{0x1A0, 0x1A1, 1}, {0x1AF, 0x1B0, 1}, {0x1CD, 0x1DC, 1}, {0x1E6, 0x1ED, 1}, {0x1F8, 0x1F9, 1}, {0x200, 0x21B, 1}, {0x226, 0x233, 1},
	{0x259, 0x259, 1}, {0x1E00, 0x1E9B, 1}, {0x1E9E, 0x1E9E, 1}, {0x1EA0, 0x1EF9, 1}, {0xFB00, 0xFB06, 1}, {0xFF10, 0xFF19, 1},
	{0xFF21, 0xFF3A, 1}, {0xFF41, 0xFF5A, 1},
}}
