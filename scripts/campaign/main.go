// Command campaign is a storm of submissions around a deadline against the real
// program, which is stopped and killed in the middle of it: whoever pressed submit in
// time must be in, and prove it by the receipt. scripts/storm builds and runs it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

// options is what the command line says.
type options struct {
	program  string // the built tranche
	dir      string // for everything that is written
	postgres string // the URL of a server to make a database on; "" is SQLite
	n        int
	window   time.Duration
	down     time.Duration // how long the program stays away at each restart
	seed     uint64
	first    string // how it is ended in the middle of the window; the other way at the deadline
}

func parse() *options {
	o := new(options)
	flag.StringVar(&o.program, "program", "", "the built `tranche`")
	flag.StringVar(&o.dir, "dir", "", "`directory` for everything that is written")
	flag.StringVar(&o.postgres, "postgres", "", "`URL` of a PostgreSQL server, on which a database is made and dropped; SQLite otherwise")
	flag.IntVar(&o.n, "n", 3000, "how many submit")
	flag.DurationVar(&o.window, "window", 10*time.Minute, "in what time; the deadline comes after four fifths of it")
	flag.DurationVar(&o.down, "down", time.Second, "how long the program stays away at each of two restarts")
	flag.Uint64Var(&o.seed, "seed", 1, "of the instants at which people press")
	flag.StringVar(&o.first, "first", "term", "`signal` of the first restart, in the middle of the window: term or kill; the second, at the deadline, is the other")
	short := flag.Bool("short", false, "150 in 8 seconds")
	flag.Parse()
	if *short {
		o.n, o.window, o.down = 150, 8*time.Second, 500*time.Millisecond
	}
	if o.program == "" || o.dir == "" || flag.NArg() > 0 {
		log.Fatal("--program and --dir are needed, and nothing else without a name; scripts/storm gives them")
	}
	if o.n < 50 || o.n > 20_000 || o.window < 5*time.Second || o.window > time.Hour || o.down < 0 || o.down > time.Minute ||
		o.first != "term" && o.first != "kill" {
		log.Fatal("50 to 20000 submit in 5 seconds to an hour, --down is at most a minute, --first is term or kill")
	}
	return o
}

// rest is what a deadline near a restart gets on top (--outage-rest), so that the
// storm ends.
func (o *options) rest() time.Duration { return max(time.Second, (o.window / 20).Round(time.Second)) }

// limit is when the storm is given up.
func (o *options) limit() time.Duration { return 2*o.window + 5*time.Minute }

func main() {
	log.SetFlags(0)
	log.SetPrefix("campaign: ")
	o := parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, o.limit())
	defer cancel()
	wrong, err := o.run(ctx)
	if err != nil {
		stop()
		log.Fatal(err)
	}
	for _, name := range wrong {
		fmt.Println("WRONG ", name)
	}
	if len(wrong) > 0 {
		os.Exit(1)
	}
}

// run prepares, lets the storm pass, and returns whoever was done wrong, each with why.
func (o *options) run(ctx context.Context) (wrong []string, err error) {
	database := filepath.Join(o.dir, "storm.db")
	if o.postgres != "" {
		drop, url, err := makeDatabase(ctx, o.postgres)
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, drop()) }()
		database = url
	}
	st, err := o.prepare(ctx, database)
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	srv, err := o.serve(ctx, database)
	if err != nil {
		return nil, err
	}
	defer srv.end()
	end, err := o.storm(ctx, st, srv)
	if err != nil {
		return nil, errors.Join(err, srv.said())
	}
	if err := srv.stop(syscall.SIGTERM); err != nil {
		return nil, errors.Join(err, srv.said())
	}
	return o.judge(ctx, database, st, end)
}
