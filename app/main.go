// Command app is Tranche: one program that serves a voucher programme, shows it
// off, and looks after its database. This file lists what it can be told to do.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // deadlines are shown in their own time zone on any machine

	"github.com/alecthomas/kong"
)

// version is what this program calls itself.
const version = "0.1.0"

// commands is the command line. Every flag can be given as TRANCHE_… as well.
type commands struct {
	Serve   serveCommand   `cmd:"" help:"Serve the programme: pages, API and jobs."`
	Demo    demoCommand    `cmd:"" help:"Run the whole life of vouchers on real companies, then serve it."`
	Migrate migrateCommand `cmd:"" help:"Bring the database schema up to date."`
	User    struct {
		Add userAddCommand `cmd:"" help:"Add a person with a role."`
	} `cmd:"" help:"People."`
	Token struct {
		Add tokenAddCommand `cmd:"" help:"Make an API token for a person and print it once."`
	} `cmd:"" help:"API tokens."`
	Audit struct {
		Verify verifyCommand `cmd:"" help:"Derive state, balances, caps and files anew from the audit log, and compare."`
	} `cmd:"" help:"The audit log."`
	Answers struct {
		Import answersImportCommand `cmd:"" help:"Import a file with a bank's answers, show what would become of them, and book them."`
	} `cmd:"" help:"What banks answer to payments."`
	Lists struct {
		Import listsImportCommand `cmd:"" help:"Import a list that organizations are held against, and show what it changes."`
	} `cmd:"" help:"Sanctions, exclusions and registrations."`
	Program struct {
		Check    programCheckCommand    `cmd:"" help:"Check a program's file: every mistake with its line."`
		Diff     programDiffCommand     `cmd:"" help:"Show what a program's file changes against the version in force."`
		Simulate programSimulateCommand `cmd:"" help:"Show whose verdict would change under a program's file; writes nothing."`
		Apply    programApplyCommand    `cmd:"" help:"Make a program's file the version in force."`
	} `cmd:"" help:"Program files."`
	Rates struct {
		Import ratesImportCommand `cmd:"" help:"Enter average exchange rates from a CSV file."`
	} `cmd:"" help:"Exchange rates."`
	Workflow struct {
		Diagram diagramCommand `cmd:"" help:"Print the lifecycles as diagrams and tables."`
	} `cmd:"" help:"The lifecycles."`
	Health  healthCommand  `cmd:"" help:"Ask a running server whether it is ready; for containers."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	if err != nil && !errors.Is(err, errSaid) {
		fmt.Fprintln(os.Stderr, "tranche:", err)
	}
	if err != nil {
		os.Exit(1)
	}
}

// errSaid is an error that has been told already.
var errSaid = errors.New("see above")

// streams are where a command writes: results and everything else.
type streams struct{ out, err io.Writer }

// run parses args and runs the command that they name.
func run(ctx context.Context, args []string, out, errs io.Writer) error {
	var c commands
	exit := -1
	parser, err := kong.New(&c, kong.Name("tranche"), kong.Description("An engine for innovation-voucher programmes."),
		kong.Writers(out, errs), kong.UsageOnError(), kong.Exit(func(code int) { exit = code }),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(streams{out, errs}), kong.Vars{"version": version})
	if err != nil {
		return err
	}
	command, err := parser.Parse(args)
	if exit == 0 {
		return nil // help was asked for, and printed
	}
	if err != nil {
		return err
	}
	return command.Run()
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(s streams) error {
	_, err := fmt.Fprintln(s.out, "tranche", version)
	return err
}
