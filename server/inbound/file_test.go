package inbound

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// fileTest is an open conversation and the handler of its inbox.
type fileTest struct {
	*fakeInbound
	t       *testing.T
	handler *Handler
	job     jobqueue.Job
}

func newFileTest(t *testing.T) *fileTest {
	now := time.Now().UnixMilli()
	d := &fakeInbound{arrival: &domain.InboundTarget{Conversation: domain.Conversation{ID: "c", ChannelID: "channel", WindowFrom: now - 1000, WindowUntil: now + 1_000_000}}}
	x := &fileTest{fakeInbound: d, t: t, job: jobqueue.Job{ID: 7, Lane: "ana", Order: now, CreatedAt: now, Payload: pictureItem(t, "wamid.1")}}
	x.restart(now)
	return x
}

// restart lets another process go on.
func (x *fileTest) restart(now int64) {
	x.handler = &Handler{
		Store: x.fakeInbound, Posts: x.fakeInbound, Localizer: posting.Localizer{Render: fake.Texts{}.Markdown, ServerLocale: func() string { return "en" }}, Clock: fake.Clock(now),
		NewID: func() string { return "id" }, WakeChannels: func() {}, WakeMedia: func() {}, Settings: func() domain.Settings { return domain.Settings{} },
	}
}

func pictureItem(t *testing.T, wamid string) []byte {
	t.Helper()
	payload, err := json.Marshal(whatsapp.Item{
		Kind: whatsapp.KindMessage, PhoneNumberID: "1", Contact: whatsapp.Contact{WaID: "5511987654321"}, Timestamp: 5,
		Data: json.RawMessage(`{"id":"` + wamid + `","from":"5511987654321","type":"image","image":{"id":"m","mime_type":"image/png","sha256":"x"}}`),
	})
	require.NoError(t, err)
	return payload
}

// try is the next attempt; it returns what it did and whether the message waits.
func (x *fileTest) try() (did []string, waits bool) {
	x.t.Helper()
	x.did = nil
	x.job.Attempts++
	outcome, err := x.handler.Handle(x.t.Context(), x.job)
	require.NoError(x.t, err)
	if finish := outcome.Finish(); finish != nil {
		_, err = finish(x.t.Context(), "me", time.Minute)
		require.NoError(x.t, err)
	}
	return x.did, outcome.IsRetry()
}

func TestAPostIsMadeWithItsFile(t *testing.T) {
	x := newFileTest(t)
	x.waiting = [][]byte{pictureItem(t, "wamid.2"), []byte(`{"Kind":"message","Data":{"id":"wamid.3","type":"text","text":{"body":"oi"}}}`), []byte("no item"), pictureItem(t, "wamid.4")}
	did, waits := x.try()
	require.True(t, waits)
	require.Equal(t, []string{"prefetch"}, did)
	require.Len(t, x.fetching, 3, "and the files of the messages behind")
	require.Equal(t, []string{"wamid.1", "wamid.2", "wamid.4"}, []string{x.fetching[0].WAMID, x.fetching[1].WAMID, x.fetching[2].WAMID})
	require.Empty(t, x.fetching[0].PostID)
	did, waits = x.try()
	require.True(t, waits)
	require.Empty(t, did, "it is being fetched")

	x.progress = &domain.MediaProgress{FileID: "file", Over: true}
	did, waits = x.try()
	require.False(t, waits)
	require.Equal(t, []string{"post", "posted post"}, did, "an attempt that only waited made no post")
	require.Equal(t, []string{"file"}, x.posts[0].FileIDs)
	require.Nil(t, x.posts[0].Props[posting.PropMedia])
}

func TestAPostDoesNotWaitForEver(t *testing.T) {
	for name, change := range map[string]func(x *fileTest){
		"two seconds are over": func(x *fileTest) {
			lane := x.handler.waits.lanes["ana"]
			lane.at = lane.at.Add(-fileWait)
			x.handler.waits.lanes["ana"] = lane
		},
		"an earlier file held it up": func(x *fileTest) {
			lane := x.handler.waits.lanes["ana"]
			lane.spent = fileWait
			x.handler.waits.lanes["ana"] = lane
		},
		"it cannot come": func(x *fileTest) { x.progress.Over = true },
	} {
		t.Run(name, func(t *testing.T) {
			x := newFileTest(t)
			_, waits := x.try()
			require.True(t, waits)
			change(x)
			did, waits := x.try()
			require.False(t, waits)
			require.Equal(t, []string{"post", "fetch post", "posted post"}, did)
			require.Equal(t, posting.MediaFetching, x.posts[0].Props[posting.PropMedia])
			require.Empty(t, x.posts[0].FileIDs)
		})
	}
}

func TestAnotherProcessGoesOnWithAFile(t *testing.T) {
	x := newFileTest(t)
	_, waits := x.try()
	require.True(t, waits)
	x.progress = &domain.MediaProgress{FileID: "file", Over: true}
	x.restart(x.job.Order)
	did, waits := x.try()
	require.False(t, waits)
	require.Equal(t, []string{"find", "post", "fetch post", "posted post"}, did, "who died may have posted it: the media queue sees to the file")
	require.Equal(t, []string{"file"}, x.posts[0].FileIDs)

	x = newFileTest(t)
	x.job.CreatedAt -= fileWait.Milliseconds()
	x.job.Attempts = 1
	did, waits = x.try()
	require.False(t, waits, "whoever waited before, two seconds are over")
	require.Equal(t, []string{"prefetch", "find", "post", "fetch post", "posted post"}, did)
}

func TestAFailureAfterTheWaitMayHavePosted(t *testing.T) {
	x := newFileTest(t)
	_, waits := x.try()
	require.True(t, waits)
	x.progress = &domain.MediaProgress{FileID: "file"}
	x.try()
	did, _ := x.try()
	require.Equal(t, []string{"find", "post", "fetch post", "posted post"}, did)
}

func TestAFileThatDoesNotHangIsAttachedLater(t *testing.T) {
	x := newFileTest(t)
	x.progress, x.detached = &domain.MediaProgress{FileID: "file"}, true
	did, waits := x.try()
	require.False(t, waits)
	require.Equal(t, []string{"post", "fetch post", "posted post"}, did)
}

// TestWaitsOfALane: what holds up the same messages is counted together.
func TestWaitsOfALane(t *testing.T) {
	var waits fileWaits
	job := jobqueue.Job{ID: 1, Lane: "ana", Attempts: 1, CreatedAt: time.Now().Add(-time.Second).UnixMilli()}
	left, mayExist := waits.resume(job, false)
	require.Equal(t, fileWait, left)
	require.False(t, mayExist)
	waits.begin(job, false)
	lane := waits.lanes["ana"]
	lane.at = lane.at.Add(-time.Second)
	waits.lanes["ana"] = lane
	job.Attempts = 2
	left, mayExist = waits.resume(job, true)
	require.Less(t, left, fileWait-900*time.Millisecond)
	require.False(t, mayExist)

	behind := jobqueue.Job{ID: 2, Lane: "ana", Attempts: 1, CreatedAt: job.CreatedAt}
	got, _ := waits.resume(behind, false)
	require.Equal(t, left, got, "it waited behind the first")
	later := jobqueue.Job{ID: 3, Lane: "ana", Attempts: 1, CreatedAt: time.Now().Add(time.Second).UnixMilli()}
	got, _ = waits.resume(later, false)
	require.Equal(t, fileWait, got, "it came afterwards")
	other := jobqueue.Job{ID: 4, Lane: "bia", Attempts: 1, CreatedAt: job.CreatedAt}
	got, _ = waits.resume(other, false)
	require.Equal(t, fileWait, got)
}
