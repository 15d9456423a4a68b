package demo

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress shows how far the drive has come: as a bar on a terminal, as a line
// for every tenth anywhere else. It may be used by several goroutines.
type progress struct {
	mu    sync.Mutex
	out   io.Writer
	bar   *progressbar.ProgressBar // nil where there is no terminal
	done  int
	total int
}

func newProgress(out io.Writer, total int) *progress {
	p := &progress{out: out, total: total}
	if f, ok := out.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(out), progressbar.OptionSetDescription("steps"),
			progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(true), progressbar.OptionClearOnFinish(),
			progressbar.OptionThrottle(50*time.Millisecond))
	}
	return p
}

// step counts one step that was taken.
func (p *progress) step() {
	p.mu.Lock()
	defer p.mu.Unlock()
	before := p.tenths()
	p.done++
	switch {
	case p.bar != nil:
		_ = p.bar.Add(1) // a bar that cannot be drawn stops nothing
	case p.tenths() > before:
		fmt.Fprintf(p.out, "%d of %d steps\n", p.done, p.total)
	}
}

func (p *progress) tenths() int { return p.done * 10 / p.total }

// end leaves the terminal clean.
func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}
