package main

import (
	"slices"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/mattermost"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

const (
	propAttachments = "attachments"
	noteColor       = "#f0ad4e"
)

// MessageWillBePosted makes the lock visible. It runs for every post of the
// whole server, so a channel that is not ours is told by one look-up.
func (p *Plugin) MessageWillBePosted(c *plugin.Context, post *model.Post) (changed *model.Post, rejection string) {
	defer p.recovered("MessageWillBePosted", nil)
	a := p.app.Load()
	if a == nil {
		return nil, ""
	}
	ours, err := a.ours(post.ChannelId)
	session := byHand(c)
	if err != nil || !ours || post.UserId == a.port.BotID() && !session || post.IsSystemMessage() {
		return nil, "" // where it cannot be told the relay's own check still stands
	}
	return p.judge(a, post, session)
}

// judge decides about a post in a conversation's channel. What cannot be judged is refused.
func (p *Plugin) judge(a *app, post *model.Post, session bool) (changed *model.Post, rejection string) {
	defer p.recovered("MessageWillBePosted", func() { changed, rejection = nil, a.say(post.UserId, domain.T("post.unavailable")) })
	long := hookPatience
	if len(post.FileIds) > 0 {
		long = filePatience
	}
	ctx, cancel := patience(long)
	defer cancel()
	posted := mattermost.Posted(post)
	posted.HasSession = session
	ruling, _, err := a.judging.CheckPost(ctx, posted)
	if err != nil {
		p.API.LogWarn("Could not judge a post", "channel", post.ChannelId, "error", err.Error())
		ruling = posting.Decision{RefusalText: domain.T("post.unavailable")}
	}
	switch ruling.Destination {
	case posting.Reject:
		reason := a.say(post.UserId, ruling.RefusalText)
		if ruling.IsSealed && posted.DraftID != "" {
			return nil, reason // it is held, and whoever sent it is told
		}
		texts := []domain.Text{ruling.RefusalText}
		if kept := a.hold(ctx, post, ruling); kept.Key != "" {
			texts = append(texts, kept)
			reason += " " + a.say(post.UserId, kept)
		}
		a.whisper(ctx, post, texts...)
		a.metrics.Refused()
		return nil, reason
	case posting.Note:
		post = cleaned(post, ruling)
		post.Type = posting.TypeNote
		// shows a note as one where the type is unknown: the phone app, search, e-mail
		label := a.texts.Markdown(a.port.ServerLocale(), "note.label", nil)
		post.AddProp(propAttachments, []any{map[string]any{"color": noteColor, "text": label, "fallback": label}})
		return post, ""
	}
	return cleaned(post, ruling), ""
}

// MessageHasBeenPosted puts what is for the customer into the outbox.
func (p *Plugin) MessageHasBeenPosted(_ *plugin.Context, post *model.Post) {
	defer p.recovered("MessageHasBeenPosted", nil)
	a := p.app.Load()
	if a == nil || post.UserId == a.port.BotID() || post.IsSystemMessage() {
		return
	}
	if ours, known := a.channels.Known(post.ChannelId); known && !ours {
		return
	}
	ctx, cancel := patience(afterPatience)
	defer cancel()
	if err := a.intake.EnqueuePost(ctx, mattermost.Posted(post)); err != nil && !errors.Is(err, posting.ErrUnknownChannel) {
		// not lost: the next reconciliation finds it
		p.API.LogWarn("Could not take a post", "post", post.Id, "error", err.Error())
	}
}

// MessageWillBeUpdated refuses edits of what went to WhatsApp or came from
// there, and keeps our marks from being edited by hand. A change of ours
// carries a seal, which is taken off here and never stored.
func (p *Plugin) MessageWillBeUpdated(_ *plugin.Context, updated, old *model.Post) (changed *model.Post, rejection string) {
	a := p.app.Load()
	if a == nil {
		return updated, ""
	}
	if ours, err := a.ours(old.ChannelId); err != nil || !ours {
		return updated, ""
	}
	ctx, cancel := patience(hookPatience)
	defer cancel()
	defer p.recovered("MessageWillBeUpdated", func() { changed, rejection = nil, a.say(old.UserId, domain.T("post.unavailable")) })
	if a.seals.HoldsChange(old.Id, updated.GetProps()) {
		updated.DelProp(posting.PropSeal)
		return updated, ""
	}
	keepProps(updated, old)
	if updated.Message == old.Message && slices.Equal(updated.FileIds, old.FileIds) {
		return updated, ""
	}
	wasForCustomer := old.UserId == a.port.BotID() || old.GetProp(posting.PropStatus) != nil
	if !wasForCustomer {
		known, err := a.hookStore.Known(ctx, []string{old.Id})
		if err != nil {
			return nil, a.say(old.UserId, domain.T("post.unavailable"))
		}
		wasForCustomer = known[old.Id]
	}
	if wasForCustomer {
		if old.UserId != a.port.BotID() {
			a.whisper(ctx, old, domain.T("post.edited"))
		}
		return nil, a.say(old.UserId, domain.T("post.edited"))
	}
	return updated, ""
}

// UserHasJoinedChannel makes attendant whom a colleague invited. It runs for
// every channel of the server: one that is not ours costs one look-up.
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
	ctx, cancel := patience(afterPatience)
	defer cancel()
	if err := a.members.Joined(ctx, member.ChannelId, member.UserId, actorID, bot); err != nil {
		// not lost: the next round of members finds it
		p.API.LogWarn("Could not follow who joined a channel", "channel", member.ChannelId, "user", member.UserId, "error", err.Error())
	}
}

// UserHasLeftChannel gives a conversation back to its queue when its attendant leaves.
func (p *Plugin) UserHasLeftChannel(_ *plugin.Context, member *model.ChannelMember, _ *model.User) {
	defer p.recovered("UserHasLeftChannel", nil)
	a := p.app.Load()
	if a == nil || member == nil {
		return
	}
	ctx, cancel := patience(afterPatience)
	defer cancel()
	if err := a.members.Left(ctx, member.ChannelId, member.UserId); err != nil {
		p.API.LogWarn("Could not follow who left a channel", "channel", member.ChannelId, "user", member.UserId, "error", err.Error())
	}
}
