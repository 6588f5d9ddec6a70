package store

import (
	"context"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// ClaimStatusMarks leases up to n messages whose post shows an old status, oldest first,
// but none that was sent after a moment and has no later status.
func (s *Store) ClaimStatusMarks(ctx context.Context, lease time.Duration, n int, sentUntil int64) ([]domain.StatusMark, error) {
	ticks := []domain.StatusMark{}
	err := s.db.SelectContext(ctx, &ticks, "SELECT "+columnsOf("m", "message", messageColumns)+", f.channel, f.again, f.closed FROM "+s.callSQL["claim_ticks"]+" f", n, lease.Milliseconds(), sentUntil)
	return ticks, errors.Wrap(err, "could not claim ticks")
}

func claimTicksFunction() function {
	marks := lease{
		table: "waa_messages", key: "id", until: "show_lease", length: "$2", most: "$1",
		returned: "t AS m, t.conversation_id, t.created_at, t.id, due.again", // one value, which the function returns
	}
	return function{
		name: "claim_ticks", params: params("bigint, bigint, bigint"), returns: "TABLE (m waa_messages, channel text, again boolean, closed boolean)",
		query: `
		` + marks.claim(due{where: "t.shown_status <> t.status AND t.post_id <> '' AND (t.status <> 'sent' OR t.sent_at <= $3)", order: "t.created_at"}) + `
		SELECT m.m, c.channel_id, m.again, c.closed_at <> 0 FROM claimed m JOIN waa_conversations c ON c.id = m.conversation_id ORDER BY m.created_at, m.id`,
	}
}

// StatusShown records what the post shows now, and gives the lease back. Where it is
// not known what the post shows (""), a lease of the past stays, which tells the next
// holder to look for what is there already.
func (s *Store) StatusShown(ctx context.Context, messageID string, status domain.Status) error {
	return execOne(ctx, s.db, "could not record a tick", "UPDATE waa_messages SET shown_status = $2, show_lease = CASE WHEN $2 = '' THEN greatest(show_lease, 1) ELSE 0 END WHERE id = $1"+hot,
		messageID, string(status))
}
