//go:build unix

// The demo starts a real Mattermost server with the plugin and the simulated Cloud API and plays a whole conversation, each step with
// PASS or FAIL. With -keep it sets everything up and leaves the playing to people.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
)

// startLimit is long enough to build the Mattermost server the first time.
const startLimit = 20 * time.Minute

// errFailed says that the demo ran and not every step passed.
var errFailed = errors.New("not every step passed")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errFailed): // the summary said it
		os.Exit(1)
	default:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run does what the flags say.
func run(ctx context.Context, args []string, out, log io.Writer) error {
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	bundle := flags.String("bundle", "", "the plugin's bundle (.tar.gz)")
	keep := flags.Bool("keep", false, "set everything up, print how to get in, and stay until Ctrl-C")
	verbose := flags.Bool("v", false, "show what the servers say while they start")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *bundle == "" {
		return errors.New("which bundle? make demo builds one and gives it with -bundle")
	}
	if !*verbose {
		log = io.Discard
	}
	say(out, "Starting Mattermost, PostgreSQL and the WhatsApp simulator; the first time, the server is compiled, which takes minutes.")
	begin := time.Now()
	world, err := open(ctx, *bundle, log)
	if err != nil {
		return err
	}
	say(out, "Started after %s.\n", time.Since(begin).Round(100*time.Millisecond))
	if *keep {
		err = stay(ctx, world, out)
	} else {
		err = play(ctx, world, out)
	}
	if closeErr := world.Close(); err == nil {
		err = closeErr
	}
	return err
}

func open(ctx context.Context, bundle string, log io.Writer) (*scenario.World, error) {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	return scenario.Open(ctx, scenario.Options{Bundle: bundle, Log: log})
}

// play plays everything and prints each step.
func play(ctx context.Context, world *scenario.World, out io.Writer) error {
	conversation, err := world.WholeConversation(1)
	if err != nil {
		return err
	}
	begin := time.Now()
	sum := scenario.Play(ctx, append(world.Setup(), conversation...), func(r scenario.Result) { tell(out, r) })
	say(out, "\n%d passed, %d failed, in %s", sum.Passed, sum.Failed, time.Since(begin).Round(100*time.Millisecond))
	if sum.Failed > 0 {
		return errFailed
	}
	return nil
}

func tell(out io.Writer, r scenario.Result) {
	if r.Err == nil {
		say(out, "PASS  %s  [%s] (%s)", r.Name, r.English, r.Took.Round(time.Millisecond))
		return
	}
	say(out, "FAIL  %s  [%s]\n      %v", r.Name, r.English, r.Err)
}

func say(out io.Writer, format string, args ...any) {
	_, _ = fmt.Fprintf(out, format+"\n", args...) // nobody is there to read it otherwise
}
