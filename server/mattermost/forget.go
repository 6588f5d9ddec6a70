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

// MayErase tells what the server's settings let us remove for good.
func (p *Port) MayErase() (posts, channels bool) {
	config := p.api.GetConfig()
	if config == nil {
		return false, false
	}
	on := func(setting *bool) bool { return setting != nil && *setting }
	return on(config.ServiceSettings.EnableAPIPostDeletion), on(config.ServiceSettings.EnableAPIChannelDeletion)
}

// ErasePosts removes posts for good, with files, replies and reactions. The
// plugin API cannot: it hides posts. The server's REST API can, for an
// administrator, which the session is that we make for it and end with it.
func (p *Port) ErasePosts(ctx context.Context, postIDs []string) error {
	if len(postIDs) == 0 {
		return nil
	}
	return p.asUser(ctx, p.botID, model.SystemUserRoleId+" "+model.SystemAdminRoleId, func(remove func(path string) error) error {
		for _, id := range postIDs {
			if err := remove("/posts/" + url.PathEscape(id) + "?permanent=true"); err != nil {
				return err
			}
		}
		return nil
	})
}

// EraseChannel removes a channel for good, with its posts; see ErasePosts.
func (p *Port) EraseChannel(ctx context.Context, channelID string) error {
	return p.asUser(ctx, p.botID, model.SystemUserRoleId+" "+model.SystemAdminRoleId, func(remove func(path string) error) error {
		return remove("/channels/" + url.PathEscape(channelID) + "?permanent=true")
	})
}

// DropDraft removes what somebody typed in a channel and did not send. Only they may, so it is done with a session of theirs.
func (p *Port) DropDraft(ctx context.Context, channelID string, d domain.ServerDraft) error {
	return p.asUser(ctx, d.UserID, model.SystemUserRoleId, func(remove func(path string) error) error {
		path := "/users/" + url.PathEscape(d.UserID) + "/channels/" + url.PathEscape(channelID) + "/drafts"
		if d.RootID != "" {
			path += "/" + url.PathEscape(d.RootID)
		}
		return remove(path)
	})
}

// asUser lets do send DELETE requests to the server's REST API with a session
// that ends with it. What is not there is no error.
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
			return errors.New("the server could not be reached to remove something") // the error itself holds an address
		}
		defer func() { _ = response.Body.Close() }()
		if response.StatusCode == http.StatusOK || response.StatusCode == http.StatusNotFound {
			return nil
		}
		return errors.Errorf("the server answered %d when asked to remove something", response.StatusCode)
	})
}

// Nameless takes name, header and purpose off a channel.
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

// Unarchive brings an archived channel back, on any server: an update that says it is not archived does.
func (p *Port) Unarchive(ctx context.Context, channelID string) error {
	now, err := p.records.ServerChannel(ctx, channelID)
	if err != nil || now.DeleteAt == 0 {
		return err
	}
	return p.updateChannel(ctx, channelID, "could not bring the channel back", func(channel *model.Channel) { channel.DeleteAt = 0 })
}

// HidePosts deletes posts as people do, the server's own lines too: nobody sees them, the rows stay.
func (p *Port) HidePosts(_ context.Context, postIDs []string) error {
	for _, id := range postIDs {
		appErr := p.api.DeletePost(id)
		if appErr != nil && appErr.Id == "app.post.get.app_error" { // it went with the post that it answers
			continue
		}
		if err := wrap(appErr, "could not delete a post"); err != nil && !errors.Is(err, domain.ErrNotFound) {
			return err
		}
	}
	return nil
}

// looseFiles is how many files a post may have.
const looseFiles = 10

// HangLoose puts files that somebody uploaded and that are on no post onto notes of theirs: files are removed with their post alone.
func (p *Port) HangLoose(ctx context.Context, channelID, userID string, fileIDs []string) error {
	if userID == model.UploadNoUserID {
		userID = "" // the bot may have them
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
