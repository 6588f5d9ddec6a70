//go:build unix

package main

import (
	"context"
	"database/sql"
	"strings"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
)

// conversationsLoad writes open conversations with a history straight into the database, and their channels, without which the plugin would
// make them all anew in the meantime.
type conversationsLoad struct {
	account, queue, team string
	template             string // the first of the messages
	prefix               string // prefix of the ids: at most 10 characters
	conversations        int
	messages             int  // messages of each conversation, half of them from the customer, all handled long ago; the template has a charge
	outbox               bool // one message of each conversation waits to be sent
}

const (
	loadNow = "(extract(epoch FROM now()) * 1000)::bigint"
	loadID  = "$1 || lpad(n::text, 26 - length($1), '0')" // id of a conversation, contact or channel
	loadSub = "left($1, 4) || lpad(n::text, 9, '0') || "  // id of something that belongs to a conversation; 13 characters are left for it
)

// loadStep is a statement. Its first arguments are the prefix and the number of conversations, unless it has none.
type loadStep struct {
	sql  string
	args []any
}

func (l *conversationsLoad) run(ctx context.Context, db *sql.DB) error {
	steps := l.people()
	if l.messages > 0 {
		steps = append(steps, l.history()...)
	}
	if l.outbox {
		steps = append(steps, l.waiting())
	}
	words := strings.NewReplacer("{id}", loadID, "{sub}", loadSub, "{now}", loadNow)
	for _, step := range steps {
		statement, args := words.Replace(step.sql), []any{}
		if strings.Contains(statement, "$1") {
			args = append([]any{l.prefix, l.conversations}, step.args...)
		}
		if _, err := db.ExecContext(ctx, statement, args...); err != nil {
			return errors.Wrap(err, "cannot load conversations")
		}
	}
	// What has a history has been vacuumed too.
	_, err := db.ExecContext(ctx, "VACUUM ANALYZE channels, waa_contacts, waa_identities, waa_conversations, waa_messages, waa_inbox, waa_outbox, waa_charges, waa_results")
	return errors.Wrap(err, "cannot have the tables vacuumed")
}

// people are the contacts with their conversations.
func (l *conversationsLoad) people() []loadStep {
	return []loadStep{
		{`INSERT INTO waa_contacts (id, name, phone, wa_id, created_at, updated_at)
			SELECT {id}, 'Cliente ' || n, '+5521' || 700000000 + n, '5521' || 700000000 + n, {now}, {now} FROM generate_series(1, $2::int) n`, nil},
		{`INSERT INTO waa_identities (account_id, kind, value, contact_id)
			SELECT $3, 'phone', '5521' || 700000000 + n, {id} FROM generate_series(1, $2::int) n ON CONFLICT DO NOTHING`, []any{l.account}},
		{`INSERT INTO channels (id, createat, updateat, deleteat, teamid, type, displayname, name, header, purpose, lastpostat, totalmsgcount, extraupdateat, creatorid,
				totalmsgcountroot, lastrootpostat)
			SELECT {id}, {now} - 86400000, {now} - 86400000, 0, $3, 'P', 'Cliente ' || n, {id}, '', '', 0, 0, 0, '', 0, 0 FROM generate_series(1, $2::int) n`, []any{l.team}},
		{`INSERT INTO waa_conversations (id, account_id, contact_id, queue_id, team_id, channel_id, window_from, window_until, last_inbound_at, created_at,
				updated_at, shown_state)
			SELECT {id}, $3, {id}, $4, $5, {id}, {now} - 60000, {now} + 86340000, {now} - 60000, {now} - 86400000, {now} - 60000, 'open'
			FROM generate_series(1, $2::int) n`, []any{l.account, l.queue, l.team}},
	}
}

// history is what was said, the charges of this month, and the results. The database keeps sums and results up to date row by row, which
// would take minutes for so many at once, so both are written as a whole.
func (l *conversationsLoad) history() []loadStep {
	return []loadStep{
		{"ALTER TABLE waa_messages DISABLE TRIGGER USER", nil},
		{`INSERT INTO waa_messages (id, conversation_id, account_id, contact_id, direction, kind, template_id, post_id, wamid, status, shown_status,
				created_at, sent_at)
			SELECT {sub} lpad('m' || k, 13, '0'), {id}, $3, {id}, CASE WHEN k % 2 = 0 THEN 'in' ELSE 'out' END,
				CASE WHEN k = 1 THEN 'template' ELSE 'text' END, CASE WHEN k = 1 THEN $5::text ELSE '' END, {sub} lpad('p' || k, 13, '0'),
				'wamid.' || $1 || n || '.' || k, s.status, s.status, {now} - 86400000 + n + k, {now} - 86400000 + n + k
			FROM generate_series(1, $2::int) n, generate_series(1, $4::int) k, LATERAL (SELECT CASE WHEN k % 2 = 0 THEN '' ELSE 'delivered' END AS status) s`,
			[]any{l.account, l.messages, l.template}},
		{"ALTER TABLE waa_messages ENABLE TRIGGER USER", nil},
		{`INSERT INTO waa_inbox (lane, ord, dedupe_key, account_id, payload, created_at, finished_at)
			SELECT 'm:' || $3 || ':5521' || 700000000 + n, {now}, 'm:wamid.' || $1 || n || '.' || k, $3, '', {now}, {now}
			FROM generate_series(1, $2::int) n, generate_series(1, $4::int) k WHERE k % 2 = 0`, []any{l.account, l.messages}},
		{"ALTER TABLE waa_charges DISABLE TRIGGER USER", nil},
		{`INSERT INTO waa_charges (message_id, conversation_id, account_id, queue_id, template_id, wamid, category, amount, currency, state, at)
			SELECT {sub} lpad('m1', 13, '0'), {id}, $3, $4, $5, 'wamid.' || $1 || n || '.1', 'utility', 100, $6, 'billed', {now} - n
			FROM generate_series(1, $2::int) n`, []any{l.account, l.queue, l.template, scenario.Currency}},
		{"ALTER TABLE waa_charges ENABLE TRIGGER USER", nil},
		{`INSERT INTO waa_results (message_id, conversation_id, account_id, queue_id, agent_id, template_id, at, accepted, status, answered_at, cost, currency)
			SELECT t.id, t.conversation_id, t.account_id, $3, t.author_id, t.template_id, t.sent_at, true, t.status, coalesce(answer.created_at, 0), 100, $4
			FROM generate_series(1, $2::int) n JOIN waa_messages t ON t.id = {sub} lpad('m1', 13, '0')
			LEFT JOIN waa_messages answer ON answer.id = {sub} lpad('m2', 13, '0')`, []any{l.queue, scenario.Currency}},
		{`UPDATE waa_conversations SET began_template_id = $3 WHERE starts_with(id, $1) AND $2 > 0`, []any{l.template}},
		{`INSERT INTO waa_spent (queue_id, month, part, amount)
			SELECT queue_id, waa_spent_month(at), waa_spent_part(message_id), sum(amount) FROM waa_charges
			WHERE starts_with(conversation_id, $1) AND $2 > 0 GROUP BY 1, 2, 3
			ON CONFLICT (queue_id, month, part) DO UPDATE SET amount = waa_spent.amount + excluded.amount`, nil},
	}
}

// waiting are messages that nobody has sent yet.
func (l *conversationsLoad) waiting() loadStep {
	return loadStep{`WITH m AS (
			INSERT INTO waa_messages (id, conversation_id, account_id, contact_id, direction, kind, status, shown_status, created_at)
			SELECT {sub} lpad('w', 13, '0'), {id}, $3, {id}, 'out', 'text', 'pending', 'pending', {now} FROM generate_series(1, $2::int) n
			RETURNING id, conversation_id, account_id, created_at)
		INSERT INTO waa_outbox (lane, ord, dedupe_key, account_id, payload, created_at)
		SELECT conversation_id, created_at, id, account_id, '{"text":"bench"}', created_at FROM m`, []any{l.account}}
}
