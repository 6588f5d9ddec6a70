package store

import (
	"context"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// deliveryTable holds the events on their way: jobs as those of the inbox, but no dead letters, because a delivery that
// was given up is in the list of its subscription.
const deliveryTable = "event_deliveries"

// EventQueue is the queue of events on their way to other software.
func (s *Store) EventQueue() *Queue { return newQueue(s, deliveryTable) }

const deliveryColumns = `d.dedupe_key AS id, d.event_id, d.event_type, d.created_at AS at, d.tries, d.status_code, d.error, d.answer, d.delivered_at, d.finished_at,
	CASE WHEN d.finished_at = 0 AND d.due_at > d.created_at THEN d.due_at ELSE 0 END AS next_at`

// EventDeliveries lists what was and is to be delivered to a subscription, the latest first; page counts from 0.
func (s *Store) EventDeliveries(ctx context.Context, subscriptionID string, page, perPage int) ([]*domain.EventDelivery, int, error) {
	from := builder().Select().From("waa_event_deliveries d").Where("d.account_id = ?", subscriptionID)
	return selectPage[domain.EventDelivery](ctx, s.db, from.Columns(deliveryColumns).OrderBy("d.id DESC"), from.Columns("count(*)"), page, perPage)
}

// EventDelivery reads a delivery.
func (s *Store) EventDelivery(ctx context.Context, deliveryID string) (*domain.EventDelivery, error) {
	d := &domain.EventDelivery{}
	err := s.db.GetContext(ctx, d, "SELECT "+deliveryColumns+" FROM waa_event_deliveries d WHERE d.dedupe_key = $1", deliveryID)
	return d, wrapErr(err, "could not read a delivery")
}

// SendTestEvent makes an event of type test for one subscription and returns its delivery.
func (s *Store) SendTestEvent(ctx context.Context, subscriptionID string) (*domain.EventDelivery, error) {
	return s.addDelivery(ctx, "could not make a test event", `
		WITH s AS (SELECT id FROM waa_event_subscriptions WHERE id = $1), e AS (
			INSERT INTO waa_events (id, type, at) SELECT waa_event_id(), '`+domain.EventTest+`', `+clock+` FROM s RETURNING id
		)
		INSERT INTO waa_event_deliveries AS d (lane, dedupe_key, account_id, created_at, event_id, event_type)
		SELECT s.id || ':test', waa_event_id(), s.id, `+clock+`, e.id, '`+domain.EventTest+`' FROM s, e RETURNING `+deliveryColumns, subscriptionID)
}

// ResendEvent delivers an event once more, as a new delivery, behind what waits for the same conversation.
func (s *Store) ResendEvent(ctx context.Context, subscriptionID, deliveryID string) (*domain.EventDelivery, error) {
	return s.addDelivery(ctx, "could not send an event again", `INSERT INTO waa_event_deliveries AS d (lane, dedupe_key, account_id, created_at, event_id, event_type)
		SELECT o.lane, waa_event_id(), o.account_id, `+clock+`, o.event_id, o.event_type FROM waa_event_deliveries o JOIN waa_events e ON e.id = o.event_id
		WHERE o.dedupe_key = $2 AND o.account_id = $1 RETURNING `+deliveryColumns, subscriptionID, deliveryID)
}

func (s *Store) addDelivery(ctx context.Context, doing, query string, args ...any) (*domain.EventDelivery, error) {
	d := &domain.EventDelivery{}
	if err := s.db.GetContext(ctx, d, query, args...); err != nil {
		return nil, wrapErr(err, doing)
	}
	return d, nil
}

// ResendEvents delivers all events since a moment once more that the subscription was to get, each once, oldest first; with failed
// only those that it never took. It returns how many.
func (s *Store) ResendEvents(ctx context.Context, subscriptionID string, since int64, failed bool) (resent int, err error) {
	resent, err = exec(ctx, s.db, `INSERT INTO waa_event_deliveries (lane, dedupe_key, account_id, created_at, event_id, event_type)
		SELECT o.lane, waa_event_id(), $1, `+clock+`, o.event_id, o.event_type FROM (
			SELECT DISTINCT ON (d.event_id) d.event_id, d.event_type, d.lane, d.id FROM waa_event_deliveries d JOIN waa_events e ON e.id = d.event_id
			WHERE d.account_id = $1 AND e.at >= $2 AND e.type <> '`+domain.EventTest+`'
				AND NOT EXISTS (SELECT 1 FROM waa_event_deliveries w WHERE w.event_id = d.event_id AND w.account_id = $1 AND (w.finished_at = 0 OR $3::boolean AND w.delivered_at > 0))
			ORDER BY d.event_id, d.id
		) o ORDER BY o.id`, subscriptionID, since, failed)
	return resent, wrapErr(err, "could not send events again")
}

// PurgeEvents removes deliveries that were over so many milliseconds ago, and events that nobody waits for any more, at most a
// batch of each; it returns how many it removed.
func (s *Store) PurgeEvents(ctx context.Context, olderThan int64, batch int) (purged int, err error) {
	for _, query := range []string{
		`DELETE FROM waa_event_deliveries WHERE id = ANY(ARRAY(SELECT id FROM waa_event_deliveries WHERE finished_at > 0 AND finished_at < ` + clock + ` - $1::bigint ORDER BY finished_at LIMIT $2` + lockFree + `))`,
		`DELETE FROM waa_events WHERE id = ANY(ARRAY(SELECT e.id FROM waa_events e WHERE e.at < ` + clock + ` - $1::bigint
			AND NOT EXISTS (SELECT 1 FROM waa_event_deliveries d WHERE d.event_id = e.id) ORDER BY e.at LIMIT $2` + lockFree + `))`,
	} {
		n, err := exec(ctx, s.db, query, olderThan, batch)
		if err != nil {
			return purged, errors.Wrap(err, "could not purge events")
		}
		purged = max(purged, n)
	}
	return purged, nil
}
