package main

import (
	"context"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/mattermost"
)

const (
	// keepFinished is how long finished jobs stay: longer than Meta sends a delivery again.
	keepFinished = 14 * 24 * time.Hour
	// keepDead is how long dead letters stay, of whomever they are; RetentionDays may say less.
	keepDead   = 90 * 24 * time.Hour
	purgeBatch = 5000
	// eraseBatch is how many contacts a round erases.
	eraseBatch = 10
)

// duty is one thing that housekeeping does; more asks for another round at once.
type duty struct {
	name string
	do   func(ctx context.Context) (more bool, err error)
}

// housekeep does all duties. One that fails is said and comes again with the next round; it keeps no other from being done.
func (a *app) housekeep(ctx context.Context) (more bool, err error) {
	return keepHouse(ctx, mattermost.Logger{API: a.plugin.API}, []duty{
		{"webhooks seen", a.noteWebhooks},
		{"old notices", func(ctx context.Context) (bool, error) { return false, a.store.PurgeNotices(ctx, a.clock.Now()) }},
		{"old drafts", func(ctx context.Context) (bool, error) {
			return false, a.store.PurgeDrafts(ctx, a.clock.Now()-keepFinished.Milliseconds())
		}},
		{"tokens of messages", a.store.FillTokens},
		{"what starts left", func(ctx context.Context) (bool, error) { return false, a.store.PurgeStarts(ctx, a.clock.Now()) }},
		{"finished jobs", func(ctx context.Context) (bool, error) {
			purged, err := a.store.PurgeFinished(ctx, keepFinished.Milliseconds(), purgeBatch)
			return purged == purgeBatch, err
		}},
		{"dead letters", func(ctx context.Context) (bool, error) {
			purged, err := a.store.PurgeDead(ctx, a.keepsDead().Milliseconds(), purgeBatch)
			return purged == purgeBatch, err
		}},
		{"retention", a.forgetOld},
	}), nil
}

func keepHouse(ctx context.Context, log interface {
	Warn(message string, keyValuePairs ...any)
}, duties []duty) (more bool) {
	for _, d := range duties {
		again, err := d.do(ctx)
		if ctx.Err() != nil {
			return false
		}
		if err != nil {
			log.Warn("A duty of the housekeeping failed", "duty", d.name, "error", err.Error())
			continue
		}
		more = more || again
	}
	return more
}

// noteWebhooks writes down when each number's webhooks last came.
func (a *app) noteWebhooks(ctx context.Context) (more bool, err error) {
	accounts, _, err := a.store.Accounts(ctx, 0, 200)
	if err != nil {
		return false, err
	}
	for _, account := range accounts {
		if last := a.webhook.LastWebhook(account.ID); last > account.WebhookAt {
			if err := a.store.WebhookSeen(ctx, account.ID, last); err != nil {
				return false, err
			}
		}
	}
	return false, nil
}

// retention is RetentionDays; 0 = for ever.
func (a *app) retention() time.Duration {
	return time.Duration(a.plugin.settings.Load().RetentionDays) * 24 * time.Hour
}

func (a *app) keepsDead() time.Duration {
	if days := a.retention(); days > 0 {
		return min(days, keepDead)
	}
	return keepDead
}

// forgetOld erases the customers of whom nothing is younger than RetentionDays.
// One that cannot be erased keeps no other, and comes again.
func (a *app) forgetOld(ctx context.Context) (more bool, err error) {
	if a.retention() == 0 {
		return false, nil
	}
	now := a.clock.Now()
	ids, err := a.store.ContactsToForget(ctx, now-a.retention().Milliseconds(), eraseBatch)
	if err != nil {
		return false, err
	}
	for _, id := range ids {
		if eraseErr := (contacts{a}).EraseContact(ctx, id, a.port.BotID(), now); eraseErr != nil {
			err = eraseErr
		}
	}
	return err == nil && len(ids) == eraseBatch, err
}
