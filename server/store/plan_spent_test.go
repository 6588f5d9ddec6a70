package store_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// requireSpent holds the sums that are kept against the ledger itself, for each queue and month.
func (f *fixture) requireSpent(t *testing.T) {
	t.Helper()
	rows, err := f.db.Query(`
		SELECT queue_id, month, sum(amount) FROM (
			SELECT queue_id, extract(epoch FROM date_trunc('month', to_timestamp(at / 1000.0) AT TIME ZONE 'UTC'))::bigint * 1000 AS month, amount
			FROM waa_charges WHERE state IN ('reserved', 'billed')
			UNION ALL SELECT queue_id, month, -amount FROM waa_spent) both_of_them
		GROUP BY 1, 2 HAVING sum(amount) <> 0`)
	require.NoError(t, err)
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var queue string
		var month, off int64
		require.NoError(t, rows.Scan(&queue, &month, &off))
		t.Errorf("queue %s, month %s: the ledger has %d more than was kept", queue, time.UnixMilli(month).UTC(), off)
	}
	require.NoError(t, rows.Err())
}

func TestWhatIsSpentIsWhatTheLedgerSays(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		conv := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil)
		other := f.newQueue(t, "Outra")
		month := domain.MonthStart(now)
		const week = 7 * day
		var all sync.WaitGroup
		for hand := range 4 {
			random := rand.New(rand.NewPCG(uint64(hand), 7))
			all.Go(func() {
				for range 15 {
					m := f.template(t, conv, []string{"marketing", "utility"}[random.IntN(2)])
					c := change(m, []domain.Status{domain.Sent, domain.Delivered, domain.Failed}[random.IntN(3)])
					c.At = now + int64(random.IntN(6)-3)*week // a delivery may come in another month
					if random.IntN(2) == 0 {
						c.Priced, c.Category, c.PricingType, c.Billable = true, "marketing", "regular", random.IntN(3) > 0
					}
					for range 1 + random.IntN(2) {
						if _, _, err := f.ApplyStatus(ctx(), f.account.ID, c); err != nil {
							t.Error(err)
						}
					}
				}
			})
		}
		all.Wait()
		f.requireSpent(t)

		_, err := f.db.Exec("UPDATE waa_charges SET queue_id = $1 WHERE at % 2 = 0 AND state = 'billed'", other.ID)
		require.NoError(t, err)
		_, err = f.db.Exec("UPDATE waa_charges SET at = $1 WHERE state = 'reserved'", month-1)
		require.NoError(t, err)
		f.requireSpent(t)
		_, err = f.db.Exec("DELETE FROM waa_charges WHERE message_id IN (SELECT message_id FROM waa_charges ORDER BY message_id LIMIT 20)")
		require.NoError(t, err)
		f.requireSpent(t)

		spent, err := f.Spent(ctx(), f.queue.ID, month)
		require.NoError(t, err)
		require.EqualValues(t, f.number(t, "SELECT coalesce(sum(amount), 0) FROM waa_charges WHERE queue_id = $1 AND at >= $2 AND state IN ('reserved', 'billed')", f.queue.ID, month), spent)
	})
}

func TestMonthsAreTheSameInGoAndInTheDatabase(t *testing.T) {
	f := direct(t)
	random := rand.New(rand.NewPCG(1, 2))
	moments := []int64{0, now, domain.MonthStart(now), domain.MonthStart(now) - 1}
	for range 200 {
		moments = append(moments, random.Int64N(4_000_000_000_000))
	}
	for _, at := range moments {
		require.Equal(t, domain.MonthStart(at), f.number(t, "SELECT waa_spent_month($1)", at), fmt.Sprint(at))
	}
}

func TestTheMigrationAddsUpWhatIsThere(t *testing.T) {
	f := direct(t)
	down, err := os.ReadFile("migrations/000009_spent_and_wording.down.sql")
	require.NoError(t, err)
	up, err := os.ReadFile("migrations/000009_spent_and_wording.up.sql")
	require.NoError(t, err)
	_, err = f.db.Exec(string(down))
	require.NoError(t, err)
	_, err = f.db.Exec(`INSERT INTO waa_charges (message_id, conversation_id, account_id, queue_id, category, amount, currency, state, at)
		SELECT lpad(n::text, 26, '0'), 'c', 'a', 'q' || n % 3, 'marketing', n, 'USD', (ARRAY['reserved', 'billed', 'free', 'released'])[1 + n % 4], $1 + n * 3600000::bigint
		FROM generate_series(1, 2000) n`, now)
	require.NoError(t, err)
	_, err = f.db.Exec(string(up))
	require.NoError(t, err)
	f.requireSpent(t)
	require.Positive(t, f.number(t, "SELECT count(DISTINCT month) FROM waa_spent")-1)
}
