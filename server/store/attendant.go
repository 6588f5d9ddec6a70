package store

import (
	"context"

	"github.com/lib/pq"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// SetPeople stores for which people the channel was arranged last and which card the queue's channel shows.
func (s *Store) SetPeople(ctx context.Context, conversationID, shown, cardPost string, cardNo int64) error {
	return execOne(ctx, s.db, "could not note who is shown", "UPDATE waa_conversations SET shown_people = $2, card_post = $3, card_no = $4 WHERE id = $1",
		conversationID, shown, cardPost, cardNo)
}

// conversationOpen is the condition that a conversation c can be served. The partial indexes have the same words.
const conversationOpen = "c.closed_at = 0 AND c.aborted_at = 0"

// distinctPeople is a WITH that finds the people of a column, going from one to the
// next by an index however many conversations each has, and those of them ("gone")
// who are deactivated.
func distinctPeople(column string) string {
	next := "SELECT min(c." + column + ") FROM waa_conversations c WHERE c." + column + " <> '' AND " + conversationOpen
	return `RECURSIVE people (id) AS (
		SELECT (` + next + `)
		UNION ALL SELECT (` + next + ` AND c.` + column + ` > people.id) FROM people WHERE people.id IS NOT NULL
	), gone AS (
		SELECT p.id, coalesce(u.deleteat, 0) AS at, coalesce(u.username, '') AS name FROM people p LEFT JOIN users u ON u.id = p.id
		WHERE p.id IS NOT NULL AND (u.id IS NULL OR u.deleteat <> 0)
	)`
}

// servedSelect reads who serves which conversation.
const servedSelect = "c.id, c.attendant_id, c.attended_at"

// GoneAttendants lists up to n open conversations whose attendant is
// deactivated, by the server's own table of users.
func (s *Store) GoneAttendants(ctx context.Context, n int) ([]domain.AttendedConversation, error) {
	served := []domain.AttendedConversation{}
	err := s.db.SelectContext(ctx, &served, "WITH "+distinctPeople("attendant_id")+" SELECT "+servedSelect+
		" FROM gone JOIN waa_conversations c ON c.attendant_id = gone.id AND c.attendant_id <> '' AND "+conversationOpen+" AND c.channel_id <> '' LIMIT $1", n)
	return served, wrapErr(err, "could not look for attendants who are deactivated")
}

// attendantLeft is the condition that the attendant of a conversation c, for whom its
// channel was arranged, is no member of it by the server's own table.
const attendantLeft = `c.channel_id <> '' AND c.shown_people LIKE '%:' || c.attendant_id || ':%'
	AND NOT EXISTS (SELECT 1 FROM channelmembers m WHERE m.channelid = c.channel_id AND m.userid = c.attendant_id)`

// AbsentAttendants looks at up to n open conversations behind a place in their
// order and returns those whose attendant is not in the channel, and the place
// to go on from; the zero place is the beginning.
func (s *Store) AbsentAttendants(ctx context.Context, after domain.AttendedConversation, n int) (found []domain.AttendedConversation, next domain.AttendedConversation, err error) {
	rows := []struct {
		domain.AttendedConversation
		Absent bool
	}{}
	err = s.db.SelectContext(ctx, &rows, "SELECT "+servedSelect+", "+attendantLeft+" AS absent FROM waa_conversations c WHERE c.attendant_id <> '' AND "+conversationOpen+
		" AND (c.attendant_id, c.id) > ($1, $2) ORDER BY c.attendant_id, c.id LIMIT $3", after.AttendantID, after.ID, n)
	if err != nil {
		return nil, after, wrapErr(err, "could not look for attendants who left")
	}
	for _, row := range rows {
		if row.Absent {
			found = append(found, row.AttendedConversation)
		}
		next = row.AttendedConversation
	}
	if len(rows) < n {
		next = domain.AttendedConversation{}
	}
	return found, next, nil
}

// AbsentAttendant is AbsentAttendants for one channel and person; none where they are there, or serve nobody.
func (s *Store) AbsentAttendant(ctx context.Context, channelID, userID string) ([]domain.AttendedConversation, error) {
	served := []domain.AttendedConversation{}
	err := s.db.SelectContext(ctx, &served, "SELECT "+servedSelect+" FROM waa_conversations c WHERE c.channel_id = $1 AND c.attendant_id = $2 AND c.attendant_id <> '' AND "+
		conversationOpen+" AND "+attendantLeft, channelID, userID)
	return served, wrapErr(err, "could not tell whether the attendant left")
}

// invitationGap is how much later than the last change of the attendant an
// invitation must be to be a missed one, milliseconds: what a hook has just
// done is not done again.
const invitationGap = "5000"

// MissedInvitations lists invitations into conversations' channels since a
// moment (milliseconds since epoch, the server's clock) that no hook brought:
// the server says them in posts of its own. Those by our bots are ours.
func (s *Store) MissedInvitations(ctx context.Context, botIDs []string, since int64) ([]domain.Invitation, error) {
	invitations := []domain.Invitation{}
	err := s.db.SelectContext(ctx, &invitations, `SELECT p.channelid AS channel_id, p.userid AS actor_id, p.props ->> 'addedUserId' AS user_id
		FROM posts p JOIN waa_conversations c ON c.channel_id = p.channelid AND c.channel_id <> ''
		WHERE p.createat >= $2 AND p.type = 'system_add_to_channel' AND p.userid <> ALL($1) AND p.deleteat = 0 AND `+conversationOpen+`
			AND p.createat > c.attended_at + `+invitationGap+` AND c.attendant_id <> p.props ->> 'addedUserId'
			AND EXISTS (SELECT 1 FROM channelmembers m WHERE m.channelid = p.channelid AND m.userid = p.props ->> 'addedUserId')
		ORDER BY p.createat, p.id`, pq.Array(botIDs), since)
	return invitations, wrapErr(err, "could not look for missed invitations")
}

// NoticeGoneOwners leaves a notice for the supervisors of each queue where
// somebody who is deactivated is still the owner of open conversations; once
// for each time somebody was deactivated.
func (s *Store) NoticeGoneOwners(ctx context.Context, now int64) error {
	_, err := exec(ctx, s.db, "WITH "+distinctPeople("owner_id")+`
		INSERT INTO waa_notices (key, queue_id, text_key, data, created_at)
		SELECT 'owner_gone:' || c.queue_id || ':' || gone.id || ':' || gone.at, c.queue_id, 'people.owner_gone',
			jsonb_build_object('Who', jsonb_build_object('username', gone.name), 'Queue', max(q.name), 'Count', count(*)), $1::bigint
		FROM gone JOIN waa_conversations c ON c.owner_id = gone.id AND c.owner_id <> '' AND `+conversationOpen+` JOIN waa_queues q ON q.id = c.queue_id
		GROUP BY c.queue_id, gone.id, gone.at, gone.name
		ON CONFLICT (key) DO NOTHING`, now)
	return wrapErr(err, "could not look for owners who are deactivated")
}
