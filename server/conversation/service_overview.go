package conversation

import (
	"context"

	"github.com/pkg/errors"
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

// Reveal shows a contact's number and document to somebody who may see a
// conversation of theirs, else CodeNotFound. It is audited first.
func (s *Service) Reveal(ctx context.Context, actorID, contactID string) (*Revealed, error) {
	found, _, err := s.List(ctx, actorID, Filter{ContactID: contactID, PerPage: 1})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, Refuse(CodeNotFound, T("refusal.not_found"))
	}
	if err := s.Store.InTx(ctx, func(tx Tx) error { return tx.Audit(actorID, "contact_revealed", contactID, nil) }); err != nil {
		return nil, err
	}
	contact := found[0].Contact
	out := &Revealed{ContactID: contactID, Phone: contact.Phone}
	if contact.CPFCipher != "" {
		if out.CPF, err = s.Sealer.Open(contact.CPFCipher); err != nil {
			return nil, errors.Wrap(err, "could not open the document")
		}
	}
	return out, nil
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
