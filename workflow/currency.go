package workflow

import (
	"errors"
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// USD is the currency that caps, awards and payments are in. A statement that
// names none is in it.
const USD = "USD"

// Currencies are the codes of money in use that a statement can be in, in
// alphabetical order. Source: ISO 4217, list one, without funds and metals.
var Currencies = strings.Fields(`AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP
	BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD
	HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD
	MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD
	SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV
	WST XAF XCD XOF XPF YER ZAR ZMW ZWG`)

// An Amount is money in hundredths of a unit of the currency that is named beside
// it, whatever the smallest coin of that currency is: 1234.50 yen are 123450. A
// third decimal is rounded up by whoever states it.
type Amount int64

// String writes a with two decimals and no separators, as ParseCents reads it.
func (a Amount) String() string { return Cents(a).String() }

// A PerUnit is how many US dollars one unit of another currency is worth, in
// billionths of a dollar: 1.0835 is 1_083_500_000. It is exact for nine decimals,
// which gives the cheapest currencies four digits.
type PerUnit int64

// MaxPerUnit is the largest rate that ParsePerUnit reads: 999,999.999999999.
const MaxPerUnit PerUnit = 1_000_000*perDollar - 1

const (
	perDollar = 1_000_000_000
	decimals  = 9
)

// ErrPerUnit is returned for text that is not a rate such as "1.0835".
var ErrPerUnit = errors.New("workflow: not a rate such as 1.0835")

// ParsePerUnit reads a rate written in ASCII digits: one to six of them, and
// behind a point one to nine more. Zero, a sign, an exponent, a separator or a
// leading zero returns ErrPerUnit.
func ParsePerUnit(s string) (PerUnit, error) {
	whole, part, pointed := strings.Cut(s, ".")
	if len(whole) == 0 || len(whole) > 6 || whole[0] == '0' && len(whole) > 1 || pointed && part == "" || len(part) > decimals {
		return 0, ErrPerUnit
	}
	digits := whole + part + strings.Repeat("0", decimals-len(part))
	n := PerUnit(0)
	for i := range len(digits) {
		if !isDigit(digits[i]) {
			return 0, ErrPerUnit
		}
		n = n*10 + PerUnit(digits[i]-'0')
	}
	if n == 0 {
		return 0, ErrPerUnit
	}
	return n, nil
}

// String writes p as ParsePerUnit reads it, without zeros at the end.
func (p PerUnit) String() string {
	s := strconv.FormatInt(int64(p%perDollar), 10)
	s = strings.TrimRight(strings.Repeat("0", max(0, decimals-len(s)))+s, "0")
	if s == "" {
		s = "0"
	}
	return strconv.FormatInt(int64(p/perDollar), 10) + "." + s
}

// Dollars returns what a is worth at p, in whole cents. The fraction of a cent is
// rounded up, against who states it: a sum that reaches the cap is never brought
// under it by rounding. What no int64 holds comes to the largest one. Neither may
// be negative.
func (p PerUnit) Dollars(a Amount) Cents { return scaled(uint64(a), uint64(p), perDollar) }

// scaled returns n × by ÷ over, rounded up, at most the largest int64. over must
// not be zero.
func scaled(n, by, over uint64) Cents {
	hi, lo := bits.Mul64(n, by)
	lo, carry := bits.Add64(lo, over-1, 0)
	hi += carry
	if hi >= over {
		return math.MaxInt64
	}
	q, _ := bits.Div64(hi, lo, over)
	return Cents(min(q, math.MaxInt64))
}
