package store

import (
	"context"

	"github.com/jmoiron/sqlx"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

const (
	// accountFields are the columns that an admin edits, secretFields those of them that are encrypted.
	accountFields = "name, phone_number_id, waba_id, display_phone, default_queue_id, enabled"
	secretFields  = "access_token, app_secret, verify_token"

	accountColumns = "id, " + accountFields + ", " + secretFields + ", blocked_code, blocked_at, well_at, webhook_at, created_at, updated_at"
)

const accountSelect = "SELECT " + accountColumns + " FROM waa_accounts"

// Account reads an account with its secrets in the clear. A secret that cannot
// be opened, because the encryption key changed, reads as "".
func (s *Store) Account(ctx context.Context, id string) (*domain.Account, error) {
	return s.account(ctx, accountSelect+" WHERE id = $1"+hot, id)
}

// AccountByNumber finds an account by Meta's phone number id, disabled ones too.
func (s *Store) AccountByNumber(ctx context.Context, phoneNumberID string) (*domain.Account, error) {
	return s.account(ctx, accountSelect+" WHERE phone_number_id = $1"+hot, phoneNumberID)
}

// AccountsByWABA finds the accounts of a WhatsApp Business Account.
func (s *Store) AccountsByWABA(ctx context.Context, wabaID string) ([]*domain.Account, error) {
	accounts := []*domain.Account{}
	if err := s.db.SelectContext(ctx, &accounts, accountSelect+" WHERE waba_id = $1 ORDER BY created_at, id", wabaID); err != nil {
		return nil, errors.Wrap(err, "could not read the accounts")
	}
	for _, a := range accounts {
		s.decryptSecrets(a)
	}
	return accounts, nil
}

// Accounts lists the accounts by name; page counts from 0.
func (s *Store) Accounts(ctx context.Context, page, perPage int) ([]*domain.Account, int, error) {
	from := builder().Select().From("waa_accounts")
	accounts, total, err := selectPage[domain.Account](ctx, s.db,
		from.Columns(accountColumns).OrderBy("name", "id"), from.Columns("count(*)"), page, perPage)
	for _, a := range accounts {
		s.decryptSecrets(a)
	}
	return accounts, total, err
}

// CreateAccount stores a new account and gives it an id. ErrConflict if the number has one already.
func (s *Store) CreateAccount(ctx context.Context, a *domain.Account, now int64) error {
	a.ID, a.CreatedAt, a.UpdatedAt = s.newID(), now, now
	encrypted, err := s.encryptSecrets(a)
	if err != nil {
		return err
	}
	_, err = execNamed(ctx, s.db, insertInto("waa_accounts", accountColumns), encrypted)
	return wrapErr(err, "could not create the account")
}

// UpdateAccount stores what an admin may edit: the named columns, or all of
// them; what somebody else has changed meanwhile stays. An empty secret leaves
// the stored one. ErrConflict if the number belongs to another account.
func (s *Store) UpdateAccount(ctx context.Context, a *domain.Account, now int64, fields ...string) error {
	a.UpdatedAt = now
	encrypted, err := s.encryptSecrets(a)
	if err != nil {
		return err
	}
	set := mapColumns(chosenColumns(accountFields+", "+secretFields, fields), func(c string) string {
		if hasColumn(secretFields, c) {
			return c + " = CASE WHEN :" + c + " = '' THEN " + c + " ELSE :" + c + " END"
		}
		return c + " = :" + c
	})
	n, err := execNamed(ctx, s.db, "UPDATE waa_accounts SET "+set+", updated_at = :updated_at WHERE id = :id", encrypted)
	if err == nil && n == 0 {
		return domain.ErrNotFound
	}
	if err == nil && a.Enabled { // the monitor looks at once: the token may be another one
		_, err = exec(ctx, s.db, "DELETE FROM waa_facts WHERE name = $1", domain.HealthInterval(a.ID))
	}
	if err == nil && a.DefaultQueueID != "" {
		return wakeForQueue(ctx, s.db, a.ID)
	}
	return wrapErr(err, "could not update the account")
}

// DeleteAccount removes an account and its templates. ErrConflict while it has
// open conversations, ErrHasQueues while it has queues.
func (s *Store) DeleteAccount(ctx context.Context, id string) error {
	return s.inTx(ctx, func(t *sqlx.Tx) error {
		if err := refuseOpen(ctx, t, "account_id", id); err != nil {
			return err
		}
		var queues bool
		if err := t.GetContext(ctx, &queues, "SELECT EXISTS (SELECT 1 FROM waa_queues WHERE account_id = $1)", id); err != nil {
			return wrapErr(err, "could not look for queues")
		}
		if queues {
			return domain.ErrHasQueues
		}
		return execOne(ctx, t, "could not delete the account",
			"WITH t AS (DELETE FROM waa_templates WHERE account_id = $1), h AS (DELETE FROM waa_account_health WHERE account_id = $1) DELETE FROM waa_accounts WHERE id = $1", id)
	})
}

// refuseOpen returns ErrConflict where a conversation of the account or queue is open.
func refuseOpen(ctx context.Context, r sqlx.ExtContext, column, id string) error {
	var open bool
	err := sqlx.GetContext(ctx, r, &open, "SELECT EXISTS (SELECT 1 FROM waa_conversations WHERE "+column+" = $1 AND closed_at = 0 AND aborted_at = 0)", id)
	if err == nil && open {
		return domain.ErrConflict
	}
	return wrapErr(err, "could not look for open conversations")
}

// BlockAccount stores the Meta error that needs an admin; code 0 removes it. at
// (milliseconds since epoch) is when the request left, or when the admin acted:
// what is known of a later moment is not undone by an earlier one. A moment that the
// database has not come to counts as now: what a node whose clock is ahead said last
// could not be undone by the others. It returns whether anything changed.
func (s *Store) BlockAccount(ctx context.Context, accountID string, code int, at int64) (bool, error) {
	n, err := exec(ctx, s.db, `UPDATE waa_accounts SET blocked_code = $2, blocked_at = CASE WHEN $2 = 0 THEN 0 ELSE least($3::bigint, `+clock+`) END,
			well_at = CASE WHEN $2 = 0 THEN greatest(well_at, least($3, `+clock+`)) ELSE well_at END
		WHERE id = $1 AND blocked_code <> $2 AND CASE WHEN $2 = 0 THEN blocked_at ELSE well_at END <= least($3, `+clock+`)`, accountID, code, at)
	return n > 0, wrapErr(err, "could not block the account")
}

// WebhookSeen notes when the account's last delivery was accepted, milliseconds since epoch.
func (s *Store) WebhookSeen(ctx context.Context, accountID string, at int64) error {
	_, err := exec(ctx, s.db, "UPDATE waa_accounts SET webhook_at = $2 WHERE id = $1 AND webhook_at < $2", accountID, at)
	return wrapErr(err, "could not note the webhook")
}

func (s *Store) account(ctx context.Context, query string, args ...any) (*domain.Account, error) {
	a := &domain.Account{}
	if err := s.db.GetContext(ctx, a, query, args...); err != nil {
		return nil, wrapErr(err, "could not read the account")
	}
	s.decryptSecrets(a)
	return a, nil
}

// secretsOf are an account's encrypted values by their columns.
func secretsOf(a *domain.Account) map[string]*string {
	return map[string]*string{"access_token": &a.AccessToken, "app_secret": &a.AppSecret, "verify_token": &a.VerifyToken}
}

func (s *Store) encryptSecrets(a *domain.Account) (*domain.Account, error) {
	c := *a
	for column, secret := range secretsOf(&c) {
		if *secret == "" {
			continue
		}
		encrypted, err := s.encrypter.Encrypt(encryptionPlace("waa_accounts", column, c.ID), *secret)
		if err != nil {
			return nil, errors.Wrap(err, "could not encrypt a secret")
		}
		*secret = encrypted
	}
	return &c, nil
}

func (s *Store) decryptSecrets(a *domain.Account) {
	for column, secret := range secretsOf(a) {
		if *secret == "" {
			continue
		}
		plain, err := s.encrypter.Decrypt(encryptionPlace("waa_accounts", column, a.ID), *secret)
		if err != nil {
			plain = "" // as if it were not set: the console asks for it again
		}
		*secret = plain
	}
}
