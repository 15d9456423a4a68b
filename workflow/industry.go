package workflow

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"strings"
	"sync"
)

// naicsCodes is the list of six-digit industries: 1,360 rows, 1,271 codes, as some
// stand in two editions of the list with other titles.
// Source: naics.csv of the DATA Act broker (fedspendingtransparency/data-act-broker-backend,
// CC0), which takes them from the North American Industry Classification System.
//
//go:embed naics.csv
var naicsCodes string

// industries maps each code to its title. It is read when somebody first asks.
var industries = sync.OnceValue(func() map[string]string {
	rows, err := csv.NewReader(strings.NewReader(naicsCodes)).ReadAll()
	if err != nil {
		panic(fmt.Sprintf("workflow: naics.csv: %v", err))
	}
	out := make(map[string]string, len(rows)-1)
	for _, row := range rows[1:] {
		out[row[0]] = row[1]
	}
	return out
})

// Industry returns the title of a six-digit NAICS code, and false when there is
// no such code.
func Industry(code string) (title string, known bool) {
	title, known = industries()[code]
	return title, known
}

// unusedPrefixes are the EIN prefixes that the IRS has not given to any campus.
// Source: IRS, "How EINs are assigned and valid EIN prefixes".
const unusedPrefixes = " 00 07 08 09 17 18 19 28 29 49 69 70 78 79 89 96 97 "

// EINUsual reports whether the IRS has assigned the prefix of an EIN that is
// written as NN-NNNNNNN. It adds prefixes, so that an unusual one is a reason to
// look twice and no more. Nothing is unusual about no EIN.
func EINUsual(ein string) bool {
	return len(ein) < 2 || !strings.Contains(unusedPrefixes, " "+ein[:2]+" ")
}

// cageValid reports whether s is a CAGE or NCAGE code in capitals: five letters
// and digits without I and O; of a CAGE the first and the last are digits, of
// another country's NCAGE at least one of the two is a letter.
// Source: DoD 4100.39-M, volume 7.
func cageValid(s string) bool {
	if len(s) != 5 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !isDigit(c) && (c < 'A' || c > 'Z' || c == 'I' || c == 'O') {
			return false
		}
	}
	return true
}

// hostValid reports whether s is a host name with a dot in it, in ASCII as the
// DNS has it: labels of letters, digits and inner hyphens, at most 63 long, the
// last one without a digit in front.
// Source: RFC 1035 §2.3.1, RFC 1123 §2.1.
func hostValid(s string) bool {
	labels := strings.Split(s, ".")
	if len(s) > 253 || len(labels) < 2 {
		return false
	}
	for _, l := range labels {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
			return false
		}
		for i := range len(l) {
			if c := l[i] | 0x20; !isDigit(l[i]) && l[i] != '-' && (c < 'a' || c > 'z') {
				return false
			}
		}
	}
	return !isDigit(labels[len(labels)-1][0])
}

// websiteValid reports whether s is a web address that a link may lead to:
// a host name, with http or https in front of it or nothing, and a path or
// nothing behind it. Another scheme, a port, a name and password are refused.
func websiteValid(s string) bool {
	if _, rest, has := strings.Cut(s, "://"); has {
		if !strings.HasPrefix(s, "http://") && !strings.HasPrefix(s, "https://") {
			return false
		}
		s = rest
	}
	host, path, _ := strings.Cut(s, "/")
	return hostValid(host) && !strings.ContainsAny(path, " \"<>\\^`{|}")
}
