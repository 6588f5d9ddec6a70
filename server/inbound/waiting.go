package inbound

import (
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

// QueueMissing lets a message wait for its number's default queue. However many
// strangers write there, they cost next to nothing: whoever sets the queue wakes them.
func QueueMissing(job jobqueue.Job, accountID string, who domain.WhatsAppIdentity) jobqueue.Outcome {
	name := who.PhoneKey
	if name == "" {
		name = who.UserID
	}
	return jobqueue.WaitFor(domain.WaitsForQueue(accountID, name), jobqueue.GrowingPause(domain.WaitFirst, domain.WaitLongest, job.Attempts), domain.WaitsForDefaultQueue)
}

// ChannelMissing lets a message wait for its conversation's channel: soon while
// it is about to be made, rarely where its team has no room for it.
func ChannelMissing(job jobqueue.Job, c *domain.Conversation, now int64) jobqueue.Outcome {
	name := domain.WaitsForChannel(c.ID)
	if c.CreatedAt == 0 { // who asks does not know its age
		return jobqueue.WaitFor(name, jobqueue.GrowingPause(domain.WaitForChannel, domain.WaitLongest, job.Attempts), "the channel does not exist yet")
	}
	if late := now - c.CreatedAt - domain.StartPatience.Milliseconds(); late > 0 {
		// twice as long after each wait: the pause is what was waited so far
		return jobqueue.WaitFor(name, min(max(time.Duration(late)*time.Millisecond, domain.WaitFirst), domain.WaitLongest), domain.WaitsForTeamRoom)
	}
	return jobqueue.WaitFor(name, jobqueue.GrowingPause(domain.WaitForChannel, domain.WaitForStart, job.Attempts), "the channel does not exist yet")
}
