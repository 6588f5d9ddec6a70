//go:build unix

package scenario

import (
	"context"
	"math"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/pkg/errors"
)

// clockPoll is how often the simulator's clock is looked at: somebody may move it on the phones' page.
const clockPoll = 100 * time.Millisecond

// Now is the world's time, which Advance moves, in milliseconds since epoch.
func (w *World) Now() int64 { return w.Sim.Now().UnixMilli() }

// Advance moves the clocks of simulator and plugin forward together and waits until every running plugin follows. The Mattermost
// servers' own clock stays: posts, sessions and time-outs are not moved.
func (w *World) Advance(ctx context.Context, d time.Duration) error {
	w.Sim.Advance(d)
	if err := w.writeClock(); err != nil {
		return err
	}
	reached := w.Now()
	for node := range w.Env.Nodes {
		if pids, err := w.Env.PluginPIDs(node); err != nil || len(pids) == 0 {
			continue // it reads the file when it starts
		}
		// an unchanged name changes nothing but the time of the change, which is the plugin's
		client, change := w.Env.AdminClient(node), map[string]any{"name": w.Queue.Name}
		if err := wait(ctx, "the plugin's clock to follow", func() error {
			var queue Queue
			err := w.Ask(ctx, client, http.MethodPatch, "/queues/"+w.Queue.ID, change, http.StatusOK, &queue)
			return firstError(err, errorUnless(queue.UpdatedAt >= reached, "it is %d ms behind", reached-queue.UpdatedAt))
		}); err != nil {
			return err
		}
	}
	return nil
}

// followClock keeps the plugin's clock with the simulator's, whoever moves it.
func (w *World) followClock() {
	ticker := time.NewTicker(clockPoll)
	defer ticker.Stop()
	for {
		select {
		case <-w.stop:
			return
		case <-ticker.C:
			_ = w.writeClock() // tried again
		}
	}
}

// writeClock tells the plugin how far ahead the simulator's clock is.
func (w *World) writeClock() error {
	w.clockMu.Lock()
	defer w.clockMu.Unlock()
	ahead := int64(math.Round(float64(time.Until(w.Sim.Now())) / float64(time.Millisecond)))
	if off := ahead - w.clockSaid; off >= -1 && off <= 1 {
		return nil // nobody moved it: the two readings took a moment
	}
	// renamed into place: the plugin never reads half a number
	whole := w.clockFile + ".new"
	if err := os.WriteFile(whole, []byte(strconv.FormatInt(ahead, 10)), 0o600); err != nil {
		return errors.Wrap(err, "cannot write the clock's file")
	}
	if err := os.Rename(whole, w.clockFile); err != nil {
		return errors.Wrap(err, "cannot write the clock's file")
	}
	w.clockSaid = ahead
	return nil
}
