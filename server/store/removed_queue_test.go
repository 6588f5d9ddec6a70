package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// Nothing comes back to a queue that is gone, or that is another number's now: no agent would see it.
func TestWhoReturnsIsNotLeftToARemovedQueue(t *testing.T) {
	for name, spoil := range map[string]string{"removed": "DELETE FROM waa_queues WHERE id = $1", "of another number": "UPDATE waa_queues SET account_id = 'another' WHERE id = $1"} {
		t.Run(name, func(t *testing.T) {
			both(t, func(t *testing.T, f *fixture) {
				gone := f.newQueue(t, "Some")
				closed := f.closed(t, "+5511987654321", hour, func(c *domain.Conversation) { c.QueueID = gone.ID })
				f.outbound(t, closed, func(m *domain.Message) { m.WAMID = "asked" })
				_, err := f.db.Exec(spoil, gone.ID)
				require.NoError(t, err)
				w := f.returns(person("+5511987654321"))
				w.Answers = "asked"
				c, how, err := f.OpenForInbound(ctx(), w)
				require.NoError(t, err)
				require.Equal(t, domain.Created, how)
				require.Equal(t, []string{f.queue.ID, closed.ID, "", ""}, []string{c.QueueID, c.PreviousID, c.OwnerID, c.AttendantID})
			})
		})
	}
}

// Whoever holds a queue keeps it from being removed under what they leave to it.
func TestAQueueIsNotRemovedUnderWhatComesToIt(t *testing.T) {
	f := direct(t)
	contact := f.contact(t, "+5511987654321", "Ana")
	removed := make(chan error, 1)
	require.NoError(t, f.InTx(ctx(), func(tx domain.Tx) error {
		if err := tx.LockQueue(f.queue.ID); err != nil {
			return err
		}
		go func() { removed <- f.DeleteQueue(context.Background(), f.queue.ID) }()
		f.waits(t, "FROM waa_queues WHERE id = $1 FOR UPDATE")
		return tx.InsertConversation(&domain.Conversation{
			ID: newID(), AccountID: f.account.ID, ContactID: contact.ID, QueueID: f.queue.ID, TeamID: f.queue.TeamID, CreatedAt: now, UpdatedAt: now,
		})
	}))
	require.ErrorIs(t, <-removed, domain.ErrConflict)
	require.ErrorIs(t, f.InTx(ctx(), func(tx domain.Tx) error { return tx.LockQueue("no") }), domain.ErrNotFound)
}

// waits until a statement of this database waits for a lock.
func (f *fixture) waits(t *testing.T, query string) {
	t.Helper()
	look := sqlx.NewDb(f.db, "postgres")
	require.Eventually(t, func() bool {
		var n int
		require.NoError(t, look.Get(&n, "SELECT count(*) FROM pg_stat_activity WHERE position($1 in query) > 0 AND wait_event_type = 'Lock' AND pid <> pg_backend_pid()", query))
		return n > 0
	}, 30*time.Second, 10*time.Millisecond)
}

// What an earlier version left open in a removed queue comes to the number's default queue.
func TestOpenOnesOfARemovedQueueAreSeenAgain(t *testing.T) {
	f := direct(t)
	f.account.DefaultQueueID = f.queue.ID
	require.NoError(t, f.UpdateAccount(ctx(), f.account, now))
	lost := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, func(c *domain.Conversation) { c.QueueID = "gone" })
	elsewhere := f.conversation(t, f.contact(t, "+5511987654322", "Bia").ID, func(c *domain.Conversation) { c.QueueID, c.TeamID = "gone", "another" })
	closed := f.closed(t, "+5511987654323", hour, func(c *domain.Conversation) { c.QueueID = "gone" })
	step(t, f.db, "000012_one_person_one_message.down.sql")
	step(t, f.db, "000012_one_person_one_message.up.sql")
	for c, queue := range map[*domain.Conversation]string{lost: f.queue.ID, elsewhere: "gone", closed: "gone"} {
		got, err := f.Conversation(ctx(), c.ID)
		require.NoError(t, err)
		require.Equal(t, queue, got.QueueID)
	}
	require.EqualValues(t, 1, f.number(t, "SELECT refresh_at FROM waa_conversations WHERE id = $1", lost.ID))
}
