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
)

// fakeMemories is a server with one conversation's channel, and the row that lets it be forgotten.
type fakeMemories struct {
	Store
	Mattermost

	posts, channels bool // what its settings let go
	remains         domain.Remains
	refuses         error

	row         domain.ErasedConversation
	done        bool
	stays       []string
	pauses      []time.Duration
	erasedAgain int
	steps       []string
}

func (m *fakeMemories) step(s string) error {
	m.steps = append(m.steps, s)
	return m.refuses
}

func (m *fakeMemories) ClaimForget(context.Context, string, time.Duration, int) ([]domain.ErasedConversation, error) {
	if m.done {
		return nil, nil
	}
	return []domain.ErasedConversation{m.row}, nil
}

func (m *fakeMemories) ForgetLater(_ context.Context, _ string, delay time.Duration) error {
	m.row.Attempts++
	m.pauses = append(m.pauses, delay)
	return nil
}

func (m *fakeMemories) ForgetOn(context.Context, string) error { m.row.Attempts = 0; return nil }

func (m *fakeMemories) ForgetPassed(_ context.Context, _ string, stays []string, next time.Duration) error {
	m.row.Attempts, m.stays, m.done = 0, stays, next == 0
	m.row.Passes++
	return nil
}

func (m *fakeMemories) ForgetStays(context.Context) error {
	if m.done && len(m.stays) > 0 {
		m.done = false
	}
	return nil
}

func (m *fakeMemories) Remains(context.Context, *domain.ErasedConversation, []string, int) (*domain.Remains, error) {
	r := m.remains
	r.Posts, r.Elsewhere, r.WithFiles = slices.Clone(r.Posts), slices.Clone(r.Elsewhere), slices.Clone(r.WithFiles)
	return &r, nil
}

func (m *fakeMemories) Unmention(_ context.Context, _ string, ids []string) error {
	m.remains.Elsewhere = slices.DeleteFunc(m.remains.Elsewhere, func(p domain.RemainingPost) bool { return slices.Contains(ids, p.ID) })
	return nil
}

func (m *fakeMemories) EraseAgain(context.Context, string, int64) error { m.erasedAgain++; return nil }

func (m *fakeMemories) MayErase() (posts, channels bool) { return m.posts, m.channels }

func (m *fakeMemories) ErasePosts(_ context.Context, ids []string) error {
	gone := func(p domain.RemainingPost) bool { return slices.Contains(ids, p.ID) }
	if err := m.step("erase posts"); err != nil {
		return err
	}
	m.remains.Posts, m.remains.Elsewhere = slices.DeleteFunc(m.remains.Posts, gone), slices.DeleteFunc(m.remains.Elsewhere, gone)
	m.remains.WithFiles = slices.DeleteFunc(m.remains.WithFiles, func(id string) bool { return slices.Contains(ids, id) })
	return nil
}

func (m *fakeMemories) EraseChannel(context.Context, string) error {
	if err := m.step("erase channel"); err != nil {
		return err
	}
	m.remains.Exists, m.remains.Posts = false, nil
	return nil
}

func (m *fakeMemories) Nameless(context.Context, string) error  { return m.step("nameless") }
func (m *fakeMemories) Unarchive(context.Context, string) error { return m.step("unarchive") }
func (m *fakeMemories) Archive(context.Context, string) error   { return m.step("archive") }

func (m *fakeMemories) HidePosts(_ context.Context, ids []string) error {
	for _, posts := range [][]domain.RemainingPost{m.remains.Posts, m.remains.Elsewhere} {
		for i := range posts {
			posts[i].Hidden = posts[i].Hidden || slices.Contains(ids, posts[i].ID)
		}
	}
	return m.step("hide posts")
}

func (m *fakeMemories) HangLoose(_ context.Context, _, userID string, ids []string) error {
	if err := m.step("hang " + userID); err != nil {
		return err
	}
	m.remains.Loose = slices.DeleteFunc(m.remains.Loose, func(f domain.LooseFile) bool { return slices.Contains(ids, f.ID) })
	m.remains.WithFiles = append(m.remains.WithFiles, "post of "+userID)
	return nil
}

func (m *fakeMemories) DropDraft(_ context.Context, _ string, d domain.ServerDraft) error {
	m.remains.Drafts = nil
	return m.step("drop draft of " + d.UserID)
}

func (m *fakeMemories) EditPost(_ context.Context, id, message string, _ map[string]any) error {
	for i, p := range m.remains.Elsewhere {
		if p.ID == id && p.Message != message {
			m.remains.Elsewhere[i].Message = message
			m.remains.Elsewhere = append(m.remains.Elsewhere, domain.RemainingPost{ID: "before " + id, Message: p.Message, Old: true, Hidden: true})
		}
	}
	return m.step("edit")
}

func remembering(posts, channels bool) *fakeMemories {
	const list = "- [Ana](https://x/t/channels/wa-c1)\n- [Bia](https://x/t/channels/wa-c2)"
	return &fakeMemories{
		posts: posts, channels: channels, row: domain.ErasedConversation{ConversationID: "c1", ContactID: "ct", ChannelID: "k1"},
		remains: domain.Remains{
			Exists: true, WithFiles: []string{"p2"}, Posts: []domain.RemainingPost{{ID: "p1"}, {ID: "p2"}, {ID: "p3", Hidden: true}},
			Loose: []domain.LooseFile{{ID: "f", CreatorID: "ines"}}, Drafts: []domain.ServerDraft{{UserID: "ines"}},
			Elsewhere: []domain.RemainingPost{{ID: "alone", Message: "Ana espera"}, {ID: "list", Message: list}},
		},
	}
}

func (m *fakeMemories) rounds(t *testing.T, n int) {
	t.Helper()
	f := &Erasure{Store: m, Posts: m, Clock: fake.Clock(7), Log: fake.Log{}}
	for range n {
		_, err := f.Run(context.Background())
		require.NoError(t, err)
	}
}

func TestForgettingRemovesWhatTheServersSettingsLetGo(t *testing.T) {
	for name, c := range map[string]struct {
		posts, channels bool
		gone            bool // the channel
		stays           []string
	}{
		"all":           {true, true, true, []string{}},
		"posts alone":   {true, false, false, []string{}},
		"channel alone": {false, true, false, []string{StayPosts, StayFiles}}, // its files could not be named any more
		"nothing":       {false, false, false, []string{StayPosts, StayFiles}},
	} {
		t.Run(name, func(t *testing.T) {
			m := remembering(c.posts, c.channels)
			m.rounds(t, 12)
			require.True(t, m.done)
			require.Equal(t, c.stays, m.stays)
			require.Equal(t, !c.gone, m.remains.Exists)
			require.Equal(t, 2, m.row.Passes, "once more, for whoever was in the middle of something")
			require.Positive(t, m.erasedAgain)
			require.Contains(t, m.steps, "drop draft of ines")
			if c.posts {
				require.Empty(t, m.remains.Posts)
				require.Empty(t, m.remains.WithFiles)
				require.Empty(t, m.remains.Loose)
				require.Empty(t, m.remains.Elsewhere)
			}
			for _, p := range append(m.remains.Posts, m.remains.Elsewhere...) {
				require.True(t, p.Hidden || p.ID == "list", p.ID)
			}
			m.posts, m.channels = true, true // the administrator turns them on
			m.rounds(t, 12)
			require.True(t, m.done)
			require.Empty(t, m.stays)
			require.Empty(t, m.remains.Posts)
		})
	}
}

func TestAListLosesTheLinesOfWhoeverIsForgotten(t *testing.T) {
	m := remembering(false, false)
	m.rounds(t, 12)
	for _, p := range m.remains.Elsewhere {
		if p.ID == "list" {
			require.Equal(t, "- [Bia](https://x/t/channels/wa-c2)", p.Message)
			require.False(t, p.Hidden)
			return
		}
	}
	t.Fatal("the list is gone")
}

func TestForgettingGoesOnWithGrowingPauses(t *testing.T) {
	m := remembering(true, true)
	m.refuses = errors.New("the server is down")
	m.rounds(t, 20)
	require.False(t, m.done)
	require.True(t, slices.IsSorted(m.pauses))
	require.Greater(t, m.pauses[5], m.pauses[0])
	require.Equal(t, eraseLongestPause, m.pauses[len(m.pauses)-1], "and no longer")
	m.refuses = nil
	m.rounds(t, 12)
	require.True(t, m.done)
	require.False(t, m.remains.Exists)
}
