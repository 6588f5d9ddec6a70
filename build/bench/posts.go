//go:build unix

package main

import (
	"context"
	"fmt"
	"time"

	"github.com/pkg/errors"

	"github.com/mattermost/mattermost/server/public/model"
)

// settleAfterSwitch gives a plugin that was just enabled the time to finish its work at the start.
const settleAfterSwitch = 4 * time.Second

// otherPosts measures people's posts in channels without a conversation: with our plugin, and with an empty one that has the same hooks in
// its place.
func (s *stage) otherPosts(ctx context.Context, n, count int) (*rounds, error) {
	channels, err := s.otherChannels(ctx)
	if err != nil {
		return nil, err
	}
	posts := func(on, off string) sample {
		return func(ctx context.Context) (measured, error) {
			if err := s.replacePlugin(ctx, off, on); err != nil {
				return measured{}, err
			}
			time.Sleep(settleAfterSwitch)
			return s.meter.during(count, func() (float64, error) {
				took, err := inParallel(ctx, connections, count, func(ctx context.Context, i int) error {
					post := &model.Post{ChannelId: channels[i%len(channels)], Message: customerText}
					_, _, err := s.Agent(0).CreatePost(ctx, post)
					return errors.Wrap(err, "a post was refused")
				})
				return rate(count, took), err
			})
		}
	}
	result, err := alternate(ctx, n, posts(hookedID, pluginID), posts(pluginID, hookedID))
	if onErr := s.replacePlugin(ctx, hookedID, pluginID); err == nil {
		err = onErr
	}
	return result, err
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
