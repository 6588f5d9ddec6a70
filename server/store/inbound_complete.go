package store

import (
	"context"
	"time"

	"github.com/lib/pq"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

// completeInboundFunction finishes jobs of the inbox and stores the messages they were
// about, at most one of each conversation. The messages' posts exist already, so the
// messages are stored even where the lease of a job was lost.
//
// It repeats domain.Answered in SQL, because many windows move in one statement; a test
// holds the two together. In a busy conversation it changes no indexed column:
// updated_at may be a minute behind, and a refresh that is due soon enough stays as it
// is unless a process is working on it.
func completeInboundFunction() function {
	later := "p.now + " + headerDelayMillis
	return function{
		name:   "posted",
		params: params(finishParams + ", text[], text[], text[], text[], text[], text[], text[], text[], boolean[], bigint[], bigint[], text[], text[]"), returns: jobSQL(inboxTable, finishReturns),
		query: jobSQL(inboxTable, "WITH "+finishSQL("true")+`, posts AS MATERIALIZED (
			SELECT * FROM unnest($4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) p (id, conversation_id, account_id, kind, post_id, wamid, body, stored_id, opens, at, now, phone, user_id)
		), saved AS (
			UPDATE waa_conversations c SET
				window_from = CASE WHEN p.opens AND p.at + `+windowMillis+` > c.window_until AND p.at >= c.window_until THEN p.at ELSE c.window_from END,
				window_until = CASE WHEN p.opens THEN greatest(c.window_until, p.at + `+windowMillis+`) ELSE c.window_until END,
				last_inbound_at = CASE WHEN p.opens AND p.at + `+windowMillis+` > c.window_until THEN p.at ELSE c.last_inbound_at END,
				window_phone = CASE WHEN p.opens AND p.at + `+windowMillis+` > c.window_until AND p.phone || p.user_id <> '' THEN p.phone ELSE c.window_phone END,
				window_user_id = CASE WHEN p.opens AND p.at + `+windowMillis+` > c.window_until AND p.phone || p.user_id <> '' THEN p.user_id ELSE c.window_user_id END,
				idle_at = CASE WHEN p.opens AND c.idle_at = 0 THEN p.at ELSE c.idle_at END,
				updated_at = CASE WHEN p.now >= c.updated_at + 60000 THEN p.now ELSE c.updated_at END,
				refresh_at = CASE WHEN NOT p.opens OR p.at + `+windowMillis+` <= c.window_until OR c.closed_at <> 0 THEN c.refresh_at
					WHEN p.now >= c.window_until THEN `+nextRefresh("c.refresh_at", "p.now")+`
					WHEN c.refresh_lease = 0 AND c.refresh_at > 0 AND c.refresh_at <= `+later+` + 1000 THEN c.refresh_at
					ELSE `+nextRefresh("c.refresh_at", later)+` END
			FROM posts p WHERE c.id = p.conversation_id RETURNING c.id, c.contact_id
		), stored AS (
			INSERT INTO waa_messages (id, conversation_id, account_id, contact_id, direction, kind, post_id, wamid, body, created_at)
			SELECT p.id, s.id, p.account_id, s.contact_id, 'in', p.kind, p.post_id, p.wamid, p.body, p.at
			FROM saved s, posts p WHERE p.conversation_id = s.id AND p.stored_id = ''
			ON CONFLICT (token, account_id) WHERE token <> '' DO UPDATE SET post_id = excluded.post_id, conversation_id = excluded.conversation_id, contact_id = excluded.contact_id
				WHERE waa_messages.post_id = ''
		), posted AS (
			UPDATE waa_messages m SET post_id = p.post_id, conversation_id = s.id, contact_id = s.contact_id
			FROM posts p JOIN saved s ON s.id = p.conversation_id WHERE p.stored_id <> '' AND m.id = p.stored_id AND m.post_id = ''
		)`+finishedSQL),
	}
}

// inboundCompletion is a job to finish with the message it was about.
type inboundCompletion struct {
	finishedJob
	message *domain.Message
	who     domain.WhatsAppIdentity
	stored  string // the message's id, if it is stored already
	opens   bool
	now     int64
}

// CompleteInbound stores a message that has its post, finishes its job, and returns the
// next job of the lane, claimed; see package inbound.
func (s *Store) CompleteInbound(ctx context.Context, owner string, jobID int64, a *domain.InboundTarget, m *domain.Message, who domain.WhatsAppIdentity, opensWindow bool, now int64, lease time.Duration) (*jobqueue.Job, error) {
	who = truncateIdentity(who)
	if a.News {
		if err := s.learnPerson(ctx, m.AccountID, m.ContactID, who, now); err != nil {
			return nil, err
		}
	}
	f, err := s.completions.Submit(ctx, inboundCompletion{
		finishedJob: finishedJob{id: jobID, owner: owner, lease: lease}, message: truncateMessage(m), who: who, stored: a.MessageID, opens: opensWindow, now: now,
	})
	return f.result(err)
}

func (s *Store) completeBatch(ctx context.Context, batch []inboundCompletion) ([]finishedJob, error) {
	n := len(batch)
	jobs := make([]finishedJob, n)
	ids, conversations, accounts, kinds := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	posts, wamids, bodies, stored := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	opens, at, now := make([]bool, n), make([]int64, n), make([]int64, n)
	phones, users := make([]string, n), make([]string, n)
	for i, p := range batch {
		m := p.message
		jobs[i] = p.finishedJob
		ids[i], conversations[i], accounts[i], kinds[i] = m.ID, m.ConversationID, m.AccountID, m.Kind
		posts[i], wamids[i], bodies[i], stored[i] = m.PostID, m.WAMID, m.Text, p.stored
		opens[i], at[i], now[i] = p.opens, m.CreatedAt, p.now
		phones[i], users[i] = p.who.WAID, p.who.UserID
	}
	return jobs, s.finish(ctx, "posted", jobs, pq.Array(ids), pq.Array(conversations), pq.Array(accounts), pq.Array(kinds), pq.Array(posts), pq.Array(wamids),
		pq.Array(bodies), pq.Array(stored), pq.Array(opens), pq.Array(at), pq.Array(now), pq.Array(phones), pq.Array(users))
}
