package service

import (
	"cmp"
	"context"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// Check returns everything that would be in the way of a start, and what the start would cost.
// Nothing is sent, stored or charged. An actor who may start nothing in the queue gets a refusal.
func (s *Service) Check(ctx context.Context, req domain.StartRequest) (*domain.StartCheck, error) {
	p, fields, err := s.readStart(ctx, &req)
	if refusal, ok := domain.AsRefusal(err); ok && refusal.Code != domain.CodeForbidden {
		return refusedCheck(&domain.StartCheck{}, refusal), nil
	} else if err != nil {
		return nil, err
	}
	check := &domain.StartCheck{Fields: fields}
	if p.template == nil {
		return check, nil
	}
	_, wrongPhone := fields["phone"]
	_, wrongTime := fields["send_at"]
	if wrongTime {
		req.SendAt = 0
	}
	err = s.checkRules(ctx, &req, p, check, !wrongPhone)
	if refusal, ok := domain.AsRefusal(err); ok {
		return refusedCheck(check, refusal), nil
	} else if err != nil {
		return nil, err
	}
	return check, nil
}

// checkRules returns the refusal of a start, and adds what it would cost to the check. Where it is for
// later, hours and cooldown are judged for that moment, and all else as it is now. person is false if it is
// not known yet for whom it is.
func (s *Service) checkRules(ctx context.Context, req *domain.StartRequest, p *startPlan, check *domain.StartCheck, person bool) error {
	now := s.Clock.Now()
	plan, spent, err := s.Store.Budget(ctx, p.queue.ID, domain.MonthStart(now))
	if err != nil && !errors.Is(err, domain.ErrNotFound) {
		return err
	}
	price, tooMuch := priceOf(plan, spent, p.queue, p.template, now)
	if plan != nil {
		check.Price, check.Currency = price, plan.Currency
	}
	if person {
		if err := s.checkPerson(ctx, req, p, check, cmp.Or(req.SendAt, now)); err != nil {
			return err
		}
	}
	return errorOf(tooMuch)
}

// refusedCheck adds a refusal to a check: its fields, or the whole refusal if it has none.
func refusedCheck(check *domain.StartCheck, refusal *domain.Refusal) *domain.StartCheck {
	if refusal.Code != domain.CodeInvalidField || len(refusal.Fields) == 0 {
		check.Refusal = refusal
		return check
	}
	if check.Fields == nil {
		check.Fields = map[string]domain.Text{}
	}
	for name, text := range refusal.Fields {
		check.Fields[name] = text
	}
	return check
}

// errChecked rolls back the transaction of a check in which nothing was refused.
var errChecked = errors.New("nothing is in the way")

// checkPerson returns the refusal of a start for the person behind the number; nil = nothing is in the way.
func (s *Service) checkPerson(ctx context.Context, req *domain.StartRequest, p *startPlan, check *domain.StartCheck, now int64) error {
	contact, err := s.Store.ContactOfPhone(ctx, p.account.ID, p.wanted.Phone)
	var existing *domain.Conversation
	switch {
	case errors.Is(err, domain.ErrNotFound):
		contact = &domain.Contact{Phone: p.wanted.Phone}
		consent, err := s.Store.ConsentOf(ctx, p.wanted.Phone)
		if err != nil {
			return err
		}
		contact.SetConsent(consent)
	case err != nil:
		return err
	default:
		existing, err = s.Store.OpenConversation(ctx, p.account.ID, contact.ID)
		if err != nil && !errors.Is(err, domain.ErrNotFound) {
			return err
		}
	}
	if existing != nil {
		refusal, err := s.refuseExisting(ctx, req, p, existing)
		if err != nil {
			return err
		}
		if refusal.ConversationID != "" {
			check.Existing = s.view(existing)
		}
		if !refusal.Agree || !req.Confirm {
			return refusal
		}
	}
	err = s.Store.InTx(ctx, func(tx domain.Tx) error { // rolled back in any case
		var err error
		if existing != nil {
			err = s.checkTemplate(ctx, tx, &existing.Contact, existing, &p.templateUse, now)
		} else {
			err = s.checkStart(ctx, tx, contact, &p.templateUse, now)
		}
		if err != nil {
			return err
		}
		return errChecked
	})
	if errors.Is(err, errChecked) {
		return nil
	}
	return err
}
