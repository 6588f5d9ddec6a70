package channelsync

import (
	"context"
	"slices"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

const (
	// membersBatch is how many gone attendants one run handles, absentBatch how many attended
	// conversations it checks: 100,000 take eight minutes.
	membersBatch = 100
	absentBatch  = 2000
	// membersState is until when invitations were looked for, by the server's clock.
	membersState = "invitations"
	// invitationOverlap is how far back a run looks again, because posts show late in the table.
	invitationOverlap = 30 * time.Second
	// invitationsBack is how far back an invitation is looked for after a long stop.
	invitationsBack = 24 * time.Hour
)

// Members follows who joins and leaves conversations' channels. The server tells one node of
// each, by a hook; Run finds what no hook reported: a user who was deactivated or left the
// team, and hooks that a crash lost.
type Members struct {
	Store    Store
	Channels *posting.Channels
	// Invited and Unassign decide what follows; see service.Service.
	Invited     func(ctx context.Context, actorID, channelID, userID string) error
	Unassign    func(ctx context.Context, conversationID, userID string, attendedAt int64, why string) error
	BotIDs      []string // of the plugin
	WakeNotices func()
	Clock       domain.Clock
	Log         jobqueue.Logger

	place domain.AttendedConversation // where the last run ended; a new process begins again
}

// Joined handles somebody's joining of any channel of the server. actorID is who added them,
// "" where the server does not say; bot whether that is a program.
func (m *Members) Joined(ctx context.Context, channelID, userID, actorID string, bot bool) error {
	ours, err := m.Channels.IsOurs(ctx, channelID)
	if err != nil || !ours || slices.Contains(m.BotIDs, userID) {
		return err
	}
	if actorID != "" && actorID != userID && !bot { // else we added them, or they came by themselves
		if err := m.Invited(ctx, actorID, channelID, userID); err != nil {
			return err
		}
	}
	return m.markSidebar(ctx, channelID, userID)
}

// Left handles somebody's leaving of any channel of the server.
func (m *Members) Left(ctx context.Context, channelID, userID string) error {
	ours, err := m.Channels.IsOurs(ctx, channelID)
	if err != nil || !ours || slices.Contains(m.BotIDs, userID) {
		return err
	}
	left, err := m.Store.AbsentAttendant(ctx, channelID, userID)
	if err != nil {
		return err
	}
	m.unassign(ctx, left, domain.QueuedLeft)
	return m.markSidebar(ctx, channelID, userID)
}

// markSidebar makes the sidebar category due of somebody who serves the conversation.
func (m *Members) markSidebar(ctx context.Context, channelID, userID string) error {
	c, err := m.Store.ConversationByChannel(ctx, channelID)
	if err != nil || c.OwnerID != userID && c.AttendantID != userID {
		return err
	}
	return m.Store.MarkSidebars(ctx, c.TeamID, []string{userID})
}

// Run looks for what no hook reported.
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
		if err := m.Unassign(ctx, s.ID, s.AttendantID, s.AttendedAt, why); err != nil && ctx.Err() == nil {
			m.Log.Warn("Could not give a conversation back to its queue", "conversation", s.ID, "error", err.Error())
		}
	}
}

func (m *Members) applyMissedInvitations(ctx context.Context) error {
	now := time.Now().UnixMilli()
	last, err := m.Store.State(ctx, membersState)
	if err != nil {
		return err
	}
	since := max(last-invitationOverlap.Milliseconds(), now-invitationsBack.Milliseconds())
	if last == 0 {
		since = now - invitationOverlap.Milliseconds()
	}
	missed, err := m.Store.MissedInvitations(ctx, m.BotIDs, since)
	if err != nil {
		return err
	}
	for _, i := range missed {
		if err := m.Invited(ctx, i.ActorID, i.ChannelID, i.UserID); err != nil {
			return err // the next run looks again
		}
	}
	return m.Store.SetState(ctx, membersState, now)
}
