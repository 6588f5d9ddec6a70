package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"unicode/utf8"

	"github.com/lib/pq"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// Widths of the columns.
const (
	maxLane = 256
	maxKey  = 300
)

// noLane is the lane of rows that have none: claims begin after the lane "", and would never see it.
const noLane = "-"

func addInboxFunction() function {
	return function{
		name: "add_inbox", params: params("text[], bigint[], text[], text[], bytea[], text[]"), returns: "SETOF bigint",
		query: `
		INSERT INTO waa_inbox (lane, ord, dedupe_key, account_id, payload, created_at, finished_at, dead_at, reason)
		SELECT r.lane, r.ord, r.key, r.account_id, r.payload, c.now, CASE WHEN r.dead = '' THEN 0 ELSE c.now END, CASE WHEN r.dead = '' THEN 0 ELSE c.now END, r.dead
		FROM (SELECT ` + clock + ` AS now) c, unnest($1, $2, $3, $4, $5, $6) WITH ORDINALITY AS r (lane, ord, key, account_id, payload, dead, n)
		ORDER BY r.n
		ON CONFLICT (dedupe_key) DO NOTHING RETURNING id`,
	}
}

// Deliver stores all rows of a delivery, or none, in one statement, with others that come at the same moment.
func (s *Store) Deliver(ctx context.Context, rows []domain.InboxRow) error {
	if len(rows) == 0 {
		return nil
	}
	_, err := s.deliveries.Submit(ctx, rows)
	return err
}

// payloadSize is the size of a delivery, in bytes.
func payloadSize(rows []domain.InboxRow) (size int) {
	for i := range rows {
		size += len(rows[i].Payload)
	}
	return size
}

func (s *Store) deliverBatch(ctx context.Context, batch [][]domain.InboxRow) ([]struct{}, error) {
	_, err := s.AddInbox(ctx, slices.Concat(batch...))
	return make([]struct{}, len(batch)), err
}

// AddInbox stores all rows in one statement and returns how many were new.
func (s *Store) AddInbox(ctx context.Context, rows []domain.InboxRow) (added int, err error) {
	if len(rows) == 0 {
		return 0, nil
	}
	lanes, keys := make([]string, len(rows)), make([]string, len(rows))
	accounts, reasons := make([]string, len(rows)), make([]string, len(rows))
	orders, payloads := make([]int64, len(rows)), make([][]byte, len(rows))
	for i, r := range rows {
		lanes[i], keys[i] = firstNonEmpty(keyOf(r.Lane, maxLane), noLane), keyOf(r.Key, maxKey)
		accounts[i], reasons[i] = truncate(r.AccountID, 26), truncate(r.Dead, maxReason)
		orders[i], payloads[i] = r.Order, r.Payload
		if payloads[i] == nil {
			payloads[i] = []byte{}
		}
	}
	err = retryDeadlock(func() error { // the same rows may come twice at once, in another order
		added, err = exec(ctx, s.db, "SELECT FROM "+s.callSQL["add_inbox"], pq.Array(lanes), pq.Array(orders), pq.Array(keys), pq.Array(accounts), pq.Array(payloads), pq.Array(reasons))
		return err
	})
	return added, wrapErr(err, "could not store a delivery")
}

// HideLanes hashes the lanes of waiting rows that an earlier version stored in the
// clear, so that rows which come now are in the same lane, behind them.
func (s *Store) HideLanes(ctx context.Context) error {
	lanes, err := s.stringArray(ctx, "could not read the lanes", "SELECT coalesce(array_agg(DISTINCT lane), '{}') FROM waa_inbox WHERE finished_at = 0 AND lane ~ '^[msw]:'")
	if err != nil {
		return err
	}
	for _, lane := range lanes {
		hidden, err := s.encrypter.HideName(lane)
		if err != nil {
			return errors.Wrap(err, "could not hide a lane")
		}
		if _, err := exec(ctx, s.db, "UPDATE waa_inbox SET lane = $2 WHERE lane = $1 AND finished_at = 0", lane, hidden); err != nil {
			return wrapErr(err, "could not hide a lane")
		}
	}
	return nil
}

// keyOf shortens a key to the width of its column and keeps different keys different.
func keyOf(s string, n int) string {
	if f := truncate(s, n); f == s && utf8.ValidString(s) {
		return s
	}
	sum := sha256.Sum256([]byte(s))
	return truncate(s, n-2*sha256.Size-1) + "#" + hex.EncodeToString(sum[:])
}
