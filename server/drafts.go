package main

import (
	"context"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/drafts"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/mattermost"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/service"
)

// buildDrafts puts together what keeps, offers and sends held drafts.
func (a *app) buildDrafts(speaker posting.Localizer, log mattermost.Logger) {
	sending := &drafts.Sender{
		Store: a.store, Posts: a.port, CheckPost: a.intake.CheckPost, MaySpeak: a.people.MaySpeak, Seals: a.seals, Localizer: speaker, Username: a.port.Username, Clock: a.clock, Log: log,
	}
	sending.Wake = a.loop("drafts", sending.Run).Wake
	a.drafts = service.NewDrafts(service.DraftPorts{Service: a.service, Store: a.store, Sender: sending})
	a.intake.BeforeEnqueue = func(ctx context.Context, c *domain.Conversation, p posting.IncomingPost) error {
		return a.store.PostedSame(ctx, c.ID, p.UserID, domain.Fingerprint(p.Message, p.FileIDs), p.ID, a.clock.Now())
	}
}

// hold keeps a post that the lock refused, and returns what to add to the refusal, without a key for nothing.
func (a *app) hold(ctx context.Context, post *model.Post, ruling posting.Decision) domain.Text {
	if ruling.ReasonCode != domain.ReasonLocked {
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
	a.plugin.API.LogWarn("Could not keep a draft", "channel", post.ChannelId, "error", err.Error())
	return domain.Text{}
}
