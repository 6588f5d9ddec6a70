package jobs

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

// fakeMailbox is a notice's row and the direct messages it became.
type fakeMailbox struct {
	Store
	Mattermost

	notice domain.Notice
	toldAt int64
	posts  map[string][]posting.Post // by channel
	dieAt  string                    // the channel after whose post everything ends
	about  []string                  // the conversations that posts tell of
}

func (m *fakeMailbox) Mention(_ context.Context, postID string, conversationIDs []string) error {
	for _, id := range conversationIDs {
		m.about = append(m.about, postID+" "+id)
	}
	return nil
}

func (m *fakeMailbox) ClaimNotices(context.Context, time.Duration, int) ([]*domain.Notice, error) {
	if m.toldAt != 0 {
		return nil, nil
	}
	notice := m.notice
	m.notice.Again = true
	return []*domain.Notice{&notice}, nil
}

func (m *fakeMailbox) NoticeToldTo(_ context.Context, _, userID string) error {
	m.notice.Told = append(m.notice.Told, userID)
	return nil
}

func (m *fakeMailbox) NoticeTold(_ context.Context, _ string, now int64) error {
	m.toldAt = now
	return nil
}

func (m *fakeMailbox) DirectChannel(_ context.Context, userID string) (string, error) {
	return "dm-" + userID, nil
}

func (m *fakeMailbox) CreatePost(_ context.Context, p posting.Post) (string, error) {
	m.posts[p.ChannelID] = append(m.posts[p.ChannelID], p)
	if p.ChannelID == m.dieAt {
		m.dieAt = ""
		return "", errors.New("killed after the post was made")
	}
	return "id", nil
}

func (m *fakeMailbox) AgreeOnPost(_ context.Context, _, id string) (string, error) { return id, nil }
func (m *fakeMailbox) FindPost(_ context.Context, channelID string, _ int64, prop, value string) (string, error) {
	if slices.ContainsFunc(m.posts[channelID], func(p posting.Post) bool { return p.Props[prop] == value }) {
		return "id", nil
	}
	return "", domain.ErrNotFound
}

func (m *fakeMailbox) RootOf(_ context.Context, postID string) (root, channel string, err error) {
	return postID, "", nil
}

func TestEachIsToldOnceWhateverDies(t *testing.T) {
	for _, dies := range []string{"", "dm-ana", "dm-bia"} {
		m := &fakeMailbox{notice: domain.Notice{Key: "k", TextKey: "admin.account_blocked", Data: map[string]any{"Code": 190.0}}, posts: map[string][]posting.Post{}, dieAt: dies}
		n := &Notices{
			Store: m, Posts: m, Clock: fake.Clock(7), Log: fake.Log{},
			Recipients: func(context.Context, *domain.Notice) ([]string, string, error) {
				return []string{"ana", "bia"}, "Loja", nil
			},
			Localizer: posting.Localizer{Render: fake.Texts{}.Markdown, UserLocale: func(context.Context, string) string { return "en" }},
		}
		for range 3 {
			_, err := n.Run(context.Background())
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
