package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"io"
	"log"
	"os"
	"strings"
	"time"

	"github.com/pkg/errors"
)

// cleanUpLimit limits the part of the clean-up that uses the network.
const cleanUpLimit = 30 * time.Second

// launcher starts everything in order and undoes it in the opposite order.
type launcher struct {
	opts     options
	log      *log.Logger
	spawner  *spawner
	watchdog *watchdog
	dir      string         // the data folder
	undo     []func() error // what to undo, last one first
	children []*process     // the children that must stay alive
}

func newLauncher(opts options, logger *log.Logger) *launcher {
	return &launcher{opts: opts, log: logger, spawner: newSpawner()}
}

// run starts everything and announces it on out. Then it waits until ctx is done, which is no error, or until a child dies. In both cases
// it leaves nothing behind.
func (l *launcher) run(ctx context.Context, out io.Writer) (err error) {
	defer func() {
		if undoErr := l.undoAll(); err == nil {
			err = undoErr
		}
	}()
	begin := time.Now()
	result, err := l.start(ctx)
	if err != nil {
		return err
	}
	if l.opts.readyFile != "" {
		l.undo = append(l.undo, func() error { return os.Remove(l.opts.readyFile) })
	}
	if err = announce(out, l.opts.readyFile, result); err != nil {
		return err
	}
	l.log.Printf("ready after %v", time.Since(begin).Round(time.Millisecond))
	return l.wait(ctx)
}

// start brings up the database, the servers, the fixtures and the plugin.
func (l *launcher) start(ctx context.Context) (*ready, error) {
	manifest, err := readManifest(l.opts.bundle)
	if err != nil {
		return nil, err
	}
	pg, err := l.prepare()
	if err != nil {
		return nil, err
	}
	database, err := l.startDatabase(ctx, pg)
	if err != nil {
		return nil, err
	}
	l.log.Print("PostgreSQL is ready")

	result := &ready{DatabaseURL: database, DataDir: l.dir}
	var nodes []*node
	for number := 1; number <= l.opts.nodes; number++ {
		n, err := l.startNode(ctx, number, database, manifest)
		if err != nil {
			return nil, err
		}
		l.log.Printf("%s is ready at %s", n.process.name, n.info.URL)
		if number == 1 {
			if err := createFixtures(ctx, n.info.URL, &l.opts, result); err != nil {
				return nil, explain(err, n.info.LogFile)
			}
			l.log.Print("users, team and channel are ready")
		}
		nodes = append(nodes, n)
		result.Nodes = append(result.Nodes, n.info)
	}
	if manifest != nil {
		if err := installPlugin(ctx, nodes, &result.Admin, l.opts.bundle, manifest.Id); err != nil {
			return nil, err
		}
		result.Plugin = &pluginInfo{ID: manifest.Id, Version: manifest.Version}
		l.log.Printf("plugin %s %s is active", manifest.Id, manifest.Version)
	}
	return result, nil
}

// prepare chooses the PostgreSQL, creates the data folder and starts the watchdog over it.
func (l *launcher) prepare() (*postgresPlan, error) {
	plan, err := planPostgres(&l.opts)
	if err != nil {
		return nil, err
	}
	l.dir, err = newDataDir(plan.owner != nil)
	if err != nil {
		return nil, err
	}
	l.undo = append(l.undo, func() error {
		return errors.Wrap(os.RemoveAll(l.dir), "cannot remove the data folder")
	})
	l.watchdog, err = startWatchdog(l.dir, plan.externalDatabase)
	if err != nil {
		return nil, err
	}
	return plan, nil
}

// keep watches a child from now on, and calls stop when everything ends.
func (l *launcher) keep(kind string, p *process, stop func() error) error {
	l.children = append(l.children, p)
	l.undo = append(l.undo, stop)
	return l.watchdog.watch(kind, p.pid)
}

// wait returns when ctx is done or when a child has died that is not to be restarted.
func (l *launcher) wait(ctx context.Context) error {
	died := make(chan *process)
	done := make(chan struct{})
	defer close(done)
	watch := func(child *process) {
		<-child.exited
		select {
		case died <- child:
		case <-done:
		}
	}
	for _, child := range l.children {
		go watch(child)
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case child := <-died:
			if child.revive == nil {
				return child.failure("died")
			}
			again, err := child.revive()
			if err != nil {
				return err
			}
			l.log.Printf("%s died and was started again", child.name)
			go watch(again)
		}
	}
}

// undoAll undoes everything that was started, continues after errors, and returns the first one.
func (l *launcher) undoAll() error {
	l.log.Print("stopping")
	var first error
	for i := len(l.undo) - 1; i >= 0; i-- {
		if err := l.undo[i](); err != nil {
			l.log.Print(err)
			if first == nil {
				first = err
			}
		}
	}
	if l.watchdog != nil {
		if err := l.watchdog.finish(); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// randomName returns a name or password that nobody else uses.
func randomName(prefix string) string {
	value := make([]byte, 12)
	_, _ = rand.Read(value) // never fails: the runtime ends the program first
	return strings.Join([]string{prefix, hex.EncodeToString(value)}, "")
}
