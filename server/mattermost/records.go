package mattermost

import (
	"context"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

// Records are the server's own tables. The plugin API answers many questions
// from a cache, and a node without a licence does not hear of what another
// changed. So whatever decides is read here; the API is what changes things.
type Records interface {
	// ServerPost reads a post, a deleted one too; domain.ErrNotFound.
	ServerPost(ctx context.Context, id string) (*model.Post, error)
	// FindServerPost finds the first post of a user by a property, a deleted one too; domain.ErrNotFound.
	FindServerPost(ctx context.Context, channelID, userID string, since int64, prop, value string) (string, error)
	// MissedServerPosts are the posts of people that no message knows, in their order.
	MissedServerPosts(ctx context.Context, channelID, botID string, since, until int64) ([]*model.Post, error)
	ServerReactions(ctx context.Context, postID string) ([]*model.Reaction, error)
	// ServerChannel reads a channel, an archived one too; domain.ErrNotFound.
	ServerChannel(ctx context.Context, id string) (*model.Channel, error)
	ServerChannelByName(ctx context.Context, teamID, name string) (*model.Channel, error)
	ServerMember(ctx context.Context, channelID, userID string) (bool, error)
	// MayJoinServer tells whether somebody is an active person of a team.
	MayJoinServer(ctx context.Context, teamID, userID string) (bool, error)
	ServerMembers(ctx context.Context, channelID string, n int) ([]domain.Member, error)
	ServerMayRead(ctx context.Context, channelID, userID string) (bool, error)
	IsServerUser(ctx context.Context, username string) (bool, error)
	// StandingPost answers which post stands for a key: the first that was named.
	StandingPost(ctx context.Context, key, postID string) (string, error)
}

// standing reads a post that nobody deleted; domain.ErrNotFound.
func (p *Port) standing(ctx context.Context, postID string) (*model.Post, error) {
	post, err := p.records.ServerPost(ctx, postID)
	if err == nil && post.DeleteAt != 0 {
		err = domain.ErrNotFound
	}
	return post, err
}

// AgreeOnPost makes one of several posts stand: the first that any process named; see
// posting.Poster. The one that was made and does not stand is deleted.
func (p *Port) AgreeOnPost(ctx context.Context, key, postID string) (string, error) {
	stands, err := p.records.StandingPost(ctx, key, postID)
	if err != nil || stands == postID {
		return stands, err
	}
	if _, err := p.standing(ctx, postID); errors.Is(err, domain.ErrNotFound) {
		return stands, nil
	} else if err != nil {
		return "", err
	}
	if appErr := p.api.DeletePost(postID); appErr != nil {
		return "", wrap(appErr, "could not take a post back")
	}
	if _, err := p.standing(ctx, postID); err == nil {
		return "", errors.Wrap(errNothing, "could not take a post back")
	} else if !errors.Is(err, domain.ErrNotFound) {
		return "", err
	}
	return stands, nil
}

// update changes a post. What the server says the post is now is what counts:
// the API's client gives nothing, and no error, where the call broke. The seal
// tells our own hook that the change is ours: a missing session does not, since
// scheduled posts and other plugins have none either.
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

// updateChannel changes a channel that is there. The change is made on what the
// tables say: the server would write back whatever its cache remembers.
func (p *Port) updateChannel(ctx context.Context, channelID, doing string, change func(channel *model.Channel)) error {
	now, err := p.records.ServerChannel(ctx, channelID)
	if err != nil {
		return err
	}
	channel, appErr := p.api.GetChannel(channelID) // for what newer servers keep beside it
	if appErr != nil {
		return wrap(appErr, doing)
	}
	if channel == nil {
		return errors.Wrap(errNothing, doing)
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
