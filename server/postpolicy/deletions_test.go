package postpolicy

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

// fakeDeletedPosts are posts whose messages are under way, until somebody says what became of them.
type fakeDeletedPosts struct {
	Store
	Mattermost
	statuses map[string]domain.Status
	parts    int
	told     []string
}

func (d *fakeDeletedPosts) MessageByPost(_ context.Context, postID string) (*domain.Message, error) {
	if _, there := d.statuses[postID]; !there {
		return nil, domain.ErrNotFound
	}
	return &domain.Message{Direction: domain.Outbound, Parts: d.parts}, nil
}

func (d *fakeDeletedPosts) PostStatus(_ context.Context, postID string) (domain.Status, error) {
	return d.statuses[postID], nil
}

func (d *fakeDeletedPosts) CreatePost(_ context.Context, p posting.Post) (string, error) {
	d.told = append(d.told, p.Props[posting.PropEvent].(string))
	return "line", nil
}

func TestADeletionUnderWayKeepsNobody(t *testing.T) {
	d := &fakeDeletedPosts{statuses: map[string]domain.Status{"a": domain.Pending, "b": domain.Pending, "c": domain.Pending, "sent": domain.Sent}}
	deletions := &Deletions{Store: d, Posts: d, Channels: posting.NewChannels(nil), Localizer: posting.Localizer{Render: fake.Texts{}.Markdown, ServerLocale: func() string { return "en" }}, Wake: func() {}}
	deletions.Channels.Add("ours")
	round := func() {
		_, err := deletions.Run(t.Context())
		require.NoError(t, err)
	}
	for id := range d.statuses { // each returns at once
		require.NoError(t, deletions.Deleted(t.Context(), "ours", id, "ana"))
	}
	require.NoError(t, deletions.Deleted(t.Context(), "ours", "unknown", "ana"))
	require.Equal(t, []string{"deleted:sent"}, d.told)
	round()
	require.Len(t, d.told, 1)
	d.statuses["a"], d.statuses["b"] = domain.Delivered, domain.NotSent
	round()
	require.Equal(t, []string{"deleted:sent", "deleted:a"}, d.told, "the customer has one of them")
	round()
	require.Len(t, deletions.watched, 1)
	deletions.watched[0].until = time.Now()
	round()
	require.Empty(t, deletions.watched, "not for ever")
	require.Len(t, d.told, 2)

	d.statuses["c"] = domain.Pending
	for range 2 * maxDeleted {
		require.NoError(t, deletions.Deleted(t.Context(), "ours", "c", ""))
	}
	require.Len(t, deletions.watched, maxDeleted)
}
