package app

import (
	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// The hooks below keep people from archiving, publishing or renaming the channel of an
// open conversation by hand. Only newer servers call them (11.7 and 11.9). On older
// servers, and where a hook cannot know, channelsync repairs the channel afterwards.
// They run for every channel of the server, so a channel that is not ours must cost no
// more than one look-up.

// conversationIn reports whether a channel belongs to a conversation, and whether that
// conversation is open. If the database does not respond, the channel is treated as
// one that belongs to none.
func (a *app) conversationIn(channelID string) (ours, open bool) {
	ours, err := a.isOurs(channelID)
	if err != nil || !ours {
		return false, false
	}
	ctx, cancel := withTimeout(hookTimeout)
	defer cancel()
	c, err := a.hookStore.ConversationByChannel(ctx, channelID)
	if err != nil {
		if !errors.Is(err, domain.ErrNotFound) {
			a.log.Warn("Could not tell what a channel is", "channel", channelID, "error", err.Error())
		}
		return false, false
	}
	return true, c.ClosedAt == 0 && c.AbortedAt == 0
}

// ChannelWillBeArchived refuses to let a person archive the channel of an open
// conversation.
func (p *Plugin) ChannelWillBeArchived(c *plugin.Context, channel *model.Channel) (rejection string) {
	defer p.recovered("ChannelWillBeArchived", func() { rejection = "" })
	a := p.app.Load()
	if a == nil || channel == nil || !hasSession(c) {
		return ""
	}
	if _, open := a.conversationIn(channel.Id); !open {
		return ""
	}
	return a.localize(p.actor(c), domain.T("channel.no_archive"))
}

// ChannelWillBeUpdated refuses two kinds of changes by people: making the channel of
// any conversation public, and changing the name, header or team of the channel of an
// open one, which only the plugin may do.
func (p *Plugin) ChannelWillBeUpdated(c *plugin.Context, updated, old *model.Channel) (changed *model.Channel, rejection string) {
	defer p.recovered("ChannelWillBeUpdated", func() { changed, rejection = nil, "" })
	a := p.app.Load()
	if a == nil || updated == nil || old == nil || !hasSession(c) {
		return nil, ""
	}
	opened := updated.Type != old.Type
	renamed := updated.Name != old.Name || updated.DisplayName != old.DisplayName || updated.Header != old.Header || updated.TeamId != old.TeamId
	if !opened && !renamed {
		return nil, ""
	}
	switch ours, open := a.conversationIn(old.Id); {
	case ours && opened:
		return nil, a.localize(p.actor(c), domain.T("channel.no_public"))
	case open:
		return nil, a.localize(p.actor(c), domain.T("channel.no_rename"))
	}
	return nil, ""
}

// ChannelMemberWillBeAdded keeps guests and bots out of the channels of conversations.
// The plugin's own bots are let in.
func (p *Plugin) ChannelMemberWillBeAdded(c *plugin.Context, member *model.ChannelMember) (changed *model.ChannelMember, rejection string) {
	defer p.recovered("ChannelMemberWillBeAdded", func() { changed, rejection = nil, "" })
	a := p.app.Load()
	if a == nil || member == nil || a.port.IsBot(member.UserId) {
		return nil, ""
	}
	if ours, _ := a.conversationIn(member.ChannelId); !ours {
		return nil, ""
	}
	user, appErr := p.API.GetUser(member.UserId)
	switch {
	case appErr != nil || user == nil: // an unknown user cannot be in the team of a conversation
		return nil, ""
	case user.IsBot:
		return nil, a.localize(p.actor(c), domain.T("channel.no_bot"))
	case user.IsGuest():
		return nil, a.localize(p.actor(c), domain.T("channel.no_guest"))
	}
	return nil, ""
}

// UserHasJoinedChannel makes a colleague who was invited into a conversation's channel
// its attendant.
func (p *Plugin) UserHasJoinedChannel(_ *plugin.Context, member *model.ChannelMember, actor *model.User) {
	defer p.recovered("UserHasJoinedChannel", nil)
	a := p.app.Load()
	if a == nil || member == nil {
		return
	}
	actorID, bot := "", false
	if actor != nil {
		actorID, bot = actor.Id, actor.IsBot
	}
	ctx, cancel := withTimeout(afterTimeout)
	defer cancel()
	if err := a.members.Joined(ctx, member.ChannelId, member.UserId, actorID, bot); err != nil {
		// Nothing is lost: the next run of channelsync.Members finds the new member.
		p.API.LogWarn("Could not follow who joined a channel", "channel", member.ChannelId, "user", member.UserId, "error", err.Error())
	}
}

// UserHasLeftChannel returns a conversation to its queue if its attendant leaves the
// channel.
func (p *Plugin) UserHasLeftChannel(_ *plugin.Context, member *model.ChannelMember, _ *model.User) {
	defer p.recovered("UserHasLeftChannel", nil)
	a := p.app.Load()
	if a == nil || member == nil {
		return
	}
	ctx, cancel := withTimeout(afterTimeout)
	defer cancel()
	if err := a.members.Left(ctx, member.ChannelId, member.UserId); err != nil {
		p.API.LogWarn("Could not follow who left a channel", "channel", member.ChannelId, "user", member.UserId, "error", err.Error())
	}
}
