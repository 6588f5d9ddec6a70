package host

import (
	"net/http"
	"slices"

	"github.com/lib/pq"
	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
	"github.com/pkg/errors"
)

// writeChannel makes or changes a channel; an error says that its name is taken.
func (s *Server) writeChannel(c *model.Channel, insert bool) *model.AppError {
	query := `UPDATE channels SET teamid = $2, type = $3, name = $4, displayname = $5, header = $6, purpose = $7, creatorid = $8, createat = $9, updateat = $10, deleteat = $11 WHERE id = $1`
	if insert {
		query = `INSERT INTO channels (id, teamid, type, name, displayname, header, purpose, creatorid, createat, updateat, deleteat) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`
	}
	_, err := s.DB.Exec(query, c.Id, c.TeamId, string(c.Type), c.Name, c.DisplayName, c.Header, c.Purpose, c.CreatorId, c.CreateAt, c.UpdateAt, c.DeleteAt)
	var pqErr *pq.Error
	if errors.As(err, &pqErr) && pqErr.Code == "23505" {
		return refused("Channel", "store.sql_channel.save_channel.exists.app_error", http.StatusBadRequest)
	}
	if err != nil {
		panic("simulation: " + err.Error())
	}
	return nil
}

func (a *API) GetChannel(id string) (*model.Channel, *model.AppError) {
	return through2(a, "GetChannel", func() (*model.Channel, *model.AppError) {
		if channel := a.n.cachedChannel("GetChannel", id); channel != nil {
			return channel, nil
		}
		return nil, notFound("GetChannel")
	})
}

func (a *API) CreateChannel(channel *model.Channel) (*model.Channel, *model.AppError) {
	return through2(a, "CreateChannel", func() (*model.Channel, *model.AppError) {
		made := channel.DeepCopy()
		made.Id, made.CreateAt = a.n.server.NewID(), millis()
		made.UpdateAt = made.CreateAt
		if appErr := a.n.server.writeChannel(made, true); appErr != nil {
			return nil, appErr
		}
		return made, nil
	})
}

func (a *API) UpdateChannel(channel *model.Channel) (*model.Channel, *model.AppError) {
	return through2(a, "UpdateChannel", func() (*model.Channel, *model.AppError) {
		changed := channel.DeepCopy()
		changed.UpdateAt = millis()
		if appErr := a.n.server.writeChannel(changed, false); appErr != nil {
			return nil, appErr
		}
		a.n.changed(channel.Id)
		return changed, nil
	})
}

func (a *API) DeleteChannel(id string) *model.AppError {
	return through(a, "DeleteChannel", func() *model.AppError { return a.n.archive(id, millis()) })
}

func (a *API) RestoreChannel(id string) *model.AppError {
	if !a.n.server.newer(10) { // an older server does not know the call, and its client reports success
		return nil
	}
	return through(a, "RestoreChannel", func() *model.AppError { return a.n.archive(id, 0) })
}

// archive archives a channel, or brings it back with at = 0.
func (n *Node) archive(id string, at int64) *model.AppError {
	if n.server.exec("UPDATE channels SET deleteat = $2, updateat = $3 WHERE id = $1", id, at, millis()) == 0 {
		return notFound("DeleteChannel")
	}
	n.changed(id)
	return nil
}

func (a *API) RegisterChannelGuard(id string) *model.AppError {
	return through(a, "RegisterChannelGuard", func() *model.AppError { a.n.server.guard(id, true); return nil })
}

func (a *API) UnregisterChannelGuard(id string) *model.AppError {
	return through(a, "UnregisterChannelGuard", func() *model.AppError { a.n.server.guard(id, false); return nil })
}

func (s *Server) guard(channelID string, on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.guarded[channelID] = on && s.newer(9)
}

func (s *Server) isGuarded(channelID string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.guarded[channelID]
}

func (a *API) AddChannelMember(channelID, userID string) (*model.ChannelMember, *model.AppError) {
	return through2(a, "AddChannelMember", func() (*model.ChannelMember, *model.AppError) {
		return a.n.addMember(&plugin.Context{}, channelID, userID, "")
	})
}

func (a *API) AddUserToChannel(channelID, userID, actorID string) (*model.ChannelMember, *model.AppError) {
	return through2(a, "AddUserToChannel", func() (*model.ChannelMember, *model.AppError) {
		return a.n.addMember(&plugin.Context{}, channelID, userID, actorID)
	})
}

// addMember is what the server does when somebody is added to a channel.
func (n *Node) addMember(c *plugin.Context, channelID, userID, actorID string) (*model.ChannelMember, *model.AppError) {
	s := n.server
	channel, user := s.channel(channelID), s.user("id", userID)
	if channel == nil || user == nil {
		return nil, notFound("AddMember")
	}
	if channel.DeleteAt != 0 {
		return nil, refused("AddMember", "api.channel.add_user.to.channel.failed.deleted.app_error", http.StatusBadRequest)
	}
	if user.DeleteAt != 0 || !s.inTeam(channel.TeamId, userID) {
		return nil, refused("AddMember", "api.channel.add_user.to.channel.failed.app_error", http.StatusBadRequest)
	}
	member := &model.ChannelMember{ChannelId: channelID, UserId: userID, SchemeUser: true}
	if s.isMember(channelID, userID) {
		return member, nil
	}
	if hooks := n.hooks(); hooks != nil && s.newer(7) {
		if _, rejection := hooks.ChannelMemberWillBeAdded(c, member); rejection != "" {
			return nil, refused("AddMember", "a plugin refused it: "+rejection, http.StatusBadRequest)
		}
	}
	if s.join(channelID, userID, false) {
		var actor *model.User
		if actorID != "" {
			actor = s.user("id", actorID)
		}
		n.after("UserHasJoinedChannel", func(h Hooks) { h.UserHasJoinedChannel(c, member, actor) })
	}
	return member, nil
}

func (n *Node) removeMember(channelID, userID, actorID string) *model.AppError {
	s := n.server
	if s.exec("DELETE FROM channelmembers WHERE channelid = $1 AND userid = $2", channelID, userID) == 0 {
		return notFound("RemoveMember")
	}
	n.after("UserHasLeftChannel", func(h Hooks) {
		h.UserHasLeftChannel(&plugin.Context{}, &model.ChannelMember{ChannelId: channelID, UserId: userID}, s.user("id", actorID))
	})
	return nil
}

func (a *API) UpdateChannelMemberNotifications(channelID, userID string, _ map[string]string) (*model.ChannelMember, *model.AppError) {
	return through2(a, "UpdateChannelMemberNotifications", func() (*model.ChannelMember, *model.AppError) {
		if !a.n.server.isMember(channelID, userID) {
			return nil, notFound("UpdateChannelMemberNotifications")
		}
		return &model.ChannelMember{ChannelId: channelID, UserId: userID}, nil
	})
}

func (a *API) GetDirectChannel(one, other string) (*model.Channel, *model.AppError) {
	return through2(a, "GetDirectChannel", func() (*model.Channel, *model.AppError) {
		s, name := a.n.server, model.GetDMNameFromIds(one, other)
		var id string
		if !s.one("SELECT id FROM channels WHERE type = 'D' AND name = $1", []any{name}, &id) {
			id = s.NewID()
			if appErr := s.writeChannel(&model.Channel{Id: id, Type: model.ChannelTypeDirect, Name: name, CreateAt: millis(), UpdateAt: millis()}, true); appErr != nil {
				return nil, appErr
			}
			s.join(id, one, false)
			s.join(id, other, false)
		}
		return s.channel(id), nil
	})
}

// The sidebar: own categories, and the one of the server that has all other channels.

func (a *API) GetChannelSidebarCategories(userID, teamID string) (*model.OrderedSidebarCategories, *model.AppError) {
	return through2(a, "GetChannelSidebarCategories", func() (*model.OrderedSidebarCategories, *model.AppError) {
		s := a.n.server
		member := s.strings("SELECT m.channelid FROM channelmembers m JOIN channels c ON c.id = m.channelid WHERE m.userid = $1 AND c.teamid = $2 AND c.deleteat = 0 ORDER BY m.channelid", userID, teamID)
		s.mu.Lock()
		defer s.mu.Unlock()
		ordered := &model.OrderedSidebarCategories{}
		rest := &model.SidebarCategoryWithChannels{SidebarCategory: model.SidebarCategory{Id: "channels_" + userID + "_" + teamID, UserId: userID, TeamId: teamID, Type: model.SidebarCategoryChannels}}
		var placed []string
		for _, c := range s.categories[userID+teamID] {
			copied := *c
			copied.Channels = slices.DeleteFunc(slices.Clone(c.Channels), func(id string) bool { return !slices.Contains(member, id) })
			placed = append(placed, copied.Channels...)
			ordered.Categories = append(ordered.Categories, &copied)
		}
		rest.Channels = slices.DeleteFunc(member, func(id string) bool { return slices.Contains(placed, id) })
		ordered.Categories = append(ordered.Categories, rest)
		for _, c := range ordered.Categories {
			ordered.Order = append(ordered.Order, c.Id)
		}
		return ordered, nil
	})
}

func (a *API) CreateChannelSidebarCategory(userID, teamID string, c *model.SidebarCategoryWithChannels) (*model.SidebarCategoryWithChannels, *model.AppError) {
	return through2(a, "CreateChannelSidebarCategory", func() (*model.SidebarCategoryWithChannels, *model.AppError) {
		s := a.n.server
		s.mu.Lock()
		defer s.mu.Unlock()
		made := *c
		made.Id, made.Channels = s.NewID(), slices.Clone(c.Channels)
		s.categories[userID+teamID] = append(s.categories[userID+teamID], &made)
		copied := made
		return &copied, nil
	})
}

func (a *API) UpdateChannelSidebarCategories(userID, teamID string, list []*model.SidebarCategoryWithChannels) ([]*model.SidebarCategoryWithChannels, *model.AppError) {
	return through2(a, "UpdateChannelSidebarCategories", func() ([]*model.SidebarCategoryWithChannels, *model.AppError) {
		s := a.n.server
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, c := range list {
			for _, mine := range s.categories[userID+teamID] {
				if mine.Id == c.Id {
					mine.Channels = slices.Clone(c.Channels)
				}
			}
		}
		return list, nil
	})
}
