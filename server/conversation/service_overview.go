package conversation

import (
	"context"
)

// Overview is what a list of conversations shows above its rows.
type Overview struct {
	Counts
	Queues []*Queue // whose conversations the actor sees as an agent; a system admin: all
	Now    int64    // the clock by which windows end, milliseconds since epoch
}

// Overview counts the conversations the actor may see.
func (s *Service) Overview(ctx context.Context, actorID string, f Filter) (*Overview, error) {
	queues, all, err := s.sees(ctx, actorID)
	if err != nil {
		return nil, err
	}
	filter := s.listFilter(f)
	counts, err := s.Store.CountConversations(ctx, actorID, idsOf(queues), all, filter)
	if err != nil {
		return nil, err
	}
	return &Overview{Counts: counts, Queues: queues, Now: filter.Now}, nil
}

// Revealed is a contact's data in full.
type Revealed struct {
	ContactID string
	Phone     string // E.164; "" where there is only a BSUID
	CPF       string // CPF or CNPJ, digits and letters only; "" = none
}

// revealLookback is how many of a contact's conversations are looked through for one in which the actor may act.
const revealLookback = 50

// Reveal shows a contact's number and document to somebody who may act in a
// conversation of theirs. It is audited first.
func (s *Service) Reveal(ctx context.Context, actorID, contactID string) (*Revealed, error) {
	found, _, err := s.List(ctx, actorID, Filter{ContactID: contactID, PerPage: revealLookback})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, Refuse(CodeNotFound, T("refusal.not_found"))
	}
	if err := s.mayActInOneOf(ctx, actorID, found); err != nil {
		return nil, err
	}
	if err := s.Store.InTx(ctx, func(tx Tx) error { return tx.Audit(actorID, "contact_revealed", contactID, nil) }); err != nil {
		return nil, err
	}
	contact := found[0].Contact
	out := &Revealed{ContactID: contactID, Phone: contact.Phone}
	out.CPF, err = s.Store.Document(&contact)
	return out, err
}

// mayActInOneOf refuses who may act in none of some conversations, with the reason of the first.
func (s *Service) mayActInOneOf(ctx context.Context, actorID string, of []*View) (refusal error) {
	for _, view := range of {
		queue, err := s.queueOf(ctx, view.Conversation)
		if err != nil {
			return err
		}
		err = s.mayAct(ctx, actorID, view.Conversation, queue)
		if err == nil {
			return nil
		}
		if _, no := AsRefusal(err); !no {
			return err
		}
		if refusal == nil {
			refusal = err
		}
	}
	return refusal
}

// sees answers the queues whose conversations the actor sees, and whether they see everything.
func (s *Service) sees(ctx context.Context, actorID string) (queues []*Queue, all bool, err error) {
	if all, err = s.People.SystemAdmin(ctx, actorID); err != nil {
		return nil, false, err
	}
	if all {
		queues, err = s.Store.Queues(ctx)
	} else {
		queues, err = s.QueuesOf(ctx, actorID)
	}
	return queues, all, err
}

func idsOf(queues []*Queue) []string {
	ids := make([]string, len(queues))
	for i, q := range queues {
		ids[i] = q.ID
	}
	return ids
}
