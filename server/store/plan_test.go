package store_test

import (
	"sync"
	"testing"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func TestParallelReservationsNeverPassTheLimit(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		refused := errors.New("spent")
		var all sync.WaitGroup
		for range 100 {
			all.Go(func() {
				err := f.InTx(ctx(), func(tx domain.Tx) error {
					plan, spent, err := tx.LockPlan(f.queue.ID, domain.MonthStart(now))
					if err != nil {
						return err
					}
					if spent+plan.Prices.Marketing > plan.MonthlyLimit {
						return refused
					}
					return tx.InsertCharge(&domain.Charge{
						MessageID: newID(), ConversationID: "c", AccountID: f.account.ID, QueueID: f.queue.ID,
						Category: "marketing", Amount: plan.Prices.Marketing, Currency: plan.Currency, State: domain.ChargeReserved, At: now,
					})
				})
				if err != nil && !errors.Is(err, refused) {
					t.Error(err)
				}
			})
		}
		all.Wait()
		spent, err := f.Spent(ctx(), f.queue.ID, domain.MonthStart(now))
		require.NoError(t, err)
		require.Equal(t, f.plan.MonthlyLimit, spent)
		require.Len(t, f.charges(t), 20)
		before, err := f.Spent(ctx(), f.queue.ID, now+1)
		require.NoError(t, err)
		require.Zero(t, before)
	})
}

func TestAnyChangeOfAPlanTakesTheApprovalOff(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		lock := func() error {
			return f.InTx(ctx(), func(tx domain.Tx) error {
				_, _, err := tx.LockPlan(f.queue.ID, 0)
				return err
			})
		}
		require.NoError(t, lock())
		same, err := f.UpdatePlan(ctx(), f.plan, "boss", now+1)
		require.NoError(t, err)
		require.True(t, same.Approved)
		require.Equal(t, "admin", same.ApprovedBy)
		require.Equal(t, now, same.ApprovedAt)
		other := f.newQueue(t, "Outra")
		for name, change := range map[string]func(*domain.Plan){
			"limit":    func(p *domain.Plan) { p.MonthlyLimit++ },
			"currency": func(p *domain.Plan) { p.Currency = "BRL" },
			"prices":   func(p *domain.Plan) { p.Prices.Service++ },
			"queue":    func(p *domain.Plan) { p.QueueID = other.ID },
		} {
			t.Run(name, func(t *testing.T) {
				approved, err := f.ApprovePlan(ctx(), f.plan.ID, "boss", now+2)
				require.NoError(t, err)
				require.True(t, approved.Approved)
				change(approved)
				changed, err := f.UpdatePlan(ctx(), approved, "boss", now+3)
				require.NoError(t, err)
				require.False(t, changed.Approved)
				require.Empty(t, changed.ApprovedBy)
				require.Zero(t, changed.ApprovedAt)
				approved.Approved, approved.ApprovedBy, approved.ApprovedAt, approved.UpdatedAt = false, "", 0, now+3
				require.Equal(t, approved, changed)
				require.ErrorIs(t, lock(), domain.ErrNotFound)
				back := *f.plan
				_, err = f.UpdatePlan(ctx(), &back, "boss", now+4)
				require.NoError(t, err)
			})
		}
		require.EqualValues(t, 5, f.number(t, "SELECT count(*) FROM waa_audit WHERE action = 'plan_approved' AND object_id = $1 AND details->>'currency' = 'USD'", f.plan.ID))
		require.ErrorIs(t, f.CreatePlan(ctx(), &domain.Plan{QueueID: f.queue.ID, Currency: "USD"}, now), domain.ErrConflict)
		plans, total, err := f.Plans(ctx(), 0, 60)
		require.NoError(t, err)
		require.Equal(t, 1, total)
		require.Equal(t, f.plan.Prices, plans[0].Prices)
		require.NoError(t, f.DeletePlan(ctx(), f.plan.ID, "boss", now))
		require.ErrorIs(t, f.DeletePlan(ctx(), f.plan.ID, "boss", now), domain.ErrNotFound)
		_, err = f.ApprovePlan(ctx(), f.plan.ID, "boss", now)
		require.ErrorIs(t, err, domain.ErrNotFound)
	})
}

func TestLedgerPagesAndBatches(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		_, err := f.db.Exec(`INSERT INTO waa_charges (message_id, conversation_id, account_id, queue_id, category, amount, currency, state, at)
			SELECT lpad(n::text, 26, '0'), 'c', 'a', CASE WHEN n % 2 = 0 THEN 'q0' ELSE 'q1' END, 'marketing', n, 'USD', 'billed', 1000 + n / 10
			FROM generate_series(1, 2500) n`)
		require.NoError(t, err)
		filter := domain.LedgerFilter{From: 1010, To: 1240, QueueID: "q1"}
		page, total, err := f.Ledger(ctx(), filter, 2, 60)
		require.NoError(t, err)
		require.Equal(t, 1150, total)
		require.Len(t, page, 60)
		var ids []string
		var sum domain.Money
		require.NoError(t, f.EachCharge(ctx(), filter, func(c *domain.Charge) error {
			ids = append(ids, c.MessageID)
			sum += c.Amount
			return nil
		}))
		require.Len(t, ids, total)
		require.IsIncreasing(t, ids)
		require.Equal(t, page[0].MessageID, ids[120])
		require.EqualValues(t, f.number(t, "SELECT sum(amount) FROM waa_charges WHERE queue_id = 'q1' AND at >= 1010 AND at < 1240"), sum)
		past, total, err := f.Ledger(ctx(), filter, 99, 60)
		require.NoError(t, err)
		require.Empty(t, past)
		require.Equal(t, 1150, total)
		stop := errors.New("enough")
		require.Equal(t, stop, f.EachCharge(ctx(), filter, func(*domain.Charge) error { return stop }))
	})
}
