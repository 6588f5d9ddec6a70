package outbound

import (
	"context"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// record writes down what came of a request that left at leftAt, milliseconds since
// epoch. An accepted message is written down together with the end of its job.
func (w *Worker) record(ctx context.Context, job jobqueue.Job, s *domain.Send, leftAt int64, sent whatsapp.Sent, v whatsapp.Verdict) (*attempt, error) {
	switch v.Outcome {
	case whatsapp.Accepted:
	case whatsapp.Unknown:
		a := retryIn(s, unknownPoll, "the outcome is unknown, a status may tell")
		a.unknown, a.verdict = true, v
		return a, nil
	default:
		return w.recordRefused(ctx, job, s, leftAt, v)
	}
	if err := w.adopt(ctx, s, domain.Sent); err != nil {
		return nil, err
	}
	accepted := domain.Acceptance{
		MessageID: s.Message.ID, ContactID: s.Contact.ID, WAMID: sent.MessageID, Held: sent.Held(), LeftAt: leftAt, At: w.Clock.Now(),
		Recipient: domain.WhatsAppIdentity{WAID: sent.WAID, UserID: sent.UserID, PhoneKey: domain.PhoneKey(sent.WAID)},
	}
	outcome := jobqueue.DoneBy(func(ctx context.Context, owner string, lease time.Duration) (*jobqueue.Job, error) {
		next, err := w.Store.CompleteSent(ctx, owner, job.ID, lease, accepted)
		if s.Account.BlockedCode != 0 { // Meta took a request: an earlier block is over
			if _, blockErr := w.Store.BlockAccount(ctx, s.Account.ID, 0, leftAt); err == nil {
				err = blockErr
			}
		}
		if s.Message.Kind == whatsapp.TypeTemplate {
			w.WakeChannels()
		}
		return next, err
	})
	return &attempt{outcome: outcome, status: domain.Sent, send: s}, nil
}

// recordRefused acts on a request that certainly sent nothing: the message fails or is tried again.
func (w *Worker) recordRefused(ctx context.Context, job jobqueue.Job, s *domain.Send, leftAt int64, v whatsapp.Verdict) (*attempt, error) {
	if v.Class == whatsapp.Final || v.Class == whatsapp.Admin && v.Scope == whatsapp.ScopeMessage {
		if err := w.Effects.Apply(ctx, &s.Message, v, leftAt); err != nil {
			return nil, err
		}
		return w.end(ctx, s, domain.Failed, v.Code, v)
	}
	if err := w.Store.ClearLeft(ctx, w.Owner, job.ID); err != nil {
		return nil, err
	}
	if err := w.Effects.blockAccount(ctx, s.Account.ID, v, leftAt); err != nil {
		return nil, err
	}
	a := retryIn(s, retryDelay(job.Attempts, v), "WhatsApp refused for now")
	a.verdict = v
	return a, nil
}

// awaitOutcome waits for a status to tell what became of a request that left in
// an earlier try, and gives the message up as unknown when none comes.
func (w *Worker) awaitOutcome(ctx context.Context, job jobqueue.Job, s *domain.Send) (*attempt, error) {
	if time.Since(time.UnixMilli(job.LeftAt)) < unknownTimeout {
		a := retryIn(s, unknownPoll, "the outcome is unknown, a status may tell")
		a.unknown = true
		return a, nil
	}
	return w.end(ctx, s, domain.Unknown, domain.ReasonUnknown, whatsapp.Verdict{})
}

// end records that the message will not be sent (any more).
func (w *Worker) end(ctx context.Context, s *domain.Send, status domain.Status, reason int, v whatsapp.Verdict) (*attempt, error) {
	if err := w.Store.RecordEnd(ctx, s.Message.ID, status, reason, w.Clock.Now()); err != nil {
		return nil, err
	}
	s.Message.Status, s.Message.ReasonCode = status, reason
	return w.finish(ctx, &attempt{status: status, verdict: v, send: s})
}

// alreadyEnded finishes the job of a message whose status is final already.
func (w *Worker) alreadyEnded(ctx context.Context, s *domain.Send) (*attempt, error) {
	if err := w.adopt(ctx, s, s.Message.Status); err != nil {
		return nil, err
	}
	a := &attempt{status: s.Message.Status, send: s}
	if a.status == domain.Failed {
		a.verdict = whatsapp.ClassifyCode(s.Message.ReasonCode)
	}
	return w.finish(ctx, a)
}

// finish aborts the conversation if its first template was refused, else it wakes
// what shows the message's status. What was read of the conversation may be old
// by now, so the store decides whether it is aborted.
func (w *Worker) finish(ctx context.Context, a *attempt) (*attempt, error) {
	s := a.send
	refused := (a.status == domain.Failed || a.status == domain.NotSent) && s.Message.SentAt == 0
	if refused && s.Conversation.ChannelID == "" {
		var err error
		if a.aborted, err = w.Store.Abort(ctx, s.Conversation.ID, w.Clock.Now()); err != nil || a.aborted {
			return a, err
		}
	}
	w.WakeStatusSync()
	w.WakeChannels()
	return a, nil
}

// adopt makes what a start said of its customer valid once WhatsApp has taken its template.
func (w *Worker) adopt(ctx context.Context, s *domain.Send, status domain.Status) error {
	if s.Message.Kind != whatsapp.TypeTemplate || !status.Reached() {
		return nil
	}
	return w.Store.Adopt(ctx, s.Message.ID, w.Clock.Now())
}

// retryDelay is the pause before the next try: what Meta asks for, else 2, 4, 8
// ... seconds; longer where only time or an administrator helps.
func retryDelay(attempts int, v whatsapp.Verdict) time.Duration {
	switch {
	case v.RetryAfter > 0:
		return min(v.RetryAfter, 10*time.Minute)
	case v.Class == whatsapp.Admin, v.Class == whatsapp.RetryLater:
		return waitForAdmin
	default:
		return min(2*jobqueue.Backoff(attempts), time.Minute)
	}
}
