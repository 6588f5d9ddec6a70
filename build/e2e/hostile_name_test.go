//go:build unix

package e2e

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/markdown/markdowntest"
)

// TestAStrangersNameActsNowhere checks that a name on WhatsApp is only shown, whatever it contains. In the queue's channel, the
// conversation's channel and direct messages, the bot's posts must contain the name without any effect that it tries to have, and it must
// notify nobody.
func TestAStrangersNameActsNowhere(t *testing.T) {
	s := newStage(t)
	called := s.User(1)
	for _, name := range []string{
		"[Sessão expirou, entre](https://e.tk)", "![x](https://e.tk/p.png)", "@" + called.Username + " @channel _@" + called.Username, "~town-square :smile: #promo https://e.tk",
	} {
		customer := newCustomer()
		phone := s.Phone(customer.Phone)
		phone.Configure(func(c *cloudapi.Customer) { c.Name = name })
		mentions := func() int {
			return s.count("SELECT coalesce(max(mentioncount), 0) FROM channelmembers WHERE channelid = $1 AND userid = $2", s.Queue.ChannelID, called.ID)
		}
		before := mentions()
		_, err := phone.Reply("Bom dia")
		require.NoError(t, err)
		var c scenario.Conversation
		s.within(oneMinute, "the conversation", func(ctx context.Context) error {
			ids := s.openOnes(customer.Phone)
			if err := errorUnless(len(ids) == 1, "there is none"); err != nil {
				return err
			}
			return firstError(s.Ask(ctx, s.Admin(), http.MethodGet, "/conversations/"+ids[0], nil, http.StatusOK, &c), errorUnless(c.ChannelID != "", "it has no channel"))
		})
		s.told(s.Queue.ChannelID, c.ID)
		require.Equal(t, before, mentions(), "%s notified somebody", name)

		ctx := s.ctx(oneMinute)
		require.NoError(t, s.Ask(ctx, s.Agent(0), http.MethodPost, "/conversations/"+c.ID+"/claim", nil, http.StatusOK, nil))
		_, err = s.Env.DB().ExecContext(ctx, `INSERT INTO waa_notices (key, user_id, conversation_id, text_key, data, created_at) VALUES ($1, $2, $3, 'people.waiting', '{"Since": 1}', 1)`,
			"hostile:"+c.ID, s.User(0).ID, c.ID)
		require.NoError(t, err)
		direct := ""
		s.within(oneMinute, "the direct message", func(ctx context.Context) error {
			return s.Env.DB().QueryRowContext(ctx, "SELECT channelid FROM posts WHERE props ->> 'waa_event' = $1", "hostile:"+c.ID).Scan(&direct)
		})
		require.NoError(t, s.Ask(ctx, s.Agent(0), http.MethodPost, "/conversations/"+c.ID+"/close", nil, http.StatusOK, nil))
		s.lines(c.ChannelID, 1, "Atendimento encerrado")
		for _, channelID := range []string{s.Queue.ChannelID, c.ChannelID, direct} {
			posts, err := s.Posts(ctx, channelID)
			require.NoError(t, err)
			for _, post := range posts {
				if event, _ := post.GetProp("waa_event").(string); channelID != c.ChannelID && !strings.Contains(event, c.ID) || post.Message == "" || post.IsSystemMessage() {
					continue // customers of other tests wait in the queue too
				}
				if post.GetProp(model.PostPropsAttachments) == nil {
					require.Equal(t, "true", post.GetProp(model.PostPropsUnsafeLinks), "%s", post.Message)
				} else {
					require.Equal(t, []*model.PostEmbed{{Type: model.PostEmbedMessageAttachment}}, post.Metadata.Embeds, "without it no client shows the buttons of: %s", post.Message)
				}
				for _, found := range markdowntest.Acts(post.Message) {
					require.NotContains(t, found, "e.tk", "%s", post.Message)
					require.NotContains(t, []string{"mention @" + called.Username, "mention " + called.Username, "mention @channel", "channel town-square", "emoji smile", "hashtag #promo", "image"}, found, "%s", post.Message)
				}
				for _, raw := range []string{"](https", "![", "@" + called.Username, "://e.tk"} {
					require.NotContains(t, post.Message, raw)
				}
			}
		}
	}
}

// told waits until the card of a conversation is posted in the queue's channel.
func (s *stage) told(channelID, conversationID string) {
	s.t.Helper()
	s.within(oneMinute, "the card", func(ctx context.Context) error {
		n, err := s.number(ctx, "SELECT count(*) FROM posts WHERE channelid = $1 AND props ->> 'waa_event' LIKE 'card:' || $2 || ':%'", channelID, conversationID)
		return firstError(err, errorUnless(n == 1, "it does not"))
	})
}
