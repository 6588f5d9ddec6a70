package store

import (
	"context"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

const (
	// graceMillis is how long the process that changed a conversation has to show the
	// change itself before the background does, so that the two do not meet. Milliseconds, as the others.
	graceMillis = "3000"
	// headerDelayMillis is how long a header may show the old end of a window, so that a
	// customer who writes a lot costs one update a minute.
	headerDelayMillis = "60000"
	// freshMillis is postpolicy.FreshEnough.
	freshMillis = "900000"
	// windowMillis is domain.WindowLength.
	windowMillis = "86400000"
)

// refreshSoon is the part of an UPDATE that makes a conversation due at a
// moment, or earlier if it is due earlier.
func refreshSoon(column, at string) string { return "refresh_at = " + nextRefresh(column, at) }

// nextRefresh is the new refresh_at. It always differs from the old one, so that
// Refreshed sees that the conversation became due again.
func nextRefresh(column, at string) string {
	at = "CAST(" + at + " AS bigint)"
	return "CASE WHEN " + column + " > 0 AND " + column + " <= " + at + " + 1000 THEN " + column + " + 1 ELSE " + at + " END"
}

// ClaimRefresh leases up to n conversations that are due or, with id, that one;
// see package channelsync.
func (s *Store) ClaimRefresh(ctx context.Context, id string, now int64, length time.Duration, n int) ([]domain.ChannelRefresh, error) {
	claimed := []domain.ChannelRefresh{}
	var err error
	if id != "" {
		one := lease{table: "waa_conversations", key: "id", until: "refresh_lease", length: "$2::bigint", waits: true}
		err = s.db.SelectContext(ctx, &claimed, hot+one.claim(due{where: "t.id = $1"})+claimedChannels(), id, length.Milliseconds())
	} else {
		all := lease{table: "waa_conversations", key: "id", until: "refresh_lease", length: "$3::bigint", most: "$2"}
		err = s.db.SelectContext(ctx, &claimed, hot+all.claim(due{where: "t.refresh_at > 0 AND t.refresh_at <= $1", order: "t.refresh_at"})+claimedChannels(), now, n, length.Milliseconds())
	}
	return claimed, errors.Wrap(err, "could not claim conversations")
}

// claimedChannels reads what there is to show of claimed conversations.
func claimedChannels() string {
	return `
		SELECT ` + nestColumns("c", "conversation", conversationColumns) + ", " + nestColumns("ct", "conversation.contact", contactColumns) + `,
			c.refresh_at AS due_at, c.shown_state AS shown, c.again,
			coalesce(q.time_zone, '') AS zone, coalesce(q.hours, '') AS hours, coalesce(q.holidays, '') AS holidays,
			c.channel_at, coalesce(ch.id, '') AS "channel.id", coalesce(ch.teamid, '') AS "channel.team_id", coalesce(ch.type::text, '') AS "channel.type",
			coalesce(ch.name, '') AS "channel.name", coalesce(ch.displayname, '') AS "channel.display_name", coalesce(ch.header, '') AS "channel.header",
			coalesce(ch.updateat, 0) AS "channel.update_at", coalesce(ch.deleteat, 0) AS "channel.delete_at",
			c.shown_people, c.card_post, c.card_no, EXISTS (SELECT 1 FROM waa_lines l WHERE l.conversation_id = c.id) AS lines
		FROM claimed c JOIN waa_contacts ct ON ct.id = c.contact_id LEFT JOIN waa_queues q ON q.id = c.queue_id LEFT JOIN channels ch ON ch.id = c.channel_id AND c.channel_id <> '' ORDER BY c.refresh_at, c.id`
}

// Refreshed gives the lease back and notes what was shown; see package channelsync.
func (s *Store) Refreshed(ctx context.Context, id string, dueAt int64, shown string, next, now int64) error {
	return execOne(ctx, s.db, "could not end a refresh", `UPDATE waa_conversations SET refresh_lease = 0, shown_state = $3,
		updated_at = CASE WHEN shown_state <> $3 THEN greatest(updated_at, $5::bigint) ELSE updated_at END,
		refresh_at = CASE WHEN refresh_at = $2 THEN $4::bigint ELSE refresh_at END WHERE id = $1`, id, dueAt, truncate(shown, 64), next, now)
}

// Overtaken makes a conversation due again whose lease ended while it was being shown;
// see package channelsync. The lease stays, which tells the next holder that a part
// may be done already.
func (s *Store) Overtaken(ctx context.Context, id string, now int64) error {
	return execOne(ctx, s.db, "could not make a conversation due again", "UPDATE waa_conversations SET refresh_lease = greatest(refresh_lease, 1), "+
		refreshSoon("refresh_at", "$2")+" WHERE id = $1", id, now)
}
