package channelsync

import (
	"context"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

const (
	// membersBatch is how many are looked for in a round, absentBatch how many
	// attended conversations are looked at: 100,000 take eight minutes.
	membersBatch = 100
	absentBatch  = 2000
	// membersFact keeps until when invitations were looked for, the server's clock.
	membersFact = "invitations"
	// invitationOverlap is how much is looked at again: posts show late in the table.
	invitationOverlap = 30 * time.Second
	// invitationsBack is how far back an invitation is looked for after a long stop.
	invitationsBack = 24 * time.Hour
)

// MembersStore finds by the server's own tables what no hook told us.
type MembersStore interface {
	// GoneAttendants lists up to n open conversations whose attendant is deactivated.
	GoneAttendants(ctx context.Context, n int) ([]domain.AttendedConversation, error)
	// AbsentAttendants looks at up to n open conversations behind a place and
	// answers those whose attendant is not in the channel, and the next place.
	AbsentAttendants(ctx context.Context, after domain.AttendedConversation, n int) (found []domain.AttendedConversation, next domain.AttendedConversation, err error)
	AbsentAttendant(ctx context.Context, channelID, userID string) ([]domain.AttendedConversation, error)
	// MissedInvitations lists those since a moment that came later than the conversation's attendant.
	MissedInvitations(ctx context.Context, botID string, since int64) ([]domain.Invitation, error)
	// NoticeGoneOwners leaves a notice for the supervisors of owners who are deactivated, once.
	NoticeGoneOwners(ctx context.Context, now int64) error
	MarkSidebars(ctx context.Context, teamID string, userIDs []string) error
	ConversationByChannel(ctx context.Context, channelID string) (*domain.Conversation, error)
	State(ctx context.Context, name string) (int64, error)
	SetState(ctx context.Context, name string, value int64) error
}

// Members follows who comes into conversations' channels and who goes. The
// server tells one node of each, by a hook; Round finds what no hook told: a
// user who was deactivated or left the team, a hook that a crash took.
type Members struct {
	Store    MembersStore
	Channels *posting.Channels
	Service  interface {
		Invited(ctx context.Context, actorID, channelID, userID string) error
		Unassign(ctx context.Context, id, userID string, attendedAt int64, why string) error
	}
	BotID string
	WakeNotices  func() // wakes the notices
	Clock domain.Clock
	Log   jobqueue.Logger

	place domain.AttendedConversation // where the round before this one ended; a new process begins anew
}

// Joined is told of everybody who comes into any channel of the server. actorID
// is who brought them, "" where the server does not say; bot whether that is a program.
func (m *Members) Joined(ctx context.Context, channelID, userID, actorID string, bot bool) error {
	ours, err := m.Channels.IsOurs(ctx, channelID)
	if err != nil || !ours || userID == m.BotID {
		return err
	}
	if actorID != "" && actorID != userID && !bot { // else ours, or somebody who came by themselves
		if err := m.Service.Invited(ctx, actorID, channelID, userID); err != nil {
			return err
		}
	}
	return m.markSidebar(ctx, channelID, userID)
}

// Left is told of everybody who leaves any channel of the server.
func (m *Members) Left(ctx context.Context, channelID, userID string) error {
	ours, err := m.Channels.IsOurs(ctx, channelID)
	if err != nil || !ours || userID == m.BotID {
		return err
	}
	left, err := m.Store.AbsentAttendant(ctx, channelID, userID)
	if err != nil {
		return err
	}
	m.unassign(ctx, left, domain.QueuedLeft)
	return m.markSidebar(ctx, channelID, userID)
}

// sidebar lets the category of somebody who serves the conversation follow.
func (m *Members) markSidebar(ctx context.Context, channelID, userID string) error {
	c, err := m.Store.ConversationByChannel(ctx, channelID)
	if err != nil || c.OwnerID != userID && c.AttendantID != userID {
		return err
	}
	return m.Store.MarkSidebars(ctx, c.TeamID, []string{userID})
}

// Round looks for what no hook told.
func (m *Members) Run(ctx context.Context) (more bool, err error) {
	gone, err := m.Store.GoneAttendants(ctx, membersBatch)
	if err != nil {
		return false, err
	}
	m.unassign(ctx, gone, domain.QueuedDeactivated)
	absent, next, err := m.Store.AbsentAttendants(ctx, m.place, absentBatch)
	if err != nil {
		return false, err
	}
	m.place = next
	m.unassign(ctx, absent, domain.QueuedLeft)
	if err := m.applyMissedInvitations(ctx); err != nil {
		return false, err
	}
	if err := m.Store.NoticeGoneOwners(ctx, m.Clock.Now()); err != nil {
		return false, err
	}
	m.WakeNotices()
	return false, nil
}

func (m *Members) unassign(ctx context.Context, served []domain.AttendedConversation, why string) {
	for _, s := range served {
		if err := m.Service.Unassign(ctx, s.ID, s.AttendantID, s.AttendedAt, why); err != nil && ctx.Err() == nil {
			m.Log.Warn("Could not give a conversation back to its queue", "conversation", s.ID, "error", err.Error())
		}
	}
}

func (m *Members) applyMissedInvitations(ctx context.Context) error {
	now := time.Now().UnixMilli()
	last, err := m.Store.State(ctx, membersFact)
	if err != nil {
		return err
	}
	since := max(last-invitationOverlap.Milliseconds(), now-invitationsBack.Milliseconds())
	if last == 0 {
		since = now - invitationOverlap.Milliseconds()
	}
	missed, err := m.Store.MissedInvitations(ctx, m.BotID, since)
	if err != nil {
		return err
	}
	for _, i := range missed {
		if err := m.Service.Invited(ctx, i.ActorID, i.ChannelID, i.UserID); err != nil {
			return err // looked for again
		}
	}
	return m.Store.SetState(ctx, membersFact, now)
}
