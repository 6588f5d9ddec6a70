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
// accepting messages and posting them share the machine too. What it costs is therefore told of both together.
//
// The floor of accepting is a handler that stores the body with one INSERT. The floor of both is that handler and then a bare post, one
// after the other.
func (s *stage) inbound(ctx context.Context, n, count int) (accepted, mirrored *rounds, err error) {
	accepted, mirrored = &rounds{}, &rounds{}
	for range n {
		post, err := s.barePosts(ctx, count, connections)
		if err != nil {
			return accepted, mirrored, err
		}
		store, err := s.bareDeliveries(ctx, count)
		if err != nil {
			return accepted, mirrored, err
		}
		var stored []float64
		both, err := s.mirror(count, &stored)(ctx)
		if err != nil {
			return accepted, mirrored, err
		}
		accepted.add(measured{value: store.value}, measured{value: stored[0]})
		mirrored.add(measured{value: 1 / (1/store.value + 1/post.value), cost: store.cost.plus(post.cost)}, both)
	}
	return accepted, mirrored, nil
}

// mirror makes a sample of how many webhooks a second become posts, which adds to stored how many were accepted.
func (s *stage) mirror(count int, stored *[]float64) sample {
	return func(ctx context.Context) (measured, error) {
		return s.meter.during(ctx, count, func() (float64, error) {
			begin := time.Now()
			perSecond, err := s.deliver(ctx, s.meta.address, count)
			if err != nil {
				return 0, err
			}
			*stored = append(*stored, perSecond)
			end, err := s.drained(ctx, inboxLeft)
			return rate(count, end.Sub(begin)), err
		})
	}
}

// lonePause is between single messages, so that each finds a server that has nothing else to do.
const lonePause = 20 * time.Millisecond

// medianOf makes a sample of the median of what is done several times, each time alone.
func (s *stage) medianOf(each int, once func(ctx context.Context) (time.Duration, error)) sample {
	return func(ctx context.Context) (measured, error) {
		return s.meter.during(ctx, each, func() (float64, error) {
			var times []float64
			for range each {
				took, err := once(ctx)
				if err != nil {
					return 0, err
				}
				times = append(times, milliseconds(took))
				time.Sleep(lonePause)
			}
			return median(times), nil
		})
	}
}

// lone measures how long one message takes on a server that has nothing else to do, compared with one bare post, in milliseconds.
func (s *stage) lone(ctx context.Context, n, each int) (*rounds, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	message, err := s.loneMessage(ctx)
	if err != nil {
		return nil, err
	}
	turn := 0
	bare := func(ctx context.Context) (time.Duration, error) {
		turn++
		channel := s.channels[turn%len(s.channels)]
		return s.floor.make(ctx, &order{UserID: s.botID, Channels: []string{channel}, Message: customerText, Count: 1, Parallel: 1})
	}
	return alternate(ctx, n, s.medianOf(each, bare), s.medianOf(each, message))
}

// loneMessage returns what delivers one message and waits for its post, of another customer each time, until ctx ends.
func (s *stage) loneMessage(ctx context.Context) (func(ctx context.Context) (time.Duration, error), error) {
	events, err := s.Env.Listen(ctx, 0, s.Agent(0))
	turn := 0
	return func(ctx context.Context) (time.Duration, error) {
		turn++
		begin := time.Now()
		wamid, err := s.meta.deliver(ctx, s.customers[turn%len(s.customers)])
		if err != nil {
			return 0, err
		}
		err = awaitPost(ctx, events, wamid)
		return time.Since(begin), err
	}, err
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
