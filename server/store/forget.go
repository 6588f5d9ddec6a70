package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/lib/pq"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// ClaimForget leases up to n conversations that Mattermost has still to forget,
// those of one contact or, with "", all that are due; see package jobs.
func (s *Store) ClaimForget(ctx context.Context, contactID string, length time.Duration, n int) ([]domain.ErasedConversation, error) {
	claimed := []domain.ErasedConversation{}
	unforgotten := lease{table: "waa_forget", key: "conversation_id", until: "lease_until", length: "$1::bigint", most: "$3"}
	err := s.db.SelectContext(ctx, &claimed, `
		`+unforgotten.claim(due{where: "t.done_at = 0 AND t.due_at <= " + clock + " AND ($2 = '' OR t.contact_id = $2)", order: "t.due_at, t.conversation_id"})+`
		SELECT f.conversation_id, f.contact_id, f.attempts, f.passes, c.channel_id, c.team_id
		FROM claimed f JOIN waa_conversations c ON c.id = f.conversation_id`, length.Milliseconds(), contactID, n)
	return claimed, wrapErr(err, "could not claim what is to be forgotten")
}

// ForgetLater puts a conversation off after a failure.
func (s *Store) ForgetLater(ctx context.Context, conversationID string, delay time.Duration) error {
	return s.setForget(ctx, "attempts = attempts + 1, due_at = "+clock+" + $2::bigint", conversationID, delay.Milliseconds())
}

// ForgetOn lets the next run go on with a conversation: it has more than one run takes.
func (s *Store) ForgetOn(ctx context.Context, conversationID string) error {
	return s.setForget(ctx, "attempts = 0, due_at = $2::bigint", conversationID, 0)
}

// ForgetPassed records that a pass over a conversation reached its end. Another pass
// follows after the delay; 0 = none, and what was kept for it is deleted.
func (s *Store) ForgetPassed(ctx context.Context, conversationID string, stays []string, next time.Duration) error {
	if next > 0 {
		return s.setForget(ctx, "attempts = 0, passes = passes + 1, stays = $3::text[], due_at = "+clock+" + $2::bigint", conversationID, next.Milliseconds(), pq.Array(stays))
	}
	return s.setForget(ctx, "attempts = 0, passes = passes + 1, stays = $3::text[], done_at = "+clock+" + $2::bigint, posts = CASE WHEN $3::text[] = '{}' THEN '{}' ELSE posts END",
		conversationID, 0, pq.Array(stays))
}

func (s *Store) setForget(ctx context.Context, set, conversationID string, args ...any) error {
	return execOne(ctx, s.db, "could not note what was forgotten", "UPDATE waa_forget SET lease_until = 0, "+set+" WHERE conversation_id = $1", append([]any{conversationID}, args...)...)
}

// ForgetStays makes due again what could not be removed because of the server's
// settings, after those were changed.
func (s *Store) ForgetStays(ctx context.Context) error {
	_, err := exec(ctx, s.db, "UPDATE waa_forget SET done_at = 0, due_at = 0, attempts = 0 WHERE stays <> '{}'")
	return wrapErr(err, "could not go on forgetting")
}

// Forgetting returns how far the forgetting of one contact or, with "", of all has
// come. Late are conversations that keep failing, Stays is what could not be removed.
func (s *Store) Forgetting(ctx context.Context, contactID string) (domain.ErasureState, error) {
	row := struct {
		Pending, Late int
		Stays         pq.StringArray
	}{}
	err := s.db.GetContext(ctx, &row, `SELECT count(*) FILTER (WHERE done_at = 0 AND passes = 0) AS pending, count(*) FILTER (WHERE done_at = 0 AND attempts >= 3) AS late,
		coalesce((SELECT array_agg(DISTINCT w) FROM waa_forget s, unnest(s.stays) w WHERE s.stays <> '{}' AND ($1 = '' OR s.contact_id = $1)), '{}') AS stays
		FROM waa_forget WHERE (done_at = 0 OR $1 <> '') AND ($1 = '' OR contact_id = $1)`, contactID)
	return domain.ErasureState{Pending: row.Pending, Late: row.Late, Stays: row.Stays}, wrapErr(err, "could not tell how far forgetting has come")
}

// Remains reads what the server's own tables hold of a conversation, as much as
// one run takes, also what the server no longer shows to anybody. Its caches are not asked.
func (s *Store) Remains(ctx context.Context, f *domain.ErasedConversation, botIDs []string, n int) (*domain.Remains, error) {
	var text string
	err := s.db.GetContext(ctx, &text, `
		WITH elsewhere AS (
			SELECT p.id, p.channelid, p.message, p.deleteat, p.originalid FROM posts p
			WHERE p.id IN (SELECT post_id FROM waa_mentions WHERE conversation_id = $1 UNION SELECT unnest(posts) FROM waa_forget WHERE conversation_id = $1)
				AND p.userid = ANY($3)
		)
		SELECT json_build_object(
			'Exists', EXISTS (SELECT 1 FROM channels WHERE id = $2),
			'WithFiles', (SELECT coalesce(json_agg(id), '[]') FROM (
				SELECT p.id FROM posts p WHERE p.channelid = $2 AND p.fileids NOT IN ('', '[]') LIMIT $4) p),
			'Posts', (SELECT coalesce(json_agg(json_build_object('ID', id, 'Hidden', deleteat > 0)), '[]') FROM (
				SELECT p.id, p.deleteat FROM posts p WHERE p.channelid = $2 ORDER BY p.deleteat > 0 LIMIT $4) p),
			'Loose', (SELECT coalesce(json_agg(json_build_object('ID', id, 'CreatorID', creatorid)), '[]') FROM (
				SELECT i.id, i.creatorid FROM fileinfo i WHERE i.channelid = $2 AND i.postid = '' AND i.deleteat = 0 LIMIT $4) i),
			'Drafts', (SELECT coalesce(json_agg(json_build_object('UserID', userid, 'RootID', rootid)), '[]') FROM drafts WHERE channelid = $2),
			'Elsewhere', (SELECT coalesce(json_agg(json_build_object('ID', id, 'ChannelID', channelid, 'Message', message, 'Hidden', deleteat > 0, 'Old', originalid <> '')), '[]') FROM (
				SELECT * FROM elsewhere UNION
				SELECT o.id, o.channelid, o.message, o.deleteat, o.originalid FROM elsewhere e JOIN posts o ON o.originalid = e.id AND o.channelid = e.channelid
				LIMIT $4) e)
		)::text`, f.ConversationID, f.ChannelID, pq.Array(botIDs), n)
	if err != nil {
		return nil, wrapErr(err, "could not read what is to be forgotten")
	}
	r := &domain.Remains{}
	return r, errors.Wrap(json.Unmarshal([]byte(text), r), "could not decode what is to be forgotten")
}

// Unmention deletes the notes that posts mention a conversation, because the posts are
// gone or mention it no longer.
func (s *Store) Unmention(ctx context.Context, conversationID string, postIDs []string) error {
	_, err := exec(ctx, s.db, `WITH f AS (UPDATE waa_forget SET posts = ARRAY(SELECT unnest(posts) EXCEPT SELECT unnest($2::text[])) WHERE conversation_id = $1)
		DELETE FROM waa_mentions WHERE conversation_id = $1 AND post_id = ANY($2)`, conversationID, pq.Array(postIDs))
	return wrapErr(err, "could not forget what a post told of")
}

// ContactsToForget lists up to n contacts who are not erased and of whom nothing
// is younger than a moment (milliseconds since epoch): neither a change nor a
// conversation that was not closed by then.
func (s *Store) ContactsToForget(ctx context.Context, before int64, n int) ([]string, error) {
	return s.stringArray(ctx, "could not list contacts to forget", `SELECT coalesce(array_agg(id), '{}') FROM (
		SELECT ct.id FROM waa_contacts ct
		WHERE ct.erased_at = 0 AND ct.updated_at < $1
			AND NOT EXISTS (SELECT 1 FROM waa_conversations c WHERE c.contact_id = ct.id AND c.aborted_at = 0 AND (c.closed_at = 0 OR c.closed_at >= $1))
		ORDER BY ct.updated_at LIMIT $2) old`, before, n)
}
