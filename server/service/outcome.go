package service

import (
	"context"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// linkRequest ties a request with an idempotency key to what it stored, in the same
// transaction: after a crash nothing is sent twice, and an attempt that lost the request to
// another one stores nothing.
func linkRequest(tx domain.Tx, request, conversationID, messageID string) error {
	if request == "" {
		return nil
	}
	return unlessOvertaken(tx.LinkRequest(request, conversationID, messageID))
}

// unlessOvertaken turns the error of a row that is not as this attempt left it into a refusal: another attempt has it by now.
func unlessOvertaken(err error) error {
	if errors.Is(err, domain.ErrNotFound) {
		return domain.Refuse(domain.CodeInProgress, domain.Text{})
	}
	return err
}

// Outcome returns the result of a message that an earlier attempt of a request stored, exactly as
// that attempt would have returned it.
func (s *Service) Outcome(ctx context.Context, messageID string) (*domain.Started, error) {
	m, err := s.Store.Message(ctx, messageID)
	if err != nil {
		return nil, err
	}
	conv, err := s.Store.Conversation(ctx, m.ConversationID)
	if err != nil {
		return nil, err
	}
	switch m.Status {
	case domain.Failed:
		return nil, s.refusedDelivery(ctx, conv, domain.Delivery{Status: m.Status, MetaCode: m.ReasonCode, Words: s.Words(m.ReasonCode)})
	case domain.NotSent:
		return nil, s.stopped(ctx, conv, m)
	}
	status := domain.Unknown
	if m.Status.Reached() || m.IsHeld() {
		status = domain.Sent
	}
	_ = s.ChannelSync.SyncNow(ctx, conv.ID) // if it fails, channelsync's own runs make the channel
	return &domain.Started{Conversation: conv, Status: status}, nil
}

// stopped returns the refusal for a template that one of our own rules stopped while it waited: the rule's, as
// it would refuse the template now.
func (s *Service) stopped(ctx context.Context, conv *domain.Conversation, m *domain.Message) error {
	if _, known := domain.TextsOf(m.ReasonCode); !known {
		return refusedByMeta(domain.Delivery{Status: m.Status})
	}
	queue, err := s.queueOf(ctx, conv)
	if err != nil {
		return err
	}
	if queue == nil {
		return queueGone()
	}
	account, err := s.Store.Account(ctx, conv.AccountID)
	if err != nil {
		return err
	}
	template, err := s.Store.Template(ctx, m.TemplateID)
	if errors.Is(err, domain.ErrNotFound) {
		template = &domain.Template{}
	} else if err != nil {
		return err
	}
	use := &templateUse{account: account, queue: queue, template: template, overHours: m.OverHours}
	return s.sendCheck(use, &conv.Contact, conv).RefusalFor(m.ReasonCode, s.Clock.Now(), queue.TimeZone)
}
