package store

import (
	"context"

	"github.com/lib/pq"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// ChannelsActiveSince lists the channels of conversations in which the server
// saw a post since the moment, milliseconds since epoch. It asks the server's own table.
func (s *Store) ChannelsActiveSince(ctx context.Context, since int64) ([]string, error) {
	return s.strings(ctx, "could not list active channels", `SELECT coalesce(array_agg(c.channel_id ORDER BY ch.lastpostat), '{}')
		FROM waa_conversations c JOIN channels ch ON ch.id = c.channel_id WHERE c.channel_id <> '' AND ch.lastpostat >= $1`, since)
}

// ChannelsAfter lists up to n channels of conversations behind one, but those that are archived: nobody posts there.
func (s *Store) ChannelsAfter(ctx context.Context, after string, n int) ([]string, error) {
	return s.strings(ctx, "could not list channels", `SELECT coalesce(array_agg(c.channel_id), '{}') FROM (
		SELECT channel_id FROM waa_conversations WHERE channel_id > $1 AND channel_id <> '' AND archived_at = 0 ORDER BY channel_id LIMIT $2
	) c`, after, n)
}

// ChannelsWithMissedPosts lists the channels of conversations in which somebody
// else than the bot posted, between two moments (milliseconds since epoch, the
// server's clock), what no message of ours knows. It asks the server's own
// table: in quiet times that is one look at an index instead of reading every
// channel. Notes and other plugins' posts have a type of their own.
func (s *Store) ChannelsWithMissedPosts(ctx context.Context, botID string, since, until int64) ([]string, error) {
	return s.strings(ctx, "could not look for missed posts", `SELECT coalesce(array_agg(DISTINCT p.channelid), '{}')
		FROM posts p JOIN waa_conversations c ON c.channel_id = p.channelid AND c.channel_id <> ''
		WHERE p.createat >= $2 AND p.createat <= $3 AND p.userid <> $1 AND p.type IN ('', 'me') AND p.deleteat = 0
			AND NOT EXISTS (SELECT 1 FROM waa_messages m WHERE m.post_id = p.id AND m.post_id <> '')`, botID, since, until)
}

// Known tells which of the posts have a message row.
func (s *Store) Known(ctx context.Context, postIDs []string) (map[string]bool, error) {
	ids, err := s.strings(ctx, "could not look for posts",
		"SELECT coalesce(array_agg(post_id), '{}') FROM waa_messages WHERE post_id = ANY($1) AND post_id <> ''", pq.Array(postIDs))
	known := make(map[string]bool, len(ids))
	for _, id := range ids {
		known[id] = true
	}
	return known, err
}

// strings reads one array, which is one row however long it is.
func (s *Store) strings(ctx context.Context, doing, query string, args ...any) ([]string, error) {
	return s.stringsOf(ctx, s.db, doing, query, args...)
}

func (s *Store) stringsOf(ctx context.Context, r runner, doing, query string, args ...any) ([]string, error) {
	var list pq.StringArray
	err := r.GetContext(ctx, &list, query, args...)
	return list, failed(err, doing)
}

// State reads a small number that outlives the process; one never set is 0.
func (s *Store) State(ctx context.Context, name string) (int64, error) {
	var value int64
	err := failed(s.db.GetContext(ctx, &value, "SELECT value FROM waa_facts WHERE name = $1", name), "could not read a fact")
	if errors.Is(err, domain.ErrNotFound) {
		return 0, nil
	}
	return value, err
}

// SetState stores a small number.
func (s *Store) SetState(ctx context.Context, name string, value int64) error {
	_, err := exec(ctx, s.db, "INSERT INTO waa_facts (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value)
	return failed(err, "could not store a fact")
}
