package relay

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

// What waits for days costs a handful of tries an hour, and the first of them come soon.
func TestPausesGrow(t *testing.T) {
	tries, waited := 0, time.Duration(0)
	for ; waited < time.Hour; tries++ {
		pause := jobqueue.Growing(waitFirst, waitLongest, tries+1)
		require.Equal(t, jobqueue.WaitFor("queue:a:55", pause, "the number has no default queue"), queueMissing(jobqueue.Job{Attempts: tries + 1}, "a", Person{PhoneKey: "55", UserID: "BR.1"}))
		waited += pause
	}
	require.Less(t, tries, 20)
	require.Equal(t, waitFirst, jobqueue.Growing(waitFirst, waitLongest, 1))
	require.Equal(t, waitLongest, jobqueue.Growing(waitFirst, waitLongest, 1_000_000))

	c := &conversation.Conversation{ID: "c", CreatedAt: now}
	after := func(attempts int, waited time.Duration) jobqueue.Outcome {
		return channelMissing(jobqueue.Job{Attempts: attempts}, c, now+waited.Milliseconds())
	}
	require.Equal(t, jobqueue.WaitFor("channel:c", waitForChannel, "the channel does not exist yet"), after(1, 0))
	require.Equal(t, jobqueue.WaitFor("channel:c", waitForStart, "the channel does not exist yet"), after(50, startPatience))
	require.Equal(t, jobqueue.WaitFor("channel:c", time.Minute, "the channel could not be made yet"), after(60, startPatience+time.Minute))
	require.Equal(t, jobqueue.WaitFor("channel:c", waitLongest, "the channel could not be made yet"), after(70, 24*time.Hour))
}
