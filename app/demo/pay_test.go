package demo

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"time"

	"tranche/app/ach"
)

func TestTheBankReturnsWhatItWasSent(t *testing.T) {
	sent, want := sentFile(t)
	answer, err := returnFile(sent, "P-000002", "R03")
	if err != nil {
		t.Fatal(err)
	}
	back := entries(t, answer)
	if len(back) != 1 {
		t.Fatalf("%d entries", len(back))
	}
	e := back[0]
	if e.Return == nil || e.Return.Code != "R03" || e.Return.Original != want.Trace {
		t.Errorf("return %+v, want R03 of %d", e.Return, want.Trace)
	}
	if e.ID != want.ID || e.Amount != want.Amount || e.Account != want.Account || e.Code != ach.SavingsReturn {
		t.Errorf("entry %+v, want that of %+v", e, want)
	}
	if _, err := returnFile(sent, "P-000009", "R03"); err == nil {
		t.Error("a payment came back that had not been sent")
	}
	if _, err := returnFile(sent[:len(sent)-95], "P-000002", "R03"); err == nil {
		t.Error("a file that was cut off was taken")
	}
}

// sentFile writes a bank file of three payments and returns it with the second entry.
func sentFile(t *testing.T) ([]byte, *ach.Entry) {
	t.Helper()
	var out bytes.Buffer
	bank := withCheckDigit("15000001")
	day := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	w, err := ach.NewWriter(&out, ach.Header{Destination: bank, DestinationName: "INVENTED BANK", Origin: "1999999999", OriginName: "AI VOUCHER DEMO",
		Created: day, Modifier: 'A', CompanyName: "AI VOUCHER DEMO", CompanyID: "1999999999", Description: "VOUCHER",
		Effective: day.AddDate(0, 0, effectiveAfter), ODFI: bank})
	if err != nil {
		t.Fatal(err)
	}
	for i, id := range []string{"P-000001", "P-000002", "P-000003"} {
		_, err := w.Add(&ach.Credit{Routing: withCheckDigit("15000042"), Account: "44" + id, Savings: i == 1, Amount: 1_000_00, ID: id,
			Name: "Startup Inc.", Remittance: "AIV26-000001-T1"})
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), entries(t, out.Bytes())[1]
}

// entries reads a bank file to its end.
func entries(t *testing.T, file []byte) (all []*ach.Entry) {
	t.Helper()
	for r := ach.NewReader(bytes.NewReader(file)); ; {
		e, err := r.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
}
