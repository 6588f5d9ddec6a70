package dialog

import (
	"context"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// offer is what a user can choose from.
type offer struct {
	queues    []*domain.Queue // those with an account in use
	templates []*domain.Template
	accounts  map[string]*domain.Account // in use, by id
}

// startOffer finds the queues and templates with which the user may start, or returns a refusal that says what to do about it.
func (d *Dialogs) startOffer(ctx context.Context, userID string) (*offer, error) {
	queues, err := d.Service.QueuesOf(ctx, userID)
	if err != nil {
		return nil, err
	}
	if len(queues) == 0 {
		return nil, domain.Refuse(domain.CodeForbidden, domain.T("dialog.no_queue"))
	}
	o := &offer{accounts: map[string]*domain.Account{}}
	for _, q := range queues {
		account, err := d.Store.Account(ctx, q.AccountID)
		if errors.Is(err, domain.ErrNotFound) || err == nil && !account.Enabled {
			continue
		} else if err != nil {
			return nil, err
		}
		o.queues = append(o.queues, q)
		o.accounts[account.ID] = account
	}
	if len(o.queues) == 0 {
		return nil, domain.Refuse(domain.CodeUnavailable, domain.T("dialog.no_account"))
	}
	return o, d.complete(ctx, o)
}

// templateOffer finds what may be sent in a conversation. The forms show prices and what the plan has left, so only a user who
// may send gets one.
func (d *Dialogs) templateOffer(ctx context.Context, userID, conversationID string) (*offer, error) {
	if err := d.Service.MayAct(ctx, userID, conversationID); err != nil {
		return nil, err
	}
	view, err := d.Service.View(ctx, userID, conversationID)
	if err != nil {
		return nil, err
	}
	if view.ClosedAt != 0 {
		return nil, domain.Refuse(domain.CodeConversationClosed, domain.T("dialog.closed"))
	}
	queue, err := d.Store.Queue(ctx, view.QueueID)
	if err != nil {
		return nil, err
	}
	account, err := d.Store.Account(ctx, view.AccountID)
	if err != nil {
		return nil, err
	}
	if !account.Enabled {
		return nil, domain.Refuse(domain.CodeUnavailable, domain.T("dialog.no_account"))
	}
	q := *queue
	q.AccountID = account.ID // a conversation stays on its number when its queue moves to another one
	o := &offer{queues: []*domain.Queue{&q}, accounts: map[string]*domain.Account{account.ID: account}}
	return o, d.complete(ctx, o)
}

// complete adds the templates, and returns a refusal where nothing could be sent.
func (d *Dialogs) complete(ctx context.Context, o *offer) error {
	for id := range o.accounts {
		templates, err := d.Store.TemplatesOf(ctx, id)
		if err != nil {
			return err
		}
		for _, t := range templates {
			if o.sends(t) {
				o.templates = append(o.templates, t)
			}
		}
	}
	names := queueNames(o.queues)
	if len(o.templates) == 0 {
		return domain.Refuse(domain.CodeTemplateNotAllowed, domain.T("dialog.no_template", "Queues", names))
	}
	for _, q := range o.queues {
		_, _, err := d.Store.Budget(ctx, q.ID, domain.MonthStart(d.Clock.Now()))
		if err == nil {
			return nil
		}
		if !errors.Is(err, domain.ErrNotFound) {
			return err
		}
	}
	return domain.Refuse(domain.CodeNoPlan, domain.T("dialog.no_plan", "Queues", names))
}

// sends reports whether some queue of the offer can send the template.
func (o *offer) sends(t *domain.Template) bool {
	return slices.ContainsFunc(o.queues, func(q *domain.Queue) bool {
		allowed, why := whatsapp.Offer(t, q.ID)
		return q.AccountID == t.AccountID && allowed && why.Key == ""
	})
}

func (o *offer) queue(id string) *domain.Queue {
	for _, q := range o.queues {
		if q.ID == id {
			return q
		}
	}
	return nil
}

func (o *offer) template(id string) *domain.Template {
	for _, t := range o.templates {
		if t.ID == id {
			return t
		}
	}
	return nil
}

func queueNames(queues []*domain.Queue) string {
	names := make([]string, len(queues))
	for i, q := range queues {
		names[i] = q.Name
	}
	return strings.Join(names, ", ")
}
