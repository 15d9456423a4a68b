package workflow

import "fmt"

// An Account is where a fund's money stands on its way from the law to a bank
// account. Money only ever moves from one account to another.
type Account uint8

// The accounts of a fund, in the order that money passes them.
// Source: the budgetary accounts of the U.S. Standard General Ledger, named
// beside each.
const (
	Authority      Account = iota // what the appropriation grants [4119]; its balance is the negative of all others
	Available                     // budgeted, free to be committed [4610]
	Committed                     // reserved at recommendation [4700]
	Obligated                     // legally bound at countersignature [4801]
	Payable                       // claim approved [4901]
	InFlight                      // in a bank's hands
	Disbursed                     // paid [4902]
	Receivable                    // a debt to be recovered [4902]
	Recovered                     // came back after the fund expired [4871]
	WrittenOffDebt                // a debt that was given up [4902]
	Accounts
)

var accountNames = [Accounts]string{
	"authority", "available", "committed", "obligated", "payable", "in_flight", "disbursed", "receivable", "recovered", "written_off",
}

// String returns the stored text, such as "in_flight".
func (a Account) String() string { return accountNames[a] }

// ledgerNumbers are those of the U.S. Standard General Ledger's budgetary accounts. What
// is in a bank's hands is payable until the bank has answered; what is owed back stays
// paid until it comes back, and if it never does.
var ledgerNumbers = [Accounts]string{"4119", "4610", "4700", "4801", "4901", "4901", "4902", "4902", "4871", "4902"}

// USSGL returns the number of a's account in the U.S. Standard General Ledger.
func (a Account) USSGL() string { return ledgerNumbers[a] }

// ParseAccount reads a stored text.
func ParseAccount(s string) (Account, error) {
	for a, name := range accountNames {
		if name == s {
			return Account(a), nil
		}
	}
	return 0, fmt.Errorf("workflow: no account is called %q", s)
}

// Balances are the sums that stand in each account, in cents.
type Balances [Accounts]Cents

// Add posts p. The caller sees to it that no account but Authority falls below
// zero; see Whole.
func (b *Balances) Add(p Posting) {
	b[p.Debit] -= p.Cents
	b[p.Credit] += p.Cents
}

// Whole reports whether every account but Authority is at least zero and all of
// them together, with what is appropriated counted negative, come to nothing:
// appropriated = available + committed + obligated + payable + in flight +
// disbursed + receivable + recovered + written off.
func (b *Balances) Whole() bool {
	var sum Cents
	for a, cents := range b {
		if cents < 0 && Account(a) != Authority {
			return false
		}
		sum += cents
	}
	return sum == 0
}

// BETC returns Treasury's business event type code of what an action moved between the
// fund and the world, "" where nothing but the books moved: a debt that is offset comes
// back without being paid.
// Source: Treasury's Central Accounting Reporting System, standard codes: DISB payables
// disbursement, DISBAJ its adjustment, COLL receivables collection.
func BETC(action Action, debit, credit Account) string {
	switch {
	case action == ActOffset:
		return ""
	case debit == InFlight && credit == Disbursed:
		return "DISB"
	case debit == Disbursed && credit != Receivable:
		return "DISBAJ"
	case (debit == Receivable || debit == WrittenOffDebt) && (credit == Available || credit == Recovered):
		return "COLL"
	}
	return ""
}
