package workflow

import (
	"errors"
	"math/bits"
	"strconv"
)

// Cents is an amount of US dollars in whole cents: $1.23 is Cents(123). Sums
// never round. The zero value is no money.
type Cents int64

// The two statutory limits of the programme. Programme files may lower them,
// nothing may raise them.
const (
	// RevenueCap is the revenue that a company's group must stay strictly
	// below: $100,000,000.00.
	RevenueCap Cents = 100_000_000_00
	// AwardCap is the most that an award, or all awards of one group in an
	// opportunity, may be worth, inclusive: $5,000,000.00.
	AwardCap Cents = 5_000_000_00
)

// MaxCents is the largest amount that ParseCents reads: 13 digits of dollars.
// A thousand such amounts still add up inside an int64.
const MaxCents Cents = 9_999_999_999_999_99

// ErrMoney is returned for text that is not a plain amount such as "1234.50".
var ErrMoney = errors.New("workflow: not an amount such as 1234.50")

// ParseCents reads an amount of dollars written as ASCII digits with either no
// or exactly two decimals: "1234" or "1234.50". A sign, a separator, a space, an
// exponent, a leading zero, one or three decimals, more than 13 digits of
// dollars, or any other character returns ErrMoney.
func ParseCents(s string) (Cents, error) {
	whole := s
	var part string
	if n := len(s); n > 3 && s[n-3] == '.' {
		whole, part = s[:n-3], s[n-2:]
	}
	if len(whole) == 0 || len(whole) > 13 || whole[0] == '0' && len(whole) > 1 {
		return 0, ErrMoney
	}
	var c Cents
	for _, digits := range [2]string{whole, part} {
		for i := range len(digits) {
			d := digits[i] - '0'
			if d > 9 {
				return 0, ErrMoney
			}
			c = c*10 + Cents(d)
		}
	}
	if part == "" {
		c *= 100
	}
	return c, nil
}

// String writes c with two decimals and no separators. ParseCents reads it back
// when c is between 0 and MaxCents.
func (c Cents) String() string {
	b := make([]byte, 0, 24)
	u := uint64(c)
	if c < 0 {
		b = append(b, '-')
		u = -u
	}
	b = strconv.AppendUint(b, u/100, 10)
	return string(append(b, '.', byte('0'+u%100/10), byte('0'+u%10)))
}

// Dollars writes c for people: "$1,234.50", "−$0.05" for a negative amount.
func (c Cents) Dollars() string {
	s := c.String()
	sign := "$"
	if c < 0 {
		sign, s = "−$", s[1:]
	}
	out := make([]byte, 0, len(s)+8)
	whole := len(s) - 3
	for i := range whole {
		if i > 0 && (whole-i)%3 == 0 {
			out = append(out, ',')
		}
		out = append(out, s[i])
	}
	return sign + string(append(out, s[whole:]...))
}

// Plus returns c + d, and false when the sum does not fit. Both must be at
// least zero.
func (c Cents) Plus(d Cents) (Cents, bool) {
	sum, carry := bits.Add64(uint64(c), uint64(d), 0)
	if c < 0 || d < 0 || carry != 0 || sum > uint64(1<<63-1) {
		return 0, false
	}
	return Cents(sum), true
}

// Split divides c into n parts that differ by at most one cent and add up to c:
// the first c mod n parts get the residual cents. It returns nil when n < 1 or
// c is negative.
func (c Cents) Split(n int) []Cents {
	if n < 1 || c < 0 {
		return nil
	}
	parts := make([]Cents, n)
	each, rest := c/Cents(n), int(c%Cents(n))
	for i := range parts {
		parts[i] = each
		if i < rest {
			parts[i]++
		}
	}
	return parts
}
