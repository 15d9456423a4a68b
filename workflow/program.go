package workflow

import "time"

// A Program is a long-lived voucher programme: who runs it, and the settings of
// its money side.
type Program struct {
	Record
	Name         string
	Prefix       string // of application, award and batch numbers, such as AIV
	Agency       string
	SecondOver   Cents  // a batch total above this needs a second certifier; zero: never
	BankHoldDays int64  // for how long payments to a changed bank account are held
	PresumeDays  int64  // after how many banking days an exported payment is presumed settled
	ReportMonths int64  // recipients report after each of so many months; zero: only at the end
	ReportDays   int64  // how many days after such a period its reports are due
	BankRouting  string // ABA routing number of the bank that the payment files go to
	BankName     string
	CompanyName  string // the originator in payment files, at most 16 characters
	CompanyID    string // the originator's number at its bank, at most 10 characters
	// OriginAccount is the program's account at its bank, which the money comes from.
	OriginAccount string
	PAMAgency     string // the agency's identifier in Treasury's Payment Automation Manager
	LocationCode  string // agency location code, eight digits
	PaymentType   string // the type of payment that the agency agreed on with Treasury, one of PaymentTypes
	Contact       string // who answers questions, as letters name them: a desk, an address, a telephone number
}

// ProgramFacts is everything that a decision about a program may look at.
type ProgramFacts struct {
	Program
	Standing
}

var (
	fieldName         = Field{Name: "name", Kind: Line, Max: 200}
	fieldPrefix       = Field{Name: "prefix", Kind: Line, Max: 8}
	fieldAgency       = Field{Name: "agency", Kind: Line, Max: 200}
	fieldSecondOver   = Field{Name: "second_over", Kind: Money, Optional: true}
	fieldBankHoldDays = Field{Name: "bank_hold_days", Kind: Count, Min: 0, Max: 90, Optional: true}
	fieldPresumeDays  = Field{Name: "presume_days", Kind: Count, Min: 1, Max: 60, Optional: true}
	fieldReportMonths = Field{Name: "report_months", Kind: Count, Min: 0, Max: 60, Optional: true}
	fieldReportDays   = Field{Name: "report_days", Kind: Count, Min: 1, Max: 120, Optional: true}
	fieldBankRouting  = Field{Name: "bank_routing", Kind: Line, Max: 9, Optional: true}
	fieldBankName     = Field{Name: "bank_name", Kind: Line, Max: 23, Optional: true}
	fieldCompanyName  = Field{Name: "company_name", Kind: Line, Max: 16, Optional: true}
	fieldCompanyID    = Field{Name: "company_id", Kind: Line, Max: 10, Optional: true}
	fieldOrigin       = Field{Name: "origin_account", Kind: Line, Max: 34, Optional: true}
	fieldPAMAgency    = Field{Name: "pam_agency", Kind: Line, Max: 40, Optional: true}
	fieldLocation     = Field{Name: "location_code", Kind: Line, Max: 8, Optional: true}
	fieldPaymentType  = Field{Name: "payment_type", Kind: Choice, Choices: PaymentTypes, Optional: true}
	fieldContact      = Field{Name: "contact", Kind: Line, Max: 200, Optional: true}
)

// PaymentTypes are the types of payment of Treasury's list that a voucher can be.
// Source: Standard Payment Request 5.0.2, appendix E.
var PaymentTypes = []string{"Miscellaneous", "Vendor"}

// What a program starts with where its maker says nothing.
const (
	usualBankHoldDays = 10
	usualPresumeDays  = 5
	usualReportMonths = 6
	usualReportDays   = 30
)

type programGuard = Guard[ProgramFacts]

var (
	prefixPlain = programGuard{
		Reason: "prefix_invalid",
		OK: func(_ *ProgramFacts, c *Command, _ time.Time) bool {
			return !c.Has(fieldPrefix) || isCode(c.Text(fieldPrefix), 2, 8)
		},
		Field: &fieldPrefix,
	}
	locationValid = programGuard{
		Reason: "location_code_invalid",
		OK: func(_ *ProgramFacts, c *Command, _ time.Time) bool {
			return c.Text(fieldLocation) == "" || isLocation(c.Text(fieldLocation))
		},
		Field: &fieldLocation,
	}
	programRoutingValid = programGuard{
		Reason: "routing_invalid",
		OK: func(_ *ProgramFacts, c *Command, _ time.Time) bool {
			return !c.Has(fieldBankRouting) || RoutingValid(c.Text(fieldBankRouting))
		},
		Field: &fieldBankRouting,
	}
)

// isLocation reports whether s is an agency location code: eight digits.
func isLocation(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return len(s) == 8
}

// isCode reports whether s is from least to most characters of A to Z and 0 to 9.
func isCode(s string, least, most int) bool {
	for i := range len(s) {
		if !isDigit(s[i]) && (s[i] < 'A' || s[i] > 'Z') {
			return false
		}
	}
	return least <= len(s) && len(s) <= most
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func createProgram(f *ProgramFacts, c *Command, s *Step) {
	f.BankHoldDays, f.PresumeDays = usualBankHoldDays, usualPresumeDays
	f.ReportMonths, f.ReportDays = usualReportMonths, usualReportDays
	updateProgram(f, c, s)
}

func updateProgram(f *ProgramFacts, c *Command, _ *Step) {
	c.setText(&f.Name, fieldName)
	c.setText(&f.Prefix, fieldPrefix)
	c.setText(&f.Agency, fieldAgency)
	c.setCents(&f.SecondOver, fieldSecondOver)
	c.setInt(&f.BankHoldDays, fieldBankHoldDays)
	c.setInt(&f.PresumeDays, fieldPresumeDays)
	c.setInt(&f.ReportMonths, fieldReportMonths)
	c.setInt(&f.ReportDays, fieldReportDays)
	c.setText(&f.BankRouting, fieldBankRouting)
	c.setText(&f.BankName, fieldBankName)
	c.setText(&f.CompanyName, fieldCompanyName)
	c.setText(&f.CompanyID, fieldCompanyID)
	c.setText(&f.OriginAccount, fieldOrigin)
	c.setText(&f.PAMAgency, fieldPAMAgency)
	c.setText(&f.LocationCode, fieldLocation)
	c.setText(&f.PaymentType, fieldPaymentType)
	c.setText(&f.Contact, fieldContact)
}

// Programs is the lifecycle of a program.
var Programs = NewMachine(NounProgram,
	func(f *ProgramFacts) *Record { return &f.Record },
	func(f *ProgramFacts) *Standing { return &f.Standing },
	[]Rule[ProgramFacts]{
		{Start: in(None), Action: ActCreate, By: by(Admin, System), End: Active,
			Fields: []Field{fieldName, fieldPrefix, fieldAgency, fieldSecondOver, fieldBankHoldDays, fieldPresumeDays, fieldReportMonths, fieldReportDays,
				fieldBankRouting, fieldBankName, fieldCompanyName, fieldCompanyID, fieldOrigin,
				fieldPAMAgency, fieldLocation, fieldPaymentType, fieldContact},
			Guards: []programGuard{prefixPlain, programRoutingValid, locationValid}, Effect: createProgram},
		{Start: in(Active), Action: ActUpdate, By: by(Admin, System), End: Active,
			Fields: []Field{fieldName.Opt(), fieldAgency.Opt(), fieldSecondOver, fieldBankHoldDays, fieldPresumeDays, fieldReportMonths, fieldReportDays,
				fieldBankRouting, fieldBankName, fieldCompanyName, fieldCompanyID, fieldOrigin,
				fieldPAMAgency, fieldLocation, fieldPaymentType, fieldContact},
			Guards: []programGuard{programRoutingValid, locationValid}, Effect: updateProgram, Always: true},
	}...)
