package outbound

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

// typist is an open conversation in "ours", whose member ana is, and what the customer sees of it.
type fakeReceiptStore struct {
	Store
	mu     sync.Mutex
	asked  []string
	refuse chan struct{} // gets something for each writer who was turned away by the tables
	showed chan struct{}
}

func (y *fakeReceiptStore) ConversationByChannel(_ context.Context, channelID string) (*domain.Conversation, error) {
	if channelID != "ours" {
		return nil, domain.ErrNotFound
	}
	return fake.OpenConv, nil
}
func (y *fakeReceiptStore) LastInbound(context.Context, string) ([]string, error) {
	return []string{"w"}, nil
}
func (y *fakeReceiptStore) Account(context.Context, string) (*domain.Account, error) {
	return &domain.Account{Enabled: true}, nil
}
func (y *fakeReceiptStore) maySpeak(_ context.Context, userID, _ string) (bool, error) {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.asked = append(y.asked, userID)
	if userID != "ana" {
		defer func() { y.refuse <- struct{}{} }()
	}
	return userID == "ana", nil
}

func TestOnlyWhoMayPostIsSeenWriting(t *testing.T) {
	y := &fakeReceiptStore{refuse: make(chan struct{}, 9), showed: make(chan struct{}, 9)}
	reads := NewReceipts(ReceiptOptions{
		Store: y, MaySpeak: y.maySpeak, Channels: posting.NewChannels(y.ConversationByChannel), Clock: fake.Clock(7), Log: fake.Log{},
		Settings: func() ReceiptSettings { return ReceiptSettings{Typing: true} },
		PostType: func(_ context.Context, id string) (string, error) {
			switch id {
			case "note":
				return posting.TypeNote, nil
			case "line":
				return posting.TypeEvent, nil
			case "gone":
				return "", domain.ErrNotFound
			}
			return "", nil
		},
		MarkRead: func(context.Context, *domain.Account, string, bool) error {
			y.showed <- struct{}{}
			return nil
		},
	})
	idle := func() { // no request is under way
		require.NoError(t, reads.requests.Acquire(t.Context(), maxReceipts))
		reads.requests.Release(maxReceipts)
	}
	reads.OnTyping("ana", "theirs", "")
	for range 3 {
		reads.OnTyping("former", "ours", "")
		idle()
	}
	require.Len(t, y.refuse, 1, "a no is remembered")
	for _, thread := range []string{"note", "line", "gone"} {
		reads.OnTyping("ana", "ours", thread)
		idle()
	}
	require.Empty(t, y.showed, "nothing of it is for the customer")
	reads.OnTyping("ana", "ours", "message")
	idle()
	reads.OnTyping("ana", "ours", "")
	idle()
	require.Len(t, y.showed, 1, "a stranger's writing keeps nobody's sign away, and one sign is enough for a while")
	require.Equal(t, []string{"former", "ana"}, y.asked)
}
