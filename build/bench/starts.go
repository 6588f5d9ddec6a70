//go:build unix

package main

import (
	"context"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
)

const (
	// startPosts is how many posts a start comes to, in the conversation's channel and the queue's.
	startPosts = 5
	// firstStarted keeps the customers of starts apart from those who wrote first.
	firstStarted = 5_000_000
)

// starts measures how long a start takes, from the agent's confirmation until the conversation has its channel, in milliseconds. The floor
// is a channel with as many bare posts.
func (s *stage) starts(ctx context.Context, n, each int) (*rounds, error) {
	bare := func(ctx context.Context) (time.Duration, error) {
		return s.floor.make(ctx, &order{UserID: s.botID, TeamID: s.Env.Team.ID, Message: customerText, Count: startPosts, Parallel: 1})
	}
	return alternate(ctx, n, s.medianOf(each, bare), s.medianOf(each, s.start))
}

// start starts a conversation with somebody new, and returns how long that took once everything that follows is done.
func (s *stage) start(ctx context.Context) (time.Duration, error) {
	s.started++
	begin := time.Now()
	conversation, err := s.Start(ctx, 0, scenario.NewCustomer(firstStarted+s.started))
	took := time.Since(begin)
	if err == nil && conversation.ChannelID == "" {
		err = errors.New("a start was answered before it had a channel")
	}
	if err == nil {
		err = s.waitUntilIdle(ctx)
	}
	return took, err
}
