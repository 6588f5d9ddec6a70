package service

import (
	"context"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// assignmentChange describes a change of who serves a conversation: the state line for its
// channel, and what the audit keeps.
type assignmentChange struct {
	line    domain.Text
	details map[string]string // for the audit
}

// applyAssignment applies a change of people under the conversation's lock: row, state line and
// audit are stored in one transaction. apply returns nil where nothing changes; then nothing
// is stored.
func (s *Service) applyAssignment(ctx context.Context, actorID, id, action string, apply func(tx domain.Tx, c *domain.Conversation) (*assignmentChange, error)) (conv *domain.Conversation, changed bool, err error) {
	err = s.Store.InTx(ctx, func(tx domain.Tx) error {
		changed = false
		if conv, err = tx.LockConversation(id); err != nil {
			return err
		}
		done, err := apply(tx, conv)
		if err != nil || done == nil {
			return err
		}
		changed = true
		conv.UpdatedAt = s.Clock.Now()
		if err := tx.UpdateConversation(conv); err != nil {
			return err
		}
		if done.line.Key != "" {
			if err := tx.AppendEvent(id, done.line); err != nil {
				return err
			}
		}
		return tx.Audit(actorID, action, id, done.details)
	})
	if err != nil {
		return nil, false, err
	}
	return conv, changed, nil
}

// assign makes somebody the attendant, and also the owner if the conversation has none.
func (s *Service) assign(c *domain.Conversation, userID string) map[string]string {
	details := map[string]string{"from": c.AttendantID, "to": userID}
	c.AttendantID, c.AttendedAt, c.QueuedFor, c.Absence = userID, s.Clock.Now(), "", domain.AbsenceNone
	if c.OwnerID == "" {
		c.OwnerID = userID
	}
	return details
}

// returnToQueue puts a conversation into a queue without an attendant, to be claimed.
func (s *Service) returnToQueue(c *domain.Conversation, queueID, why string) map[string]string {
	details := map[string]string{"from": c.AttendantID, "queue": queueID, "why": why}
	c.QueueID, c.AttendantID, c.AttendedAt, c.QueuedFor, c.Absence = queueID, "", s.Clock.Now(), why, domain.AbsenceNone
	return details
}

// viewIfChanged brings the channel up to date after a stored change, if there was one.
func (s *Service) viewIfChanged(ctx context.Context, c *domain.Conversation, changed bool) (*domain.View, error) {
	if !changed {
		return s.view(c), nil
	}
	return s.syncedView(ctx, c, domain.Text{})
}

// Claim makes the actor attendant of a conversation that waits in a queue, or whose attendant is absent while the
// customer waits, and owner if it has none. The first one wins.
func (s *Service) Claim(ctx context.Context, actorID, id string) (*domain.View, error) {
	conv, _, err := s.conversationToAct(ctx, actorID, id)
	if err != nil {
		return nil, err
	}
	if conv.Claimable() {
		if err := s.mayServe(ctx, actorID, conv.TeamID); err != nil {
			return nil, err
		}
	}
	conv, changed, err := s.applyAssignment(ctx, actorID, id, "claim", func(_ domain.Tx, c *domain.Conversation) (*assignmentChange, error) {
		switch {
		case c.ClosedAt != 0:
			return nil, domain.Refuse(domain.CodeConversationClosed, domain.T("refusal.closed"))
		case c.AttendantID == actorID:
			return nil, nil // a second click of the one who has it
		case !c.Claimable():
			return nil, domain.Refuse(domain.CodeAlreadyClaimed, domain.T("refusal.already_claimed", "Who", s.username(ctx, c.AttendantID)))
		}
		absent := c.AttendantID
		details := s.assign(c, actorID)
		line := domain.T("event.claimed", "Who", s.username(ctx, actorID), "Owner", s.username(ctx, c.OwnerID))
		if absent != "" {
			line = domain.T("event.stood_in", "Who", s.username(ctx, actorID), "From", s.username(ctx, absent), "Owner", s.username(ctx, c.OwnerID))
		}
		return &assignmentChange{line, details}, nil
	})
	if err != nil {
		return nil, err
	}
	return s.viewIfChanged(ctx, conv, changed)
}

// TransferToUser makes somebody else attendant; the owner stays.
func (s *Service) TransferToUser(ctx context.Context, actorID, id, userID string) (*domain.View, error) {
	conv, _, err := s.conversationToAct(ctx, actorID, id)
	if err != nil {
		return nil, err
	}
	if conv.ClosedAt != 0 {
		return nil, domain.Refuse(domain.CodeConversationClosed, domain.T("refusal.closed"))
	}
	if err := s.addServingMember(ctx, conv, userID); err != nil {
		return nil, err
	}
	conv, changed, err := s.applyAssignment(ctx, actorID, id, "transfer_user", func(_ domain.Tx, c *domain.Conversation) (*assignmentChange, error) {
		switch {
		case c.ClosedAt != 0:
			return nil, domain.Refuse(domain.CodeConversationClosed, domain.T("refusal.closed"))
		case c.AttendantID == userID:
			return nil, nil
		}
		details := s.assign(c, userID)
		return &assignmentChange{domain.T("event.transferred_user", "By", s.username(ctx, actorID), "Who", s.username(ctx, userID), "Owner", s.username(ctx, c.OwnerID)), details}, nil
	})
	if err != nil {
		return nil, err
	}
	return s.viewIfChanged(ctx, conv, changed)
}

// TransferToQueue moves the conversation to a queue, where it waits to be claimed. The owner stays.
func (s *Service) TransferToQueue(ctx context.Context, actorID, id, queueID string) (*domain.View, error) {
	if _, _, err := s.conversationToAct(ctx, actorID, id); err != nil {
		return nil, err
	}
	queue, err := s.Store.Queue(ctx, queueID)
	if errors.Is(err, domain.ErrNotFound) {
		return nil, domain.RefuseField("queue_id", domain.T("refusal.unknown_queue"))
	} else if err != nil {
		return nil, err
	}
	conv, changed, err := s.applyAssignment(ctx, actorID, id, "transfer_queue", func(tx domain.Tx, c *domain.Conversation) (*assignmentChange, error) {
		err := tx.LockQueue(queue.ID)
		switch {
		case errors.Is(err, domain.ErrNotFound):
			return nil, domain.RefuseField("queue_id", domain.T("refusal.unknown_queue"))
		case err != nil:
			return nil, err
		case c.ClosedAt != 0:
			return nil, domain.Refuse(domain.CodeConversationClosed, domain.T("refusal.closed"))
		case queue.TeamID != c.TeamID: // a channel cannot leave its team
			return nil, domain.RefuseField("queue_id", domain.T("refusal.queue_other_team", "Queue", queue.Name))
		case c.QueueID == queue.ID && c.AttendantID == "":
			return nil, nil // it waits there already
		}
		details := s.returnToQueue(c, queue.ID, domain.QueuedTransfer)
		return &assignmentChange{domain.T("event.transferred_queue", "By", s.username(ctx, actorID), "Queue", queue.Name, "Owner", s.username(ctx, c.OwnerID)), details}, nil
	})
	if err != nil {
		return nil, err
	}
	return s.viewIfChanged(ctx, conv, changed)
}

// SetOwner makes somebody else responsible for the conversation. Only a supervisor can do that.
func (s *Service) SetOwner(ctx context.Context, actorID, id, userID string) (*domain.View, error) {
	conv, queue, err := s.conversationToAct(ctx, actorID, id)
	if err != nil {
		return nil, err
	}
	supervises, err := s.People.Supervises(ctx, actorID, queue)
	if err != nil {
		return nil, err
	}
	if !supervises {
		return nil, domain.Refuse(domain.CodeForbidden, domain.T("refusal.owner_by_supervisors"))
	}
	if conv.ClosedAt != 0 {
		return nil, domain.Refuse(domain.CodeConversationClosed, domain.T("refusal.closed"))
	}
	if err := s.addServingMember(ctx, conv, userID); err != nil {
		return nil, err
	}
	seenIn := conv.QueueID
	conv, changed, err := s.applyAssignment(ctx, actorID, id, "owner", func(_ domain.Tx, c *domain.Conversation) (*assignmentChange, error) {
		switch {
		case c.ClosedAt != 0:
			return nil, domain.Refuse(domain.CodeConversationClosed, domain.T("refusal.closed"))
		case c.QueueID != seenIn: // it was moved meanwhile, perhaps to a queue that the actor does not supervise
			return nil, domain.Refuse(domain.CodeUnavailable, domain.T("refusal.changed_meanwhile"))
		case c.OwnerID == userID:
			return nil, nil
		}
		details := map[string]string{"from": c.OwnerID, "to": userID}
		line := domain.T("event.owner_changed", "By", s.username(ctx, actorID), "From", s.username(ctx, c.OwnerID), "Who", s.username(ctx, userID))
		c.OwnerID = userID
		return &assignmentChange{line, details}, nil
	})
	if err != nil {
		return nil, err
	}
	return s.viewIfChanged(ctx, conv, changed)
}
