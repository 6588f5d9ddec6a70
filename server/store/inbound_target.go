package store

import (
	"context"
	"encoding/json"

	"github.com/lib/pq"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// resolveFunction finds, for each message, the conversation it belongs to: the one
// that has it stored already, else the open one that it answers, else the open one
// of the sender's BSUID, else that of the sender's number. Every LIMIT 1 in a LATERAL
// is a fence for the planner: each step is one look at an index, whatever it believes
// about the sizes of the tables.
func resolveFunction() function {
	const open = "o.closed_at = 0 AND o.aborted_at = 0 LIMIT 1"
	return function{
		name: "arrival", params: params("text[], text[], text[], text[], text[]"),
		returns: "TABLE (n bigint, c waa_conversations, ct waa_contacts, m waa_messages, archived boolean, known bigint)",
		query: `
		SELECT q.n, c, ct, stored.m, EXISTS (SELECT 1 FROM channels ch WHERE ch.id = c.channel_id AND c.channel_id <> '' AND ch.deleteat > 0), (
			SELECT count(*) FROM (VALUES ('bsuid', q.bsuid), ('phone', q.phone)) v (kind, value), LATERAL (
				SELECT 1 FROM waa_identities i WHERE v.value <> '' AND i.account_id = q.account AND i.kind = v.kind AND i.value = v.value LIMIT 1
			) i
		)
		FROM unnest($1, $2, $3, $4, $5) WITH ORDINALITY q (account, wamid, answers, bsuid, phone, n)
		LEFT JOIN LATERAL (SELECT m FROM waa_messages m WHERE ` + sameMessage("m", "q.wamid") + ` AND m.account_id = q.account LIMIT 1) stored ON true,
		LATERAL (
			SELECT b.id FROM (
				SELECT s.id, 0 FROM waa_conversations s WHERE s.id = (stored.m).conversation_id AND (s.aborted_at = 0 OR (stored.m).post_id <> '')
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
		JOIN waa_conversations c ON c.id = b.id JOIN waa_contacts ct ON ct.id = c.contact_id`,
	}
}

// resolveRequest is a message whose conversation is asked for.
type resolveRequest struct {
	account, wamid, answers string
	who                     domain.WhatsAppIdentity
}

// resolveRow is a row of resolveFunction as resolveColumns names its parts.
type resolveRow struct {
	N                                                    int
	ID, Account, Contact, Queue, Team, Channel           string
	WindowFrom, WindowUntil, LastTemplate, Closed, Abort int64
	Name, Phone, WAID, UserID, Username                  string
	Message, Kind, Post                                  string
	Archived                                             bool
	Known                                                int
}

// resolveColumns reads all rows as one JSON text. Over the plugin API's driver each row would be a remote call.
const resolveColumns = `SELECT coalesce(json_agg(json_build_object('N', f.n, 'ID', (f.c).id, 'Account', (f.c).account_id, 'Contact', (f.c).contact_id,
	'Queue', (f.c).queue_id, 'Team', (f.c).team_id, 'Channel', (f.c).channel_id, 'WindowFrom', (f.c).window_from, 'WindowUntil', (f.c).window_until,
	'LastTemplate', (f.c).last_template_at, 'Closed', (f.c).closed_at, 'Abort', (f.c).aborted_at,
	'Name', (f.ct).name, 'Phone', (f.ct).phone, 'WAID', (f.ct).wa_id, 'UserID', (f.ct).user_id, 'Username', (f.ct).username,
	'Message', coalesce((f.m).id, ''), 'Kind', coalesce((f.m).kind, ''), 'Post', coalesce((f.m).post_id, ''), 'Archived', f.archived, 'Known', f.known)), '[]')::text FROM `

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
	var text string
	if err := s.db.GetContext(ctx, &text, resolveColumns+s.callSQL["arrival"]+" f",
		pq.Array(accounts), pq.Array(wamids), pq.Array(answers), pq.Array(users), pq.Array(phones)); err != nil {
		return nil, wrapErr(err, "could not look where messages belong")
	}
	var rows []resolveRow
	if err := json.Unmarshal([]byte(text), &rows); err != nil {
		return nil, errors.Wrap(err, "could not read where messages belong")
	}
	arrivals := make([]*domain.InboundTarget, n)
	for i := range rows {
		row := &rows[i]
		arrivals[row.N-1] = row.target(batch[row.N-1].who)
	}
	return arrivals, nil
}

func (row *resolveRow) target(who domain.WhatsAppIdentity) *domain.InboundTarget {
	contact := domain.Contact{ID: row.Contact, Name: row.Name, Phone: row.Phone, WAID: row.WAID, UserID: row.UserID, Username: row.Username}
	learned := contact
	return &domain.InboundTarget{
		Conversation: domain.Conversation{
			ID: row.ID, AccountID: row.Account, ContactID: row.Contact, QueueID: row.Queue, TeamID: row.Team, ChannelID: row.Channel,
			WindowFrom: row.WindowFrom, WindowUntil: row.WindowUntil, LastTemplateAt: row.LastTemplate, ClosedAt: row.Closed, AbortedAt: row.Abort, Contact: contact,
		},
		MessageID: row.Message, Kind: row.Kind, PostID: row.Post, Archived: row.Archived, News: learnIdentity(&learned, who) || row.Known < len(identitiesOf(who)),
	}
}
