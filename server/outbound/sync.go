package outbound

import (
	"context"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// heldPatience is how long somebody waits in a dialog while WhatsApp is in
// trouble; the server itself gives up on a dialog after 30 seconds.
const heldPatience = 8 * time.Second

// SyncSender sends a message at once for somebody who is waiting for the answer. It
// implements service.Sender over the same job that the worker would do:
// what it cannot finish, the worker does.
type SyncSender struct {
	Worker *Worker
	Queue  interface {
		// ClaimKey takes the job of a message if it is the first of its lane; nil if it is not.
		ClaimKey(ctx context.Context, owner, key string, lease time.Duration) (*jobqueue.Job, error)
		Finish(ctx context.Context, owner string, id int64, lease time.Duration) (*jobqueue.Job, error)
		Retry(ctx context.Context, owner string, id int64, delay time.Duration, reason string) error
	}
	WakeOutbox func() // the outbound worker
}

// lease covers one try and its record.
const syncLease = sendTimeout + 15*time.Second

// SendNow tries to send the message until it is clear what came of it or the patience is over.
func (h *SyncSender) SendNow(ctx context.Context, messageID string) (domain.Delivery, error) {
	deadline := time.Now().Add(heldPatience)
	outbound := *h.Worker
	outbound.uploadPatience = heldPatience // a large file of a header is the worker's
	for {
		job, err := h.Queue.ClaimKey(ctx, h.Worker.Owner, messageID, syncLease)
		if err != nil {
			return domain.Delivery{}, err
		}
		if job == nil { // others of the conversation go first; the worker does it
			h.WakeOutbox()
			return domain.Delivery{Status: domain.Pending}, nil
		}
		a, err := outbound.attempt(ctx, *job)
		if err != nil {
			return domain.Delivery{}, err
		}
		if !a.retry {
			return delivery(a), h.finish(ctx, job)
		}
		if err := h.Queue.Retry(ctx, h.Worker.Owner, job.ID, a.delay, "handed to the worker"); err != nil {
			return domain.Delivery{}, err
		}
		switch {
		case a.unknown:
			return domain.Delivery{Status: domain.Unknown}, nil
		case a.verdict.Class == whatsapp.Admin:
			return h.giveUp(ctx, job, a)
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

// giveUp ends a message that only an administrator can help: the agent is told
// at once instead of being left with a channel that waits.
func (h *SyncSender) giveUp(ctx context.Context, job *jobqueue.Job, a attempt) (domain.Delivery, error) {
	taken, err := h.Queue.ClaimKey(ctx, h.Worker.Owner, job.Key, syncLease)
	if err != nil || taken == nil {
		return domain.Delivery{Status: domain.Pending}, err
	}
	ended, err := h.Worker.end(ctx, a.send, domain.Failed, a.verdict.Code, a.verdict)
	if err != nil {
		return domain.Delivery{}, err
	}
	return delivery(ended), h.finish(ctx, taken)
}

func (h *SyncSender) finish(ctx context.Context, job *jobqueue.Job) error {
	next, err := h.Queue.Finish(ctx, h.Worker.Owner, job.ID, time.Second)
	if next != nil {
		err = h.Queue.Retry(ctx, h.Worker.Owner, next.ID, 0, "")
		h.WakeOutbox()
	}
	if errors.Is(err, jobqueue.ErrLost) {
		return nil
	}
	return err
}

func delivery(a attempt) domain.Delivery {
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
