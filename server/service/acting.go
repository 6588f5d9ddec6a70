package service

import (
	"context"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// conversationToAct reads a conversation and its queue for somebody who wants to do something
// with it. Seeing and acting are different rights: somebody who may not see it gets "not
// found", and somebody who may see it but not act in it is told so. Everything that
// people do passes through here or through requireMaySpeak; docs/permissions.md has the rules.
func (s *Service) conversationToAct(ctx context.Context, actorID, id string) (*domain.Conversation, *domain.Queue, error) {
	conv, queue, err := s.conversationToSee(ctx, actorID, id)
	if err != nil {
		return nil, nil, err
	}
	return conv, queue, s.mayAct(ctx, actorID, conv, queue)
}

// MayAct returns a refusal if the actor may not act in a conversation; see conversationToAct.
func (s *Service) MayAct(ctx context.Context, actorID, id string) error {
	_, _, err := s.conversationToAct(ctx, actorID, id)
	return err
}

func (s *Service) mayAct(ctx context.Context, actorID string, c *domain.Conversation, queue *domain.Queue) error {
	membership, err := s.People.Membership(ctx, actorID, c, queue)
	switch {
	case err != nil:
		return err
	case membership.MayAct():
		return nil
	case membership.Guest:
		return domain.Refuse(domain.CodeForbidden, domain.T("refusal.guest"))
	}
	return domain.Refuse(domain.CodeForbidden, domain.T("refusal.outside"))
}

// requireMaySpeak returns a refusal if somebody may not post in a conversation's channel, because
// only members who may post there can write to the customer.
func (s *Service) requireMaySpeak(ctx context.Context, userID string, c *domain.Conversation) error {
	may, err := s.People.MaySpeak(ctx, userID, c.ChannelID)
	if err == nil && !may {
		return domain.Refuse(domain.CodeForbidden, domain.T("refusal.outside_channel"))
	}
	return err
}
