package events

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

// fakeStore has one delivery and notes what becomes of it.
type fakeStore struct {
	delivery  *domain.EventToDeliver // nil = there is none
	ended     []domain.DeliveryResult
	failed    []domain.DeliveryResult
	disabled  string
	requested int
}

func (s *fakeStore) EventToDeliver(context.Context, string) (*domain.EventToDeliver, error) {
	if s.delivery == nil {
		return nil, domain.ErrNotFound
	}
	return s.delivery, nil
}

func (s *fakeStore) DisableEventSubscription(_ context.Context, id, _ string, _ int64) error {
	s.disabled = id
	return nil
}

func (s *fakeStore) CompleteEvent(_ context.Context, _ string, _ *jobqueue.Job, result domain.DeliveryResult, _ time.Duration) (*jobqueue.Job, error) {
	s.ended = append(s.ended, result)
	return nil, nil //nolint:nilnil // as jobqueue's next job
}

func (s *fakeStore) RecordEventFailure(_ context.Context, _ string, _ *jobqueue.Job, result domain.DeliveryResult) error {
	s.failed = append(s.failed, result)
	return nil
}

// Now implements domain.Clock.
func (s *fakeStore) Now() int64 { return 1 }

func TestWhatBecomesOfADelivery(t *testing.T) {
	ok, broken, gone := domain.DeliveryResult{StatusCode: 200}, domain.DeliveryResult{StatusCode: 500, Error: domain.DeliveryStatus}, domain.DeliveryResult{StatusCode: 410, Error: domain.DeliveryGone}
	for name, c := range map[string]struct {
		change    func(*domain.EventToDeliver)
		result    domain.DeliveryResult
		retry     time.Duration // 0 = it is over
		ended     []domain.DeliveryResult
		disabled  bool
		unchanged bool // nothing is sent
	}{
		"taken":                      {result: ok, ended: []domain.DeliveryResult{ok}},
		"failed":                     {result: broken, retry: 5 * time.Second},
		"failed again":               {change: func(d *domain.EventToDeliver) { d.Delivery.Tries = 3 }, result: broken, retry: 10 * time.Minute},
		"failed for long":            {change: func(d *domain.EventToDeliver) { d.Delivery.Tries = 20 }, result: broken, retry: time.Hour},
		"failed for a day":           {change: func(d *domain.EventToDeliver) { d.Age = 24 * 3600 * 1000 }, result: broken, ended: []domain.DeliveryResult{broken}},
		"a test that failed":         {change: func(d *domain.EventToDeliver) { d.Event.Type = domain.EventTest }, result: broken, ended: []domain.DeliveryResult{broken}},
		"gone":                       {result: gone, ended: []domain.DeliveryResult{gone}, disabled: true},
		"disabled":                   {change: func(d *domain.EventToDeliver) { d.Subscription.Enabled = false }, ended: []domain.DeliveryResult{{Error: domain.DeliveryDisabled}}, unchanged: true},
		"a test of what is disabled": {change: func(d *domain.EventToDeliver) { d.Subscription.Enabled, d.Event.Type = false, domain.EventTest }, result: ok, ended: []domain.DeliveryResult{ok}},
		"its channel is not there":   {change: channelMissing(0), retry: awaitPause, unchanged: true},
		"its channel does not come":  {change: channelMissing(6000), result: ok, ended: []domain.DeliveryResult{ok}},
		"the event is not kept":      {change: func(d *domain.EventToDeliver) { *d = domain.EventToDeliver{} }, unchanged: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := &fakeStore{delivery: toDeliver("https://crm.example")}
			if c.change != nil {
				if c.change(s.delivery); s.delivery.Event.ID == "" {
					s.delivery = nil
				}
			}
			sender := &Sender{Store: s, Queue: s, Owner: "me", Clock: s, Body: func(*domain.Event) ([]byte, error) { return []byte("{}"), nil },
				Post: func(context.Context, *domain.EventToDeliver, []byte) domain.DeliveryResult {
					s.requested++
					return c.result
				}}
			outcome, err := sender.Handle(t.Context(), jobqueue.Job{ID: 1, Key: "delivery1"})
			require.NoError(t, err)
			if finish := outcome.Finish(); finish != nil {
				_, err = finish(t.Context(), "me", time.Minute)
				require.NoError(t, err)
			}
			require.Equal(t, c.ended, s.ended)
			require.Equal(t, c.retry > 0, outcome.IsRetry())
			require.Equal(t, c.retry > 0 && !c.unchanged, len(s.failed) == 1)
			require.Equal(t, c.disabled, s.disabled != "")
			require.Equal(t, c.unchanged, s.requested == 0)
			if c.retry > 0 && !c.unchanged {
				pause, again := pauseAfter(s.delivery.Delivery.Tries+1, 0)
				require.Equal(t, []any{c.retry, true}, []any{pause, again})
			}
		})
	}
}

func TestAReceiverGetsAFewRequestsAtOnce(t *testing.T) {
	var running, most atomic.Int32
	sender := &Sender{Store: &fakeStore{delivery: toDeliver("https://crm.example")}, Owner: "me", Body: func(*domain.Event) ([]byte, error) { return []byte("{}"), nil },
		Post: func(context.Context, *domain.EventToDeliver, []byte) domain.DeliveryResult {
			now := running.Add(1)
			for seen := most.Load(); now > seen && !most.CompareAndSwap(seen, now); seen = most.Load() {
			}
			time.Sleep(time.Millisecond)
			running.Add(-1)
			return domain.DeliveryResult{StatusCode: 200}
		}}
	var all sync.WaitGroup
	for range 5 * requestsAtOnce {
		all.Go(func() {
			_, err := sender.Handle(t.Context(), jobqueue.Job{AccountID: "sub1"})
			assert.NoError(t, err)
		})
	}
	all.Wait()
	require.LessOrEqual(t, most.Load(), int32(requestsAtOnce))
}

func channelMissing(age int64) func(d *domain.EventToDeliver) {
	return func(d *domain.EventToDeliver) {
		d.Age, d.Event.Type, d.Event.Conversation = age, domain.EventConversationStarted, &domain.Conversation{}
	}
}
