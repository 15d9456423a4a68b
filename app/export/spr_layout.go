package export

// sprSize is the length of a record.
const sprSize = 850

// An sprField is a field of a record: its 1-based positions, both inclusive. A
// number is right-justified and filled with zeros, the rest left-justified and
// filled with blanks.
type sprField struct {
	name       string
	start, end int
	number     bool
}

// sprLayout are the records of ACH payments by their codes. Checks (11 to 13) and
// CTX addenda (04) are never written.
// Source: Bureau of the Fiscal Service, Input File Specifications, Standard Payment
// Request 5.0.2, release 11.1.0 of 2021-12-17; testdata/spr/layout.csv has every
// field with its rules.
var sprLayout = map[string][]sprField{
	"H": {
		{"Record Code", 1, 2, false}, {"InputSystem", 3, 42, false}, {"Standard Payment Request Version Number", 43, 45, false},
		{"IsRequestedForSameDayACH", 46, 46, false}, {"Filler", 47, 850, false},
	},
	"01": {
		{"Record Code", 1, 2, false}, {"AgencyACHText", 3, 6, false}, {"ScheduleNumber", 7, 20, false}, {"PaymentTypeCode", 21, 45, false},
		{"StandardEntryClassCode", 46, 48, false}, {"AgencyLocationCode", 49, 56, true}, {"Filler", 57, 57, false},
		{"Federal Employer Identification Number", 58, 67, false}, {"Filler", 68, 850, false},
	},
	"02": {
		{"Record Code", 1, 2, false}, {"AgencyAccountIdentifier", 3, 18, false}, {"Amount", 19, 28, true},
		{"AgencyPaymentTypeCode", 29, 29, false}, {"IsTOP_Offset", 30, 30, false}, {"PayeeName", 31, 65, false},
		{"PayeeAddressLine_1", 66, 100, false}, {"PayeeAddressLine_2", 101, 135, false}, {"CityName", 136, 162, false},
		{"StateName", 163, 172, false}, {"StateCodeText", 173, 174, false}, {"PostalCode", 175, 179, false},
		{"PostalCodeExtension", 180, 184, false}, {"CountryCodeText", 185, 186, false}, {"Routing Number", 187, 195, true},
		{"Account Number", 196, 212, false}, {"ACH_TransactionCode", 213, 214, true}, {"PayeeIdentifier_Additional", 215, 223, false},
		{"PayeeName_Additional", 224, 258, false}, {"PaymentID", 259, 278, false}, {"Reconcilement", 279, 378, false}, {"TIN", 379, 387, false},
		{"Payment Recipient TIN indicator", 388, 388, false}, {"Additional Payee TIN Indicator", 389, 389, false},
		{"Amount eligible for offset", 390, 399, false}, {"PayeeAddressLine_3", 400, 434, false}, {"PayeeAddressLine_4", 435, 469, false},
		{"CountryName", 470, 509, false}, {"ConsularCode", 510, 512, false}, {"SubPaymentTypeCode", 513, 544, false},
		{"PayerMechanism", 545, 564, false}, {"PaymentDescriptionCode", 565, 566, false}, {"Filler", 567, 850, false},
	},
	"03": {
		{"Record Code", 1, 2, false}, {"PaymentID", 3, 22, false}, {"Addenda Information", 23, 102, false}, {"Filler", 103, 850, false},
	},
	"G": {
		{"Record Code", 1, 2, false}, {"PaymentID", 3, 22, false}, {"Sub-levelPrefixCode", 23, 24, false},
		{"AllocationTransferAgencyIdentifier", 25, 27, false}, {"AgencyIdentifier", 28, 30, false},
		{"BeginningPeriodOfAvailability", 31, 34, false}, {"EndingPeriodOfAvailability", 35, 38, false}, {"AvailabilityTypeCode", 39, 39, false},
		{"MainAccountCode", 40, 43, false}, {"Sub-accountCode", 44, 46, false}, {"BusinessEventTypeCode", 47, 54, false},
		{"AccountClassificationAmount", 55, 64, true}, {"IsCredit", 65, 65, false}, {"Filler", 66, 850, false},
	},
	"DD": {
		{"Record Code", 1, 2, false}, {"Payment ID", 3, 22, false}, {"DNP Detail", 23, 788, false}, {"Filler", 789, 850, false},
	},
	"T": {
		{"Record Code", 1, 2, false}, {"Filler", 3, 12, false}, {"ScheduleCount", 13, 20, true}, {"Filler", 21, 23, false},
		{"ScheduleAmount", 24, 38, true}, {"Filler", 39, 850, false},
	},
	"E": {
		{"Record Code", 1, 2, false}, {"TotalCount_Records", 3, 20, true}, {"TotalCount_Payments", 21, 38, true},
		{"TotalAmount_Payments", 39, 56, true}, {"Filler", 57, 850, false},
	},
}
