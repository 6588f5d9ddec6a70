package store

import (
	"context"
)

// AllowMarketing takes back that a contact stopped marketing, unless they
// stopped it again after that. at is Meta's timestamp, milliseconds since epoch.
func (s *Store) AllowMarketing(ctx context.Context, contactID string, at int64) error {
	return execOne(ctx, s.db, "could not allow marketing", `UPDATE waa_contacts SET marketing_allowed_at = greatest(marketing_allowed_at, $2),
			marketing_stop_at = CASE WHEN marketing_stop_at <= $2 THEN 0 ELSE marketing_stop_at END, updated_at = greatest(updated_at, $2)
		WHERE id = $1`, contactID, at)
}

// BlockContact keeps templates from a contact until then, milliseconds since
// epoch; with stop marketing templates stay forbidden after that. at is when Meta or
// the person said so: what the person allowed later is not undone.
func (s *Store) BlockContact(ctx context.Context, contactID string, until int64, stop bool, at int64) error {
	_, err := exec(ctx, s.db, `UPDATE waa_contacts SET blocked_until = greatest(blocked_until, $2),
			marketing_stop_at = CASE WHEN $3::boolean THEN greatest(marketing_stop_at, $4::bigint) ELSE marketing_stop_at END, updated_at = greatest(updated_at, $4)
		WHERE id = $1 AND marketing_allowed_at <= $4`, contactID, until, stop, at)
	return wrapErr(err, "could not block the contact")
}
