package outbound

import (
	"context"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

const (
	// syncTimeout is how long a dialog waits for WhatsApp; the server itself gives up on a dialog after 30 seconds.
	syncTimeout = 8 * time.Second
	// syncLease covers one try and its record.
	syncLease = sendTimeout + 15*time.Second
)

// Queue is the outbox, as a dialog that waits for one message uses it.
type Queue interface {
	// ClaimKey takes the job of a message if it is the first of its lane; nil if it is not.
	ClaimKey(ctx context.Context, owner, key string, lease time.Duration) (*jobqueue.Job, error)
	Finish(ctx context.Context, owner string, id int64, lease time.Duration) (*jobqueue.Job, error)
	Retry(ctx context.Context, owner string, id int64, delay time.Duration, reason string) error
}

// SyncSender sends a message at once for somebody who waits for the answer. It
// implements service.Sender with the same job that the worker would do: what it
// cannot finish in time, the worker does.
type SyncSender struct {
	Worker     *Worker
	Queue      Queue
	WakeOutbox func()
}

// SendNow tries to send the message until the outcome is clear or the time is up.
func (s *SyncSender) SendNow(ctx context.Context, messageID string) (domain.Delivery, error) {
	deadline := time.Now().Add(syncTimeout)
	worker := *s.Worker
	worker.uploadTimeout = syncTimeout // a large file of a header is left to the outbox's worker
	for {
		job, err := s.Queue.ClaimKey(ctx, worker.Owner, messageID, syncLease)
		if err != nil {
			return domain.Delivery{}, err
		}
		if job == nil { // other messages of the conversation go first
			s.WakeOutbox()
			return domain.Delivery{Status: domain.Pending}, nil
		}
		a, err := worker.send(ctx, *job)
		if err != nil {
			return domain.Delivery{}, err
		}
		if !a.retry {
			return deliveryOf(a), s.finish(ctx, job, a)
		}
		if err := s.Queue.Retry(ctx, worker.Owner, job.ID, a.delay, "handed to the worker"); err != nil {
			return domain.Delivery{}, err
		}
		switch {
		case a.unknown:
			return domain.Delivery{Status: domain.Unknown}, nil
		case a.verdict.Class == whatsapp.Admin:
			return s.giveUp(ctx, job, a)
		case time.Now().Add(a.delay).After(deadline):
			return domain.Delivery{Status: domain.Pending}, nil
		}
		select {
		case <-ctx.Done():
			return domain.Delivery{Status: domain.Pending}, nil
		case <-time.After(a.delay):
		}
	}
}

// giveUp ends a message that only an administrator can help, so that the agent
// learns it at once instead of being left with a channel that waits.
func (s *SyncSender) giveUp(ctx context.Context, job *jobqueue.Job, a *attempt) (domain.Delivery, error) {
	claimed, err := s.Queue.ClaimKey(ctx, s.Worker.Owner, job.Key, syncLease)
	if err != nil || claimed == nil {
		return domain.Delivery{Status: domain.Pending}, err
	}
	ended, err := s.Worker.end(ctx, a.send, domain.Failed, a.verdict.Code, a.verdict)
	if err != nil {
		return domain.Delivery{}, err
	}
	return deliveryOf(ended), s.finish(ctx, claimed, ended)
}

// finish ends the job and leaves the next one of its lane to the worker.
func (s *SyncSender) finish(ctx context.Context, job *jobqueue.Job, a *attempt) error {
	finish := a.outcome.Finish()
	if finish == nil {
		finish = func(ctx context.Context, owner string, lease time.Duration) (*jobqueue.Job, error) {
			return s.Queue.Finish(ctx, owner, job.ID, lease)
		}
	}
	// who waits may be gone by now; what came of the request is recorded all the same
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()
	next, err := finish(ctx, s.Worker.Owner, time.Second)
	if next != nil {
		err = s.Queue.Retry(ctx, s.Worker.Owner, next.ID, 0, "")
		s.WakeOutbox()
	}
	if errors.Is(err, jobqueue.ErrLost) {
		return nil
	}
	return err
}

func deliveryOf(a *attempt) domain.Delivery {
	d := domain.Delivery{Status: a.status, MetaCode: a.verdict.Code}
	if a.status == domain.NotSent && a.send != nil {
		d.Reason = a.send.Message.ReasonCode
	}
	if a.status == domain.Failed {
		d.Words = a.verdict
	}
	if a.verdict.ActsOn == whatsapp.OnPhone {
		d.Element = "phone"
	}
	return d
}
