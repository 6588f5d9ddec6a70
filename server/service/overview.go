package service

import (
	"context"
	"unicode/utf8"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// Overview counts the conversations the actor may see.
func (s *Service) Overview(ctx context.Context, actorID string, f domain.Filter) (*domain.Overview, error) {
	queues, all, err := s.visibleQueues(ctx, actorID)
	if err != nil {
		return nil, err
	}
	filter, err := s.listFilterOf(ctx, f, queues, all)
	if err != nil {
		return nil, err
	}
	counts, err := s.Store.CountConversations(ctx, actorID, idsOf(queues), all, filter)
	if err != nil {
		return nil, err
	}
	supervised := queues
	if !all {
		if supervised, err = s.People.SupervisedQueues(ctx, actorID); err != nil {
			return nil, err
		}
	}
	return &domain.Overview{Counts: counts, Queues: queues, Supervised: idsOf(supervised), Supervises: all || len(supervised) > 0, Now: filter.Now}, nil
}

const (
	// maxCustomers is how many customers a search finds.
	maxCustomers = 20
	// minSearch is how long a search for customers must be, in characters: less would find everybody.
	minSearch = 2
)

// Customers returns the customers whose name, number or document matches a query, of those with a
// conversation that the actor may see.
func (s *Service) Customers(ctx context.Context, actorID, query string) ([]*domain.KnownCustomer, error) {
	queues, all, err := s.visibleQueues(ctx, actorID)
	if err != nil {
		return nil, err
	}
	filter := s.listFilter(domain.Filter{Query: query}, nil)
	if utf8.RuneCountInString(filter.Query) < minSearch {
		return nil, nil
	}
	return s.Store.FindCustomers(ctx, actorID, idsOf(queues), all, filter.Query, filter.Document, maxCustomers)
}

// revealLookback is how many of a contact's conversations are looked through for one in which the actor may act.
const revealLookback = 50

// Reveal returns a contact's number and document in full if the actor may act in one of the
// contact's conversations. It is audited before anything is returned.
func (s *Service) Reveal(ctx context.Context, actorID, contactID string) (*domain.Revealed, error) {
	found, _, err := s.List(ctx, actorID, domain.Filter{ContactID: contactID, PerPage: revealLookback})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, domain.Refuse(domain.CodeNotFound, domain.T("refusal.not_found"))
	}
	if err := s.mayActInOneOf(ctx, actorID, found); err != nil {
		return nil, err
	}
	if err := s.Store.InTx(ctx, func(tx domain.Tx) error { return tx.Audit(actorID, "contact_revealed", contactID, nil) }); err != nil {
		return nil, err
	}
	contact := found[0].Contact
	out := &domain.Revealed{ContactID: contactID, Phone: contact.Phone}
	out.CPF, err = s.Store.Document(&contact)
	return out, err
}

// mayActInOneOf returns a refusal if the actor may act in none of the conversations; it is the one for
// the first of them.
func (s *Service) mayActInOneOf(ctx context.Context, actorID string, of []*domain.View) (refusal error) {
	for _, view := range of {
		queue, err := s.queueOf(ctx, view.Conversation)
		if err != nil {
			return err
		}
		err = s.mayAct(ctx, actorID, view.Conversation, queue)
		if err == nil {
			return nil
		}
		if _, no := domain.AsRefusal(err); !no {
			return err
		}
		if refusal == nil {
			refusal = err
		}
	}
	return refusal
}

// visibleQueues returns the queues whose conversations the actor sees, and whether they see everything.
func (s *Service) visibleQueues(ctx context.Context, actorID string) (queues []*domain.Queue, all bool, err error) {
	return s.allOr(ctx, actorID, s.People.QueuesOf)
}

// SupervisedQueues returns the queues that the actor supervises; to a system admin all.
func (s *Service) SupervisedQueues(ctx context.Context, actorID string) ([]*domain.Queue, error) {
	queues, _, err := s.supervisedQueues(ctx, actorID)
	return queues, err
}

// supervisedQueues returns the queues that the actor supervises, and whether they are all.
func (s *Service) supervisedQueues(ctx context.Context, actorID string) (queues []*domain.Queue, all bool, err error) {
	return s.allOr(ctx, actorID, s.People.SupervisedQueues)
}

// allOr returns all queues to a system admin, and what of returns to anybody else.
func (s *Service) allOr(ctx context.Context, actorID string, of func(ctx context.Context, userID string) ([]*domain.Queue, error)) (queues []*domain.Queue, all bool, err error) {
	if all, err = s.People.SystemAdmin(ctx, actorID); err != nil {
		return nil, false, err
	}
	if all {
		queues, err = s.Store.Queues(ctx)
	} else {
		queues, err = of(ctx, actorID)
	}
	return queues, all, err
}

func idsOf(queues []*domain.Queue) []string {
	ids := make([]string, len(queues))
	for i, q := range queues {
		ids[i] = q.ID
	}
	return ids
}
