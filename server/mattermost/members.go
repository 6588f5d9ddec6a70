package mattermost

import (
	"context"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
)

const (
	memberPage = 200
	// maxMembers bounds what is read of one channel.
	maxMembers = 2000
)

// Members lists the people of a channel by username, without bots and deactivated users.
func (p *Port) Members(_ context.Context, channelID string) ([]conversation.Member, error) {
	var members []conversation.Member
	for page := 0; page*memberPage < maxMembers; page++ {
		users, appErr := p.api.GetUsersInChannel(channelID, model.ChannelSortByUsername, page, memberPage)
		if appErr != nil {
			return nil, wrap(appErr, "could not list the channel's members")
		}
		if len(users) == 0 {
			break
		}
		ids := make([]string, len(users))
		for i, user := range users {
			ids[i] = user.Id
		}
		rows, appErr := p.api.GetChannelMembersByIds(channelID, ids)
		if appErr != nil {
			return nil, wrap(appErr, "could not read the channel's members")
		}
		admin := map[string]bool{}
		for i := range rows {
			admin[rows[i].UserId] = rows[i].SchemeAdmin
		}
		for _, user := range users {
			if user.IsBot || user.DeleteAt != 0 {
				continue
			}
			members = append(members, conversation.Member{
				UserID: user.Id, Username: user.Username, Name: user.GetFullName(), Supervisor: admin[user.Id], SystemAdmin: user.IsSystemAdmin(),
			})
		}
		if len(users) < memberPage {
			break
		}
	}
	return members, nil
}

// Usernames gives the names of users; unknown ones are left out.
func (p *Port) Usernames(_ context.Context, userIDs []string) map[string]string {
	names := make(map[string]string, len(userIDs))
	for _, id := range userIDs {
		if user, appErr := p.api.GetUser(id); appErr == nil && user != nil {
			names[id] = user.Username
		}
	}
	return names
}
