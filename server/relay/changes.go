package relay

import (
	"context"
	"fmt"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/convert"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// ChangeStore is what changes on Meta's side need.
type ChangeStore interface {
	AccountsByWABA(ctx context.Context, wabaID string) ([]*conversation.Account, error)
	// TemplateChanged takes what Meta says of a template. A new category, and a
	// status that is no longer APPROVED, take our approval off; the admins are
	// left a notice with it. ErrNotFound where we have no such template, or know
	// what is later of it.
	TemplateChanged(ctx context.Context, accountID string, change TemplateChange, now int64) (*conversation.Template, error)
	// SaveNumberNews stores what Meta says of a number; "" leaves a value as it
	// is, "-" takes a restriction off. What is older than the last changes nothing.
	SaveNumberNews(ctx context.Context, accountID, quality, limit, restriction string, at int64) error
	// AddNotice leaves the administrators something to be told, once per key.
	AddNotice(ctx context.Context, n *Notice) error
	// FindContact finds somebody by BSUID, then by phone key; ErrNotFound.
	FindContact(ctx context.Context, accountID string, who Person) (*conversation.Contact, error)
	BlockContact(ctx context.Context, contactID string, until int64, stop bool, at int64) error
	AllowMarketing(ctx context.Context, contactID string, at int64) error
	AccountByNumber(ctx context.Context, phoneNumberID string) (*conversation.Account, error)
}

// TemplateChange is what a webhook says of a template, found by Meta's id, else
// by name and language; "" leaves a value as it is.
type TemplateChange struct {
	MetaID, Name, Language string
	Status                 string
	Category               string
	Quality                string
	Reason                 string // why it was rejected
	At                     int64  // Meta's timestamp, milliseconds since epoch
}

// Changes takes everything in a webhook that is neither message nor status.
type Changes struct {
	Store ChangeStore
	Clock conversation.Clock
	Told  func() // wakes the notices
	// Stale is told that our copies of an account's templates are out of date.
	Stale func(accountID string)
	Log   jobqueue.Logger
}

// Handle acts on one change. What has no meaning to us is named in the log, and
// to the administrators once.
func (c *Changes) Handle(ctx context.Context, job jobqueue.Job, item whatsapp.Item) (jobqueue.Outcome, error) {
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
		return jobqueue.Done(), c.unshown(ctx, job.AccountID, convert.Code(field), "admin.unshown_field", map[string]any{"Field": field})
	}
}

// saidAt is when Meta says that it was, milliseconds since epoch: now, where
// that is missing or far ahead of us.
func (c *Changes) saidAt(item whatsapp.Item) int64 {
	now := c.Clock.Now()
	if item.Timestamp <= 0 || item.Timestamp > now+aheadAllowed.Milliseconds() {
		return now
	}
	return item.Timestamp
}

// unshown tells the administrators, once for each kind, that there is something that no channel shows.
func (c *Changes) unshown(ctx context.Context, accountID, kind, key string, data map[string]any) error {
	err := c.Store.AddNotice(ctx, &Notice{Key: "unshown:" + accountID + ":" + kind, AccountID: accountID, TextKey: key, Data: data, CreatedAt: c.Clock.Now()})
	c.Told()
	return err
}

// numberError tells the administrators of an error that belongs to no message, once a day and code.
func (c *Changes) numberError(ctx context.Context, job jobqueue.Job, item whatsapp.Item) (jobqueue.Outcome, error) {
	detail, err := item.ErrorDetail()
	if err != nil {
		return jobqueue.Dead(err.Error()), nil
	}
	now := c.Clock.Now()
	day := now / (24 * time.Hour).Milliseconds()
	err = c.Store.AddNotice(ctx, &Notice{
		Key: fmt.Sprintf("error:%s:%d:%d", job.AccountID, detail.Code, day), AccountID: job.AccountID, TextKey: "admin.number_error",
		Data: map[string]any{"Code": detail.Code}, CreatedAt: now,
	})
	c.Told()
	return jobqueue.Done(), err
}

func (c *Changes) template(ctx context.Context, item whatsapp.Item) (jobqueue.Outcome, error) {
	update, err := item.TemplateUpdate()
	if err != nil {
		return jobqueue.Dead(err.Error()), nil
	}
	accounts, err := c.Store.AccountsByWABA(ctx, item.WABAID)
	if err != nil {
		return jobqueue.Outcome{}, err
	}
	change := TemplateChange{
		MetaID: update.TemplateID, Name: update.Name, Language: update.Language,
		Status: update.Status(), Category: newCategory(update), Quality: update.Quality, Reason: update.Reason, At: c.saidAt(item),
	}
	for _, account := range accounts {
		switch _, err := c.Store.TemplateChanged(ctx, account.ID, change, c.Clock.Now()); {
		case errors.Is(err, conversation.ErrNotFound), err == nil && update.Field == "message_template_components_update":
			c.Stale(account.ID) // what is new, has another text, or comes late is read from Meta
		case err != nil:
			return jobqueue.Outcome{}, err
		}
	}
	c.Told()
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

func (c *Changes) preference(ctx context.Context, item whatsapp.Item) (jobqueue.Outcome, error) {
	p, err := item.Preference()
	if err != nil {
		return jobqueue.Dead(err.Error()), nil
	}
	account, err := c.Store.AccountByNumber(ctx, item.PhoneNumberID)
	if errors.Is(err, conversation.ErrNotFound) {
		return jobqueue.Done(), nil
	} else if err != nil {
		return jobqueue.Outcome{}, err
	}
	contact, err := c.Store.FindContact(ctx, account.ID, Person{WAID: p.WaID, UserID: p.UserID, PhoneKey: conversation.PhoneKey(p.WaID)})
	if errors.Is(err, conversation.ErrNotFound) {
		return jobqueue.Done(), nil
	} else if err != nil {
		return jobqueue.Outcome{}, err
	}
	if p.StopsMarketing() {
		return jobqueue.Done(), c.Store.BlockContact(ctx, contact.ID, 0, true, c.saidAt(item))
	}
	return jobqueue.Done(), c.Store.AllowMarketing(ctx, contact.ID, c.saidAt(item))
}
