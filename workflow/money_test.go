package workflow

import (
	"math"
	"math/big"
	"regexp"
	"testing"

	"pgregory.net/rapid"
)

func TestParseCentsReadsPlainAmounts(t *testing.T) {
	for s, want := range map[string]Cents{
		"0":                0,
		"0.00":             0,
		"0.01":             1,
		"0.10":             10,
		"1":                1_00,
		"1.15":             1_15, // 114 through a float
		"10":               10_00,
		"1234.50":          1_234_50,
		"5000000.00":       AwardCap,
		"5000000.01":       AwardCap + 1,
		"99999999.99":      RevenueCap - 1,
		"100000000":        RevenueCap,
		"100000000.00":     RevenueCap,
		"9999999999999.99": MaxCents,
	} {
		if got, err := ParseCents(s); err != nil || got != want {
			t.Errorf("ParseCents(%q) = %d, %v; want %d", s, got, err, want)
		}
	}
}

func TestParseCentsRefusesEverythingElse(t *testing.T) {
	for _, s := range []string{
		// What strconv.ParseFloat takes.
		"NaN", "nan", "Inf", "+Inf", "-Inf", "infinity", "1_000", "1e3", "1E3", "1e8", "1e400", "+5", "-0", "-1", ".5", "5.", "0x1p4",
		// Separators, spaces and other ways to write a number.
		"99,999,999.99", "99.999.999,99", "99'999'999.99", "99 999 999.99", "99\u00a0999", "1,50", "1.5", "1.005", "99999999.995",
		"1..00", "1.0.0", "1.-5", "1.+5", "1. 5", " 1", "1 ", "1\n", "1\x00", "$1", "1 USD", "€1", "(1)", "1%", "½",
		// Other alphabets.
		"９９", "٩٩", "९९", "1.５０", "\u200b1", "\ufeff1", "−1",
		// Too many digits.
		"", "00", "01", "00.00", "007.50", "10000000000000", "10000000000000.00", "9223372036854775807", "92233720368547758.08",
		"18446744073709551616", "99999999999999999999999999.99", ".", ".00", "-.50",
	} {
		if got, err := ParseCents(s); err != ErrMoney || got != 0 {
			t.Errorf("ParseCents(%q) = %d, %v; want ErrMoney", s, got, err)
		}
	}
}

// plainAmount is the same grammar in another language.
var plainAmount = regexp.MustCompile(`^(0|[1-9][0-9]{0,12})(\.[0-9]{2})?$`)

func FuzzParseCents(f *testing.F) {
	for _, s := range []string{"0", "1234.50", "0.01", "9999999999999.99", "01", "1.5", "-1", "1e3", "NaN", "９", ".50", "1.000", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := ParseCents(s)
		if plain := plainAmount.MatchString(s); plain != (err == nil) {
			t.Fatalf("ParseCents(%q) = %d, %v; the grammar says %v", s, c, err, plain)
		}
		if err != nil {
			return
		}
		if c < 0 || c > MaxCents {
			t.Errorf("ParseCents(%q) = %d, out of range", s, c)
		}
		if again, err := ParseCents(c.String()); err != nil || again != c {
			t.Errorf("%d is written %q and read as %d, %v", c, c.String(), again, err)
		}
	})
}

func TestCentsAreWrittenForMachinesAndForPeople(t *testing.T) {
	for _, c := range []struct {
		cents          Cents
		plain, dollars string
	}{
		{0, "0.00", "$0.00"},
		{5, "0.05", "$0.05"},
		{-5, "-0.05", "−$0.05"},
		{99, "0.99", "$0.99"},
		{1_00, "1.00", "$1.00"},
		{999_99, "999.99", "$999.99"},
		{1_000_00, "1000.00", "$1,000.00"},
		{-1_234_50, "-1234.50", "−$1,234.50"},
		{123_456_78, "123456.78", "$123,456.78"},
		{AwardCap, "5000000.00", "$5,000,000.00"},
		{RevenueCap, "100000000.00", "$100,000,000.00"},
		{MaxCents, "9999999999999.99", "$9,999,999,999,999.99"},
		{math.MaxInt64, "92233720368547758.07", "$92,233,720,368,547,758.07"},
		{math.MinInt64, "-92233720368547758.08", "−$92,233,720,368,547,758.08"},
	} {
		if got := c.cents.String(); got != c.plain {
			t.Errorf("Cents(%d).String() = %q, want %q", int64(c.cents), got, c.plain)
		}
		if got := c.cents.Dollars(); got != c.dollars {
			t.Errorf("Cents(%d).Dollars() = %q, want %q", int64(c.cents), got, c.dollars)
		}
	}
}

func TestPlusAddsOrSaysThatItDoesNotFit(t *testing.T) {
	for _, c := range []struct {
		a, b, want Cents
		fits       bool
	}{
		{0, 0, 0, true},
		{RevenueCap - 1, 1, RevenueCap, true},
		{math.MaxInt64, 0, math.MaxInt64, true},
		{math.MaxInt64 - 1, 1, math.MaxInt64, true},
		{math.MaxInt64, 1, 0, false},
		{math.MaxInt64, math.MaxInt64, 0, false},
		{-1, 1, 0, false},
		{1, -1, 0, false},
		{-1, -1, 0, false},
		{math.MinInt64, math.MaxInt64, 0, false},
	} {
		if got, fits := c.a.Plus(c.b); got != c.want || fits != c.fits {
			t.Errorf("%d plus %d = %d, %v; want %d, %v", c.a, c.b, got, fits, c.want, c.fits)
		}
	}
}

func TestPlusAgreesWithUnboundedArithmetic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := Cents(rapid.Int64Min(0).Draw(t, "a"))
		b := Cents(rapid.Int64Min(0).Draw(t, "b"))
		want := new(big.Int).Add(big.NewInt(int64(a)), big.NewInt(int64(b)))
		got, fits := a.Plus(b)
		if fits != want.IsInt64() || fits && int64(got) != want.Int64() {
			t.Fatalf("%d plus %d = %d, %v", a, b, got, fits)
		}
	})
}

func TestSplitGivesEveryCentToSomebody(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Cents(rapid.Int64Min(0).Draw(t, "c"))
		n := rapid.IntRange(1, 200).Draw(t, "n")
		parts := c.Split(n)
		if len(parts) != n {
			t.Fatalf("%d parts, want %d", len(parts), n)
		}
		var sum Cents
		for i, p := range parts {
			sum += p
			if p > parts[0] || p < parts[0]-1 || i > 0 && p > parts[i-1] {
				t.Fatalf("part %d of %v is out of line", i, parts)
			}
		}
		if sum != c {
			t.Fatalf("parts of %d add up to %d", c, sum)
		}
	})
}

func TestSplitByHand(t *testing.T) {
	got := Cents(100_00).Split(3)
	if len(got) != 3 || got[0] != 33_34 || got[1] != 33_33 || got[2] != 33_33 {
		t.Errorf("$100.00 in three = %v", got)
	}
	if got := Cents(2).Split(3); len(got) != 3 || got[0] != 1 || got[1] != 1 || got[2] != 0 {
		t.Errorf("two cents in three = %v", got)
	}
	for _, nothing := range [][]Cents{Cents(1).Split(0), Cents(1).Split(-1), Cents(-1).Split(2)} {
		if nothing != nil {
			t.Errorf("a split that makes no sense = %v, want nil", nothing)
		}
	}
}

func TestTheStatutoryLimitsAreTheOnesOfTheProgramme(t *testing.T) {
	if RevenueCap.Dollars() != "$100,000,000.00" || AwardCap.Dollars() != "$5,000,000.00" {
		t.Errorf("limits are %s and %s", RevenueCap.Dollars(), AwardCap.Dollars())
	}
}
