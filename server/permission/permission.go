package permission

import (
	"context"
	"slices"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// Records are the server's tables.
type Records interface {
	// Standing also gives the roles that somebody has on the whole server.
	Standing(ctx context.Context, userID, teamID, channelID, queueChannelID string) (st domain.Membership, roles string, err error)
	// SpeakerRoles are the roles of an active member in a channel, its team and the server; none of anybody else.
	SpeakerRoles(ctx context.Context, userID, channelID string) ([]string, error)
	// QueuesOf lists the queues whose agent an active user is.
	QueuesOf(ctx context.Context, userID string) ([]*domain.Queue, error)
}

// People is service.People, and who is in which queue. It is safe for concurrent use.
type People struct {
	records Records
	// rolesGrant tells whether one of some roles allows something.
	rolesGrant func(roles []string, permissionID string) bool
}

// New makes People of the server's tables and of the plugin API's RolesGrantPermission.
func New(records Records, rolesGrant func(roles []string, permissionID string) bool) *People {
	return &People{records: records, rolesGrant: rolesGrant}
}

// Membership is how somebody stands to a conversation and its queue (nil = it was removed).
func (p *People) Membership(ctx context.Context, userID string, c *domain.Conversation, queue *domain.Queue) (domain.Membership, error) {
	return p.standing(ctx, userID, c.TeamID, c.ChannelID, queue)
}

// InQueue tells whether somebody is an agent of the queue.
func (p *People) InQueue(ctx context.Context, userID string, queue *domain.Queue) (bool, error) {
	st, err := p.standing(ctx, userID, "", "", queue)
	return st.InQueue(), err
}

// Supervises tells whether somebody is a system admin, or a channel admin of the queue's channel; queue nil = it was removed.
func (p *People) Supervises(ctx context.Context, userID string, queue *domain.Queue) (bool, error) {
	st, err := p.standing(ctx, userID, "", "", queue)
	return st.Supervises(), err
}

// SystemAdmin tells whether an active user may manage the server.
func (p *People) SystemAdmin(ctx context.Context, userID string) (bool, error) {
	st, err := p.standing(ctx, userID, "", "", nil)
	return st.SystemAdmin(), err
}

// MaySpeak tells whether somebody is a member of a channel who may post there.
func (p *People) MaySpeak(ctx context.Context, userID, channelID string) (bool, error) {
	roles, err := p.records.SpeakerRoles(ctx, userID, channelID)
	if err != nil || len(roles) == 0 {
		return false, err
	}
	return p.rolesGrant(roles, model.PermissionCreatePost.Id), nil
}

// Username gives the name of a user, a deactivated one too: what they did
// carries their name. domain.ErrNotFound where there is none.
func (p *People) Username(ctx context.Context, userID string) (string, error) {
	st, _, err := p.records.Standing(ctx, userID, "", "", "")
	if err == nil && st.Username == "" {
		err = domain.ErrNotFound
	}
	return st.Username, err
}

// Person returns what decides whether a user can serve in a team; domain.ErrNotFound where
// there is no such user.
func (p *People) Person(ctx context.Context, userID, teamID string) (domain.User, error) {
	st, _, err := p.records.Standing(ctx, userID, teamID, "", "")
	if err == nil && st.Username == "" {
		err = domain.ErrNotFound
	}
	return domain.User{Username: st.Username, Bot: st.Bot, Deactivated: st.Deactivated, Guest: st.Guest, InTeam: st.InTeam}, err
}

// QueuesOf lists the queues whose agent an active user is.
func (p *People) QueuesOf(ctx context.Context, userID string) ([]*domain.Queue, error) {
	return p.records.QueuesOf(ctx, userID)
}

func (p *People) standing(ctx context.Context, userID, teamID, channelID string, queue *domain.Queue) (domain.Membership, error) {
	room := ""
	if queue != nil {
		room = queue.ChannelID
	}
	st, roles, err := p.records.Standing(ctx, userID, teamID, channelID, room)
	if err != nil || !st.Active() {
		return st, err
	}
	st.Administers = p.administers(strings.Fields(roles))
	return st, nil
}

// administers asks the server where a role of its own may give the permission.
func (p *People) administers(roles []string) bool {
	if slices.Contains(roles, model.SystemAdminRoleId) {
		return true
	}
	custom := slices.ContainsFunc(roles, func(role string) bool { return role != model.SystemUserRoleId && role != model.SystemGuestRoleId })
	return custom && p.rolesGrant(roles, model.PermissionManageSystem.Id)
}
