package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"tranche/app/demo"
	"tranche/models"
	"tranche/templates"
)

type demoCommand struct {
	Dir string `help:"Where the demonstration keeps everything." default:"tranche-demo" env:"TRANCHE_DEMO_DIR"`
	listening
	Exit      bool `help:"Stop at the end instead of serving on."`
	Companies int  `help:"How many companies take part; 0 means all." default:"0"`
}

// Run drives the demonstration, then serves what came of it.
func (c *demoCommand) Run(ctx context.Context, s streams) error {
	slog.SetDefault(logger(true))
	if c.Companies < 0 {
		return fmt.Errorf("--companies: %d is less than none", c.Companies)
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return fmt.Errorf("--dir: %w", err)
	}
	d := database{Database: filepath.Join(c.Dir, "tranche.db")}
	h, err := d.open(ctx, true)
	if err != nil {
		return err
	}
	defer h.close()
	var srv *server
	_, err = demo.Run(ctx, demo.Options{
		Dir: c.Dir, Companies: c.Companies, Program: string(templates.Program), Engine: h.engine, Passwords: h.passwords, Now: h.now, Out: s.out, Progress: s.err,
		Serve: func(ctx context.Context) (string, error) {
			srv, err = c.start(ctx, h, true)
			if err != nil {
				return "", err
			}
			return srv.url, nil
		},
		Audit: func(ctx context.Context) (demo.Audit, error) { return audited(ctx, h) },
	})
	if srv == nil {
		return err
	}
	if err != nil || c.Exit {
		if stopped := srv.stop(h); err == nil {
			err = stopped
		}
		return err
	}
	fmt.Fprintln(s.out, "\nServing", srv.url, "until you press Ctrl-C.")
	return srv.wait(ctx, h)
}

// audited waits for what jobs have to add to the audit log, and checks the whole of it
// without printing it.
func audited(ctx context.Context, h *house) (demo.Audit, error) {
	if err := h.runner.Idle(ctx); err != nil {
		return demo.Audit{}, err
	}
	ok, err := h.db.Verify(ctx, func(models.Check) {})
	if err != nil {
		return demo.Audit{}, err
	}
	n, err := h.db.CountEvents(ctx)
	return demo.Audit{Events: n, Verified: ok}, err
}
