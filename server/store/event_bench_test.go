package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

// BenchmarkEvents is what this process and the database spend on a customer's message with so many receivers of events, as BenchmarkInbound
// measures it: in the transaction that stores the message, and for telling it, but for the requests themselves.
func BenchmarkEvents(b *testing.B) {
	for _, receivers := range []int{0, 1, 5} {
		b.Run(fmt.Sprintf("%d receivers", receivers), func(b *testing.B) {
			f := withOwnConnections(b)
			f.loadConversations(b, benchCustomers)
			for range receivers {
				f.subscribe(b, nil)
			}
			f.deliver(b, benchCustomers)
			f.mirror(b, benchCustomers)
			f.tell(b, receivers*benchCustomers)
			f.deliver(b, b.N)
			before := f.cpuTimes(b)
			b.ResetTimer()
			f.mirror(b, b.N)
			b.StopTimer()
			before = f.report(b, "mirror", before)
			f.tell(b, receivers*b.N)
			f.report(b, "tell", before)
		})
	}
}

// tell ends n deliveries as package events does, without a request.
func (f *fixture) tell(b testing.TB, n int) {
	b.Helper()
	done := make(chan struct{}, n)
	q := f.EventQueue()
	worker := jobqueue.NewWorker(jobqueue.Options{
		Name: "events", Owner: newID(), Store: q, Concurrency: 480, MaxPerAccount: 48, Ahead: 4, Lease: time.Minute, Poll: time.Second, MaxAttempts: 1, Log: quiet{},
		Handle: func(ctx context.Context, job jobqueue.Job) (jobqueue.Outcome, error) {
			if _, err := f.EventToDeliver(ctx, job.Key); err != nil {
				return jobqueue.Outcome{}, err
			}
			return jobqueue.DoneBy(func(ctx context.Context, owner string, lease time.Duration) (*jobqueue.Job, error) {
				return q.CompleteEvent(ctx, owner, &job, domain.DeliveryResult{StatusCode: 200}, lease)
			}), nil
		},
		Observe: func(string, time.Duration) { done <- struct{}{} },
	})
	worker.Start()
	defer worker.Stop()
	for range n {
		<-done
	}
	require.Zero(b, f.number(b, "SELECT count(*) FROM waa_event_deliveries WHERE finished_at = 0"))
}
