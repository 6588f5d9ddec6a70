package store

import (
	"context"
	"strings"

	"github.com/jmoiron/sqlx"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// InTx runs fn in one transaction; an error of fn rolls it back and is returned as it is.
func (s *Store) InTx(ctx context.Context, fn func(domain.Tx) error) error {
	return s.inTx(ctx, func(t *sqlx.Tx) error { return fn(&tx{ctx: ctx, s: s, r: t}) })
}

// tx is domain.Tx. It keeps the context because it lives no longer than InTx.
type tx struct {
	ctx context.Context
	s   *Store
	r   sqlx.ExtContext
}

func (t *tx) LockContact(account *domain.Account, want domain.ContactWanted) (*domain.Contact, error) {
	return t.s.lockContact(t.ctx, t.r, account, want)
}

func (t *tx) OpenConversation(accountID, contactID string) (*domain.Conversation, error) {
	return openConversation(t.ctx, t.r, accountID, contactID)
}

func (t *tx) LockConversation(id string) (*domain.Conversation, error) {
	return lockConversation(t.ctx, t.r, id)
}

func (t *tx) LockQueue(id string) error { return holdQueue(t.ctx, t.r, id, "") }

func (t *tx) ClosingOptions(queueID string) (*domain.ClosingOptions, error) {
	return closingOptions(t.ctx, t.r, queueID)
}

func (t *tx) LockPlan(queueID string, month int64) (*domain.Plan, domain.Money, error) {
	return lockPlan(t.ctx, t.r, queueID, month)
}

func (t *tx) LastTemplate(contactID string) (*domain.Message, error) {
	return lastTemplate(t.ctx, t.r, contactID)
}

func (t *tx) TemplateName(id string) (string, error) {
	names, err := t.s.stringArrayOf(t.ctx, t.r, "could not read a template's name", "SELECT coalesce(array_agg(name), '{}') FROM waa_templates WHERE id = $1", id)
	return strings.Join(names, ""), err
}

func (t *tx) InsertConversation(c *domain.Conversation) error {
	return insertConversation(t.ctx, t.r, c, 0)
}

func (t *tx) UpdateConversation(c *domain.Conversation) error {
	return updateConversation(t.ctx, t.r, c)
}

func (t *tx) UpdateContact(c *domain.Contact) error {
	return updateContact(t.ctx, t.r, "UPDATE waa_contacts SET "+assignColumns(contactFields)+", updated_at = :updated_at WHERE id = :id", c)
}

func (t *tx) InsertMessage(m *domain.Message) error {
	return insertMessage(t.ctx, t.r, m)
}

func (t *tx) Enqueue(m *domain.Message, outgoing []byte, holdFor int64) error {
	return enqueue(t.ctx, t.r, m, outgoing, holdFor)
}

func (t *tx) InsertCharge(c *domain.Charge) error {
	return insertCharge(t.ctx, t.r, c)
}

func (t *tx) Audit(actorID, action, objectID string, details map[string]string) error {
	return t.s.audit(t.ctx, t.r, actorID, action, objectID, details)
}
