package conversation

import (
	"context"

	"github.com/pkg/errors"
)

// Request is what is known of a request with a key.
type Request struct {
	Token     string // of whoever may go on with it; "" = nobody may now
	MessageID string // what an earlier try stored, with Token; "" = nothing
	Conflict  bool   // the key came with something else before
	Status    int    // HTTP status of its answer; 0 = it is under way
	Answer    []byte
}

// began ties the request to what it stored, in the same transaction: a crash
// later sends nothing twice, and who lost the request to another try stores nothing.
func began(tx Tx, request, conversationID, messageID string) error {
	if request == "" {
		return nil
	}
	err := tx.Began(request, conversationID, messageID)
	if errors.Is(err, ErrNotFound) {
		return Refuse(CodeInProgress, Text{})
	}
	return err
}

// Outcome tells what came of a message that an earlier try of a request stored,
// as the try would have told it; words say what an error of Meta's means.
func (s *Service) Outcome(ctx context.Context, messageID string, words func(code int) Words) (*Started, error) {
	m, err := s.Store.Message(ctx, messageID)
	if err != nil {
		return nil, err
	}
	conv, err := s.Store.Conversation(ctx, m.ConversationID)
	if err != nil {
		return nil, err
	}
	switch m.Status {
	case Failed:
		return nil, s.refused(ctx, conv, Delivery{Status: m.Status, MetaCode: m.ReasonCode, Words: words(m.ReasonCode)})
	case NotSent:
		return nil, refusedByMeta(Delivery{Status: m.Status})
	}
	status := Unknown
	if m.Status.Reached() {
		status = Sent
	}
	_ = s.Mirror.Refresh(ctx, conv.ID) // else the mirror's own rounds bring the channel
	return &Started{Conversation: conv, Status: status}, nil
}
