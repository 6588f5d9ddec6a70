package mattermost

import (
	"context"
	"strconv"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

// PutRight repairs a conversation's channel so that it is as c describes it: in the
// right team, private, not archived, with the right name, display name and header. It
// returns when the channel was last changed, in milliseconds, and domain.ErrNotFound
// if the channel is gone; see channelsync.Mattermost.
//
// Servers before 11.10 have no call that restores an archived channel, but an update
// with DeleteAt set to zero does it.
func (p *Port) PutRight(ctx context.Context, channelID string, c posting.Channel) (at int64, err error) {
	for range putRightTries { // somebody else may be changing it at the same moment
		if at, err = p.tryPutRight(ctx, channelID, c); !errors.Is(err, errNothing) {
			break
		}
	}
	return at, err
}

// putRightTries is how often a repair is attempted if the channel is still not as it
// should be afterwards.
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

// taken reports whether another channel of the team already has the name.
func (p *Port) taken(ctx context.Context, channelID, teamID, name string) (bool, error) {
	other, err := p.records.ServerChannelByName(ctx, teamID, name)
	if errors.Is(err, domain.ErrNotFound) {
		return false, nil
	}
	return err == nil && other.Id != channelID, err
}

// numbered returns the n-th name to try for a channel. n starts at 1, which stands for
// the name itself.
func numbered(name string, n int) string {
	if n == 1 {
		return name
	}
	return name + "-" + strconv.Itoa(n)
}

// Discard archives the channel that EnsureChannel would find, and creates none. It
// returns nil if there is no such channel.
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
