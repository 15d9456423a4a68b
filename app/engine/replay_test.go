package engine_test

import (
	"bytes"
	"compress/gzip"
	"database/sql"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tranche/app/engine/enginetest"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

var update = flag.Bool("update", false, "write the golden files anew")

// An action of a contract obligates money or, below zero, takes some back.
type action struct {
	mod              string
	obligated, total workflow.Cents // of this action; of the contract after it, as the file states it
}

// A contract is the actions of one award in the order of the file.
type contract struct {
	id      string
	actions []action
}

// net is what the actions come to.
func (c *contract) net() (sum workflow.Cents) {
	for _, a := range c.actions {
		sum += a.obligated
	}
	return sum
}

// stated is the total that the file gives for the contract. It is the one of its last
// action; a base action states none, but for zero.
func (c *contract) stated() (total workflow.Cents, ok bool) {
	last := c.actions[len(c.actions)-1]
	return last.total, len(c.actions) > 1 || last.mod != "0" || last.total != 0
}

// falls reports whether the running sum is ever below zero.
func (c *contract) falls() bool {
	var sum workflow.Cents
	for _, a := range c.actions {
		if sum += a.obligated; sum < 0 {
			return true
		}
	}
	return false
}

// contracts reads the actions, which testdata/phase3_actions.csv.gz names the source of.
func contracts(t *testing.T) (list []*contract, actions int) {
	t.Helper()
	f, err := os.Open("testdata/phase3_actions.csv.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(z)
	r.Comment = '#'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	byID := map[string]*contract{}
	for _, row := range rows[1:] {
		c := byID[row[0]]
		if c == nil {
			c = &contract{id: row[0]}
			byID[row[0]], list = c, append(list, c)
		}
		c.actions = append(c.actions, action{row[1], signedCents(t, row[2]), signedCents(t, row[3])})
	}
	return list, len(rows) - 1
}

func signedCents(t *testing.T, s string) workflow.Cents {
	t.Helper()
	digits, minus := strings.CutPrefix(s, "-")
	cents, err := workflow.ParseCents(digits)
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	if minus {
		return -cents
	}
	return cents
}

// A booking is a saved draft with the postings of an action: the ledger takes them as it
// takes those of any step.
type booking struct {
	w           *enginetest.World
	application workflow.ID
	aor         workflow.ID
	cents       workflow.Cents
}

// Run implements models.Unit.
func (b *booking) Run(tx *models.Tx) error {
	c := workflow.Command{Noun: workflow.NounApplication, Action: workflow.ActSave, ID: b.application, Actor: workflow.Actor{Person: b.aor},
		Roles: workflow.RolesOf(workflow.AOR), Received: b.w.Now()}
	l, err := tx.Facts(&c, b.w.Now())
	if err != nil {
		return err
	}
	step, err := workflow.Applications.DecideAny(l.Facts, &c, b.w.Now())
	if err != nil {
		return err
	}
	post := func(debit, credit workflow.Account, cents workflow.Cents) {
		step.Post(workflow.Posting{Fund: b.w.Fund, Application: b.application, Debit: debit, Credit: credit, Cents: cents})
	}
	if b.cents < 0 {
		post(workflow.Obligated, workflow.Available, -b.cents)
	} else {
		post(workflow.Available, workflow.Committed, b.cents)
		post(workflow.Committed, workflow.Obligated, b.cents)
	}
	if _, err := tx.Apply(l, &c, &step, 0); err != nil {
		return err
	}
	return tx.Settle()
}

// replay books the actions of a contract. What the ledger refuses, because more would be
// taken back than is obligated, is tried again after the actions that follow; what is left
// in the end is returned.
func replay(w *enginetest.World, c *contract, application, aor workflow.ID) (refused int, left []workflow.Cents, err error) {
	book := func(cents workflow.Cents) (bool, error) {
		err := w.DB.Write(w.T.Context(), &booking{w, application, aor, cents})
		if refusedFor(err) == workflow.ReasonFunds {
			return false, nil
		}
		return err == nil, err
	}
	for _, a := range c.actions {
		if a.obligated == 0 {
			continue
		}
		left = append(left, a.obligated)
		for i := len(left) - 1; i >= 0; i-- {
			done, err := book(left[i])
			switch {
			case err != nil:
				return refused, left, fmt.Errorf("%s %s: %w", c.id, a.mod, err)
			case done:
				left = append(left[:i], left[i+1:]...)
			case i == len(left)-1:
				refused++
			}
		}
	}
	return refused, left, nil
}

// uncapped returns worlds on both databases in which an award may be of any amount:
// contracts are larger than vouchers. Every other constraint stands.
func uncapped(t *testing.T, test func(*testing.T, *models.DB)) {
	const limit = "CHECK (committed + obligated + payable + in_flight + disbursed <= 500000000)"
	t.Run("sqlite", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "replay.db")
		db, err := models.Open(t.Context(), path)
		if err == nil {
			_, err = db.Migrate(t.Context())
		}
		if err = errors.Join(err, db.Close()); err != nil {
			t.Fatal(err)
		}
		raw, err := sql.Open("sqlite3", path)
		if err != nil {
			t.Fatal(err)
		}
		raw.SetMaxOpenConns(1)
		for _, query := range []string{"PRAGMA writable_schema = ON",
			"UPDATE sqlite_schema SET sql = replace(sql, '" + limit + "', 'CHECK (1)') WHERE name = 'application_balances' AND instr(sql, '" + limit + "') > 0"} {
			if _, err := raw.Exec(query); err != nil {
				t.Fatal(err)
			}
		}
		if err := raw.Close(); err != nil {
			t.Fatal(err)
		}
		if db, err = models.Open(t.Context(), path); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
		db.SetJobs(&modelstest.Jobs{})
		test(t, db)
	})
	t.Run("postgres", func(t *testing.T) {
		db := modelstest.Postgres(t)
		var name string
		err := db.Pool().QueryRow(`SELECT conname FROM pg_constraint WHERE conrelid = 'application_balances'::regclass
			AND pg_get_constraintdef(oid) LIKE '%500000000%'`).Scan(&name)
		if err == nil {
			_, err = db.Pool().Exec("ALTER TABLE application_balances DROP CONSTRAINT " + name)
		}
		if err != nil {
			t.Fatal(err)
		}
		test(t, db)
	})
}

// The 7,659 actions of real contracts go through the ledger: each contract ends with what
// the file states for it, wherever the file agrees with itself. Where it does not, and where
// it takes back what was not obligated yet, the golden file says so.
func TestRealObligationsComeToWhatTheirSourceStates(t *testing.T) {
	list, actions := contracts(t)
	if actions != 7_659 || len(list) != 1_182 {
		t.Fatalf("read %d actions of %d contracts", actions, len(list))
	}
	var gross, net workflow.Cents
	for _, c := range list {
		for _, a := range c.actions {
			gross += max(a.obligated, 0)
		}
	}
	uncapped(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		w.Fund = w.Must(workflow.NounFund, workflow.ActCreate, w.Program, nil, enginetest.Text("symbol", "097X0400"), enginetest.Text("name", "Contracts"),
			enginetest.Int("fiscal_year", 2026)).ID
		w.Act(nil, workflow.NounFund, w.Fund, workflow.ActAppropriate, enginetest.Cents("amount", gross))
		w.Opportunity = w.NewOpportunity("SBIR-PHASE-III")
		found := make([]string, len(list))
		posted := make([]workflow.Cents, len(list))
		applications, people := make([]workflow.ID, len(list)), make([]workflow.ID, len(list))
		for i, c := range list {
			applications[i], people[i] = caseOf(w, c)
		}
		var workers sync.WaitGroup
		for worker := range 8 {
			workers.Go(func() {
				for i := worker; i < len(list); i += 8 {
					found[i], posted[i] = replayed(t, w, list[i], applications[i], people[i])
				}
			})
		}
		workers.Wait()
		var anomalies bytes.Buffer
		net = 0
		for i := range list {
			anomalies.WriteString(found[i])
			net += posted[i]
		}
		golden(t, "testdata/phase3_anomalies.txt", anomalies.Bytes())
		var available, obligated workflow.Cents
		err := db.Pool().QueryRow(fmt.Sprintf("SELECT available, obligated FROM fund_balances WHERE fund_id = %d", w.Fund)).Scan((*int64)(&available), (*int64)(&obligated))
		if err != nil || obligated != net || available != gross-net {
			t.Errorf("the fund holds %s and has obligated %s of %s, the contracts come to %s: %v", available, obligated, gross, net, err)
		}
		_, err = db.Verify(t.Context(), func(c models.Check) {
			if c.Found > 0 && c.Name != "bound money is the face value in force" { // no award binds it
				t.Errorf("%s: %v", c.Name, c.Problems[0])
			}
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// caseOf opens a case for a contract.
func caseOf(w *enginetest.World, c *contract) (application, aor workflow.ID) {
	w.T.Helper()
	company := w.Must(workflow.NounOrganization, workflow.ActCreate, 0, nil, enginetest.Text("legal_name", "Contractor "+c.id)).ID
	aor = w.Member(company, workflow.AOR)
	return w.Must(workflow.NounApplication, workflow.ActStart, w.Opportunity, w.Viewer(aor), enginetest.Int("organization", int64(company)), enginetest.Text("title", c.id)).ID, aor
}

// replayed replays one contract in its case. It returns what is odd about it, and what the
// ledger holds of it in the end.
func replayed(t *testing.T, w *enginetest.World, c *contract, application, aor workflow.ID) (odd string, obligated workflow.Cents) {
	refused, left, err := replay(w, c, application, aor)
	if err != nil {
		t.Error(err)
		return "", 0
	}
	obligated, err = balanceOf(w, application)
	if err != nil {
		t.Error(err)
		return "", 0
	}
	var waits workflow.Cents
	for _, cents := range left {
		waits += cents
	}
	if obligated+waits != c.net() {
		t.Errorf("%s: %s obligated and %s left over are not the net of %s", c.id, obligated, waits, c.net())
	}
	if (refused > 0) != c.falls() {
		t.Errorf("%s: %d actions were refused, and its running sum is below zero: %v", c.id, refused, c.falls())
	}
	stated, states := c.stated()
	agrees := !states || stated == c.net()
	if agrees && (len(left) > 0 || states && obligated != stated) {
		t.Errorf("%s: %s obligated, %s stated, left over %v", c.id, obligated, stated, left)
	}
	if refused > 0 {
		odd += fmt.Sprintf("%s: %d of its %d actions would take back more than is obligated", c.id, refused, len(c.actions))
		if waits == 0 {
			odd += ", and was taken after those that follow"
		}
		odd += "\n"
	}
	if !agrees {
		odd += fmt.Sprintf("%s: %s stated, its %d actions come to %s\n", c.id, stated, len(c.actions), c.net())
	}
	return odd, obligated
}

func balanceOf(w *enginetest.World, application workflow.ID) (obligated workflow.Cents, err error) {
	err = w.DB.Pool().QueryRow(fmt.Sprintf("SELECT obligated FROM application_balances WHERE application_id = %d", application)).Scan((*int64)(&obligated))
	return obligated, err
}

// golden compares got with a file, or writes it with -update.
func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s says otherwise; run with -update and read the difference:\n%s", path, diff)
	}
}
