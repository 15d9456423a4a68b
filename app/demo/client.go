package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// A client asks the server's API in the name of many people.
type client struct {
	base string // such as http://localhost:8080
	http *http.Client
}

// newClient returns a client that keeps a connection for each worker.
func newClient(base string, workers int) *client {
	transport := &http.Transport{MaxIdleConns: workers, MaxIdleConnsPerHost: workers, MaxConnsPerHost: workers}
	return &client{base: base, http: &http.Client{Transport: transport, Timeout: time.Minute}}
}

// A call is one request of one person.
type call struct {
	method, path string // below /api/v1
	token        string
	key          string // makes a write repeatable; "" for reads
	version      int64  // of the record as it was seen; zero for reads and new records
	media        string // of body; "" is JSON
	body         []byte
}

// A Problem is the server's no. It changed nothing.
type Problem struct {
	Call   string `json:"-"` // method and path
	Status int    `json:"status"`
	Title  string `json:"title"`
	Detail string `json:"detail"`
	Reason string `json:"reason"`
	Errors []struct {
		Field, Reason, Message string
	} `json:"errors"`
}

// Error names the request, the reason and the fields.
func (p *Problem) Error() string {
	s := fmt.Sprintf("%s: %d %s: %s %s", p.Call, p.Status, p.Reason, p.Title, p.Detail)
	for _, e := range p.Errors {
		s += fmt.Sprintf(" [%s: %s %s]", e.Field, e.Reason, e.Message)
	}
	return s
}

const (
	// tries is how often a request is sent that the server was too busy for.
	tries = 20
	// longestAnswer bounds what is read of an answer: bank files are the largest.
	longestAnswer = 64 << 20
	// usualPause is waited when the server does not say for how long.
	usualPause = 200 * time.Millisecond
	// longestPause is waited at most, whatever the server says.
	longestPause = 10 * time.Second
)

// send asks and returns the body of a good answer. Every request may be repeated,
// reads anyway and writes by their key, so it is sent again after a broken
// connection or when the server is busy. The error is a *Problem when the server
// says no.
func (c *client) send(ctx context.Context, one call) ([]byte, error) {
	var last error
	for range tries {
		body, pause, err := c.once(ctx, one)
		if err == nil || pause == 0 {
			return body, err
		}
		last = err
		if err := wait(ctx, pause); err != nil {
			return nil, errors.Join(err, last)
		}
	}
	return nil, fmt.Errorf("gave up after %d tries: %w", tries, last)
}

// once sends the request once. A pause says that it can be sent again after it.
func (c *client) once(ctx context.Context, one call) ([]byte, time.Duration, error) {
	r, err := c.request(ctx, one)
	if err != nil {
		return nil, 0, err
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return nil, usualPause, fmt.Errorf("%s %s: %w", one.method, one.path, err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, longestAnswer))
	if err != nil {
		return nil, usualPause, fmt.Errorf("read answer to %s %s: %w", one.method, one.path, err)
	}
	switch answer.StatusCode {
	case http.StatusOK, http.StatusCreated:
		return body, 0, nil
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
		return nil, pauseOf(answer), problemOf(one, answer.StatusCode, body)
	}
	return nil, 0, problemOf(one, answer.StatusCode, body)
}

func (c *client) request(ctx context.Context, one call) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, one.method, c.base+"/api/v1"+one.path, bytes.NewReader(one.body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+one.token)
	if one.method != http.MethodGet {
		media := one.media
		if media == "" {
			media = "application/json"
		}
		r.Header.Set("Content-Type", media)
		r.Header.Set("Idempotency-Key", one.key)
	}
	if one.version != 0 {
		r.Header.Set("If-Match", strconv.Quote(strconv.FormatInt(one.version, 10)))
	}
	return r, nil
}

// problemOf reads the body of a refusal; one that cannot be read is kept as detail.
func problemOf(one call, status int, body []byte) error {
	p := &Problem{}
	if err := json.Unmarshal(body, p); err != nil {
		p.Detail = string(body[:min(len(body), 200)])
	}
	p.Call, p.Status = one.method+" "+one.path, status
	return p
}

// pauseOf returns for how long the server asks to wait.
func pauseOf(answer *http.Response) time.Duration {
	seconds, err := strconv.Atoi(answer.Header.Get("Retry-After"))
	if err != nil || seconds < 1 {
		return usualPause
	}
	return min(time.Duration(seconds)*time.Second, longestPause)
}

// wait returns after d, or earlier with the reason why ctx ended.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// get reads one record, or anything else that is one JSON value.
func get[T any](ctx context.Context, c *client, token, path string) (T, error) {
	var out T
	body, err := c.send(ctx, call{method: http.MethodGet, path: path, token: token})
	if err != nil {
		return out, err
	}
	if err := json.Unmarshal(body, &out); err != nil {
		return out, fmt.Errorf("read answer to GET %s: %w", path, err)
	}
	return out, nil
}

// list reads all pages of a list, narrowed by filter.
func list[T any](ctx context.Context, c *client, token, path string, filter url.Values) ([]T, error) {
	query := url.Values{"limit": {"200"}}
	for name, values := range filter {
		query[name] = values
	}
	var all []T
	for {
		page, err := get[struct {
			Items []T    `json:"items"`
			Next  string `json:"next"`
		}](ctx, c, token, path+"?"+query.Encode())
		if err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
		if page.Next == "" {
			return all, nil
		}
		query.Set("cursor", page.Next)
	}
}

// signIn returns a client that has the pages of somebody who signs in.
func (c *client) signIn(ctx context.Context, email, password string) (*client, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	pages := &client{c.base, &http.Client{Transport: c.http.Transport, Timeout: c.http.Timeout, Jar: jar}}
	form := url.Values{"email": {email}, "password": {password}}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/sign-in", strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	_, err = pages.answer(r)
	return pages, err
}

// page returns what stands at path.
func (c *client) page(ctx context.Context, path string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+path, nil)
	if err != nil {
		return nil, err
	}
	return c.answer(r)
}

func (c *client) answer(r *http.Request) (text []byte, err error) {
	got, err := c.http.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, got.Body.Close()) }()
	if got.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s %s: %s", r.Method, r.URL.Path, got.Status)
	}
	return io.ReadAll(got.Body)
}
