package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/lib/pq"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// AddNotice stores a message that people are to get from the bot, once per key.
func (s *Store) AddNotice(ctx context.Context, n *domain.Notice) error {
	data, err := json.Marshal(n.Data)
	if err != nil {
		return errors.Wrap(err, "could not encode a notice")
	}
	_, err = exec(ctx, s.db, `INSERT INTO waa_notices (key, account_id, queue_id, user_id, conversation_id, text_key, data, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (key) DO NOTHING`, n.Key, n.AccountID, n.QueueID, n.UserID, n.ConversationID, n.TextKey, string(data), n.CreatedAt)
	return wrapErr(err, "could not store a notice")
}

// noticeRow is a notice as stored.
type noticeRow struct {
	domain.Notice
	Data     []byte         `db:"data"`
	Told     pq.StringArray `db:"told"`
	Attempts int            `db:"attempts"`
}

// ClaimNotices leases up to n notices that were not delivered to everybody yet, oldest first.
func (s *Store) ClaimNotices(ctx context.Context, length time.Duration, n int) ([]*domain.Notice, error) {
	rows := []*noticeRow{}
	untold := lease{table: "waa_notices", key: "key", until: "lease_until", set: "attempts = t.attempts + 1", length: "$1::bigint", most: "$2"}
	err := s.db.SelectContext(ctx, &rows, hot+untold.claim(due{where: "t.told_at = 0", order: "t.created_at"})+`
		SELECT key, account_id, queue_id, user_id, conversation_id, text_key, data, created_at, told, attempts FROM claimed`, length.Milliseconds(), n)
	if err != nil {
		return nil, wrapErr(err, "could not claim notices")
	}
	notices := make([]*domain.Notice, len(rows))
	for i, row := range rows {
		row.Notice.Told, row.Again = row.Told, row.Attempts > 1
		if err := json.Unmarshal(row.Data, &row.Notice.Data); err != nil {
			return nil, errors.Wrap(err, "could not decode a notice")
		}
		notices[i] = &row.Notice
	}
	return notices, nil
}

// NoticeToldTo notes that one person got a notice.
func (s *Store) NoticeToldTo(ctx context.Context, key, userID string) error {
	_, err := exec(ctx, s.db, "UPDATE waa_notices SET told = array_append(told, $2::text) WHERE key = $1 AND NOT told @> ARRAY[$2::text]", key, userID)
	return wrapErr(err, "could not note who was told")
}

// NoticeTold ends a notice.
func (s *Store) NoticeTold(ctx context.Context, key string, now int64) error {
	_, err := exec(ctx, s.db, "UPDATE waa_notices SET told_at = $2 WHERE key = $1", key, now)
	return wrapErr(err, "could not end a notice")
}

// NoticeTroubles leaves notices of the numbers that stopped for an
// administrator, and of those that go on again; each once per trouble.
func (s *Store) NoticeTroubles(ctx context.Context, now int64) error {
	_, err := exec(ctx, s.db, `
		WITH stopped AS (
			INSERT INTO waa_notices (key, account_id, text_key, data, created_at)
			SELECT 'stopped:' || id || ':' || blocked_at, id, 'admin.account_blocked', jsonb_build_object('Account', name, 'Code', blocked_code), $1
			FROM waa_accounts WHERE blocked_code <> 0 AND enabled ON CONFLICT (key) DO NOTHING
		)
		INSERT INTO waa_notices (key, account_id, text_key, data, created_at)
		SELECT 'goes_on:' || n.key, n.account_id, 'admin.account_goes_on', jsonb_build_object('Account', a.name), $1
		FROM waa_notices n JOIN waa_accounts a ON a.id = n.account_id
		JOIN waa_account_health h ON h.account_id = a.id AND h.ok AND h.checked_at > n.created_at -- another token may be no better
		WHERE n.text_key = 'admin.account_blocked' AND a.blocked_code = 0 AND n.created_at > $1::bigint - $2::bigint
			AND NOT EXISTS (SELECT 1 FROM waa_notices g WHERE g.key = 'goes_on:' || n.key)
		ON CONFLICT (key) DO NOTHING`, now, keepNotices.Milliseconds())
	return wrapErr(err, "could not look for numbers in trouble")
}

// keepNotices is how long a delivered notice is kept, so that its key prevents a
// second one: longer than the month that it may be about.
const keepNotices = 70 * 24 * time.Hour

// PurgeNotices forgets what was told long ago.
func (s *Store) PurgeNotices(ctx context.Context, now int64) error {
	_, err := exec(ctx, s.db, "DELETE FROM waa_notices WHERE told_at > 0 AND created_at < $1", now-keepNotices.Milliseconds())
	return wrapErr(err, "could not forget old notices")
}

// WarnPlans leaves a notice for the supervisors of each queue that spent four
// fifths of its plan this month, and one where it is spent; each once a month
// and plan. Queues without a charge since the moment are left out; month is
// its first millisecond. Spent is what leaves no room for the cheapest
// template, or what already refused a start this month.
func (s *Store) WarnPlans(ctx context.Context, month, since, now int64) error {
	_, err := exec(ctx, s.db, `
		WITH plans AS (
			SELECT p.id, p.queue_id, p.monthly_limit, p.currency, q.name,
				(SELECT coalesce(sum(amount), 0)::bigint FROM waa_spent s WHERE s.queue_id = p.queue_id AND s.month >= $1) AS spent,
				(SELECT min(v::bigint) FROM jsonb_array_elements(p.approved_prices) l, jsonb_each_text(l -> 'prices') AS e (k, v)
					WHERE (l ->> 'from')::bigint <= $3 AND k <> 'service' AND v::bigint > 0) AS cheapest,
				coalesce((SELECT value FROM waa_facts WHERE name = 'budget_spent:' || p.queue_id), 0) >= $1 AS refused
			FROM waa_plans p JOIN waa_queues q ON q.id = p.queue_id
			WHERE p.approved AND p.monthly_limit > 0 AND (EXISTS (SELECT 1 FROM waa_charges c WHERE c.queue_id = p.queue_id AND c.at >= $2)
				OR EXISTS (SELECT 1 FROM waa_facts WHERE name = 'budget_spent:' || p.queue_id AND value >= $2))
		), levels AS (
			SELECT *, CASE WHEN refused OR spent + coalesce(cheapest, 1) > monthly_limit THEN 100 WHEN spent * 5 >= monthly_limit * 4 THEN 80 ELSE 0 END AS level FROM plans
		)
		INSERT INTO waa_notices (key, queue_id, text_key, data, created_at)
		SELECT 'plan:' || id || ':' || $1::bigint || ':' || level, queue_id, 'admin.plan_' || level,
			jsonb_build_object('Queue', name, 'Spent', spent, 'Limit', monthly_limit, 'Currency', currency), $3
		FROM levels WHERE level > 0 ON CONFLICT (key) DO NOTHING`, month, since, now)
	return wrapErr(err, "could not look at the plans")
}

// BudgetSpent notes that a plan refused a start; see WarnPlans.
func (s *Store) BudgetSpent(ctx context.Context, queueID string, now int64) error {
	return s.SetState(ctx, "budget_spent:"+queueID, now)
}

// Remind stores a direct message to somebody about a conversation, once per key.
func (t *tx) Remind(key, userID, conversationID string, text domain.Text, now int64) error {
	data, err := encodeData(text.Data)
	if err != nil {
		return err
	}
	_, err = exec(t.ctx, t.r, `INSERT INTO waa_notices (key, user_id, conversation_id, text_key, data, created_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (key) DO NOTHING`, key, userID, conversationID, text.Key, data, now)
	return wrapErr(err, "could not store a reminder")
}
