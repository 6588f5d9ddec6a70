package main

import (
	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/outbound"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

// ReactionHasBeenAdded brings an agent's reaction to the customer.
func (p *Plugin) ReactionHasBeenAdded(_ *plugin.Context, reaction *model.Reaction) {
	p.reactionChanged(reaction, false)
}

// ReactionHasBeenRemoved takes it off again.
func (p *Plugin) ReactionHasBeenRemoved(_ *plugin.Context, reaction *model.Reaction) {
	p.reactionChanged(reaction, true)
}

func (p *Plugin) reactionChanged(reaction *model.Reaction, removed bool) {
	defer p.recovered("ReactionHasBeenAdded", nil)
	a := p.app.Load()
	if a == nil || reaction.UserId == a.port.BotID() {
		return
	}
	ctx, cancel := patience(afterPatience)
	defer cancel()
	channelID := reaction.ChannelId
	if channelID == "" { // the server does not tell it of a reaction that was taken off
		var err error
		if channelID, err = a.port.ChannelOf(ctx, reaction.PostId); err != nil {
			return // nobody sees it any more
		}
	}
	changed := posting.Reaction{UserID: reaction.UserId, Emoji: reaction.EmojiName, At: model.GetMillis()}
	if err := a.reactions.Changed(ctx, channelID, reaction.PostId, changed, removed); err != nil {
		p.API.LogWarn("Could not bring a reaction to the customer", "post", reaction.PostId, "error", err.Error())
	}
}

// MessageHasBeenDeleted says so where the customer keeps what was deleted here.
func (p *Plugin) MessageHasBeenDeleted(_ *plugin.Context, post *model.Post) {
	defer p.recovered("MessageHasBeenDeleted", nil)
	a := p.app.Load()
	if a == nil || post.UserId == a.port.BotID() {
		return
	}
	ctx, cancel := patience(afterPatience)
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
	if a == nil || userID == a.port.BotID() {
		return
	}
	if channelID, ok := request.Data["channel_id"].(string); ok {
		rootID, _ := request.Data["parent_id"].(string)
		a.reads.OnTyping(userID, channelID, rootID)
	}
}

// typingAction is what Mattermost's clients say while somebody writes.
const typingAction = "user_typing"

func (a *app) readSettings() outbound.ReceiptSettings {
	s := a.plugin.settings.Load()
	return outbound.ReceiptSettings{Receipts: s.SendReadReceipts, Typing: s.SendTyping}
}
