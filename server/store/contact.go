package store

import (
	"context"
	"sort"

	"github.com/jmoiron/sqlx"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

const (
	contactFields  = "name, phone, wa_id, user_id, username, cpf_masked, cpf_cipher, cpf_hash, last_template_at, blocked_until, marketing_stop_at, " + consentColumns
	contactColumns = "id, " + contactFields + ", moved_at, created_at, updated_at, erased_at"
)

// Kinds of identity.
const (
	byPhone = "phone" // value is domain.PhoneKey
	byBSUID = "bsuid"
)

// identity is one of the names by which WhatsApp knows a person: a phone number or a BSUID.
type identity struct{ kind, value string }

// identitiesOf lists what is known of a person, the most reliable first: a number may
// have been another person's before, a BSUID never was.
func identitiesOf(who domain.WhatsAppIdentity) []identity {
	var ids []identity
	if who.UserID != "" {
		ids = append(ids, identity{byBSUID, who.UserID})
	}
	if who.PhoneKey != "" {
		ids = append(ids, identity{byPhone, who.PhoneKey})
	}
	return ids
}

// truncateIdentity makes what Meta says of a person fit the columns.
func truncateIdentity(who domain.WhatsAppIdentity) domain.WhatsAppIdentity {
	return domain.WhatsAppIdentity{PhoneKey: truncate(who.PhoneKey, 30), WAID: truncate(who.WAID, 32), UserID: truncate(who.UserID, 160), Name: truncate(who.Name, 256), Username: truncate(who.Username, 64)}
}

// lockIdentities holds identities until the transaction ends, also those that are not
// stored yet: two transactions never make two contacts of one person. It takes a
// statement of its own, so that the next one sees what the previous holders committed.
func lockIdentities(ctx context.Context, r sqlx.ExtContext, ids []identity) error {
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = "waa:" + id.kind + ":" + id.value
	}
	sort.Strings(keys)
	for _, key := range keys {
		if _, err := exec(ctx, r, "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", key); err != nil {
			return errors.Wrap(err, "could not lock a person")
		}
	}
	return nil
}

// foundContact is a contact and how it was found.
type foundContact struct {
	domain.Contact
	Here bool // the identity is known on this account; else it is another account's
}

// findContact finds the contact behind the first identity that has one, on this
// account, else on any account: a number is one person everywhere. lock is "" or
// "FOR UPDATE OF c". ErrNotFound where there is none.
func findContact(ctx context.Context, r sqlx.ExtContext, accountID string, ids []identity, lock string) (*foundContact, error) {
	for _, id := range ids {
		c, err := contactOf(ctx, r, accountID, id, lock)
		if errors.Is(err, domain.ErrNotFound) && lock != "" {
			// if a merge was waited for, the contact is gone, and only another look sees whose the identity is now
			c, err = contactOf(ctx, r, accountID, id, lock)
		}
		if !errors.Is(err, domain.ErrNotFound) {
			return c, err
		}
	}
	return nil, domain.ErrNotFound
}

func contactOf(ctx context.Context, r sqlx.ExtContext, accountID string, id identity, lock string) (*foundContact, error) {
	c := &foundContact{}
	err := sqlx.GetContext(ctx, r, c, "SELECT "+prefixColumns("c", contactColumns)+`, i.account_id = $3 AS here
		FROM waa_identities i JOIN waa_contacts c ON c.id = i.contact_id
		WHERE i.kind = $1 AND i.value = $2 ORDER BY i.account_id = $3 DESC, c.created_at, c.id LIMIT 1 `+lock+hot, id.kind, id.value, accountID)
	return c, wrapErr(err, "could not look for a contact")
}

// FindContact finds somebody by what Meta says of them; ErrNotFound.
func (s *Store) FindContact(ctx context.Context, accountID string, who domain.WhatsAppIdentity) (*domain.Contact, error) {
	c, err := findContact(ctx, s.db, accountID, identitiesOf(truncateIdentity(who)), "")
	if err != nil {
		return nil, err
	}
	return &c.Contact, nil
}

// lockPerson finds or makes the contact behind a person's identities, holds it
// to the end of the transaction, and lets change fill it in. The identities are
// stored for the account.
func (s *Store) lockPerson(ctx context.Context, r sqlx.ExtContext, accountID string, who domain.WhatsAppIdentity, change func(*domain.Contact)) (*domain.Contact, error) {
	ids := identitiesOf(who)
	if len(ids) == 0 {
		return nil, errors.New("a contact needs a number or a user id")
	}
	if err := lockIdentities(ctx, r, ids); err != nil {
		return nil, err
	}
	found, err := findContact(ctx, r, accountID, ids, "FOR UPDATE OF c")
	switch {
	case errors.Is(err, domain.ErrNotFound):
		c := &domain.Contact{ID: s.newID()}
		change(c)
		consent, err := s.consentOf(ctx, r, ids)
		if err != nil {
			return nil, err
		}
		c.SetConsent(consent)
		return c, insertContact(ctx, r, accountID, c, who)
	case err != nil:
		return nil, err
	}
	c := &found.Contact
	before := *c
	change(c)
	if *c != before {
		query := "UPDATE waa_contacts SET " + assignColumns(contactFields) + ", updated_at = " + clock + " WHERE id = :id"
		if err = updateContact(ctx, r, query, c); err != nil {
			return nil, err
		}
	}
	if found.Here && len(ids) == 1 {
		return c, nil
	}
	_, err = exec(ctx, r, newIdentities, accountID, c.ID, who.PhoneKey, who.UserID)
	return c, wrapErr(err, "could not store the identities")
}

// lockContact is the LockContact of domain.Tx. Name and document of a person who is
// known already stay as they are until the start's template was sent: see Adopt.
func (s *Store) lockContact(ctx context.Context, r sqlx.ExtContext, account *domain.Account, want domain.ContactWanted) (*domain.Contact, error) {
	who := truncateIdentity(domain.WhatsAppIdentity{PhoneKey: domain.PhoneKey(want.Phone), Name: want.Name})
	var encryptErr error
	c, err := s.lockPerson(ctx, r, account.ID, who, func(c *domain.Contact) {
		if c.CreatedAt != 0 {
			return
		}
		c.Phone, c.Name = want.Phone, who.Name
		encryptErr = s.setDocument(c, want.Document)
	})
	if encryptErr != nil {
		return nil, encryptErr
	}
	return c, err
}

// setDocument encrypts a document into a contact; "" changes nothing.
func (s *Store) setDocument(c *domain.Contact, document domain.Document) error {
	if document == "" {
		return nil
	}
	encrypted, err := s.encrypter.Encrypt(encryptionPlace("waa_contacts", "cpf_cipher", c.ID), string(document))
	if err != nil {
		return errors.Wrap(err, "could not encrypt the document")
	}
	c.CPFCipher, c.CPFHash, c.CPFMasked = encrypted, s.encrypter.Hash(string(document)), document.Masked()
	return nil
}

// documentHashes are the keyed hashes by which a document is found, of the current key and of earlier ones; none for "".
func (s *Store) documentHashes(document domain.Document) []string {
	if document == "" {
		return nil
	}
	return s.encrypter.Hashes(string(document))
}

// Document opens a contact's document; "" where there is none.
func (s *Store) Document(c *domain.Contact) (string, error) {
	if c.CPFCipher == "" {
		return "", nil
	}
	document, err := s.encrypter.Decrypt(encryptionPlace("waa_contacts", "cpf_cipher", c.ID), c.CPFCipher)
	return document, errors.Wrap(err, "could not decrypt the document")
}

func firstNonEmpty(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// insertContact stores a new contact and its identities; the times are the database's.
func insertContact(ctx context.Context, r sqlx.ExtContext, accountID string, c *domain.Contact, who domain.WhatsAppIdentity) error {
	err := sqlx.GetContext(ctx, r, c, `
		WITH c AS (
			INSERT INTO waa_contacts (id, name, phone, wa_id, user_id, cpf_masked, cpf_cipher, cpf_hash, username, `+consentColumns+`, created_at, updated_at)
			VALUES ($2, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, `+clock+`, `+clock+`) RETURNING created_at, updated_at
		), i AS (`+newIdentities+`)
		SELECT created_at, updated_at FROM c`,
		accountID, c.ID, who.PhoneKey, who.UserID, c.Name, c.Phone, c.WAID, c.UserID, c.CPFMasked, c.CPFCipher, c.CPFHash, c.Username,
		c.ConsentStatus, c.ConsentOrigin, c.ConsentNote, c.ConsentAt, c.ConsentBy)
	return wrapErr(err, "could not store the contact")
}

func updateContact(ctx context.Context, r sqlx.ExtContext, query string, c *domain.Contact) error {
	n, err := execNamed(ctx, r, query, c)
	if err == nil && n == 0 {
		return domain.ErrNotFound
	}
	return wrapErr(err, "could not update the contact")
}

// newIdentities inserts the identities of a person that are not stored yet. An
// identity that belongs to another contact stays there: only ShareNumber merges contacts by itself.
// Its parameters: account, contact, phone key, BSUID.
const newIdentities = `INSERT INTO waa_identities (account_id, kind, value, contact_id)
	SELECT $1, v.kind, v.value, $2 FROM (VALUES ('bsuid', $4::text), ('phone', $3::text)) v (kind, value) WHERE v.value <> ''
	ON CONFLICT DO NOTHING`

// learnIdentity puts what Meta says of a person into a contact, and returns whether that changed anything.
func learnIdentity(c *domain.Contact, who domain.WhatsAppIdentity) bool {
	if c.ErasedAt != 0 {
		return false
	}
	before := *c
	c.WAID, c.UserID = firstNonEmpty(who.WAID, c.WAID), firstNonEmpty(who.UserID, c.UserID)
	c.Name, c.Username = firstNonEmpty(c.Name, who.Name), firstNonEmpty(who.Username, c.Username)
	if who.PhoneKey != "" {
		c.Phone = firstNonEmpty(c.Phone, "+"+who.PhoneKey)
	}
	return *c != before
}

// learnIdentitySQL is learnIdentity, without the username, as the SET list of an UPDATE of
// waa_contacts, and the condition that it changes anything. Its arguments are the SQL of
// wa_id, BSUID, name and phone key. A test holds the two together.
func learnIdentitySQL(wa, bsuid, name, phone string) (set, news string) {
	set = `wa_id = CASE WHEN ` + wa + ` <> '' THEN ` + wa + ` ELSE wa_id END,
		user_id = CASE WHEN ` + bsuid + ` <> '' THEN ` + bsuid + ` ELSE user_id END,
		name = CASE WHEN name = '' THEN ` + name + ` ELSE name END,
		phone = CASE WHEN phone = '' AND ` + phone + ` <> '' THEN '+' || ` + phone + ` ELSE phone END`
	news = `(` + wa + ` NOT IN ('', wa_id) OR ` + bsuid + ` NOT IN ('', user_id) OR name = '' AND ` + name + ` <> '' OR phone = '' AND ` + phone + ` <> '')`
	return set, news
}
