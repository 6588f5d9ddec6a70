package mattermost

import (
	"context"
	"net/http"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/relay"
)

// EnsureChannel makes the private channel, or finds it where an earlier try made it.
func (p *Port) EnsureChannel(_ context.Context, c relay.Channel) (string, error) {
	created, appErr := p.api.CreateChannel(&model.Channel{
		TeamId: c.TeamID, Type: model.ChannelTypePrivate, Name: c.Name, DisplayName: c.DisplayName, Header: c.Header, CreatorId: p.botID,
	})
	if appErr == nil && created != nil {
		return created.Id, nil
	}
	found, findErr := p.api.GetChannelByName(c.TeamID, c.Name, true)
	if findErr == nil && found != nil {
		return found.Id, nil
	}
	if appErr == nil {
		return "", errors.Wrap(errNothing, "could not create the channel")
	}
	if appErr.Id == "store.sql_channel.save_channel.limit.app_error" {
		return "", relay.ErrTooManyChannels
	}
	return "", wrap(appErr, "could not create the channel")
}

// SetHeader changes a channel's header, if it is another one.
func (p *Port) SetHeader(_ context.Context, channelID, header string) error {
	channel, appErr := p.api.GetChannel(channelID)
	if appErr != nil {
		return wrap(appErr, "could not read the channel")
	}
	if channel == nil {
		return errNothing
	}
	if channel.Header == header || channel.DeleteAt != 0 {
		return nil
	}
	channel.Header = header
	_, appErr = p.api.UpdateChannel(channel)
	return wrap(appErr, "could not update the channel's header")
}

// Join makes our bot a member of the channel.
func (p *Port) Join(_ context.Context, teamID, channelID string) error {
	// a bot must be in the team before it can be in one of its channels
	if _, appErr := p.api.CreateTeamMember(teamID, p.botID); appErr != nil {
		// the server fails for the later of two who add it at the same moment
		if member, memberErr := p.api.GetTeamMember(teamID, p.botID); memberErr != nil || member == nil || member.DeleteAt != 0 {
			return wrap(appErr, "could not add the bot to the team")
		}
	}
	_, appErr := p.api.AddChannelMember(channelID, p.botID)
	return wrap(appErr, "could not add the bot to the channel")
}

// AddMember invites somebody into the channel; conversation.ErrNotFound where
// the person is unknown, deactivated or not in the team.
func (p *Port) AddMember(_ context.Context, teamID, channelID, userID string) error {
	if member, appErr := p.api.GetTeamMember(teamID, userID); appErr != nil || member == nil || member.DeleteAt != 0 {
		if appErr != nil && appErr.StatusCode >= 500 {
			return wrap(appErr, "could not read the team's member")
		}
		return conversation.ErrNotFound
	}
	if user, appErr := p.api.GetUser(userID); appErr != nil || user == nil || user.DeleteAt != 0 || user.IsBot {
		if appErr != nil && appErr.StatusCode >= 500 {
			return wrap(appErr, "could not read the user")
		}
		return conversation.ErrNotFound
	}
	_, appErr := p.api.AddUserToChannel(channelID, userID, p.botID)
	return wrap(appErr, "could not add the member")
}

// Username answers the @name of somebody; conversation.ErrNotFound.
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
func (p *Port) IsUser(_ context.Context, username string) bool {
	user, appErr := p.api.GetUserByUsername(username)
	return appErr == nil && user != nil && user.DeleteAt == 0
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
	ids := make([]string, 0, len(users))
	for _, user := range users {
		if !user.IsBot {
			ids = append(ids, user.Id)
		}
	}
	return ids, nil
}

// ChannelTeam answers the team of a channel that is neither archived nor
// direct; conversation.ErrNotFound where there is no such channel.
func (p *Port) ChannelTeam(_ context.Context, channelID string) (string, error) {
	channel, appErr := p.api.GetChannel(channelID)
	if appErr != nil {
		return "", wrap(appErr, "could not read the channel")
	}
	if channel == nil {
		return "", errNothing
	}
	if channel.DeleteAt != 0 || channel.TeamId == "" {
		return "", conversation.ErrNotFound
	}
	return channel.TeamId, nil
}

// UserByName finds a user by the name behind the @; conversation.ErrNotFound.
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

// ChannelByName finds a team's channel by the name behind the ~; conversation.ErrNotFound.
func (p *Port) ChannelByName(_ context.Context, teamID, name string) (string, error) {
	channel, appErr := p.api.GetChannelByName(teamID, name, false)
	if appErr != nil {
		return "", wrap(appErr, "could not find the channel")
	}
	if channel == nil {
		return "", errNothing
	}
	return channel.Id, nil
}

// Link is the address of a conversation's channel; "" where it has none yet.
func (p *Port) Link(_ context.Context, c *conversation.Conversation) string {
	if c.ChannelID == "" {
		return ""
	}
	team, appErr := p.api.GetTeam(c.TeamID)
	if appErr != nil || team == nil {
		return ""
	}
	return p.SiteURL() + "/" + team.Name + "/channels/wa-" + c.ID
}

// Open shows a dialog to the user whose trigger id the request carries.
func (p *Port) Open(_ context.Context, request model.OpenDialogRequest) error {
	return wrap(p.api.OpenInteractiveDialog(request), "could not open the dialog")
}

// Forget deletes what was written in a channel, takes the name off it and
// archives it. It may be repeated.
func (p *Port) Forget(_ context.Context, channelID string) error {
	channel, appErr := p.api.GetChannel(channelID)
	if appErr != nil {
		if err := wrap(appErr, "could not read the channel"); !errors.Is(err, conversation.ErrNotFound) {
			return err
		}
		return nil
	}
	if channel == nil {
		return errNothing
	}
	if channel.DeleteAt != 0 {
		if channel.DisplayName == channel.Name {
			return nil // done
		}
		// the server deletes no post of an archived channel; an update that says it is none brings it back
		channel.DeleteAt = 0
		if _, appErr := p.api.UpdateChannel(channel); appErr != nil {
			return wrap(appErr, "could not bring the channel back")
		}
	}
	for page := 0; ; {
		list, appErr := p.api.GetPostsForChannel(channelID, page, forgetBatch)
		if appErr != nil {
			return wrap(appErr, "could not read the channel's posts")
		}
		if list == nil {
			return errNothing
		}
		deleted := false
		for _, post := range list.Posts {
			if post.DeleteAt != 0 || post.IsSystemMessage() {
				continue
			}
			if appErr := p.api.DeletePost(post.Id); appErr != nil && appErr.StatusCode != http.StatusNotFound {
				return wrap(appErr, "could not delete a post")
			}
			deleted = true
		}
		if len(list.Order) < forgetBatch {
			break
		}
		if !deleted { // else what was on the next page is on this one now
			page++
		}
	}
	channel.DisplayName, channel.Header = channel.Name, ""
	if _, appErr := p.api.UpdateChannel(channel); appErr != nil {
		return wrap(appErr, "could not rename the channel")
	}
	return wrap(p.api.DeleteChannel(channelID), "could not archive the channel")
}

// forgetBatch is how many posts are read at a time.
const forgetBatch = 200
