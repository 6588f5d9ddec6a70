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

// fakeStore is the outbox as the intake sees it.
type fakeStore struct {
	Store
	stands map[string]string
	sent   []string // posts
	unsent map[string]int
}

func (s *fakeStore) StandingPost(_ context.Context, key, postID string) (string, error) {
	if s.stands[key] == "" {
		s.stands[key] = postID
	}
	return s.stands[key], nil
}

func (s *fakeStore) EnqueuePost(_ context.Context, pieces []domain.OutboxItem, _ time.Duration) (bool, error) {
	s.sent = append(s.sent, pieces[0].Message.PostID)
	return true, nil
}

func (s *fakeStore) InsertNotSent(_ context.Context, m *domain.Message) (bool, error) {
	s.unsent[m.PostID] = m.ReasonCode
	return true, nil
}

// Two processes, of which one was frozen, make a post of the same draft each.
func TestADraftThatBecameTwoPostsGoesToTheCustomerOnce(t *testing.T) {
	const at = int64(1_794_744_000_000)
	store := &fakeStore{stands: map[string]string{}, unsent: map[string]int{}}
	moment := time.UnixMilli(at)
	seals := sealsFor("key", &moment)
	in := &Intake{
		Store: store, Policy: &Policy{Posts: fakePosts{}, Seals: seals}, Clock: fake.Clock(at), NewID: func() string { return "id" }, Wake: func() {},
	}
	c := &domain.Conversation{ID: "conversation", ChannelID: "c", WindowUntil: at + 1000}
	for _, id := range []string{"first", "second", "first"} {
		p := posting.IncomingPost{ID: id, ChannelID: "c", UserID: "ana", Message: "Bom dia", DraftID: "draft", CreateAt: at}
		p.Seal = seals.Seal(p)
		ruling, err := in.Policy.Check(t.Context(), c, p, at)
		require.NoError(t, err)
		require.NoError(t, in.enqueue(t.Context(), c, p, ruling))
	}
	require.Equal(t, []string{"first", "first"}, store.sent, "the same post twice is one message: see the store")
	require.Equal(t, map[string]int{"second": domain.ReasonDeleted}, store.unsent, "and nothing is said of the other, which is taken back")
}
