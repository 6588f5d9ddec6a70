package inbound

import (
	"context"
	"strings"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// account stores what Meta reports about a number or its business account, and
// tells the administrators.
func (c *ChangeHandler) account(ctx context.Context, job jobqueue.Job, item whatsapp.Item) (jobqueue.Outcome, error) {
	update, err := item.AccountUpdate()
	if err != nil {
		return jobqueue.Dead(err.Error()), nil
	}
	accounts, err := c.Store.AccountsByWABA(ctx, item.WABAID)
	if err != nil {
		return jobqueue.Outcome{}, err
	}
	for _, account := range accounts {
		if !concerns(update, account) {
			continue
		}
		if err := c.Store.SaveNumberNews(ctx, account.ID, qualityOf(update), update.CurrentLimit, restrictionOf(update), c.changedAt(item)); err != nil {
			return jobqueue.Outcome{}, err
		}
		details := strings.Join(present(update.Reason, update.Decision, update.CurrentLimit, update.BanState, update.Violation, restrictionOf(update)), ", ")
		if err := c.Store.AddNotice(ctx, &domain.Notice{
			Key: "update:" + account.ID + ":" + job.Key, AccountID: account.ID, TextKey: "admin.account_update", CreatedAt: c.Clock.Now(),
			Data: map[string]any{"Field": update.Field, "Event": update.Event, "Reason": details},
		}); err != nil {
			return jobqueue.Outcome{}, err
		}
	}
	c.WakeNotices()
	return jobqueue.Done(), nil
}

// concerns reports whether news of a business account is about a certain number. Some
// news names one number; all other news concerns all of them.
func concerns(update *whatsapp.AccountUpdate, account *domain.Account) bool {
	if !strings.HasPrefix(update.Field, "phone_number_") || update.DisplayPhone == "" || account.DisplayPhone == "" {
		return true
	}
	return domain.Digits(update.DisplayPhone) == domain.Digits(account.DisplayPhone)
}

// qualityOf returns the quality rating that an event stands for; "" = it says nothing about it.
func qualityOf(update *whatsapp.AccountUpdate) string {
	switch {
	case update.Field != "phone_number_quality_update":
		return ""
	case update.Event == "FLAGGED":
		return "RED"
	case update.Event == "UNFLAGGED":
		return "GREEN"
	default:
		return ""
	}
}

// restrictionOf returns what Meta restricts now, in Meta's words; "" = the event says
// nothing about it, "-" = it lifts a restriction.
func restrictionOf(update *whatsapp.AccountUpdate) string {
	switch update.Event {
	case "ACCOUNT_RESTRICTION", "ACCOUNT_VIOLATION", "DISABLED_UPDATE", "ACCOUNT_DELETED":
		if update.BanState == "REINSTATE" {
			return "-"
		}
		words := []string{update.Event, update.BanState, update.Violation}
		for _, r := range update.Restrictions {
			until := ""
			if r.Expiration > 0 {
				until = time.UnixMilli(r.Expiration).UTC().Format(time.RFC3339)
			}
			words = append(words, strings.Join(present(r.Type, until), " "))
		}
		return strings.Join(present(words...), ", ")
	case "VERIFIED_ACCOUNT", "REINSTATED", "ACCOUNT_RECONNECTED":
		return "-"
	default:
		return ""
	}
}

// present returns the words without those that are empty or "-".
func present(words ...string) []string {
	var kept []string
	for _, w := range words {
		if w != "" && w != "-" {
			kept = append(kept, w)
		}
	}
	return kept
}
