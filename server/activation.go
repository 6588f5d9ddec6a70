package main

import (
	"context"
	"os"
	"time"

	"github.com/pkg/errors"
)

const (
	// activationPatience is how long the server waits for our activation: it opens its doors only when all plugins have answered.
	activationPatience = 20 * time.Second
	// stopPatience is how long a stop may take: the server gives a plugin ten seconds.
	stopPatience = 8 * time.Second
	// activationGap is how soon an activation that went on in the background is tried again.
	activationGap = 10 * time.Second
)

// activation brings the app up. That may take long: another node migrates, or
// this one does. The server does not wait for it, and it does not fail for it;
// until it is done, requests are told to come again.
type activation struct {
	cancel context.CancelFunc
	first  chan error    // what came of the first try
	done   chan struct{} // closed when nothing more is tried
}

func (p *Plugin) activate() *activation {
	ctx, cancel := context.WithCancel(context.Background())
	act := &activation{cancel: cancel, first: make(chan error, 1), done: make(chan struct{})}
	go func() {
		defer close(act.done)
		err := p.bringUp(ctx)
		act.first <- err
		for err != nil && !within(activationGap, ctx.Done()) {
			p.API.LogError("The activation failed and is tried again", "error", err.Error())
			err = p.bringUp(ctx)
		}
	}()
	return act
}

// wait gives what came of the first try; where that takes longer than the patience, the activation goes on behind.
func (act *activation) wait(p *Plugin) error {
	patience := time.NewTimer(p.waits())
	defer patience.Stop()
	select {
	case err := <-act.first:
		if err != nil {
			act.cancel() // it is the server that knows of it and tries again
		}
		return err
	case <-patience.C:
		p.API.LogWarn("The activation waits for another node or for a migration, and goes on in the background")
		return nil
	}
}

// stop ends the activation, and waits for it as long as the server waits for us.
func (act *activation) stop() {
	act.cancel()
	within(stopPatience, act.done)
}

// waits is how long the server waits for the activation.
func (p *Plugin) waits() time.Duration {
	if p.patience > 0 {
		return p.patience
	}
	return activationPatience
}

// bringUp makes the app and starts it.
func (p *Plugin) bringUp(ctx context.Context) (err error) {
	defer p.recovered("OnActivate", func() { err = errors.New("the activation panicked, see the log") })
	if err := p.readSettings(ctx); err != nil {
		return err
	}
	a, err := newApp(ctx, p)
	if err != nil {
		return err
	}
	if ctx.Err() != nil { // switched off meanwhile
		a.discard()
		return errors.Wrap(ctx.Err(), "the activation was given up")
	}
	p.app.Store(a)
	a.start()
	go p.watchServer(a.stopping, os.Exit)
	return nil
}

// within waits for a channel to be closed, and tells whether it was.
func within(long time.Duration, closed <-chan struct{}) bool {
	timer := time.NewTimer(long)
	defer timer.Stop()
	select {
	case <-closed:
		return true
	case <-timer.C:
		return false
	}
}

// serverPause is how often a plugin makes sure that its server is still there.
const serverPause = time.Second

// watchServer ends the process when the server that started it has died. A killed server leaves its plugins behind: such an orphan still
// has the database, so it would go on taking jobs whose effects can reach nobody, and keep them from the other servers. Nothing is lost
// by ending at once, as with any kill: what it was at goes on elsewhere when its leases are over.
func (p *Plugin) watchServer(stopping <-chan struct{}, exit func(code int)) {
	defer p.recovered("watchServer", nil)
	ticker := time.NewTicker(serverPause)
	defer ticker.Stop()
	for {
		select {
		case <-stopping:
			return
		case <-ticker.C:
			if p.API.GetServerVersion() == "" { // a living server has one; a call that reached nobody returns nothing
				exit(1)
				return
			}
		}
	}
}
