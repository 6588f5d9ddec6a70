package service

import (
	"context"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// ChangeAbsence stores that an attendant for whom a customer waits is absent, or is not any more. While it is offered
// the conversation has a card in its queue, and any agent of the queue may claim it; the owner stays.
// Nothing happens if somebody else serves the conversation by now.
func (s *Service) ChangeAbsence(ctx context.Context, change domain.AbsenceChange) error {
	conv, changed, err := s.applyAssignment(ctx, "", change.ID, "absence", func(_ domain.Tx, c *domain.Conversation) (*assignmentChange, error) {
		if c.ClosedAt != 0 || c.AbortedAt != 0 || c.AttendantID != change.AttendantID || c.AttendedAt != change.AttendedAt || c.Absence != change.From {
			return nil, nil
		}
		c.Absence = change.To
		done := &assignmentChange{details: map[string]string{"attendant": c.AttendantID, "status": change.Status, "absence": string(change.To)}}
		if change.To != domain.AbsenceOffered {
			return done, nil
		}
		done.line = domain.T("event.absent", "Who", s.username(ctx, c.AttendantID))
		if change.Status == domain.StatusDoNotDisturb {
			done.line = domain.T("event.undisturbed", "Who", s.username(ctx, c.AttendantID))
		}
		return done, nil
	})
	if err != nil || !changed {
		return err
	}
	return s.ChannelSync.SyncNow(ctx, conv.ID)
}
