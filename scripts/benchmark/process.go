package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A server is a running `tranche serve`.
type server struct {
	cmd  *exec.Cmd
	addr string
	log  *os.File
}

// serve starts the program on an SQLite file. Its socket is made here and handed
// in as systemd does it: the address is known and the first request waits in the
// socket, so that nobody has to ask again and again whether the server is there.
func (o *options) serve(ctx context.Context, database string, more ...string) (*server, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	defer ln.Close()
	socket, err := ln.(*net.TCPListener).File()
	if err != nil {
		return nil, err
	}
	defer socket.Close()
	log, err := os.Create(filepath.Join(o.dir, "serve.log"))
	if err != nil {
		return nil, err
	}
	args := append([]string{"-c", `LISTEN_FDS=1 LISTEN_PID=$$ exec "$0" serve "$@"`, o.program, "--database", database}, more...)
	s := &server{cmd: exec.CommandContext(ctx, "/bin/sh", args...), addr: ln.Addr().String(), log: log}
	s.cmd.ExtraFiles, s.cmd.Stdout, s.cmd.Stderr = []*os.File{socket}, log, log
	s.cmd.Cancel = func() error { return s.cmd.Process.Signal(syscall.SIGTERM) }
	s.cmd.WaitDelay = 30 * time.Second
	if err := s.cmd.Start(); err != nil {
		return nil, errors.Join(err, log.Close())
	}
	return s, nil
}

// ready returns once the server has said that it is.
func (s *server) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.addr+"/readyz", nil)
	if err != nil {
		return err
	}
	r.Close = true
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return fmt.Errorf("ask whether the server is ready: %w (its log ends: %s)", err, s.said())
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the server is not ready: %s", answer.Status)
	}
	return nil
}

// said returns the end of what the server wrote.
func (s *server) said() string {
	text, err := os.ReadFile(s.log.Name())
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-2000):])
}

// stop ends the server as an operator would and waits for it.
func (s *server) stop() error {
	err := s.cmd.Process.Signal(syscall.SIGTERM)
	if err := errors.Join(err, s.cmd.Wait(), s.log.Close()); err != nil {
		return fmt.Errorf("stop the server: %w (its log ends: %s)", err, s.said())
	}
	return nil
}

// uncache has the next reader of a file read it from the disk, as an installed program is. What
// the linker has just written may be in the page cache in pieces of 2 MiB; a process that reads
// one byte of such a piece is then given, and counted, all of it (FilePmdMapped in
// /proc/<pid>/smaps_rollup).
func uncache(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); err != nil { // what is not on the disk stays in the cache
		return err
	}
	return unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED)
}

// memory reads a line of /proc/<pid>/status, such as VmRSS, in MiB.
func memory(pid int, name string) (float64, error) {
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if value, found := strings.CutPrefix(lines.Text(), name+":"); found {
			kib, err := strconv.ParseFloat(strings.Fields(value)[0], 64)
			return kib / 1024, err
		}
	}
	return 0, fmt.Errorf("process %d does not tell %s", pid, name)
}

// ticksPerSecond is the unit of CPU time in /proc/<pid>/stat, on every Linux that Go runs on.
const ticksPerSecond = 100

// cpu returns the CPU time that a process has used.
func cpu(pid int) (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	_, rest, found := strings.Cut(string(text), ") ") // the name before it may hold blanks
	fields := strings.Fields(rest)
	if !found || len(fields) < 13 {
		return 0, fmt.Errorf("process %d does not tell its CPU time", pid)
	}
	var ticks int64
	for _, field := range fields[11:13] { // utime and stime
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, err
		}
		ticks += n
	}
	return time.Duration(ticks) * time.Second / ticksPerSecond, nil
}

// copyFile copies a database that nobody has open.
func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	// Synced, so that writing the copy back is nobody's flush later on.
	return errors.Join(err, out.Sync(), out.Close())
}
