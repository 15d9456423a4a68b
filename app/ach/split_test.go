package ach

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"time"

	moov "github.com/moov-io/ach"
)

// small returns a writer whose batches hold few records, and its output.
func small(t *testing.T, limit int) (*Writer, *bytes.Buffer) {
	t.Helper()
	var out bytes.Buffer
	w, err := NewWriter(&out, Header{
		Destination: "121042882", DestinationName: "BANK", Origin: "121042882", OriginName: "PROGRAM",
		Created: time.Date(2026, 10, 1, 9, 30, 0, 0, time.UTC), Modifier: 'A',
		CompanyName: "PROGRAM", CompanyID: "1234567892", Description: "VOUCHER",
		Effective: time.Date(2026, 10, 5, 0, 0, 0, 0, time.UTC), ODFI: "121042882",
	})
	if err != nil {
		t.Fatal(err)
	}
	w.batchLimit = limit
	return w, &out
}

func TestFullBatchesAreSplit(t *testing.T) {
	w, out := small(t, 7)
	c := Credit{Routing: "231380104", Account: "1", Amount: 5, ID: "P", Name: "N", Remittance: "R"}
	for range 10 {
		if _, err := w.Add(&c); err != nil {
			t.Fatal(err)
		}
	}
	totals, err := w.Close()
	if err != nil {
		t.Fatal(err)
	}
	if totals.Batches != 4 || totals.Records != 20 || totals.Credits != 50 { // 3 entries of two records fit into 7
		t.Errorf("totals %+v", totals)
	}
	r := NewReader(bytes.NewReader(out.Bytes()))
	perBatch := map[int]int{}
	for {
		e, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		perBatch[e.Batch.Number]++
		if e.Trace.Sequence() != e.Number {
			t.Errorf("entry %d has sequence %d", e.Number, e.Trace.Sequence())
		}
	}
	if perBatch[1] != 3 || perBatch[2] != 3 || perBatch[3] != 3 || perBatch[4] != 1 {
		t.Errorf("entries by batch: %v", perBatch)
	}
	if _, err := moov.NewReader(out).Read(); err != nil {
		t.Errorf("moov: %v", err)
	}
}

func TestBlocksAreCountedInSixDigits(t *testing.T) {
	w, _ := small(t, maxBatchRecords)
	w.totals.Lines = maxLines - 5
	c := Credit{Routing: "231380104", Account: "1", Amount: 5, ID: "P", Name: "N", Remittance: "R"}
	_, err := w.Add(&c)
	var e *Error
	if !errors.As(err, &e) || e.Field != "block count" || e.Rule != RuleLimit {
		t.Errorf("one line too many: %v", err)
	}
	w.totals.Lines--
	if _, err := w.Add(&c); err != nil {
		t.Errorf("last line: %v", err)
	}
}
