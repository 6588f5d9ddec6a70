//go:build unix

package main

import (
	"context"
	"net/http"
	"time"

	"github.com/pkg/errors"
)

// settleTime is how long each side of a row is given for what is told after it, the side without a receiver too: so both have the same of what
// servers do while nothing happens.
const settleTime = 2 * time.Second

const eventsLeft = "EXISTS (SELECT 1 FROM waa_event_deliveries WHERE finished_at = 0)"

// told measures every path in turns with and without another program that is told of everything that happens. The times and rates are those of
// the path alone; its cost includes that of telling, whenever that is done.
func (b *bench) told(ctx context.Context) {
	url, end, err := startReceiver(ctx)
	if err == nil {
		defer end()
		err = b.toldBy(ctx, url)
	}
	if err != nil {
		b.add(&row{name: "beside a receiver of events : without", target: targetTold, problem: err})
	}
}

func (b *bench) toldBy(ctx context.Context, url string) error {
	var subscription struct{ ID string }
	if err := b.Ask(ctx, b.Admin(), http.MethodPost, "/event-subscriptions", map[string]any{"url": url, "secret": "bench"}, http.StatusCreated, &subscription); err != nil {
		return err
	}
	address := "/event-subscriptions/" + subscription.ID
	b.meter.settle = func(ctx context.Context) error {
		time.Sleep(settleTime)
		_, err := b.drained(ctx, eventsLeft)
		return err
	}
	defer func() { b.meter.settle = nil }()
	beside := func(enabled bool, path sample) sample {
		return func(ctx context.Context) (measured, error) {
			if err := b.Ask(ctx, b.Admin(), http.MethodPatch, address, map[string]any{"enabled": enabled}, http.StatusOK, nil); err != nil {
				return measured{}, err
			}
			return path(ctx)
		}
	}
	compare := func(name string, target float64, unit string, base, ours sample) *rounds {
		all, err := alternate(ctx, b.size.rounds, beside(false, base), beside(true, ours))
		b.add(newRow(name+", a receiver of events : none", target, unit, all, err))
		return all
	}
	if b.wantsTold("lone") {
		listening, stop := context.WithCancel(ctx)
		message, err := b.loneMessage(listening)
		if err != nil {
			stop()
			return err
		}
		compare("a lone inbound message", targetToldTime, " ms", b.medianOf(b.size.lone, message), b.medianOf(b.size.lone, message))
		stop()
	}
	if b.wantsTold("inbound") {
		var without, with []float64
		compare("inbound mirrored", targetTold, "/s", b.mirror(b.size.webhooks, &without), b.mirror(b.size.webhooks, &with))
		accepted := &rounds{}
		for i := range with {
			accepted.add(measured{value: without[i]}, measured{value: with[i]})
		}
		b.add(newRow("webhooks accepted, a receiver of events : none", targetTold, "/s", accepted, nil))
	}
	if b.wantsTold("outbound") {
		compare("outbound", targetTold, "/s", b.sending(b.size.seconds), b.sending(b.size.seconds))
	}
	if b.wantsTold("start") {
		compare("a start", targetToldTime, " ms", b.medianOf(b.size.starts, b.start), b.medianOf(b.size.starts, b.start))
	}
	if b.wantsTold("posts") {
		channels, err := b.otherChannels(ctx)
		if err != nil {
			return err
		}
		compare("posts in other channels", targetTold, "/s", b.postIn(channels, b.size.posts), b.postIn(channels, b.size.posts))
	}
	if err := b.sayHowLate(ctx); err != nil {
		return err
	}
	return b.Ask(ctx, b.Admin(), http.MethodDelete, address, nil, http.StatusOK, nil)
}

// wantsTold reports whether a path is to be measured beside a receiver: those that are named, or all where no other part is.
func (b *bench) wantsTold(part string) bool { return len(b.only) == 1 || b.wants(part) }

// sayHowLate prints how long after the act the receiver was told.
func (b *bench) sayHowLate(ctx context.Context) error {
	var count int
	var half, most, last float64
	err := b.Env.DB().QueryRowContext(ctx, `SELECT count(*), coalesce(percentile_cont(0.5) WITHIN GROUP (ORDER BY delivered_at - created_at), 0),
		coalesce(percentile_cont(0.99) WITHIN GROUP (ORDER BY delivered_at - created_at), 0), coalesce(max(delivered_at - created_at), 0)
		FROM waa_event_deliveries WHERE delivered_at > 0`).Scan(&count, &half, &most, &last)
	if err != nil {
		return errors.Wrap(err, "cannot read when events were told")
	}
	say(b.out, "%d events were told %.0f ms after they happened (median), %.0f ms (99 of 100), %.0f ms (at most).", count, half, most, last)
	return nil
}
