package store

import (
	"context"

	"github.com/lib/pq"
)

// ChannelsActiveSince lists the channels of conversations in which the server
// saw a post since the moment, milliseconds since epoch. It asks the server's own table.
func (s *Store) ChannelsActiveSince(ctx context.Context, since int64) ([]string, error) {
	return s.stringArray(ctx, "could not list active channels", `SELECT coalesce(array_agg(c.channel_id ORDER BY ch.lastpostat), '{}')
		FROM waa_conversations c JOIN channels ch ON ch.id = c.channel_id WHERE c.channel_id <> '' AND ch.lastpostat >= $1`, since)
}

// ChannelsAfter lists up to n channels of conversations in the order of their ids,
// after one of them, without those that are archived, where nobody can post.
func (s *Store) ChannelsAfter(ctx context.Context, after string, n int) ([]string, error) {
	return s.stringArray(ctx, "could not list channels", `SELECT coalesce(array_agg(c.channel_id), '{}') FROM (
		SELECT channel_id FROM waa_conversations WHERE channel_id > $1 AND channel_id <> '' AND archived_at = 0 ORDER BY channel_id LIMIT $2
	) c`, after, n)
}

// ChannelsWithMissedPosts lists the channels of conversations in which somebody
// else than the plugin's bots posted, between two moments (milliseconds since epoch, the
// server's clock), what no message of ours knows. It asks the server's own
// table: in quiet times that is one look at an index instead of reading every
// channel. Notes and other plugins' posts have a type of their own.
func (s *Store) ChannelsWithMissedPosts(ctx context.Context, botIDs []string, since, until int64) ([]string, error) {
	return s.stringArray(ctx, "could not look for missed posts", `SELECT coalesce(array_agg(DISTINCT p.channelid), '{}')
		FROM posts p JOIN waa_conversations c ON c.channel_id = p.channelid AND c.channel_id <> ''
		WHERE p.createat >= $2 AND p.createat <= $3 AND p.userid <> ALL($1) AND p.type IN ('', 'me') AND p.deleteat = 0
			AND NOT EXISTS (SELECT 1 FROM waa_messages m WHERE m.post_id = p.id AND m.post_id <> '')`, pq.Array(botIDs), since, until)
}

// Known returns which of the posts belong to a message.
func (s *Store) Known(ctx context.Context, postIDs []string) (map[string]bool, error) {
	ids, err := s.stringArray(ctx, "could not look for posts",
		"SELECT coalesce(array_agg(post_id), '{}') FROM waa_messages WHERE post_id = ANY($1) AND post_id <> ''", pq.Array(postIDs))
	known := make(map[string]bool, len(ids))
	for _, id := range ids {
		known[id] = true
	}
	return known, err
}
