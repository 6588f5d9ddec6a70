package store_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// BenchmarkLockPlan is what a start waits for under its queue's lock: it must not grow with the charges of the month.
func BenchmarkLockPlan(b *testing.B) {
	for _, charges := range []int{1_000, 100_000} {
		b.Run(fmt.Sprintf("%d charges", charges), func(b *testing.B) {
			f := direct(b)
			_, err := f.db.Exec(`INSERT INTO waa_charges (message_id, conversation_id, account_id, queue_id, category, amount, currency, state, at)
				SELECT lpad(n::text, 26, '0'), 'c', 'a', $1, 'utility', 1, 'USD', 'billed', $2 FROM generate_series(1, $3) n`, f.queue.ID, now, charges)
			require.NoError(b, err)
			_, err = f.db.Exec("ANALYZE waa_charges")
			require.NoError(b, err)
			for b.Loop() {
				require.NoError(b, f.InTx(ctx(), func(tx domain.Tx) error {
					_, spent, err := tx.LockPlan(f.queue.ID, domain.MonthStart(now))
					require.EqualValues(b, charges, spent)
					return err
				}))
			}
		})
	}
}

// BenchmarkInsertCharge is what keeping the sum costs each charge.
func BenchmarkInsertCharge(b *testing.B) {
	f := direct(b)
	for b.Loop() {
		require.NoError(b, f.InTx(ctx(), func(tx domain.Tx) error {
			return tx.InsertCharge(&domain.Charge{
				MessageID: newID(), ConversationID: "c", AccountID: f.account.ID, QueueID: f.queue.ID,
				Category: "marketing", Amount: 1, Currency: "USD", State: domain.ChargeReserved, At: now,
			})
		}))
	}
}
