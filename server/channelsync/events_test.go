package channelsync

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

// fakeChoosyChannel is a fakeChannel that refuses some posts for good.
type fakeChoosyChannel struct {
	*fakeChannel
	refuses func(posting.Post) bool
}

func (c fakeChoosyChannel) CreatePost(ctx context.Context, p posting.Post) (string, error) {
	if c.refuses(p) {
		return "", posting.ErrRefused
	}
	return c.fakeChannel.CreatePost(ctx, p)
}

// A line of ours that may not be shown holds up nothing of the conversation.
func TestOurOwnLinesHoldUpNothing(t *testing.T) {
	for name, test := range map[string]struct {
		refuses func(posting.Post) bool
		shown   []string
	}{
		"its words":  {func(p posting.Post) bool { return p.Message == "event.claimed" }, []string{"withheld.line"}},
		"everything": {func(posting.Post) bool { return true }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := &fakeChannel{}
			m := &Syncer{Posts: fakeChoosyChannel{w, test.refuses}, Localizer: posting.Localizer{Render: fake.Texts{}.Markdown, ServerLocale: func() string { return "en" }}}
			c := &domain.Conversation{ID: "c", ChannelID: "channel"}
			require.NoError(t, m.appendEvent(t.Context(), c, domain.T("event.claimed"), "line:1", false, posting.OwnPostsSince()))
			var shown []string
			for _, p := range w.posts {
				shown = append(shown, p.Message)
			}
			require.Equal(t, test.shown, shown)
		})
	}
}

// A template that is sent after the window's end and fails leaves the conversation as it was, and that was told already, however
// long ago.
func TestTheEndOfAWindowIsToldOnce(t *testing.T) {
	const answered, day = int64(1_794_744_000_000), int64(86_400_000)
	w := &fakeChannel{madeAt: answered + day}
	m := &Syncer{Posts: w, Localizer: posting.Localizer{Render: fake.Texts{}.Markdown, ServerLocale: func() string { return "en" }}}
	c := domain.Conversation{ID: "c", ChannelID: "channel"}
	c.ExtendWindow(answered)
	shown, now := stateKey(&c, answered, ""), answered+day
	round := func(lastTemplate int64) {
		t.Helper()
		c.LastTemplateAt = lastTemplate
		require.NoError(t, m.appendStateEvent(t.Context(), &domain.ChannelRefresh{Conversation: c, Shown: shown}, now))
		shown = stateKey(&c, now, "")
	}
	round(0)
	require.Len(t, w.posts, 1)
	now++
	round(now)
	require.Equal(t, domain.Waiting, c.StateAt(now))
	round(0)
	require.Equal(t, domain.Expired, c.StateAt(now))
	require.Len(t, w.posts, 1)
}

// A channel that is made because a customer writes first is not told to wait for an answer to a template that nobody sent.
func TestWhatAChannelSaysFirst(t *testing.T) {
	const at = int64(1_794_744_000_000)
	for name, test := range map[string]struct {
		conversation domain.Conversation
		want         []string
	}{
		"a start":                   {domain.Conversation{OwnerID: "ana", LastTemplateAt: at}, []string{"event.waiting"}},
		"a start, not accepted yet": {domain.Conversation{OwnerID: "ana"}, []string{"event.waiting"}},
		"a customer writes":         {domain.Conversation{}, nil},
	} {
		w := &fakeChannel{}
		m := &Syncer{Posts: w, Localizer: posting.Localizer{Render: fake.Texts{}.Markdown, ServerLocale: func() string { return "en" }}}
		test.conversation.ID, test.conversation.ChannelID = "c", "channel"
		require.NoError(t, m.appendStateEvent(t.Context(), &domain.ChannelRefresh{Conversation: test.conversation}, at))
		var said []string
		for _, p := range w.posts {
			said = append(said, p.Message)
		}
		require.Equal(t, test.want, said, name)
	}
}
