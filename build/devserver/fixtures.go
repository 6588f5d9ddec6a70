package main

import (
	"context"
	"fmt"

	"github.com/pkg/errors"
	"golang.org/x/sync/errgroup"

	"github.com/mattermost/mattermost/server/public/model"
)

const (
	adminUsername = "admin"
	teamName      = "atendimento"
	teamTitle     = "Atendimento"
	queueName     = "fila-vendas"
	queueTitle    = "Vendas"
	// creators is how many users are created at the same time. It is small because hashing a password keeps a core busy.
	creators = 2
)

// person is a user to be created.
type person struct {
	username, first, last string
}

// password is the fixed password of a user: "ana" logs in with "Senha-de-ana-1".
func password(username string) string { return "Senha-de-" + username + "-1" }

// agent returns the agent with an index. The first ones have names of people.
func agent(index int) person {
	named := []person{
		{"ana", "Ana", "Souza"},
		{"bruno", "Bruno", "Lima"},
		{"carla", "Carla", "Dias"},
		{"davi", "Davi", "Rocha"},
		{"elisa", "Elisa", "Moura"},
		{"fabio", "Fábio", "Nunes"},
		{"gabriela", "Gabriela", "Pinto"},
		{"heitor", "Heitor", "Alves"},
	}
	if index < len(named) {
		return named[index]
	}
	number := index + 1
	return person{fmt.Sprintf("agente%d", number), "Agente", fmt.Sprint(number)}
}

// inQueue reports whether an agent is a member of the queue. All are except the last one, whom tests use to be refused.
func inQueue(index, agents int) bool { return index == 0 || index < agents-1 }

// createFixtures creates the users, the team and the queue on an empty server. The first user of a server becomes its system administrator.
// The first agent creates the queue's channel and so becomes its channel administrator, who is the queue's supervisor.
func createFixtures(ctx context.Context, serverURL string, opts *options, result *ready) error {
	admin := model.NewAPIv4Client(serverURL)
	var err error
	if result.Admin, err = createUser(ctx, admin, person{adminUsername, "Admin", "do Sistema"}, opts.locale); err != nil {
		return err
	}
	if err = logIn(ctx, admin, &result.Admin); err != nil {
		return err
	}
	team, _, err := admin.CreateTeam(ctx, &model.Team{Name: teamName, DisplayName: teamTitle, Type: model.TeamOpen})
	if err != nil {
		return errors.Wrap(err, "cannot create the team")
	}
	result.Team = namedInfo{ID: team.Id, Name: team.Name}
	if result.Agents, err = createAgents(ctx, admin, opts); err != nil {
		return err
	}
	for i := range result.Agents {
		if _, _, err = admin.AddTeamMember(ctx, team.Id, result.Agents[i].ID); err != nil {
			return errors.Wrap(err, "cannot add an agent to the team")
		}
	}
	return createQueue(ctx, serverURL, team.Id, result)
}

// createAgents creates the agents, several at a time.
func createAgents(ctx context.Context, admin *model.Client4, opts *options) ([]userInfo, error) {
	agents := make([]userInfo, opts.agents)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(creators)
	for i := range agents {
		group.Go(func() error {
			user, err := createUser(ctx, admin, agent(i), opts.locale)
			user.InQueue = inQueue(i, opts.agents)
			agents[i] = user
			return err
		})
	}
	return agents, group.Wait()
}

// createQueue has the first agent create the queue's channel and add the others to it.
func createQueue(ctx context.Context, serverURL, teamID string, result *ready) error {
	supervisor := model.NewAPIv4Client(serverURL)
	if err := logIn(ctx, supervisor, &result.Agents[0]); err != nil {
		return err
	}
	channel, _, err := supervisor.CreateChannel(ctx, &model.Channel{
		TeamId:      teamID,
		Name:        queueName,
		DisplayName: queueTitle,
		Type:        model.ChannelTypePrivate,
	})
	if err != nil {
		return errors.Wrap(err, "cannot create the queue channel")
	}
	result.QueueChannel = namedInfo{ID: channel.Id, Name: channel.Name}
	for i, user := range result.Agents {
		if i == 0 || !user.InQueue {
			continue
		}
		if _, _, err := supervisor.AddChannelMember(ctx, channel.Id, user.ID); err != nil {
			return errors.Wrap(err, "cannot add an agent to the queue")
		}
	}
	return nil
}

// createUser creates a user with the fixed password.
func createUser(ctx context.Context, client *model.Client4, p person, locale string) (userInfo, error) {
	user, _, err := client.CreateUser(ctx, &model.User{
		Username:  p.username,
		Email:     p.username + "@example.com",
		Password:  password(p.username),
		FirstName: p.first,
		LastName:  p.last,
		Locale:    locale,
	})
	if err != nil {
		return userInfo{}, errors.Wrapf(err, "cannot create the user %s", p.username)
	}
	return userInfo{ID: user.Id, Username: user.Username, Password: password(p.username), Email: user.Email}, nil
}

// logIn logs a client in.
func logIn(ctx context.Context, client *model.Client4, user *userInfo) error {
	_, _, err := client.Login(ctx, user.Username, user.Password)
	return errors.Wrapf(err, "cannot log in as %s", user.Username)
}
