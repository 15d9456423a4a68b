package identity

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"math/big"
	"time"

	"tranche/workflow"
)

// tokenPrefix stands before the secret of every API token, so that scanners of
// source code and logs can recognize a leaked one.
const tokenPrefix = "tr_"

// secretBytes is how much chance is in every secret.
const secretBytes = 32

// secretLength is how many base62 digits hold secretBytes.
const secretLength = 43

// NewToken returns the secret of a new API token, "tr_" and 43 letters or digits,
// and the sum that is stored of it. The secret is shown once and stored nowhere.
func NewToken() (full, stored string) {
	full = tokenPrefix + secret()
	return full, sum(full)
}

// TokenInputs returns the inputs of the command that creates a token: Parent is
// the person whose token it is to be.
func TokenInputs(name, sum string, scopes Scopes, until time.Time) []workflow.Input {
	return []workflow.Input{{Name: "name", Text: name}, {Name: "sum", Text: sum}, {Name: "scopes", Text: scopes.String()}, {Name: "until", Time: until}}
}

// secret returns 256 bits of chance in letters and digits, always 43 of them.
func secret() string {
	var b [secretBytes]byte
	rand.Read(b[:]) // never returns an error: it ends the program when there is no chance to be had
	digits := new(big.Int).SetBytes(b[:]).Text(62)
	out := []byte("0000000000000000000000000000000000000000000")
	copy(out[secretLength-len(digits):], digits)
	return string(out)
}

// wellFormed reports whether s could be what secret returned. What could not is
// never looked up.
func wellFormed(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return len(s) == secretLength
}

// sum returns the SHA-256 of s in hex. It needs no salt and no slow hash where s
// is 256 bits of chance.
func sum(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:])
}
