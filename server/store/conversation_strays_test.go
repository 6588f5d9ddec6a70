package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// serverChannel stores the server's row of a conversation's channel.
func (f *fixture) serverChannel(t *testing.T, c *domain.Conversation, changedAt int64) {
	t.Helper()
	_, err := f.db.Exec(`INSERT INTO channels (id, teamid, type, name, displayname, header, createat, updateat, deleteat) VALUES ($1, $2, 'P', 'wa-' || $3, 'Ana', 'header', 1, $4, 0)`,
		c.ChannelID, c.TeamID, c.ID, changedAt)
	require.NoError(t, err)
}

func TestWhatSomebodyDidToAChannelIsFound(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		person := f.contact(t, "+5511987654321", "Ana")
		other := f.contact(t, "+5511987654322", "Bia")
		open := f.conversation(t, person.ID, nil)
		closed := f.conversation(t, other.ID, func(c *domain.Conversation) { c.ClosedAt = now })
		f.serverChannel(t, open, 100)
		f.serverChannel(t, closed, 100)
		due := func() (ids []string) {
			t.Helper()
			claimed, err := f.ClaimRefresh(ctx(), "", now+day, time.Minute, 10)
			require.NoError(t, err)
			for _, r := range claimed {
				ids = append(ids, r.Conversation.ID)
				require.NoError(t, f.Refreshed(ctx(), r.Conversation.ID, r.DueAt, "waiting", 0, now))
			}
			return ids
		}
		change := func(what string, args ...any) {
			t.Helper()
			_, err := f.db.Exec("UPDATE channels SET "+what+" WHERE id = ANY(ARRAY['"+open.ChannelID+"', '"+closed.ChannelID+"'])", args...)
			require.NoError(t, err)
		}
		look := func(mark func() (int, error), want ...string) {
			t.Helper()
			due() // what is due already
			n, err := mark()
			require.NoError(t, err)
			require.Equal(t, len(want), n)
			require.Equal(t, want, due())
		}
		changedSince := func(since int64) func() (int, error) {
			return func() (int, error) { return f.MarkChanged(ctx(), since, now) }
		}
		all := func() (int, error) { return f.MarkStrays(ctx(), now) }

		require.NoError(t, f.SetChannel(ctx(), open.ID, open.ChannelID))
		look(all)
		look(changedSince(100)) // as it was when we made it
		change("updateat = 200, header = 'another'")
		look(changedSince(201))
		look(changedSince(200), open.ID)
		require.NoError(t, f.ChannelSeen(ctx(), open.ID, 200))
		look(changedSince(200))

		for _, wrong := range []string{"deleteat = 5", "type = 'O'", "teamid = 'other'"} {
			change(wrong)
			look(all, open.ID)
			archived, public, err := f.CountStrays(ctx())
			require.NoError(t, err)
			require.Equal(t, []bool{wrong == "deleteat = 5", wrong == "type = 'O'"}, []bool{archived == 1, public == 1}, wrong)
			change("deleteat = 0, type = 'P', teamid = $1", open.TeamID)
			look(all)
		}
		_, err := f.db.Exec("DELETE FROM channels WHERE id = $1", open.ChannelID)
		require.NoError(t, err)
		look(all, open.ID)
		archived, _, err := f.CountStrays(ctx())
		require.NoError(t, err)
		require.Equal(t, 1, archived)
	})
}

func TestARefreshKnowsTheServersChannel(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		c := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil)
		f.serverChannel(t, c, 100)
		require.NoError(t, f.SetChannel(ctx(), c.ID, c.ChannelID))
		_, err := f.db.Exec("UPDATE channels SET deleteat = 7")
		require.NoError(t, err)
		require.NoError(t, f.MakeDue(ctx(), c.ID, now))
		claimed, err := f.ClaimRefresh(ctx(), "", now, time.Minute, 10)
		require.NoError(t, err)
		require.Len(t, claimed, 1)
		require.Equal(t, domain.ServerChannel{ID: c.ChannelID, TeamID: c.TeamID, Type: "P", Name: "wa-" + c.ID, DisplayName: "Ana", Header: "header", UpdateAt: 100, DeleteAt: 7}, claimed[0].Channel)
		require.EqualValues(t, 100, claimed[0].ChannelAt)

		archived, err := f.ChannelArchived(ctx(), c.ChannelID)
		require.NoError(t, err)
		require.True(t, archived)
		who := domain.WhatsAppIdentity{PhoneKey: domain.PhoneKey("5511987654321"), WAID: "5511987654321"}
		a, err := f.ResolveTarget(ctx(), c.AccountID, "wamid.new", "", who)
		require.NoError(t, err)
		require.True(t, a.Archived)
		_, err = f.db.Exec("UPDATE channels SET deleteat = 0")
		require.NoError(t, err)
		a, err = f.ResolveTarget(ctx(), c.AccountID, "wamid.new", "", who)
		require.NoError(t, err)
		require.False(t, a.Archived)
	})
}

func TestAConversationLosesItsChannelOnce(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		c := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil)
		require.NoError(t, f.Refreshed(ctx(), c.ID, 0, "waiting:1:", 0, now))
		for range 2 {
			require.NoError(t, f.OweLine(ctx(), c.ID, domain.T("channel.restored", "Who", domain.Username("ana"))))
		}
		owed, err := f.Lines(ctx(), c.ID)
		require.NoError(t, err)
		require.Len(t, owed, 1, "one of its kind waits already")
		require.Equal(t, domain.T("channel.restored", "Who", domain.Username("ana")), owed[0].Text.Restored())
		for range 2 {
			require.NoError(t, f.LoseChannel(ctx(), c.ID, c.ChannelID, "channel.restored", domain.T("channel.renewed", "Link", "link"), now))
		}
		claimed, err := f.ClaimRefresh(ctx(), "", now, time.Minute, 10)
		require.NoError(t, err)
		require.Len(t, claimed, 1)
		require.Equal(t, []string{"", ""}, []string{claimed[0].Conversation.ChannelID, claimed[0].Shown})
		require.True(t, claimed[0].Lines)
		lines, err := f.Lines(ctx(), c.ID)
		require.NoError(t, err)
		require.Len(t, lines, 1)
		require.Equal(t, domain.T("channel.renewed", "Link", "link"), lines[0].Text)
	})
}

func TestQueuesWithoutTheirChannel(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		lost, err := f.LostQueues(ctx())
		require.NoError(t, err)
		require.Equal(t, []string{"Vendas"}, lost, "it was deleted")
		_, err = f.db.Exec("INSERT INTO channels (id, deleteat) VALUES ($1, 0)", f.queue.ChannelID)
		require.NoError(t, err)
		lost, err = f.LostQueues(ctx())
		require.NoError(t, err)
		require.Empty(t, lost)
		_, err = f.db.Exec("UPDATE channels SET deleteat = 7")
		require.NoError(t, err)
		lost, err = f.LostQueues(ctx())
		require.NoError(t, err)
		require.Equal(t, []string{"Vendas"}, lost)
	})
}

func TestAChannelThatWasPublic(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		post := func(channel, kind string, at int64) {
			t.Helper()
			_, err := f.db.Exec(`INSERT INTO posts (id, channelid, userid, type, createat, deleteat) VALUES ($1, $2, 'ana', $3, $4, 0)`, newID(), channel, kind, at)
			require.NoError(t, err)
		}
		post("ours", "system_header_change", now+1)
		post("other", "system_change_chan_privacy", now+1)
		public := func() bool {
			t.Helper()
			public, err := f.MadePublicSince(ctx(), "ours", now)
			require.NoError(t, err)
			return public
		}
		post("ours", "system_change_chan_privacy", now)
		require.False(t, public(), "what was before is known")
		post("ours", "system_change_chan_privacy", now+1)
		require.True(t, public())
	})
}
