package relay

import (
	"context"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

const (
	// waitForChannel is the first pause of an answer that came before its channel,
	// and waitForStart the longest while the channel is about to be made.
	waitForChannel = 300 * time.Millisecond
	waitForStart   = 2 * time.Second
	// waitFirst and waitLongest are the pauses of what waits for something that
	// may take days: a team's room, a number's default queue.
	waitFirst   = 5 * time.Second
	waitLongest = 5 * time.Minute
)

// WaitsForQueue is what a message of somebody new waits for while the number
// has no default queue; who is the person's phone key or user id.
func WaitsForQueue(accountID, who string) string { return "queue:" + accountID + ":" + who }

// WaitsForChannel is what a message waits for whose conversation has no channel yet.
func WaitsForChannel(conversationID string) string { return "channel:" + conversationID }

// queueMissing lets a message wait for its number's default queue. However many
// strangers write there, they cost next to nothing: whoever sets the queue wakes them.
func queueMissing(job jobqueue.Job, accountID string, who Person) jobqueue.Outcome {
	name := who.PhoneKey
	if name == "" {
		name = who.UserID
	}
	return jobqueue.WaitFor(WaitsForQueue(accountID, name), jobqueue.Growing(waitFirst, waitLongest, job.Attempts), conversation.WaitsForDefaultQueue)
}

// channelMissing lets a message wait for its conversation's channel: soon while
// it is about to be made, rarely where its team has no room for it.
func channelMissing(job jobqueue.Job, c *conversation.Conversation, now int64) jobqueue.Outcome {
	name := WaitsForChannel(c.ID)
	if c.CreatedAt == 0 { // who asks does not know its age
		return jobqueue.WaitFor(name, jobqueue.Growing(waitForChannel, waitLongest, job.Attempts), "the channel does not exist yet")
	}
	if late := now - c.CreatedAt - startPatience.Milliseconds(); late > 0 {
		// twice as long after each wait: the pause is what was waited so far
		return jobqueue.WaitFor(name, min(max(time.Duration(late)*time.Millisecond, waitFirst), waitLongest), conversation.WaitsForTeamRoom)
	}
	return jobqueue.WaitFor(name, jobqueue.Growing(waitForChannel, waitForStart, job.Attempts), "the channel does not exist yet")
}

// Waiting wakes what waits though it need not any more: messages whose wake-up
// came a moment too early, and conversations whose team has room again.
type Waiting struct {
	Store interface {
		WakeWaiting(ctx context.Context) error
		WakeUnmade(ctx context.Context, limit int, now int64) error
	}
	// Limit is how many channels a team may have; less than 0 = any number.
	Limit func() int
	Clock conversation.Clock
	Made  func() // wakes the mirror
}

// Round looks once.
func (w *Waiting) Round(ctx context.Context) (more bool, err error) {
	if err := w.Store.WakeWaiting(ctx); err != nil {
		return false, err
	}
	err = w.Store.WakeUnmade(ctx, w.Limit(), w.Clock.Now())
	w.Made()
	return false, err
}
