package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

// due counts the jobs of the inbox that may be claimed now.
func (f *fixture) due(t *testing.T) int64 {
	t.Helper()
	return f.number(t, "SELECT count(*) FROM waa_inbox WHERE finished_at = 0 AND due_at <= extract(epoch FROM clock_timestamp()) * 1000 AND lease_owner = ''")
}

// Five thousand strangers write to a number without a queue. While they wait no
// claim takes one of them, and a message on another number is the next; when the
// number gets its queue all are awake.
func TestStrangersWithoutAQueueHoldUpNobody(t *testing.T) {
	f := direct(t)
	q := f.Inbox()
	rows := make([]domain.InboxRow, 5000)
	for i := range rows {
		rows[i] = row(fmt.Sprintf("%05d", i), int64(i), fmt.Sprint("stranger", i))
		rows[i].AccountID = f.account.ID
	}
	add(t, f, rows...)
	waiting := 0
	for jobs := claim(t, q, "x", 500); len(jobs) > 0; jobs = claim(t, q, "x", 500) {
		for _, j := range jobs {
			require.NoError(t, q.Wait(ctx(), "x", j.ID, domain.WaitsForQueue(f.account.ID, j.Lane), time.Hour, "the number has no default queue"))
			waiting++
		}
	}
	require.Equal(t, 5000, waiting, "each is claimed once")
	add(t, f, row("zzz", 1, "other"))
	require.Equal(t, []string{"other"}, keysOf(claim(t, q, "x", 24)))
	require.Zero(t, f.due(t))
	require.NoError(t, f.WakeWaiting(ctx()))
	require.Zero(t, f.due(t), "there is still no queue")

	f.account.Name = "Outro nome"
	require.NoError(t, f.UpdateAccount(ctx(), f.account, now))
	require.Zero(t, f.due(t))
	f.account.DefaultQueueID = f.queue.ID
	require.NoError(t, f.UpdateAccount(ctx(), f.account, now))
	require.EqualValues(t, 5000, f.due(t))
	require.Len(t, claim(t, q, "x", 24), 24)
	require.EqualValues(t, 0, f.number(t, "SELECT count(*) FROM waa_inbox WHERE waits_for <> ''"))
}

func TestWhatWaitsIsWoken(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		q := f.Inbox()
		wait := func(key, waitsFor string) {
			t.Helper()
			jobs := claim(t, q, "x", 9)
			require.Equal(t, []string{key}, keysOf(jobs))
			require.NoError(t, q.Wait(ctx(), "x", jobs[0].ID, waitsFor, time.Hour, "r"))
			require.Zero(t, f.due(t))
		}
		lost := func(waitsFor string) { // the wake-up came a moment before the job began to wait
			t.Helper()
			_, err := f.db.Exec("UPDATE waa_inbox SET waits_for = $1, due_at = 9223372036854775807 WHERE finished_at = 0", waitsFor)
			require.NoError(t, err)
			require.NoError(t, f.WakeWaiting(ctx()))
		}
		// somebody is begun with who wrote before and was nobody's
		add(t, f, row("a", 1, "a1"))
		contact := f.contact(t, "+5511987654321", "Ana")
		wait("a1", domain.WaitsForQueue(f.account.ID, domain.PhoneKey("+5511987654321")))
		f.conversation(t, f.contact(t, "+5521987654321", "Bia").ID, nil)
		require.Zero(t, f.due(t), "that was another")
		c := f.conversation(t, contact.ID, func(c *domain.Conversation) { c.ChannelID = "" })
		require.EqualValues(t, 1, f.due(t))

		wait("a1", domain.WaitsForChannel(c.ID))
		require.NoError(t, f.WakeWaiting(ctx()))
		require.Zero(t, f.due(t))
		require.NoError(t, f.SetChannel(ctx(), c.ID, newID()))
		require.EqualValues(t, 1, f.due(t))
		lost(domain.WaitsForChannel(c.ID))
		require.EqualValues(t, 1, f.due(t))

		f.account.DefaultQueueID = f.queue.ID
		require.NoError(t, f.UpdateAccount(ctx(), f.account, now))
		lost(domain.WaitsForQueue(f.account.ID, "5511987654321"))
		require.EqualValues(t, 1, f.due(t))

		// the lease decides here too
		jobs := claim(t, q, "x", 9)
		require.ErrorIs(t, q.Wait(ctx(), "y", jobs[0].ID, "queue:x:y", time.Hour, "r"), jobqueue.ErrLost)
	})
}

func TestConversationsAreMadeWhenTheTeamHasRoomAgain(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		var waiting []string
		for i := range 4 {
			c := f.conversation(t, f.contact(t, fmt.Sprintf("+55119876543%02d", i), "Ana").ID, func(c *domain.Conversation) {
				c.ChannelID, c.CreatedAt = "", now+int64(i)
			})
			waiting = append(waiting, c.ID)
		}
		for i := range 5 {
			_, err := f.db.Exec("INSERT INTO channels (id, teamid, type, deleteat) VALUES ($1, $2, 'P', 0)", fmt.Sprint("channel", i), f.queue.TeamID)
			require.NoError(t, err)
		}
		due := func() (ids []string) {
			t.Helper()
			claimed, err := f.ClaimRefresh(ctx(), "", now+day, time.Millisecond, 9)
			require.NoError(t, err)
			for _, r := range claimed {
				ids = append(ids, r.Conversation.ID)
				require.NoError(t, f.Refreshed(ctx(), r.Conversation.ID, r.DueAt, "", 0, now))
			}
			return ids
		}
		require.NoError(t, f.WakeUnmade(ctx(), 5, now))
		require.Empty(t, due(), "no room")
		require.NoError(t, f.WakeUnmade(ctx(), 7, now))
		require.ElementsMatch(t, waiting[:2], due(), "as many as there is room for, who waits longest first")
		require.NoError(t, f.WakeUnmade(ctx(), -1, now))
		require.ElementsMatch(t, waiting, due(), "there is no limit")
	})
}
