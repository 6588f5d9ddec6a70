package store

import (
	"context"

	"github.com/jmoiron/sqlx"
	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// channelWrong is the condition that a channel ch is not as the channel of the open
// conversation c must be: archived, not private, or in another team.
const channelWrong = "ch.deleteat <> 0 OR ch.type <> 'P' OR ch.teamid <> c.team_id"

// markDue makes open conversations due at $1. Those that somebody has locked at this
// moment are left out; the next run finds them.
func markDue(which string) string {
	return "UPDATE waa_conversations SET " + refreshSoon("refresh_at", "$1") + " WHERE id IN (SELECT c.id FROM waa_conversations c WHERE c.channel_id <> '' AND " +
		conversationOpen + " AND " + which + lockFree + ")"
}

// MarkChanged makes the open conversations due whose channel somebody changed
// since a moment, milliseconds since epoch, the server's clock; see package jobs.
func (s *Store) MarkChanged(ctx context.Context, since, now int64) (int, error) {
	n, err := exec(ctx, s.db, markDue("EXISTS (SELECT 1 FROM channels ch WHERE ch.id = c.channel_id AND ch.updateat >= $2 AND ch.updateat > c.channel_at)"), now, since)
	return n, wrapErr(err, "could not look for channels that somebody changed")
}

// MarkStrays makes all open conversations due whose channel is archived, public,
// in another team, or gone.
func (s *Store) MarkStrays(ctx context.Context, now int64) (int, error) {
	n, err := exec(ctx, s.db, markDue("NOT EXISTS (SELECT 1 FROM channels ch WHERE ch.id = c.channel_id AND NOT ("+channelWrong+"))"), now)
	return n, wrapErr(err, "could not look for channels that are not as they are to be")
}

// CountStrays counts the open conversations whose channel is archived or gone, and those whose channel is public.
func (s *Store) CountStrays(ctx context.Context) (archived, public int, err error) {
	var counts struct{ Archived, Public int }
	err = s.db.GetContext(ctx, &counts, `SELECT count(*) FILTER (WHERE ch.id IS NULL OR ch.deleteat <> 0) AS archived,
			count(*) FILTER (WHERE ch.deleteat = 0 AND ch.type <> 'P') AS public
		FROM waa_conversations c LEFT JOIN channels ch ON ch.id = c.channel_id WHERE c.channel_id <> '' AND `+conversationOpen)
	return counts.Archived, counts.Public, wrapErr(err, "could not count channels that are not as they are to be")
}

// LostQueues lists the names of the queues whose channel is archived or gone.
func (s *Store) LostQueues(ctx context.Context) ([]string, error) {
	return s.stringArray(ctx, "could not look at the queues' channels", `SELECT coalesce(array_agg(q.name ORDER BY q.name), '{}') FROM waa_queues q
		WHERE NOT EXISTS (SELECT 1 FROM channels ch WHERE ch.id = q.channel_id AND ch.deleteat = 0)`)
}

// ChannelArchived reports whether somebody archived a channel.
func (s *Store) ChannelArchived(ctx context.Context, channelID string) (bool, error) {
	var archived bool
	err := s.db.GetContext(ctx, &archived, "SELECT EXISTS (SELECT 1 FROM channels WHERE id = $1 AND deleteat > 0)", channelID)
	return archived, wrapErr(err, "could not tell whether a channel is archived")
}

// MakeDue makes a conversation due for a refresh now.
func (s *Store) MakeDue(ctx context.Context, conversationID string, now int64) error {
	return execOne(ctx, s.db, "could not make a conversation due", "UPDATE waa_conversations SET "+refreshSoon("refresh_at", "$2")+" WHERE id = $1", conversationID, now)
}

// ChannelSeen notes when a conversation's channel was changed last, and wakes what waits for it to be right.
func (s *Store) ChannelSeen(ctx context.Context, id string, at int64) error {
	err := execOne(ctx, s.db, "could not note a channel's change", "UPDATE waa_conversations SET channel_at = $2 WHERE id = $1", id, at)
	if err != nil {
		return err
	}
	return wakeForChannel(ctx, s.db, id)
}

// MadePublicSince reports whether a person made a channel public, or private again, after a
// moment, milliseconds since epoch, the server's clock. The server posts a line about it,
// which stays when the channel's row was written over.
func (s *Store) MadePublicSince(ctx context.Context, channelID string, since int64) (bool, error) {
	var public bool
	err := s.db.GetContext(ctx, &public, "SELECT EXISTS (SELECT 1 FROM posts WHERE channelid = $1 AND deleteat = 0 AND createat > $2 AND type = '"+model.PostTypeChangeChannelPrivacy+"')", channelID, since)
	return public, wrapErr(err, "could not tell whether a channel was public")
}

// LoseChannel removes the channel from a conversation and stores the line that says
// why; see package channelsync. The next refresh makes another channel.
func (s *Store) LoseChannel(ctx context.Context, id, channelID, owed string, line domain.Text, now int64) error {
	return s.inTx(ctx, func(t *sqlx.Tx) error {
		n, err := exec(ctx, t, `UPDATE waa_conversations SET channel_id = '', channel_at = 0, shown_state = '', shown_people = '', updated_at = greatest(updated_at, $3::bigint), `+
			refreshSoon("refresh_at", "$3")+" WHERE id = $1 AND channel_id = $2", id, channelID, now)
		if err != nil || n == 0 {
			return errors.Wrap(err, "could not take a channel off a conversation")
		}
		if _, err := exec(ctx, t, "DELETE FROM waa_lines WHERE conversation_id = $1 AND text_key = $2", id, owed); err != nil {
			return errors.Wrap(err, "could not take a line back")
		}
		return (&tx{ctx: ctx, s: s, r: t}).AppendEvent(id, line)
	})
}
