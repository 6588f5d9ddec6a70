package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/postpolicy"
)

func TestTicksShowWhatIsBehindOnce(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		conv := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil)
		older := f.outbound(t, conv, func(m *domain.Message) { m.Status, m.CreatedAt = domain.Sent, now-1 })
		newer := f.outbound(t, conv, func(m *domain.Message) { m.Status, m.ShownStatus = domain.Read, domain.Sent })
		f.outbound(t, conv, func(m *domain.Message) { m.Status, m.ShownStatus = domain.Read, domain.Read })
		f.outbound(t, conv, func(m *domain.Message) { m.PostID = "" })
		_, _, _, err := f.SaveInbound(ctx(), &domain.Message{ID: newID(), ConversationID: conv.ID, AccountID: conv.AccountID, WAMID: "w", PostID: "p", Kind: "text", CreatedAt: now}, domain.WhatsAppIdentity{}, true, now)
		require.NoError(t, err)

		claimTicks := func(n int) []domain.StatusMark {
			ticks, err := f.ClaimStatusMarks(ctx(), time.Minute, n, now)
			require.NoError(t, err)
			return ticks
		}
		require.Equal(t, []domain.StatusMark{{Message: *older, Channel: conv.ChannelID}}, claimTicks(1))
		require.Equal(t, []domain.StatusMark{{Message: *newer, Channel: conv.ChannelID}}, claimTicks(10))
		require.Empty(t, claimTicks(10))

		require.NoError(t, f.StatusShown(ctx(), older.ID, domain.Sent))
		_, err = f.db.Exec("UPDATE waa_messages SET show_lease = 1 WHERE show_lease > 0")
		require.NoError(t, err)
		require.Equal(t, []domain.StatusMark{{Message: *newer, Channel: conv.ChannelID, Again: true}}, claimTicks(10), "a try that died")
		// it went on meanwhile: what was shown is behind again
		require.NoError(t, f.StatusShown(ctx(), newer.ID, domain.Delivered))
		ticks := claimTicks(10)
		require.Len(t, ticks, 1)
		require.Equal(t, domain.Delivered, ticks[0].Message.ShownStatus)
		require.False(t, ticks[0].Again)
		// somebody else showed it after the lease: nobody knows what is there
		require.NoError(t, f.StatusShown(ctx(), newer.ID, ""))
		_, err = f.db.Exec("UPDATE waa_messages SET show_lease = 1 WHERE show_lease > 1")
		require.NoError(t, err)
		again := claimTicks(10)
		require.Len(t, again, 1)
		require.True(t, again[0].Again, "a part may be done")
		require.ErrorIs(t, f.StatusShown(ctx(), "no", domain.Sent), domain.ErrNotFound)
	})
}

func TestAMarkThatAMessageWasSentWaits(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		conv := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil)
		f.outbound(t, conv, func(m *domain.Message) { m.Status, m.SentAt = domain.Sent, now })
		delivered := f.outbound(t, conv, func(m *domain.Message) { m.Status, m.SentAt = domain.Delivered, now })
		claimed := func(sentUntil int64) []domain.StatusMark {
			marks, err := f.ClaimStatusMarks(ctx(), time.Minute, 10, sentUntil)
			require.NoError(t, err)
			return marks
		}
		marks := claimed(now - 1)
		require.Len(t, marks, 1)
		require.Equal(t, delivered.ID, marks[0].Message.ID)
		require.Len(t, claimed(now), 1)
	})
}

func TestRefreshIsDueWhenSomethingChanged(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		claimRefresh := func(id string, at int64) []domain.ChannelRefresh {
			claimed, err := f.ClaimRefresh(ctx(), id, at, time.Minute, 10)
			require.NoError(t, err)
			return claimed
		}
		one := func(at int64) domain.ChannelRefresh {
			t.Helper()
			claimed := claimRefresh("", at)
			require.Len(t, claimed, 1)
			return claimed[0]
		}
		conv := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, func(c *domain.Conversation) { c.ChannelID = "" })
		require.Empty(t, claimRefresh("", now+day), "a start shows nothing before its template is sent")
		byID := claimRefresh(conv.ID, now)
		require.Len(t, byID, 1)
		stored, err := f.Conversation(ctx(), conv.ID)
		require.NoError(t, err)
		require.Equal(t, domain.ChannelRefresh{Conversation: *stored}, byID[0])
		require.Empty(t, claimRefresh(conv.ID, now), "somebody has it")
		require.NoError(t, f.Refreshed(ctx(), conv.ID, 0, "waiting", 0, now))

		m := f.template(t, conv, "marketing")
		require.NoError(t, f.accepted(m.ID, "w", domain.WhatsAppIdentity{}, now))
		r := one(now)
		require.Equal(t, "waiting", r.Shown)
		require.Equal(t, now, r.DueAt)
		require.NoError(t, f.SetChannel(ctx(), conv.ID, "channel"))

		// it became due again while it was held: even in the same millisecond it stays due
		require.NoError(t, f.CloseWindow(ctx(), conv.ID, now), "a window that never was changes nothing")
		for range 3 {
			_, _, after, err := f.SaveInbound(ctx(), &domain.Message{ID: newID(), ConversationID: conv.ID, AccountID: conv.AccountID, WAMID: newID(), Kind: "text", CreatedAt: now}, domain.WhatsAppIdentity{}, true, now)
			require.NoError(t, err)
			require.Equal(t, now+day, after.WindowUntil)
		}
		require.NoError(t, f.Refreshed(ctx(), conv.ID, r.DueAt, "waiting", 0, now))
		r = one(now + 1000)
		require.Greater(t, r.DueAt, now)
		require.NoError(t, f.Refreshed(ctx(), conv.ID, r.DueAt, "open", now+day, now))
		require.Empty(t, claimRefresh("", now+day-1))

		// more from the customer moves the shown end within a minute, not at once
		_, _, _, err = f.SaveInbound(ctx(), &domain.Message{ID: newID(), ConversationID: conv.ID, AccountID: conv.AccountID, WAMID: newID(), Kind: "text", CreatedAt: now + hour}, domain.WhatsAppIdentity{}, true, now+hour)
		require.NoError(t, err)
		require.Empty(t, claimRefresh("", now+hour))
		r = one(now + hour + 60_000)

		// a worker that died
		_, err = f.db.Exec("UPDATE waa_conversations SET refresh_lease = 1")
		require.NoError(t, err)
		again := one(now + hour + 60_000)
		require.True(t, again.Again)
		require.Equal(t, r.DueAt, again.DueAt)
		require.NoError(t, f.Refreshed(ctx(), conv.ID, again.DueAt, "open", 0, now))
		require.Empty(t, claimRefresh("", now+30*day))

		// a close, and its maker has a moment to show it
		stored, err = f.Conversation(ctx(), conv.ID)
		require.NoError(t, err)
		stored.ClosedAt, stored.UpdatedAt = now+2*hour, now+2*hour
		require.NoError(t, f.InTx(ctx(), func(tx domain.Tx) error { return tx.UpdateConversation(stored) }))
		require.Empty(t, claimRefresh("", now+2*hour))
		require.Len(t, claimRefresh("", now+2*hour+3000), 1)
		require.ErrorIs(t, f.Refreshed(ctx(), "no", 0, "", 0, now), domain.ErrNotFound)
	})
}

func TestAChannelForSomebodyWhoWritesFirstIsDueAtOnce(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		c, created, err := f.written(person("+5511987654321"))
		require.NoError(t, err)
		require.True(t, created)
		claimed, err := f.ClaimRefresh(ctx(), "", now, time.Minute, 10)
		require.NoError(t, err)
		require.Len(t, claimed, 1)
		require.Equal(t, c.ID, claimed[0].Conversation.ID)
		require.Equal(t, "Perfil", claimed[0].Conversation.Contact.Name)
	})
}

func TestAFailureBeforeTheChannelMakesNone(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		for i, status := range []domain.Status{domain.Failed, domain.Unknown} {
			conv := f.conversation(t, f.contact(t, fmt.Sprintf("+551198765432%d", i), "Ana").ID, func(c *domain.Conversation) { c.ChannelID = "" })
			m := f.template(t, conv, "marketing")
			require.NoError(t, f.RecordEnd(ctx(), m.ID, status, 1, now))
			claimed, err := f.ClaimRefresh(ctx(), "", now, time.Minute, 10)
			require.NoError(t, err)
			require.Len(t, claimed, i, "an unknown outcome needs a channel to say so")
			aborted, err := f.Abort(ctx(), conv.ID, now)
			require.NoError(t, err)
			require.Equal(t, status == domain.Failed, aborted, "what may have gone is no refusal")
			require.Equal(t, aborted, f.number(t, "SELECT refresh_at FROM waa_conversations WHERE id = $1", conv.ID) == 0)
		}
	})
}

func TestReconcileFindsActiveChannels(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		active := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil)
		quiet := f.conversation(t, f.contact(t, "+5511912345678", "Bia").ID, nil)
		f.conversation(t, f.contact(t, "+5511912345679", "Cid").ID, func(c *domain.Conversation) { c.ChannelID = "" })
		_, err := f.db.Exec("INSERT INTO channels (id, lastpostat) VALUES ($1, 20), ($2, 10), ('another', 30), ('', 40)", active.ChannelID, quiet.ChannelID)
		require.NoError(t, err)
		channels, err := f.ChannelsActiveSince(ctx(), 20)
		require.NoError(t, err)
		require.Equal(t, []string{active.ChannelID}, channels)
		channels, err = f.ChannelsActiveSince(ctx(), 0)
		require.NoError(t, err)
		require.Equal(t, []string{quiet.ChannelID, active.ChannelID}, channels)

		value, err := f.State(ctx(), "alive")
		require.NoError(t, err)
		require.Zero(t, value)
		for _, want := range []int64{7, 5} {
			require.NoError(t, f.SetState(ctx(), "alive", want))
			value, err = f.State(ctx(), "alive")
			require.NoError(t, err)
			require.Equal(t, want, value)
		}
	})
}

func TestAPostWaitsForAnEarlierOneThatIsNotInTheOutbox(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		c := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil)
		now := time.Now().UnixMilli()
		m := f.outbound(t, c, func(m *domain.Message) { m.CreatedAt = now })
		missing := func() bool {
			send, err := f.LoadSend(ctx(), m.ID)
			require.NoError(t, err)
			return send.EarlierMissing
		}
		post := func(user, kind string, at int64) string {
			id := newID()
			_, err := f.db.Exec("INSERT INTO posts VALUES ($1, $2, $3, $4, $5, 0)", id, c.ChannelID, user, kind, at)
			require.NoError(t, err)
			return id
		}
		_, err := f.db.Exec("INSERT INTO bots VALUES ('bot')")
		require.NoError(t, err)
		post("ana", "", now+1)
		post("bot", "", now-1)
		post("ana", "custom_waa_note", now-1)
		post("ana", "", now-postpolicy.FreshEnough.Milliseconds())
		note := post("ana", posting.TypeNote, now-9)
		reply := post("bruno", "", now-8)
		_, err = f.db.Exec("UPDATE posts SET rootid = $1 WHERE id = $2", note, reply)
		require.NoError(t, err)
		require.False(t, missing(), "later ones, the bot's, notes and what answers them, and old ones are nothing to wait for")
		twin := post("carla", "", now)
		_, err = f.db.Exec("UPDATE waa_messages SET post_id = 'p' WHERE id = $1", m.ID)
		require.NoError(t, err)
		for id, first := range map[string]bool{"z": false, "a": true, "9": true} { // of one millisecond the lower id comes first
			_, err = f.db.Exec("UPDATE posts SET id = $2 WHERE id = $1", twin, id)
			require.NoError(t, err)
			require.Equal(t, first, missing(), id)
			twin = id
		}
		_, err = f.db.Exec("UPDATE posts SET deleteat = 1 WHERE id = $1", twin)
		require.NoError(t, err)
		require.False(t, missing(), "who was taken back is not waited for")
		earlier := post("bruno", "", now-1)
		require.True(t, missing())
		f.outbound(t, c, func(m *domain.Message) { m.PostID, m.CreatedAt = earlier, now-1 })
		require.False(t, missing())

		_, err = f.db.Exec("DELETE FROM posts WHERE id IN ($1, $2)", note, reply)
		require.NoError(t, err)
		channels, err := f.ChannelsWithMissedPosts(ctx(), []string{"bot", "customer"}, now-10, now)
		require.NoError(t, err)
		require.Empty(t, channels)
		post("ana", "", now-5)
		channels, err = f.ChannelsWithMissedPosts(ctx(), []string{"bot", "customer"}, now-10, now)
		require.NoError(t, err)
		require.Equal(t, []string{c.ChannelID}, channels)
	})
}

func TestAConversationThatWasOvertakenIsDueAgain(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		c := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil)
		claim := func() []domain.ChannelRefresh {
			claimed, err := f.ClaimRefresh(ctx(), "", now+day, time.Millisecond, 10)
			require.NoError(t, err)
			return claimed
		}
		for _, r := range claim() {
			require.NoError(t, f.Refreshed(ctx(), r.Conversation.ID, r.DueAt, "shown", 0, now))
		}
		require.Empty(t, claim())
		require.NoError(t, f.Overtaken(ctx(), c.ID, now))
		again := claim()
		require.Len(t, again, 1)
		require.True(t, again[0].Again, "a part may be done")
	})
}
