package store

import (
	"context"
	"strings"
	"time"

	"github.com/lib/pq"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// Keys reads all of them, the latest in force first.
func (s *Store) Keys(ctx context.Context) ([]domain.StoredKey, error) {
	keys := []domain.StoredKey{}
	err := s.db.SelectContext(ctx, &keys, "SELECT name, under, sealed, current_at FROM waa_keys ORDER BY current_at DESC, name, under")
	return keys, wrapErr(err, "could not read the keys")
}

// KeepKeys stores keys, each encrypted under another; those that are stored already stay as they are.
func (s *Store) KeepKeys(ctx context.Context, keys []domain.StoredKey) error {
	names, unders, sealed := make([]string, len(keys)), make([]string, len(keys)), make([]string, len(keys))
	for i, k := range keys {
		names[i], unders[i], sealed[i] = k.Name, k.Under, k.Encrypted
	}
	_, err := exec(ctx, s.db, `INSERT INTO waa_keys (name, under, sealed, created_at) SELECT k.name, k.under, k.sealed, `+clock+`
		FROM unnest($1::text[], $2::text[], $3::text[]) k (name, under, sealed)
		ON CONFLICT (name, under) DO UPDATE SET created_at = excluded.created_at`, pq.Array(names), pq.Array(unders), pq.Array(sealed))
	return wrapErr(err, "could not keep the keys")
}

// KeyInForce notes that a key encrypts from now on. A key
// that was in force before comes into force again only with again.
func (s *Store) KeyInForce(ctx context.Context, name string, again bool) error {
	_, err := exec(ctx, s.db, `INSERT INTO waa_keys (name, under, current_at, created_at) SELECT $1, $1, greatest(`+clock+`, coalesce(max(current_at), 0) + 1), `+clock+` FROM waa_keys
		ON CONFLICT (name, under) DO UPDATE SET current_at = CASE WHEN $2::boolean THEN excluded.current_at ELSE waa_keys.current_at END`, name, again)
	return wrapErr(err, "could not put a key into force")
}

// How long keys are kept after another one came into force and nothing is encrypted with them any more.
const (
	keepUnder = 24 * time.Hour      // what is encrypted under an old key, for nodes that do not know the new one yet
	keepKeys  = 30 * 24 * time.Hour // an old key itself
)

// DropKeys deletes, some time after a key came into force, what is encrypted under
// older ones, and the older ones themselves. A process that has that key calls it
// once everything is encrypted with it.
func (s *Store) DropKeys(ctx context.Context, current, names string) error {
	_, err := exec(ctx, s.db, `DELETE FROM waa_keys k USING waa_keys c WHERE c.name = $1 AND c.under = $1
		AND (k.under NOT IN ($1, k.name) AND c.current_at < `+clock+` - $3::bigint AND k.created_at < `+clock+` - $3::bigint
			OR k.name NOT IN ($1, $2) AND c.current_at < `+clock+` - $4::bigint AND k.created_at < `+clock+` - $4::bigint)`,
		current, names, keepUnder.Milliseconds(), keepKeys.Milliseconds())
	return wrapErr(err, "could not drop old keys")
}

// encryptedColumn is a column with encrypted values; Reencrypt goes through all of them.
type encryptedColumn struct {
	table, column string
	key           string // the table's primary key
	hash          string // the column that holds the plain value's keyed hash; "" = none
	place         string // table and column of its place
	row           string // the column that names the row of its place
}

func encryptedColumns() []encryptedColumn {
	const document = "waa_contacts.cpf_cipher"
	all := []encryptedColumn{
		{table: "waa_contacts", column: "cpf_cipher", key: "id", hash: "cpf_hash", place: document, row: "id"},
		{table: "waa_wanted", column: "cpf_cipher", key: "message_id", hash: "cpf_hash", place: document, row: "contact_id"}, // on its way there
	}
	all = append(all, encryptedColumn{table: "waa_requests", column: "answer", key: "token", place: "waa_requests.answer", row: "token"})
	for column := range strings.SplitSeq(subscriptionSecrets, ", ") {
		all = append(all, encryptedColumn{table: "waa_event_subscriptions", column: column, key: "id", place: "waa_event_subscriptions." + column, row: "id"})
	}
	all = append(all, encryptedColumn{table: "waa_scheduled", column: "asked", key: "id", place: "waa_scheduled.asked", row: "id"})
	for column := range strings.SplitSeq(secretFields, ", ") {
		all = append(all, encryptedColumn{table: "waa_accounts", column: column, key: "id", place: "waa_accounts." + column, row: "id"})
	}
	return all
}

// encryptionPlace names the place of one value: what is encrypted for it cannot be decrypted for another.
func encryptionPlace(table, column, id string) string { return table + "." + column + "." + id }

// Reencrypt encrypts up to n values anew that were encrypted with another key or in
// an earlier version, and returns where to go on. A value that changed meanwhile is
// left alone: the change has encrypted it. What a crash left undone it finds again.
func (s *Store) Reencrypt(ctx context.Context, at domain.Reencryption, n int) (domain.Reencryption, error) {
	columns := encryptedColumns()
	c := columns[at.Column]
	rows := []struct{ ID, Row, Value string }{}
	if err := s.db.SelectContext(ctx, &rows, "SELECT "+c.key+" AS id, "+c.row+" AS row, "+c.column+" AS value FROM "+c.table+
		" WHERE "+c.key+" > $1 AND "+c.column+" <> '' AND "+c.column+" NOT LIKE $2 ORDER BY "+c.key+" LIMIT $3",
		at.After, s.encrypter.Prefix()+"%", n); err != nil {
		return at, wrapErr(err, "could not read what is to be encrypted anew")
	}
	for _, row := range rows {
		at.After = row.ID
		plain, err := s.encrypter.Decrypt(c.place+"."+row.Row, row.Value)
		if err != nil {
			at.Lost++
			continue
		}
		encrypted, err := s.encrypter.Encrypt(c.place+"."+row.Row, plain)
		if err != nil {
			return at, err
		}
		set, args := c.column+" = $2", []any{row.ID, encrypted, row.Value}
		if c.hash != "" {
			set, args = set+", "+c.hash+" = $4", append(args, s.encrypter.Hash(plain))
		}
		if _, err := exec(ctx, s.db, "UPDATE "+c.table+" SET "+set+" WHERE "+c.key+" = $1 AND "+c.column+" = $3", args...); err != nil {
			return at, wrapErr(err, "could not encrypt a value anew")
		}
	}
	if len(rows) < n {
		at.Column, at.After = at.Column+1, ""
		if at.Done = at.Column == len(columns); at.Done {
			at.Column = 0
		}
	}
	return at, nil
}
