package app

import (
	"context"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/mattermost"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

// Mattermost's own scheduled posts need one of its licences. Servers from 11.9 on ask about one when somebody makes or
// changes it. Every server asks again when it is due, as about any other post, but then its author may be elsewhere.

// ScheduledPostWillBeCreated refuses a scheduled post that would be refused when it is due, by the conversation as it
// stands now: its author still has the text before them. It runs for every scheduled post of the server.
func (p *Plugin) ScheduledPostWillBeCreated(c *plugin.Context, scheduled *model.ScheduledPost) (changed *model.ScheduledPost, rejection string) {
	defer p.recovered("ScheduledPostWillBeCreated", func() { changed, rejection = nil, "" })
	a := p.app.Load()
	if a == nil || scheduled == nil {
		return nil, ""
	}
	if ours, err := a.isOurs(scheduled.ChannelId); err != nil || !ours {
		return nil, "" // if that is not known, the check when it is due still applies
	}
	post, err := scheduled.ToPost()
	if err != nil {
		return nil, "" // the server refuses it by itself
	}
	ctx, cancel := withTimeout(fileTimeout)
	defer cancel()
	incoming := mattermost.Posted(post)
	incoming.HasSession = hasSession(c)
	decision, _, err := a.hookIntake.CheckPostAt(ctx, incoming, scheduled.ScheduledAt+a.clockAhead())
	switch {
	case err != nil:
		p.API.LogWarn("Could not judge a scheduled post", "channel", scheduled.ChannelId, "error", err.Error())
		return nil, ""
	case decision.Destination != posting.Reject:
		return nil, ""
	case decision.ReasonCode == domain.ReasonLocked:
		return nil, a.localize(scheduled.UserId, domain.T("post.locked_then", "At", scheduled.ScheduledAt))
	}
	return nil, a.localize(scheduled.UserId, decision.RefusalText)
}

// tellRefused tells the author of a post that was refused and that came without a session: a scheduled post of the
// server's, whose author may not be there to see what is shown to them alone. Other plugins' posts have no such
// author. why is the reason in the author's language.
func (a *app) tellRefused(ctx context.Context, post *model.Post, incoming posting.IncomingPost, why string) {
	if incoming.HasSession || incoming.FromBot || post.GetProp(model.PostPropsFromPlugin) != nil {
		return
	}
	a.announcements.PostRefused(ctx, post.ChannelId, post.UserId, why)
}
