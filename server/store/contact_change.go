package store

import (
	"context"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// AllowMarketing takes back that a contact stopped marketing, unless they
// stopped it after that. at is Meta's timestamp, milliseconds since epoch.
func (s *Store) AllowMarketing(ctx context.Context, contactID string, at int64) error {
	return execOne(ctx, s.db, "could not allow marketing", `UPDATE waa_contacts SET marketing_allowed_at = greatest(marketing_allowed_at, $2),
			marketing_stop_at = CASE WHEN marketing_stop_at <= $2 THEN 0 ELSE marketing_stop_at END, updated_at = greatest(updated_at, $2)
		WHERE id = $1`, contactID, at)
}

// WAMIDOfPost answers the WhatsApp message behind a post; "" where there is none.
func (s *Store) WAMIDOfPost(ctx context.Context, postID string) (string, error) {
	m, err := s.MessageByPost(ctx, postID)
	if errors.Is(err, domain.ErrNotFound) {
		return "", nil
	} else if err != nil {
		return "", err
	}
	return m.WAMID, nil
}
