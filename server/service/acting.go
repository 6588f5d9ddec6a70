package service

import (
	"context"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// acting reads a conversation and its queue for somebody who is to do something
// with it. Seeing is one right and acting another: who may not see it finds
// nothing, who sees it and may not act is told so. Every act of a person comes
// through here, or through speaking; docs/permissions.md says who may what.
func (s *Service) conversationToAct(ctx context.Context, actorID, id string) (*domain.Conversation, *domain.Queue, error) {
	conv, queue, err := s.conversationToSee(ctx, actorID, id)
	if err != nil {
		return nil, nil, err
	}
	return conv, queue, s.mayAct(ctx, actorID, conv, queue)
}

// MayAct refuses what somebody is not to do in a conversation; see acting.
func (s *Service) MayAct(ctx context.Context, actorID, id string) error {
	_, _, err := s.conversationToAct(ctx, actorID, id)
	return err
}

func (s *Service) mayAct(ctx context.Context, actorID string, c *domain.Conversation, queue *domain.Queue) error {
	standing, err := s.People.Membership(ctx, actorID, c, queue)
	switch {
	case err != nil:
		return err
	case standing.MayAct():
		return nil
	case standing.Guest:
		return domain.Refuse(domain.CodeForbidden, domain.T("refusal.guest"))
	}
	return domain.Refuse(domain.CodeForbidden, domain.T("refusal.outside"))
}

// speaking refuses who may not post in a conversation's channel: whoever
// speaks to the customer there is a member who may post.
func (s *Service) requireMaySpeak(ctx context.Context, userID string, c *domain.Conversation) error {
	may, err := s.People.MaySpeak(ctx, userID, c.ChannelID)
	if err == nil && !may {
		return domain.Refuse(domain.CodeForbidden, domain.T("refusal.outside_channel"))
	}
	return err
}
