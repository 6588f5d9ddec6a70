package relay

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
)

func TestARoundHasAnEndAndAStopDoesNotWaitForOneThatHasNone(t *testing.T) {
	begun, never := make(chan struct{}), make(chan struct{})
	defer close(never)
	l := &Loop{Name: "test", Limit: 20 * time.Millisecond, Log: nobodyListens{}, Round: func(ctx context.Context) (bool, error) {
		<-ctx.Done() // it ends by itself
		close(begun)
		<-never // as a call of the server's that hears of no context
		return false, nil
	}}
	l.Start()
	<-begun
	l.Stop() // the test's own time would end it
}

func TestMetaIsGivenATimeForItsTemplates(t *testing.T) {
	c := &catalog{account: conversation.Account{ID: "a", Enabled: true, AccessToken: "token"}, facts: map[string]int64{}, now: 1_795_000_000_000}
	bounded := false
	s := &TemplateSync{Store: c, Clock: c, Log: nobodyListens{}, Wake: func() {}, Fetch: func(ctx context.Context, _ *conversation.Account) ([]conversation.Template, error) {
		_, bounded = ctx.Deadline()
		return nil, nil
	}}
	s.Stale("a")
	_, err := s.Round(context.Background())
	require.NoError(t, err)
	require.True(t, bounded, "one that hangs does not end the reading of templates on this node")
}

// deletedPosts are posts whose messages are under way, until somebody says what became of them.
type deletedPosts struct {
	Poster
	statuses map[string]conversation.Status
	parts    int
	told     []string
}

func (d *deletedPosts) MessageByPost(_ context.Context, postID string) (*conversation.Message, error) {
	if _, there := d.statuses[postID]; !there {
		return nil, conversation.ErrNotFound
	}
	return &conversation.Message{Direction: conversation.Outbound, Parts: d.parts}, nil
}

func (d *deletedPosts) PostStatus(_ context.Context, postID string) (conversation.Status, error) {
	return d.statuses[postID], nil
}

func (d *deletedPosts) CreatePost(_ context.Context, p Post) (string, error) {
	d.told = append(d.told, p.Props[PropEvent].(string))
	return "line", nil
}

func TestADeletionUnderWayKeepsNobody(t *testing.T) {
	d := &deletedPosts{statuses: map[string]conversation.Status{"a": conversation.Pending, "b": conversation.Pending, "c": conversation.Pending, "sent": conversation.Sent}}
	deletions := &Deletions{Store: d, Posts: d, Channels: NewChannels(nil), Speaker: Speaker{Texts: plain{}, Server: func() string { return "en" }}}
	deletions.Channels.Add("ours")
	round := func() {
		_, err := deletions.Round(t.Context())
		require.NoError(t, err)
	}
	for id := range d.statuses { // each returns at once
		require.NoError(t, deletions.Deleted(t.Context(), "ours", id, "ana"))
	}
	require.NoError(t, deletions.Deleted(t.Context(), "ours", "unknown", "ana"))
	require.Equal(t, []string{"deleted:sent"}, d.told)
	round()
	require.Len(t, d.told, 1)
	d.statuses["a"], d.statuses["b"] = conversation.Delivered, conversation.NotSent
	round()
	require.Equal(t, []string{"deleted:sent", "deleted:a"}, d.told, "the customer has one of them")
	round()
	require.Len(t, deletions.watched, 1)
	deletions.watched[0].until = time.Now()
	round()
	require.Empty(t, deletions.watched, "not for ever")
	require.Len(t, d.told, 2)

	d.statuses["c"] = conversation.Pending
	for range 2 * maxDeleted {
		require.NoError(t, deletions.Deleted(t.Context(), "ours", "c", ""))
	}
	require.Len(t, deletions.watched, maxDeleted)
}
