package app

import (
	"context"
	"slices"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/mattermost"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/postpolicy"
)

const (
	propAttachments = "attachments"
	noteColor       = "#f0ad4e"
)

// MessageWillBePosted shows people the lock on a conversation's channel: it refuses a
// post that must not go to the customer, or turns it into a note. It runs for every
// post of the whole server, so a channel that is not ours must cost no more than one
// look-up.
func (p *Plugin) MessageWillBePosted(c *plugin.Context, post *model.Post) (changed *model.Post, rejection string) {
	defer p.recovered("MessageWillBePosted", nil)
	a := p.app.Load()
	if a == nil {
		return nil, ""
	}
	defer a.urgent.Enter()()
	session := hasSession(c)
	if a.port.IsBot(post.UserId) && !session || post.IsSystemMessage() {
		return nil, ""
	}
	if ours, err := a.isOurs(post.ChannelId); err != nil || !ours {
		return withoutOurProps(post), "" // if that is not known, the check before sending still applies
	}
	return p.checkPost(a, post, session)
}

// checkPost decides about a post in a conversation's channel. It refuses a post that
// it cannot check.
func (p *Plugin) checkPost(a *app, post *model.Post, session bool) (changed *model.Post, rejection string) {
	defer p.recovered("MessageWillBePosted", func() { changed, rejection = nil, a.localize(post.UserId, domain.T("post.unavailable")) })
	timeout := hookTimeout
	if len(post.FileIds) > 0 {
		timeout = fileTimeout
	}
	ctx, cancel := withTimeout(timeout)
	defer cancel()
	incoming := mattermost.Posted(post)
	incoming.HasSession = session
	if !session && a.seals.Late(incoming) {
		// The process that makes this post stood still for longer than its lease, and another one does its work by now. Without
		// its marks this would be another post, which nobody would find.
		return nil, a.localize(post.UserId, domain.T("post.unavailable"))
	}
	decision, _, err := a.hookIntake.CheckPost(ctx, incoming)
	if err != nil {
		p.API.LogWarn("Could not judge a post", "channel", post.ChannelId, "error", err.Error())
		decision = posting.Decision{RefusalText: domain.T("post.unavailable")}
	}
	switch decision.Destination {
	case posting.Reject:
		reason := a.localize(post.UserId, decision.RefusalText)
		if decision.IsSealed && incoming.DraftID != "" {
			return nil, reason // the post was a held draft: it remains a draft, and the sender sees the reason
		}
		texts := []domain.Text{decision.RefusalText}
		if kept := a.holdDraft(ctx, post, decision); kept.Key != "" {
			texts = append(texts, kept)
			reason += " " + a.localize(post.UserId, kept)
		}
		a.whisper(ctx, post, texts...)
		a.tellRefused(ctx, post, incoming, reason)
		a.metrics.Refused()
		return nil, reason
	case posting.Note:
		post = withoutForeignProps(post, decision)
		post.Type = posting.TypeNote
		// Clients that do not know the post type (the phone app, search, e-mail) show
		// by this attachment that the post is a note.
		label := a.texts.Markdown(a.port.ServerLocale(), "note.label", nil)
		post.AddProp(propAttachments, []any{map[string]any{"color": noteColor, "text": label, "fallback": label}})
		return post, ""
	}
	return withoutForeignProps(post, decision), ""
}

// MessageHasBeenPosted puts a post that is meant for the customer into the outbox.
func (p *Plugin) MessageHasBeenPosted(_ *plugin.Context, post *model.Post) {
	defer p.recovered("MessageHasBeenPosted", nil)
	a := p.app.Load()
	if a == nil || a.port.IsBot(post.UserId) || post.IsSystemMessage() {
		return
	}
	if ours, known := a.channels.Known(post.ChannelId); known && !ours {
		return
	}
	ctx, cancel := withTimeout(afterTimeout)
	defer cancel()
	if err := a.intake.EnqueuePost(ctx, mattermost.Posted(post)); err != nil && !errors.Is(err, posting.ErrUnknownChannel) {
		// The post is not lost: the next reconciliation finds it.
		p.API.LogWarn("Could not take a post", "post", post.Id, "error", err.Error())
	}
}

// MessageWillBeUpdated refuses edits of posts that were sent to WhatsApp or came from
// there, and keeps people from changing the plugin's properties. A change by the
// plugin itself carries a seal, which is removed here and never stored. The seal with
// which the plugin made the post in somebody's name stays until the post shows a status.
func (p *Plugin) MessageWillBeUpdated(_ *plugin.Context, updated, old *model.Post) (changed *model.Post, rejection string) {
	a := p.app.Load()
	if a == nil {
		return updated, ""
	}
	if ours, err := a.isOurs(old.ChannelId); err != nil || !ours {
		if !a.seals.HoldsChange(old.Id, updated.GetProps()) {
			keepProps(updated, old, posting.IsOurProp)
		}
		return updated, ""
	}
	ctx, cancel := withTimeout(hookTimeout)
	defer cancel()
	defer p.recovered("MessageWillBeUpdated", func() { changed, rejection = nil, a.localize(old.UserId, domain.T("post.unavailable")) })
	if a.seals.HoldsChange(old.Id, updated.GetProps()) {
		updated.DelProp(posting.PropSeal)
		if own := old.GetProp(posting.PropSeal); own != nil && updated.GetProp(posting.PropStatus) == nil {
			updated.AddProp(posting.PropSeal, own) // the post may still have to be decided about
		}
		return updated, ""
	}
	keepProps(updated, old, func(name string) bool { return postpolicy.ProtectedProp(name, old.Type) })
	if updated.Message == old.Message && slices.Equal(updated.FileIds, old.FileIds) {
		return updated, ""
	}
	wasForCustomer := a.port.IsBot(old.UserId) || old.GetProp(posting.PropStatus) != nil
	if !wasForCustomer {
		known, err := a.hookStore.Known(ctx, []string{old.Id})
		if err != nil {
			return nil, a.localize(old.UserId, domain.T("post.unavailable"))
		}
		wasForCustomer = known[old.Id]
	}
	if wasForCustomer {
		if !a.port.IsBot(old.UserId) {
			a.whisper(ctx, old, domain.T("post.edited"))
		}
		return nil, a.localize(old.UserId, domain.T("post.edited"))
	}
	return updated, ""
}

// holdDraft keeps a post that the lock refused as a draft, and returns the text to add
// to the refusal. A text without a key means that there is nothing to add.
func (a *app) holdDraft(ctx context.Context, post *model.Post, decision posting.Decision) domain.Text {
	if decision.ReasonCode != domain.ReasonLocked {
		return domain.Text{}
	}
	c, err := a.store.ConversationByChannel(ctx, post.ChannelId)
	if err == nil {
		_, err = a.drafts.Hold(ctx, &domain.Draft{
			ConversationID: c.ID, AuthorID: post.UserId, RootID: post.RootId, Text: post.Message, FileIDs: post.FileIds,
		})
	}
	if err == nil {
		return domain.T("draft.kept")
	}
	if refusal, ok := domain.AsRefusal(err); ok {
		return refusal.Text
	}
	a.log.Warn("Could not keep a draft", "channel", post.ChannelId, "error", err.Error())
	return domain.Text{}
}

// withoutForeignProps empties those properties of a post that its author may not set.
// It cannot remove them, because the server decodes the hook's result into the
// original post, so a missing property would stay. EnqueuePost removes them once the
// post exists.
func withoutForeignProps(post *model.Post, decision posting.Decision) *model.Post {
	for _, name := range postpolicy.ForeignProps(post.GetProps(), decision) {
		post.AddProp(name, nil)
	}
	if decision.CardText != "" { // the post then shows what the customer receives
		post.Message = decision.CardText
	}
	return post
}

// withoutOurProps empties the plugin's properties of a post elsewhere, which would look
// like a customer's or one of ours. It returns nil if there are none.
func withoutOurProps(post *model.Post) (changed *model.Post) {
	for name := range post.GetProps() {
		if posting.IsOurProp(name) {
			post.AddProp(name, nil)
			changed = post
		}
	}
	return changed
}

// keepProps undoes changes of those properties of a post that people may not change.
func keepProps(updated, old *model.Post, protected func(name string) bool) {
	for name := range updated.GetProps() {
		if protected(name) {
			updated.DelProp(name)
		}
	}
	for name, value := range old.GetProps() {
		if protected(name) {
			updated.AddProp(name, value)
		}
	}
}

// ReactionHasBeenAdded passes an agent's reaction on to the customer.
func (p *Plugin) ReactionHasBeenAdded(_ *plugin.Context, reaction *model.Reaction) {
	p.reactionChanged(reaction, false)
}

// ReactionHasBeenRemoved removes an agent's reaction for the customer too.
func (p *Plugin) ReactionHasBeenRemoved(_ *plugin.Context, reaction *model.Reaction) {
	p.reactionChanged(reaction, true)
}

func (p *Plugin) reactionChanged(reaction *model.Reaction, removed bool) {
	defer p.recovered("ReactionHasBeenAdded", nil)
	a := p.app.Load()
	if a == nil || a.port.IsBot(reaction.UserId) {
		return
	}
	ctx, cancel := withTimeout(afterTimeout)
	defer cancel()
	channelID := reaction.ChannelId
	if channelID == "" { // the server leaves it out for a reaction that was removed
		var err error
		if channelID, err = a.port.ChannelOf(ctx, reaction.PostId); err != nil {
			return // the post is gone, so nobody sees the reaction any more
		}
	}
	changed := posting.Reaction{UserID: reaction.UserId, Emoji: reaction.EmojiName, At: model.GetMillis()}
	if err := a.reactions.Changed(ctx, channelID, reaction.PostId, changed, removed); err != nil {
		p.API.LogWarn("Could not bring a reaction to the customer", "post", reaction.PostId, "error", err.Error())
	}
}

// MessageHasBeenDeleted leaves a line in the channel if the customer still has the
// message that was deleted here.
func (p *Plugin) MessageHasBeenDeleted(_ *plugin.Context, post *model.Post) {
	defer p.recovered("MessageHasBeenDeleted", nil)
	a := p.app.Load()
	if a == nil || a.port.IsBot(post.UserId) {
		return
	}
	ctx, cancel := withTimeout(afterTimeout)
	defer cancel()
	who := ""
	if by, ok := post.GetProp(model.PostPropsDeleteBy).(string); ok {
		who = a.port.Usernames(ctx, []string{by})[by]
	}
	if err := a.deletions.Deleted(ctx, post.ChannelId, post.Id, who); err != nil {
		p.API.LogWarn("Could not tell of a deleted post", "post", post.Id, "error", err.Error())
	}
}

// WebSocketMessageHasBeenPosted shows the customer that an agent is writing.
func (p *Plugin) WebSocketMessageHasBeenPosted(_, userID string, request *model.WebSocketRequest) {
	defer p.recovered("WebSocketMessageHasBeenPosted", nil)
	if request == nil || request.Action != typingAction {
		return
	}
	a := p.app.Load()
	if a == nil || a.port.IsBot(userID) {
		return
	}
	if channelID, ok := request.Data["channel_id"].(string); ok {
		rootID, _ := request.Data["parent_id"].(string)
		a.receipts.OnTyping(userID, channelID, rootID)
	}
}

// typingAction is the action that Mattermost's clients send while somebody is typing.
const typingAction = "user_typing"
