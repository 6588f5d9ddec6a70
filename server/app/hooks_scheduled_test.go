package app

import (
	"context"
	"testing"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobs"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/postpolicy"
)

// fakeClosingStore has one conversation, in channel "ours", whose window ends at a moment.
type fakeClosingStore struct {
	postpolicy.Store
	conversation domain.Conversation
}

func (s *fakeClosingStore) ConversationByChannel(_ context.Context, channelID string) (*domain.Conversation, error) {
	if channelID != "ours" {
		return nil, domain.ErrNotFound
	}
	return &s.conversation, nil
}

// TestTheServersScheduledPostsAreJudgedForTheirMoment: when one is made its author is told what would be refused when it is due, by the
// conversation as it is known then.
func TestTheServersScheduledPostsAreJudgedForTheirMoment(t *testing.T) {
	p, a := newHooked(t)
	now := a.clock.Now()
	const hour = 3_600_000
	store := &fakeClosingStore{conversation: domain.Conversation{ID: "conv", ChannelID: "ours", WindowFrom: now - 1, WindowUntil: now + 2*hour}}
	a.intake.Store = store
	for name, c := range map[string]struct {
		channel, text string
		at, closed    int64
		want          string
	}{
		"the window is open then":  {"ours", "Bom dia!", now + hour, 0, ""},
		"it is over then":          {"ours", "Bom dia!", now + 3*hour, 0, "Not scheduled"},
		"a mention":                {"ours", "@all Bom dia!", now + hour, 0, "Not sent: @all"},
		"the conversation is over": {"ours", "Bom dia!", now + hour, now, "Not sent: the conversation is closed"},
		"of another channel":       {"other", "@all Bom dia!", now + 3*hour, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			store.conversation.ClosedAt = c.closed
			scheduled := &model.ScheduledPost{Draft: model.Draft{ChannelId: c.channel, UserId: "ana", Message: c.text}, ScheduledAt: c.at}
			changed, reason := p.ScheduledPostWillBeCreated(byPerson, scheduled)
			require.Nil(t, changed)
			if c.want == "" {
				require.Empty(t, reason)
			} else {
				require.Contains(t, reason, c.want)
			}
		})
	}
}

// TestTheAuthorOfARefusedScheduledPostIsTold: nobody may be there to see what is shown in the channel when it is due.
func TestTheAuthorOfARefusedScheduledPostIsTold(t *testing.T) {
	p, a := newHooked(t)
	a.intake.Store = &fakeClosingStore{conversation: domain.Conversation{ID: "conv", ChannelID: "ours", ClosedAt: 1}}
	a.localizer = posting.Localizer{Render: fake.Texts{}.Markdown, UserLocale: func(context.Context, string) string { return "en" }}
	var told []*domain.Notice
	a.announcements = &jobs.Announcements{
		Conversation: a.intake.Store.ConversationByChannel, NewID: func() string { return "id" }, WakeNotices: func() {}, Clock: a.clock, Log: a.log,
		AddNotice: func(_ context.Context, n *domain.Notice) error { told = append(told, n); return nil },
	}
	for name, c := range map[string]struct {
		by    *plugin.Context
		props model.StringInterface
		want  int
	}{
		"when it is due":         {byNobody, nil, 1},
		"a person who is there":  {byPerson, nil, 0},
		"another plugin's":       {byNobody, model.StringInterface{model.PostPropsFromPlugin: "true"}, 0},
		"of an incoming webhook": {byNobody, model.StringInterface{"from_webhook": "true"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			told = nil
			_, reason := p.MessageWillBePosted(c.by, &model.Post{ChannelId: "ours", UserId: "ana", Message: "Bom dia!", Props: c.props})
			require.NotEmpty(t, reason)
			require.Len(t, told, c.want)
			for _, n := range told {
				require.Equal(t, []string{"ana", "conv", "post.refused_then", reason}, []string{n.UserID, n.ConversationID, n.TextKey, n.Data["Why"].(string)})
			}
		})
	}
}
