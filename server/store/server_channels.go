package store

import (
	"context"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// serverChannelColumns are those of a channel that somebody or something changes.
const serverChannelColumns = `id, coalesce(createat, 0) AS createat, coalesce(updateat, 0) AS updateat, coalesce(deleteat, 0) AS deleteat, coalesce(teamid, '') AS teamid, type,
	coalesce(displayname, '') AS displayname, name, coalesce(header, '') AS header, coalesce(purpose, '') AS purpose, coalesce(creatorid, '') AS creatorid,
	coalesce(lastpostat, 0) AS lastpostat, coalesce(totalmsgcount, 0) AS totalmsgcount,
	coalesce(totalmsgcountroot, 0) AS totalmsgcountroot, coalesce(lastrootpostat, 0) AS lastrootpostat`

// ServerChannel reads a channel as it is now, an archived one too; domain.ErrNotFound.
func (s *Store) ServerChannel(ctx context.Context, id string) (*model.Channel, error) {
	channel := &model.Channel{}
	err := s.db.GetContext(ctx, channel, "SELECT "+serverChannelColumns+" FROM channels WHERE id = $1", id)
	return channel, wrapErr(err, "could not read a channel")
}

// ServerChannelByName is ServerChannel by team and name.
func (s *Store) ServerChannelByName(ctx context.Context, teamID, name string) (*model.Channel, error) {
	channel := &model.Channel{}
	err := s.db.GetContext(ctx, channel, "SELECT "+serverChannelColumns+" FROM channels WHERE name = $2 AND teamid = $1", teamID, name)
	return channel, wrapErr(err, "could not find a channel")
}

// ServerMember reports whether somebody is in a channel.
func (s *Store) ServerMember(ctx context.Context, channelID, userID string) (bool, error) {
	var member bool
	err := s.db.GetContext(ctx, &member, "SELECT EXISTS (SELECT 1 FROM channelmembers WHERE channelid = $1 AND userid = $2)", channelID, userID)
	return member, wrapErr(err, "could not read a channel's member")
}

// MayJoinServer reports whether somebody is an active person, no bot, and in a team.
func (s *Store) MayJoinServer(ctx context.Context, teamID, userID string) (bool, error) {
	var may bool
	err := s.db.GetContext(ctx, &may, `SELECT EXISTS (SELECT 1 FROM users u JOIN teammembers t ON t.userid = u.id AND t.teamid = $1 AND t.deleteat = 0
		WHERE u.id = $2 AND u.deleteat = 0 AND NOT EXISTS (SELECT 1 FROM bots b WHERE b.userid = u.id))`, teamID, userID)
	return may, wrapErr(err, "could not read a team's member")
}

// ServerMayRead reports whether somebody may read a channel: as its member or,
// where it is public, as one of its team; a system admin reads all.
func (s *Store) ServerMayRead(ctx context.Context, channelID, userID string) (bool, error) {
	var may bool
	err := s.db.GetContext(ctx, &may, `SELECT EXISTS (SELECT 1 FROM channelmembers WHERE channelid = $1 AND userid = $2)
		OR EXISTS (SELECT 1 FROM channels c JOIN teammembers t ON t.teamid = c.teamid AND t.userid = $2 AND t.deleteat = 0 WHERE c.id = $1 AND c.type = 'O')
		OR EXISTS (SELECT 1 FROM users u WHERE u.id = $2 AND `+serverRole("u.roles", model.SystemAdminRoleId)+`)`, channelID, userID)
	return may, wrapErr(err, "could not tell who may read a channel")
}

// serverRole is the condition that a list of roles, separated by blanks, holds one.
func serverRole(roles, role string) string {
	return "' ' || coalesce(" + roles + ", '') || ' ' LIKE '% " + role + " %'"
}

// ServerMembers lists up to n people of a channel by username, without bots and deactivated users.
func (s *Store) ServerMembers(ctx context.Context, channelID string, n int) ([]domain.Member, error) {
	members := []domain.Member{}
	err := s.db.SelectContext(ctx, &members, `SELECT u.id AS user_id, u.username, trim(coalesce(u.firstname, '') || ' ' || coalesce(u.lastname, '')) AS name,
			coalesce(m.schemeadmin, false) OR `+serverRole("m.roles", model.ChannelAdminRoleId)+` AS supervisor,
			`+serverRole("u.roles", model.SystemAdminRoleId)+` AS system_admin
		FROM channelmembers m JOIN users u ON u.id = m.userid
		WHERE m.channelid = $1 AND u.deleteat = 0 AND NOT EXISTS (SELECT 1 FROM bots b WHERE b.userid = u.id)
		ORDER BY u.username LIMIT $2`, channelID, n)
	return members, wrapErr(err, "could not list the channel's members")
}

// IsServerUser reports whether a name is that of somebody active.
func (s *Store) IsServerUser(ctx context.Context, username string) (bool, error) {
	var is bool
	err := s.db.GetContext(ctx, &is, "SELECT EXISTS (SELECT 1 FROM users WHERE username = $1 AND deleteat = 0)", username)
	return is, wrapErr(err, "could not look for a user's name")
}
