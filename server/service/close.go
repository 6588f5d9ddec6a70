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

// Close ends the conversation; its channel stays readable. Why it was closed is stored in the same
// transaction, with the words that the reason has at that moment. A refusal names the fields that
// are wrong: reason_id, and fields.<name> for those of the reason.
func (s *Service) Close(ctx context.Context, actorID, id string, closing domain.Closing) (*domain.View, error) {
	if _, _, err := s.conversationToAct(ctx, actorID, id); err != nil {
		return nil, err
	}
	conv, err := s.change(ctx, actorID, id, "close", func(tx domain.Tx, c *domain.Conversation) error {
		if c.ClosedAt != 0 {
			return domain.Refuse(domain.CodeConversationClosed, domain.T("refusal.closed"))
		}
		options, err := tx.ClosingOptions(c.QueueID)
		if err != nil {
			return err
		}
		if err := applyClosing(c, options, closing); err != nil {
			return err
		}
		c.ClosedAt, c.ClosedBy, c.CloseReason = s.Clock.Now(), actorID, cleanReason(closing.Note)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s.syncedView(ctx, conv, domain.Text{})
}

// applyClosing puts the chosen reason and the values of its fields into a conversation.
func applyClosing(c *domain.Conversation, options *domain.ClosingOptions, closing domain.Closing) error {
	reason := options.Reason(closing.ReasonID)
	switch {
	case reason == nil && closing.ReasonID != "":
		return domain.RefuseField("reason_id", domain.T("closing.unknown_reason"))
	case reason == nil && options.Required:
		return domain.RefuseField("reason_id", domain.T("closing.reason_required"))
	case reason == nil:
		reason = &domain.ClosingReason{} // which has no fields
	}
	answers, wrong := reason.Answer(closing.Fields)
	if len(wrong) > 0 {
		fields := make(map[string]domain.Text, len(wrong))
		for name, text := range wrong {
			fields["fields."+name] = text
		}
		return &domain.Refusal{Code: domain.CodeInvalidField, Text: domain.T("refusal.check_fields"), Fields: fields}
	}
	c.ClosingReasonID, c.ClosingLabel, c.ClosingFields = reason.ID, reason.Label, answers
	return nil
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
		var details map[string]string
		if action == "close" && conv.ClosingReasonID != "" {
			details = map[string]string{"reason_id": conv.ClosingReasonID}
		}
		return tx.Audit(actorID, action, id, details)
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
