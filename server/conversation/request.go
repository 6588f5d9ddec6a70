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

// repeatAfter is when the same person may send the same template with the same
// values again where nothing else keeps them from it, milliseconds.
const repeatAfter = 60_000

// repeated refuses what is one confirmation submitted twice: the template that
// the actor sent in the conversation a moment ago, word for word, since the
// customer's last message. Whoever names each request by a key of its own means
// each, and a form knows when it was made.
func (s *Service) repeated(tx Tx, conv *Conversation, use *templateUse, now int64) error {
	if use.request != "" || use.since != 0 {
		return nil
	}
	last, err := tx.LastTemplate(conv.ContactID)
	if errors.Is(err, ErrNotFound) {
		return nil
	} else if err != nil {
		return err
	}
	// Meta tells whole seconds: an answer may seem older than the template that
	// it answers. The one that began the conversation is answered where a window is open.
	first := last.CreatedAt == conv.CreatedAt && conv.StateAt(now) == Open
	if first || last.CreatedAt < conv.LastInboundAt { // the customer has answered since: that is another matter
		return nil
	}
	apart := max(now-last.CreatedAt, last.CreatedAt-now) // nodes' clocks differ
	if last.ConversationID == conv.ID && last.AuthorID == use.actorID && last.TemplateID == use.template.ID && last.Text == use.composed.Text && apart < repeatAfter {
		return Refuse(CodeCooldown, T("refusal.sent_just_now"))
	}
	return nil
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
