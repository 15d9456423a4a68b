package models

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"time"

	"tranche/workflow"
)

// answerFiles are the rows of workflow.AnswerFile.
var answerFiles = newTable(workflow.NounAnswerFile, "answer_files",
	func(r *workflow.AnswerFile) *workflow.Record { return &r.Record },
	func(r *workflow.AnswerFile) []column {
		return []column{
			{"program_id", &r.Program}, {"name", &r.Name}, {"format", &r.Format}, {"file", &r.Sum}, {"bytes", &r.Bytes}, {"lines", &r.Lines},
			{"content", &r.Content}, {"imported_by", &r.ImportedBy}, {"applied_by", &r.AppliedBy}, {"round", &r.Round},
			{"booked", &r.Booked}, {"parked", &r.Parked}, {"note", &r.Note},
		}
	})

func answerFileFacts(t *Tx, c *workflow.Command, _ time.Time) (*Loaded, error) {
	f := new(workflow.AnswerFileFacts)
	a := &f.AnswerFile
	err := steps(
		func() error { return existing(t, answerFiles, c, a) },
		func() (err error) { f.Standing, err = t.standing(parentOr(c, a.Program)); return },
		func() error {
			_, err := programs.one(t, parentOr(c, a.Program))
			return err
		},
		func() error {
			switch c.Action {
			case workflow.ActCreate:
				return t.answerFileKept(f, c)
			case workflow.ActFinish:
				return t.answerFileDone(f)
			}
			return nil
		},
	)
	if err != nil {
		return nil, err
	}
	return mount(answerFiles, f, a, Scope{Program: parentOr(c, a.Program), Internal: true}), nil
}

// answerFileKept looks for what was stored of a file before its record is made.
func (t *Tx) answerFileKept(f *workflow.AnswerFileFacts, c *workflow.Command) error {
	sum := c.Text(workflow.Field{Name: "sum"})
	return steps(
		func() error {
			return t.row("SELECT COUNT(*) FROM answer_lines WHERE file_id = ? AND program_id = ?", []any{int64(c.ID), int64(c.Parent)}, &f.Kept)
		},
		func() error {
			return t.row("SELECT CAST(COALESCE(SUM(LENGTH(body)), 0) AS BIGINT) FROM answer_parts WHERE file = ?", []any{sum}, &f.Stored)
		},
		func() error {
			same, err := answerFiles.first(t, "WHERE program_id = ? AND file = ? AND state <> 'cancelled'", int64(c.Parent), sum)
			f.Same = same.ID
			return err
		},
	)
}

// answerFileDone counts what became of the answers.
func (t *Tx) answerFileDone(f *workflow.AnswerFileFacts) error {
	const query = `SELECT COUNT(CASE WHEN result <> 'booked' AND round < ? THEN 1 END), COUNT(CASE WHEN result IN ('booked', 'already') THEN 1 END),
		COUNT(CASE WHEN result = 'parked' THEN 1 END) FROM answer_lines WHERE file_id = ?`
	return t.row(query, []any{f.Round, int64(f.ID)}, &f.Due, &f.Done, &f.Waiting)
}

// saidColumns are the columns of what an answer says.
func saidColumns(l *workflow.AnswerLine) []column {
	return []column{{"number", &l.Number}, {"line", &l.Line}, {"kind", &l.Kind}, {"trace", &l.Trace}, {"payment", &l.Payment}, {"batch", &l.Batch},
		{"amount", &l.Amount}, {"code", &l.Code}, {"day", &l.Day}, {"information", &l.Information}, {"correction", &l.Change}}
}

// answerColumns are saidColumns and those of what became of it.
func answerColumns(l *workflow.AnswerLine) []column {
	return append(saidColumns(l), column{"result", &l.Result}, column{"reason", (*string)(&l.Reason)}, column{"record_id", &l.Record}, column{"round", &l.Round})
}

const answerNames = "number, line, kind, trace, payment, batch, amount, code, day, information, correction, result, reason, record_id, round"

func scanAnswer(rows *sql.Rows) (l workflow.AnswerLine, err error) {
	err = rows.Scan(scanners(answerColumns(&l))...)
	return l, err
}

// AnswersAtOnce is how many answers are stored, or noted, in one transaction, so that
// nobody waits for all of a file.
const AnswersAtOnce = 256

// KeepAnswers stores the answers of a file before its record is made. What no record
// comes to name does no harm.
func (d *DB) KeepAnswers(ctx context.Context, file, program workflow.ID, lines []workflow.AnswerLine) error {
	if err := d.Write(ctx, &keepingAnswers{file, program, lines}); err != nil {
		return fmt.Errorf("keep answers: %w", err)
	}
	return nil
}

type keepingAnswers struct {
	file, program workflow.ID
	lines         []workflow.AnswerLine
}

// Run implements Unit.
func (k *keepingAnswers) Run(tx *Tx) error {
	var rows [][]any
	for i := range k.lines {
		l := &k.lines[i]
		rows = append(rows, append([]any{int64(k.file), int64(k.program), l.Mark(), l.Proof(k.file, k.program)}, values(answerColumns(l))...))
	}
	return chunks(rows, func(rows [][]any) error {
		one := "(" + marks(len(rows[0])) + ")"
		_, err := tx.exec("INSERT INTO answer_lines (file_id, program_id, mark, proof, "+answerNames+") VALUES "+one+strings.Repeat(", "+one, len(rows)-1),
			slices.Concat(rows...)...)
		return err
	})
}

// NoteAnswers stores what became of answers.
func (d *DB) NoteAnswers(ctx context.Context, f *workflow.AnswerFile, lines []workflow.AnswerLine) error {
	if err := d.Write(ctx, &notingAnswers{f.ID, f.Program, lines}); err != nil {
		return fmt.Errorf("note answers: %w", err)
	}
	return nil
}

type notingAnswers struct {
	file, program workflow.ID
	lines         []workflow.AnswerLine
}

// Run implements Unit.
func (n *notingAnswers) Run(tx *Tx) error {
	for i := range n.lines {
		l := &n.lines[i]
		_, err := tx.exec("UPDATE answer_lines SET result = ?, reason = ?, record_id = ?, round = ?, proof = ? WHERE file_id = ? AND number = ? AND result <> 'booked'",
			l.Result, string(l.Reason), column{"record_id", &l.Record}.value(), l.Round, l.Proof(n.file, n.program), int64(n.file), l.Number)
		if err != nil {
			return err
		}
	}
	return nil
}

// AnswersDue returns the next answers of a file, after one of them, that were not looked at
// in this round.
func (r Reader) AnswersDue(ctx context.Context, file workflow.ID, round, after int64) ([]workflow.AnswerLine, error) {
	return r.answerLines(ctx, "file_id = ? AND number > ? AND round < ? AND result <> 'booked'", int64(file), after, round)
}

func (r Reader) answerLines(ctx context.Context, where string, args ...any) (out []workflow.AnswerLine, err error) {
	err = r.look(ctx, func(tx *Tx) error {
		return tx.ask("SELECT "+answerNames+" FROM answer_lines WHERE "+where+" ORDER BY number LIMIT ?", append(args, AnswersAtOnce), func(rows *sql.Rows) error {
			l, err := scanAnswer(rows)
			out = append(out, l)
			return err
		})
	})
	return out, err
}

// AnswerFacts reads what is known of whom answers to a program's payments are about, by
// the same index.
func (r Reader) AnswerFacts(ctx context.Context, program workflow.ID, lines []workflow.AnswerLine) (out []workflow.AnswerFacts, err error) {
	err = r.look(ctx, func(tx *Tx) (err error) {
		out, err = tx.answerFacts(program, lines)
		return err
	})
	return out, err
}

func (t *Tx) answerFacts(program workflow.ID, lines []workflow.AnswerLine) ([]workflow.AnswerFacts, error) {
	traced, err := textsIn(t, payments, program, "trace", lines, func(l *workflow.AnswerLine) string { return l.Trace }, func(p *workflow.Payment) string { return p.Trace })
	if err != nil {
		return nil, err
	}
	numbered, err := textsIn(t, payments, program, "number", lines, func(l *workflow.AnswerLine) string {
		if l.Trace != "" {
			return "" // the trace says it
		}
		return l.Payment
	}, func(p *workflow.Payment) string { return p.Number })
	if err != nil {
		return nil, err
	}
	sent, err := textsIn(t, batches, program, "number", lines, func(l *workflow.AnswerLine) string { return l.Batch }, func(b *workflow.Batch) string { return b.Number })
	if err != nil {
		return nil, err
	}
	before, err := t.answersBefore(program, lines)
	if err != nil {
		return nil, err
	}
	out := make([]workflow.AnswerFacts, len(lines))
	for i := range lines {
		l := &lines[i]
		out[i].Payment = numbered[l.Payment]
		if l.Trace != "" {
			out[i].Payment = traced[l.Trace]
		}
		out[i].Batch, out[i].Before = sent[l.Batch], before[l.Mark()]
	}
	accounts, err := among(t, bankAccounts, idsOf(out, func(f *workflow.AnswerFacts) workflow.ID { return f.Payment.BankAccount }))
	for i := range out {
		out[i].Account = accounts[out[i].Payment.BankAccount]
	}
	return out, err
}

// textsIn finds the records of a program that lines name by a text.
func textsIn[R any](t *Tx, tab *table[R], program workflow.ID, column string, lines []workflow.AnswerLine,
	said func(*workflow.AnswerLine) string, of func(*R) string) (map[string]R, error) {
	texts := map[string]bool{}
	args := []any{int64(program)}
	for i := range lines {
		if text := said(&lines[i]); text != "" && !texts[text] {
			texts[text], args = true, append(args, text)
		}
	}
	out := make(map[string]R, len(texts))
	if len(texts) == 0 {
		return out, nil
	}
	list, err := tab.list(t, "WHERE program_id = ? AND "+column+" <> '' AND "+column+" IN ("+marks(len(texts))+")", args...)
	for i := range list {
		out[of(&list[i])] = list[i]
	}
	return out, err
}

// answersBefore says which marks were booked before.
func (t *Tx) answersBefore(program workflow.ID, lines []workflow.AnswerLine) (map[string]bool, error) {
	out, args := map[string]bool{}, []any{int64(program)}
	for i := range lines {
		args = append(args, lines[i].Mark())
	}
	if len(lines) == 0 {
		return out, nil
	}
	err := t.ask("SELECT mark FROM answer_lines WHERE program_id = ? AND result = 'booked' AND mark IN ("+marks(len(lines))+")", args, func(rows *sql.Rows) error {
		var mark string
		err := rows.Scan(&mark)
		out[mark] = true
		return err
	})
	return out, err
}

// answerPart is how many bytes of a file are stored in one row.
const answerPart = 256 << 10

// ErrChanged means that a file was another one when it was read again.
var ErrChanged = errors.New("models: it changed while it was read; nothing was imported")

// An AnswerBytes is the sum of a file, and of each part of it.
type AnswerBytes struct {
	Sum   string
	Size  int64
	parts [][sha256.Size]byte
}

// SumAnswers sums a file part by part and gives every byte to each.
func SumAnswers(in io.Reader, each io.Writer) (out AnswerBytes, err error) {
	whole := sha256.New()
	err = inParts(in, func(part []byte) error {
		out.Size += int64(len(part))
		out.parts = append(out.parts, sha256.Sum256(part))
		whole.Write(part)
		_, err := each.Write(part)
		return err
	})
	out.Sum = hex.EncodeToString(whole.Sum(nil))
	return out, err
}

func inParts(in io.Reader, do func([]byte) error) error {
	part := make([]byte, answerPart)
	for {
		n, err := io.ReadFull(in, part)
		if n > 0 {
			if err := do(part[:n]); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return nil
		case err != nil:
			return err
		}
	}
}

// KeepAnswerBytes stores a file that was summed before. What is there already stays as
// it is; ErrChanged means that it is another file by now.
func (d *DB) KeepAnswerBytes(ctx context.Context, sum AnswerBytes, in io.Reader) error {
	n := 0
	err := inParts(in, func(part []byte) error {
		if n == len(sum.parts) || sha256.Sum256(part) != sum.parts[n] {
			return ErrChanged
		}
		n++
		return d.Write(ctx, &keepingPart{sum.Sum, int64(n), part})
	})
	if err == nil && n != len(sum.parts) {
		err = ErrChanged
	}
	return err
}

type keepingPart struct {
	file   string
	number int64
	body   []byte
}

// Run implements Unit.
func (k *keepingPart) Run(tx *Tx) error {
	_, err := tx.exec("INSERT INTO answer_parts (file, number, body, proof) VALUES (?, ?, ?, ?) ON CONFLICT (file, number) DO NOTHING",
		k.file, k.number, k.body, partProof(k.file, k.number, k.body))
	return err
}

// partProof ties a part of a file to its place.
func partProof(file string, number int64, body []byte) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d %x", file, number, sha256.Sum256(body)))
	return hex.EncodeToString(sum[:])
}

// AnswerBytes reads a file that was kept, part by part.
func (r Reader) AnswerBytes(ctx context.Context, sum string) io.Reader {
	return &answerReader{r: r, ctx: ctx, sum: sum}
}

type answerReader struct {
	r    Reader
	ctx  context.Context
	sum  string
	next int64
	part bytes.Reader
}

// Read implements io.Reader.
func (a *answerReader) Read(b []byte) (int, error) {
	for a.part.Len() == 0 {
		a.next++
		var body []byte
		err := a.r.sql.QueryRowContext(a.ctx, a.r.bind("SELECT body FROM answer_parts WHERE file = ? AND number = ?"), a.sum, a.next).Scan(&body)
		if errors.Is(err, sql.ErrNoRows) {
			return 0, io.EOF
		}
		if err != nil {
			return 0, fmt.Errorf("read answers: %w", err)
		}
		a.part.Reset(body)
	}
	return a.part.Read(b)
}

// An AnswerCount is how many answers of a kind came to the same, and what they come to.
type AnswerCount struct {
	Kind, Result string
	Count        int
	Sum          workflow.Cents
}

// An AnswerPage is a page of a file's answers.
type AnswerPage struct {
	Counts []AnswerCount // of all that the viewer may see
	Lines  []workflow.AnswerLine
	Next   int64 // answers after this one follow; zero: none
}

// AnswerPage reads the answers of a file after one of them, of one result or of any, at most
// limit; zero: their counts alone. It leaves out those about payments that v may not see.
func (r Reader) AnswerPage(ctx context.Context, v *Viewer, file workflow.ID, result string, after int64, limit int) (p AnswerPage, err error) {
	sight, args := v.sight(workflow.NounPayment)
	where := `file_id = ? AND (record_id IS NULL OR kind IN ('acknowledged', 'rejected') OR
		EXISTS (SELECT 1 FROM payments WHERE payments.id = answer_lines.record_id AND (` + sight + ")))"
	args = append([]any{int64(file)}, args...)
	err = r.look(ctx, func(tx *Tx) error {
		return steps(
			func() error {
				return tx.ask("SELECT kind, result, COUNT(*), CAST(SUM(amount) AS BIGINT) FROM answer_lines WHERE "+where+" GROUP BY kind, result ORDER BY kind, result", args,
					func(rows *sql.Rows) error {
						var c AnswerCount
						var n int64
						err := rows.Scan(&c.Kind, &c.Result, &n, column{"sum", &c.Sum})
						c.Count = int(n)
						p.Counts = append(p.Counts, c)
						return err
					})
			},
			func() error {
				if limit == 0 {
					return nil
				}
				if result != "" {
					where, args = where+" AND result = ?", append(args, result)
				}
				return tx.ask("SELECT "+answerNames+" FROM answer_lines WHERE "+where+" AND number > ? ORDER BY number LIMIT ?", append(args, after, limit+1),
					func(rows *sql.Rows) error {
						l, err := scanAnswer(rows)
						p.Lines = append(p.Lines, l)
						return err
					})
			},
		)
	})
	if len(p.Lines) > limit {
		p.Lines = p.Lines[:limit]
		p.Next = p.Lines[limit-1].Number
	}
	return p, err
}

// AnswersDone counts the answers of a file that were looked at in its round, and all.
func (r Reader) AnswersDone(ctx context.Context, file workflow.ID, round int64) (done, all int, err error) {
	var d, a int64
	err = r.sql.QueryRowContext(ctx, r.bind("SELECT COUNT(CASE WHEN result = 'booked' OR round >= ? THEN 1 END), COUNT(*) FROM answer_lines WHERE file_id = ?"),
		round, int64(file)).Scan(&d, &a)
	return int(d), int(a), err
}

// AnswerFileOf finds the file of a program with these bytes; ErrNotFound when there is none.
func (r Reader) AnswerFileOf(ctx context.Context, program workflow.ID, sum string) (f workflow.AnswerFile, err error) {
	err = r.look(ctx, func(tx *Tx) (err error) {
		f, err = answerFiles.only(tx, "WHERE program_id = ? AND file = ? AND state <> 'cancelled'", int64(program), sum)
		return err
	})
	return f, err
}

// answers checks that each file has its bytes and its answers, and that these came to
// what is said of them.
func (v *verifier) answers() error {
	c := &Check{Name: "files of banks have the bytes and the answers that were imported"}
	var all []workflow.AnswerFile
	err := v.each("SELECT id, file, bytes, lines, content FROM answer_files ORDER BY id", nil, func(rows *sql.Rows) error {
		var f workflow.AnswerFile
		err := rows.Scan(column{"id", &f.ID}, &f.Sum, &f.Bytes, &f.Lines, &f.Content)
		all = append(all, f)
		return err
	})
	for i := 0; i < len(all) && err == nil; i++ {
		err = v.answersOf(c, &all[i])
	}
	if err != nil {
		return err
	}
	v.done(c)
	return v.answerProofs()
}

// answerProofs checks that every part and every answer is in its place, whether a file names
// it or not.
func (v *verifier) answerProofs() error {
	c := &Check{Name: "answers and parts of banks' files are in their places"}
	err := v.each("SELECT file, number, body, proof FROM answer_parts", nil, func(rows *sql.Rows) error {
		var file, proof string
		var number int64
		var body sql.RawBytes
		err := rows.Scan(&file, &number, &body, &proof)
		if c.Rows++; err == nil && partProof(file, number, body) != proof {
			c.add(Problem{"answer part", fmt.Sprintf("%s/%d", file, number), "", "it is not the part that was stored there"})
		}
		return err
	})
	if err != nil {
		return err
	}
	err = v.each("SELECT file_id, program_id, mark, proof, "+answerNames+" FROM answer_lines", nil, func(rows *sql.Rows) error {
		var file, program int64
		var mark, proof string
		var l workflow.AnswerLine
		err := rows.Scan(append([]any{&file, &program, &mark, &proof}, scanners(answerColumns(&l))...)...)
		c.Rows++
		if err != nil || l.Mark() != mark || l.Proof(workflow.ID(file), workflow.ID(program)) != proof {
			c.add(Problem{"answer", fmt.Sprintf("%d/%d", file, l.Number), "", "it is not the answer that was stored there"})
		}
		return nil
	})
	if err == nil {
		v.done(c)
	}
	return err
}

func (v *verifier) answersOf(c *Check, f *workflow.AnswerFile) error {
	wrong := func(what string, args ...any) {
		c.add(Problem{"answer_file", f.ID.String(), "", fmt.Sprintf(what, args...)})
	}
	whole, size := sha256.New(), int64(0)
	err := v.each("SELECT body FROM answer_parts WHERE file = ? ORDER BY number", []any{f.Sum}, func(rows *sql.Rows) error {
		var body sql.RawBytes
		err := rows.Scan(&body)
		whole.Write(body)
		size += int64(len(body))
		return err
	})
	if err != nil {
		return err
	}
	if hex.EncodeToString(whole.Sum(nil)) != f.Sum || size != f.Bytes {
		wrong("its bytes are not those that were imported")
	}
	var sum workflow.AnswerSum
	err = v.each("SELECT "+answerNames+" FROM answer_lines WHERE file_id = ? ORDER BY number", []any{int64(f.ID)}, func(rows *sql.Rows) error {
		l, err := scanAnswer(rows)
		if c.Rows++; err != nil {
			wrong("an answer cannot be read: %v", err)
			return nil
		}
		sum.Add(&l)
		return nil
	})
	if err == nil && (sum.Lines() != f.Lines || sum.Content() != f.Content) {
		wrong("its answers are not those that were imported")
	}
	return err
}

// answerQuestions ask whether answers that are booked did what they say.
var answerQuestions = []question{
	{name: "booked answers did what they say", rows: "answer_lines WHERE result = 'booked'",
		wrong: `SELECT 'answer_file', l.file_id, '', 'answer ' || l.number || ' is booked, and nothing came of it' FROM answer_lines l WHERE l.result = 'booked' AND NOT (
			l.kind = 'settled' AND EXISTS (SELECT 1 FROM events e WHERE e.record_id = l.record_id AND e.action = 'settle')
			OR l.kind = 'returned' AND EXISTS (SELECT 1 FROM events e JOIN payments p ON p.id = e.record_id WHERE e.record_id = l.record_id AND e.action = 'return' AND p.return_code = l.code)
			OR l.kind = 'changed' AND EXISTS (SELECT 1 FROM events e JOIN payments p ON p.bank_account_id = e.record_id WHERE p.id = l.record_id AND e.action = 'suspend')
			OR l.kind = 'acknowledged' AND EXISTS (SELECT 1 FROM events e WHERE e.record_id = l.record_id AND e.action = 'acknowledge')
			OR l.kind = 'rejected' AND EXISTS (SELECT 1 FROM events e WHERE e.record_id = l.record_id AND e.action = 'reject'))`},
	{name: "files of banks count what became of their answers", rows: "answer_files",
		wrong: `SELECT 'answer_file', f.id, '', 'it counts other answers than it has' FROM answer_files f WHERE f.state IN ('completed', 'parked') AND
			(f.booked <> (SELECT COUNT(*) FROM answer_lines l WHERE l.file_id = f.id AND l.result IN ('booked', 'already'))
			OR f.parked <> (SELECT COUNT(*) FROM answer_lines l WHERE l.file_id = f.id AND l.result = 'parked'))`},
}

// AllAnswers yields the answers of a file in their order.
func (r Reader) AllAnswers(ctx context.Context, file workflow.ID) iter.Seq2[workflow.AnswerLine, error] {
	return func(yield func(workflow.AnswerLine, error) bool) {
		for after := int64(0); ; {
			page, err := r.answerLines(ctx, "file_id = ? AND number > ?", int64(file), after)
			if err != nil {
				yield(workflow.AnswerLine{}, err)
				return
			}
			for _, l := range page {
				if after = l.Number; !yield(l, nil) {
					return
				}
			}
			if len(page) < AnswersAtOnce {
				return
			}
		}
	}
}
