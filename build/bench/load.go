//go:build unix

package main

import (
	"context"
	"database/sql"
	"strings"

	"github.com/pkg/errors"
)

// conversationsLoad writes open conversations with a history straight into the database. Mattermost itself does not have their channels.
type conversationsLoad struct {
	account, queue, team string
	prefix               string // prefix of the ids: at most 10 characters
	conversations        int
	messages             int  // messages of each conversation, half of them from the customer, all handled long ago
	outbox               bool // one message of each conversation waits to be sent
}

const (
	loadNow = "(extract(epoch FROM now()) * 1000)::bigint"
	loadID  = "$1 || lpad(n::text, 26 - length($1), '0')" // id of a conversation, contact or channel
	loadSub = "left($1, 4) || lpad(n::text, 9, '0') || "  // id of something that belongs to a conversation; 13 characters are left for it
)

func (l *conversationsLoad) run(ctx context.Context, db *sql.DB) error {
	steps := []struct {
		sql  string
		args []any
	}{
		{`INSERT INTO waa_contacts (id, name, phone, wa_id, created_at, updated_at)
			SELECT {id}, 'Cliente ' || n, '+5521' || 700000000 + n, '5521' || 700000000 + n, {now}, {now} FROM generate_series(1, $2::int) n`, nil},
		{`INSERT INTO waa_identities (account_id, kind, value, contact_id)
			SELECT $3, 'phone', '5521' || 700000000 + n, {id} FROM generate_series(1, $2::int) n ON CONFLICT DO NOTHING`, []any{l.account}},
		{`INSERT INTO waa_conversations (id, account_id, contact_id, queue_id, team_id, channel_id, window_from, window_until, last_inbound_at, created_at,
				updated_at, shown_state)
			SELECT {id}, $3, {id}, $4, $5, {id}, {now} - 60000, {now} + 86340000, {now} - 60000, {now} - 86400000, {now} - 60000, 'open'
			FROM generate_series(1, $2::int) n`, []any{l.account, l.queue, l.team}},
	}
	if l.messages > 0 {
		steps = append(steps, struct {
			sql  string
			args []any
		}{`INSERT INTO waa_messages (id, conversation_id, account_id, contact_id, direction, kind, post_id, wamid, status, shown_status, created_at, sent_at)
			SELECT {sub} lpad('m' || k, 13, '0'), {id}, $3, {id}, CASE WHEN k % 2 = 0 THEN 'in' ELSE 'out' END, 'text', {sub} lpad('p' || k, 13, '0'),
				'wamid.' || $1 || n || '.' || k, s.status, s.status, {now} - 86400000 + n + k, {now} - 86400000 + n + k
			FROM generate_series(1, $2::int) n, generate_series(1, $4::int) k, LATERAL (SELECT CASE WHEN k % 2 = 0 THEN '' ELSE 'delivered' END AS status) s`,
			[]any{l.account, l.messages}},
			struct {
				sql  string
				args []any
			}{`INSERT INTO waa_inbox (lane, ord, dedupe_key, account_id, payload, created_at, finished_at)
			SELECT 'm:' || $3 || ':5521' || 700000000 + n, {now}, 'm:wamid.' || $1 || n || '.' || k, $3, '', {now}, {now}
			FROM generate_series(1, $2::int) n, generate_series(1, $4::int) k WHERE k % 2 = 0`, []any{l.account, l.messages}})
	}
	if l.outbox {
		steps = append(steps, struct {
			sql  string
			args []any
		}{`WITH m AS (
				INSERT INTO waa_messages (id, conversation_id, account_id, contact_id, direction, kind, status, shown_status, created_at)
				SELECT {sub} lpad('w', 13, '0'), {id}, $3, {id}, 'out', 'text', 'pending', 'pending', {now} FROM generate_series(1, $2::int) n
				RETURNING id, conversation_id, account_id, created_at)
			INSERT INTO waa_outbox (lane, ord, dedupe_key, account_id, payload, created_at)
			SELECT conversation_id, created_at, id, account_id, '{"text":"bench"}', created_at FROM m`, []any{l.account}})
	}
	words := strings.NewReplacer("{id}", loadID, "{sub}", loadSub, "{now}", loadNow)
	for _, step := range steps {
		if _, err := db.ExecContext(ctx, words.Replace(step.sql), append([]any{l.prefix, l.conversations}, step.args...)...); err != nil {
			return errors.Wrap(err, "cannot load conversations")
		}
	}
	_, err := db.ExecContext(ctx, "ANALYZE waa_contacts, waa_identities, waa_conversations, waa_messages, waa_inbox, waa_outbox")
	return errors.Wrap(err, "cannot have the tables analysed")
}
