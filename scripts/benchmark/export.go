package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	moov "github.com/moov-io/ach"

	"tranche/app/ach"
	"tranche/workflow"
)

// childVerb makes this program write one file and tell about it, in a process of
// its own, whose memory is that of the writer alone.
const childVerb = "export-child"

// An exportOrder is what a child is told, an exported what it answers.
type (
	exportOrder struct {
		Writer   string
		Payments int
		Dir      string
	}
	exported struct {
		Seconds float64
		Peak    float64 // MiB
		SHA256  string
	}
)

// writers write n payments to out.
var writers = map[string]func(out io.Writer, n int) error{
	"ours": writeOurs,
	"bare": nil, // writeBare, which needs to see our file first
	"moov": writeMoov,
}

// measureExport compares our writer of ACH files with a bare one of the same
// bytes and with moov-io/ach.
func measureExport(ctx context.Context, o *options) ([]figure, error) {
	payments := 1_000_000
	if o.short {
		payments = 1_000
	}
	seconds := map[string][]float64{}
	var peaks []float64
	for range o.rounds {
		sums := map[string]string{}
		for _, writer := range []string{"bare", "ours", "moov"} {
			e, err := exportIn(ctx, exportOrder{writer, payments, o.dir})
			if err != nil {
				return nil, err
			}
			seconds[writer], sums[writer] = append(seconds[writer], e.Seconds), e.SHA256
			if writer == "ours" {
				peaks = append(peaks, e.Peak)
			}
		}
		if sums["ours"] != sums["bare"] {
			return nil, errors.New("the bare writer wrote other bytes than ours")
		}
	}
	title := fmt.Sprintf("ACH export of %d payments", payments)
	return []figure{
		{Name: title, Value: 1000 * median(seconds["ours"]), Unit: "ms"},
		{Name: "  the same bytes by a bare buffered writer", Value: 1000 * median(seconds["bare"]), Unit: "ms"},
		{Name: "  moov-io/ach 1.63.3", Value: 1000 * median(seconds["moov"]), Unit: "ms"},
		figure{Name: "  ours takes, of the bare writer's time", Value: median(ratios(seconds["ours"], seconds["bare"])), Unit: "×"}.atMost(2),
		figure{Name: "  ours is faster than moov-io/ach", Value: median(ratios(seconds["moov"], seconds["ours"])), Unit: "×"}.atLeast(4),
		figure{Name: "  peak memory", Value: median(peaks), Unit: "MiB"}.atMost(64),
	}, nil
}

// exportIn has a child write a file.
func exportIn(ctx context.Context, order exportOrder) (e exported, err error) {
	text, err := json.Marshal(order)
	if err != nil {
		return e, err
	}
	self, err := os.Executable()
	if err != nil {
		return e, err
	}
	cmd := exec.CommandContext(ctx, self, childVerb, string(text))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return e, fmt.Errorf("write with %s: %w", order.Writer, err)
	}
	return e, json.Unmarshal(out, &e)
}

// exportChild writes one file, removes it, and tells how that went.
func exportChild(text string, out io.Writer) error {
	var order exportOrder
	if err := json.Unmarshal([]byte(text), &order); err != nil {
		return err
	}
	write := writers[order.Writer]
	if order.Writer == "bare" {
		f, err := frameOf(order.Payments)
		if err != nil {
			return err
		}
		write = f.writeBare
	}
	path := filepath.Join(order.Dir, order.Writer+".ach")
	defer os.Remove(path)
	e, err := timed(path, order.Payments, write)
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(e)
}

func timed(path string, n int, write func(io.Writer, int) error) (e exported, err error) {
	f, err := os.Create(path)
	if err != nil {
		return e, err
	}
	defer f.Close()
	start := time.Now()
	if err := write(f, n); err != nil {
		return e, err
	}
	e.Seconds = time.Since(start).Seconds()
	if e.Peak, err = memory(os.Getpid(), "VmHWM"); err != nil {
		return e, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return e, err
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return e, err
	}
	e.SHA256 = hex.EncodeToString(sum.Sum(nil))
	return e, nil
}

// payments yields n payments, without allocating, so that writers are measured
// and not what feeds them.
func payments(n int, each func(*ach.Credit) error) error {
	routings := []string{"231380104", "031300012", "091000019", "121042882", "011000015"}
	names, accounts := make([]string, 97), make([]string, 89)
	for i := range names {
		names[i] = fmt.Sprintf("STARTUP %d INC.", i)
	}
	for i := range accounts {
		accounts[i] = fmt.Sprintf("%012d", 998877660+i)
	}
	ids, references := make([]string, 1009), make([]string, 1009)
	for i := range ids {
		ids[i], references[i] = fmt.Sprintf("P-%09d", i), fmt.Sprintf("DE-AI%06d-T1", i)
	}
	var c ach.Credit
	for i := range n {
		c = ach.Credit{Routing: routings[i%len(routings)], Account: accounts[i%len(accounts)], Savings: i%7 == 0,
			Amount: workflow.Cents(i%1_000_000 + 1), ID: ids[i%len(ids)], Name: names[i%len(names)], Remittance: references[i%len(references)]}
		if err := each(&c); err != nil {
			return err
		}
	}
	return nil
}

func writeOurs(out io.Writer, n int) error {
	w, err := ach.NewWriter(out, ach.Header{Destination: "121042882", DestinationName: "WELLS FARGO BANK", Origin: "1234567892",
		OriginName: "AI VOUCHER PROGRAM", Reference: "B-000042", Created: noon, Modifier: 'A', CompanyName: "AI VOUCHER",
		CompanyID: "1234567892", Description: "VOUCHER", Effective: time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC), ODFI: "121042882", FirstSequence: 1})
	if err != nil {
		return err
	}
	if err := payments(n, func(c *ach.Credit) error { _, err := w.Add(c); return err }); err != nil {
		return err
	}
	_, err = w.Close()
	return err
}

// A frame is all of our file that is no payment: headers and controls, by how
// many payments stand before them.
type frame map[int][]byte

// frameOf has our writer write n payments and keeps the frame of that.
func frameOf(n int) (frame, error) {
	f, seen := frame{}, 0
	r, w := io.Pipe()
	go func() { w.CloseWithError(writeOurs(w, n)) }()
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		switch {
		case err == io.EOF:
			return f, nil
		case err != nil:
			return nil, err
		case line[0] == '6':
			seen++
		case line[0] != '7':
			f[seen] = append(f[seen], line...)
		}
	}
}

// writeBare formats the two lines of each payment, and checks, sums and hashes
// nothing.
func (f frame) writeBare(out io.Writer, n int) error {
	w := bufio.NewWriterSize(out, 64<<10)
	sequence := 0
	var line [190]byte
	err := payments(n, func(c *ach.Credit) error {
		if between := f[sequence]; between != nil {
			if _, err := w.Write(between); err != nil {
				return err
			}
		}
		sequence++
		_, err := w.Write(bare(line[:0], c, sequence))
		return err
	})
	if err != nil {
		return err
	}
	if _, err := w.Write(f[sequence]); err != nil {
		return err
	}
	return w.Flush()
}

func bare(l []byte, c *ach.Credit, sequence int) []byte {
	l = append(l, "622"...)
	if c.Savings {
		l[1] = '3'
	}
	l = append(l, c.Routing...)
	l = pad(append(l, c.Account...), 29)
	l = zeroed(l, 10, uint64(c.Amount))
	l = pad(append(l, c.ID...), 54)
	l = pad(append(l, c.Name...), 78)
	l = append(l, "112104288"...)
	l = zeroed(l, 7, uint64(sequence))
	l = append(l, "\n705RMR*IV*"...)
	l = append(l, c.Remittance...)
	l = append(l, "**"...)
	l = strconv.AppendInt(l, int64(c.Amount)/100, 10)
	l = append(l, '.', byte('0'+c.Amount/10%10), byte('0'+c.Amount%10), '\\')
	l = append(pad(l, 95+83), "0001"...)
	return append(zeroed(l, 7, uint64(sequence)), '\n')
}

func pad(l []byte, to int) []byte {
	const blanks = "                                                                                          "
	return append(l, blanks[:to-len(l)]...)
}

func zeroed(l []byte, width int, n uint64) []byte {
	l = append(l, "0000000000"[:width]...)
	for i := len(l) - 1; n > 0; i-- {
		l[i] = '0' + byte(n%10)
		n /= 10
	}
	return l
}

// moovBatchSize keeps a batch below the 999,999 records that it may have.
const moovBatchSize = 490_000

// writeMoov builds the file as moov-io/ach wants it: whole, in memory.
func writeMoov(out io.Writer, n int) error {
	file := moov.NewFile()
	h := moov.NewFileHeader()
	h.ImmediateDestination, h.ImmediateDestinationName = "121042882", "WELLS FARGO BANK"
	h.ImmediateOrigin, h.ImmediateOriginName = "121042882", "AI VOUCHER PROGRAM"
	h.FileCreationDate, h.FileCreationTime = "260302", "1200"
	file.SetHeader(h)
	var batch moov.Batcher
	done := 0
	finish := func() error {
		if batch == nil {
			return nil
		}
		file.AddBatch(batch)
		return batch.Create()
	}
	err := payments(n, func(c *ach.Credit) error {
		if done%moovBatchSize == 0 {
			if err := finish(); err != nil {
				return err
			}
			var err error
			if batch, err = moovBatch(done/moovBatchSize + 1); err != nil {
				return err
			}
		}
		done++
		batch.AddEntry(moovEntry(c, done))
		return nil
	})
	if err := errors.Join(err, finish(), file.Create()); err != nil {
		return err
	}
	return moov.NewWriter(out).Write(file)
}

func moovBatch(number int) (moov.Batcher, error) {
	h := moov.NewBatchHeader()
	h.ServiceClassCode = moov.CreditsOnly
	h.CompanyName, h.CompanyIdentification = "AI VOUCHER", "1234567892"
	h.StandardEntryClassCode = moov.CCD
	h.CompanyEntryDescription, h.EffectiveEntryDate = "VOUCHER", "260304"
	h.ODFIIdentification, h.BatchNumber = "12104288", number
	return moov.NewBatch(h)
}

func moovEntry(c *ach.Credit, sequence int) *moov.EntryDetail {
	e := moov.NewEntryDetail()
	e.TransactionCode = moov.CheckingCredit
	if c.Savings {
		e.TransactionCode = moov.SavingsCredit
	}
	e.SetRDFI(c.Routing)
	e.DFIAccountNumber = c.Account
	e.Amount = int(c.Amount)
	e.IdentificationNumber = c.ID
	e.IndividualName = c.Name
	e.AddendaRecordIndicator = 1
	e.SetTraceNumber("12104288", sequence)
	addenda := moov.NewAddenda05()
	addenda.PaymentRelatedInformation = ach.Remittance(c.Remittance, c.Amount)
	e.AddAddenda05(addenda)
	return e
}
