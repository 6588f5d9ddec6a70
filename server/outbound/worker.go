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
	// unknownPatience is how long a send of unknown outcome holds up its conversation.
	unknownPatience = 60 * time.Second
	// unknownPoll is how often we look whether a status has told the outcome.
	unknownPoll = time.Second
	// sendTimeout bounds one request; what has not answered by then is of unknown outcome.
	sendTimeout = 20 * time.Second
	// waitForAdmin is the pause while an account is disabled or stopped.
	waitForAdmin = 10 * time.Second
)

// Worker sends what waits in the outbox. It is the lock: nothing leaves for
// WhatsApp unless domain.Leaving allows it by the rows as they are when
// it is marked as left.
type Worker struct {
	Store          Store
	Owner          string // of the jobs, as the worker claims them
	Send           func(ctx context.Context, cred whatsapp.Credentials, out whatsapp.Outgoing) (whatsapp.Sent, error)
	Uploader       *Uploader
	Rates          *RateLimiter
	InFlight       *InFlightLimiter
	Effects        *FailureEffects
	Clock          domain.Clock
	WakeStatusSync func() // wakes the ticks
	WakeChannels   func() // wakes the mirror
	// ReconcileChannel judges the posts of a channel that no hook brought, up to a moment
	// (milliseconds since epoch, the server's clock): something later waits for them.
	ReconcileChannel func(ctx context.Context, channelID string, until int64)
	// Aborted is told when a start failed and nobody is waiting for the answer.
	OnStartFailed func(ctx context.Context, s *domain.Send, v whatsapp.Verdict)

	uploadPatience time.Duration // how long one upload may take; 0 = as long as it moves
}

// Handle is the outbox's job handler.
func (o *Worker) Handle(ctx context.Context, job jobqueue.Job) (jobqueue.Outcome, error) {
	a, err := o.attempt(ctx, job)
	if err == nil && a.aborted {
		o.OnStartFailed(ctx, a.send, a.verdict)
	}
	return a.outcome, err
}

// attempt is what one try came to.
type attempt struct {
	outcome jobqueue.Outcome
	retry   bool          // the outcome is to try again
	delay   time.Duration // when, with retry
	unknown bool          // the request left and nobody knows what came of it
	status  domain.Status
	verdict whatsapp.Verdict
	aborted bool // the conversation ended with it
	send    *domain.Send
}

func again(delay time.Duration, reason string) attempt {
	return attempt{outcome: jobqueue.RetryIn(delay, reason), retry: true, delay: delay, status: domain.Pending}
}

func (o *Worker) attempt(ctx context.Context, job jobqueue.Job) (attempt, error) {
	s, decided, err := o.judge(ctx, job)
	if err != nil {
		return attempt{}, err
	} else if decided != nil {
		return *decided, nil
	}
	if delay, why := o.mustWait(s); delay > 0 {
		a := again(delay, why)
		a.send = s
		if s.Account.BlockedCode != 0 { // as if Meta had said it now: whoever waits for the answer is told
			a.verdict = whatsapp.ClassifyCode(s.Account.BlockedCode)
		}
		return a, nil
	}
	var envelope posting.OutboundPayload
	if err := json.Unmarshal(job.Payload, &envelope); err != nil {
		return o.end(ctx, s, domain.NotSent, domain.ReasonNotPermitted, whatsapp.Verdict{})
	}
	if a, ready, err := o.uploadAttachment(ctx, &job, s, &envelope); err != nil || a.send != nil {
		return a, err
	} else if !ready {
		return o.attempt(ctx, job) // an upload takes its time: the lock is read anew
	}
	return o.transmit(ctx, job, s, &envelope)
}

// judge reads the message and what decides about it. It answers what came of
// the attempt, or nil where nothing stands in the message's way.
func (o *Worker) judge(ctx context.Context, job jobqueue.Job) (*domain.Send, *attempt, error) {
	s, err := o.Store.LoadSend(ctx, job.Key)
	if errors.Is(err, domain.ErrNotFound) {
		return nil, &attempt{status: domain.NotSent}, nil // erased meanwhile
	} else if err != nil {
		return nil, nil, err
	}
	var a attempt
	switch reason := s.Check().Reason(o.Clock.Now()); {
	case s.Message.Status.Rank() > domain.Unknown.Rank():
		a, err = o.ended(ctx, s) // a status webhook was faster, or a crash came after the end
	case job.LeftAt != 0:
		a, err = o.awaitOutcome(ctx, job, s)
	case reason == domain.ReasonDisabled:
		a = again(waitForAdmin, "the number is disabled")
	case reason != 0:
		a, err = o.end(ctx, s, domain.NotSent, reason, whatsapp.Verdict{})
	case s.EarlierMissing:
		o.ReconcileChannel(ctx, s.Conversation.ChannelID, s.Message.CreatedAt)
		a = again(domain.OrderPause, "an earlier post comes first")
	case s.EarlierWaits:
		a = again(0, "an earlier message comes first")
	default:
		return s, nil, nil
	}
	a.send = s
	return s, &a, err
}

// awaitOutcome waits for a status to tell what became of a request that left.
func (o *Worker) awaitOutcome(ctx context.Context, job jobqueue.Job, s *domain.Send) (attempt, error) {
	if time.Since(time.UnixMilli(job.LeftAt)) < unknownPatience {
		a := again(unknownPoll, "the outcome is unknown, a status may tell")
		a.unknown, a.send = true, s
		return a, nil
	}
	return o.end(ctx, s, domain.Unknown, domain.ReasonUnknown, whatsapp.Verdict{})
}

// mustWait is how long the message has to wait before it may be tried, and why.
func (o *Worker) mustWait(s *domain.Send) (time.Duration, string) {
	if s.Account.BlockedCode != 0 && !o.Rates.Probe(s.Account.ID) {
		return waitForAdmin, "the number waits for an administrator"
	}
	return o.Rates.Delay(s.Account.ID, s.Contact.ID), "WhatsApp's rate"
}

func (o *Worker) transmit(ctx context.Context, job jobqueue.Job, s *domain.Send, envelope *posting.OutboundPayload) (attempt, error) {
	if err := o.Rates.Wait(ctx, s.Account.ID); err != nil {
		return attempt{}, err
	}
	land, free := o.InFlight.Acquire(s.Account.ID, time.Now())
	if !free {
		a := again(grounded, "the number's requests are not answered")
		a.send = s
		return a, nil
	}
	defer land()
	s, decided, err := o.leave(ctx, job, s)
	if err != nil {
		return attempt{}, err
	} else if decided != nil {
		return *decided, nil
	}
	leaving := o.Clock.Now()
	// a request under way is not cut off by a stop: that would only make its outcome unknown
	sendCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sendTimeout)
	defer cancel()
	sent, err := o.Send(sendCtx, credentialsOf(&s.Account), envelope.ToMessage(s.Check().To(), s.Message.ID))
	ctx, cancelWrite := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancelWrite()
	return o.settle(ctx, job, s, sent, leaving, err)
}

// leave marks the message as left, since from then on a crash leaves an unknown
// outcome. What changed while it waited for its turn is judged again first.
func (o *Worker) leave(ctx context.Context, job jobqueue.Job, s *domain.Send) (*domain.Send, *attempt, error) {
	for {
		left, err := o.Store.MarkLeft(ctx, o.Owner, job.ID, time.Now().UnixMilli(), s.Seen)
		if err != nil {
			return nil, nil, err
		}
		if left && s.Check().Reason(o.Clock.Now()) == 0 {
			return s, nil, nil
		}
		if left { // its time ran out
			if err := o.Store.ClearLeft(ctx, o.Owner, job.ID); err != nil {
				return nil, nil, err
			}
		}
		var decided *attempt
		if s, decided, err = o.judge(ctx, job); err != nil || decided != nil {
			return nil, decided, err
		}
	}
}

// settle writes down what came of a request.
func (o *Worker) settle(ctx context.Context, job jobqueue.Job, s *domain.Send, sent whatsapp.Sent, left int64, err error) (attempt, error) {
	v := whatsapp.Classify(err)
	switch v.Outcome {
	case whatsapp.Accepted:
		who := domain.WhatsAppIdentity{WAID: sent.WAID, UserID: sent.UserID, PhoneKey: domain.PhoneKey(sent.WAID)}
		if err := o.Store.RecordSent(ctx, s.Message.ID, sent.MessageID, who, o.Clock.Now()); err != nil {
			return attempt{}, err
		}
		if err := o.adopt(ctx, s, domain.Sent); err != nil {
			return attempt{}, err
		}
		if err := o.accountSends(ctx, s, left); err != nil {
			return attempt{}, err
		}
		o.WakeStatusSync()
		if s.Message.Kind == whatsapp.TypeTemplate {
			o.WakeChannels()
		}
		return attempt{status: domain.Sent, send: s}, nil
	case whatsapp.Unknown:
		a := again(unknownPoll, "the outcome is unknown, a status may tell")
		a.unknown, a.verdict, a.send = true, v, s
		return a, nil
	}
	return o.refused(ctx, job, s, left, v)
}

// wellEvery is how often it is noted that a number sends.
const wellEvery = time.Second

// accountSends notes that Meta took what left at that moment: a trouble of before is over.
func (o *Worker) accountSends(ctx context.Context, s *domain.Send, left int64) error {
	if s.Account.BlockedCode != 0 {
		_, err := o.Store.BlockAccount(ctx, s.Account.ID, 0, left)
		return err
	}
	if left-s.Account.WellAt < wellEvery.Milliseconds() {
		return nil
	}
	return o.Store.AccountWell(ctx, s.Account.ID, left)
}

// refused acts on a request that certainly sent nothing: the message ends, or is tried again.
func (o *Worker) refused(ctx context.Context, job jobqueue.Job, s *domain.Send, left int64, v whatsapp.Verdict) (attempt, error) {
	if v.Class == whatsapp.Final || v.Class == whatsapp.Admin && v.Scope == whatsapp.ScopeMessage {
		if err := o.Effects.Apply(ctx, &s.Message, v, left); err != nil {
			return attempt{}, err
		}
		return o.end(ctx, s, domain.Failed, v.Code, v)
	}
	// it certainly did not go: try again
	if err := o.Store.ClearLeft(ctx, o.Owner, job.ID); err != nil {
		return attempt{}, err
	}
	if err := o.Effects.accountTrouble(ctx, s.Account.ID, v, left); err != nil {
		return attempt{}, err
	}
	a := again(retryDelay(job.Attempts, v), "WhatsApp refused for now")
	a.verdict, a.send = v, s
	return a, nil
}

// end records that the message will not be sent (any more).
func (o *Worker) end(ctx context.Context, s *domain.Send, status domain.Status, reason int, v whatsapp.Verdict) (attempt, error) {
	now := o.Clock.Now()
	if err := o.Store.RecordEnd(ctx, s.Message.ID, status, reason, now); err != nil {
		return attempt{}, err
	}
	s.Message.Status, s.Message.ReasonCode = status, reason
	return o.conclude(ctx, attempt{status: status, verdict: v, send: s})
}

// adopt lets hold what a start said of its customer, where WhatsApp has its template.
func (o *Worker) adopt(ctx context.Context, s *domain.Send, status domain.Status) error {
	if s.Message.Kind != whatsapp.TypeTemplate || !status.Reached() {
		return nil
	}
	return o.Store.Adopt(ctx, s.Message.ID, o.Clock.Now())
}

// ended finishes the job of a message that has come to its end already.
func (o *Worker) ended(ctx context.Context, s *domain.Send) (attempt, error) {
	if err := o.adopt(ctx, s, s.Message.Status); err != nil {
		return attempt{}, err
	}
	a := attempt{status: s.Message.Status, send: s}
	if a.status == domain.Failed {
		a.verdict = whatsapp.ClassifyCode(s.Message.ReasonCode)
	}
	return o.conclude(ctx, a)
}

// conclude lets the conversation of a refused start end with it, and shows the
// rest what came of the message. What it read of the conversation may be old by
// now: the store decides.
func (o *Worker) conclude(ctx context.Context, a attempt) (attempt, error) {
	s := a.send
	refused := (a.status == domain.Failed || a.status == domain.NotSent) && s.Message.SentAt == 0
	if refused && s.Conversation.ChannelID == "" {
		var err error
		if a.aborted, err = o.Store.Abort(ctx, s.Conversation.ID, o.Clock.Now()); err != nil || a.aborted {
			return a, err
		}
	}
	o.WakeStatusSync()
	o.WakeChannels()
	return a, nil
}

// retryDelay is the pause before the next try: Meta's wish if it has one, else
// 2, 4, 8 ... seconds; long ones where only time or an administrator helps.
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
