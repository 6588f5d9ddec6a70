package service

import (
	"context"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// ClosingReasons returns a page of a queue's closing reasons to one of its agents, and how many there are.
func (s *Service) ClosingReasons(ctx context.Context, actorID, queueID string, retired bool, page, perPage int) ([]*domain.ClosingReason, int, error) {
	queue, err := s.queueToRead(ctx, actorID, queueID)
	if err != nil {
		return nil, 0, err
	}
	return s.Store.ClosingReasons(ctx, queue.ID, retired, page, perPage)
}

// ClosingOptions returns what somebody can choose from to close a conversation.
func (s *Service) ClosingOptions(ctx context.Context, actorID, id string) (*domain.ClosingOptions, error) {
	conv, _, err := s.conversationToAct(ctx, actorID, id)
	if err != nil {
		return nil, err
	}
	if conv.ClosedAt != 0 {
		return nil, domain.Refuse(domain.CodeConversationClosed, domain.T("refusal.closed"))
	}
	return s.Store.ClosingOptions(ctx, conv.QueueID)
}

// CreateClosingReason adds a reason to a queue's list; a negative position means its end.
func (s *Service) CreateClosingReason(ctx context.Context, actorID string, reason *domain.ClosingReason) error {
	if err := s.superviseQueue(ctx, actorID, reason.QueueID); err != nil {
		return err
	}
	if err := checkReason(reason); err != nil {
		return err
	}
	return reasonConflict(s.Store.CreateClosingReason(ctx, reason, actorID, s.Clock.Now()))
}

// ClosingReasonToEdit returns a reason to somebody who may change it.
func (s *Service) ClosingReasonToEdit(ctx context.Context, actorID, id string) (*domain.ClosingReason, error) {
	reason, err := s.Store.ClosingReason(ctx, id)
	if err != nil {
		return nil, err
	}
	return reason, s.superviseQueue(ctx, actorID, reason.QueueID)
}

// UpdateClosingReason changes the named fields of a reason that ClosingReasonToEdit returned.
// Conversations that were closed with it keep what it said then.
func (s *Service) UpdateClosingReason(ctx context.Context, actorID string, reason *domain.ClosingReason, fields ...string) (*domain.ClosingReason, error) {
	if err := s.superviseQueue(ctx, actorID, reason.QueueID); err != nil {
		return nil, err
	}
	if err := checkReason(reason); err != nil {
		return nil, err
	}
	if err := reasonConflict(s.Store.UpdateClosingReason(ctx, reason, actorID, s.Clock.Now(), fields...)); err != nil {
		return nil, err
	}
	return s.Store.ClosingReason(ctx, reason.ID) // with what another supervisor may have changed meanwhile
}

// ImportClosingReasons adds the labels of a pasted list, one a line, that the queue does not have
// yet, and returns how many it added.
func (s *Service) ImportClosingReasons(ctx context.Context, actorID, queueID, list string) (added int, err error) {
	if err := s.superviseQueue(ctx, actorID, queueID); err != nil {
		return 0, err
	}
	labels := domain.ClosingLabels(list)
	if len(labels) == 0 {
		return 0, domain.RefuseField("text", domain.T("closing.required"))
	}
	for _, label := range labels {
		if wrong, bad := (&domain.ClosingReason{Label: label}).Check()["label"]; bad {
			return 0, domain.RefuseField("text", domain.T("closing.line", "Line", label, "Problem", wrong))
		}
	}
	added, err = s.Store.ImportClosingReasons(ctx, queueID, labels, actorID, s.Clock.Now())
	if errors.Is(err, domain.ErrTooMany) {
		return 0, domain.RefuseField("text", domain.T("closing.too_many", "Max", domain.MaxClosingReasons))
	}
	return added, reasonConflict(err)
}

func checkReason(reason *domain.ClosingReason) error {
	if wrong := reason.Check(); len(wrong) > 0 {
		return &domain.Refusal{Code: domain.CodeInvalidField, Text: domain.T("refusal.check_fields"), Fields: wrong}
	}
	return nil
}

// reasonConflict turns an error of the store into what the supervisor has to change.
func reasonConflict(err error) error {
	switch {
	case errors.Is(err, domain.ErrConflict):
		return domain.RefuseField("label", domain.T("closing.same_label"))
	case errors.Is(err, domain.ErrTooMany):
		return domain.RefuseField("label", domain.T("closing.too_many", "Max", domain.MaxClosingReasons))
	}
	return err
}

// queueToRead returns a queue to its agents, its supervisors and system admins, and a refusal to others.
func (s *Service) queueToRead(ctx context.Context, actorID, queueID string) (*domain.Queue, error) {
	queue, err := s.Store.Queue(ctx, queueID)
	if errors.Is(err, domain.ErrNotFound) {
		return nil, domain.RefuseField("queue_id", domain.T("refusal.unknown_queue"))
	} else if err != nil {
		return nil, err
	}
	member, err := s.People.InQueue(ctx, actorID, queue)
	if err == nil && !member {
		member, err = s.People.Supervises(ctx, actorID, queue)
	}
	if err == nil && !member {
		err = domain.Refuse(domain.CodeForbidden, domain.T("refusal.not_in_queue", "Queue", queue.Name))
	}
	return queue, err
}

// superviseQueue returns a refusal to somebody who does not supervise the queue.
func (s *Service) superviseQueue(ctx context.Context, actorID, queueID string) error {
	queue, err := s.Store.Queue(ctx, queueID)
	if errors.Is(err, domain.ErrNotFound) {
		return domain.RefuseField("queue_id", domain.T("refusal.unknown_queue"))
	} else if err != nil {
		return err
	}
	supervises, err := s.People.Supervises(ctx, actorID, queue)
	if err == nil && !supervises {
		err = domain.Refuse(domain.CodeForbidden, domain.T("closing.supervisors_only", "Queue", queue.Name))
	}
	return err
}
