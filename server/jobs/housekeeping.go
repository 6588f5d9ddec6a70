package jobs

import (
	"context"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

const (
	// keepFinished is how long finished jobs and drafts stay: longer than Meta repeats a delivery.
	keepFinished = 14 * 24 * time.Hour
	// keepEvents is how long one can see, and send again, what other software was told.
	keepEvents = 7 * 24 * time.Hour
	// keepDead is how long dead letters stay; RetentionDays may say less.
	keepDead = 90 * 24 * time.Hour
	// purgeBatch is how many rows are purged at a time, eraseBatch how many contacts are erased.
	purgeBatch = 5000
	eraseBatch = 10
	// maxAccounts is how many accounts are read to note when their webhooks came.
	maxAccounts = 200
)

// Housekeeping removes what is no longer needed, and erases customers after the retention time.
type Housekeeping struct {
	Store  Store
	BotIDs []string // the users in whose name the plugin posts; customers are erased in the first's
	// Retention is how long customers are kept; 0 = for ever.
	Retention func() time.Duration
	// LastWebhook is when this process last stored a delivery for an account, milliseconds since epoch.
	LastWebhook func(accountID string) int64
	Clock       domain.Clock
	Log         jobqueue.Logger
}

// duty is one task of housekeeping. Its result more asks for another run at once.
type duty struct {
	name string
	do   func(ctx context.Context) (more bool, err error)
}

// Run does all duties.
func (h *Housekeeping) Run(ctx context.Context) (more bool, err error) {
	return doAll(ctx, h.Log, []duty{
		{"webhooks seen", h.noteWebhooks},
		{"old notices", func(ctx context.Context) (bool, error) { return false, h.Store.PurgeNotices(ctx, h.Clock.Now()) }},
		{"old drafts", func(ctx context.Context) (bool, error) {
			return false, h.Store.PurgeDrafts(ctx, h.Clock.Now()-keepFinished.Milliseconds())
		}},
		{"old scheduled starts", func(ctx context.Context) (bool, error) {
			return false, h.Store.PurgeScheduled(ctx, h.Clock.Now()-keepFinished.Milliseconds())
		}},
		{"tokens of messages", h.Store.FillTokens},
		{"results of old conversations", h.Store.FillResults},
		{"what starts left", func(ctx context.Context) (bool, error) { return false, h.Store.PurgeStarts(ctx, h.Clock.Now()) }},
		{"finished jobs", func(ctx context.Context) (bool, error) {
			purged, err := h.Store.PurgeFinished(ctx, keepFinished.Milliseconds(), purgeBatch)
			return purged == purgeBatch, err
		}},
		{"events", func(ctx context.Context) (bool, error) {
			purged, err := h.Store.PurgeEvents(ctx, keepEvents.Milliseconds(), purgeBatch)
			return purged == purgeBatch, err
		}},
		{"dead letters", func(ctx context.Context) (bool, error) {
			purged, err := h.Store.PurgeDead(ctx, h.keepDead().Milliseconds(), purgeBatch)
			return purged == purgeBatch, err
		}},
		{"retention", h.eraseOld},
	}), nil
}

// doAll carries out the duties in turn. A failure is logged and does not prevent the other duties; the
// failed one is tried again by the next run.
func doAll(ctx context.Context, log jobqueue.Logger, duties []duty) (more bool) {
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

// noteWebhooks stores when each account's webhooks last came.
func (h *Housekeeping) noteWebhooks(ctx context.Context) (more bool, err error) {
	accounts, _, err := h.Store.Accounts(ctx, 0, maxAccounts)
	if err != nil {
		return false, err
	}
	for _, account := range accounts {
		if last := h.LastWebhook(account.ID); last > account.WebhookAt {
			if err := h.Store.WebhookSeen(ctx, account.ID, last); err != nil {
				return false, err
			}
		}
	}
	return false, nil
}

// keepDead returns how long dead letters are kept: no longer than the customers whose messages are in them.
func (h *Housekeeping) keepDead() time.Duration {
	if retention := h.Retention(); retention > 0 {
		return min(retention, keepDead)
	}
	return keepDead
}

// eraseOld erases a batch of the customers with whom nothing has happened within the
// retention time. One that cannot be erased does not hold up the others, and is tried again.
func (h *Housekeeping) eraseOld(ctx context.Context) (more bool, err error) {
	retention := h.Retention()
	if retention == 0 {
		return false, nil
	}
	now := h.Clock.Now()
	ids, err := h.Store.ContactsToForget(ctx, now-retention.Milliseconds(), eraseBatch)
	if err != nil {
		return false, err
	}
	for _, id := range ids {
		if eraseErr := h.Store.EraseContact(ctx, id, h.BotIDs[0], h.BotIDs, now); eraseErr != nil {
			err = eraseErr
		}
	}
	return err == nil && len(ids) == eraseBatch, err
}
