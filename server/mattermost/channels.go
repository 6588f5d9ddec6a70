package mattermost

import (
	"context"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

// maxNames is how many names are tried for one channel.
const maxNames = 20

// EnsureChannel makes the private channel, or finds it where an earlier try made
// it. Its name is no secret: a channel that is not ours may have it, and then
// ours gets another.
func (p *Port) EnsureChannel(ctx context.Context, c posting.Channel) (string, error) {
	for n := 1; n <= maxNames; n++ {
		name := numbered(c.Name, n)
		if err := jobqueue.CheckLease(ctx); err != nil {
			return "", err
		}
		created, appErr := p.api.CreateChannel(&model.Channel{
			TeamId: c.TeamID, Type: model.ChannelTypePrivate, Name: name, DisplayName: c.DisplayName, Header: c.Header, CreatorId: p.botID,
		})
		if appErr == nil && created != nil {
			return created.Id, nil
		}
		there, err := p.records.ServerChannelByName(ctx, c.TeamID, name)
		switch {
		case err == nil && p.made(there):
			return there.Id, nil
		case err == nil:
			continue
		case !errors.Is(err, domain.ErrNotFound):
			return "", err
		case appErr == nil:
			return "", errors.Wrap(errNothing, "could not create the channel")
		case appErr.Id == "store.sql_channel.save_channel.limit.app_error":
			return "", posting.ErrTooManyChannels
		}
		return "", wrap(appErr, "could not create the channel")
	}
	return "", errors.New("all names for the channel are taken")
}

// made tells whether a channel is one that we made for a conversation and that can serve as its channel.
func (p *Port) made(channel *model.Channel) bool {
	return channel.CreatorId == p.botID && channel.Type == model.ChannelTypePrivate && channel.DeleteAt == 0
}

// SetHeader changes a channel's header, if it is another one.
func (p *Port) SetHeader(ctx context.Context, channelID, header string) error {
	channel, err := p.records.ServerChannel(ctx, channelID)
	if err != nil || channel.Header == header || channel.DeleteAt != 0 {
		return err
	}
	return p.updateChannel(ctx, channelID, "could not update the channel's header", func(channel *model.Channel) { channel.Header = header })
}

// Join makes our bot a member of the channel.
func (p *Port) Join(ctx context.Context, teamID, channelID string) error {
	if err := jobqueue.CheckLease(ctx); err != nil {
		return err
	}
	// a bot must be in the team before it can be in one of its channels
	if member, appErr := p.api.CreateTeamMember(teamID, p.botID); appErr != nil {
		// the server fails for the later of two who add it at the same moment
		if member, memberErr := p.api.GetTeamMember(teamID, p.botID); memberErr != nil || member == nil || member.DeleteAt != 0 {
			return wrap(appErr, "could not add the bot to the team")
		}
	} else if member == nil {
		return errors.Wrap(errNothing, "could not add the bot to the team")
	}
	member, appErr := p.api.AddChannelMember(channelID, p.botID)
	if appErr != nil || member == nil {
		return wrapOr(appErr, "could not add the bot to the channel")
	}
	return nil
}

// AddMember invites somebody into the channel; domain.ErrNotFound where
// the person is unknown, deactivated or not in the team.
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
	member, appErr := p.api.AddUserToChannel(channelID, userID, p.botID)
	if appErr != nil || member == nil {
		return wrapOr(appErr, "could not add the member")
	}
	return nil
}

// Username answers the @name of somebody; domain.ErrNotFound.
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

// IsUser tells whether a name is a user's: an "@name" of somebody else is just text.
func (p *Port) IsUser(ctx context.Context, username string) (bool, error) {
	return p.records.IsServerUser(ctx, username)
}

// Locale is the language a person chose, as Mattermost spells it ("pt-BR").
func (p *Port) Locale(_ context.Context, userID string) string {
	user, appErr := p.api.GetUser(userID)
	if appErr != nil || user == nil {
		return p.ServerLocale()
	}
	return user.Locale
}

// ServerLocale is the server's default language.
func (p *Port) ServerLocale() string {
	config := p.api.GetConfig()
	if config == nil || config.LocalizationSettings.DefaultServerLocale == nil {
		return ""
	}
	return *config.LocalizationSettings.DefaultServerLocale
}

// SiteURL is the server's public address; "" where the admin set none.
func (p *Port) SiteURL() string {
	config := p.api.GetConfig()
	if config == nil || config.ServiceSettings.SiteURL == nil {
		return ""
	}
	return *config.ServiceSettings.SiteURL
}

// SystemAdmins lists the system admins who are active.
func (p *Port) SystemAdmins(_ context.Context) ([]string, error) {
	users, appErr := p.api.GetUsers(&model.UserGetOptions{Role: model.SystemAdminRoleId, Active: true, PerPage: 200})
	if appErr != nil {
		return nil, wrap(appErr, "could not list the system admins")
	}
	if len(users) == 0 { // a server without one is no server
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

// ChannelTeam answers the team of a channel that is neither archived nor
// direct; domain.ErrNotFound where there is no such channel.
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

// UserByName finds a user by the name behind the @; domain.ErrNotFound.
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

// ChannelByName finds a team's channel by the name behind the ~; domain.ErrNotFound.
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

// Link is the address of a conversation's channel; "" where it has none yet. It
// names the channel by its id, which no hand can change.
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

// Open shows a dialog to the user whose trigger id the request carries.
func (p *Port) Open(_ context.Context, request model.OpenDialogRequest) error {
	return wrap(p.api.OpenInteractiveDialog(request), "could not open the dialog")
}
