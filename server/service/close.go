package service

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// maxNote is Mattermost's limit of a post, in characters.
const maxNote = 16383

// Note posts an internal note; it never reaches the customer, in any state.
func (s *Service) Note(ctx context.Context, actorID, id, text string) (*domain.View, error) {
	conv, _, err := s.conversationToAct(ctx, actorID, id)
	if err != nil {
		return nil, err
	}
	switch text = strings.TrimSpace(text); {
	case text == "":
		return nil, domain.RefuseField("text", domain.T("refusal.note_empty"))
	case utf8.RuneCountInString(text) > maxNote:
		return nil, domain.RefuseField("text", domain.T("refusal.note_long", "Max", maxNote))
	}
	if err := s.ChannelSync.Note(ctx, conv, actorID, text); err != nil {
		return nil, err
	}
	return s.view(conv), nil
}

// Close ends the conversation; its channel stays readable.
func (s *Service) Close(ctx context.Context, actorID, id, reason string) (*domain.View, error) {
	if _, _, err := s.conversationToAct(ctx, actorID, id); err != nil {
		return nil, err
	}
	conv, err := s.change(ctx, actorID, id, "close", func(_ domain.Tx, c *domain.Conversation) error {
		if c.ClosedAt != 0 {
			return domain.Refuse(domain.CodeConversationClosed, domain.T("refusal.closed"))
		}
		c.ClosedAt, c.ClosedBy, c.CloseReason = s.Clock.Now(), actorID, cleanReason(reason)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s.syncedView(ctx, conv, domain.Text{})
}

// Reopen takes a close back, unless the customer has another open conversation on the number.
func (s *Service) Reopen(ctx context.Context, actorID, id string) (*domain.View, error) {
	if _, queue, err := s.conversationToAct(ctx, actorID, id); err != nil {
		return nil, err
	} else if queue == nil {
		return nil, queueGone()
	}
	conv, err := s.change(ctx, actorID, id, "reopen", func(tx domain.Tx, c *domain.Conversation) error {
		if c.ClosedAt == 0 {
			return nil // somebody was faster
		}
		err := tx.LockQueue(c.QueueID)
		switch {
		case errors.Is(err, domain.ErrNotFound):
			return queueGone()
		case err != nil:
			return err
		case c.ErasedAt != 0:
			return domain.Refuse(domain.CodeConversationClosed, domain.T("refusal.erased"))
		case c.ArchivedAt != 0 && (s.CanRestore == nil || !s.CanRestore()):
			return domain.Refuse(domain.CodeConversationClosed, domain.T("refusal.archived"))
		}
		c.Reopen(actorID, s.Clock.Now())
		return nil
	})
	if errors.Is(err, domain.ErrConflict) {
		return nil, domain.Refuse(domain.CodeConversationExists, domain.T("refusal.reopen_exists"))
	} else if err != nil {
		return nil, err
	}
	return s.syncedView(ctx, conv, domain.Text{}) // with a line about who reopened it
}

// change applies a rule to a conversation under its lock and audits it.
func (s *Service) change(ctx context.Context, actorID, id, action string, apply func(domain.Tx, *domain.Conversation) error) (*domain.Conversation, error) {
	var conv *domain.Conversation
	err := s.Store.InTx(ctx, func(tx domain.Tx) error {
		var err error
		if conv, err = tx.LockConversation(id); err != nil {
			return err
		}
		if err := apply(tx, conv); err != nil {
			return err
		}
		conv.UpdatedAt = s.Clock.Now()
		if err := tx.UpdateConversation(conv); err != nil {
			return err
		}
		return tx.Audit(actorID, action, id, nil)
	})
	if err != nil {
		return nil, err
	}
	return conv, nil
}

// syncedView brings the channel up to date after a change, with a line about it.
func (s *Service) syncedView(ctx context.Context, c *domain.Conversation, line domain.Text) (*domain.View, error) {
	if line.Key != "" {
		if err := s.ChannelSync.AppendEvent(ctx, c, line); err != nil {
			return nil, err
		}
	}
	if err := s.ChannelSync.SyncNow(ctx, c.ID); err != nil {
		return nil, err
	}
	return s.view(c), nil
}
