package store

import (
	"context"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
)

// Standing tells how somebody stands to a team, a channel and a queue's
// channel, and their roles on the server; nothing of whom there is not.
func (s *Store) Standing(ctx context.Context, userID, teamID, channelID, queueChannelID string) (st conversation.Standing, roles string, err error) {
	rows := []struct {
		conversation.Standing
		Roles string
	}{}
	err = s.db.SelectContext(ctx, &rows, `SELECT u.username, u.deleteat > 0 AS deactivated, EXISTS (SELECT 1 FROM bots b WHERE b.userid = u.id) AS bot,
			`+serverRole("u.roles", model.SystemGuestRoleId)+` AS guest, coalesce(u.roles, '') AS roles,
			EXISTS (SELECT 1 FROM teammembers t WHERE t.teamid = $2 AND t.userid = u.id AND t.deleteat = 0) AS in_team,
			EXISTS (SELECT 1 FROM channelmembers m WHERE m.channelid = $3 AND m.userid = u.id) AS in_channel,
			q.userid IS NOT NULL AS in_queue_room,
			q.userid IS NOT NULL AND (coalesce(q.schemeadmin, false) OR `+serverRole("q.roles", model.ChannelAdminRoleId)+`) AS leads_room
		FROM users u LEFT JOIN channelmembers q ON q.channelid = $4 AND q.userid = u.id
		WHERE u.id = $1`, userID, teamID, channelID, queueChannelID)
	if err != nil || len(rows) == 0 {
		return st, "", failed(err, "could not read how somebody stands")
	}
	return rows[0].Standing, rows[0].Roles, nil
}

// QueuesOf lists the queues in whose channels somebody is an agent, by name.
func (s *Store) QueuesOf(ctx context.Context, userID string) ([]*conversation.Queue, error) {
	queues := []*conversation.Queue{}
	err := s.db.SelectContext(ctx, &queues, "SELECT "+of("q", queueColumns)+` FROM waa_queues q
		JOIN channelmembers m ON m.channelid = q.channel_id AND m.userid = $1
		JOIN users u ON u.id = m.userid AND u.deleteat = 0 AND NOT `+serverRole("u.roles", model.SystemGuestRoleId)+`
		WHERE NOT EXISTS (SELECT 1 FROM bots b WHERE b.userid = u.id)
		ORDER BY q.name, q.id`, userID)
	return queues, failed(err, "could not read somebody's queues")
}
