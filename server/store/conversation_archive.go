package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// allIsShown is the condition that no message of a conversation t still waits to be sent, or to
// have its status shown: in an archived channel a post cannot be changed any more.
const allIsShown = `NOT EXISTS (SELECT 1 FROM waa_outbox o WHERE o.lane = t.id AND o.finished_at = 0)
	AND NOT EXISTS (SELECT 1 FROM waa_messages m WHERE m.conversation_id = t.id AND m.shown_status <> m.status AND m.post_id <> '')`

// ClaimArchive leases up to n closed conversations whose channel is to be
// archived; see package jobs. A conversation whose last changes the channel and its posts
// do not show yet is left out.
func (s *Store) ClaimArchive(ctx context.Context, closedBefore, now int64, length time.Duration, n int) ([]domain.ArchiveJob, error) {
	claimed := []domain.ArchiveJob{}
	channels := lease{
		table: "waa_conversations", key: "id", until: "archive_lease", length: "$4::bigint", most: "$2",
		set: "archived_at = CASE WHEN t.archived_at = 0 AND t.closed_at > 0 THEN $3 ELSE t.archived_at END",
	}
	err := s.db.SelectContext(ctx, &claimed, channels.claim(
		due{where: "t.closed_at > 0 AND t.archived_at = 0 AND t.channel_id <> '' AND t.closed_at <= $1 AND t.refresh_at = 0 AND " + allIsShown, order: "t.closed_at"},
		due{where: "t.archive_lease > 0"}, // its last holder died
	)+"SELECT id, channel_id, archived_at <> 0 AS archive FROM claimed", closedBefore, n, now, length.Milliseconds())
	return claimed, errors.Wrap(err, "could not claim conversations to archive")
}

// Archived ends an archiving, and returns whether the conversation is still to be
// archived: it may have been reopened meanwhile.
func (s *Store) Archived(ctx context.Context, id string) (still bool, err error) {
	err = s.db.GetContext(ctx, &still, "UPDATE waa_conversations SET archive_lease = 0 WHERE id = $1 RETURNING archived_at <> 0", id)
	return still, wrapErr(err, "could not end an archiving")
}

// ChannelsOfTeam counts the channels that the server counts against a team's
// limit, those that are not archived, and the conversations that still wait for a channel.
func (s *Store) ChannelsOfTeam(ctx context.Context, teamID string) (channels, waiting int, err error) {
	return channelsOfTeam(ctx, s.db, teamID)
}

func channelsOfTeam(ctx context.Context, r sqlx.ExtContext, teamID string) (channels, waiting int, err error) {
	var row struct{ Channels, Waiting int }
	err = sqlx.GetContext(ctx, r, &row, `SELECT
		(SELECT count(*) FROM channels WHERE teamid = $1 AND deleteat = 0 AND type IN ('O', 'P')) AS channels,
		(SELECT count(*) FROM waa_conversations WHERE team_id = $1 AND channel_id = '' AND closed_at = 0 AND aborted_at = 0) AS waiting`, teamID)
	return row.Channels, row.Waiting, wrapErr(err, "could not count the team's channels")
}

// limitMargin is how many channels below a team's limit starts begin to be checked
// one after the other: so many may be under way at once without passing the limit.
const limitMargin = 50

// TeamHasRoom reports whether a team may have one channel more; close to the limit
// it holds the team until the transaction ends.
func (t *tx) TeamHasRoom(teamID string, limit int) (bool, error) {
	channels, waiting, err := channelsOfTeam(t.ctx, t.r, teamID)
	if err != nil || channels+waiting+limitMargin < limit {
		return err == nil, err
	}
	// a statement of its own, so that the next one sees what the previous holders committed
	if _, err := exec(t.ctx, t.r, "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", "waa:team:"+teamID); err != nil {
		return false, wrapErr(err, "could not hold the team")
	}
	channels, waiting, err = channelsOfTeam(t.ctx, t.r, teamID)
	return err == nil && channels+waiting < limit, err
}
