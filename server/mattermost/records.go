package mattermost

import (
	"context"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

// Records reads the server's own tables. The plugin API answers many questions from a
// cache, and a node without a licence is not notified of what another node changed.
// Everything that a decision depends on is therefore read here, and the API is used
// only to change things.
type Records interface {
	// ServerPost returns a post, even a deleted one. It returns domain.ErrNotFound if
	// there is none.
	ServerPost(ctx context.Context, id string) (*model.Post, error)
	// FindServerPost returns the id of the first post of one of the users, deleted or not,
	// that has the given value in a property. It returns domain.ErrNotFound if there is none.
	FindServerPost(ctx context.Context, channelID string, userIDs []string, since int64, prop, value string) (string, error)
	// SecondServerPosts returns the ids of the posts beside a post that have its author,
	// its channel and its value of a property.
	SecondServerPosts(ctx context.Context, postID, prop string) ([]string, error)
	// MissedServerPosts returns the posts of people that no message refers to, oldest
	// first.
	MissedServerPosts(ctx context.Context, channelID string, botIDs []string, since, until int64) ([]*model.Post, error)
	// ServerReactions returns the reactions to a post, oldest first, without those that
	// were removed.
	ServerReactions(ctx context.Context, postID string) ([]*model.Reaction, error)
	// ServerChannel returns a channel, even an archived one. It returns
	// domain.ErrNotFound if there is none.
	ServerChannel(ctx context.Context, id string) (*model.Channel, error)
	// ServerChannelByName is like ServerChannel, but finds the channel by its team and
	// name.
	ServerChannelByName(ctx context.Context, teamID, name string) (*model.Channel, error)
	// ServerMember reports whether a user is a member of a channel.
	ServerMember(ctx context.Context, channelID, userID string) (bool, error)
	// MayJoinServer reports whether a user is an active person, and not a bot, in a
	// team.
	MayJoinServer(ctx context.Context, teamID, userID string) (bool, error)
	// ServerMembers returns up to n people in a channel, ordered by username, without
	// bots and deactivated users.
	ServerMembers(ctx context.Context, channelID string, n int) ([]domain.Member, error)
	// ServerMayRead reports whether a user may read a channel: as its member, as a member
	// of its team if the channel is public, or as a system administrator.
	ServerMayRead(ctx context.Context, channelID, userID string) (bool, error)
	// IsServerUser reports whether an active user has the username.
	IsServerUser(ctx context.Context, username string) (bool, error)
	// StandingPost returns the id of the post that was chosen for a key. The first
	// post that any process proposes is chosen.
	StandingPost(ctx context.Context, key, postID string) (string, error)
}

// standing returns a post that is not deleted. It returns domain.ErrNotFound if the
// post is gone.
func (p *Port) standing(ctx context.Context, postID string) (*model.Post, error) {
	post, err := p.records.ServerPost(ctx, postID)
	if err == nil && post.DeleteAt != 0 {
		err = domain.ErrNotFound
	}
	return post, err
}

// AgreeOnPost makes all processes agree on one post where several of them may have
// created the same one: the first post that any process proposed for the key is kept.
// It returns that post's id. If it is another one than postID, postID is deleted. See
// posting.Poster.
func (p *Port) AgreeOnPost(ctx context.Context, key, postID string) (string, error) {
	stands, err := p.records.StandingPost(ctx, key, postID)
	if err != nil || stands == postID {
		return stands, err
	}
	return stands, p.takeBack(ctx, postID)
}

// takeBack deletes a post of ours. A post that is gone already is no error.
func (p *Port) takeBack(ctx context.Context, postID string) error {
	if _, err := p.standing(ctx, postID); errors.Is(err, domain.ErrNotFound) {
		return nil
	} else if err != nil {
		return err
	}
	if appErr := p.api.DeletePost(postID); appErr != nil {
		return wrap(appErr, "could not take a post back")
	}
	if _, err := p.standing(ctx, postID); err == nil {
		return errors.Wrap(errNothing, "could not take a post back")
	} else if !errors.Is(err, domain.ErrNotFound) {
		return err
	}
	return nil
}

// RemoveSeconds deletes the posts that are the same as the one that was agreed on for a
// key: those of a process that died before it could agree.
func (p *Port) RemoveSeconds(ctx context.Context, key, postID string) error {
	post, err := p.records.ServerPost(ctx, postID)
	if errors.Is(err, domain.ErrNotFound) {
		return nil
	} else if err != nil {
		return err
	}
	prop := agreedOnBy(key, post)
	if prop == "" {
		return nil
	}
	seconds, err := p.records.SecondServerPosts(ctx, postID, prop)
	if err != nil {
		return err
	}
	for _, id := range seconds {
		if err := p.takeBack(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// agreedOnBy returns the property by which processes agreed on a post under a key; "" =
// the key is another post's.
func agreedOnBy(key string, post *model.Post) string {
	for prop := range post.GetProps() {
		value, _ := post.GetProp(prop).(string)
		for _, author := range []string{"", post.UserId} { // the key of a bot's post names no author
			if posting.PostKey(post.ChannelId, author, prop, value) == key {
				return prop
			}
		}
	}
	return ""
}

// update changes a post and returns what the server says the post is now. Only that
// counts, because the plugin API's client returns neither a post nor an error if the
// call itself failed. The seal tells the plugin's own hook that the plugin makes the
// change. The absence of a session does not tell it, because scheduled posts and other
// plugins have no session either.
func (p *Port) update(ctx context.Context, post *model.Post, doing string) (*model.Post, error) {
	if err := jobqueue.CheckLease(ctx); err != nil {
		return nil, err
	}
	post.AddProp(posting.PropSeal, p.seals.SealChange(post.Id, post.GetProps()))
	updated, appErr := p.api.UpdatePost(post)
	switch {
	case appErr != nil:
		return nil, wrap(appErr, doing)
	case updated == nil || updated.Id != post.Id:
		return nil, errors.Wrap(errNothing, doing)
	}
	return updated, nil
}

// updateChannel changes an existing channel. It applies the change to what the
// database says about the channel, because the server would otherwise write back
// whatever its cache remembers. It returns domain.ErrNotFound if there is no such
// channel.
func (p *Port) updateChannel(ctx context.Context, channelID, doing string, change func(channel *model.Channel)) error {
	channel, appErr := p.api.GetChannel(channelID) // for the fields that only newer servers have
	if appErr != nil {
		return wrap(appErr, doing)
	}
	if channel == nil {
		return errors.Wrap(errNothing, doing)
	}
	now, err := p.records.ServerChannel(ctx, channelID) // read last: what a person changes from here on is written over
	if err != nil {
		return err
	}
	channel = channel.DeepCopy()
	channel.TeamId, channel.Type, channel.Name, channel.DisplayName = now.TeamId, now.Type, now.Name, now.DisplayName
	channel.Header, channel.Purpose, channel.CreatorId, channel.DeleteAt = now.Header, now.Purpose, now.CreatorId, now.DeleteAt
	channel.LastPostAt, channel.TotalMsgCount = now.LastPostAt, now.TotalMsgCount
	channel.LastRootPostAt, channel.TotalMsgCountRoot = now.LastRootPostAt, now.TotalMsgCountRoot
	change(channel)
	if err := jobqueue.CheckLease(ctx); err != nil {
		return err
	}
	updated, appErr := p.api.UpdateChannel(channel)
	switch {
	case appErr != nil:
		return wrap(appErr, doing)
	case updated == nil || updated.Id != channelID:
		return errors.Wrap(errNothing, doing)
	}
	return nil
}
