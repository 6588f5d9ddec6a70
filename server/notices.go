package main

import (
	"context"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// notices tells people what they did not ask for: admins of trouble,
// supervisors of a plan that is nearly spent, agents of a start that failed
// after they had left the dialog.
type notices struct {
	app  *app
	told func() // wakes who tells them
}

// readers are who is to be told: the queue's supervisors, or the system admins.
// A queue without supervisors is the system admins' business too.
func (n *notices) readers(ctx context.Context, notice *domain.Notice) (userIDs []string, subject string, err error) {
	if notice.UserID != "" {
		return []string{notice.UserID}, "", nil
	}
	if notice.QueueID != "" {
		if userIDs, err = n.supervisors(ctx, notice.QueueID); err != nil || len(userIDs) > 0 {
			return userIDs, "", err
		}
	}
	if notice.AccountID != "" {
		account, err := n.app.store.Account(ctx, notice.AccountID)
		if err != nil && !errors.Is(err, domain.ErrNotFound) {
			return nil, "", err
		}
		if err == nil {
			subject = account.Name
		}
	}
	userIDs, err = n.app.port.SystemAdmins(ctx)
	return userIDs, subject, err
}

// about tells of a conversation; see jobs.Notices.
func (n *notices) about(ctx context.Context, conversationID string) (customer, link, zone string, err error) {
	c, err := n.app.store.Conversation(ctx, conversationID)
	if err != nil {
		return "", "", "", err
	}
	if c.ErasedAt != 0 {
		return "", "", "", domain.ErrNotFound
	}
	queue, err := n.app.store.Queue(ctx, c.QueueID)
	if errors.Is(err, domain.ErrNotFound) { // it was removed since: the plugin's time zone will do
		queue = &domain.Queue{}
	} else if err != nil {
		return "", "", "", err
	}
	return domain.DisplayName(c), n.app.port.Link(ctx, c), queue.TimeZone, nil
}

func (n *notices) supervisors(ctx context.Context, queueID string) ([]string, error) {
	queue, err := n.app.store.Queue(ctx, queueID)
	if errors.Is(err, domain.ErrNotFound) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	members, err := n.app.port.Members(ctx, queue.ChannelID)
	if errors.Is(err, domain.ErrNotFound) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	var userIDs []string
	for _, m := range members {
		if m.Supervisor {
			userIDs = append(userIDs, m.UserID)
		}
	}
	return userIDs, nil
}

// budgetSpent lets the supervisors know that a plan refused a start.
func (n *notices) budgetSpent(ctx context.Context, queueID string) {
	if err := n.app.store.BudgetSpent(ctx, queueID, n.app.clock.Now()); err != nil {
		n.app.plugin.API.LogWarn("Could not note that a plan is spent", "queue", queueID, "error", err.Error())
	}
}

// teamFull lets the admins, and whoever serves, know that a conversation waits
// for its channel: the team has as many as it may have.
func (n *notices) teamFull(ctx context.Context, c *domain.Conversation) {
	now := n.app.clock.Now()
	data := map[string]any{"Team": n.app.port.TeamName(ctx, c.TeamID), "Limit": n.app.port.ChannelLimit()}
	toTell := []*domain.Notice{{Key: "team_full:" + c.TeamID + ":" + time.UnixMilli(now).UTC().Format(time.DateOnly), TextKey: "admin.team_full", Data: data, CreatedAt: now}}
	if c.OwnerID != "" {
		toTell = append(toTell, &domain.Notice{
			Key: "no_channel:" + c.ID, UserID: c.OwnerID, AccountID: c.AccountID, ConversationID: c.ID, TextKey: "notice.no_channel",
			Data: map[string]any{"Team": data["Team"]}, CreatedAt: now,
		})
	}
	for _, notice := range toTell {
		if err := n.app.store.AddNotice(ctx, notice); err != nil {
			n.app.plugin.API.LogWarn("Could not note that a team is full", "team", c.TeamID, "error", err.Error())
		}
	}
}

// startFailed tells the agent of a start that the relay had to give up.
func (n *notices) startFailed(ctx context.Context, s *domain.Send, v whatsapp.Verdict) {
	code := v.Code
	if code == 0 { // none of Meta's: its own 0 says that a token is broken
		code = -1
	}
	key := "notice.start_failed"
	if s.Message.Status == domain.NotSent { // it was ours to refuse
		key = notStarted(s.Message.ReasonCode)
	}
	notice := &domain.Notice{
		Key: "start_failed:" + s.Message.ID, UserID: s.Message.AuthorID, ConversationID: s.Conversation.ID, TextKey: key,
		Data: map[string]any{"Code": code}, CreatedAt: n.app.clock.Now(),
	}
	if err := n.app.store.AddNotice(ctx, notice); err != nil {
		n.app.plugin.API.LogError("An agent could not be told of a failed start", "message", s.Message.ID, "error", err.Error())
		return
	}
	n.told()
}

// notStarted is the text of a start that was stopped while it waited, by the reason.
func notStarted(reason int) string {
	switch reason {
	case domain.ReasonTemplate:
		return "notice.start_template"
	case domain.ReasonStopped:
		return "notice.start_stopped"
	case domain.ReasonBlocked:
		return "notice.start_blocked"
	case domain.ReasonTooOld:
		return "notice.start_too_old"
	default:
		return "notice.start_not_sent"
	}
}
