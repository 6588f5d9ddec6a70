package store

import (
	"context"

	"github.com/lib/pq"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

// SavePayload replaces what a job is to send; see service.Store.
func (s *Store) SavePayload(ctx context.Context, owner string, jobID int64, payload []byte) error {
	n, err := exec(ctx, s.db, "UPDATE waa_outbox SET payload = $3 WHERE id = $1 AND lease_owner = $2 AND lease_until > "+clock+" AND finished_at = 0", jobID, owner, payload)
	if err == nil && n == 0 {
		return jobqueue.ErrLost
	}
	return failed(err, "could not keep an upload")
}

// PostStatus is what a post shows that became several messages; see channelsync.StatusMarkStore.
func (s *Store) PostStatus(ctx context.Context, postID string) (domain.Status, error) {
	var statuses pq.StringArray
	err := s.db.GetContext(ctx, &statuses, "SELECT coalesce(array_agg(status ORDER BY part), '{}') FROM waa_messages WHERE post_id = $1 AND post_id <> ''", postID)
	if err != nil {
		return "", failed(err, "could not read the messages of a post")
	}
	all := make([]domain.Status, len(statuses))
	for i, status := range statuses {
		all[i] = domain.Status(status)
	}
	return domain.AggregateStatus(all), nil
}

// LastInbound are the wamids of the customer's last messages; see outbound.Receipts.
func (s *Store) LastInbound(ctx context.Context, conversationID string) ([]string, error) {
	return s.strings(ctx, "could not read the last messages", `SELECT coalesce(array_agg(wamid ORDER BY created_at, id), '{}') FROM (
		SELECT *, max(created_at) OVER () AS latest FROM (
			SELECT wamid, created_at, id FROM waa_messages WHERE conversation_id = $1 AND direction = 'in' AND wamid <> '' ORDER BY created_at DESC LIMIT 8) m
		) m WHERE created_at = latest`, conversationID)
}
