package channelsync

import (
	"context"
	"testing"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

var errLost = errors.New("the answer was lost")

// fakeQueueChannel is a queue's channel whose server loses the answer to a post.
type fakeQueueChannel struct {
	fakeChannel
	Store
	loses   bool
	retired []string // the texts of cards that were changed
	saved   int64    // the number of the last card, as stored
}

func (q *fakeQueueChannel) CreatePost(ctx context.Context, p posting.Post) (string, error) {
	id, err := q.fakeChannel.CreatePost(ctx, p)
	if q.loses {
		return "", errLost
	}
	return id, err
}

func (q *fakeQueueChannel) EditPost(_ context.Context, _, message string, _ map[string]any) error {
	q.retired = append(q.retired, message)
	return nil
}

func (q *fakeQueueChannel) AddMember(context.Context, string, string, string) error { return nil }
func (q *fakeQueueChannel) NotifyAll(context.Context, string, string) error         { return nil }
func (q *fakeQueueChannel) Queue(_ context.Context, id string) (*domain.Queue, error) {
	return &domain.Queue{ID: id, ChannelID: "queue's channel"}, nil
}
func (q *fakeQueueChannel) Mention(context.Context, string, []string) error      { return nil }
func (q *fakeQueueChannel) MarkSidebars(context.Context, string, []string) error { return nil }
func (q *fakeQueueChannel) SetPeople(_ context.Context, _, _, _ string, n int64) error {
	q.saved = n
	return nil
}

// A card whose answer was lost is changed when somebody takes the conversation.
func TestACardThatNobodyKnowsOfIsRetired(t *testing.T) {
	q := &fakeQueueChannel{loses: true}
	m := &Syncer{
		Posts: q, Store: q, Localizer: posting.Localizer{Render: fake.Texts{}.Markdown, ServerLocale: func() string { return "en" }},
		Username: func(context.Context, string) (string, error) { return "ana", nil },
	}
	c := domain.Conversation{ID: "c", ChannelID: "channel", QueueID: "queue"}
	require.ErrorIs(t, m.syncPeople(t.Context(), &domain.ChannelRefresh{Conversation: c}, false), errLost)
	require.Len(t, q.posts, 1)

	q.loses = false
	c.AttendantID = "ana"
	require.NoError(t, m.syncPeople(t.Context(), &domain.ChannelRefresh{Conversation: c}, true))
	require.Len(t, q.posts, 1)
	require.Len(t, q.retired, 1)
	require.Contains(t, q.retired[0], "card.taken")
	require.EqualValues(t, 1, q.saved)
}
