package main

import (
	"context"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/relay"
)

// buildDrafts puts together what keeps, offers and sends held drafts.
func (a *app) buildDrafts(speaker relay.Speaker, log logger) {
	sending := &relay.Drafts{
		Store: a.store, Posts: a.port, Before: a.intake.Before, MaySpeak: a.people.MaySpeak, Seals: a.seals, Speaker: speaker, Username: a.port.Username, Clock: a.clock, Log: log,
	}
	sending.Changed = a.loop("drafts", sending.Round).Wake
	a.drafts = conversation.NewDrafts(conversation.DraftPorts{Service: a.service, Store: a.store, Sender: sending})
	a.intake.Posted = func(ctx context.Context, c *conversation.Conversation, p relay.Posted) error {
		return a.store.PostedSame(ctx, c.ID, p.UserID, conversation.Fingerprint(p.Message, p.FileIDs), p.ID, a.clock.Now())
	}
}

// hold keeps a post that the lock refused, and returns what to add to the refusal, without a key for nothing.
func (a *app) hold(ctx context.Context, post *model.Post, ruling relay.Ruling) conversation.Text {
	if ruling.Reason != conversation.ReasonLocked {
		return conversation.Text{}
	}
	c, err := a.store.ConversationByChannel(ctx, post.ChannelId)
	if err == nil {
		_, err = a.drafts.Hold(ctx, &conversation.Draft{
			ConversationID: c.ID, AuthorID: post.UserId, RootID: post.RootId, Text: post.Message, FileIDs: post.FileIds,
		})
	}
	if err == nil {
		return conversation.T("draft.kept")
	}
	if refusal, ok := conversation.AsRefusal(err); ok {
		return refusal.Text
	}
	a.plugin.API.LogWarn("Could not keep a draft", "channel", post.ChannelId, "error", err.Error())
	return conversation.Text{}
}
