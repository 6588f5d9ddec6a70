package service

import (
	"cmp"
	"context"
	"slices"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// StartOptions returns the queues in which the actor may start, and what one of them can send:
// the first, if queueID is "".
func (s *Service) StartOptions(ctx context.Context, actorID, queueID string) (*domain.StartOptions, error) {
	queues, err := s.QueuesOf(ctx, actorID)
	if err != nil {
		return nil, err
	}
	queues = slices.SortedFunc(slices.Values(queues), func(a, b *domain.Queue) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	options := &domain.StartOptions{Queues: queues}
	at := 0
	if queueID != "" {
		at = slices.IndexFunc(queues, func(q *domain.Queue) bool { return q.ID == queueID })
	}
	switch {
	case at < 0:
		return nil, domain.RefuseField("queue_id", domain.T("dialog.unknown_queue"))
	case len(queues) == 0:
		return options, nil
	}
	queue := queues[at]
	options.QueueID = queue.ID
	return options, s.addTemplates(ctx, options, queue)
}

// addTemplates adds the templates that a queue is allowed to use, with what keeps each of them from
// being sent now, and what is left of its plan.
func (s *Service) addTemplates(ctx context.Context, options *domain.StartOptions, queue *domain.Queue) error {
	account, err := s.Store.Account(ctx, queue.AccountID)
	if errors.Is(err, domain.ErrNotFound) {
		return nil
	} else if err != nil {
		return err
	}
	templates, err := s.Store.TemplatesOf(ctx, account.ID)
	if err != nil {
		return err
	}
	now := s.Clock.Now()
	plan, spent, err := s.Store.Budget(ctx, queue.ID, domain.MonthStart(now))
	if err != nil && !errors.Is(err, domain.ErrNotFound) {
		return err
	}
	if plan != nil {
		options.Left, options.Currency = max(0, plan.MonthlyLimit-spent), plan.Currency
	}
	for _, template := range templates {
		allowed, why := whatsapp.Offer(template, queue.ID)
		if !allowed {
			continue
		}
		option := domain.TemplateOption{Template: template, Why: why}
		price, tooMuch := priceOf(plan, spent, queue, template, now)
		option.Price = price
		use := &templateUse{account: account, queue: queue, template: template}
		refusal := s.sendCheck(use, nil, nil).Refusal(now, queue.TimeZone)
		if refusal == nil {
			refusal = tooMuch
		}
		if option.Why.Key == "" && refusal != nil {
			option.Why = refusal.Text
		}
		options.Templates = append(options.Templates, option)
	}
	return nil
}
