package service

import (
	"context"
	"strings"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// QuickReplies returns a page of the actor's own quick replies and of those of their queues, and how many
// there are: of one queue if it is named, of a conversation's queue if that is named. A query selects those
// in which it occurs.
func (s *Service) QuickReplies(ctx context.Context, actorID string, f domain.QuickReplyFilter) ([]*domain.QuickReply, int, error) {
	var queueIDs []string
	switch {
	case f.Scope == domain.ScopePersonal:
	case f.Editable:
		queues, err := s.SupervisedQueues(ctx, actorID)
		if err != nil {
			return nil, 0, err
		}
		queueIDs = idsOf(queues)
	case f.ConversationID != "":
		conv, _, err := s.conversationToAct(ctx, actorID, f.ConversationID)
		if err != nil {
			return nil, 0, err
		}
		queueIDs = []string{conv.QueueID}
	case f.QueueID != "":
		if _, err := s.queueToRead(ctx, actorID, f.QueueID); err != nil {
			return nil, 0, err
		}
		queueIDs = []string{f.QueueID}
	default:
		queues, err := s.People.QueuesOf(ctx, actorID)
		if err != nil {
			return nil, 0, err
		}
		queueIDs = idsOf(queues)
	}
	owner := actorID
	if f.Scope == domain.ScopeQueue {
		owner = ""
	}
	return s.Store.QuickReplies(ctx, owner, queueIDs, strings.TrimSpace(f.Query), f.Page, f.PerPage)
}

// SuggestQuickReplies returns up to n quick replies whose shortcuts begin with a text: the actor's own and,
// in the channel of a conversation in which they may act, its queue's, elsewhere those of their queues.
func (s *Service) SuggestQuickReplies(ctx context.Context, actorID, channelID, prefix string, n int) ([]*domain.QuickReply, error) {
	conv, err := s.Store.ConversationByChannel(ctx, channelID)
	if err == nil {
		err = s.MayAct(ctx, actorID, conv.ID)
	}
	if _, refused := domain.AsRefusal(err); refused || errors.Is(err, domain.ErrNotFound) {
		queues, err := s.People.QueuesOf(ctx, actorID)
		if err != nil {
			return nil, err
		}
		return s.Store.SuggestQuickReplies(ctx, actorID, idsOf(queues), prefix, n)
	} else if err != nil {
		return nil, err
	}
	return s.Store.SuggestQuickReplies(ctx, actorID, []string{conv.QueueID}, prefix, n)
}

// CreateQuickReply stores a reply of the actor's own, or of a queue that they supervise.
func (s *Service) CreateQuickReply(ctx context.Context, actorID string, reply *domain.QuickReply) error {
	if err := s.mayKeep(ctx, actorID, reply); err != nil {
		return err
	}
	if err := s.checkQuickReply(ctx, reply); err != nil {
		return err
	}
	return replyConflict(s.Store.CreateQuickReply(ctx, reply, actorID, s.Clock.Now()))
}

// QuickReplyToEdit returns a reply to somebody who may change it. Nobody learns of another person's own.
func (s *Service) QuickReplyToEdit(ctx context.Context, actorID, id string) (*domain.QuickReply, error) {
	reply, err := s.Store.QuickReply(ctx, id)
	if err != nil {
		return nil, err
	}
	return reply, s.mayKeep(ctx, actorID, reply)
}

// UpdateQuickReply changes the named fields of a reply that QuickReplyToEdit returned, and returns it as it is then.
func (s *Service) UpdateQuickReply(ctx context.Context, actorID string, reply *domain.QuickReply, fields ...string) (*domain.QuickReply, error) {
	if err := s.mayKeep(ctx, actorID, reply); err != nil {
		return nil, err
	}
	if err := s.checkQuickReply(ctx, reply); err != nil {
		return nil, err
	}
	if err := replyConflict(s.Store.UpdateQuickReply(ctx, reply, actorID, s.Clock.Now(), fields...)); err != nil {
		return nil, err
	}
	return s.Store.QuickReply(ctx, reply.ID)
}

// DeleteQuickReply removes a reply, and returns it as it was.
func (s *Service) DeleteQuickReply(ctx context.Context, actorID, id string) (*domain.QuickReply, error) {
	reply, err := s.QuickReplyToEdit(ctx, actorID, id)
	if err != nil {
		return nil, err
	}
	return reply, s.Store.DeleteQuickReply(ctx, reply, actorID)
}

// ImportQuickReplies stores replies of the actor's own, or of one queue that they supervise, all or none:
// those whose shortcut is known are changed. It returns how many are new and how many were changed.
func (s *Service) ImportQuickReplies(ctx context.Context, actorID string, replies []*domain.QuickReply) (added, changed int, err error) {
	if err := s.mayKeep(ctx, actorID, replies[0]); err != nil {
		return 0, 0, err
	}
	seen := map[string]bool{}
	for i, reply := range replies {
		err := s.checkQuickReply(ctx, reply)
		if err == nil && seen[reply.Shortcut] {
			err = domain.RefuseField("shortcut", domain.T("reply.same_shortcut"))
		}
		if refusal, ok := domain.AsRefusal(err); ok && refusal.Code == domain.CodeInvalidField {
			for _, text := range refusal.Fields {
				return 0, 0, domain.RefuseField("csv", domain.T("reply.line", "Line", i+1, "Problem", text))
			}
		}
		if err != nil {
			return 0, 0, err
		}
		seen[reply.Shortcut] = true
	}
	added, changed, err = s.Store.ImportQuickReplies(ctx, replies, actorID, s.Clock.Now())
	if errors.Is(err, domain.ErrTooMany) {
		return 0, 0, domain.RefuseField("csv", domain.T("reply.too_many", "Max", domain.MaxQuickReplies))
	}
	return added, changed, err
}

// checkQuickReply returns a refusal if something of a reply is wrong, or its text may not go to a customer.
func (s *Service) checkQuickReply(ctx context.Context, reply *domain.QuickReply) error {
	wrong := reply.Check()
	if _, bad := wrong["text"]; !bad {
		why, err := s.CheckText(ctx, reply.Text)
		if err != nil {
			return err
		}
		if why.Key != "" {
			wrong["text"] = why
		}
	}
	if len(wrong) > 0 {
		return &domain.Refusal{Code: domain.CodeInvalidField, Text: domain.T("refusal.check_fields"), Fields: wrong}
	}
	return nil
}

// mayKeep returns an error if the actor may not change a reply.
func (s *Service) mayKeep(ctx context.Context, actorID string, reply *domain.QuickReply) error {
	if reply.QueueID != "" {
		return s.superviseQueue(ctx, actorID, reply.QueueID)
	}
	if reply.OwnerID != actorID {
		return domain.ErrNotFound
	}
	return nil
}

// replyConflict turns an error of the store into what has to be changed.
func replyConflict(err error) error {
	switch {
	case errors.Is(err, domain.ErrConflict):
		return domain.RefuseField("shortcut", domain.T("reply.same_shortcut"))
	case errors.Is(err, domain.ErrTooMany):
		return domain.RefuseField("shortcut", domain.T("reply.too_many", "Max", domain.MaxQuickReplies))
	}
	return err
}
