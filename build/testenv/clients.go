//go:build unix

package testenv

import (
	"context"

	"github.com/pkg/errors"

	"github.com/mattermost/mattermost/server/public/model"
)

// AdminClient returns a client for one server, logged in as the system administrator.
func (e *Env) AdminClient(node int) *model.Client4 {
	return e.client(node, e.Admin.Username)
}

// Client returns a client for one server, logged in as an agent. All clients of a user share one session, which is valid on every server.
func (e *Env) Client(node, agent int) *model.Client4 {
	return e.client(node, e.Agents[agent].Username)
}

func (e *Env) client(node int, username string) *model.Client4 {
	client := model.NewAPIv4Client(e.Nodes[node].URL)
	client.SetToken(e.clients[username])
	return client
}

// ExecuteSlash runs a slash command in a channel of the team, as the web client does.
func (e *Env) ExecuteSlash(ctx context.Context, client *model.Client4, channelID, command string) (*model.CommandResponse, error) {
	response, _, err := client.ExecuteCommandWithTeam(ctx, channelID, e.Team.ID, command)
	return response, errors.Wrap(err, "the slash command was refused")
}
