package host

import (
	"context"
	"net/http"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
)

// context of a hook that a person's client caused.
func (p Person) context() *plugin.Context {
	return &plugin.Context{SessionId: p.node.server.sessionOf(p.UserID)}
}

// may reports what keeps a person from acting in a channel; nil = nothing.
func (p Person) may(channelID string) *model.AppError {
	user := p.node.server.user("id", p.UserID)
	if user == nil || user.DeleteAt != 0 {
		return refused("Person", "api.context.session_expired.app_error", http.StatusUnauthorized)
	}
	if !p.node.server.isMember(channelID, p.UserID) {
		return refused("Person", "api.context.permissions.app_error", http.StatusForbidden)
	}
	return nil
}

func (p Person) post(_ context.Context, post NewPost) (*model.Post, *model.AppError) {
	if appErr := p.may(post.ChannelID); appErr != nil {
		return nil, appErr
	}
	return p.node.createPost(p.context(), &model.Post{
		UserId: p.UserID, ChannelId: post.ChannelID, RootId: post.RootID, Message: post.Message, Type: post.Type, FileIds: post.FileIDs, Props: post.Props,
	})
}

func (p Person) editPost(_ context.Context, postID, message string) *model.AppError {
	post := p.node.server.post(postID)
	if post == nil {
		return notFound("EditPost")
	}
	if appErr := p.may(post.ChannelId); appErr != nil {
		return appErr
	}
	if post.UserId != p.UserID {
		return refused("EditPost", "api.context.permissions.app_error", http.StatusForbidden)
	}
	post.Message = message
	_, appErr := p.node.updatePost(p.context(), post)
	return appErr
}

func (p Person) deletePost(_ context.Context, postID string) *model.AppError {
	post := p.node.server.post(postID)
	if post == nil {
		return notFound("DeletePost")
	}
	if appErr := p.may(post.ChannelId); appErr != nil {
		return appErr
	}
	if user := p.node.server.user("id", p.UserID); post.UserId != p.UserID && !user.IsSystemAdmin() {
		return refused("DeletePost", "api.context.permissions.app_error", http.StatusForbidden)
	}
	return p.node.deletePost(postID, p.UserID)
}

func (p Person) react(_ context.Context, postID, emoji string, remove bool) *model.AppError {
	post := p.node.server.post(postID)
	if post == nil {
		return notFound("React")
	}
	if appErr := p.may(post.ChannelId); appErr != nil {
		return appErr
	}
	_, appErr := p.node.react(&model.Reaction{UserId: p.UserID, PostId: postID, EmojiName: emoji}, remove)
	return appErr
}

func (p Person) addMember(_ context.Context, channelID, userID string) *model.AppError {
	if appErr := p.may(channelID); appErr != nil {
		return appErr
	}
	_, appErr := p.node.addMember(p.context(), channelID, userID, p.UserID)
	return appErr
}

func (p Person) removeMember(_ context.Context, channelID, userID string) *model.AppError {
	if appErr := p.may(channelID); appErr != nil {
		return appErr
	}
	return p.node.removeMember(channelID, userID, p.UserID)
}

func (p Person) archiveChannel(_ context.Context, channelID string, back bool) *model.AppError {
	if appErr := p.may(channelID); appErr != nil {
		return appErr
	}
	channel := p.node.server.channel(channelID)
	if channel == nil || (channel.DeleteAt != 0) != back {
		return notFound("ArchiveChannel")
	}
	if back {
		return p.node.archive(channelID, 0)
	}
	if hooks := p.node.hooks(); hooks != nil && p.node.server.newer(7) {
		if rejection := hooks.ChannelWillBeArchived(p.context(), channel); rejection != "" {
			return refused("ArchiveChannel", "a plugin refused it: "+rejection, http.StatusBadRequest)
		}
	}
	return p.node.archive(channelID, millis())
}

func (p Person) changeChannel(_ context.Context, channelID, name, displayName, header string, kind model.ChannelType) *model.AppError {
	if appErr := p.may(channelID); appErr != nil {
		return appErr
	}
	old := p.node.server.channel(channelID)
	if old == nil || old.DeleteAt != 0 {
		return notFound("ChangeChannel")
	}
	changed := old.DeepCopy()
	for _, field := range []struct {
		into  *string
		value string
	}{{&changed.Name, name}, {&changed.DisplayName, displayName}, {&changed.Header, header}} {
		if field.value != "" {
			*field.into = field.value
		}
	}
	if kind != "" {
		changed.Type = kind
	}
	if hooks := p.node.hooks(); hooks != nil && p.node.server.newer(9) {
		if _, rejection := hooks.ChannelWillBeUpdated(p.context(), changed.DeepCopy(), old.DeepCopy()); rejection != "" {
			return refused("ChangeChannel", "a plugin refused it: "+rejection, http.StatusBadRequest)
		}
	}
	changed.UpdateAt = millis()
	appErr := p.node.server.writeChannel(changed, false)
	p.node.changed(channelID)
	return appErr
}
