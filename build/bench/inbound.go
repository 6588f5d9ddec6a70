//go:build unix

package main

import (
	"context"
	"encoding/json"
	"time"

	"github.com/pkg/errors"

	"github.com/mattermost/mattermost/server/public/model"
)

const inboxLeft = "EXISTS (SELECT 1 FROM waa_inbox WHERE finished_at = 0)"

// inbound measures webhooks until their 200 and until their posts. Both results come from the same deliveries, because in production
// accepting messages and posting them share the machine too.
func (s *stage) inbound(ctx context.Context, rounds, count int) (accepted, mirrored compared, err error) {
	var begin time.Time
	var bare float64
	deliver := func(ctx context.Context, address string) (float64, error) {
		prepared, err := s.meta.prepare(s.customers, count)
		if err != nil {
			return 0, err
		}
		begin = time.Now()
		took, err := inParallel(ctx, connections, count, func(ctx context.Context, i int) error { return s.meta.post(ctx, address, prepared[i]) })
		return rate(count, took), err
	}
	empty := func(ctx context.Context) (float64, error) {
		took, err := s.empty.posts(ctx, s.botID, s.channels, count, connections)
		if err != nil {
			return 0, err
		}
		bare = rate(count, took)
		return deliver(ctx, s.empty.url)
	}
	var bases, own, ratios []float64
	ours := func(ctx context.Context) (float64, error) {
		accepted, err := deliver(ctx, s.meta.address)
		if err != nil {
			return 0, err
		}
		end, err := s.drained(ctx, inboxLeft)
		if err != nil {
			return 0, err
		}
		mirrored := rate(count, end.Sub(begin))
		bases, own, ratios = append(bases, bare), append(own, mirrored), append(ratios, mirrored/bare)
		return accepted, nil
	}
	accepted, err = alternate(ctx, rounds, empty, ours)
	return accepted, compared{base: median(bases), ours: median(own), ratio: median(ratios)}, err
}

// lone measures how long one message takes on a server that has nothing else to do, compared with one bare post, in milliseconds.
func (s *stage) lone(ctx context.Context, rounds, each int) (compared, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	events, err := s.Env.Listen(ctx, 0, s.Agent(0))
	if err != nil {
		return compared{}, err
	}
	medianOf := func(once sample) sample {
		return func(ctx context.Context) (float64, error) {
			var times []float64
			for range each {
				took, err := once(ctx)
				if err != nil {
					return 0, err
				}
				times = append(times, took)
				time.Sleep(20 * time.Millisecond) // so that the next message is alone too
			}
			return median(times), nil
		}
	}
	turn := 0
	bare := func(ctx context.Context) (float64, error) {
		turn++
		channel := s.channels[turn%len(s.channels)]
		took, err := s.empty.posts(ctx, s.botID, []string{channel}, 1, 1)
		return float64(took.Microseconds()) / 1000, err
	}
	message := func(ctx context.Context) (float64, error) {
		turn++
		begin := time.Now()
		wamid, err := s.meta.deliver(ctx, s.customers[turn%len(s.customers)])
		if err != nil {
			return 0, err
		}
		err = awaitPost(ctx, events, wamid)
		return float64(time.Since(begin).Microseconds()) / 1000, err
	}
	return alternate(ctx, rounds, medianOf(bare), medianOf(message))
}

// awaitPost reads events until one of them is the post of a customer's message.
func awaitPost(ctx context.Context, events <-chan *model.WebSocketEvent, wamid string) error {
	limit := time.After(drainLimit)
	for {
		select {
		case <-ctx.Done():
			return errors.Wrap(ctx.Err(), "no post came")
		case <-limit:
			return errors.New("no post came")
		case event, open := <-events:
			if !open {
				return errors.New("the web socket was closed")
			}
			var post model.Post
			text, _ := event.GetData()["post"].(string)
			if event.EventType() != model.WebsocketEventPosted || json.Unmarshal([]byte(text), &post) != nil {
				continue
			}
			if post.GetProp("waa_wamid") == wamid {
				return nil
			}
		}
	}
}
