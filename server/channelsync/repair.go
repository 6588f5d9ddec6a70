package channelsync

import (
	"context"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

// repairChannel makes the channel of an open conversation what it should be, whatever somebody
// did to it, because the customer's words are for those who serve and for nobody else. Where
// it cannot be repaired, the conversation gets another channel.
func (m *Syncer) repairChannel(ctx context.Context, r *domain.ChannelRefresh, now int64) error {
	c := &r.Conversation
	if c.ClosedAt != 0 || c.ChannelID == "" {
		return nil
	}
	wanted := m.channelOf(c, now, r.Zone)
	is := &r.Channel
	changed := is.UpdateAt > r.ChannelAt
	right := is.ID != "" && is.DeleteAt == 0 && is.Type == privateChannel && is.TeamID == wanted.TeamID && posting.MatchesChannelName(is.Name, wanted.Name) &&
		is.DisplayName == wanted.DisplayName && is.Header == wanted.Header
	if right && !changed {
		return nil
	}
	key := damageText(is, wanted, r.ChannelAt)
	if key == "" && changed && r.ChannelAt != 0 {
		// Somebody may have made the channel public while a change of ours was on its way,
		// and that wrote the old type back: the API changes channels as a whole.
		public, err := m.Store.MadePublicSince(ctx, c.ChannelID, r.ChannelAt)
		if err != nil {
			return err
		}
		if public {
			key = "channel.private"
		}
	}
	if key != "" { // stored before the repair: afterwards nothing shows what was wrong
		who, owner := m.servingNames(ctx, c)
		if err := m.Store.OweLine(ctx, c.ID, domain.T(key, "Who", who, "Owner", owner)); err != nil {
			return err
		}
		r.Lines = true
	}
	if right {
		return m.Store.ChannelSeen(ctx, c.ID, is.UpdateAt)
	}
	at, err := m.Posts.PutRight(ctx, c.ChannelID, wanted)
	switch {
	case errors.Is(err, domain.ErrNotFound), errors.Is(err, posting.ErrRefused) && is.DeleteAt != 0:
		return m.replaceChannel(ctx, r, key, now)
	case err != nil:
		return err
	}
	if key != "" && (is.TeamID != wanted.TeamID || is.DeleteAt != 0) { // its members may be gone
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

// damageText is the key of the text for what somebody did to the channel; "" where there is
// nothing to say. Changes up to the moment seen were our own.
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

// replaceChannel gives a conversation another channel to go on in, because the old one is gone
// or cannot be restored. owed is the key of the line about the old one, which is dropped; "" = none.
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
