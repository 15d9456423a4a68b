package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// A timing is how long the calls of a phase took.
type timing struct {
	mu      *sync.Mutex
	each    []time.Duration
	elapsed time.Duration
	cpu     time.Duration // of the process that did the work
}

func newTiming(n int) timing { return timing{mu: new(sync.Mutex), each: make([]time.Duration, 0, n)} }

func (t *timing) add(d time.Duration) {
	t.mu.Lock()
	t.each = append(t.each, d)
	t.mu.Unlock()
}

// A client is one kept connection. It writes requests that were made before the
// clock started, because net/http's client takes as much CPU as a server.
type client struct {
	conn net.Conn
	in   *bufio.Reader
}

// run does the calls of p against a server, on all connections at once.
func (s *server) run(ctx context.Context, p phase) (timing, error) {
	took := newTiming(p.count())
	lanes := make([][][]byte, connections)
	for i, list := range p.calls {
		for _, c := range list {
			lanes[i%connections] = append(lanes[i%connections], c.request(i%connections))
		}
	}
	clients, err := s.dial(ctx)
	if err != nil {
		return took, err
	}
	defer hangUp(clients)
	before, err := cpu(s.cmd.Process.Pid)
	if err != nil {
		return took, err
	}
	errs := make([]error, connections)
	var all sync.WaitGroup
	start := time.Now()
	for i := range clients {
		all.Go(func() { errs[i] = clients[i].send(lanes[i], &took) })
	}
	all.Wait()
	took.elapsed = time.Since(start)
	after, err := cpu(s.cmd.Process.Pid)
	took.cpu = after - before
	return took, errors.Join(append(errs, err)...)
}

func (s *server) dial(ctx context.Context) (out []*client, err error) {
	for range connections {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", s.addr)
		if err != nil {
			hangUp(out)
			return nil, err
		}
		if err := conn.SetDeadline(time.Now().Add(2 * time.Minute)); err != nil {
			return nil, err
		}
		out = append(out, &client{conn, bufio.NewReader(conn)})
	}
	return out, nil
}

func hangUp(clients []*client) {
	for _, c := range clients {
		c.conn.Close()
	}
}

// request writes c as it goes over connection lane. Each connection has an
// address of its own, which the server is told to believe, because it limits what
// one address may ask.
func (c *call) request(lane int) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "POST %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\n"+
		"X-Forwarded-For: 192.0.2.%d\r\nIf-Match: \"%d\"\r\nIdempotency-Key: %s\r\nContent-Length: %d\r\n\r\n%s",
		c.path, c.seat.secret, lane+1, c.version, c.key, len(c.body), c.body)
	return b.Bytes()
}

// send does requests one after the other.
func (c *client) send(requests [][]byte, took *timing) error {
	for _, r := range requests {
		start := time.Now()
		if _, err := c.conn.Write(r); err != nil {
			return err
		}
		if err := c.answer(); err != nil {
			line, _, _ := bytes.Cut(r, []byte(" HTTP/"))
			return fmt.Errorf("%s: %w", line, err)
		}
		took.add(time.Since(start))
	}
	return nil
}

// answer reads one answer and wants it to be 200.
func (c *client) answer() error {
	status, err := c.in.ReadSlice('\n')
	if err != nil {
		return err
	}
	good := bytes.HasPrefix(status, []byte("HTTP/1.1 200 "))
	length := -1
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		if value, found := bytes.CutPrefix(line, []byte("Content-Length: ")); found {
			if length, err = strconv.Atoi(string(value)); err != nil {
				return err
			}
		}
	}
	if good && length >= 0 {
		_, err := c.in.Discard(length)
		return err
	}
	body, err := io.ReadAll(io.LimitReader(c.in, int64(max(length, 0))))
	return errors.Join(fmt.Errorf("not answered with 200: %s", body), err)
}

// screened returns once no application waits for its screening.
func (s *server) screened(ctx context.Context, by seat) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	none := []byte(`{"items":[]}`)
	again := time.NewTicker(20 * time.Millisecond) // more often would be work for the server
	defer again.Stop()
	for ; ; <-again.C {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.addr+"/api/v1/applications?state=submitted&limit=1", nil)
		if err != nil {
			return err
		}
		r.Header.Set("Authorization", "Bearer "+by.secret)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			return err
		}
		body, err := io.ReadAll(answer.Body)
		if err := errors.Join(err, answer.Body.Close()); err != nil {
			return err
		}
		if answer.StatusCode == http.StatusOK && bytes.Equal(bytes.TrimSpace(body), none) {
			return nil
		}
		if answer.StatusCode != http.StatusOK {
			return fmt.Errorf("list what is submitted: %s %s", answer.Status, body)
		}
	}
}
