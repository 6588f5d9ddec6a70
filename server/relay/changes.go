package relay

import (
	"context"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// ChangeStore is what changes on Meta's side need.
type ChangeStore interface {
	AccountsByWABA(ctx context.Context, wabaID string) ([]*conversation.Account, error)
	// TemplateChanged moves status and category of a template, found by Meta's
	// id or by name and language; "" leaves a value as it is. A new category
	// takes our approval off. It answers the template as it was and is;
	// ErrNotFound where we have no such template.
	TemplateChanged(ctx context.Context, accountID, metaID, name, language, status, category string, now int64) (before, after *conversation.Template, err error)
	// FindContact finds somebody by BSUID, then by phone key; ErrNotFound.
	FindContact(ctx context.Context, accountID string, who Person) (*conversation.Contact, error)
	// AddIdentity lets another number or BSUID point to a contact.
	AddIdentity(ctx context.Context, accountID, contactID string, who Person, now int64) error
	BlockContact(ctx context.Context, contactID string, until int64, stop bool, now int64) error
	AllowMarketing(ctx context.Context, contactID string, now int64) error
	AccountByNumber(ctx context.Context, phoneNumberID string) (*conversation.Account, error)
}

// Changes takes everything in a webhook that is neither message nor status.
type Changes struct {
	Store ChangeStore
	Clock conversation.Clock
	// TellAdmins says something to the administrators, in a post that stays.
	TellAdmins func(ctx context.Context, account *conversation.Account, text conversation.Text) error
	Log        jobqueue.Logger
}

// Handle acts on one change. What has no meaning to us is named in the log.
func (c *Changes) Handle(ctx context.Context, _ jobqueue.Job, item whatsapp.Item) (jobqueue.Outcome, error) {
	switch item.Kind {
	case whatsapp.KindTemplate:
		return c.template(ctx, item)
	case whatsapp.KindPreference:
		return c.preference(ctx, item)
	case whatsapp.KindAccount:
		return c.account(ctx, item)
	default:
		c.Log.Warn("A webhook of a kind we do not act on", "kind", string(item.Kind), "field", item.Field)
		return jobqueue.Done(), nil
	}
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
	for _, account := range accounts {
		before, after, err := c.Store.TemplateChanged(ctx, account.ID, update.TemplateID, update.Name, update.Language, update.Status(), newCategory(update), c.Clock.Now())
		if errors.Is(err, conversation.ErrNotFound) {
			continue // the next sync brings it
		} else if err != nil {
			return jobqueue.Outcome{}, err
		}
		if text, ok := templateNews(before, after); ok {
			if err := c.TellAdmins(ctx, account, text); err != nil {
				return jobqueue.Outcome{}, err
			}
		}
	}
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

func templateNews(before, after *conversation.Template) (conversation.Text, bool) {
	switch {
	case before.Category != after.Category:
		return conversation.T("admin.template_category", "Template", after.Name, "From", before.Category, "To", after.Category), true
	case before.Status != after.Status && (before.Approved || after.Approved):
		return conversation.T("admin.template_status", "Template", after.Name, "From", before.Status, "To", after.Status), true
	default:
		return conversation.Text{}, false
	}
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
		return jobqueue.Done(), c.Store.BlockContact(ctx, contact.ID, 0, true, c.Clock.Now())
	}
	return jobqueue.Done(), c.Store.AllowMarketing(ctx, contact.ID, c.Clock.Now())
}

func (c *Changes) account(ctx context.Context, item whatsapp.Item) (jobqueue.Outcome, error) {
	update, err := item.AccountUpdate()
	if err != nil {
		return jobqueue.Dead(err.Error()), nil
	}
	accounts, err := c.Store.AccountsByWABA(ctx, item.WABAID)
	if err != nil {
		return jobqueue.Outcome{}, err
	}
	text := conversation.T("admin.account_update", "Field", update.Field, "Event", update.Event, "Reason", update.Reason)
	for _, account := range accounts {
		if err := c.TellAdmins(ctx, account, text); err != nil {
			return jobqueue.Outcome{}, err
		}
	}
	return jobqueue.Done(), nil
}

// System acts on a change on the customer's side: a new number or BSUID moves
// the identity to the same contact.
func (c *Changes) System(ctx context.Context, account *conversation.Account, m *whatsapp.Message) (jobqueue.Outcome, error) {
	if m.System == nil {
		return jobqueue.Done(), nil
	}
	old := Person{WAID: m.From, UserID: m.System.PreviousUserID, PhoneKey: conversation.PhoneKey(m.From)}
	if old.UserID == "" {
		old.UserID = m.FromUserID
	}
	contact, err := c.Store.FindContact(ctx, account.ID, old)
	if errors.Is(err, conversation.ErrNotFound) {
		return jobqueue.Done(), nil // nobody we know
	} else if err != nil {
		return jobqueue.Outcome{}, err
	}
	renewed := Person{WAID: m.System.NewWaID, UserID: m.System.UserID, PhoneKey: conversation.PhoneKey(m.System.NewWaID)}
	if renewed.WAID == "" && renewed.UserID == "" {
		return jobqueue.Done(), nil
	}
	return jobqueue.Done(), c.Store.AddIdentity(ctx, account.ID, contact.ID, renewed, c.Clock.Now())
}
