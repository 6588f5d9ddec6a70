package app

import (
	"context"
	"os"
	"time"

	"github.com/pkg/errors"
)

const (
	// activationPatience is how long the server is kept waiting for the activation. It
	// is limited because the server accepts requests only when all plugins have been
	// activated.
	activationPatience = 20 * time.Second
	// stopPatience is how long stopping may take. The server gives a plugin ten
	// seconds.
	stopPatience = 8 * time.Second
	// activationGap is how long a failed activation pauses before it is tried again in
	// the background.
	activationGap = 10 * time.Second
)

// activation brings the app up. That may take long, because another node or this one
// may be running a migration. The server neither waits that long nor treats it as a
// failure. Until the app is up, requests are told to come again.
type activation struct {
	cancel context.CancelFunc
	first  chan error    // receives the result of the first attempt
	done   chan struct{} // closed when no further attempt will be made
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

// wait returns the result of the first attempt. If that takes longer than the server
// should be kept waiting, or was an outage, wait returns nil and the activation goes on
// in the background: the server does not try again to activate a plugin that failed to
// start, so a failover at that moment would leave it off until somebody notices.
func (act *activation) wait(p *Plugin) error {
	patience := time.NewTimer(p.waits())
	defer patience.Stop()
	select {
	case err := <-act.first:
		if isOutage(err) {
			p.API.LogWarn("The activation could not reach the database or the server, and goes on in the background")
			return nil
		}
		if err != nil {
			act.cancel() // only an administrator can correct this
		}
		return err
	case <-patience.C:
		p.API.LogWarn("The activation waits for another node or for a migration, and goes on in the background")
		return nil
	}
}

// stop ends the activation, and waits at most stopPatience for it.
func (act *activation) stop() {
	act.cancel()
	within(stopPatience, act.done)
}

// waits returns how long the server is kept waiting for the activation.
func (p *Plugin) waits() time.Duration {
	if p.patience > 0 {
		return p.patience
	}
	return activationPatience
}

// bringUp reads the settings, creates the app and starts it.
func (p *Plugin) bringUp(ctx context.Context) (err error) {
	defer p.recovered("OnActivate", func() { err = errors.New("the activation panicked, see the log") })
	if err := p.readSettings(ctx); err != nil {
		return err
	}
	a, err := newApp(ctx, p)
	if err != nil {
		return err
	}
	if ctx.Err() != nil { // the plugin was switched off in the meantime
		a.discard()
		return errors.Wrap(ctx.Err(), "the activation was given up")
	}
	p.app.Store(a)
	a.start()
	go p.watchServer(a.stopping, os.Exit)
	return nil
}

// within waits until a channel is closed or the given time is over, and reports
// whether the channel was closed.
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

// serverPause is how often the plugin checks that its server is still running.
const serverPause = time.Second

// watchServer ends the process when the server that started it has died. A killed
// server leaves its plugin processes behind. Such an orphan still has the database, so
// it would go on taking jobs although their effects can reach nobody, and would keep
// them from the other servers. Nothing is lost by exiting at once, as with any kill:
// other processes continue its jobs when its leases run out.
func (p *Plugin) watchServer(stopping <-chan struct{}, exit func(code int)) {
	defer p.recovered("watchServer", nil)
	ticker := time.NewTicker(serverPause)
	defer ticker.Stop()
	for {
		select {
		case <-stopping:
			return
		case <-ticker.C:
			if p.API.GetServerVersion() == "" { // a running server always has a version; a call that reached no server returns an empty one
				exit(1)
				return
			}
		}
	}
}
