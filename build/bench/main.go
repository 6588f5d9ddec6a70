//go:build unix

// Command bench measures the plugin under load on a real Mattermost server. Every path is a ratio against its floor, the least that it can
// cost, which is measured in the same run on the same server, in turns with the plugin. It prints a table and exits with 0 whatever the
// results are, because timings vary too much to serve as tests. Processor time per message holds on a noisy machine, where rates do not.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/pkg/errors"
)

const (
	// startLimit is long enough to build the Mattermost server, which is only necessary the first time.
	startLimit = 20 * time.Minute
	// runLimit ends a run that makes no progress.
	runLimit = 40 * time.Minute
)

// size is how much is measured.
type size struct {
	conversations int
	rounds        int
	posts         int // people's posts in a round
	webhooks      int // deliveries in a round
	backlog       int // stored messages, in all rounds together
	lone          int // single messages in a round
	starts        int // conversations that agents start in a round
	sendRounds    int
	seconds       int // how long messages are sent in a round
	scale         bool
}

func full() size {
	return size{
		conversations: 200, rounds: 5, posts: 600, webhooks: 1000, backlog: 20_000, lone: 15, starts: 5, sendRounds: 3, seconds: 6, scale: true,
	}
}

func quick() size {
	return size{conversations: 60, rounds: 3, posts: 300, webhooks: 400, backlog: 1500, lone: 10, starts: 4, sendRounds: 1, seconds: 6}
}

// again is a smaller size for measuring once more what is compared with the first results.
func (s size) again() size {
	s.rounds, s.sendRounds, s.backlog = max(3, s.rounds-2), max(1, s.sendRounds-1), s.backlog/4
	return s
}

func main() {
	if len(os.Args) == 2 && os.Args[1] == receiverRole {
		if err := receive(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, "The receiver could not run:", err)
		}
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "The benchmark could not run:", err)
	}
}

func run(ctx context.Context, args []string, out, log io.Writer) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	bundle := flags.String("bundle", "", "the plugin's bundle (.tar.gz)")
	short := flags.Bool("quick", false, "less of everything, and neither the rows with a receiver of events nor those with a million messages unless -only names them")
	only := flags.String("only", "", "comma-separated `parts` to measure: lone, inbound, backlog, outbound, start, posts, told, scale, points, memory; all of them where it is empty")
	busy := flags.Bool("busy", false, "keep one processor busy meanwhile")
	verbose := flags.Bool("v", false, "show what the servers say while they start")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *bundle == "" {
		return errors.New("which bundle? make bench builds one and gives it with -bundle")
	}
	if !*verbose {
		log = io.Discard
	}
	much := full()
	if *short {
		much = quick()
	}
	startCtx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	begin := time.Now()
	s, err := open(startCtx, *bundle, much.conversations, out, log)
	if err != nil {
		return err
	}
	say(out, "Mattermost, the plugin and %d conversations are there after %s.", much.conversations, time.Since(begin).Round(time.Second))
	runCtx, cancelRun := context.WithTimeout(ctx, runLimit)
	defer cancelRun()
	if *busy {
		keepBusy(runCtx)
	}
	begin = time.Now()
	b := &bench{stage: s, size: much, only: strings.FieldsFunc(*only, func(r rune) bool { return r == ',' })}
	b.all(runCtx)
	say(out, "\nMeasured in %s.", time.Since(begin).Round(time.Second))
	printTable(out, b.rows)
	return s.Close()
}

// keepBusy takes the time of one processor until ctx ends. The load that the benchmark itself makes keeps as many as before.
func keepBusy(ctx context.Context) {
	runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 1)
	go func() {
		runtime.LockOSThread()
		for ctx.Err() == nil {
			for range 1_000_000 {
				continue
			}
		}
	}()
}

func say(out io.Writer, format string, args ...any) {
	_, _ = fmt.Fprintf(out, format+"\n", args...) // if printing fails, nobody can read it anyway
}
