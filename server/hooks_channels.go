package main

import (
	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// The hooks of newer servers (11.7 and 11.9) by which nobody archives, opens or
// renames the channel of an open conversation by hand. Older servers do not call
// them; there, and where they cannot tell, the mirror puts it right afterwards.
// They run for every channel of the server: one that is not ours costs one look-up.

// conversationIn tells whether a channel is a conversation's, and whether that is
// open. Where it cannot be told it is none's.
func (a *app) conversationIn(channelID string) (ours, open bool) {
	ours, err := a.ours(channelID)
	if err != nil || !ours {
		return false, false
	}
	ctx, cancel := patience(hookPatience)
	defer cancel()
	c, err := a.hookStore.ConversationByChannel(ctx, channelID)
	if err != nil {
		if !errors.Is(err, domain.ErrNotFound) {
			a.plugin.API.LogWarn("Could not tell what a channel is", "channel", channelID, "error", err.Error())
		}
		return false, false
	}
	return true, c.ClosedAt == 0 && c.AbortedAt == 0
}

// actor is who is behind a request; "" where there is no session: a plugin, us among them, or a command of the server's.
func (p *Plugin) actor(c *plugin.Context) string {
	if !byHand(c) {
		return ""
	}
	session, appErr := p.API.GetSession(c.SessionId)
	if appErr != nil || session == nil {
		return ""
	}
	return session.UserId
}

// byHand tells whether somebody does it, and not a plugin.
func byHand(c *plugin.Context) bool { return c != nil && c.SessionId != "" }

// ChannelWillBeArchived keeps the channel of an open conversation.
func (p *Plugin) ChannelWillBeArchived(c *plugin.Context, channel *model.Channel) (rejection string) {
	defer p.recovered("ChannelWillBeArchived", func() { rejection = "" })
	a := p.app.Load()
	if a == nil || channel == nil || !byHand(c) {
		return ""
	}
	if _, open := a.conversationIn(channel.Id); !open {
		return ""
	}
	return a.say(p.actor(c), domain.T("channel.no_archive"))
}

// ChannelWillBeUpdated keeps conversations' channels private, and the name and header of an open one's the plugin's.
func (p *Plugin) ChannelWillBeUpdated(c *plugin.Context, updated, old *model.Channel) (changed *model.Channel, rejection string) {
	defer p.recovered("ChannelWillBeUpdated", func() { changed, rejection = nil, "" })
	a := p.app.Load()
	if a == nil || updated == nil || old == nil || !byHand(c) {
		return nil, ""
	}
	opened := updated.Type != old.Type
	renamed := updated.Name != old.Name || updated.DisplayName != old.DisplayName || updated.Header != old.Header || updated.TeamId != old.TeamId
	if !opened && !renamed {
		return nil, ""
	}
	switch ours, open := a.conversationIn(old.Id); {
	case ours && opened:
		return nil, a.say(p.actor(c), domain.T("channel.no_public"))
	case open:
		return nil, a.say(p.actor(c), domain.T("channel.no_rename"))
	}
	return nil, ""
}

// ChannelMemberWillBeAdded keeps guests and bots out of conversations' channels.
func (p *Plugin) ChannelMemberWillBeAdded(c *plugin.Context, member *model.ChannelMember) (changed *model.ChannelMember, rejection string) {
	defer p.recovered("ChannelMemberWillBeAdded", func() { changed, rejection = nil, "" })
	a := p.app.Load()
	if a == nil || member == nil || member.UserId == a.port.BotID() {
		return nil, ""
	}
	if ours, _ := a.conversationIn(member.ChannelId); !ours {
		return nil, ""
	}
	user, appErr := p.API.GetUser(member.UserId)
	switch {
	case appErr != nil || user == nil: // who is not known is in no conversation's team
		return nil, ""
	case user.IsBot:
		return nil, a.say(p.actor(c), domain.T("channel.no_bot"))
	case user.IsGuest():
		return nil, a.say(p.actor(c), domain.T("channel.no_guest"))
	}
	return nil, ""
}
