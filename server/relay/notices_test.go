package relay

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
)

// mailbox is a notice's row and the direct messages it became.
type mailbox struct {
	notice Notice
	toldAt int64
	posts  map[string][]Post // by channel
	dieAt  string            // the channel after whose post everything ends
	about  []string          // the conversations that posts tell of
}

func (m *mailbox) Mention(_ context.Context, postID string, conversationIDs []string) error {
	for _, id := range conversationIDs {
		m.about = append(m.about, postID+" "+id)
	}
	return nil
}

func (m *mailbox) ClaimNotices(context.Context, time.Duration, int) ([]*Notice, error) {
	if m.toldAt != 0 {
		return nil, nil
	}
	notice := m.notice
	m.notice.Again = true
	return []*Notice{&notice}, nil
}

func (m *mailbox) NoticeToldTo(_ context.Context, _, userID string) error {
	m.notice.Told = append(m.notice.Told, userID)
	return nil
}

func (m *mailbox) NoticeTold(_ context.Context, _ string, now int64) error {
	m.toldAt = now
	return nil
}

func (m *mailbox) DirectChannel(_ context.Context, userID string) (string, error) {
	return "dm-" + userID, nil
}

func (m *mailbox) CreatePost(_ context.Context, p Post) (string, error) {
	m.posts[p.ChannelID] = append(m.posts[p.ChannelID], p)
	if p.ChannelID == m.dieAt {
		m.dieAt = ""
		return "", errors.New("killed after the post was made")
	}
	return "id", nil
}

func (m *mailbox) Agree(_ context.Context, _, id string) (string, error) { return id, nil }
func (m *mailbox) FindPost(_ context.Context, channelID string, _ int64, prop, value string) (string, error) {
	if slices.ContainsFunc(m.posts[channelID], func(p Post) bool { return p.Props[prop] == value }) {
		return "id", nil
	}
	return "", conversation.ErrNotFound
}

func (m *mailbox) RootOf(_ context.Context, postID string) (string, error) { return postID, nil }

// plain writes a text as its key and its words.
type plain struct{}

func (plain) Markdown(lang, key string, data map[string]any) string {
	words, ok := data["Words"].(interface{ Text(lang string) string })
	if !ok {
		return key
	}
	return key + " " + words.Text(lang)
}

type nobodyListens struct{}

func (nobodyListens) Warn(string, ...any)  {}
func (nobodyListens) Error(string, ...any) {}

func TestEachIsToldOnceWhateverDies(t *testing.T) {
	for _, dies := range []string{"", "dm-ana", "dm-bia"} {
		m := &mailbox{notice: Notice{Key: "k", TextKey: "admin.account_blocked", Data: map[string]any{"Code": 190.0}}, posts: map[string][]Post{}, dieAt: dies}
		n := &Notices{
			Store: m, Posts: m, Clock: fixedClock(7), Log: nobodyListens{},
			Readers: func(context.Context, *Notice) ([]string, string, error) { return []string{"ana", "bia"}, "Loja", nil },
			Speaker: Speaker{Texts: plain{}, Reader: func(context.Context, string) string { return "en" }},
		}
		for range 3 {
			_, err := n.Round(context.Background())
			require.NoError(t, err)
		}
		require.Len(t, m.posts, 2)
		for channel, posts := range m.posts {
			require.Len(t, posts, 1, channel)
			require.Contains(t, posts[0].Message, "**Loja**: admin.account_blocked ")
			require.Contains(t, posts[0].Message, "token", "a code is told in words")
		}
		require.EqualValues(t, 7, m.toldAt)
	}
}
