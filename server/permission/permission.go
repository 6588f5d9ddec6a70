// Package permission answers who somebody is, from Mattermost, for everything
// that asks before it acts.
//
// The boundary: Mattermost alone knows users, channel members and roles, and is
// asked each time, without a cache: who leaves a channel or loses a role loses
// what it gave with the next click. This package turns its answers into the
// three questions of conversation.People. It takes no decision of its own about
// a conversation (who may see or do what is the service's), and the lock that
// keeps messages from leaving is the relay's.
//
// "No" and "could not check" are two answers. No is false without an error: the
// user does not exist, is deactivated, is a bot, is not in the channel, has not
// the role. Where Mattermost gave no answer there is an error, which a caller
// reports as unavailable: neither a refusal nor a consent.
package permission

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
)

// Directory is what Mattermost tells of people; the plugin API is one.
type Directory interface {
	GetUser(userID string) (*model.User, *model.AppError)
	GetChannelMember(channelID, userID string) (*model.ChannelMember, *model.AppError)
	GetTeamMember(teamID, userID string) (*model.TeamMember, *model.AppError)
	HasPermissionTo(userID string, permission *model.Permission) bool
}

// QueueLister lists all queues.
type QueueLister interface {
	Queues(ctx context.Context) ([]*conversation.Queue, error)
}

// People is conversation.People, and who is in which queue. It is safe for concurrent use.
type People struct {
	directory Directory
	queues    QueueLister
}

var _ conversation.People = (*People)(nil)

// New makes People of what Mattermost tells and of the list of queues.
func New(directory Directory, queues QueueLister) *People {
	return &People{directory: directory, queues: queues}
}

// InQueue tells whether an active user is a member of the queue's channel;
// nobody is in a queue that was removed (nil).
func (p *People) InQueue(_ context.Context, userID string, queue *conversation.Queue) (bool, error) {
	if queue == nil {
		return false, nil
	}
	user, err := p.somebody(userID)
	if user == nil || err != nil {
		return false, err
	}
	member, err := p.member(queue.ChannelID, userID)
	return member != nil, err
}

// Supervises tells whether an active user is a system admin, or a channel admin
// of the queue's channel, if it was not removed (nil).
func (p *People) Supervises(_ context.Context, userID string, queue *conversation.Queue) (bool, error) {
	user, err := p.somebody(userID)
	if user == nil || err != nil {
		return false, err
	}
	if admin, err := p.administers(user); admin || err != nil || queue == nil {
		return admin, err
	}
	member, err := p.member(queue.ChannelID, userID)
	if member == nil || err != nil {
		return false, err
	}
	// The channel's scheme gives the role without naming it; without a scheme it is named.
	return member.SchemeAdmin || slices.Contains(strings.Fields(member.Roles), model.ChannelAdminRoleId), nil
}

// SystemAdmin tells whether an active user may manage the server.
func (p *People) SystemAdmin(_ context.Context, userID string) (bool, error) {
	user, err := p.somebody(userID)
	if user == nil || err != nil {
		return false, err
	}
	return p.administers(user)
}

// Username gives the name of a user, a deactivated one too: what they did
// carries their name. ErrNotFound (conversation) where there is none.
func (p *People) Username(_ context.Context, userID string) (string, error) {
	user, err := p.user(userID)
	if err != nil {
		return "", err
	}
	if user == nil {
		return "", conversation.ErrNotFound
	}
	return user.Username, nil
}

// Person tells what decides whether a user can serve in a team. ErrNotFound
// (conversation) where there is no such user.
func (p *People) Person(_ context.Context, userID, teamID string) (conversation.Person, error) {
	user, err := p.user(userID)
	if err != nil {
		return conversation.Person{}, err
	}
	if user == nil {
		return conversation.Person{}, conversation.ErrNotFound
	}
	person := conversation.Person{Username: user.Username, Bot: user.IsBot, Deactivated: user.DeleteAt != 0}
	member, appErr := p.directory.GetTeamMember(teamID, userID)
	if appErr != nil {
		return person, unlessAbsent(appErr, "read the team member")
	}
	if member == nil {
		return person, errors.New("read the team member: no answer")
	}
	person.InTeam = member.DeleteAt == 0
	return person, nil
}

// Queues lists the queues in whose channel an active user is.
func (p *People) Queues(ctx context.Context, userID string) ([]*conversation.Queue, error) {
	user, err := p.somebody(userID)
	if user == nil || err != nil {
		return nil, err
	}
	all, err := p.queues.Queues(ctx)
	if err != nil {
		return nil, errors.Wrap(err, "list the queues")
	}
	var mine []*conversation.Queue
	for _, queue := range all {
		member, err := p.member(queue.ChannelID, userID)
		if err != nil {
			return nil, err
		}
		if member != nil {
			mine = append(mine, queue)
		}
	}
	return mine, nil
}

// somebody is the user who may act: nil for who is deactivated, a bot, or nobody.
func (p *People) somebody(userID string) (*model.User, error) {
	user, err := p.user(userID)
	if err != nil || user == nil || user.DeleteAt != 0 || user.IsBot {
		return nil, err
	}
	return user, nil
}

// user is nil, without an error, where there is none.
func (p *People) user(userID string) (*model.User, error) {
	if !model.IsValidId(userID) {
		return nil, nil // nobody is an answer
	}
	user, appErr := p.directory.GetUser(userID)
	if appErr != nil {
		return nil, unlessAbsent(appErr, "read the user")
	}
	if user == nil { // what a broken connection to the server gives
		return nil, errors.New("read the user: no answer")
	}
	return user, nil
}

// member is nil, without an error, for who is not in the channel.
func (p *People) member(channelID, userID string) (*model.ChannelMember, error) {
	if !model.IsValidId(channelID) {
		return nil, nil // no channel has no members
	}
	member, appErr := p.directory.GetChannelMember(channelID, userID)
	if appErr != nil {
		return nil, unlessAbsent(appErr, "read the channel member")
	}
	if member == nil {
		return nil, errors.New("read the channel member: no answer")
	}
	return member, nil
}

// administers asks for the permission, because a custom role may give it. A
// broken connection answers "no" here, which the user's own role shows to be no answer.
func (p *People) administers(user *model.User) (bool, error) {
	if p.directory.HasPermissionTo(user.Id, model.PermissionManageSystem) {
		return true, nil
	}
	if user.IsSystemAdmin() {
		return false, errors.New("check the permission: no answer")
	}
	return false, nil
}

// unlessAbsent is nil where the server says that there is no such thing.
func unlessAbsent(appErr *model.AppError, doing string) error {
	if appErr.StatusCode == http.StatusNotFound {
		return nil
	}
	return errors.Wrap(appErr, doing)
}
