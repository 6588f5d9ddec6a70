package mattermost

import (
	"context"
	"strconv"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

// PutRight makes a channel what a conversation's channel is to be; see channelsync.SyncPosts.
//
// Servers before 11.10 have no call that brings an archived channel back, but an
// update that says that it is not archived does.
func (p *Port) PutRight(ctx context.Context, channelID string, c posting.Channel) (at int64, err error) {
	for range putRightTries { // somebody may be at it at the same moment
		if at, err = p.tryPutRight(ctx, channelID, c); !errors.Is(err, errNothing) {
			break
		}
	}
	return at, err
}

// putRightTries is how often a channel is put right at once that is not as it is to be even then.
const putRightTries = 3

func (p *Port) tryPutRight(ctx context.Context, channelID string, c posting.Channel) (int64, error) {
	if err := p.Restore(ctx, channelID); err != nil {
		return 0, err
	}
	for n := 1; n <= maxNames; n++ {
		err := p.updateChannel(ctx, channelID, "could not put the channel right", func(channel *model.Channel) {
			channel.TeamId, channel.Type, channel.DeleteAt = c.TeamID, model.ChannelTypePrivate, 0
			channel.DisplayName, channel.Header = c.DisplayName, c.Header
			if n > 1 || !posting.MatchesChannelName(channel.Name, c.Name) {
				channel.Name = numbered(c.Name, n)
			}
		})
		if err == nil {
			break
		}
		taken, lookErr := p.taken(ctx, channelID, c.TeamID, numbered(c.Name, n))
		if lookErr != nil {
			return 0, lookErr
		}
		if !taken {
			return 0, err
		}
	}
	is, err := p.records.ServerChannel(ctx, channelID)
	switch {
	case err != nil:
		return 0, err
	case is.DeleteAt != 0 || is.Type != model.ChannelTypePrivate || is.TeamId != c.TeamID || !posting.MatchesChannelName(is.Name, c.Name):
		return 0, errors.Wrap(errNothing, "could not put the channel right")
	}
	return is.UpdateAt, nil
}

// taken tells whether another channel of the team has a name.
func (p *Port) taken(ctx context.Context, channelID, teamID, name string) (bool, error) {
	other, err := p.records.ServerChannelByName(ctx, teamID, name)
	if errors.Is(err, domain.ErrNotFound) {
		return false, nil
	}
	return err == nil && other.Id != channelID, err
}

// numbered is the n-th name that is tried for a channel, from 1.
func numbered(name string, n int) string {
	if n == 1 {
		return name
	}
	return name + "-" + strconv.Itoa(n)
}

// Discard archives the channel that EnsureChannel would find; it makes none.
func (p *Port) Discard(ctx context.Context, c posting.Channel) error {
	for n := 1; n <= maxNames; n++ {
		there, err := p.records.ServerChannelByName(ctx, c.TeamID, numbered(c.Name, n))
		switch {
		case errors.Is(err, domain.ErrNotFound):
			return nil
		case err != nil:
			return err
		case p.made(there):
			return p.Archive(ctx, there.Id)
		}
	}
	return nil
}
