package identity

import (
	"net/http"
	"testing"
)

func TestCookiesAreAsStrictAsTheAddressAllows(t *testing.T) {
	for base, want := range map[string]string{
		"https://vouchers.example.gov": "__Host-tranche=abc; Path=/; HttpOnly; Secure; SameSite=Lax",
		"https://localhost:8443":       "__Host-tranche=abc; Path=/; HttpOnly; Secure; SameSite=Lax",
		"http://localhost:8080":        "tranche=abc; Path=/; HttpOnly; SameSite=Lax",
		"http://127.0.0.1":             "tranche=abc; Path=/; HttpOnly; SameSite=Lax",
		"http://[::1]:8080":            "tranche=abc; Path=/; HttpOnly; SameSite=Lax",
	} {
		c, err := CookiesFor(base)
		if err != nil {
			t.Error(err)
			continue
		}
		if got := c.Set("abc").String(); got != want {
			t.Errorf("%s: got %q, want %q", base, got, want)
		}
		if clear := c.Clear(); clear.MaxAge != -1 || clear.Value != "" || clear.Name != c.Set("abc").Name {
			t.Errorf("%s: does not clear: %s", base, clear)
		}
	}
	for _, bad := range []string{"http://vouchers.example.gov", "http://localhost.evil.example", "http://127.0.0.1.evil.example", "ftp://localhost",
		"localhost:8080", "https://", "", "http://10.0.0.1"} {
		if _, err := CookiesFor(bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

func TestOneCookieIsRead(t *testing.T) {
	c, err := CookiesFor("http://localhost")
	if err != nil {
		t.Fatal(err)
	}
	for header, want := range map[string]string{
		"":                        "",
		"tranche=abc":             "abc",
		"a=b; tranche=abc; c=d":   "abc",
		"tranche=abc; tranche=no": "",
		"__Host-tranche=abc":      "",
		"Tranche=abc":             "",
	} {
		r := &http.Request{Header: http.Header{"Cookie": {header}}}
		if got := c.Token(r); got != want {
			t.Errorf("%q: got %q, want %q", header, got, want)
		}
	}
}
