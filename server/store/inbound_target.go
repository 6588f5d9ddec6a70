package store

import (
	"context"

	"github.com/lib/pq"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// resolveFunction finds, for each message, the conversation it belongs to: the one
// that has it stored already (a closed or aborted one only if its post is there), else the open one that it answers, else the open one
// of the sender's BSUID, else that of the sender's number. Every LIMIT 1 in a LATERAL
// is a fence for the planner: each step is one look at an index, whatever it believes
// about the sizes of the tables.
func resolveFunction() function {
	const open = "o.closed_at = 0 AND o.aborted_at = 0 LIMIT 1"
	return function{
		name: "arrival", params: params("text[], text[], text[], text[], text[]"),
		returns: "TABLE (n bigint, c waa_conversations, ct waa_contacts, m waa_messages, archived boolean, known bigint, queue_id text, time_zone text, hours text, holidays text, away_message text)",
		query: `
		SELECT q.n, c, ct, stored.m, EXISTS (SELECT 1 FROM channels ch WHERE ch.id = c.channel_id AND c.channel_id <> '' AND ch.deleteat > 0), (
			SELECT count(*) FROM (VALUES ('bsuid', q.bsuid), ('phone', q.phone)) v (kind, value), LATERAL (
				SELECT 1 FROM waa_identities i WHERE v.value <> '' AND i.account_id = q.account AND i.kind = v.kind AND i.value = v.value LIMIT 1
			) i
		), coalesce(w.id, ''), coalesce(w.time_zone, ''), coalesce(w.hours, ''), coalesce(w.holidays, ''), coalesce(w.away_message, '')
		FROM unnest($1, $2, $3, $4, $5) WITH ORDINALITY q (account, wamid, answers, bsuid, phone, n)
		LEFT JOIN LATERAL (SELECT m FROM waa_messages m WHERE ` + sameMessage("m", "q.wamid") + ` AND m.account_id = q.account LIMIT 1) stored ON true,
		LATERAL (
			SELECT b.id FROM (
				SELECT s.id, 0 FROM waa_conversations s WHERE s.id = (stored.m).conversation_id AND (s.aborted_at = 0 AND s.closed_at = 0 OR (stored.m).post_id <> '')
				UNION ALL
				SELECT o.id, 1 FROM (
					SELECT a.conversation_id FROM waa_messages a WHERE ` + sameMessage("a", "q.answers") + ` AND a.account_id = q.account LIMIT 1
				) a, LATERAL (SELECT o.id FROM waa_conversations o WHERE o.id = a.conversation_id AND ` + open + `) o
				UNION ALL
				SELECT o.id, v.rank FROM (VALUES ('bsuid', q.bsuid, 2), ('phone', q.phone, 3)) v (kind, value, rank), LATERAL (
					SELECT i.contact_id FROM waa_identities i WHERE v.value <> '' AND i.account_id = q.account AND i.kind = v.kind AND i.value = v.value LIMIT 1
				) i, LATERAL (
					SELECT o.id FROM waa_conversations o WHERE o.account_id = q.account AND o.contact_id = i.contact_id AND ` + open + `
				) o
			) b (id, rank) ORDER BY b.rank LIMIT 1
		) b
		JOIN waa_conversations c ON c.id = b.id JOIN waa_contacts ct ON ct.id = c.contact_id
		LEFT JOIN waa_queues w ON w.id = c.queue_id AND w.away_message <> ''`,
	}
}

// resolveRequest is a message whose conversation is asked for.
type resolveRequest struct {
	account, wamid, answers string
	who                     domain.WhatsAppIdentity
}

// resolveRow is a row of resolveFunction.
type resolveRow struct {
	N            int                 `db:"n"` // of which request, from 1
	Conversation domain.Conversation `db:"conversation"`
	MessageID    string              `db:"message_id"` // "" = the message is not stored yet
	Kind         string              `db:"kind"`
	PostID       string              `db:"post_id"`
	Archived     bool                `db:"archived"`
	Queue        domain.Queue        `db:"queue"` // as far as InboundTarget has it
	Known        int                 `db:"known"` // how many of the sender's identities are stored
}

// resolveColumns are the columns of a resolveRow, as far as a message that comes in needs them.
func resolveColumns() string {
	return "f.n, " + columnsOf("c", "conversation", "id, account_id, contact_id, queue_id, team_id, channel_id, window_from, window_until, last_template_at, closed_at, aborted_at, away_at") + ", " +
		columnsOf("ct", "conversation.contact", "id, name, phone, wa_id, user_id, username") + `,
		coalesce((f.m).id, '') AS message_id, coalesce((f.m).kind, '') AS kind, coalesce((f.m).post_id, '') AS post_id, f.archived, f.known,
		f.queue_id AS "queue.id", f.time_zone AS "queue.time_zone", f.hours AS "queue.hours", f.holidays AS "queue.holidays", f.away_message AS "queue.away_message"`
}

// ResolveTarget returns where a customer's message belongs; domain.ErrNotFound
// where there is no open conversation. Calls that come together share a statement.
func (s *Store) ResolveTarget(ctx context.Context, accountID, wamid, answers string, who domain.WhatsAppIdentity) (*domain.InboundTarget, error) {
	a, err := s.resolutions.Submit(ctx, resolveRequest{account: accountID, wamid: truncate(wamid, maxWAMID), answers: truncate(answers, maxWAMID), who: truncateIdentity(who)})
	if err == nil && a == nil {
		err = domain.ErrNotFound
	}
	return a, err
}

func (s *Store) resolveBatch(ctx context.Context, batch []resolveRequest) ([]*domain.InboundTarget, error) {
	n := len(batch)
	accounts, wamids, answers, users, phones := make([]string, n), make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	for i, a := range batch {
		accounts[i], wamids[i], answers[i], users[i], phones[i] = a.account, a.wamid, a.answers, a.who.UserID, a.who.PhoneKey
	}
	rows := []*resolveRow{}
	if err := s.db.SelectContext(ctx, &rows, "SELECT "+resolveColumns()+" FROM "+s.callSQL["arrival"]+" f",
		pq.Array(accounts), pq.Array(wamids), pq.Array(answers), pq.Array(users), pq.Array(phones)); err != nil {
		return nil, wrapErr(err, "could not look where messages belong")
	}
	targets := make([]*domain.InboundTarget, n)
	for _, row := range rows {
		targets[row.N-1] = row.target(batch[row.N-1].who)
	}
	return targets, nil
}

func (row *resolveRow) target(who domain.WhatsAppIdentity) *domain.InboundTarget {
	learned := row.Conversation.Contact
	return &domain.InboundTarget{
		Conversation: row.Conversation, MessageID: row.MessageID, Kind: row.Kind, PostID: row.PostID, Queue: row.Queue, Archived: row.Archived,
		News: learnIdentity(&learned, who) || row.Known < len(identitiesOf(who)),
	}
}
