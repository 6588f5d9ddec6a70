package mattermost

import (
	"context"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// maxMembers limits how many members of one channel are read.
const maxMembers = 2000

// Members returns the people in a channel, ordered by username, without bots and
// deactivated users. It returns at most maxMembers of them.
func (p *Port) Members(ctx context.Context, channelID string) ([]domain.Member, error) {
	return p.records.ServerMembers(ctx, channelID, maxMembers)
}

// Usernames returns the username of each of the users by user id. Users that cannot be
// read are left out.
func (p *Port) Usernames(_ context.Context, userIDs []string) map[string]string {
	names := make(map[string]string, len(userIDs))
	for _, id := range userIDs {
		if user, appErr := p.api.GetUser(id); appErr == nil && user != nil {
			names[id] = user.Username
		}
	}
	return names
}
