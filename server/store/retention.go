package store

import "context"

// ContactsToForget lists up to n contacts who are not erased and of whom nothing
// is younger than a moment (milliseconds since epoch): neither a change nor a
// conversation that was not closed by then.
func (s *Store) ContactsToForget(ctx context.Context, before int64, n int) ([]string, error) {
	return s.strings(ctx, "could not list contacts to forget", `SELECT coalesce(array_agg(id), '{}') FROM (
		SELECT ct.id FROM waa_contacts ct
		WHERE ct.erased_at = 0 AND ct.updated_at < $1
			AND NOT EXISTS (SELECT 1 FROM waa_conversations c WHERE c.contact_id = ct.id AND c.aborted_at = 0 AND (c.closed_at = 0 OR c.closed_at >= $1))
		ORDER BY ct.updated_at LIMIT $2) old`, before, n)
}
