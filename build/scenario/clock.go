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

// clockPoll is how often the simulator's clock is read, because somebody may change it on the phones' page.
const clockPoll = 100 * time.Millisecond

// Now returns the world's time, which Advance moves, in milliseconds since epoch.
func (w *World) Now() int64 { return w.Sim.Now().UnixMilli() }

// Advance moves the clocks of simulator and plugin forward together and waits until every running plugin follows. The Mattermost servers'
// own clock is not changed, so posts, sessions and time-outs keep the real time.
func (w *World) Advance(ctx context.Context, d time.Duration) error {
	w.Sim.Advance(d)
	if err := w.writeClock(); err != nil {
		return err
	}
	reached := w.Now()
	for node := range w.Env.Nodes {
		if pids, err := w.Env.PluginPIDs(node); err != nil || len(pids) == 0 {
			continue // a plugin that does not run reads the file when it starts
		}
		// Saving the unchanged name only changes the time of the change, which comes from the plugin's clock.
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

// followClock keeps the plugin's clock in step with the simulator's, whoever changes that.
func (w *World) followClock() {
	ticker := time.NewTicker(clockPoll)
	defer ticker.Stop()
	for {
		select {
		case <-w.stop:
			return
		case <-ticker.C:
			_ = w.writeClock() // the next round tries again
		}
	}
}

// writeClock writes to the clock file how far ahead the simulator's clock is.
func (w *World) writeClock() error {
	w.clockMu.Lock()
	defer w.clockMu.Unlock()
	ahead := int64(math.Round(float64(time.Until(w.Sim.Now())) / float64(time.Millisecond)))
	if off := ahead - w.clockSaid; off >= -1 && off <= 1 {
		return nil // the clock was not moved; the difference is the time between the two readings
	}
	// The file is renamed into place, so that the plugin never reads half a number.
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
