package mattermost

import (
	"context"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

// maxNames is how many names are tried for one channel before giving up.
const maxNames = 20

// EnsureChannel creates the private channel and returns its id, or the id of the one
// that an earlier attempt created, with found set. The name is not secret, so a channel that is not
// ours may already have it; ours then gets the name with a number appended. It returns
// posting.ErrTooManyChannels if the team has reached its channel limit.
func (p *Port) EnsureChannel(ctx context.Context, c posting.Channel) (id string, found bool, err error) {
	for n := 1; n <= maxNames; n++ {
		name := numbered(c.Name, n)
		if err := jobqueue.CheckLease(ctx); err != nil {
			return "", false, err
		}
		created, appErr := p.api.CreateChannel(&model.Channel{
			TeamId: c.TeamID, Type: model.ChannelTypePrivate, Name: name, DisplayName: c.DisplayName, Header: c.Header, CreatorId: p.bots.Plugin,
		})
		if appErr == nil && created != nil {
			return created.Id, false, nil
		}
		there, err := p.records.ServerChannelByName(ctx, c.TeamID, name)
		switch {
		case err == nil && p.made(there):
			return there.Id, true, nil
		case err == nil:
			continue
		case !errors.Is(err, domain.ErrNotFound):
			return "", false, err
		case appErr == nil:
			return "", false, errors.Wrap(errNothing, "could not create the channel")
		case appErr.Id == "store.sql_channel.save_channel.limit.app_error":
			return "", false, posting.ErrTooManyChannels
		}
		return "", false, wrap(appErr, "could not create the channel")
	}
	return "", false, errors.New("all names for the channel are taken")
}

// made reports whether the plugin itself created a channel for a conversation and the
// channel can still serve as one: it is private and not archived.
func (p *Port) made(channel *model.Channel) bool {
	return channel.CreatorId == p.bots.Plugin && channel.Type == model.ChannelTypePrivate && channel.DeleteAt == 0
}

// SetHeader changes a channel's header. It does nothing if the channel has that header
// already or is archived.
func (p *Port) SetHeader(ctx context.Context, channelID, header string) error {
	channel, err := p.records.ServerChannel(ctx, channelID)
	if err != nil || channel.Header == header || channel.DeleteAt != 0 {
		return err
	}
	return p.updateChannel(ctx, channelID, "could not update the channel's header", func(channel *model.Channel) { channel.Header = header })
}

// AddMember adds a person to the channel in the bot's name. It returns
// domain.ErrNotFound if the person is unknown, deactivated or not in the team.
func (p *Port) AddMember(ctx context.Context, teamID, channelID, userID string) error {
	switch may, err := p.records.MayJoinServer(ctx, teamID, userID); {
	case err != nil:
		return err
	case !may:
		return domain.ErrNotFound
	}
	if err := jobqueue.CheckLease(ctx); err != nil {
		return err
	}
	member, appErr := p.api.AddUserToChannel(channelID, userID, p.bots.Plugin)
	if appErr != nil || member == nil {
		return wrapOr(appErr, "could not add the member")
	}
	return nil
}

// Username returns a user's @name, without the @. It returns domain.ErrNotFound if
// there is no such user.
func (p *Port) Username(_ context.Context, userID string) (string, error) {
	user, appErr := p.api.GetUser(userID)
	if appErr != nil {
		return "", wrap(appErr, "could not read the user")
	}
	if user == nil {
		return "", errNothing
	}
	return user.Username, nil
}

// IsUser reports whether an active user of this server has the username. An "@name"
// that nobody has is plain text and no mention.
func (p *Port) IsUser(ctx context.Context, username string) (bool, error) {
	return p.records.IsServerUser(ctx, username)
}

// Locale returns the language that a person chose, as Mattermost spells it ("pt-BR").
// If the person cannot be read, it returns the server's default language.
func (p *Port) Locale(_ context.Context, userID string) string {
	user, appErr := p.api.GetUser(userID)
	if appErr != nil || user == nil {
		return p.ServerLocale()
	}
	return user.Locale
}

// SystemAdmins returns the user ids of the active system administrators, without bots.
// It reads the first 200.
func (p *Port) SystemAdmins(_ context.Context) ([]string, error) {
	users, appErr := p.api.GetUsers(&model.UserGetOptions{Role: model.SystemAdminRoleId, Active: true, PerPage: 200})
	if appErr != nil {
		return nil, wrap(appErr, "could not list the system admins")
	}
	if len(users) == 0 { // every server has an administrator, so the call to the server failed
		return nil, errors.Wrap(errNothing, "could not list the system admins")
	}
	ids := make([]string, 0, len(users))
	for _, user := range users {
		if !user.IsBot {
			ids = append(ids, user.Id)
		}
	}
	return ids, nil
}

// ChannelTeam returns the id of a channel's team. It returns domain.ErrNotFound if
// there is no such channel, or if it is archived or a direct channel.
func (p *Port) ChannelTeam(ctx context.Context, channelID string) (string, error) {
	channel, err := p.records.ServerChannel(ctx, channelID)
	if err != nil {
		return "", err
	}
	if channel.DeleteAt != 0 || channel.TeamId == "" {
		return "", domain.ErrNotFound
	}
	return channel.TeamId, nil
}

// UserByName returns the id of the user with the given username (the name after the
// @). It returns domain.ErrNotFound if there is none.
func (p *Port) UserByName(_ context.Context, username string) (string, error) {
	user, appErr := p.api.GetUserByUsername(username)
	if appErr != nil {
		return "", wrap(appErr, "could not find the user")
	}
	if user == nil {
		return "", errNothing
	}
	return user.Id, nil
}

// ChannelByName returns the id of a team's channel with the given name (the name after
// the ~). It returns domain.ErrNotFound if there is none or it is archived.
func (p *Port) ChannelByName(ctx context.Context, teamID, name string) (string, error) {
	channel, err := p.records.ServerChannelByName(ctx, teamID, name)
	if err == nil && channel.DeleteAt != 0 {
		err = domain.ErrNotFound
	}
	if err != nil {
		return "", err
	}
	return channel.Id, nil
}

// Link returns the address of a conversation's channel, or "" if it has no channel yet
// or the team cannot be read. The address contains the channel's id instead of its
// name, because people can rename a channel but cannot change its id.
func (p *Port) Link(_ context.Context, c *domain.Conversation) string {
	if c.ChannelID == "" {
		return ""
	}
	team, appErr := p.api.GetTeam(c.TeamID)
	if appErr != nil || team == nil {
		return ""
	}
	return p.SiteURL() + "/" + team.Name + "/channels/" + c.ChannelID
}

// Open opens a dialog for the user whose trigger id the request carries.
func (p *Port) Open(_ context.Context, request model.OpenDialogRequest) error {
	return wrap(p.api.OpenInteractiveDialog(request), "could not open the dialog")
}
