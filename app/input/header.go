package input

import (
	"net/http"
	"strconv"
	"strings"
)

// The headers that are read here.
const (
	VersionHeader = "If-Match"
	KeyHeader     = "Idempotency-Key"
)

// maxKey is the most characters of a key.
const maxKey = 200

// Version reads which version of a record a request is about: If-Match with one
// strong entity tag, such as "7". A list, a weak tag and * are *Unreadable: none
// of them says what the asker saw. Without the header it is ErrVersionMissing.
func Version(h http.Header) (int64, error) {
	came := h.Values(VersionHeader)
	switch len(came) {
	case 0:
		return 0, ErrVersionMissing
	case 1:
	default:
		return 0, &Unreadable{VersionHeader, ReasonDuplicate}
	}
	tag, quoted := strings.CutPrefix(strings.TrimSpace(came[0]), `"`)
	tag, closed := strings.CutSuffix(tag, `"`)
	if !quoted || !closed {
		return 0, &Unreadable{VersionHeader, ReasonVersion}
	}
	return parseVersion(VersionHeader, tag)
}

// Tag writes version as the entity tag that Version reads.
func Tag(version int64) string { return strconv.Quote(strconv.FormatInt(version, 10)) }

// Key reads the Idempotency-Key of a request: 1 to 200 visible ASCII characters,
// and "" when none came.
func Key(h http.Header) (string, error) { return oneKey(KeyHeader, h.Values(KeyHeader)) }

func oneKey(name string, came []string) (string, error) {
	switch len(came) {
	case 0:
		return "", nil
	case 1:
	default:
		return "", &Unreadable{name, ReasonDuplicate}
	}
	key := came[0]
	if len(key) == 0 || len(key) > maxKey || strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", &Unreadable{name, ReasonKey}
	}
	return key, nil
}
