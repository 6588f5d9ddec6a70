//go:build unix

package main

import (
	"context"
	"fmt"
	"time"

	"github.com/pkg/errors"

	"github.com/mattermost/mattermost/server/public/model"
)

const (
	// settleAfterSwitch gives a plugin that was just enabled the time to finish its work at the start.
	settleAfterSwitch = 3 * time.Second
	// idleSeconds is how long nothing happens then.
	idleSeconds = 2
)

// otherPosts measures people's posts in channels without a conversation: with our plugin, and with an empty one that has the same hooks in
// its place. idle is what both cost in a second in which nobody posts, which is a part of what the posts cost.
func (s *stage) otherPosts(ctx context.Context, n, count int) (posts, idle *rounds, err error) {
	channels, err := s.otherChannels(ctx)
	if err != nil {
		return nil, nil, err
	}
	idle = &rounds{}
	var idleBefore measured
	with := func(on, off string) sample {
		return func(ctx context.Context) (measured, error) {
			if err := s.replacePlugin(ctx, off, on); err != nil {
				return measured{}, err
			}
			time.Sleep(settleAfterSwitch)
			quiet, err := s.meter.during(ctx, idleSeconds, func() (float64, error) { time.Sleep(idleSeconds * time.Second); return 1, nil })
			if err != nil {
				return quiet, err
			}
			if on == pluginID {
				idle.add(idleBefore, quiet)
			}
			idleBefore = quiet
			return s.postIn(channels, count)(ctx)
		}
	}
	posts, err = alternate(ctx, n, with(hookedID, pluginID), with(pluginID, hookedID))
	if onErr := s.replacePlugin(ctx, hookedID, pluginID); err == nil {
		err = onErr
	}
	return posts, idle, err
}

// postIn makes a sample of how many posts a second people make in channels.
func (s *stage) postIn(channels []string, count int) sample {
	return func(ctx context.Context) (measured, error) {
		return s.meter.during(ctx, count, func() (float64, error) {
			took, err := inParallel(ctx, connections, count, func(ctx context.Context, i int) error {
				post := &model.Post{ChannelId: channels[i%len(channels)], Message: customerText}
				_, _, err := s.Agent(0).CreatePost(ctx, post)
				return errors.Wrap(err, "a post was refused")
			})
			return rate(count, took), err
		})
	}
}

// replacePlugin disables a plugin and enables another.
func (s *stage) replacePlugin(ctx context.Context, off, on string) error {
	if err := setPlugin(ctx, s.Admin(), off, false); err != nil {
		return err
	}
	return setPlugin(ctx, s.Admin(), on, true)
}

// otherChannels creates ordinary channels with an agent in them.
func (s *stage) otherChannels(ctx context.Context) ([]string, error) {
	var ids []string
	for i := range connections {
		channel, _, err := s.Agent(0).CreateChannel(ctx, &model.Channel{
			TeamId: s.Env.Team.ID, Type: model.ChannelTypeOpen, Name: fmt.Sprintf("bench-%d-%d", time.Now().UnixNano(), i), DisplayName: "Bench",
		})
		if err != nil {
			return nil, errors.Wrap(err, "cannot make a channel")
		}
		ids = append(ids, channel.Id)
	}
	return ids, nil
}
