package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func TestAddInboxStoresAThousandRowsOnceInTheirOrder(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		var rows []domain.InboxRow
		for i := range 1000 {
			rows = append(rows, row("lane", 7, fmt.Sprintf("key %d", (i*7)%1000))) // in the order of the body, not of the keys
		}
		rows[999].Dead = "nothing we can read"
		rows = append(rows, rows[5]) // twice in one delivery
		before := f.calls()
		added, err := f.AddInbox(ctx(), rows)
		require.NoError(t, err)
		require.Equal(t, 1000, added)
		require.LessOrEqual(t, f.calls()-before, 1)
		added, err = f.AddInbox(ctx(), rows)
		require.NoError(t, err)
		require.Zero(t, added)
		added, err = f.AddInbox(ctx(), nil)
		require.NoError(t, err)
		require.Zero(t, added)

		q := f.Inbox()
		jobs := claim(t, q, "a", 3)
		require.Len(t, jobs, 1)
		for i, job := 0, &jobs[0]; job != nil; i++ {
			require.Equal(t, rows[i].Key, job.Key)
			require.Equal(t, rows[i].Payload, job.Payload)
			job, err = q.Finish(ctx(), "a", job.ID, time.Minute)
			require.NoError(t, err)
		}
		require.EqualValues(t, 999, f.number(t, "SELECT count(*) FROM waa_inbox WHERE finished_at > 0 AND dead_at = 0 AND payload = '' AND lease_owner = ''"))
		dead, total, err := f.DeadLetters(ctx(), 0, 60)
		require.NoError(t, err)
		require.Equal(t, 1, total)
		require.Equal(t, "nothing we can read", dead[0].Reason)
		require.Equal(t, []byte(rows[999].Key), dead[0].Payload)
	})
}

func TestAddInboxTakesAnything(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		long := strings.Repeat("é\x00\xff", 300)
		payload := []byte{0, 1, 255, '\'', '"', '\\', '{', ','}
		added, err := f.AddInbox(ctx(), []domain.InboxRow{
			{Lane: long, Key: long + "1", AccountID: "a", Payload: payload},
			{Lane: long, Key: long + "2", AccountID: "a", Payload: nil},
			{Lane: "", Key: "", AccountID: "", Payload: []byte{}},
		})
		require.NoError(t, err)
		require.Equal(t, 3, added, "long keys stay different")
		q := f.Inbox()
		jobs := claim(t, q, "a", 10)
		require.Len(t, jobs, 2, "a long lane stays one")
		found := 0
		for _, j := range jobs {
			if string(j.Payload) == string(payload) {
				found++
			}
		}
		require.Equal(t, 1, found)
	})
}

func TestDeadLettersAreListedReplayedAndPurged(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		q := f.Inbox()
		add(t, f, row("a", 1, "a1"), row("b", 1, "b1"), row("c", 1, "c1"))
		jobs := claim(t, q, "x", 3)
		require.NoError(t, q.Bury(ctx(), "x", jobs[0].ID, strings.Repeat("r", 5000)+"\x00"))
		_, err := q.Finish(ctx(), "x", jobs[1].ID, time.Minute)
		require.NoError(t, err)
		conv := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil)
		m := f.outbound(t, conv, nil)
		require.NoError(t, f.InTx(ctx(), func(tx domain.Tx) error { return tx.Enqueue(m, []byte("x"), 0) }))
		require.NoError(t, f.Outbox().Bury(ctx(), "x", claim(t, f.Outbox(), "x", 1)[0].ID, "no"))

		b, err := f.Backlog(ctx())
		require.NoError(t, err)
		require.Equal(t, []int{1, 0, 1, 1}, []int{b.Inbox, b.Outbox, b.DeadInbox, b.DeadOutbox})
		require.NotZero(t, b.OldestInbox)
		require.Zero(t, b.OldestOutbox)

		dead, total, err := f.DeadLetters(ctx(), 0, 1)
		require.NoError(t, err)
		require.Equal(t, 2, total)
		require.Len(t, dead, 1)
		all, _, err := f.DeadLetters(ctx(), 0, 60)
		require.NoError(t, err)
		require.Len(t, all, 2)
		require.NotZero(t, all[1].ReceivedAt)
		require.Equal(t, []byte("a1"), all[1].Payload)

		purged, err := f.PurgeFinished(ctx(), 60_000, 100)
		require.NoError(t, err)
		require.Zero(t, purged, "it is too young")
		purged, err = f.PurgeFinished(ctx(), -1000, 100)
		require.NoError(t, err)
		require.Equal(t, 1, purged, "dead letters stay")

		require.NoError(t, f.Replay(ctx(), all[1].ID))
		require.ErrorIs(t, f.Replay(ctx(), all[1].ID), domain.ErrNotFound)
		for _, id := range []string{"", "inbox", "inbox-", "inbox-0", "other-1", "inbox-x", "1"} {
			require.ErrorIs(t, f.Replay(ctx(), id), domain.ErrNotFound, id)
		}
		again := claim(t, q, "x", 9)
		require.Equal(t, []string{"a1"}, keysOf(again))
		require.Equal(t, 1, again[0].Attempts)
		require.NoError(t, f.Replay(ctx(), all[0].ID))
		require.Equal(t, []string{m.ID}, keysOf(claim(t, f.Outbox(), "x", 9)))
	})
}
