package store_test

import (
	"testing"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func idsOfPosts(posts []*model.Post) []string {
	ids := []string{}
	for _, p := range posts {
		ids = append(ids, p.Id)
	}
	return ids
}

// TestTheServersPosts reads what decides from the tables of the server.
func TestTheServersPosts(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		c := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil)
		for _, query := range []string{
			`INSERT INTO posts (id, channelid, userid, type, createat, updateat, deleteat, props, message) VALUES
				('first', $1, 'ines', '', 1000, 1000, 0, '{"waa_key": "a"}', 'oi'), ('second', $1, 'ines', '', 2000, 2000, 0, '{"waa_key": "a"}', 'oi'),
				('other', $1, 'ines', '', 2500, 2500, 0, '{"waa_key": "b"}', 'tchau'), ('old', $1, 'ines', '', 900000, 900000, 0, '{"waa_key": "a"}', 'oi'),
				('deleted', $1, 'ines', '', 3000, 3500, 3500, '{"waa_key": "a"}', 'oi'), ('joined', $1, 'ines', 'system_join_channel', 3000, 3000, 0, '{}', ''),
				('bots', $1, 'bot', '', 3000, 3000, 0, '{"waa_key": "a"}', 'oi'), ('known', $1, 'ines', '', 3200, 3200, 0, '{}', 'oi')`,
			`INSERT INTO reactions (userid, postid, emojiname, createat, deleteat) SELECT 'ines', id, 'heart', 5, 0 FROM posts WHERE id = 'first' AND channelid = $1`,
			`INSERT INTO reactions (userid, postid, emojiname, createat, deleteat) SELECT 'rui', id, 'heart', 4, 6 FROM posts WHERE id = 'first' AND channelid = $1`,
		} {
			_, err := f.db.Exec(query, c.ChannelID)
			require.NoError(t, err)
		}
		echo := &domain.Message{ID: newID(), ConversationID: c.ID, AccountID: f.account.ID, ContactID: c.ContactID, Direction: domain.Outbound, Kind: "text", PostID: "known", WAMID: "wamid.1", Status: domain.Sent, ShownStatus: domain.Sent, CreatedAt: 3200}
		for range 2 {
			require.NoError(t, f.SaveEcho(ctx(), echo))
		}
		require.EqualValues(t, 1, f.number(t, "SELECT count(*) FROM waa_messages WHERE wamid = 'wamid.1'"), "once per wamid")

		post, err := f.ServerPost(ctx(), "deleted")
		require.NoError(t, err)
		require.Equal(t, []any{c.ChannelID, "oi", int64(3500), "a"}, []any{post.ChannelId, post.Message, post.DeleteAt, post.GetProp("waa_key")})
		_, err = f.ServerPost(ctx(), "nowhere")
		require.ErrorIs(t, err, domain.ErrNotFound)

		id, err := f.FindServerPost(ctx(), c.ChannelID, []string{"ines"}, 1500, "waa_key", "a")
		require.NoError(t, err)
		require.Equal(t, "second", id)
		_, err = f.FindServerPost(ctx(), c.ChannelID, []string{"ines"}, 1500, "waa_key", "z")
		require.ErrorIs(t, err, domain.ErrNotFound)
		second, err := f.SecondServerPosts(ctx(), "first", "waa_key")
		require.NoError(t, err)
		require.Equal(t, []string{"second"}, second, "of the same author, within ten minutes, not deleted")
		missed, err := f.MissedServerPosts(ctx(), c.ChannelID, []string{"bot"}, 1500, 4000)
		require.NoError(t, err)
		require.Equal(t, []string{"second", "other"}, idsOfPosts(missed))
		reactions, err := f.ServerReactions(ctx(), "first")
		require.NoError(t, err)
		require.Len(t, reactions, 1)
		require.Equal(t, []string{"ines", "heart"}, []string{reactions[0].UserId, reactions[0].EmojiName})
	})
}

func TestWhichChannelsAreConversations(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		contact := f.contact(t, "+5511987654321", "Ana").ID
		named := func(channel string, archived int64) {
			f.conversation(t, contact, func(c *domain.Conversation) { c.ChannelID, c.ClosedAt, c.ArchivedAt = channel, 1, archived })
		}
		named("b", 0)
		named("a", 0)
		named("c", 1)
		named("", 0)
		_, err := f.db.Exec("UPDATE waa_conversations SET archived_at = 1 WHERE channel_id = 'c'")
		require.NoError(t, err)
		channels, err := f.ChannelsAfter(ctx(), "", 10)
		require.NoError(t, err)
		require.ElementsMatch(t, []string{"a", "b"}, channels, "nobody can post in an archived one")
		channels, err = f.ChannelsAfter(ctx(), "a", 1)
		require.NoError(t, err)
		require.Equal(t, []string{"b"}, channels)
		ours, err := f.ConversationChannels(ctx(), []string{"a", "c", "x", ""})
		require.NoError(t, err)
		require.Equal(t, map[string]bool{"a": true, "c": true}, ours)
	})
}
