package store

import "context"

// keepStanding is how long it is remembered which post was agreed on, milliseconds:
// longer than anybody looks for a post of ours.
const keepStanding = "2592000000"

// StandingPost proposes a post for a key and returns the one that all processes agree
// on: the first that was proposed.
func (s *Store) StandingPost(ctx context.Context, key, postID string) (string, error) {
	var stands string
	// the update changes nothing; without it the statement would not return the row that is there
	err := s.db.GetContext(ctx, &stands, `WITH old AS (DELETE FROM waa_standing WHERE created_at < `+clock+` - `+keepStanding+` AND key <> $1)
		INSERT INTO waa_standing AS w (key, post_id, created_at) VALUES ($1, $2, `+clock+`)
		ON CONFLICT (key) DO UPDATE SET post_id = w.post_id RETURNING post_id`, key, postID)
	return stands, wrapErr(err, "could not agree on a post")
}
