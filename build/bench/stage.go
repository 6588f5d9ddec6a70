//go:build unix

package main

import (
	"context"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/testenv"
)

const (
	pluginID = "whatsapp-ativo"
	// connections is how many connections of Meta deliver at the same time, and how many people post at the same time.
	connections = 8
	// drainLimit is how long the plugin may take to handle what it has accepted.
	drainLimit = 2 * time.Minute
	// firstCustomer keeps the phone numbers apart from those of the other scenarios.
	firstCustomer = 4_000_000
)

// stage is a world with open conversations, each of which has an agent.
type stage struct {
	*scenario.World
	floor       *floor
	meta        *deliveries
	customers   []string // digits of the numbers, in the order of channels
	channels    []string // the channels of the conversations
	botID       string
	started     int // how many conversations agents have started
	stuck       int // how many numbers have been added that hang
	meter       *meter
	memory      *memory // of our plugin
	floorMemory *memory // of the empty plugin
	out         io.Writer
}

// open starts everything and opens the conversations.
func open(ctx context.Context, bundle string, conversations int, out, log io.Writer) (*stage, error) {
	world, err := scenario.Start(ctx, scenario.Options{Bundle: bundle, Log: log, Simulator: func(s *cloudapi.Settings) { s.PairRate = false }})
	if err != nil {
		return nil, err
	}
	s := &stage{World: world, out: out}
	s.memory, s.floorMemory = &memory{node: world.Env.Nodes[0], pluginID: pluginID}, &memory{node: world.Env.Nodes[0], pluginID: floorID}
	if err := s.prepare(ctx, conversations); err != nil {
		_ = world.Close()
		return nil, err
	}
	return s, nil
}

func (s *stage) prepare(ctx context.Context, conversations int) error {
	var err error
	if s.meter, err = newMeter(ctx, s.Env); err != nil {
		return err
	}
	if s.floor, err = installFloor(ctx, s.Env, s.Admin(), s.Number.AppSecret); err != nil {
		return err
	}
	s.meta = newDeliveries(s.Webhook(0), s.Number.AppSecret, s.Number.ID, strings.TrimPrefix(s.Number.Display, "+"), s.Number.WABAID)
	for i := range conversations {
		phone := scenario.NewCustomer(firstCustomer + i).Phone
		s.customers = append(s.customers, strings.TrimPrefix(phone, "+"))
		if _, err := s.Phone(phone).On(s.Number.ID).Reply("oi"); err != nil {
			return errors.Wrap(err, "a customer cannot write")
		}
	}
	if err := s.waitChannels(ctx); err != nil {
		return err
	}
	if err := s.claimAll(ctx); err != nil {
		return err
	}
	// as a server that has run for more than a minute: until then PostgreSQL takes every table for an empty one
	_, err = s.Env.DB().ExecContext(ctx, "VACUUM ANALYZE")
	return errors.Wrap(err, "cannot have the tables analyzed")
}

// waitChannels waits until every customer has a channel.
func (s *stage) waitChannels(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, drainLimit)
	defer cancel()
	return testenv.WaitFor(ctx, "the conversations' channels", func() (bool, error) {
		s.channels = s.channels[:0]
		for _, customer := range s.customers {
			var channel string
			err := s.Env.DB().QueryRowContext(ctx, `SELECT c.channel_id FROM waa_conversations c JOIN waa_identities i ON i.contact_id = c.contact_id
				JOIN channelmembers m ON m.channelid = c.channel_id
				WHERE i.kind = 'phone' AND i.value = $1 AND c.account_id = $2 LIMIT 1`, customer, s.Account.ID).Scan(&channel)
			if err != nil {
				return false, errors.Wrap(err, "a conversation has no channel")
			}
			s.channels = append(s.channels, channel)
		}
		return true, nil
	})
}

// claimAll makes the first agent the attendant of all conversations.
func (s *stage) claimAll(ctx context.Context) error {
	_, err := inParallel(ctx, 4, len(s.channels), func(ctx context.Context, i int) error {
		var id string
		if err := s.Env.DB().QueryRowContext(ctx, "SELECT id FROM waa_conversations WHERE channel_id = $1", s.channels[i]).Scan(&id); err != nil {
			return errors.Wrap(err, "a conversation is gone")
		}
		return s.Ask(ctx, s.Agent(0), http.MethodPost, "/conversations/"+id+"/claim", nil, http.StatusOK, nil)
	})
	if err != nil {
		return err
	}
	bot, _, err := s.Admin().GetUserByUsername(ctx, "whatsapp", "")
	if err != nil {
		return errors.Wrap(err, "cannot find the bot")
	}
	s.botID = bot.Id
	return s.waitUntilIdle(ctx)
}

// waitUntilIdle waits until the plugin has nothing left to do for the account. Another account may have something that hangs.
func (s *stage) waitUntilIdle(ctx context.Context) error {
	_, err := s.drained(ctx, `EXISTS (SELECT 1 FROM waa_inbox WHERE finished_at = 0)
		OR EXISTS (SELECT 1 FROM waa_outbox WHERE finished_at = 0 AND account_id = '`+s.Account.ID+`')
		OR EXISTS (SELECT 1 FROM waa_messages WHERE shown_status <> status AND post_id <> '')`)
	return err
}

// barePosts has the empty plugin create posts in the conversations' channels, and returns how many per second it created.
func (s *stage) barePosts(ctx context.Context, count, parallel int) (measured, error) {
	return s.meter.during(ctx, count, func() (float64, error) {
		took, err := s.floor.make(ctx, &order{UserID: s.botID, Channels: s.channels, Message: customerText, Count: count, Parallel: parallel})
		return rate(count, took), err
	})
}

// deliver has Meta post new messages of all customers to an address, and returns how many per second were accepted.
func (s *stage) deliver(ctx context.Context, address string, count int) (float64, error) {
	prepared, err := s.meta.prepare(s.customers, count)
	if err != nil {
		return 0, err
	}
	took, err := inParallel(ctx, connections, count, func(ctx context.Context, i int) error { return s.meta.post(ctx, address, prepared[i]) })
	return rate(count, took), err
}

// bareDeliveries posts deliveries to the handler that does no more than store them.
func (s *stage) bareDeliveries(ctx context.Context, count int) (measured, error) {
	return s.meter.during(ctx, count, func() (float64, error) { return s.deliver(ctx, s.floor.inbox(), count) })
}

// drained waits until left, an SQL condition for unfinished work, is false, and returns the time at which that was seen.
func (s *stage) drained(ctx context.Context, left string) (time.Time, error) {
	ctx, cancel := context.WithTimeout(ctx, drainLimit)
	defer cancel()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for {
		var more bool
		if err := s.Env.DB().QueryRowContext(ctx, "SELECT "+left).Scan(&more); err != nil {
			return time.Time{}, errors.Wrap(err, "cannot look into the queues")
		}
		if !more {
			return time.Now(), nil
		}
		select {
		case <-ctx.Done():
			return time.Time{}, errors.Wrap(ctx.Err(), "something is still left")
		case <-ticker.C:
		}
	}
}
