package postpolicy

import (
	"context"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// fakeStore is the outbox as the intake sees it.
type fakeStore struct {
	Store
	conversation *domain.Conversation

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

func (s *fakeStore) ConversationByChannel(context.Context, string) (*domain.Conversation, error) {
	return s.conversation, nil
}

func (s *fakeStore) EnqueuePost(_ context.Context, pieces []domain.OutboxItem, _ string, _ time.Duration) (bool, error) {
	s.sent = append(s.sent, pieces[0].Message.PostID)
	return true, nil
}

func (s *fakeStore) InsertNotSent(_ context.Context, m *domain.Message) (bool, error) {
	s.unsent[m.PostID] = m.ReasonCode
	return true, nil
}

// intake takes posts into the store at a moment.
func (s *fakeStore) intake(posts Mattermost, seals *posting.Seals, at int64) *Intake {
	return &Intake{
		Store: s, Channels: posting.NewChannels(s.ConversationByChannel), Policy: &Policy{Posts: posts, Seals: seals}, Clock: fake.Clock(at), NewID: func() string { return "id" }, Wake: func() {},
	}
}

// Two processes, of which one was frozen, make a post of the same draft each.
func TestADraftThatBecameTwoPostsGoesToTheCustomerOnce(t *testing.T) {
	const at = int64(1_794_744_000_000)
	c := &domain.Conversation{ID: "conversation", ChannelID: "c", WindowUntil: at + 1000}
	store := &fakeStore{conversation: c, stands: map[string]string{}, unsent: map[string]int{}}
	moment := time.UnixMilli(at)
	seals := sealsFor("key", &moment)
	in := store.intake(fakePosts{}, seals, at)
	for _, id := range []string{"first", "second", "first"} {
		p := posting.IncomingPost{ID: id, ChannelID: "c", UserID: "ana", Message: "Bom dia", DraftID: "draft", CreateAt: at}
		p.Seal = seals.Seal(p)
		require.NoError(t, in.EnqueuePost(t.Context(), p))
	}
	require.Equal(t, []string{"first", "first"}, store.sent, "the same post twice is one message: see the store")
	require.Equal(t, map[string]int{"second": domain.ReasonDeleted}, store.unsent, "and nothing is said of the other, which is taken back")
}

func (s *fakeStore) MessageByPost(_ context.Context, postID string) (*domain.Message, error) {
	if slices.Contains(s.sent, postID) {
		return &domain.Message{PostID: postID}, nil
	}
	return nil, domain.ErrNotFound
}

// tickingPosts is Mattermost where a post shows its status as soon as it has a message.
type tickingPosts struct {
	fakePosts
	store *fakeStore
	post  posting.IncomingPost
}

func (p tickingPosts) ReadPost(ctx context.Context, id string) (posting.IncomingPost, error) {
	post := p.post
	if _, err := p.store.MessageByPost(ctx, id); err == nil {
		post.Props = maps.Clone(post.Props)
		post.Props[posting.PropStatus] = string(domain.Sent)
	}
	return post, nil
}

func TestAPostThatHasItsTickIsNotDecidedAboutAgain(t *testing.T) {
	const at = int64(1_794_744_000_000)
	c := &domain.Conversation{ID: "conversation", ChannelID: "c", WindowUntil: at + 1000}
	store := &fakeStore{conversation: c, stands: map[string]string{}, unsent: map[string]int{}}
	moment := time.UnixMilli(at)
	posts := tickingPosts{store: store, post: posting.IncomingPost{ID: "p", ChannelID: "c", UserID: "ana", Message: "📍 Onde?", CreateAt: at, Props: map[string]any{posting.PropCard: map[string]any{}, posting.PropSeal: ""}}}
	posts.post.Card = &posting.Card{Location: &whatsapp.Location{Latitude: 1, Longitude: 2}}
	seals := sealsFor("key", &moment)
	posts.post.Seal = seals.Seal(posts.post)
	in := store.intake(posts, seals, at)
	in.RemoveProps = func(_ context.Context, _ string, props []string) error {
		return errors.Errorf("%v are taken off", props)
	}
	for range 2 {
		m, err := in.Take(t.Context(), "p")
		require.NoError(t, err)
		require.Equal(t, "p", m.PostID)
	}
	require.Equal(t, []string{"p"}, store.sent)
}

// A post that no hook reported is judged as if its hook had come in time.
func TestAMissedPost(t *testing.T) {
	now := time.Now().UnixMilli()
	minute := time.Minute.Milliseconds()
	for _, c := range []struct {
		name       string
		conv       domain.Conversation
		createdAt  int64
		wantReason int // 0 = it is sent
	}{
		{"fresh", domain.Conversation{WindowFrom: 1, WindowUntil: now + minute}, now - minute, 0},
		{"older than a quarter of an hour", domain.Conversation{WindowFrom: 1, WindowUntil: now + minute}, now - 16*minute, domain.ReasonTooOld},
		{"made before the customer answered", domain.Conversation{WindowFrom: now - minute, WindowUntil: now + minute}, now - 2*minute, domain.ReasonLocked},
		{"closed meanwhile", domain.Conversation{WindowFrom: 1, WindowUntil: now + minute, ClosedAt: now}, now - minute, domain.ReasonClosed},
	} {
		t.Run(c.name, func(t *testing.T) {
			store := &fakeStore{conversation: &c.conv, unsent: map[string]int{}}
			mistaken := posting.NewChannels(func(context.Context, string) (*domain.Conversation, error) { return nil, domain.ErrNotFound })
			in := &Intake{
				Store: store, Channels: mistaken, Policy: &Policy{Posts: fakePosts{}}, Clock: fake.Clock(now),
				NewID: func() string { return "id" }, Wake: func() {},
			}
			require.NoError(t, in.EnqueuePost(t.Context(), posting.IncomingPost{ID: "p", ChannelID: "c", UserID: "ana", Message: "Bom dia", CreateAt: c.createdAt, Missed: true}))
			if c.wantReason == 0 {
				require.Equal(t, []string{"p"}, store.sent)
			} else {
				require.Equal(t, map[string]int{"p": c.wantReason}, store.unsent)
			}
		})
	}
}
