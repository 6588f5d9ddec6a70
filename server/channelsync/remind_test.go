package channelsync

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

// fakeChannel is a channel that keeps what is posted, once per mark.
type fakeChannel struct {
	Mattermost
	posts  []posting.Post
	madeAt int64 // when its posts were made; 0 = now
}

func (w *fakeChannel) CreatePost(_ context.Context, p posting.Post) (string, error) {
	w.posts = append(w.posts, p)
	return "id", nil
}

func (w *fakeChannel) AgreeOnPost(_ context.Context, _, id string) (string, error) { return id, nil }

func (w *fakeChannel) FindPost(_ context.Context, channelID string, since int64, prop, value string) (string, error) {
	if w.madeAt != 0 && w.madeAt < since {
		return "", domain.ErrNotFound
	}
	if slices.ContainsFunc(w.posts, func(p posting.Post) bool { return p.ChannelID == channelID && p.Props[prop] == value }) {
		return "id", nil
	}
	return "", domain.ErrNotFound
}

func TestTheAttendantIsRemindedOncePerWindow(t *testing.T) {
	const hour = int64(3600_000)
	answered := int64(1_794_744_000_000)
	w := &fakeChannel{}
	m := &Syncer{
		Settings: func() domain.Settings { return domain.Settings{} },
		Posts:    w, Localizer: posting.Localizer{Render: fake.Texts{}.Markdown, ServerLocale: func() string { return "en" }},
		Username: func(context.Context, string) (string, error) { return "ana", nil },
	}
	c := domain.Conversation{ID: "c", ChannelID: "channel", AttendantID: "ana"}
	c.ExtendWindow(answered)
	shown := ""
	round := func(at int64) {
		t.Helper()
		r := domain.ChannelRefresh{Conversation: c, Shown: shown}
		var err error
		shown, err = m.remind(context.Background(), &r, stateKey(&c, at, ""), at)
		require.NoError(t, err)
	}
	round(answered + 21*hour)
	require.Empty(t, w.posts)
	for range 3 {
		round(answered + 22*hour)
	}
	require.Len(t, w.posts, 1)
	require.Equal(t, stateKey(&c, answered, "")+reminded, shown)
	require.Equal(t, stateKey(&c, answered, ""), shownBefore(&domain.ChannelRefresh{Shown: shown}))

	shown = "" // killed before it was written down, or the queue has another zone now
	round(answered + 23*hour)
	require.Len(t, w.posts, 1)

	c.LastOutboundAt = answered + 22*hour
	c.ExtendWindow(answered + 23*hour + 1)
	round(answered + 24*hour)
	require.Len(t, w.posts, 1, "the window is a new one")
	round(answered + 46*hour)
	require.Len(t, w.posts, 2)
}
