package service

import (
	"context"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// Schedule keeps a text that is sent by itself at a moment (milliseconds since epoch), if the window is open then. Else it
// stays a held draft, and its author is told.
func (d *Drafts) Schedule(ctx context.Context, actorID, conversationID, text string, at int64) (*domain.Draft, error) {
	conv, _, err := d.Service.conversationToAct(ctx, actorID, conversationID)
	if err != nil {
		return nil, err
	}
	if err := d.Service.requireMaySpeak(ctx, actorID, conv); err != nil {
		return nil, err
	}
	if err := domain.CheckDraft(text, 0); err != nil {
		return nil, err
	}
	if problem := d.Service.checkSendAt(at); problem.Key != "" {
		return nil, domain.RefuseField("send_at", problem)
	}
	if why, err := d.Service.CheckText(ctx, text); err != nil {
		return nil, err
	} else if why.Key != "" {
		return nil, domain.RefuseField("text", why)
	}
	now := d.Service.Clock.Now()
	if conv.StateAt(now) == domain.Closed {
		return nil, domain.Refuse(domain.CodeConversationClosed, domain.T("refusal.closed"))
	}
	return d.keep(ctx, &domain.Draft{ID: d.Service.NewID(), ConversationID: conv.ID, AuthorID: actorID, Text: text, SendAt: at}, false, now)
}
