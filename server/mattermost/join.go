package mattermost

import (
	"context"
	"sync"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

// Join makes both bots members of the team and of the channel.
func (p *Port) Join(ctx context.Context, teamID, channelID string) error {
	for _, botID := range p.BotIDs() {
		if err := p.join(ctx, teamID, channelID, botID); err != nil {
			return err
		}
	}
	p.joined.add(channelID)
	return nil
}

// joinCustomer makes the customers' bot a member of a channel before it first speaks there,
// because the channels of earlier versions have only the other bot.
func (p *Port) joinCustomer(ctx context.Context, channelID string) error {
	if p.joined.has(channelID) {
		return nil
	}
	is, err := p.records.ServerMember(ctx, channelID, p.bots.Customer)
	if err != nil {
		return err
	}
	if !is {
		channel, err := p.records.ServerChannel(ctx, channelID)
		if err != nil {
			return err
		}
		if channel.DeleteAt == 0 { // what may happen in an archived channel is the next call's to say
			if err := p.join(ctx, channel.TeamId, channelID, p.bots.Customer); err != nil {
				return err
			}
		}
	}
	p.joined.add(channelID)
	return nil
}

// join makes one of the bots a member of the team and of the channel.
func (p *Port) join(ctx context.Context, teamID, channelID, botID string) error {
	if err := jobqueue.CheckLease(ctx); err != nil {
		return err
	}
	if member, appErr := p.api.AddChannelMember(channelID, botID); appErr == nil && member != nil {
		return nil
	}
	// A bot must be in the team before it can be in one of the team's channels. It mostly
	// is, because other channels of the team are its own.
	if member, appErr := p.api.CreateTeamMember(teamID, botID); appErr != nil {
		// If two callers add the bot at the same moment, the server returns an error
		// to the second one although the bot is in the team.
		if member, memberErr := p.api.GetTeamMember(teamID, botID); memberErr != nil || member == nil || member.DeleteAt != 0 {
			return wrap(appErr, "could not add the bot to the team")
		}
	} else if member == nil {
		return errors.Wrap(errNothing, "could not add the bot to the team")
	}
	member, appErr := p.api.AddChannelMember(channelID, botID)
	if appErr != nil || member == nil {
		return wrapOr(appErr, "could not add the bot to the channel")
	}
	return nil
}

// maxJoined bounds how many channels are remembered.
const maxJoined = 50_000

// joined remembers the channels in which the customers' bot was seen as a member. It only
// saves questions: the bot can post in a channel that it was taken out of.
type joined struct {
	mu       sync.Mutex
	channels map[string]struct{}
}

func newJoined() *joined { return &joined{channels: map[string]struct{}{}} }

func (j *joined) has(channelID string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	_, known := j.channels[channelID]
	return known
}

func (j *joined) add(channelID string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.channels) >= maxJoined {
		clear(j.channels)
	}
	j.channels[channelID] = struct{}{}
}
