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

// otherPosts measures people's posts in channels without a conversation, with the plugin enabled and disabled.
func (s *stage) otherPosts(ctx context.Context, rounds, count int) (compared, error) {
	channels, err := s.otherChannels(ctx)
	if err != nil {
		return compared{}, err
	}
	posts := func(on bool) sample {
		return func(ctx context.Context) (float64, error) {
			if err := setPlugin(ctx, s.Admin(), pluginID, on); err != nil {
				return 0, err
			}
			time.Sleep(settleAfterSwitch)
			took, err := inParallel(ctx, connections, count, func(ctx context.Context, i int) error {
				post := &model.Post{ChannelId: channels[i%len(channels)], Message: customerText}
				_, _, err := s.Agent(0).CreatePost(ctx, post)
				return errors.Wrap(err, "a post was refused")
			})
			return rate(count, took), err
		}
	}
	result, err := alternate(ctx, rounds, posts(false), posts(true))
	if onErr := setPlugin(ctx, s.Admin(), pluginID, true); err == nil {
		err = onErr
	}
	return result, err
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
