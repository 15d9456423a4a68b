package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// idle is how long a server has nothing to do before its memory is read.
const idle = 2 * time.Second

// measureStart runs the demonstration once and then starts servers on what it
// left.
func measureStart(ctx context.Context, o *options) ([]figure, error) {
	dir := filepath.Join(o.dir, "demo")
	args := []string{"demo", "--dir", dir, "--addr", "127.0.0.1:0", "--exit"}
	if o.short {
		args = append(args, "--companies", "12")
	}
	if out, err := exec.CommandContext(ctx, o.program, args...).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("run the demonstration: %w: %.2000s", err, out)
	}
	var firsts, sizes, owns []float64
	for range o.rounds {
		first, rss, own, err := o.startOnce(ctx, filepath.Join(dir, "tranche.db"))
		if err != nil {
			return nil, err
		}
		firsts, sizes, owns = append(firsts, first), append(sizes, rss), append(owns, own)
	}
	binary, err := os.Stat(o.program)
	if err != nil {
		return nil, err
	}
	return []figure{
		figure{Name: "serve on the demonstration's database, first answer", Value: median(firsts), Unit: "ms"}.atMost(300),
		figure{Name: fmt.Sprintf("  memory after %s without work", idle), Value: median(sizes), Unit: "MiB"}.atMost(60),
		{Name: "    of it its own, not pages of its file", Value: median(owns), Unit: "MiB"},
		{Name: "  size of the program", Value: float64(binary.Size()) / (1 << 20), Unit: "MiB"},
	}, nil
}

// startOnce returns the milliseconds up to the first answer, and the idle memory in MiB: all
// that is resident, and what of it is the process's own.
func (o *options) startOnce(ctx context.Context, database string) (first, rss, own float64, err error) {
	start := time.Now()
	s, err := o.serve(ctx, database)
	if err != nil {
		return 0, 0, 0, err
	}
	if err = s.ready(ctx); err == nil {
		first = float64(time.Since(start).Microseconds()) / 1000
		time.Sleep(idle) // idleness is what is measured
		if rss, err = memory(s.cmd.Process.Pid, "VmRSS"); err == nil {
			own, err = memory(s.cmd.Process.Pid, "RssAnon")
		}
	}
	if stopped := s.stop(); err == nil {
		err = stopped
	}
	return first, rss, own, err
}
