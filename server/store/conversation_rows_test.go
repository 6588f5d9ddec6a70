package store_test

import (
	"testing"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func TestEachConversation(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		ana := f.contact(t, "+5511987654321", "Ana")
		_, err := f.db.Exec(`INSERT INTO waa_conversations (id, account_id, contact_id, queue_id, team_id, owner_id, closed_at, created_at, updated_at, aborted_at)
			SELECT lpad(n::text, 26, '0'), $1, $2, $3, 'team', 'owner', 9, n / 3 + 1, 1, CASE WHEN n % 100 = 7 THEN 5 ELSE 0 END FROM generate_series(1, 1200) n`, f.account.ID, ana.ID, f.queue.ID)
		require.NoError(t, err)
		filter := domain.ListFilter{Now: now}
		seen := map[string]bool{}
		last := int64(0)
		require.NoError(t, f.EachConversation(ctx(), "root", nil, true, filter, func(row *domain.ConversationRow) error {
			require.GreaterOrEqual(t, row.CreatedAt, last)
			last = row.CreatedAt
			seen[row.ID] = true
			require.Equal(t, domain.Closed, row.State)
			require.Equal(t, "Ana", row.Customer)
			return nil
		}))
		require.Len(t, seen, 1200-12, "each once, over the edges of batches, and none that was aborted")

		stop := errors.New("enough")
		require.ErrorIs(t, f.EachConversation(ctx(), "owner", nil, false, filter, func(*domain.ConversationRow) error { return stop }), stop)
		require.NoError(t, f.EachConversation(ctx(), "nobody", nil, false, filter, func(*domain.ConversationRow) error { return stop }))
		filter.CreatedFrom, filter.CreatedTo = 10, 11
		n := 0
		require.NoError(t, f.EachConversation(ctx(), "x", []string{f.queue.ID}, false, filter, func(*domain.ConversationRow) error { n++; return nil }))
		require.Equal(t, 3, n)
	})
}

// TestDeliveredBeforeRead: a message that was read keeps when it was delivered.
func TestDeliveredBeforeRead(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		c := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil)
		m := f.template(t, c, "marketing")
		who := domain.WhatsAppIdentity{PhoneKey: "5511987654321", WAID: "5511987654321"}
		require.NoError(t, f.accepted(m.ID, "wamid.1", who, now))
		row := func() (found domain.ConversationRow) {
			require.NoError(t, f.EachConversation(ctx(), "x", nil, true, domain.ListFilter{Now: now}, func(r *domain.ConversationRow) error { found = *r; return nil }))
			return found
		}
		require.Zero(t, row().DeliveredAt)
		for i, status := range []domain.Status{domain.Delivered, domain.Read} {
			told := change(m, status)
			told.At = now + int64(i+1)*1000
			_, _, err := f.ApplyStatus(ctx(), f.account.ID, told)
			require.NoError(t, err)
		}
		require.Equal(t, []int64{now + 1000, now + 2000}, []int64{row().DeliveredAt, row().ReadAt})
		require.Equal(t, 1, row().Templates)
	})
}
