package identity

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
)

// Cookies writes and reads the cookie that holds a session's secret. It ends with
// the browser; how long the session lives is for the server to say.
type Cookies struct {
	name   string
	secure bool
}

// CookiesFor returns the cookies of a server that people reach at base, such as
// "https://vouchers.example.gov". Plain http is for this machine only.
func CookiesFor(base string) (Cookies, error) {
	u, err := url.Parse(base)
	switch {
	case err != nil:
		return Cookies{}, err
	case u.Scheme == "https" && u.Host != "":
		// The prefix makes browsers refuse the cookie from any other host or path.
		return Cookies{"__Host-tranche", true}, nil
	case u.Scheme == "http" && isLocal(u.Hostname()):
		return Cookies{"tranche", false}, nil
	}
	return Cookies{}, fmt.Errorf("identity: %q is neither https:// nor http://localhost: passwords and sessions would go over the network in plain", base)
}

func isLocal(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Set returns the cookie that holds token.
func (c Cookies) Set(token string) *http.Cookie {
	return &http.Cookie{Name: c.name, Value: token, Path: "/", Secure: c.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode}
}

// Clear returns the cookie that makes a browser forget the one it has.
func (c Cookies) Clear() *http.Cookie {
	out := c.Set("")
	out.MaxAge = -1
	return out
}

// Token returns the secret that r carries, "" when there is none. Of two cookies
// one was planted, and nobody can tell which.
func (c Cookies) Token(r *http.Request) string {
	all := r.CookiesNamed(c.name)
	if len(all) != 1 {
		return ""
	}
	return all[0].Value
}
