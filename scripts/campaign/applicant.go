package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"tranche/models"
	"tranche/workflow"
)

// An applicant presses submit once, and again for as long as the API says that it
// may help: after a connection that failed, after 429 and 503 as Retry-After says, and
// with the newest version after a 409.
type applicant struct {
	name        string
	person      workflow.ID
	application workflow.ID
	version     int64
	secret      string
	address     string // what the proxy says it is

	pressed time.Time     // the first time
	met     string        // what the first press met: "" is an answer that counts
	took    time.Duration // of the press that was answered
	refusal string        // why it is out, as it was told
	receipt models.Receipt
	given   bool // a receipt
	hasty   bool
}

func addressOf(i int) string { return fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255) }

// hasty says of two in 25 applicants that a program of theirs asks for much too much
// with the same token, so that their press is turned away.
func hasty(i int) bool { return early(i) || i%25 == 2 }

// early says which of them press before the first restart, when the program is there.
func early(i int) bool { return i%25 == 1 }

// flood asks for too much in the name of a, calls press at the first 429, and goes on
// until ctx ends.
func (a *applicant) flood(ctx context.Context, s *server, press func()) error {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", s.addr)
	if err != nil {
		press() // the program is away
		return nil
	}
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	some := bytes.Repeat([]byte("GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: "+a.address+"\r\nAuthorization: Bearer "+a.secret+"\r\n\r\n"), 50)
	go func() {
		for {
			if _, err := conn.Write(some); err != nil {
				return // ctx has ended, or the program
			}
		}
	}()
	once := sync.OnceFunc(press)
	for in := bufio.NewScanner(conn); in.Scan(); {
		if bytes.HasPrefix(in.Bytes(), []byte("HTTP/1.1 429 ")) {
			once()
		}
	}
	once()
	return nil
}

// An answer is what the server said.
type answer struct {
	status int
	pause  time.Duration // from Retry-After
	body   []byte
}

func (s *server) ask(ctx context.Context, c *http.Client, a *applicant, method, path string, change func(*http.Request)) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, "http://"+s.addr+"/api/v1"+path, http.NoBody)
	if err != nil {
		return answer{}, err
	}
	r.Header.Set("Authorization", "Bearer "+a.secret)
	r.Header.Set("X-Forwarded-For", a.address)
	if change != nil {
		change(r)
	}
	got, err := c.Do(r)
	if err != nil {
		return answer{}, err
	}
	body, err := io.ReadAll(io.LimitReader(got.Body, 1<<20))
	if err := errors.Join(err, got.Body.Close()); err != nil {
		return answer{}, err
	}
	seconds, err := strconv.Atoi(got.Header.Get("Retry-After"))
	if err != nil {
		seconds = 1
	}
	return answer{got.StatusCode, time.Duration(seconds) * time.Second, body}, nil
}

// usualPause is waited after a connection that failed: a person presses again, a
// program waits.
const usualPause = 700 * time.Millisecond

// noConnection is what somebody met whose request could not be sent, or was cut short.
const noConnection = "no connection"

// longest is how long an applicant keeps trying.
const longest = time.Minute

// insist asks until there is an answer that will not change by asking again.
func (s *server) insist(ctx context.Context, c *http.Client, a *applicant, method, path string, change func(*http.Request), met func(string)) (answer, error) {
	for begun := time.Now(); ; {
		got, err := s.ask(ctx, c, a, method, path, change)
		pause := got.pause
		switch {
		case err != nil:
			met(noConnection)
			pause = usualPause
		case got.status == http.StatusTooManyRequests || got.status == http.StatusServiceUnavailable:
			met(strconv.Itoa(got.status))
		default:
			return got, nil
		}
		if time.Since(begun) > longest {
			return got, errors.Join(fmt.Errorf("given up after %s, last %d", longest, got.status), err)
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return got, ctx.Err()
		}
	}
}

// come presses, at once or, who is hasty, when they are turned away for it.
func (a *applicant) come(ctx context.Context, s *server, c *http.Client) error {
	if !a.hasty {
		return a.press(ctx, s, c, func() {})
	}
	flooding, enough := context.WithTimeout(ctx, 10*time.Second)
	defer enough()
	pressed := make(chan error, 1)
	if err := a.flood(flooding, s, func() { go func() { pressed <- a.press(ctx, s, c, enough) }() }); err != nil {
		return err
	}
	return <-pressed
}

// press submits, and takes the receipt. It calls answered after the first try.
func (a *applicant) press(ctx context.Context, s *server, c *http.Client, answered func()) error {
	path := fmt.Sprintf("/applications/%d", a.application)
	a.pressed = time.Now()
	first := true
	for try := 1; ; try++ {
		var sent time.Time
		got, err := s.insist(ctx, c, a, http.MethodPost, path+"/actions/submit", func(r *http.Request) {
			sent = time.Now()
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader([]byte("{}"))), 2
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("If-Match", fmt.Sprintf("%q", strconv.FormatInt(a.version, 10)))
			r.Header.Set("Idempotency-Key", fmt.Sprintf("storm-%d-%d", a.application, try))
		}, func(what string) {
			if first {
				a.met = what
			}
			answered()
			first = false
		})
		if err != nil {
			return err
		}
		first = false
		answered()
		a.took = time.Since(sent)
		if got.status == http.StatusOK {
			return a.takeReceipt(ctx, s, c, path)
		}
		var no struct{ Reason string }
		if err := json.Unmarshal(got.body, &no); err != nil {
			return fmt.Errorf("%d: %w", got.status, err)
		}
		if got.status != http.StatusConflict || no.Reason != "stale" || try == 10 {
			a.refusal = fmt.Sprintf("%d %s", got.status, no.Reason)
			return nil
		}
		// It was noted meanwhile that we were turned away.
		now, err := s.insist(ctx, c, a, http.MethodGet, path, nil, func(string) {})
		if err != nil {
			return err
		}
		var record struct{ Version int64 }
		if err := json.Unmarshal(now.body, &record); err != nil || record.Version == 0 {
			return fmt.Errorf("read the application: %d %.200s: %w", now.status, now.body, err)
		}
		a.version = record.Version
	}
}

func (a *applicant) takeReceipt(ctx context.Context, s *server, c *http.Client, path string) error {
	got, err := s.insist(ctx, c, a, http.MethodGet, path+"/receipts", nil, func(string) {})
	if err != nil {
		return err
	}
	var list struct{ Items []models.Receipt }
	if err := json.Unmarshal(got.body, &list); err != nil || len(list.Items) != 1 {
		return fmt.Errorf("receipts: %d %.200s: %w", got.status, got.body, err)
	}
	a.receipt, a.given = list.Items[0], true
	return nil
}
