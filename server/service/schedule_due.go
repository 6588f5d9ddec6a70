package service

import (
	"context"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

const (
	// ScheduledLease is for how long one process has a scheduled start. It covers a try to send it; another
	// process that takes over too early finds what is stored and does nothing twice.
	ScheduledLease = 30 * time.Second
	// scheduledPoll is after how long it is looked again what became of a message that waits in the outbox.
	scheduledPoll = 2 * time.Second
)

// SendScheduled carries out a scheduled start that is due, and of which the caller has the lease. Everything is
// judged anew. A refusal ends it as failed; an error leaves it to the next try, because then nothing has left.
func (s *Service) SendScheduled(ctx context.Context, scheduled *domain.Scheduled) error {
	_, err := s.sendScheduled(ctx, scheduled)
	return err
}

// sendScheduled returns the refusal with which a scheduled start ended.
func (s *Service) sendScheduled(ctx context.Context, scheduled *domain.Scheduled) (refusal *domain.Refusal, err error) {
	if scheduled.MessageID == "" {
		_, err := s.Start(ctx, scheduled.Start())
		var refused bool
		if refusal, refused = domain.AsRefusal(err); err != nil && !refused {
			return nil, err
		}
		if refused && refusal.Code == domain.CodeInProgress { // another process has it, or it was cancelled
			return refusal, nil
		}
		now, err := s.Store.Scheduled(ctx, scheduled.ID) // with the message, if one was stored
		if err != nil {
			return nil, err
		}
		if refused && now.MessageID == "" {
			return refusal, s.failScheduled(ctx, now, refusal)
		}
		scheduled = now // what became of the message decides: the refusal may be that another process has just started it
	}
	message, err := s.Store.Message(ctx, scheduled.MessageID)
	switch {
	case errors.Is(err, domain.ErrNotFound):
		return nil, nil // it is another process's by now, or ended
	case err != nil:
		return nil, err
	case message.Status == domain.Pending:
		return nil, s.Store.ScheduledLater(ctx, scheduled.ID, scheduledPoll)
	}
	started, err := s.Outcome(ctx, scheduled.MessageID)
	if refusal, refused := domain.AsRefusal(err); refused {
		return refusal, s.failScheduled(ctx, scheduled, refusal)
	} else if err != nil {
		return nil, err
	}
	scheduled.Status, scheduled.ConversationID = domain.ScheduledSent, started.Conversation.ID
	return nil, s.endScheduled(ctx, scheduled, s.Clock.Now())
}

func (s *Service) failScheduled(ctx context.Context, scheduled *domain.Scheduled, refusal *domain.Refusal) error {
	scheduled.Fail(refusal)
	scheduled.ConversationID = refusal.ConversationID
	return s.endScheduled(ctx, scheduled, max(s.Clock.Now(), scheduled.SendAt))
}

func (s *Service) endScheduled(ctx context.Context, scheduled *domain.Scheduled, at int64) error {
	if err := s.Store.EndScheduled(ctx, scheduled, at); err != nil {
		return err
	}
	s.changed(scheduled.OwnerID)
	return nil
}

// ScheduledToStart returns what failed to its owner, with what was asked for, so that they can start it by hand
// and change it before. Nobody is shown the document on this way.
func (s *Service) ScheduledToStart(ctx context.Context, actorID, id string) (*domain.Scheduled, error) {
	scheduled, err := s.Store.FailedScheduled(ctx, id)
	if errors.Is(err, domain.ErrNotFound) || err == nil && scheduled.OwnerID != actorID {
		return nil, domain.ErrNotFound
	}
	return scheduled, err
}

// StartScheduled starts by hand what failed, for its owner, and returns it as it is then.
func (s *Service) StartScheduled(ctx context.Context, actorID, id string) (*domain.Scheduled, error) {
	scheduled, err := s.Scheduled(ctx, actorID, id)
	if err != nil {
		return nil, err
	}
	if scheduled.OwnerID != actorID {
		return nil, domain.Refuse(domain.CodeForbidden, domain.T("scheduled.owner_only"))
	}
	scheduled, err = s.Store.RestartScheduled(ctx, id, s.Clock.Now(), ScheduledLease)
	if errors.Is(err, domain.ErrNotFound) {
		return nil, domain.Refuse(domain.CodeAlreadySent, domain.T("scheduled.not_failed"))
	} else if err != nil {
		return nil, err
	}
	refusal, err := s.sendScheduled(ctx, scheduled)
	if err != nil {
		return nil, err
	}
	if refusal != nil {
		return nil, refusal
	}
	return s.Store.Scheduled(ctx, id)
}
