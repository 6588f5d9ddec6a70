package jobs

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/inbound"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

// What waits for days costs a handful of tries an hour, and the first of them come soon.
func TestPausesGrow(t *testing.T) {
	tries, waited := 0, time.Duration(0)
	for ; waited < time.Hour; tries++ {
		pause := jobqueue.GrowingPause(domain.WaitFirst, domain.WaitLongest, tries+1)
		require.Equal(t, jobqueue.WaitFor("queue:a:55", pause, "the number has no default queue"), inbound.QueueMissing(jobqueue.Job{Attempts: tries + 1}, "a", domain.WhatsAppIdentity{PhoneKey: "55", UserID: "BR.1"}))
		waited += pause
	}
	require.Less(t, tries, 20)
	require.Equal(t, domain.WaitFirst, jobqueue.GrowingPause(domain.WaitFirst, domain.WaitLongest, 1))
	require.Equal(t, domain.WaitLongest, jobqueue.GrowingPause(domain.WaitFirst, domain.WaitLongest, 1_000_000))

	c := &domain.Conversation{ID: "c", CreatedAt: fake.Now}
	after := func(attempts int, waited time.Duration) jobqueue.Outcome {
		return inbound.ChannelMissing(jobqueue.Job{Attempts: attempts}, c, fake.Now+waited.Milliseconds())
	}
	require.Equal(t, jobqueue.WaitFor("channel:c", domain.WaitForChannel, "the channel does not exist yet"), after(1, 0))
	require.Equal(t, jobqueue.WaitFor("channel:c", domain.WaitForStart, "the channel does not exist yet"), after(50, domain.StartPatience))
	require.Equal(t, jobqueue.WaitFor("channel:c", time.Minute, "the channel could not be made yet"), after(60, domain.StartPatience+time.Minute))
	require.Equal(t, jobqueue.WaitFor("channel:c", domain.WaitLongest, "the channel could not be made yet"), after(70, 24*time.Hour))
}
