package ach

import (
	"slices"
	"strings"
)

// Reason is what a code of a return or a notification of change means.
type Reason struct {
	Code     string
	Account  bool   // it puts the bank details in doubt: they are verified anew before money goes there
	Sentence string // in plain English
}

// Reasons returns all codes that Nacha defines for returns (R) and notifications
// of change (C), in order. The caller may keep and change the list.
func Reasons() []Reason { return slices.Clone(reasons) }

// Meaning looks a code up. It returns false for one that is not in the table,
// such as a code that Nacha has added since.
func Meaning(code string) (Reason, bool) {
	for _, r := range reasons {
		if r.Code == code {
			return r, true
		}
	}
	return Reason{}, false
}

// Correction is what a notification of change asks for. A field that it leaves
// as it was is empty or zero.
type Correction struct {
	Routing string
	Account string
	Name    string
	ID      string
	Code    TransactionCode
}

// Correction takes the corrected data apart as the code lays them out. It
// returns false for a code that corrects nothing of ours, and for data that do
// not have the layout: a routing number with a wrong check digit, a transaction
// code that does not exist, a part left blank. Banks differ in how they justify
// a second part, so its blanks may stand on either side.
func (c *Change) Correction() (Correction, bool) {
	data := c.Corrected + strings.Repeat(" ", max(0, 29-len(c.Corrected)))
	part := func(from, to int) string { return strings.TrimSpace(data[from-1 : to]) }
	switch c.Code {
	case "C01":
		return Correction{Account: part(1, 17)}, part(1, 17) != ""
	case "C02":
		return Correction{Routing: part(1, 9)}, ValidRouting(part(1, 9))
	case "C03":
		return Correction{Routing: part(1, 9), Account: part(10, 29)},
			ValidRouting(part(1, 9)) && part(10, 29) != ""
	case "C04":
		return Correction{Name: part(1, 22)}, part(1, 22) != ""
	case "C05":
		code, ok := parseCode(part(1, 2))
		return Correction{Code: code}, ok
	case "C06":
		code, ok := parseCode(part(18, 29))
		return Correction{Account: part(1, 17), Code: code}, ok && part(1, 17) != ""
	case "C07":
		code, ok := parseCode(part(27, 28))
		return Correction{Routing: part(1, 9), Account: part(10, 26), Code: code},
			ok && ValidRouting(part(1, 9)) && part(10, 26) != ""
	case "C09":
		return Correction{ID: part(1, 22)}, part(1, 22) != ""
	}
	return Correction{}, false
}

// parseCode reads a transaction code that Nacha knows.
func parseCode(s string) (TransactionCode, bool) {
	if len(s) != 2 || !allDigits(s) {
		return 0, false
	}
	c := TransactionCode(digits(s))
	return c, c.Known()
}

// reasons is the table of codes.
// Source: Nacha Operating Rules, Appendix Four (returns) and Appendix Five
// (notifications of change), in words of our own.
var reasons = []Reason{
	{"R01", false, "The account did not hold enough money for the debit."},
	{"R02", true, "The account has been closed."},
	{"R03", true, "The bank cannot find the account, or it does not belong to the receiver."},
	{"R04", true, "The account number is not one that the bank could have given."},
	{"R05", false, "A consumer's account was debited as if it were a company's."},
	{"R06", false, "The originating bank asked for the entry back."},
	{"R07", false, "The receiver has taken back the authorization of the debit."},
	{"R08", false, "The receiver has stopped the payment of the debit."},
	{"R09", false, "The balance that the debit needs is not collected yet."},
	{"R10", false, "The receiver does not know the originator or has not authorized the debit."},
	{"R11", false, "The debit was not made as the receiver had authorized it."},
	{"R12", true, "The branch that held the account was sold to another bank."},
	{"R13", true, "The bank does not take part in the ACH network."},
	{"R14", false, "The representative payee has died or can no longer act."},
	{"R15", false, "The beneficiary or the holder of the account has died."},
	{"R16", true, "The account is frozen by the bank, a court or a sanctions order."},
	{"R17", true, "The bank could not process a field, or finds the entry questionable."},
	{"R18", false, "The effective date lies too far off."},
	{"R19", false, "The amount is not well formed."},
	{"R20", true, "The account does not take payments."},
	{"R21", false, "The company ID is not valid."},
	{"R22", false, "The receiver does not know the identification number."},
	{"R23", false, "The receiver refused the credit."},
	{"R24", false, "The bank has received the same entry twice."},
	{"R25", false, "The addenda record is not well formed."},
	{"R26", false, "A mandatory field is blank or wrong."},
	{"R27", false, "The trace number is missing or wrong."},
	{"R28", true, "The check digit of the routing number is wrong."},
	{"R29", false, "A company has told its bank that the debit was not authorized."},
	{"R30", false, "The bank takes no part in check truncation."},
	{"R31", false, "The originating bank agreed to take the corporate entry back."},
	{"R32", false, "The bank cannot settle the entry."},
	{"R33", false, "The bank returns a destroyed-check entry at its discretion."},
	{"R34", false, "A supervisor has limited the bank's part in the network."},
	{"R35", false, "Debits are not allowed in this kind of entry."},
	{"R36", false, "Credits are not allowed in this kind of entry."},
	{"R37", false, "The check behind the entry was itself presented for payment."},
	{"R38", false, "Payment of the check behind the entry was stopped."},
	{"R39", false, "The check behind the entry may not be converted."},
	{"R40", false, "A federal agency returns the enrollment at its discretion."},
	{"R41", false, "The enrollment has an invalid transaction code."},
	{"R42", false, "The enrollment has a wrong routing number or check digit."},
	{"R43", false, "The enrollment has an invalid account number."},
	{"R44", false, "The enrollment's identification number is not in the agency's records."},
	{"R45", false, "The enrollment's name is not in the agency's records."},
	{"R46", false, "The enrollment's representative payee indicator is wrong."},
	{"R47", false, "The enrollment was sent twice."},
	{"R50", false, "State law does not allow the returned check to be collected this way."},
	{"R51", false, "The returned check may not be collected this way."},
	{"R52", false, "Payment of the returned check was stopped."},
	{"R53", false, "The returned check was itself presented for payment."},
	{"R61", false, "The originating bank dishonors the return: it was sent to the wrong bank."},
	{"R62", false, "The originating bank dishonors the return: a reversal credited the receiver by mistake."},
	{"R67", false, "The originating bank dishonors the return: the entry was returned twice."},
	{"R68", false, "The originating bank dishonors the return: it came too late."},
	{"R69", false, "The originating bank dishonors the return: one of its fields is wrong."},
	{"R70", false, "The originating bank dishonors the return: it had not asked for or agreed to it."},
	{"R71", false, "The receiving bank contests: the dishonored return was sent to the wrong bank."},
	{"R72", false, "The receiving bank contests: the dishonored return came too late."},
	{"R73", false, "The receiving bank contests: its return was in time."},
	{"R74", false, "The receiving bank corrects its dishonored return."},
	{"R75", false, "The receiving bank contests: its return was no duplicate."},
	{"R76", false, "The receiving bank contests: its return had no errors."},
	{"R77", false, "The receiving bank does not accept the dishonor of a mistaken reversal."},
	{"R80", false, "The international entry is coded wrongly."},
	{"R81", false, "The gateway takes no part in international entries."},
	{"R82", false, "The foreign bank's identification is wrong."},
	{"R83", false, "The foreign bank cannot settle the entry."},
	{"R84", false, "The gateway did not process the international entry."},
	{"R85", false, "The payment is international and must be sent as such."},
	{"R90", true, "The bank may not take the payment because of sanctions."},
	{"C01", true, "The account number must be corrected."},
	{"C02", true, "The routing number must be corrected."},
	{"C03", true, "The routing number and the account number must be corrected."},
	{"C04", false, "The receiver's name must be corrected."},
	{"C05", true, "The kind of account must be corrected: checking, savings, general ledger or loan."},
	{"C06", true, "The account number and the kind of account must be corrected."},
	{"C07", true, "The routing number, the account number and the kind of account must be corrected."},
	{"C08", true, "The foreign bank's identification must be corrected."},
	{"C09", false, "The identification number must be corrected."},
	{"C13", false, "The addenda record was not well formed; the entry itself was posted."},
	{"C14", false, "The payment is international and must be sent as such."},
	{"C61", false, "The change is refused: it was sent to the wrong bank."},
	{"C62", false, "The change is refused: its trace number is wrong."},
	{"C63", false, "The change is refused: its company ID is wrong."},
	{"C64", false, "The change is refused: its identification number is wrong."},
	{"C65", false, "The change is refused: its corrected data are not well formed."},
	{"C66", false, "The change is refused: its discretionary data are wrong."},
	{"C67", false, "The change is refused: its routing number is not the entry's."},
	{"C68", false, "The change is refused: its account number is not the entry's."},
	{"C69", false, "The change is refused: its transaction code is wrong."},
}
