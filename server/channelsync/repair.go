package channelsync

import (
	"context"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

// putRight makes the channel of an open conversation what it is to be, whatever
// somebody did to it: the customer's words are to be read by those who serve,
// and by nobody else. Where that cannot be, the conversation gets another channel.
func (m *Syncer) repairChannel(ctx context.Context, r *domain.ChannelRefresh, now int64) error {
	c := &r.Conversation
	if c.ClosedAt != 0 || c.ChannelID == "" {
		return nil
	}
	wanted := m.channelOf(c, now, r.Zone)
	is := &r.Channel
	if is.ID != "" && is.DeleteAt == 0 && is.Type == privateChannel && is.TeamID == wanted.TeamID && posting.MatchesChannelName(is.Name, wanted.Name) &&
		is.DisplayName == wanted.DisplayName && is.Header == wanted.Header {
		if is.UpdateAt <= r.ChannelAt {
			return nil
		}
		return m.Store.ChannelSeen(ctx, c.ID, is.UpdateAt)
	}
	key := damageText(is, wanted, r.ChannelAt)
	if key != "" { // stored before anything is done: once the channel is right again nobody sees what was wrong
		who, owner := m.servingNames(ctx, c)
		if err := m.Store.OweLine(ctx, c.ID, domain.T(key, "Who", who, "Owner", owner)); err != nil {
			return err
		}
		r.Lines = true
	}
	at, err := m.Posts.PutRight(ctx, c.ChannelID, wanted)
	switch {
	case errors.Is(err, domain.ErrNotFound), errors.Is(err, posting.ErrRefused) && is.DeleteAt != 0:
		return m.replaceChannel(ctx, r, key, now)
	case err != nil:
		return err
	}
	if key != "" && (is.TeamID != wanted.TeamID || is.DeleteAt != 0) { // who was in it may not be any more
		r.ShownPeople = ""
		if c.OwnerID != "" {
			if err := m.addMember(ctx, c, c.OwnerID); err != nil {
				return err
			}
		}
	}
	return m.Store.ChannelSeen(ctx, c.ID, at)
}

// privateChannel is the server's letter for a private channel.
const privateChannel = "P"

// wrong is the text for what somebody did to the channel; "" where there is
// nothing to say. What changed before a moment we did ourselves.
func damageText(is *domain.ServerChannel, wanted posting.Channel, seen int64) string {
	switch {
	case is.ID == "":
		return ""
	case is.DeleteAt != 0:
		return "channel.restored"
	case is.Type != privateChannel:
		return "channel.private"
	case is.TeamID != wanted.TeamID:
		return "channel.moved"
	case !posting.MatchesChannelName(is.Name, wanted.Name), seen != 0 && is.UpdateAt > seen && is.DisplayName != wanted.DisplayName:
		return "channel.renamed"
	}
	return ""
}

// renew gives a conversation another channel, from which it goes on: the old one
// is gone, or stays archived. owed is the line about the old one that is not to be
// shown any more; "" = none.
func (m *Syncer) replaceChannel(ctx context.Context, r *domain.ChannelRefresh, owed string, now int64) error {
	c := &r.Conversation
	var old domain.Link
	if r.Channel.ID != "" {
		old = domain.Link(m.Link(ctx, c))
	}
	who := c.AttendantID
	if who == "" {
		who = c.OwnerID
	}
	line := domain.T("channel.renewed", "Who", m.name(ctx, who), "Link", old)
	if err := m.Store.LoseChannel(ctx, c.ID, c.ChannelID, owed, line, now); err != nil {
		return err
	}
	c.ChannelID, r.Shown, r.ShownPeople, r.Lines, r.Again = "", "", "", true, true
	return nil
}
