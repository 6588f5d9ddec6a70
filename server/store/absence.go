package store

import (
	"context"

	"github.com/lib/pq"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// isAbsent is the condition that the status st of a user, a row of the server's own table, is one by which they are absent.
const isAbsent = "st.status IN ('" + domain.StatusDoNotDisturb + "', '" + domain.StatusOutOfOffice + "')"

// AbsenceChanges lists up to n open conversations whose absence is not what the server's table of statuses and the
// messages say: those in the given queues whose customer waits for an attendant who is absent, and those in any
// queue whose attendant is back, or has answered.
func (s *Store) AbsenceChanges(ctx context.Context, queueIDs []string, n int) ([]domain.AbsenceChange, error) {
	changes := []domain.AbsenceChange{}
	err := s.db.SelectContext(ctx, &changes, `
		(SELECT `+servedSelect+`, c.absence, 'offered' AS becomes, st.status FROM status st
			JOIN waa_conversations c ON c.attendant_id = st.userid AND c.attendant_id <> '' AND `+conversationOpen+`
			WHERE `+isAbsent+` AND c.absence = '' AND c.queue_id = ANY($1) AND c.channel_id <> '' AND c.last_inbound_at > 0 AND `+waitsSince+` IS NOT NULL LIMIT $2)
		UNION ALL
		(SELECT `+servedSelect+`, c.absence, CASE WHEN `+isAbsent+` THEN 'answered' ELSE '' END AS becomes, coalesce(st.status, '') FROM waa_conversations c
			LEFT JOIN status st ON st.userid = c.attendant_id
			WHERE c.absence <> '' AND `+conversationOpen+` AND (`+isAbsent+` IS NOT TRUE OR c.absence = 'offered' AND `+waitsSince+` IS NULL) LIMIT $2)`,
		pq.Array(queueIDs), n)
	return changes, wrapErr(err, "could not look for attendants who are absent")
}
