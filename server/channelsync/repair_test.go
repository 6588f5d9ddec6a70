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

// fakeDamagedChannel is a channel that somebody changed, and what is stored of it.
type fakeDamagedChannel struct {
	fakeChannel
	Store
	right  *posting.Channel
	refuse error
	seen   int64
	lost   string
	line   domain.Text
	public bool   // somebody made it public while a change of ours was on its way
	owed   string // key of the line that the channel is to show
	let    []string
}

func (y *fakeDamagedChannel) PutRight(_ context.Context, _ string, c posting.Channel) (int64, error) {
	y.right = &c
	return 50, y.refuse
}
func (y *fakeDamagedChannel) AddMember(_ context.Context, _, _, userID string) error {
	y.let = append(y.let, userID)
	return nil
}
func (y *fakeDamagedChannel) NotifyAll(context.Context, string, string) error { return nil }
func (y *fakeDamagedChannel) ChannelSeen(_ context.Context, _ string, at int64) error {
	y.seen = at
	return nil
}
func (y *fakeDamagedChannel) MadePublicSince(context.Context, string, int64) (bool, error) {
	return y.public, nil
}
func (y *fakeDamagedChannel) LoseChannel(_ context.Context, _, channelID, owed string, line domain.Text, _ int64) error {
	if y.owed == owed {
		y.owed = ""
	}
	y.lost, y.line = channelID, line
	return nil
}
func (y *fakeDamagedChannel) OweLine(_ context.Context, _ string, line domain.Text) error {
	y.owed = line.Key
	return nil
}

func TestTheChannelOfAnOpenConversationIsPutRight(t *testing.T) {
	const now = int64(1_794_744_000_000)
	well := domain.ServerChannel{ID: "channel", TeamID: "team", Type: "P", Name: "wa-c", DisplayName: "Ana", Header: "state.waiting", UpdateAt: 40}
	for name, test := range map[string]struct {
		change func(is *domain.ServerChannel, r *domain.ChannelRefresh)
		refuse error
		public bool   // somebody made it public while a change of ours was on its way
		right  bool   // it is put right
		tells  string // in the channel
		seen   int64
		lost   bool // the conversation gets another
	}{
		"all is well":                   {change: func(*domain.ServerChannel, *domain.ChannelRefresh) {}},
		"well, and somebody touched it": {change: func(_ *domain.ServerChannel, r *domain.ChannelRefresh) { r.ChannelAt = 39 }, seen: 40},
		"public for a moment":           {change: func(_ *domain.ServerChannel, r *domain.ChannelRefresh) { r.ChannelAt = 39 }, public: true, tells: "channel.private", seen: 40},
		"public for a moment, and with another header": {change: func(is *domain.ServerChannel, r *domain.ChannelRefresh) { is.Header, r.ChannelAt = "aberta", 39 }, public: true, right: true,
			tells: "channel.private", seen: 50},
		"archived":                      {change: func(is *domain.ServerChannel, _ *domain.ChannelRefresh) { is.DeleteAt = 39 }, right: true, tells: "channel.restored", seen: 50},
		"public":                        {change: func(is *domain.ServerChannel, _ *domain.ChannelRefresh) { is.Type = "O" }, right: true, tells: "channel.private", seen: 50},
		"in another team":               {change: func(is *domain.ServerChannel, _ *domain.ChannelRefresh) { is.TeamID = "other" }, right: true, tells: "channel.moved", seen: 50},
		"with another address":          {change: func(is *domain.ServerChannel, _ *domain.ChannelRefresh) { is.Name = "maria-pedido" }, right: true, tells: "channel.renamed", seen: 50},
		"with another's address":        {change: func(is *domain.ServerChannel, _ *domain.ChannelRefresh) { is.Name = "wa-cd" }, right: true, tells: "channel.renamed", seen: 50},
		"with an address of ours":       {change: func(is *domain.ServerChannel, _ *domain.ChannelRefresh) { is.Name = "wa-c-2" }},
		"with another name":             {change: func(is *domain.ServerChannel, r *domain.ChannelRefresh) { is.DisplayName, r.ChannelAt = "Maria", 39 }, right: true, tells: "channel.renamed", seen: 50},
		"the customer has another name": {change: func(is *domain.ServerChannel, _ *domain.ChannelRefresh) { is.DisplayName = "Maria" }, right: true, seen: 50},
		"with another header":           {change: func(is *domain.ServerChannel, _ *domain.ChannelRefresh) { is.Header = "aberta" }, right: true, seen: 50},
		"archived for good":             {change: func(is *domain.ServerChannel, _ *domain.ChannelRefresh) { is.DeleteAt = 39 }, refuse: posting.ErrRefused, right: true, lost: true},
		"deleted":                       {change: func(is *domain.ServerChannel, _ *domain.ChannelRefresh) { *is = domain.ServerChannel{} }, refuse: domain.ErrNotFound, right: true, lost: true},
		"of a closed conversation": {change: func(is *domain.ServerChannel, r *domain.ChannelRefresh) {
			is.DeleteAt, is.Type, r.Conversation.ClosedAt = 39, "O", now
		}},
	} {
		t.Run(name, func(t *testing.T) {
			y := &fakeDamagedChannel{refuse: test.refuse, public: test.public}
			m := &Syncer{
				Store: y, Posts: y, Localizer: posting.Localizer{Render: fake.Texts{}.Markdown, ServerLocale: func() string { return "en" }}, Clock: fake.Clock(now),
				Username: func(_ context.Context, id string) (string, error) { return id, nil },
				Link:     func(context.Context, *domain.Conversation) string { return "link" },
			}
			c := domain.Conversation{ID: "C", ChannelID: "channel", TeamID: "team", OwnerID: "bruno", AttendantID: "ana", Contact: domain.Contact{Name: "Ana"}}
			r := &domain.ChannelRefresh{Conversation: c, Channel: well, ChannelAt: 40, Shown: "waiting:0:", ShownPeople: "people"}
			r.Channel.Header = m.header(&c, now, "")
			test.change(&r.Channel, r)
			require.NoError(t, m.repairChannel(t.Context(), r, now))
			require.Equal(t, test.right, y.right != nil)
			require.Equal(t, test.seen, y.seen)
			require.Equal(t, test.lost, y.lost == "channel")
			if test.right {
				require.Equal(t, m.channelOf(&c, now, ""), *y.right)
			}
			require.Equal(t, test.tells, y.owed)
			require.Equal(t, test.tells != "" || test.lost, r.Lines, "it is shown at once")
			require.Equal(t, test.tells == "channel.restored" || test.tells == "channel.moved" || test.lost, r.ShownPeople == "", "who serves comes in again")
			require.Equal(t, test.tells == "channel.restored" || test.tells == "channel.moved", len(y.let) == 1)
			if test.lost {
				require.Equal(t, []string{"", ""}, []string{r.Conversation.ChannelID, r.Shown}, "it begins anew")
				require.Equal(t, "channel.renewed", y.line.Key)
			}
		})
	}
}

func TestWhatCannotBePutRightNowIsTriedAgain(t *testing.T) {
	y := &fakeDamagedChannel{refuse: errors.New("no connection")}
	m := &Syncer{Store: y, Posts: y, Localizer: posting.Localizer{Render: fake.Texts{}.Markdown, ServerLocale: func() string { return "en" }}, Clock: fake.Clock(1)}
	r := &domain.ChannelRefresh{Conversation: domain.Conversation{ID: "c", ChannelID: "channel"}, Channel: domain.ServerChannel{ID: "channel", DeleteAt: 39}}
	require.Error(t, m.repairChannel(t.Context(), r, 1))
	require.Equal(t, "channel.restored", y.owed, "what was wrong is known only now")
	require.Empty(t, y.lost)
	require.Zero(t, y.seen)
}

// A channel that somebody archived comes back, and its ticks with it.
func TestATickWaitsForItsChannel(t *testing.T) {
	for name, test := range map[string]struct {
		closed, shown bool
	}{"of an open conversation": {false, false}, "of a closed one": {true, true}} {
		t.Run(name, func(t *testing.T) {
			s := &fakeArchivedChannel{}
			ticks := &StatusSync{Store: s, Posts: s}
			err := ticks.show(t.Context(), domain.StatusMark{Message: domain.Message{ID: "m", PostID: "p", Status: domain.Read}, Closed: test.closed})
			require.Equal(t, test.shown, err == nil)
			require.Equal(t, test.shown, s.shown)
		})
	}
}

// fakeArchivedChannel is a post in an archived channel.
type fakeArchivedChannel struct {
	fakeChannel
	Store
	shown bool
}

func (s *fakeArchivedChannel) ShowStatus(context.Context, string, domain.Status, bool) error {
	return posting.ErrArchived
}
func (s *fakeArchivedChannel) StatusShown(context.Context, string, domain.Status) error {
	s.shown = true
	return nil
}
