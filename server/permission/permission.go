package permission

import (
	"context"
	"slices"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// Records reads the server's tables.
type Records interface {
	// Membership returns a user's membership of a team, a channel and a queue's channel, and their roles on the server.
	Membership(ctx context.Context, userID, teamID, channelID, queueChannelID string) (m domain.Membership, roles string, err error)
	// SpeakerRoles returns the roles that an active member of a channel has there, in its team and on the server. Anybody
	// else has none.
	SpeakerRoles(ctx context.Context, userID, channelID string) ([]string, error)
	// QueuesOf returns the queues in which an active user is an agent.
	QueuesOf(ctx context.Context, userID string) ([]*domain.Queue, error)
	// SupervisedQueues returns those of QueuesOf in whose channels the user is a channel admin.
	SupervisedQueues(ctx context.Context, userID string) ([]*domain.Queue, error)
}

// People says what a person is and may do. It implements service.People and is safe for concurrent use.
type People struct {
	records Records
	// rolesGrant reports whether any of the roles has the permission.
	rolesGrant func(roles []string, permissionID string) bool
}

// New returns People that reads the server's tables. rolesGrant is the plugin API's RolesGrantPermission.
func New(records Records, rolesGrant func(roles []string, permissionID string) bool) *People {
	return &People{records: records, rolesGrant: rolesGrant}
}

// Membership returns how a person is related to a conversation and its queue; queue nil = it was removed.
func (p *People) Membership(ctx context.Context, userID string, c *domain.Conversation, queue *domain.Queue) (domain.Membership, error) {
	return p.membership(ctx, userID, c.TeamID, c.ChannelID, queue)
}

// InQueue reports whether a person is an agent of the queue.
func (p *People) InQueue(ctx context.Context, userID string, queue *domain.Queue) (bool, error) {
	m, err := p.membership(ctx, userID, "", "", queue)
	return m.InQueue(), err
}

// Supervises reports whether a person is a system admin or a channel admin of the queue's channel; queue nil = it was removed.
func (p *People) Supervises(ctx context.Context, userID string, queue *domain.Queue) (bool, error) {
	m, err := p.membership(ctx, userID, "", "", queue)
	return m.Supervises(), err
}

// SystemAdmin reports whether an active user may manage the server.
func (p *People) SystemAdmin(ctx context.Context, userID string) (bool, error) {
	m, err := p.membership(ctx, userID, "", "", nil)
	return m.SystemAdmin(), err
}

// MaySpeak reports whether a person is a member of a channel and may post there.
func (p *People) MaySpeak(ctx context.Context, userID, channelID string) (bool, error) {
	roles, err := p.records.SpeakerRoles(ctx, userID, channelID)
	if err != nil || len(roles) == 0 {
		return false, err
	}
	return p.rolesGrant(roles, model.PermissionCreatePost.Id), nil
}

// Username returns a user's name, also of a deactivated user, whose name stays on what they
// did. domain.ErrNotFound if there is no such user.
func (p *People) Username(ctx context.Context, userID string) (string, error) {
	m, _, err := p.records.Membership(ctx, userID, "", "", "")
	if err == nil && m.Username == "" {
		err = domain.ErrNotFound
	}
	return m.Username, err
}

// FullName returns a user's full name, or their user name where they gave none, also of a deactivated
// user; "" if there is no such user.
func (p *People) FullName(ctx context.Context, userID string) (string, error) {
	m, _, err := p.records.Membership(ctx, userID, "", "", "")
	if m.Name == "" {
		return m.Username, err
	}
	return m.Name, err
}

// Person returns what decides whether a user can serve in a team; domain.ErrNotFound if
// there is no such user.
func (p *People) Person(ctx context.Context, userID, teamID string) (domain.User, error) {
	m, _, err := p.records.Membership(ctx, userID, teamID, "", "")
	if err == nil && m.Username == "" {
		err = domain.ErrNotFound
	}
	return domain.User{Username: m.Username, Bot: m.Bot, Deactivated: m.Deactivated, Guest: m.Guest, InTeam: m.InTeam}, err
}

// QueuesOf returns the queues in which an active user is an agent.
func (p *People) QueuesOf(ctx context.Context, userID string) ([]*domain.Queue, error) {
	return p.records.QueuesOf(ctx, userID)
}

// SupervisedQueues returns the queues that an active user supervises as a channel admin. System admins supervise all others too.
func (p *People) SupervisedQueues(ctx context.Context, userID string) ([]*domain.Queue, error) {
	return p.records.SupervisedQueues(ctx, userID)
}

func (p *People) membership(ctx context.Context, userID, teamID, channelID string, queue *domain.Queue) (domain.Membership, error) {
	room := ""
	if queue != nil {
		room = queue.ChannelID
	}
	m, roles, err := p.records.Membership(ctx, userID, teamID, channelID, room)
	if err != nil || !m.Active() {
		return m, err
	}
	m.Administers = p.administers(strings.Fields(roles))
	return m, nil
}

// administers reports whether the roles allow to manage the server. The server is asked only about roles that an
// administrator defined.
func (p *People) administers(roles []string) bool {
	if slices.Contains(roles, model.SystemAdminRoleId) {
		return true
	}
	custom := slices.ContainsFunc(roles, func(role string) bool { return role != model.SystemUserRoleId && role != model.SystemGuestRoleId })
	return custom && p.rolesGrant(roles, model.PermissionManageSystem.Id)
}
