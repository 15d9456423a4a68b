package ach_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	moov "github.com/moov-io/ach"

	"tranche/app/ach"
)

// million is the size of file that the writer is measured with.
const million = 1_000_000

// BenchmarkACH writes a million CCD+ credits to a file: ours, the same bytes by
// a buffered writer that checks, folds, sums and hashes nothing, and moov-io/ach.
func BenchmarkACH(b *testing.B) {
	for _, writer := range []struct {
		name  string
		write func(*testing.B, io.Writer)
	}{{"ours", writeOurs}, {"bare", writeBare}, {"moov", writeMoov}} {
		b.Run(writer.name, func(b *testing.B) {
			for range b.N {
				f, err := os.Create(filepath.Join(b.TempDir(), "out.ach"))
				if err != nil {
					b.Fatal(err)
				}
				writer.write(b, f)
				if err := f.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkRead reads a million CCD+ credits back from memory.
func BenchmarkRead(b *testing.B) {
	path := filepath.Join(b.TempDir(), "in.ach")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	writeOurs(b, f)
	for b.Loop() {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			b.Fatal(err)
		}
		if _, _, err := readAll(f); err != nil {
			b.Fatal(err)
		}
	}
}

func writeOurs(b *testing.B, out io.Writer) {
	w, err := ach.NewWriter(out, header())
	if err != nil {
		b.Fatal(err)
	}
	payments(million, func(c *ach.Credit) {
		if _, err := w.Add(c); err != nil {
			b.Fatal(err)
		}
	})
	if _, err := w.Close(); err != nil {
		b.Fatal(err)
	}
}

// writeBare formats the same two lines for each payment and nothing else.
func writeBare(b *testing.B, out io.Writer) {
	w := bufio.NewWriterSize(out, 64<<10)
	sequence := 0
	var line [190]byte
	payments(million, func(c *ach.Credit) {
		sequence++
		l := append(line[:0], "622"...)
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
		l = append(zeroed(l, 7, uint64(sequence)), '\n')
		if _, err := w.Write(l); err != nil {
			b.Fatal(err)
		}
	})
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
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

// writeMoov builds the file as moov-io/ach wants it: whole, in memory.
func writeMoov(b *testing.B, out io.Writer) {
	file := moov.NewFile()
	file.SetHeader(moovHeader())
	var batch moov.Batcher
	n := 0
	payments(million, func(c *ach.Credit) {
		if n%490_000 == 0 {
			batch = moovBatch(b, file, batch, n/490_000+1)
		}
		n++
		entry := moov.NewEntryDetail()
		entry.TransactionCode = moov.CheckingCredit
		entry.SetRDFI(c.Routing)
		entry.DFIAccountNumber = c.Account
		entry.Amount = int(c.Amount)
		entry.IdentificationNumber = c.ID
		entry.IndividualName = c.Name
		entry.AddendaRecordIndicator = 1
		entry.SetTraceNumber("12104288", n)
		addenda := moov.NewAddenda05()
		addenda.PaymentRelatedInformation = fmt.Sprintf("RMR*IV*%s**%s\\", c.Remittance, c.Amount)
		entry.AddAddenda05(addenda)
		batch.AddEntry(entry)
	})
	moovBatch(b, file, batch, 0)
	if err := file.Create(); err != nil {
		b.Fatal(err)
	}
	if err := moov.NewWriter(out).Write(file); err != nil {
		b.Fatal(err)
	}
}

func moovHeader() moov.FileHeader {
	h := moov.NewFileHeader()
	h.ImmediateDestination, h.ImmediateDestinationName = "121042882", "WELLS FARGO BANK"
	h.ImmediateOrigin, h.ImmediateOriginName = "121042882", "DOE AI VOUCHER PROGRAM"
	h.FileCreationDate, h.FileCreationTime = "261001", "0930"
	return h
}

// moovBatch adds a finished batch to the file and begins the one with the given number.
func moovBatch(b *testing.B, file *moov.File, done moov.Batcher, number int) moov.Batcher {
	if done != nil {
		if err := done.Create(); err != nil {
			b.Fatal(err)
		}
		file.AddBatch(done)
	}
	h := moov.NewBatchHeader()
	h.ServiceClassCode = moov.CreditsOnly
	h.CompanyName, h.CompanyIdentification = "DOE AI VOUCHER", "1234567892"
	h.StandardEntryClassCode = moov.CCD
	h.CompanyEntryDescription, h.EffectiveEntryDate = "VOUCHER", "261005"
	h.ODFIIdentification, h.BatchNumber = "12104288", number
	batch, err := moov.NewBatch(h)
	if err != nil {
		b.Fatal(err)
	}
	return batch
}
