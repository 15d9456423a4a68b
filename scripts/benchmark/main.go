// Command benchmark measures Tranche beside its peers and the limits of the
// machine, each pair in one run, and prints medians. scripts/bench builds and
// runs it.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
)

// options is what the command line says.
type options struct {
	program string // the built tranche
	dir     string // for everything that is written; on the disk to be measured
	short   bool   // tiny counts: to see that it works, not how fast
	json    bool
	only    string // names of sections, with commas; "" means all
	rounds  int    // of which the median is taken
}

// sections are what is measured, in this order.
var sections = []struct {
	name    string
	measure func(context.Context, *options) ([]figure, error)
}{
	{"decide", measureDecide},
	{"durable", measureDurable},
	{"export", measureExport},
	{"start", measureStart},
	{"answers", measureAnswers},
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("benchmark: ")
	if len(os.Args) == 3 && os.Args[1] == childVerb {
		if err := exportChild(os.Args[2], os.Stdout); err != nil {
			log.Fatal(err)
		}
		return
	}
	o := parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	r, err := o.measure(ctx)
	if err != nil {
		stop()
		log.Fatal(err)
	}
	if err := r.print(os.Stdout, o.json); err != nil {
		log.Fatal(err)
	}
	if r.missed() {
		os.Exit(1)
	}
}

func parse() *options {
	o := new(options)
	flag.StringVar(&o.program, "program", "", "the built `tranche`")
	flag.StringVar(&o.dir, "dir", "", "`directory` for everything that is written")
	flag.BoolVar(&o.short, "short", false, "tiny counts: see that it works, not how fast")
	flag.BoolVar(&o.json, "json", false, "print JSON")
	flag.StringVar(&o.only, "only", "", "`sections` to measure, with commas: "+sectionNames())
	flag.IntVar(&o.rounds, "rounds", 5, "how often each pair is measured")
	flag.Parse()
	if o.program == "" || o.dir == "" || flag.NArg() > 0 {
		log.Fatal("--program and --dir are needed, and nothing else; scripts/bench gives them")
	}
	if o.short {
		o.rounds = 1
	}
	return o
}

func sectionNames() string {
	var names []string
	for _, s := range sections {
		names = append(names, s.name)
	}
	return strings.Join(names, ",")
}

// measure runs the sections that were asked for.
func (o *options) measure(ctx context.Context) (*report, error) {
	if err := uncache(o.program); err != nil {
		return nil, err
	}
	r := newReport(o.short)
	for _, s := range sections {
		if o.only != "" && !slices.Contains(strings.Split(o.only, ","), s.name) {
			continue
		}
		fmt.Fprintln(os.Stderr, "measuring", s.name)
		figures, err := s.measure(ctx, o)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.name, err)
		}
		r.Figures = append(r.Figures, figures...)
	}
	if o.short {
		r.forget()
	}
	if len(r.Figures) == 0 {
		return nil, errors.New("--only: nothing to measure; there are " + sectionNames())
	}
	return r, nil
}

// print writes r as a table or as JSON.
func (r *report) print(out *os.File, asJSON bool) error {
	if !asJSON {
		return r.table(out)
	}
	enc := json.NewEncoder(out)
	enc.SetIndent("", "  ")
	return enc.Encode(r)
}
