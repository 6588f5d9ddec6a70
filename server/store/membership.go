package store

import (
	"context"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// Membership returns what a user is in a team, a channel and a queue's channel, and the
// roles on the server; zero values where there is no such user.
func (s *Store) Membership(ctx context.Context, userID, teamID, channelID, queueChannelID string) (st domain.Membership, roles string, err error) {
	rows := []struct {
		domain.Membership
		Roles string
	}{}
	err = s.db.SelectContext(ctx, &rows, `SELECT u.username, trim(coalesce(u.firstname, '') || ' ' || coalesce(u.lastname, '')) AS name, u.deleteat > 0 AS deactivated, EXISTS (SELECT 1 FROM bots b WHERE b.userid = u.id) AS bot,
			`+serverRole("u.roles", model.SystemGuestRoleId)+` AS guest, coalesce(u.roles, '') AS roles,
			EXISTS (SELECT 1 FROM teammembers t WHERE t.teamid = $2 AND t.userid = u.id AND t.deleteat = 0) AS in_team,
			EXISTS (SELECT 1 FROM channelmembers m WHERE m.channelid = $3 AND m.userid = u.id) AS in_channel,
			q.userid IS NOT NULL AS in_queue_room,
			q.userid IS NOT NULL AND `+leadsChannel("q")+` AS leads_room
		FROM users u LEFT JOIN channelmembers q ON q.channelid = $4 AND q.userid = u.id
		WHERE u.id = $1`+hot, userID, teamID, channelID, queueChannelID)
	if err != nil || len(rows) == 0 {
		return st, "", wrapErr(err, "could not read a membership")
	}
	return rows[0].Membership, rows[0].Roles, nil
}

// leadsChannel is the condition that a row of channelmembers is a channel admin's, through the scheme or a role given by name.
func leadsChannel(member string) string {
	return "(coalesce(" + member + ".schemeadmin, false) OR " + serverRole(member+".roles", model.ChannelAdminRoleId) + ")"
}

// QueuesOf lists the queues in whose channels somebody is an agent, by name.
func (s *Store) QueuesOf(ctx context.Context, userID string) ([]*domain.Queue, error) {
	return s.queuesOf(ctx, userID, "true")
}

// SupervisedQueues lists those of QueuesOf in whose channels they are a channel admin.
func (s *Store) SupervisedQueues(ctx context.Context, userID string) ([]*domain.Queue, error) {
	return s.queuesOf(ctx, userID, leadsChannel("m"))
}

func (s *Store) queuesOf(ctx context.Context, userID, condition string) ([]*domain.Queue, error) {
	queues := []*domain.Queue{}
	err := s.db.SelectContext(ctx, &queues, "SELECT "+prefixColumns("q", queueColumns)+` FROM waa_queues q
		JOIN channelmembers m ON m.channelid = q.channel_id AND m.userid = $1
		JOIN users u ON u.id = m.userid AND u.deleteat = 0 AND NOT `+serverRole("u.roles", model.SystemGuestRoleId)+`
		WHERE NOT EXISTS (SELECT 1 FROM bots b WHERE b.userid = u.id) AND `+condition+`
		ORDER BY q.name, q.id`, userID)
	return queues, wrapErr(err, "could not read somebody's queues")
}

// SpeakerRoles returns the roles that an active member of a channel has there, in its
// team and on the server, with the roles' names of the schemes instead of the built-in
// ones; none for anybody else.
func (s *Store) SpeakerRoles(ctx context.Context, userID, channelID string) ([]string, error) {
	rows := []string{}
	err := s.db.SelectContext(ctx, &rows, `SELECT concat_ws(' ', u.roles, m.roles, t.roles,
			`+schemeRoles("m", "channel", "cs", "ts")+`, `+schemeRoles("t", "team", "ts")+`)
		FROM users u JOIN channelmembers m ON m.channelid = $2 AND m.userid = u.id
		LEFT JOIN channels c ON c.id = m.channelid LEFT JOIN schemes cs ON cs.id = c.schemeid
		LEFT JOIN teams g ON g.id = c.teamid LEFT JOIN schemes ts ON ts.id = g.schemeid
		LEFT JOIN teammembers t ON t.teamid = c.teamid AND t.userid = u.id AND t.deleteat = 0
		WHERE u.id = $1 AND u.deleteat = 0 AND NOT EXISTS (SELECT 1 FROM bots b WHERE b.userid = u.id)`, userID, channelID)
	return strings.Fields(strings.Join(rows, " ")), wrapErr(err, "could not read what somebody is in a channel")
}

// schemeRoles are the roles that a membership has by its scheme, named by the first of
// the schemes that exists, else by their built-in names.
func schemeRoles(member, scope string, schemes ...string) string {
	roles := make([]string, 0, 3)
	for _, kind := range []string{"guest", "user", "admin"} {
		names := ""
		for _, scheme := range schemes {
			names += "nullif(" + scheme + ".default" + scope + kind + "role, ''), "
		}
		roles = append(roles, "CASE WHEN "+member+".scheme"+kind+" THEN coalesce("+names+"'"+scope+"_"+kind+"') END")
	}
	return strings.Join(roles, ", ")
}
