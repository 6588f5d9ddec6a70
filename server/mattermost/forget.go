package mattermost

import (
	"context"
	"net/http"
	"net/url"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

// MayErase reports whether the server's settings allow the plugin to remove posts and
// channels for good. Both are false if the settings cannot be read.
func (p *Port) MayErase() (posts, channels bool) {
	config := p.api.GetConfig()
	if config == nil {
		return false, false
	}
	on := func(setting *bool) bool { return setting != nil && *setting }
	return on(config.ServiceSettings.EnableAPIPostDeletion), on(config.ServiceSettings.EnableAPIChannelDeletion)
}

// ErasePosts removes posts for good, together with their files, replies and reactions.
// The plugin API cannot do that, because it only hides posts. The server's REST API
// can, but only for an administrator, so the plugin creates an administrator's session
// for the bot and revokes it afterwards. A post that is gone already is not an error.
func (p *Port) ErasePosts(ctx context.Context, postIDs []string) error {
	if len(postIDs) == 0 {
		return nil
	}
	return p.asUser(ctx, p.bots.Plugin, model.SystemUserRoleId+" "+model.SystemAdminRoleId, func(remove func(path string) error) error {
		for _, id := range postIDs {
			if err := remove("/posts/" + url.PathEscape(id) + "?permanent=true"); err != nil {
				return err
			}
		}
		return nil
	})
}

// EraseChannel removes a channel and its posts for good, in the same way as
// ErasePosts.
func (p *Port) EraseChannel(ctx context.Context, channelID string) error {
	return p.asUser(ctx, p.bots.Plugin, model.SystemUserRoleId+" "+model.SystemAdminRoleId, func(remove func(path string) error) error {
		return remove("/channels/" + url.PathEscape(channelID) + "?permanent=true")
	})
}

// DropDraft removes a draft that a user typed in a channel and did not send. Only its
// author may remove a draft, so this uses a session of that user.
func (p *Port) DropDraft(ctx context.Context, channelID string, d domain.ServerDraft) error {
	return p.asUser(ctx, d.UserID, model.SystemUserRoleId, func(remove func(path string) error) error {
		path := "/users/" + url.PathEscape(d.UserID) + "/channels/" + url.PathEscape(channelID) + "/drafts"
		if d.RootID != "" {
			path += "/" + url.PathEscape(d.RootID)
		}
		return remove(path)
	})
}

// asUser calls do with a function that sends DELETE requests to the server's REST API.
// The requests are sent with a session of the user with the given roles, which is
// revoked when do returns. Removing something that does not exist is not an error.
func (p *Port) asUser(ctx context.Context, userID, roles string, do func(remove func(path string) error) error) error {
	address, client, err := p.ownServer()
	if err != nil {
		return err
	}
	session, appErr := p.api.CreateSession(&model.Session{UserId: userID, Roles: roles, ExpiresAt: model.GetMillis() + sessionLife.Milliseconds()})
	if appErr != nil || session == nil {
		return wrapOr(appErr, "could not begin a session to remove something")
	}
	defer func() {
		_ = p.api.RevokeSession(session.Id)
		client.CloseIdleConnections()
	}()
	return do(func(path string) error {
		request, err := http.NewRequestWithContext(ctx, http.MethodDelete, address+"/api/v4"+path, nil)
		if err != nil {
			return errors.New("could not ask the server to remove something")
		}
		request.Header.Set("Authorization", "Bearer "+session.Token)
		response, err := client.Do(request)
		if err != nil {
			return errors.New("the server could not be reached to remove something") // the error itself contains an address
		}
		defer func() { _ = response.Body.Close() }()
		if response.StatusCode == http.StatusOK || response.StatusCode == http.StatusNotFound {
			return nil
		}
		return errors.Errorf("the server answered %d when asked to remove something", response.StatusCode)
	})
}

// Nameless removes the display name, the header and the purpose of a channel, so that
// only its technical name is left. A channel that is gone is not an error.
func (p *Port) Nameless(ctx context.Context, channelID string) error {
	now, err := p.records.ServerChannel(ctx, channelID)
	if errors.Is(err, domain.ErrNotFound) {
		return nil
	} else if err != nil || now.DisplayName == now.Name && now.Header == "" && now.Purpose == "" {
		return err
	}
	return p.updateChannel(ctx, channelID, "could not rename the channel", func(channel *model.Channel) {
		channel.DisplayName, channel.Header, channel.Purpose = channel.Name, "", ""
	})
}

// Unarchive brings an archived channel back on a server of any version: an update with
// DeleteAt set to zero does that even on servers that have no call for it.
func (p *Port) Unarchive(ctx context.Context, channelID string) error {
	now, err := p.records.ServerChannel(ctx, channelID)
	if err != nil || now.DeleteAt == 0 {
		return err
	}
	return p.updateChannel(ctx, channelID, "could not bring the channel back", func(channel *model.Channel) { channel.DeleteAt = 0 })
}

// HidePosts deletes posts as people do, including the server's own system posts:
// nobody sees them any more, but their rows stay in the database. A post that is gone
// already is not an error.
func (p *Port) HidePosts(_ context.Context, postIDs []string) error {
	for _, id := range postIDs {
		appErr := p.api.DeletePost(id)
		if appErr != nil && appErr.Id == "app.post.get.app_error" { // it was deleted together with the post that it replies to
			continue
		}
		if err := wrap(appErr, "could not delete a post"); err != nil && !errors.Is(err, domain.ErrNotFound) {
			return err
		}
	}
	return nil
}

// looseFiles is how many files are put on one post; the server accepts no more.
const looseFiles = 10

// HangLoose attaches files that belong to no post to notes in the channel, written in
// the name of the user who uploaded them. The server removes a file only together with
// its post, so without this the files could not be erased.
func (p *Port) HangLoose(ctx context.Context, channelID, userID string, fileIDs []string) error {
	if userID == model.UploadNoUserID {
		userID = "" // files of nobody may be posted by the bot
	}
	for len(fileIDs) > 0 {
		n := min(len(fileIDs), looseFiles)
		if _, err := p.CreatePost(ctx, posting.Post{ChannelID: channelID, UserID: userID, Type: posting.TypeNote, FileIDs: fileIDs[:n]}); err != nil {
			return err
		}
		fileIDs = fileIDs[n:]
	}
	return nil
}
