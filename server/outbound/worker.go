package outbound

import (
	"context"
	"encoding/json"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

const (
	// unknownTimeout is how long a message of unknown outcome holds up its conversation.
	unknownTimeout = 60 * time.Second
	// unknownPoll is how often we look whether a status has told the outcome.
	unknownPoll = 3 * time.Second
	// sendTimeout bounds one request; if there is no answer by then its outcome is unknown.
	sendTimeout = 20 * time.Second
	// recordTimeout bounds writing down the outcome, which goes on while the plugin stops.
	recordTimeout = 5 * time.Second
	// waitForAdmin is the pause while an account is disabled or blocked.
	waitForAdmin = 10 * time.Second
)

// Worker sends what waits in the outbox. It enforces the lock: nothing leaves for
// WhatsApp unless domain.SendCheck allows it by the rows as they are at the moment
// when the message is marked as left.
type Worker struct {
	Store    Store
	Owner    string // of the jobs, as the jobqueue.Worker claims them
	Send     func(ctx context.Context, account *domain.Account, message whatsapp.Outgoing) (whatsapp.Sent, error)
	Uploader *Uploader
	Rates    *RateLimiter
	InFlight *InFlightLimiter
	Effects  *FailureEffects
	Clock    domain.Clock
	Settings func() domain.Settings // as they are now

	WakeStatusSync func()
	WakeChannels   func()
	// ReconcileChannel takes in the posts of a channel that no hook has brought, up to a
	// moment (milliseconds since epoch, the server's clock): a later message waits for them.
	ReconcileChannel func(ctx context.Context, channelID string, until int64)
	// OnStartFailed is called when a conversation's first template failed and nobody is waiting for the answer.
	OnStartFailed func(ctx context.Context, s *domain.Send, v whatsapp.Verdict)

	uploadTimeout time.Duration // of one upload; 0 = it may go on for as long as it makes progress
}

// Handle is the outbox's job handler.
func (w *Worker) Handle(ctx context.Context, job jobqueue.Job) (jobqueue.Outcome, error) {
	a, err := w.send(ctx, job)
	if err != nil {
		return jobqueue.Outcome{}, err
	}
	if a.aborted {
		w.OnStartFailed(ctx, a.send, a.verdict)
	}
	return a.outcome, nil
}

// attempt is the result of one try to send a message.
type attempt struct {
	outcome jobqueue.Outcome
	retry   bool          // the outcome is to try again
	delay   time.Duration // before the next try, with retry
	unknown bool          // the request left and nobody knows what came of it
	status  domain.Status
	verdict whatsapp.Verdict
	aborted bool // the conversation ended with it
	send    *domain.Send
}

func retryIn(s *domain.Send, delay time.Duration, reason string) *attempt {
	return &attempt{outcome: jobqueue.RetryIn(delay, reason), retry: true, delay: delay, status: domain.Pending, send: s}
}

// send tries once to send a message, from the rows that decide about it to the
// record of Meta's answer. Each step may end the attempt: with a message that
// will not be sent, or with a later try.
func (w *Worker) send(ctx context.Context, job jobqueue.Job) (*attempt, error) {
	s, ended, err := w.check(ctx, job)
	if err != nil || ended != nil {
		return ended, err
	}
	var payload posting.OutboundPayload
	if err := json.Unmarshal(job.Payload, &payload); err != nil {
		return w.end(ctx, s, domain.NotSent, domain.ReasonNotPermitted, whatsapp.Verdict{})
	}
	if file := toUpload(&payload); file != nil {
		if ended, err := w.uploadAttachment(ctx, &job, s, &payload, file); err != nil || ended != nil {
			return ended, err
		}
		return w.send(ctx, job) // the upload took its time: everything is checked anew
	}

	if err := w.Rates.Wait(ctx, s.Account.ID); err != nil {
		return nil, err
	}
	release, ok := w.InFlight.Acquire(s.Account.ID, time.Now())
	if !ok {
		return retryIn(s, lateRetry, "the number's requests are not answered"), nil
	}
	defer release()
	// It is marked as left before it is sent, because from then on a crash leaves an unknown
	// outcome. If the rows have changed since they were read, they are checked again first.
	for {
		left, err := w.Store.MarkLeft(ctx, w.Owner, job.ID, time.Now().UnixMilli(), s.Seen)
		if err != nil {
			return nil, err
		}
		if left && s.Check(w.Settings()).Reason(w.Clock.Now()) == 0 {
			break
		}
		if left { // the window ended meanwhile
			if err := w.Store.ClearLeft(ctx, w.Owner, job.ID); err != nil {
				return nil, err
			}
		}
		if s, ended, err = w.check(ctx, job); err != nil || ended != nil {
			return ended, err
		}
	}
	leftAt := w.Clock.Now()
	// a stop does not cut the request off, because that would only make its outcome unknown
	sendCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sendTimeout)
	defer cancel()
	sent, err := w.Send(sendCtx, &s.Account, payload.ToMessage(s.Check(w.Settings()).To(), s.Message.ID))

	recordCtx, cancelRecord := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancelRecord()
	return w.record(recordCtx, job, s, leftAt, sent, whatsapp.Classify(err))
}

// check reads the message and everything that decides about it. It returns how
// the attempt ended, or nil if the message may be sent now.
func (w *Worker) check(ctx context.Context, job jobqueue.Job) (*domain.Send, *attempt, error) {
	s, err := w.Store.LoadSend(ctx, job.Key)
	if errors.Is(err, domain.ErrNotFound) {
		return nil, &attempt{status: domain.NotSent}, nil // erased meanwhile
	} else if err != nil {
		return nil, nil, err
	}
	var ended *attempt
	switch reason := s.Check(w.Settings()).Reason(w.Clock.Now()); {
	case s.Message.Status.Rank() > domain.Unknown.Rank():
		ended, err = w.alreadyEnded(ctx, s) // a status webhook was faster, or a crash came after the end
	case job.LeftAt != 0:
		ended, err = w.awaitOutcome(ctx, job, s)
	case reason == domain.ReasonDisabled:
		ended = retryIn(s, waitForAdmin, "the number is disabled")
	case reason != 0:
		ended, err = w.end(ctx, s, domain.NotSent, reason, whatsapp.Verdict{})
	case s.EarlierMissing:
		w.ReconcileChannel(ctx, s.Conversation.ChannelID, s.Message.CreatedAt)
		ended = retryIn(s, domain.OrderPause, "an earlier post comes first")
	case s.EarlierWaits:
		ended = retryIn(s, 0, "an earlier message comes first")
	case s.Account.BlockedCode != 0 && !w.Rates.Probe(s.Account.ID):
		ended = retryIn(s, waitForAdmin, "the number waits for an administrator")
		ended.verdict = whatsapp.ClassifyCode(s.Account.BlockedCode) // as if Meta had said it now, for a dialog that waits for the answer
	default:
		if delay := w.Rates.Delay(s.Account.ID, s.Contact.ID); delay > 0 {
			ended = retryIn(s, delay, "WhatsApp's rate")
		}
	}
	return s, ended, err
}
