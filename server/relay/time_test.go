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

// wall is a channel that keeps what is posted, once per mark.
type wall struct {
	MirrorPosts
	posts []Post
}

func (w *wall) CreatePost(_ context.Context, p Post) (string, error) {
	w.posts = append(w.posts, p)
	return "id", nil
}

func (w *wall) Agree(_ context.Context, _, id string) (string, error) { return id, nil }
func (w *wall) FindPost(_ context.Context, channelID string, _ int64, prop, value string) (string, error) {
	if slices.ContainsFunc(w.posts, func(p Post) bool { return p.ChannelID == channelID && p.Props[prop] == value }) {
		return "id", nil
	}
	return "", conversation.ErrNotFound
}

func TestTheAttendantIsRemindedOncePerWindow(t *testing.T) {
	const hour = int64(3600_000)
	answered := int64(1_794_744_000_000)
	w := &wall{}
	m := &Mirror{
		Posts: w, Speaker: Speaker{Texts: plain{}, Server: func() string { return "en" }},
		Username: func(context.Context, string) (string, error) { return "ana", nil },
	}
	c := conversation.Conversation{ID: "c", ChannelID: "channel", AttendantID: "ana"}
	c.Answered(answered)
	shown := ""
	round := func(at int64) {
		t.Helper()
		r := Refresh{Conversation: c, Shown: shown}
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
	require.Equal(t, stateKey(&c, answered, ""), shownBefore(&Refresh{Shown: shown}))

	shown = "" // killed before it was written down, or the queue has another zone now
	round(answered + 23*hour)
	require.Len(t, w.posts, 1)

	c.LastOutboundAt = answered + 22*hour
	c.Answered(answered + 23*hour + 1)
	round(answered + 24*hour)
	require.Len(t, w.posts, 1, "the window is a new one")
	round(answered + 46*hour)
	require.Len(t, w.posts, 2)
}

// attic is a store of conversations to archive, and their channels.
type attic struct {
	due      []Archiving
	before   int64
	reopened bool
	broken   bool
	did      []string
}

func (s *attic) ClaimArchive(_ context.Context, closedBefore, _ int64, _ time.Duration, _ int) ([]Archiving, error) {
	s.before = closedBefore
	return s.due, nil
}

func (s *attic) Archived(_ context.Context, id string) (bool, error) {
	s.did = append(s.did, "archived "+id)
	return !s.reopened, nil
}

func (s *attic) Archive(_ context.Context, channelID string) error {
	s.did = append(s.did, "archive "+channelID)
	if s.broken {
		return errors.New("the server is away")
	}
	return nil
}

func (s *attic) Restore(_ context.Context, channelID string) error {
	s.did = append(s.did, "restore "+channelID)
	return nil
}

func TestArchive(t *testing.T) {
	const now, day = int64(1_794_744_000_000), int64(24 * 3600_000)
	job := Archiving{ID: "c", ChannelID: "channel", Archive: true}
	for name, test := range map[string]struct {
		s    attic
		days int
		want []string
	}{
		"a closed one":                   {s: attic{due: []Archiving{job}}, days: 7, want: []string{"archive channel", "archived c"}},
		"the server is away":             {s: attic{due: []Archiving{job}, broken: true}, days: 7, want: []string{"archive channel"}},
		"reopened meanwhile":             {s: attic{due: []Archiving{job}, reopened: true}, days: 7, want: []string{"archive channel", "archived c", "restore channel"}},
		"reopened after a try that died": {s: attic{due: []Archiving{{ID: "c", ChannelID: "channel"}}, reopened: true}, days: 7, want: []string{"archived c", "restore channel"}},
		"what a try left, switched off":  {s: attic{due: []Archiving{job}}, want: []string{"archive channel", "archived c"}},
		"nothing is due":                 {days: 7},
	} {
		t.Run(name, func(t *testing.T) {
			s := test.s
			a := &Archive{Store: &s, Posts: &s, Clock: fixedClock(now), Log: nobodyListens{}, Settings: func() conversation.Settings { return conversation.Settings{ArchiveDays: test.days} }}
			more, err := a.Round(context.Background())
			require.NoError(t, err)
			require.False(t, more)
			require.Equal(t, test.want, s.did)
			if test.days == 0 {
				require.Zero(t, s.before)
			} else {
				require.Equal(t, now-int64(test.days)*day, s.before)
			}
		})
	}
}
