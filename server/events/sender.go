package events

import (
	"context"
	"sync"
	"time"

	"github.com/pkg/errors"
	"golang.org/x/sync/semaphore"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

const (
	// Concurrency is how many deliveries are worked on at once.
	Concurrency = 480
	// PerSubscription is how many of those are to one receiver: others go on while one is slow, or hangs. They are many, because most of the
	// time each waits to be read or recorded together with others.
	PerSubscription = 48
	// Ahead is how many lanes are claimed for each of those: all that happens between two looks is claimed by one.
	Ahead = 4
	// requestsAtOnce is how many requests a receiver gets at the same time.
	requestsAtOnce = 8

	// giveUpAfter is the age at which a delivery that failed is not tried again.
	giveUpAfter = 24 * time.Hour
	// freshFor is how old what was read of an event may be when it is sent.
	freshFor = time.Second
	// awaitPause is how long an event waits at a time for what it tells of, such as a channel that is being made.
	awaitPause = 300 * time.Millisecond
)

// Store is the database as the sender needs it.
type Store interface {
	// EventToDeliver reads a delivery; domain.ErrNotFound where there is nothing to deliver any more.
	EventToDeliver(ctx context.Context, deliveryID string) (*domain.EventToDeliver, error)
	// DisableEventSubscription ends a subscription whose receiver wants no more.
	DisableEventSubscription(ctx context.Context, id, why string, now int64) error
}

// Queue is where results are recorded; *store.Queue is one.
type Queue interface {
	// CompleteEvent records the last result of a delivery and ends its job.
	CompleteEvent(ctx context.Context, owner string, job *jobqueue.Job, result domain.DeliveryResult, lease time.Duration) (*jobqueue.Job, error)
	// RecordEventFailure records a request that failed, of a delivery that is tried again.
	RecordEventFailure(ctx context.Context, owner string, job *jobqueue.Job, result domain.DeliveryResult) error
}

// Sender delivers events. All exported fields are needed. It must not be copied.
type Sender struct {
	Store Store
	Queue Queue
	Owner string
	Post  func(ctx context.Context, d *domain.EventToDeliver, body []byte) domain.DeliveryResult
	// Body writes what is told of an event, as JSON.
	Body  func(e *domain.Event) ([]byte, error)
	Clock domain.Clock

	mu    sync.Mutex
	turns map[string]*semaphore.Weighted // held while a request to a subscription's receiver runs
}

// Handle delivers one event to one subscription: once for each receiver that says 2xx, unless the process is killed between
// that and its record. Then the same event comes again, with the same id.
func (s *Sender) Handle(ctx context.Context, job jobqueue.Job) (jobqueue.Outcome, error) {
	turn := s.turn(job.AccountID)
	d, err := s.Store.EventToDeliver(ctx, job.Key)
	switch {
	case errors.Is(err, domain.ErrNotFound):
		return jobqueue.Done(), nil
	case err != nil:
		return jobqueue.Outcome{}, err
	case !d.Subscription.Enabled && d.Event.Type != domain.EventTest:
		return s.end(&job, domain.DeliveryResult{Error: domain.DeliveryDisabled}), nil
	case d.Age < d.Event.Awaits().Milliseconds():
		return jobqueue.RetryIn(awaitPause, ""), nil
	}
	asked := time.Now()
	if err := turn.Acquire(ctx, 1); err != nil {
		return jobqueue.Outcome{}, errors.Wrap(err, "could not wait for a turn")
	}
	defer turn.Release(1)
	if time.Since(asked) > freshFor { // what was read is of then
		if d, err = s.Store.EventToDeliver(ctx, job.Key); errors.Is(err, domain.ErrNotFound) {
			return jobqueue.Done(), nil
		} else if err != nil {
			return jobqueue.Outcome{}, err
		}
	}
	body, err := s.Body(&d.Event)
	if err != nil {
		return jobqueue.Outcome{}, err
	}
	if err := jobqueue.CheckLease(ctx); err != nil {
		return jobqueue.Outcome{}, err
	}
	result := s.Post(ctx, d, body)
	if ctx.Err() != nil && result.Error != "" { // we stop, or the job is another's: it says nothing of the receiver
		return jobqueue.Outcome{}, errors.Wrap(ctx.Err(), "could not finish a delivery")
	}
	pause, again := pauseAfter(d.Delivery.Tries+1, time.Duration(d.Age)*time.Millisecond)
	if result.Error == "" || result.Error == domain.DeliveryGone || !again || d.Event.Type == domain.EventTest {
		outcome := s.end(&job, result)
		if result.Error == domain.DeliveryGone {
			return outcome, s.Store.DisableEventSubscription(ctx, d.Subscription.ID, domain.DeliveryGone, s.Clock.Now())
		}
		return outcome, nil
	}
	if err := s.Queue.RecordEventFailure(ctx, s.Owner, &job, result); err != nil {
		return jobqueue.Outcome{}, err
	}
	return jobqueue.RetryIn(pause, result.Error), nil
}

// turn bounds the requests to the receiver of a subscription.
func (s *Sender) turn(subscriptionID string) *semaphore.Weighted {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.turns == nil {
		s.turns = map[string]*semaphore.Weighted{}
	}
	if s.turns[subscriptionID] == nil {
		s.turns[subscriptionID] = semaphore.NewWeighted(requestsAtOnce)
	}
	return s.turns[subscriptionID]
}

func (s *Sender) end(job *jobqueue.Job, result domain.DeliveryResult) jobqueue.Outcome {
	return jobqueue.DoneBy(func(ctx context.Context, owner string, lease time.Duration) (*jobqueue.Job, error) {
		return s.Queue.CompleteEvent(ctx, owner, job, result, lease)
	})
}

// pauseAfter is how long to wait after so many requests that failed; again is false where the delivery is too old by then.
func pauseAfter(tries int, age time.Duration) (pause time.Duration, again bool) {
	pauses := []time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, time.Hour}
	return pauses[min(tries, len(pauses))-1], age < giveUpAfter
}
