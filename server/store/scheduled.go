package store

import (
	"context"
	"encoding/json"

	"github.com/Masterminds/squirrel"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

const scheduledColumns = `id, owner_id, queue_id, account_id, template_id, template_name, template_language, name, phone, cpf_masked, send_at, status,
	conversation_id, message_id, reason_code, created_at, ended_at`

// scheduledMore are the columns that are decoded.
const scheduledMore = "asked, reason_key, reason_data"

// scheduledRow is a scheduled start as stored.
type scheduledRow struct {
	domain.Scheduled
	Encrypted  string `db:"asked"`
	ReasonKey  string `db:"reason_key"`
	ReasonData []byte `db:"reason_data"`
}

// scheduled decodes the reason. What was asked stays encrypted.
func (r *scheduledRow) scheduled() (*domain.Scheduled, error) {
	if r.ReasonKey == "" {
		return &r.Scheduled, nil
	}
	r.Reason = domain.Text{Key: r.ReasonKey}
	if err := json.Unmarshal(r.ReasonData, &r.Reason.Data); err != nil {
		return nil, errors.Wrap(err, "could not decode a reason")
	}
	r.Reason = r.Reason.Restored()
	return &r.Scheduled, nil
}

// open decrypts what was asked.
func (s *Store) openScheduled(r *scheduledRow) (*domain.Scheduled, error) {
	if r.Encrypted != "" {
		plain, err := s.encrypter.Decrypt(encryptionPlace("waa_scheduled", "asked", r.ID), r.Encrypted)
		if err != nil {
			return nil, errors.Wrap(err, "could not decrypt a scheduled start")
		}
		if err := json.Unmarshal([]byte(plain), &r.Asked); err != nil {
			return nil, errors.Wrap(err, "could not decode a scheduled start")
		}
	}
	return r.scheduled()
}

func (t *tx) ScheduledSince(ownerID, phone string, since int64) (*domain.Scheduled, error) {
	if _, err := exec(t.ctx, t.r, "SELECT pg_advisory_xact_lock(hashtextextended('waa:scheduled:' || $1, 0))", ownerID); err != nil {
		return nil, wrapErr(err, "could not lock what somebody schedules")
	}
	row := &scheduledRow{}
	if err := sqlx.GetContext(t.ctx, t.r, row, "SELECT "+scheduledColumns+", "+scheduledMore+` FROM waa_scheduled
		WHERE phone_key = $2 AND owner_id = $1 AND created_at >= $3 AND ended_at = 0 ORDER BY created_at DESC LIMIT 1`, ownerID, domain.PhoneKey(phone), since); err != nil {
		return nil, wrapErr(err, "could not look for what was scheduled")
	}
	return t.s.openScheduled(row)
}

func (t *tx) InsertScheduled(c *domain.Scheduled) error {
	asked, err := json.Marshal(c.Asked)
	if err != nil {
		return errors.Wrap(err, "could not encode a scheduled start")
	}
	encrypted, err := t.s.encrypter.Encrypt(encryptionPlace("waa_scheduled", "asked", c.ID), string(asked))
	if err != nil {
		return errors.Wrap(err, "could not encrypt a scheduled start")
	}
	_, err = exec(t.ctx, t.r, `INSERT INTO waa_scheduled (id, owner_id, queue_id, account_id, template_id, template_name, template_language, name, phone, phone_key, cpf_masked, asked, send_at, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`, c.ID, c.OwnerID, c.QueueID, c.AccountID, c.TemplateID, c.TemplateName, c.TemplateLanguage,
		truncate(c.Name, 256), c.Phone, domain.PhoneKey(c.Phone), c.CPFMasked, encrypted, c.SendAt, c.CreatedAt)
	return wrapErr(err, "could not store a scheduled start")
}

// LinkScheduled writes what a scheduled start became in the transaction that stores it. Of two attempts that
// overtook each other, and of an attempt and a cancelling, only one finds the row like this.
func (t *tx) LinkScheduled(id, conversationID, messageID string) error {
	return execOne(t.ctx, t.r, "could not note what a scheduled start became",
		"UPDATE waa_scheduled SET conversation_id = $2, message_id = $3 WHERE id = $1 AND status = 'sending' AND message_id = ''", id, conversationID, messageID)
}

// Scheduled reads a scheduled start without what was asked.
func (s *Store) Scheduled(ctx context.Context, id string) (*domain.Scheduled, error) {
	row := &scheduledRow{}
	if err := s.db.GetContext(ctx, row, "SELECT "+scheduledColumns+", reason_key, reason_data FROM waa_scheduled WHERE id = $1", id); err != nil {
		return nil, wrapErr(err, "could not read a scheduled start")
	}
	return row.scheduled()
}

// FailedScheduled reads a scheduled start that failed, with what was asked; ErrNotFound if it is none.
func (s *Store) FailedScheduled(ctx context.Context, id string) (*domain.Scheduled, error) {
	row := &scheduledRow{}
	if err := s.db.GetContext(ctx, row, "SELECT "+scheduledColumns+", "+scheduledMore+" FROM waa_scheduled WHERE id = $1 AND status = 'failed' AND asked <> ''", id); err != nil {
		return nil, wrapErr(err, "could not read a failed start")
	}
	return s.openScheduled(row)
}

// ListScheduled lists those that a reader may see: first what has not ended, by the moment when it is due.
func (s *Store) ListScheduled(ctx context.Context, f domain.ScheduledFilter) ([]*domain.Scheduled, int, error) {
	where := squirrel.And{}
	switch {
	case f.Mine || !f.All && len(f.QueueIDs) == 0:
		where = append(where, squirrel.Expr("owner_id = ?", f.ReaderID))
	case !f.All:
		where = append(where, squirrel.Expr("(owner_id = ? OR queue_id = ANY(?))", f.ReaderID, pq.Array(f.QueueIDs)))
	}
	if f.QueueID != "" {
		where = append(where, squirrel.Expr("queue_id = ?", f.QueueID))
	}
	if f.ContactID != "" {
		where = append(where, squirrel.Expr("phone_key = ANY(ARRAY(SELECT value FROM waa_identities WHERE contact_id = ? AND kind = 'phone'))", f.ContactID))
	}
	if f.Waiting {
		where = append(where, squirrel.Expr("status IN ('scheduled', 'sending', 'failed')"))
	}
	rows, total, err := selectPage[scheduledRow](ctx, s.db, builder().Select(scheduledColumns+", reason_key, reason_data").From("waa_scheduled").Where(where).OrderBy("ended_at > 0", "send_at", "id"),
		builder().Select("count(*)").From("waa_scheduled").Where(where), f.Page, f.PerPage)
	if err != nil {
		return nil, 0, err
	}
	list := make([]*domain.Scheduled, len(rows))
	for i, row := range rows {
		if list[i], err = row.scheduled(); err != nil {
			return nil, 0, err
		}
	}
	return list, total, nil
}

// CancelScheduled cancels a scheduled start that became nothing, and returns it as it is then. One that has
// left, or cannot be held back any more, stays as it is.
func (s *Store) CancelScheduled(ctx context.Context, id, by string, now int64) (*domain.Scheduled, error) {
	err := s.inTx(ctx, func(t *sqlx.Tx) error {
		n, err := exec(ctx, t, `UPDATE waa_scheduled SET status = 'cancelled', asked = '', ended_at = $2, lease_until = 0
			WHERE id = $1 AND (status IN ('scheduled', 'sending') AND message_id = '' OR status = 'failed')`, id, now)
		if err != nil || n == 0 {
			return wrapErr(err, "could not cancel a scheduled start")
		}
		return s.audit(ctx, t, by, "schedule_cancelled", id, nil)
	})
	if err != nil {
		return nil, err
	}
	return s.Scheduled(ctx, id)
}

// scheduledOf are the scheduled starts of the person with the identities $1.
const scheduledOf = "phone_key = ANY($1)"

// eraseScheduled cancels what is to go to a person, and empties what was asked for them.
const eraseScheduled = `
	WITH r AS (
		DELETE FROM waa_requests WHERE message_id IN (SELECT id FROM waa_scheduled WHERE ` + scheduledOf + `)
	)
	UPDATE waa_scheduled SET name = '', phone = '', phone_key = '', cpf_masked = '', asked = '', reason_data = '{}', reason_key = CASE WHEN reason_key = '' THEN '' ELSE 'scheduled.erased' END,
		status = CASE WHEN status = 'scheduled' OR status = 'sending' AND message_id = '' THEN 'cancelled' ELSE status END,
		ended_at = CASE WHEN ended_at = 0 THEN $2 ELSE ended_at END, told_at = greatest(told_at, 1)
	WHERE ` + scheduledOf

// exportScheduled reads the scheduled starts of a contact, with what was asked.
func (s *Store) exportScheduled(ctx context.Context, r sqlx.ExtContext, contactID string) ([]*domain.Scheduled, error) {
	rows := []*scheduledRow{}
	if err := sqlx.SelectContext(ctx, r, &rows, "SELECT "+scheduledColumns+", "+scheduledMore+` FROM waa_scheduled
		WHERE phone_key = ANY(ARRAY(SELECT value FROM waa_identities WHERE contact_id = $1 AND kind = 'phone')) ORDER BY send_at, id`, contactID); err != nil {
		return nil, errors.Wrap(err, "could not read what is scheduled for a contact")
	}
	list := make([]*domain.Scheduled, len(rows))
	for i, row := range rows {
		var err error
		if list[i], err = s.openScheduled(row); err != nil {
			return nil, err
		}
	}
	return list, nil
}
