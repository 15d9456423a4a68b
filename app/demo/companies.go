package demo

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the companies
	"encoding/binary"
	"encoding/csv"
	"fmt"

	"tranche/workflow"
)

//go:embed companies.csv
var companiesCSV []byte

// A Company is one applicant of the demonstration. The first block is real, from
// companies.csv, which names its source; the rest is invented, the same at every
// run, and marked as invented wherever it is stored.
type Company struct {
	LegalName, UEI, City, State string
	Requested                   workflow.Cents // the largest obligation of its real contracts, unless Case says otherwise

	Case       Case // what it is an example of; "" for most
	Road       Road // how far its application goes
	Revenue    workflow.Cents
	Affiliates []Affiliate
}

// An Affiliate is an invented organization that a company is said to control.
type Affiliate struct {
	Name    string
	Revenue workflow.Cents
	Silent  bool // it has no revenue statement
}

// A Case is a situation that the demonstration shows on purpose.
type Case string

// The cases. Each is one company.
const (
	// RevenueAtCap has a revenue of exactly $100,000,000.00: ineligible.
	RevenueAtCap Case = "revenue_at_cap"
	// RevenueBelowCap has a revenue of $99,999,999.99: eligible.
	RevenueBelowCap Case = "revenue_below_cap"
	// AffiliatesOver has two affiliates, each under the cap and together over it: ineligible.
	AffiliatesOver Case = "affiliates_over_cap"
	// AffiliateSilent has an affiliate without a statement for the year: referred to an officer.
	AffiliateSilent Case = "affiliate_year_missing"
	// ReferralCleared is referred for the same reason, and the officer accepts other evidence.
	ReferralCleared Case = "affiliate_year_accepted"
	// AffiliateAsked is referred for the same reason, and the officer asks for the statement.
	AffiliateAsked Case = "affiliate_year_asked_for"
	// RequestAtCap asks for exactly $5,000,000.00: possible.
	RequestAtCap Case = "request_at_cap"
	// RequestOverCap asks for $5,000,000.01: refused when it is submitted.
	RequestOverCap Case = "request_over_cap"
	// NameOnList has a name like one on a sanctions list: referred, and dismissed by a person who looked.
	NameOnList Case = "name_on_list"
	// ReviewerBelongs has a member who is also a reviewer: inviting that reviewer is refused.
	ReviewerBelongs Case = "reviewer_belongs_to_it"
	// ReviewerRecuses gets a reviewer who stands aside after accepting: another takes over.
	ReviewerRecuses Case = "reviewer_recuses"
	// RegisteredTwice was registered a second time under nearly the same name: found, and linked by a person who looked.
	RegisteredTwice Case = "registered_twice"
	// PaymentReturned gave an account number that its bank does not know: the payment comes back with R03.
	PaymentReturned Case = "payment_returned"
)

// cases are the first companies of the list, in this order.
var cases = []struct {
	name Case
	road Road
	bend func(*Company)
}{
	{RevenueAtCap, Ineligible, func(c *Company) { c.Revenue = workflow.RevenueCap }},
	{RevenueBelowCap, Paid, func(c *Company) { c.Revenue = workflow.RevenueCap - 1 }},
	{AffiliatesOver, Ineligible, func(c *Company) { c.affiliate(60_000_000_00, false); c.affiliate(45_000_000_00, false) }},
	{AffiliateSilent, Referred, func(c *Company) { c.affiliate(0, true) }},
	{ReferralCleared, Cleared, func(c *Company) { c.affiliate(0, true) }},
	{AffiliateAsked, Asked, func(c *Company) { c.affiliate(0, true) }},
	{RequestAtCap, Paid, func(c *Company) { c.Requested = workflow.AwardCap }},
	{RequestOverCap, TurnedAway, func(c *Company) { c.Requested = workflow.AwardCap + 1 }},
	{NameOnList, Paid, func(*Company) {}}, // the ninth, because its real name is
	{ReviewerBelongs, Paid, func(*Company) {}},
	{ReviewerRecuses, Paid, func(*Company) {}},
	{PaymentReturned, Paid, func(*Company) {}},
	{RegisteredTwice, Paid, func(*Company) {}},
}

// others are the roads of all other companies, over and over.
var others = []Road{
	Paid, Declined, Paid, Waitlisted, Paid, InReview, Paid, NotAccepted, Paid, Withdrawn, Paid, Recommended, Paid, Offered,
	Paid, Appealed, Paid, Claimed, Paid, DeclineRecommended, Paid, Paid, Paid, Paid, Paid, Paid,
}

// Companies returns the first limit companies, all for 0, and never fewer than
// there are cases.
func Companies(limit int) ([]Company, error) {
	r := csv.NewReader(bytes.NewReader(companiesCSV))
	r.Comment = '#'
	rows, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read companies.csv: %w", err)
	}
	rows = rows[1:]
	if limit > 0 {
		rows = rows[:min(max(limit, len(cases)), len(rows))]
	}
	list := make([]Company, len(rows))
	for i, row := range rows {
		requested, err := workflow.ParseCents(row[4])
		if err != nil {
			return nil, fmt.Errorf("companies.csv: %s: requested %q: %w", row[1], row[4], err)
		}
		list[i] = Company{LegalName: row[0], UEI: row[1], City: row[2], State: row[3], Requested: requested}
		list[i].invent(i)
	}
	return list, nil
}

// invent makes up what is not known of the i-th company of the list.
func (c *Company) invent(i int) {
	c.Revenue = workflow.Cents(250_000_00 + c.draw("revenue", 59_750_000_00))
	if i < len(cases) {
		c.Case, c.Road = cases[i].name, cases[i].road
		cases[i].bend(c)
		return
	}
	c.Road = others[(i-len(cases))%len(others)]
}

func (c *Company) affiliate(revenue workflow.Cents, silent bool) {
	name := fmt.Sprintf("Invented Affiliate %c of %s", 'A'+len(c.Affiliates), c.LegalName)
	c.Affiliates = append(c.Affiliates, Affiliate{name, revenue, silent})
}

// draw returns a number from 0 to n-1 that depends on the company's UEI and on
// what it is for, and on nothing else.
func (c *Company) draw(what string, n int64) int64 {
	sum := sha256.Sum256([]byte("tranche demo\x00" + what + "\x00" + c.UEI))
	return int64(binary.BigEndian.Uint64(sum[:8]) % uint64(n))
}

// Recommended returns what the program officer recommends: for one company in
// four a tenth less than it asked for, in whole dollars.
func (c *Company) Recommended() workflow.Cents {
	if c.Case == "" && c.draw("recommended", 4) == 0 {
		return c.Requested * 9 / 10 / 100 * 100
	}
	return c.Requested
}

// scores returns the points of the n-th reviewer, by the order of the rubric:
// low ones where the application is to be declined.
func (c *Company) scores(n int) []int64 {
	least, spread := int64(70), int64(28)
	switch c.Road {
	case Declined, Appealed, DeclineRecommended:
		least = 30
	case Waitlisted:
		least, spread = 60, 12
	}
	points := make([]int64, len(workflow.Rubric))
	for i, criterion := range workflow.Rubric {
		points[i] = least + c.draw(fmt.Sprintf("score %d %s", n, criterion.Name), spread)
	}
	return points
}

// account returns where the company is paid, made up: version 1, or the one that
// takes its place. The routing number begins with 15, which the ABA has assigned
// to nobody, and ends in a right check digit.
func (c *Company) account(version int) (routing, number string) {
	what := fmt.Sprintf("account %d", version)
	return withCheckDigit(fmt.Sprintf("15%06d", c.draw("routing "+what, 1_000_000))),
		fmt.Sprintf("%010d", 1_000_000_000+c.draw(what, 9_000_000_000))
}

// withCheckDigit appends to eight digits the ninth that makes them a routing number.
func withCheckDigit(eight string) string {
	sum := 0
	for i := range len(eight) {
		sum += [...]int{3, 7, 1}[i%3] * int(eight[i]-'0')
	}
	return eight + string(byte('0'+(10-sum%10)%10))
}

// email is the address of the company's authorized representative.
func (c *Company) email() string { return "aor." + lower(c.UEI) + "@companies.example" }

// lower writes the letters A to Z of s small.
func lower(s string) string { return string(bytes.ToLower([]byte(s))) }

// projects are what the companies want to do, one for each by its UEI.
var projects = []struct{ title, summary, outcome string }{
	{"Defect detection in additive manufacturing", "A model that finds defects in printed metal parts from the melt-pool camera while the part is being built.",
		"Scrap falls by a third on two production machines."},
	{"Forecasting of wind-farm output", "Hourly forecasts for single turbines from weather ensembles, with error bars that hold.",
		"Forecast error falls by a fifth over one season at two sites."},
	{"Surrogate models for combustion", "Neural surrogates that take the place of chemistry solvers in engine simulations, with bounds on their error.",
		"A design study of 10,000 variants runs in a day."},
	{"Screening of battery electrolytes", "Active learning over simulated electrolytes to propose candidates for the laboratory.",
		"Forty candidates are made and measured, five beat the reference."},
	{"Reading of radiographs in inspection", "A second reader for weld radiographs that marks what an inspector should look at again.",
		"Missed indications fall by half in a blind study."},
	{"Optimization of grid switching", "Learned heuristics that warm-start unit commitment for regional operators.",
		"Solution time falls tenfold at equal cost on a year of cases."},
	{"Acoustic monitoring of pumps", "Small models on the sensor itself that hear bearing wear weeks before it stops a pump.",
		"Thirty pumps are watched for six months without a false alarm a week."},
	{"Translation of legacy simulation code", "A tool that translates Fortran kernels to portable code and proves on tests that results agree.",
		"Three production codes are moved and run on accelerators."},
	{"Detection of leaks from satellite images", "Segmentation of methane plumes in public satellite images, with estimates of rate.",
		"Detections are confirmed on the ground in four of five cases."},
	{"Planning of robot inspection", "Route planning for inspection robots in plants that learns from every visit.",
		"A full inspection takes half the time at the pilot site."},
}

func (c *Company) project() (title, summary, outcome string) {
	p := projects[c.draw("project", int64(len(projects)))]
	return p.title, p.summary, p.outcome
}

// approach is how the company goes about its project, in words of its own: proposals
// that say the same are taken for those of one company.
func (c *Company) approach() string {
	return fmt.Sprintf("%[1]s builds on what it has delivered before. Every month %[1]s tests in %[2]s against data that the model has not seen, "+
		"and what %[1]s measures there is published from %[2]s.", c.LegalName, c.City)
}
