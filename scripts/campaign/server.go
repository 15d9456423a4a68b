package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// A server is `tranche serve`, ended and started again at the same address.
type server struct {
	o        *options
	database string
	addr     string
	log      *os.File
	cmd      *exec.Cmd // nil while it does not run
}

// serve starts the program and returns once it is ready.
func (o *options) serve(ctx context.Context, database string) (*server, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0") // for a port that is free
	if err != nil {
		return nil, err
	}
	if err := ln.Close(); err != nil {
		return nil, err
	}
	s := &server{o: o, database: database, addr: ln.Addr().String()}
	if s.log, err = os.Create(filepath.Join(o.dir, "serve.log")); err != nil {
		return nil, err
	}
	return s, s.start(ctx)
}

// start starts it and returns once it is ready.
func (s *server) start(ctx context.Context) error {
	s.cmd = exec.CommandContext(ctx, s.o.program, "serve", "--database", s.database, "--addr", s.addr, "--keys", filepath.Join(s.o.dir, "keys"),
		"--proxies", "127.0.0.0/8", "--outage-rest", s.o.rest().String())
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	if err := s.cmd.Start(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for again := time.NewTicker(20 * time.Millisecond); ; {
		if s.ready(ctx) {
			again.Stop()
			return nil
		}
		select {
		case <-ctx.Done():
			again.Stop()
			return errors.Join(fmt.Errorf("the program does not get ready: %w", ctx.Err()), s.said())
		case <-again.C:
		}
	}
}

func (s *server) ready(ctx context.Context) bool {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.addr+"/readyz", nil)
	if err != nil {
		return false
	}
	r.Close = true
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return false
	}
	return answer.Body.Close() == nil && answer.StatusCode == http.StatusOK
}

// stop ends it by a signal and waits until it has ended.
func (s *server) stop(by syscall.Signal) error {
	err := errors.Join(s.cmd.Process.Signal(by))
	waited := s.cmd.Wait()
	s.cmd = nil
	if by == syscall.SIGKILL {
		return err
	}
	return errors.Join(err, waited)
}

// end ends what still runs, when something went wrong.
func (s *server) end() {
	if s.cmd != nil {
		_ = s.stop(syscall.SIGKILL) // it is given up
	}
	_ = s.log.Close()
}

// said returns the end of what the program wrote, as an error.
func (s *server) said() error {
	text, err := os.ReadFile(s.log.Name())
	if err != nil {
		return err
	}
	return fmt.Errorf("its log ends: %s", text[max(0, len(text)-2000):])
}
