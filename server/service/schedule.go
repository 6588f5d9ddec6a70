package service

import (
	"context"
	"maps"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// Schedule puts a start off to the moment req.SendAt. Nothing is sent or charged, and no contact is made.
// A start that would be refused is refused at once: hours and cooldown are judged for the moment when it
// is due, all else as it is now. When it is due, everything is judged once more; see SendScheduled.
func (s *Service) Schedule(ctx context.Context, req domain.StartRequest) (*domain.Scheduled, error) {
	p, err := s.prepareStart(ctx, &req)
	if err != nil {
		return nil, err
	}
	if err := s.checkRules(ctx, &req, p, &domain.StartCheck{}, true); err != nil {
		s.noteBudget(ctx, p.queue.ID, err)
		return nil, err
	}
	scheduled := &domain.Scheduled{
		ID: s.NewID(), OwnerID: req.ActorID, QueueID: p.queue.ID, AccountID: p.account.ID, TemplateID: p.template.ID, TemplateName: p.template.Name, TemplateLanguage: p.template.Language,
		Name: p.wanted.Name, Phone: p.wanted.Phone, CPFMasked: p.wanted.Document.Masked(), SendAt: req.SendAt, Status: domain.ScheduledWaiting, CreatedAt: s.Clock.Now(),
		Asked: domain.ScheduledAsked{Variables: p.composed.Values, CPF: string(p.wanted.Document), Consent: req.Consent, Confirm: req.Confirm, Reason: p.reason},
	}
	err = s.Store.InTx(ctx, func(tx domain.Tx) error {
		if again, err := s.scheduledAlready(tx, &req, p, scheduled); again != nil || err != nil {
			scheduled = again
			return err
		}
		if err := tx.InsertScheduled(scheduled); err != nil {
			return err
		}
		if err := linkRequest(tx, req.Request, "", scheduled.ID); err != nil {
			return err
		}
		return tx.Audit(req.ActorID, "template_scheduled", scheduled.ID, map[string]string{"template": p.template.ID})
	})
	if err != nil {
		return nil, err
	}
	s.changed(req.ActorID)
	return scheduled, nil
}

// scheduledAlready returns what a form has scheduled before, if it is submitted twice, perhaps after a time-out; nil =
// nothing. If it asks for something else by now it is refused: the person would get both.
func (s *Service) scheduledAlready(tx domain.Tx, req *domain.StartRequest, p *startPlan, wanted *domain.Scheduled) (*domain.Scheduled, error) {
	if req.Since == 0 {
		return nil, nil
	}
	before, err := tx.ScheduledSince(wanted.OwnerID, wanted.Phone, req.Since)
	if errors.Is(err, domain.ErrNotFound) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	if before.TemplateID != wanted.TemplateID || before.SendAt != wanted.SendAt || !maps.Equal(before.Asked.Variables, wanted.Asked.Variables) {
		return nil, domain.Refuse(domain.CodeInProgress, domain.T("scheduled.already", "At", before.SendAt, "Template", before.TemplateName).In(p.queue.TimeZone))
	}
	return before, nil
}

// changed tells somebody's web clients that what they list may have changed.
func (s *Service) changed(userID string) {
	if s.Changed != nil {
		s.Changed(userID)
	}
}

// checkSendAt returns what is wrong with the moment to which a start is put off; without a key nothing is.
func (s *Service) checkSendAt(at int64) domain.Text {
	if at == 0 {
		return domain.Text{}
	}
	ahead := at - s.Clock.Now()
	if ahead < domain.MinScheduleAhead.Milliseconds() || ahead > domain.MaxScheduleAhead.Milliseconds() {
		return domain.T("refusal.send_at", "Days", int(domain.MaxScheduleAhead.Hours())/24)
	}
	return domain.Text{}
}

// Scheduled returns a scheduled start to its owner, the queue's supervisors and system admins.
func (s *Service) Scheduled(ctx context.Context, actorID, id string) (*domain.Scheduled, error) {
	scheduled, err := s.Store.Scheduled(ctx, id)
	notFound := domain.Refuse(domain.CodeNotFound, domain.T("scheduled.not_found"))
	if errors.Is(err, domain.ErrNotFound) {
		return nil, notFound
	} else if err != nil || scheduled.OwnerID == actorID && actorID != "" {
		return scheduled, err
	}
	queue, err := s.Store.Queue(ctx, scheduled.QueueID)
	if err != nil && !errors.Is(err, domain.ErrNotFound) {
		return nil, err
	}
	if may, err := s.People.Supervises(ctx, actorID, queue); err != nil || may {
		return scheduled, err
	}
	return nil, notFound
}

// ListScheduled returns a page of the scheduled starts that the actor may see, and how many there are. What is to go to one
// person is shown to all who may see that person's conversations in the queue.
func (s *Service) ListScheduled(ctx context.Context, actorID string, f domain.ScheduledFilter) ([]*domain.Scheduled, int, error) {
	f.ReaderID = actorID
	if !f.Mine {
		of := s.supervisedQueues
		if f.ContactID != "" {
			of = s.visibleQueues
		}
		queues, all, err := of(ctx, actorID)
		if err != nil {
			return nil, 0, err
		}
		f.All, f.QueueIDs = all, idsOf(queues)
	}
	return s.Store.ListScheduled(ctx, f)
}

// CancelScheduled cancels a scheduled start, for whoever may see it; one that failed is then in no list of what is to be
// done. One that left cannot be cancelled.
func (s *Service) CancelScheduled(ctx context.Context, actorID, id string) (*domain.Scheduled, error) {
	if _, err := s.Scheduled(ctx, actorID, id); err != nil {
		return nil, err
	}
	scheduled, err := s.Store.CancelScheduled(ctx, id, actorID, s.Clock.Now())
	if err != nil {
		return nil, err
	}
	if scheduled.Left() {
		return nil, domain.Refuse(domain.CodeAlreadySent, domain.T("scheduled.already_sent"))
	}
	s.changed(scheduled.OwnerID)
	return scheduled, nil
}

// linkScheduled ties a scheduled start to what is stored for it, in the same transaction: it leaves once,
// whatever is killed, and not at all if somebody has cancelled it meanwhile.
func linkScheduled(tx domain.Tx, scheduled, conversationID, messageID string) error {
	if scheduled == "" {
		return nil
	}
	return unlessOvertaken(tx.LinkScheduled(scheduled, conversationID, messageID))
}

// moment is when a template counts as sent: now, and for a scheduled one not before it was due. That it is due was
// decided by the database's clock, and this process's may be behind.
func (s *Service) moment(use *templateUse) int64 { return max(s.Clock.Now(), use.due) }
