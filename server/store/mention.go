package store

import (
	"context"
	"regexp"

	"github.com/lib/pq"
)

// mentionsSince is the state (see State) that says since when waa_mentions is kept,
// milliseconds since epoch; the migration sets it.
const mentionsSince = "mentions_since"

// Mention stores that a post outside of a conversation's channel is about
// conversations, so that it is found when a customer is erased; it may be repeated.
func (s *Store) Mention(ctx context.Context, postID string, conversationIDs []string) error {
	if len(conversationIDs) == 0 {
		return nil
	}
	_, err := exec(ctx, s.db, "INSERT INTO waa_mentions (conversation_id, post_id) SELECT unnest($1::text[]), $2 ON CONFLICT DO NOTHING", pq.Array(conversationIDs), postID)
	return wrapErr(err, "could not note what a post tells of")
}

// earlierMentions finds posts of ours that are about a contact and were made before
// waa_mentions was kept: cards in queues, and direct messages with a conversation's
// address or the contact's name. It reads all of these channels, so only an erasure
// asks for it, and it reads nothing where the contact has no conversation that old.
func (s *Store) earlierMentions(ctx context.Context, contactID string, botIDs []string) ([]string, error) {
	var name string
	if err := s.db.GetContext(ctx, &name, "SELECT name FROM waa_contacts WHERE id = $1", contactID); err != nil {
		return nil, wrapErr(err, "could not read the contact")
	}
	posts, err := s.stringArray(ctx, "could not look for earlier posts about a contact", `
		WITH c AS (
			SELECT id, created_at FROM waa_conversations WHERE contact_id = $1 AND created_at < (SELECT value FROM waa_facts WHERE name = '`+mentionsSince+`')
		), places AS (
			SELECT channel_id AS id FROM waa_queues UNION
			SELECT ch.id FROM channels ch, unnest($2::text[]) bot WHERE ch.type = 'D' AND (ch.name LIKE bot || '\_\_%' OR ch.name LIKE '%\_\_' || bot)
		)
		SELECT coalesce(array_agg(p.id), '{}') FROM places JOIN posts p ON p.channelid = places.id
		WHERE EXISTS (SELECT 1 FROM c) AND p.userid = ANY($2) AND p.createat >= (SELECT min(created_at) FROM c)
			AND p.createat < (SELECT value FROM waa_facts WHERE name = '`+mentionsSince+`')
			AND ($3 <> '' AND p.message ~* $3 OR EXISTS (SELECT 1 FROM c WHERE p.message LIKE '%/wa-' || c.id || '%' OR p.props ->> 'waa_event' LIKE 'card:' || c.id || ':%'))`,
		contactID, pq.Array(botIDs), namePattern(name))
	return posts, err
}

// namePattern matches a name as a whole: "Ana" is not in "semana". "" matches nothing.
func namePattern(name string) string {
	if name == "" {
		return ""
	}
	return `(^|[^[:alnum:]])` + regexp.QuoteMeta(name) + `($|[^[:alnum:]])`
}
