//go:build unix

package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/pkg/errors"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

const (
	// numberRate is how many messages per second Meta accepts from a number.
	numberRate = 80
	// stuckConversations is how many conversations of another number hang in the meantime.
	stuckConversations = 150
	// stuckFor is longer than the plugin waits for a response.
	stuckFor = 40 * time.Second
)

// outbound has agents post more than the number may send. The result is how many messages per second were sent since the first post, without
// counting those that Meta accepts at once as a burst. What it costs includes the statuses that Meta reports of each message.
func (s *stage) outbound(ctx context.Context, n, seconds int) (*rounds, error) {
	allowed := func(context.Context) (measured, error) { return measured{value: numberRate}, nil }
	return alternate(ctx, n, allowed, s.sending(seconds))
}

// sending makes a sample of how many messages of agents a second are sent.
func (s *stage) sending(seconds int) sample {
	return func(ctx context.Context) (measured, error) {
		if err := s.waitUntilIdle(ctx); err != nil {
			return measured{}, err
		}
		time.Sleep(time.Second) // until Meta accepts a burst again
		return s.meter.during(ctx, numberRate*(seconds+1), func() (float64, error) {
			perSecond, err := s.sendFor(ctx, seconds)
			if err == nil {
				err = s.waitUntilIdle(ctx)
			}
			return perSecond, err
		})
	}
}

// sendFor has agents post as much as the number may send in some seconds, and returns how many messages per second were sent.
func (s *stage) sendFor(ctx context.Context, seconds int) (float64, error) {
	count := numberRate * (seconds + 1)
	before := len(s.Sim.Sends())
	begin := time.Now()
	if _, err := inParallel(ctx, connections, count, func(ctx context.Context, i int) error {
		_, _, err := s.Agent(0).CreatePost(ctx, &model.Post{ChannelId: s.channels[i%len(s.channels)], Message: "Sim, pode ser às 9h."})
		return errors.Wrap(err, "an agent's post was refused")
	}); err != nil {
		return 0, err
	}
	if _, err := s.drained(ctx, "EXISTS (SELECT 1 FROM waa_outbox WHERE finished_at = 0 AND account_id = '"+s.Account.ID+"')"); err != nil {
		return 0, err
	}
	sent, last := 0, begin
	for _, message := range s.Sim.Sends()[before:] {
		if message.PhoneNumberID != s.Number.ID {
			continue
		}
		sent++
		if message.AcceptedAt.After(last) {
			last = message.AcceptedAt
		}
	}
	if sent != count {
		return 0, errors.Errorf("%d messages were posted and %d sent", count, sent)
	}
	return rate(count-numberRate, last.Sub(begin)), nil
}

// stuckNumber adds another number for which every send hangs, with messages waiting in many conversations. free ends this.
func (s *stage) stuckNumber(ctx context.Context) (free func() error, err error) {
	number := s.Sim.AddNumber(cloudapi.Number{Display: "+55 11 5555-0199", VerifiedName: "Outra"})
	var account scenario.Account
	if err := s.Ask(ctx, s.Admin(), http.MethodPost, "/accounts", map[string]any{
		"name": "Outra", "phone_number_id": number.ID, "waba_id": number.WABAID, "display_phone": number.Display,
		"access_token": number.Token, "app_secret": number.AppSecret, "verify_token": "bench",
	}, http.StatusCreated, &account); err != nil {
		return nil, err
	}
	s.Sim.Faults().Always(cloudapi.Fault{
		Match: cloudapi.Match{PhoneNumberID: number.ID, Edge: "messages"}, Kind: cloudapi.FaultDelay, Delay: stuckFor,
	})
	s.stuck++
	load := conversationsLoad{
		account: account.ID, queue: s.Queue.ID, team: s.Env.Team.ID, prefix: fmt.Sprintf("s%03d", s.stuck), conversations: stuckConversations, outbox: true,
	}
	if err := load.run(ctx, s.Env.DB()); err != nil {
		return nil, err
	}
	time.Sleep(3 * time.Second) // time for the plugin to find the messages by itself
	return func() error {
		s.Sim.Faults().Clear()
		_, err := s.Env.DB().ExecContext(ctx, `UPDATE waa_outbox SET finished_at = 1, lease_owner = '', lease_until = 0 WHERE account_id = $1 AND finished_at = 0`, account.ID)
		return errors.Wrap(err, "cannot end the stuck conversations")
	}, nil
}
