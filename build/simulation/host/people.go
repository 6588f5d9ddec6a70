package host

import (
	"context"

	"github.com/mattermost/mattermost/server/public/model"
)

func (s *Server) addTeam(_ context.Context, name string) string {
	id := s.NewID()
	s.exec("INSERT INTO teams (id, name, displayname) VALUES ($1, $2, $2)", id, name)
	return id
}

func (s *Server) addUser(_ context.Context, username string, roles []string) string {
	id, all := s.NewID(), model.SystemUserRoleId
	for _, role := range roles {
		all += " " + role
	}
	s.exec("INSERT INTO users (id, username, roles, firstname) VALUES ($1, $2, $3, $2)", id, username, all)
	return id
}

func (s *Server) addToTeam(_ context.Context, teamID, userID string) {
	s.exec("INSERT INTO teammembers (teamid, userid) VALUES ($1, $2) ON CONFLICT (teamid, userid) DO UPDATE SET deleteat = 0", teamID, userID)
}

func (s *Server) addChannel(ctx context.Context, teamID, name string, kind model.ChannelType, members []string) string {
	id := s.NewID()
	s.exec("INSERT INTO channels (id, teamid, type, name, displayname, createat, updateat) VALUES ($1, $2, $3, $4, $4, $5, $5)", id, teamID, string(kind), name, millis())
	for i, member := range members {
		s.addToTeam(ctx, teamID, member)
		s.join(id, member, i == 0)
	}
	return id
}

func (s *Server) join(channelID, userID string, admin bool) (added bool) {
	return s.exec("INSERT INTO channelmembers (channelid, userid, schemeadmin) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", channelID, userID, admin) > 0
}

func (s *Server) deactivate(_ context.Context, userID string, active bool) {
	at := millis()
	if active {
		at = 0
	}
	s.exec("UPDATE users SET deleteat = $2 WHERE id = $1", userID, at)
}

func (s *Server) setStatus(_ context.Context, userID, status string) {
	s.exec("INSERT INTO status (userid, status) VALUES ($1, $2) ON CONFLICT (userid) DO UPDATE SET status = $2", userID, status)
}

// user reads a user; nil if there is none.
func (s *Server) user(where, value string) *model.User {
	u := &model.User{Locale: "pt-BR"}
	if !s.one(`SELECT id, username, coalesce(deleteat, 0), coalesce(roles, ''), EXISTS (SELECT 1 FROM bots b WHERE b.userid = u.id) FROM users u WHERE u.`+where+" = $1", []any{value},
		&u.Id, &u.Username, &u.DeleteAt, &u.Roles, &u.IsBot) {
		return nil
	}
	return u
}

// channel reads a channel; nil if there is none.
func (s *Server) channel(id string) *model.Channel {
	c := &model.Channel{}
	if !s.one(`SELECT id, coalesce(teamid, ''), type, coalesce(name, ''), displayname, header, purpose, creatorid, createat, updateat, deleteat, lastpostat, totalmsgcount
		FROM channels WHERE id = $1`, []any{id},
		&c.Id, &c.TeamId, &c.Type, &c.Name, &c.DisplayName, &c.Header, &c.Purpose, &c.CreatorId, &c.CreateAt, &c.UpdateAt, &c.DeleteAt, &c.LastPostAt, &c.TotalMsgCount) {
		return nil
	}
	return c
}

func (s *Server) isMember(channelID, userID string) bool {
	var is bool
	s.one("SELECT EXISTS (SELECT 1 FROM channelmembers WHERE channelid = $1 AND userid = $2)", []any{channelID, userID}, &is)
	return is
}

func (s *Server) inTeam(teamID, userID string) bool {
	var is bool
	s.one("SELECT EXISTS (SELECT 1 FROM teammembers WHERE teamid = $1 AND userid = $2 AND deleteat = 0)", []any{teamID, userID}, &is)
	return is
}

// sessionOf is the one session of a person.
func (s *Server) sessionOf(userID string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := "session-" + userID
	if s.sessions[id] == nil {
		s.sessions[id] = &model.Session{Id: id, UserId: userID, Token: id}
	}
	return id
}

// TeamOf returns the team of a channel; "" if there is no such channel.
func (s *Server) TeamOf(channelID string) string {
	if channel := s.channel(channelID); channel != nil {
		return channel.TeamId
	}
	return ""
}
