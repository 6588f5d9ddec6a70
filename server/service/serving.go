package service

import (
	"context"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// Invited makes a person the attendant because a colleague added them to a conversation's channel.
// People who join by themselves only watch. Nothing happens in other channels and in closed
// conversations, and it may be called again for the same invitation.
func (s *Service) Invited(ctx context.Context, actorID, channelID, userID string) error {
	if actorID == "" || actorID == userID {
		return nil
	}
	conv, err := s.Store.ConversationByChannel(ctx, channelID)
	if errors.Is(err, domain.ErrNotFound) || err == nil && (conv.ClosedAt != 0 || conv.AttendantID == userID) {
		return nil
	} else if err != nil {
		return err
	}
	if err := s.mayServe(ctx, userID, conv.TeamID); err != nil {
		if _, refused := domain.AsRefusal(err); refused { // a bot, for one
			return nil
		}
		return err
	}
	conv, changed, err := s.applyAssignment(ctx, actorID, conv.ID, "invited", func(_ domain.Tx, c *domain.Conversation) (*assignmentChange, error) {
		if c.ClosedAt != 0 || c.AbortedAt != 0 || c.AttendantID == userID {
			return nil, nil
		}
		details := s.assign(c, userID)
		return &assignmentChange{domain.T("event.invited", "By", s.username(ctx, actorID), "Who", s.username(ctx, userID), "Owner", s.username(ctx, c.OwnerID)), details}, nil
	})
	if err != nil || !changed {
		return err
	}
	return s.ChannelSync.SyncNow(ctx, conv.ID)
}

// Unassign gives a conversation back to its queue because its attendant is gone. attendedAt is
// since when they were the attendant: somebody who took over meanwhile keeps it.
func (s *Service) Unassign(ctx context.Context, id, userID string, attendedAt int64, why string) error {
	conv, changed, err := s.applyAssignment(ctx, "", id, "vacate", func(_ domain.Tx, c *domain.Conversation) (*assignmentChange, error) {
		if c.ClosedAt != 0 || c.AbortedAt != 0 || c.AttendantID != userID || userID == "" || c.AttendedAt != attendedAt {
			return nil, nil
		}
		details := s.returnToQueue(c, c.QueueID, why)
		line := domain.T("event.left", "Who", s.username(ctx, userID), "Owner", s.username(ctx, c.OwnerID))
		if why == domain.QueuedDeactivated {
			line = domain.T("event.deactivated", "Who", s.username(ctx, userID), "Owner", s.username(ctx, c.OwnerID))
		}
		return &assignmentChange{line, details}, nil
	})
	if err != nil || !changed {
		return err
	}
	return s.ChannelSync.SyncNow(ctx, conv.ID)
}

// addServingMember adds somebody to the channel before they become owner or attendant: with an
// attendant who cannot read the channel the conversation would be lost.
func (s *Service) addServingMember(ctx context.Context, c *domain.Conversation, userID string) error {
	if err := s.mayServe(ctx, userID, c.TeamID); err != nil {
		return err
	}
	err := s.ChannelSync.AddMember(ctx, c, userID)
	if errors.Is(err, domain.ErrNotFound) {
		return domain.RefuseField("user_id", domain.T("refusal.user_not_in_team", "Who", s.username(ctx, userID)))
	}
	return err
}

// mayServe refuses, with the reason, a user who cannot serve a conversation of the team.
func (s *Service) mayServe(ctx context.Context, userID, teamID string) error {
	person, err := s.People.Person(ctx, userID, teamID)
	who := domain.Username(person.Username)
	switch {
	case errors.Is(err, domain.ErrNotFound):
		return domain.RefuseField("user_id", domain.T("refusal.unknown_user"))
	case err != nil:
		return err
	case person.Bot:
		return domain.RefuseField("user_id", domain.T("refusal.user_bot", "Who", who))
	case person.Deactivated:
		return domain.RefuseField("user_id", domain.T("refusal.user_deactivated", "Who", who))
	case person.Guest: // invited to write along, not to answer for a customer
		return domain.RefuseField("user_id", domain.T("refusal.user_guest", "Who", who))
	case !person.InTeam:
		return domain.RefuseField("user_id", domain.T("refusal.user_not_in_team", "Who", who))
	}
	return nil
}
