package inbound

import (
	"context"
	"fmt"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/markdown"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// ChangeHandler handles the webhook items that are neither messages nor statuses: news about templates,
// accounts and contacts.
type ChangeHandler struct {
	Store Store
	Clock domain.Clock
	Log   jobqueue.Logger

	WakeNotices      func()
	OnTemplatesStale func(accountID string) // our copies of the account's templates are out of date
	OnTemplatesTied  func(accountID string) // the same, once the second is over in which Meta changed something several times
}

// Handle acts on one change. A kind that we do not know is named in the log, and
// the administrators are told of it once.
func (c *ChangeHandler) Handle(ctx context.Context, job jobqueue.Job, item whatsapp.Item) (jobqueue.Outcome, error) {
	switch item.Kind {
	case whatsapp.KindTemplate:
		return c.template(ctx, item)
	case whatsapp.KindPreference:
		return c.preference(ctx, item)
	case whatsapp.KindAccount:
		return c.account(ctx, job, item)
	case whatsapp.KindError:
		return c.numberError(ctx, job, item)
	default:
		c.Log.Warn("A webhook of a kind we do not act on", "kind", string(item.Kind), "field", item.Field)
		field := item.Field
		if field == "messages" || field == "" { // that says nothing
			field = string(item.Kind)
		}
		return jobqueue.Done(), c.noticeOnce(ctx, job.AccountID, markdown.Code(field), "admin.unshown_field", map[string]any{"Field": field})
	}
}

// changedAt is when Meta says that it happened, milliseconds since epoch: now,
// where that is missing or far ahead of us.
func (c *ChangeHandler) changedAt(item whatsapp.Item) int64 {
	now := c.Clock.Now()
	if item.Timestamp <= 0 || item.Timestamp > now+maxClockLead.Milliseconds() {
		return now
	}
	return item.Timestamp
}

// noticeOnce tells the administrators, once for each kind, that something was received that is shown in
// no channel.
func (c *ChangeHandler) noticeOnce(ctx context.Context, accountID, kind, key string, data map[string]any) error {
	err := c.Store.AddNotice(ctx, &domain.Notice{Key: "unshown:" + accountID + ":" + kind, AccountID: accountID, TextKey: key, Data: data, CreatedAt: c.Clock.Now()})
	c.WakeNotices()
	return err
}

// numberError tells the administrators of an error that belongs to no message, once per day and error
// code.
func (c *ChangeHandler) numberError(ctx context.Context, job jobqueue.Job, item whatsapp.Item) (jobqueue.Outcome, error) {
	detail, err := item.ErrorDetail()
	if err != nil {
		return jobqueue.Dead(err.Error()), nil
	}
	now := c.Clock.Now()
	day := now / (24 * time.Hour).Milliseconds()
	err = c.Store.AddNotice(ctx, &domain.Notice{
		Key: fmt.Sprintf("error:%s:%d:%d", job.AccountID, detail.Code, day), AccountID: job.AccountID, TextKey: "admin.number_error",
		Data: map[string]any{"Code": detail.Code}, CreatedAt: now,
	})
	c.WakeNotices()
	return jobqueue.Done(), err
}

func (c *ChangeHandler) template(ctx context.Context, item whatsapp.Item) (jobqueue.Outcome, error) {
	update, err := item.TemplateUpdate()
	if err != nil {
		return jobqueue.Dead(err.Error()), nil
	}
	accounts, err := c.Store.AccountsByWABA(ctx, item.WABAID)
	if err != nil {
		return jobqueue.Outcome{}, err
	}
	change := domain.TemplateChange{
		MetaID: update.TemplateID, Name: update.Name, Language: update.Language,
		Status: update.Status(), Category: newCategory(update), CorrectCategory: update.CorrectCategory, Quality: update.Quality, Reason: update.Reason, At: c.changedAt(item),
	}
	for _, account := range accounts {
		switch tied, err := c.Store.TemplateChanged(ctx, account.ID, change, c.Clock.Now()); {
		case errors.Is(err, domain.ErrNotFound), err == nil && update.Field == "message_template_components_update":
			c.OnTemplatesStale(account.ID) // what is new, has another text, or comes late is read from Meta
		case err != nil:
			return jobqueue.Outcome{}, err
		case tied: // a third report of that second, equal to the first, would count as delivered twice
			c.OnTemplatesTied(account.ID)
		}
	}
	c.WakeNotices()
	return jobqueue.Done(), nil
}

// newCategory is the category a template has now: with correct_category Meta
// only announces a change, and new_category is still the current one.
func newCategory(u *whatsapp.TemplateUpdate) string {
	if u.Field != "template_category_update" {
		return ""
	}
	return u.Category
}

func (c *ChangeHandler) preference(ctx context.Context, item whatsapp.Item) (jobqueue.Outcome, error) {
	p, err := item.Preference()
	if err != nil {
		return jobqueue.Dead(err.Error()), nil
	}
	account, err := c.Store.AccountByNumber(ctx, item.PhoneNumberID)
	if errors.Is(err, domain.ErrNotFound) {
		return jobqueue.Done(), nil
	} else if err != nil {
		return jobqueue.Outcome{}, err
	}
	contact, err := c.Store.FindContact(ctx, account.ID, domain.WhatsAppIdentity{WAID: p.WaID, UserID: p.UserID, PhoneKey: domain.PhoneKey(p.WaID)})
	if errors.Is(err, domain.ErrNotFound) {
		return jobqueue.Done(), nil
	} else if err != nil {
		return jobqueue.Outcome{}, err
	}
	if p.StopsMarketing() {
		return jobqueue.Done(), c.Store.BlockContact(ctx, contact.ID, 0, true, c.changedAt(item))
	}
	return jobqueue.Done(), c.Store.AllowMarketing(ctx, contact.ID, c.changedAt(item))
}
