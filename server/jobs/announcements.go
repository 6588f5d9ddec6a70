package jobs

import (
	"context"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// Announcements stores notices about events for the people concerned; Notices sends
// them. If a notice cannot be stored, that is only logged, because the event itself
// must not fail for it.
type Announcements struct {
	AddNotice func(ctx context.Context, notice *domain.Notice) error
	// NoteBudgetSpent stores the notice that a queue's plan refused a start, once a month.
	NoteBudgetSpent func(ctx context.Context, queueID string, now int64) error
	// Conversation returns the conversation that owns a channel.
	Conversation func(ctx context.Context, channelID string) (*domain.Conversation, error)
	TeamName     func(ctx context.Context, teamID string) string
	ChannelLimit func() int // how many channels a team may have
	WakeNotices  func()
	NewID        func() string
	Clock        domain.Clock
	Log          jobqueue.Logger
}

// BudgetSpent tells the supervisors of a queue that its plan refused a start.
func (a *Announcements) BudgetSpent(ctx context.Context, queueID string) {
	if err := a.NoteBudgetSpent(ctx, queueID, a.Clock.Now()); err != nil {
		a.Log.Warn("Could not note that a plan is spent", "queue", queueID, "error", err.Error())
	}
}

// TeamFull tells the system admins, once a day, that a team has as many channels as it may
// have, and tells the owner of the conversation that it waits for its channel.
func (a *Announcements) TeamFull(ctx context.Context, c *domain.Conversation) {
	now := a.Clock.Now()
	data := map[string]any{"Team": a.TeamName(ctx, c.TeamID), "Limit": a.ChannelLimit()}
	notices := []*domain.Notice{{Key: "team_full:" + c.TeamID + ":" + time.UnixMilli(now).UTC().Format(time.DateOnly), TextKey: "admin.team_full", Data: data, CreatedAt: now}}
	if c.OwnerID != "" {
		notices = append(notices, &domain.Notice{
			Key: "no_channel:" + c.ID, UserID: c.OwnerID, AccountID: c.AccountID, ConversationID: c.ID, TextKey: "notice.no_channel",
			Data: map[string]any{"Team": data["Team"]}, CreatedAt: now,
		})
	}
	for _, notice := range notices {
		if err := a.AddNotice(ctx, notice); err != nil {
			a.Log.Warn("Could not note that a team is full", "team", c.TeamID, "error", err.Error())
		}
	}
}

// StartFailed tells an agent that a start failed after they had closed its dialog.
func (a *Announcements) StartFailed(ctx context.Context, s *domain.Send, v whatsapp.Verdict) {
	code := v.Code
	if code == 0 { // it was no error of Meta's, whose own 0 means a broken token
		code = -1
	}
	key := "notice.start_failed"
	if s.Message.Status == domain.NotSent { // we refused it, not Meta
		texts, _ := domain.TextsOf(s.Message.ReasonCode)
		key = texts.Start
	}
	notice := &domain.Notice{
		Key: "start_failed:" + s.Message.ID, UserID: s.Message.AuthorID, ConversationID: s.Conversation.ID, TextKey: key,
		Data: map[string]any{"Code": code}, CreatedAt: a.Clock.Now(),
	}
	if err := a.AddNotice(ctx, notice); err != nil {
		a.Log.Error("An agent could not be told of a failed start", "message", s.Message.ID, "error", err.Error())
		return
	}
	a.WakeNotices()
}

// PostRefused tells somebody that a post of theirs was refused that they had put off, and why, in their language.
func (a *Announcements) PostRefused(ctx context.Context, channelID, userID, why string) {
	c, err := a.Conversation(ctx, channelID)
	if err == nil {
		err = a.AddNotice(ctx, &domain.Notice{
			Key: "refused_post:" + a.NewID(), UserID: userID, ConversationID: c.ID, TextKey: "post.refused_then", Data: map[string]any{"Why": why}, CreatedAt: a.Clock.Now(),
		})
	}
	if err != nil {
		a.Log.Warn("Could not tell the author of a refused post", "channel", channelID, "error", err.Error())
		return
	}
	a.WakeNotices()
}
