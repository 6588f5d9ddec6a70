package mattermost

import (
	"context"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// maxMembers bounds what is read of one channel.
const maxMembers = 2000

// Members lists the people of a channel by username, without bots and deactivated users.
func (p *Port) Members(ctx context.Context, channelID string) ([]domain.Member, error) {
	return p.records.ServerMembers(ctx, channelID, maxMembers)
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
