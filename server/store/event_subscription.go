package store

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

const (
	subscriptionFields  = "url, events, queue_ids, enabled"
	subscriptionSecrets = "secret, old_secret" //nolint:gosec // names of columns
	subscriptionColumns = "id, " + subscriptionFields + ", " + subscriptionSecrets + ", old_secret_until, failing_since, last_delivery_at, created_at, updated_at"

	// oldSecretFor is how long a secret still signs after another one took its place.
	oldSecretFor = 24 * time.Hour
)

// subscriptionValue is a column of a subscription s; a secret whose time is over reads as "".
func subscriptionValue(column string) string {
	if column == "old_secret" {
		return "CASE WHEN s.old_secret_until > " + clock + " THEN s.old_secret ELSE '' END"
	}
	return "s." + column
}

// deliveriesWaiting is the condition that a delivery d waits for the subscription with an id: all its lanes begin with that.
func deliveriesWaiting(id string) string {
	return "d.finished_at = 0 AND d.lane > " + id + " || ':' AND d.lane < " + id + " || ';'"
}

var (
	subscriptionSelect = "SELECT " + mapColumns(subscriptionColumns, func(c string) string { return subscriptionValue(c) + " AS " + c }) +
		", (SELECT count(*) FROM waa_event_deliveries d WHERE " + deliveriesWaiting("s.id") + ") AS backlog FROM waa_event_subscriptions s"
	// nestSubscription reads a subscription as the field "sub" of a struct, without its backlog.
	nestSubscription = mapColumns(subscriptionColumns, func(c string) string { return subscriptionValue(c) + ` AS "sub.` + c + `"` })
)

// subscriptionRow is a subscription with its lists as the driver returns them.
type subscriptionRow struct {
	domain.EventSubscription
	Events   pq.StringArray `db:"events"`
	QueueIDs pq.StringArray `db:"queue_ids"`
}

func (s *Store) subscriptionOf(row *subscriptionRow) *domain.EventSubscription {
	sub := &row.EventSubscription
	sub.Events, sub.QueueIDs = row.Events, row.QueueIDs
	for column, secret := range map[string]*string{"secret": &sub.Secret, "old_secret": &sub.OldSecret} {
		if *secret == "" {
			continue
		}
		plain, err := s.encrypter.Decrypt(encryptionPlace("waa_event_subscriptions", column, sub.ID), *secret)
		if err != nil {
			plain = "" // as if it were not set: the console asks for it again
		}
		*secret = plain
	}
	return sub
}

// rowOf is a subscription as it is stored, with its secrets encrypted.
func (s *Store) rowOf(sub *domain.EventSubscription) (*subscriptionRow, error) {
	row := &subscriptionRow{EventSubscription: *sub, Events: append(pq.StringArray{}, sub.Events...), QueueIDs: append(pq.StringArray{}, sub.QueueIDs...)}
	for column, secret := range map[string]*string{"secret": &row.Secret, "old_secret": &row.OldSecret} {
		if *secret == "" {
			continue
		}
		encrypted, err := s.encrypter.Encrypt(encryptionPlace("waa_event_subscriptions", column, sub.ID), *secret)
		if err != nil {
			return nil, errors.Wrap(err, "could not encrypt a secret")
		}
		*secret = encrypted
	}
	return row, nil
}

// EventSubscriptions lists the subscriptions, the oldest first; page counts from 0.
func (s *Store) EventSubscriptions(ctx context.Context, page, perPage int) ([]*domain.EventSubscription, int, error) {
	total := 0
	if err := s.db.GetContext(ctx, &total, "SELECT count(*) FROM waa_event_subscriptions"); err != nil {
		return nil, 0, errors.Wrap(err, "could not count the event subscriptions")
	}
	rows := []*subscriptionRow{}
	if err := s.db.SelectContext(ctx, &rows, subscriptionSelect+" ORDER BY s.created_at, s.id LIMIT $1 OFFSET $2", max(perPage, 1), max(page, 0)*max(perPage, 1)); err != nil {
		return nil, 0, errors.Wrap(err, "could not read the event subscriptions")
	}
	subs := make([]*domain.EventSubscription, len(rows))
	for i, row := range rows {
		subs[i] = s.subscriptionOf(row)
	}
	return subs, total, nil
}

// EventSubscription reads a subscription.
func (s *Store) EventSubscription(ctx context.Context, id string) (*domain.EventSubscription, error) {
	return s.eventSubscription(ctx, s.db, subscriptionSelect+" WHERE s.id = $1", id)
}

func (s *Store) eventSubscription(ctx context.Context, r sqlx.ExtContext, query string, args ...any) (*domain.EventSubscription, error) {
	row := &subscriptionRow{}
	if err := sqlx.GetContext(ctx, r, row, query, args...); err != nil {
		return nil, wrapErr(err, "could not read the event subscription")
	}
	return s.subscriptionOf(row), nil
}

// CreateEventSubscription stores a new subscription and gives it an id. ErrTooMany if there are as many as there may be.
func (s *Store) CreateEventSubscription(ctx context.Context, sub *domain.EventSubscription, now int64) error {
	sub.ID, sub.CreatedAt, sub.UpdatedAt = s.newID(), now, now
	row, err := s.rowOf(sub)
	if err != nil {
		return err
	}
	n, err := execNamed(ctx, s.db, "INSERT INTO waa_event_subscriptions ("+subscriptionColumns+") SELECT "+mapColumns(subscriptionColumns, func(c string) string {
		switch {
		case c == "events" || c == "queue_ids":
			return "CAST(:" + c + " AS text[])"
		case c == "enabled":
			return "CAST(:" + c + " AS boolean)"
		case c == "id" || c == "url" || hasColumn(subscriptionSecrets, c):
			return "CAST(:" + c + " AS text)"
		default:
			return "CAST(:" + c + " AS bigint)"
		}
	})+" WHERE (SELECT count(*) FROM waa_event_subscriptions) < :most", &struct {
		*subscriptionRow
		Most int `db:"most"`
	}{row, domain.MaxEventSubscriptions})
	if err == nil && n == 0 {
		return domain.ErrTooMany
	}
	return wrapErr(err, "could not create the event subscription")
}

// UpdateEventSubscription stores the named columns of a subscription, or all that may be edited, and returns it as it is
// then. A secret that differs from the stored one takes its place, and the stored one goes on to sign for a day; an empty
// one leaves the stored one. What waits for a subscription that is disabled is over; else it is tried at once, because what was
// wrong may be what was changed.
func (s *Store) UpdateEventSubscription(ctx context.Context, sub *domain.EventSubscription, now int64, fields ...string) (updated *domain.EventSubscription, err error) {
	err = s.inTxAgain(ctx, func(t *sqlx.Tx) error {
		stored, err := s.eventSubscription(ctx, t, subscriptionSelect+" WHERE s.id = $1 FOR UPDATE OF s", sub.ID)
		if err != nil {
			return err
		}
		set := assignColumns(chosenColumns(subscriptionFields, fields)) + ", updated_at = :updated_at, failing_since = 0"
		change := *sub
		change.UpdatedAt = now
		if (len(fields) == 0 || slices.Contains(fields, "secret")) && sub.Secret != "" && sub.Secret != stored.Secret {
			change.OldSecret = stored.Secret
			set += ", secret = :secret, old_secret = :old_secret, old_secret_until = " + clock + " + " + strconv.FormatInt(oldSecretFor.Milliseconds(), 10)
		}
		row, err := s.rowOf(&change)
		if err != nil {
			return err
		}
		if _, err := execNamed(ctx, t, "UPDATE waa_event_subscriptions SET "+set+" WHERE id = :id", row); err != nil {
			return wrapErr(err, "could not change the event subscription")
		}
		if updated, err = s.eventSubscription(ctx, t, subscriptionSelect+" WHERE s.id = $1", sub.ID); err != nil {
			return err
		}
		if updated.Enabled {
			_, err := exec(ctx, t, "UPDATE waa_event_deliveries d SET due_at = 0 WHERE "+deliveriesWaiting("$1")+" AND d.due_at > 0", sub.ID)
			return wrapErr(err, "could not make deliveries due")
		}
		updated.Backlog = 0
		return endEvents(ctx, t, sub.ID, domain.DeliveryDisabled)
	})
	return updated, err
}

// DisableEventSubscription ends a subscription whose receiver wants no more, with an audit row.
func (s *Store) DisableEventSubscription(ctx context.Context, id, why string, now int64) error {
	return s.inTxAgain(ctx, func(t *sqlx.Tx) error {
		n, err := exec(ctx, t, "UPDATE waa_event_subscriptions SET enabled = false, updated_at = $2 WHERE id = $1 AND enabled", id, now)
		if err != nil || n == 0 {
			return wrapErr(err, "could not disable the event subscription")
		}
		if err := endEvents(ctx, t, id, domain.DeliveryDisabled); err != nil {
			return err
		}
		return s.audit(ctx, t, "", "event_subscription_disabled", id, map[string]string{"why": why})
	})
}

// DeleteEventSubscription removes a subscription with its deliveries.
func (s *Store) DeleteEventSubscription(ctx context.Context, id string) error {
	return s.inTxAgain(ctx, func(t *sqlx.Tx) error {
		if err := execOne(ctx, t, "could not delete the event subscription", "DELETE FROM waa_event_subscriptions WHERE id = $1", id); err != nil {
			return err
		}
		_, err := exec(ctx, t, "DELETE FROM waa_event_deliveries WHERE account_id = $1", id)
		return wrapErr(err, "could not delete the deliveries of a subscription")
	})
}

// endEvents ends what waits for a subscription; what somebody is delivering at this moment ends by itself.
func endEvents(ctx context.Context, r sqlx.ExtContext, subscriptionID, why string) error {
	_, err := exec(ctx, r, "UPDATE waa_event_deliveries d SET finished_at = "+clock+", error = $2 WHERE "+deliveriesWaiting("$1")+" AND d.lease_owner = ''", subscriptionID, why)
	return wrapErr(err, "could not end the deliveries of a subscription")
}
