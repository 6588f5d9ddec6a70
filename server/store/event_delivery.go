package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

// deliveryTable holds the events on their way: jobs as those of the inbox, but no dead letters, because a delivery that
// was given up is in the list of its subscription.
const deliveryTable = "event_deliveries"

// maxAnswer is how much of a receiver's answer is kept, in characters.
const maxAnswer = 500

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

// EventToDeliver reads a delivery with all that it needs; ErrNotFound where its event is not kept any more.
func (s *Store) EventToDeliver(ctx context.Context, deliveryID string) (*domain.EventToDeliver, error) {
	var row struct {
		domain.EventDelivery
		subscriptionRow `db:"sub"`
		Age             int64  `db:"age"`
		EventAt         int64  `db:"event_at"`
		ConversationID  string `db:"conversation_id"`
		MessageID       string `db:"message_id"`
		Data            []byte `db:"data"`
	}
	if err := s.db.GetContext(ctx, &row, "SELECT "+deliveryColumns+", "+nestSubscription+", "+clock+` - d.created_at AS age, e.at AS event_at, e.conversation_id, e.message_id, e.data
		FROM waa_event_deliveries d JOIN waa_events e ON e.id = d.event_id JOIN waa_event_subscriptions s ON s.id = d.account_id WHERE d.dedupe_key = $1`+hot, deliveryID); err != nil {
		return nil, wrapErr(err, "could not read a delivery")
	}
	var err error
	d := &domain.EventToDeliver{
		Delivery: row.EventDelivery, Subscription: *s.subscriptionOf(&row.subscriptionRow), Age: row.Age,
		Event: domain.Event{ID: row.EventID, Type: row.Type, At: row.EventAt},
	}
	if row.ConversationID != "" {
		if d.Event.Conversation, err = eventConversation(ctx, s.db, row.EventID); err != nil {
			return nil, err
		}
	}
	if row.MessageID != "" {
		if d.Event.Message, err = eventMessage(ctx, s.db, row.EventID); err != nil {
			return nil, err
		}
	}
	if row.Type == domain.EventPlanWarning {
		d.Event.Plan, err = planWarning(row.Data)
	}
	return d, err
}

// eventConversation is a conversation as it was when an event happened: the row with those columns put back that the event kept.
func eventConversation(ctx context.Context, r sqlx.ExtContext, eventID string) (*domain.Conversation, error) {
	return getConversation(ctx, r, "SELECT "+prefixColumns("c", conversationColumns)+", "+nestColumns("ct", "contact", contactColumns)+`
		FROM waa_events e JOIN waa_conversations live ON live.id = e.conversation_id JOIN waa_contacts ct ON ct.id = live.contact_id, jsonb_populate_record(live, e.conversation) c
		WHERE e.id = $1`, eventID)
}

func eventMessage(ctx context.Context, r sqlx.ExtContext, eventID string) (*domain.Message, error) {
	return getMessage(ctx, r, "SELECT "+prefixColumns("m", messageColumns)+`
		FROM waa_events e JOIN waa_messages live ON live.id = e.message_id, jsonb_populate_record(live, e.message) m WHERE e.id = $1`, eventID)
}

// planWarning decodes what waa_event_plan wrote: amounts are millionths there.
func planWarning(data []byte) (*domain.PlanWarning, error) {
	var stored struct {
		QueueID  string      `json:"queue_id"`
		Percent  int         `json:"percent"`
		Spent    json.Number `json:"spent"`
		Limit    json.Number `json:"limit"`
		Currency string      `json:"currency"`
	}
	if err := json.Unmarshal(data, &stored); err != nil {
		return nil, errors.Wrap(err, "could not decode a plan's warning")
	}
	spent, err := stored.Spent.Int64()
	if err != nil {
		return nil, errors.Wrap(err, "could not decode a plan's warning")
	}
	limit, err := stored.Limit.Int64()
	if err != nil {
		return nil, errors.Wrap(err, "could not decode a plan's warning")
	}
	return &domain.PlanWarning{QueueID: stored.QueueID, Percent: stored.Percent, Spent: domain.Money(spent), Limit: domain.Money(limit), Currency: stored.Currency}, nil
}

// CompleteEvent records that an event was taken, or that nobody wants it any more, finishes its job, and returns the next of
// the lane, claimed.
func (q *Queue) CompleteEvent(ctx context.Context, owner string, job *jobqueue.Job, result domain.DeliveryResult, lease time.Duration) (*jobqueue.Job, error) {
	if _, err := q.recordResult(ctx, owner, job, result); err != nil {
		return nil, err
	}
	return q.Finish(ctx, owner, job.ID, lease)
}

// RecordEventFailure records a request that failed; the caller decides whether it is tried again.
func (q *Queue) RecordEventFailure(ctx context.Context, owner string, job *jobqueue.Job, result domain.DeliveryResult) error {
	_, err := q.recordResult(ctx, owner, job, result)
	return err
}

// recordResult writes what came of a request into the delivery, and what it says of the receiver into the subscription, of
// which many deliveries run at once: its row changes once a second at the most.
func (q *Queue) recordResult(ctx context.Context, owner string, job *jobqueue.Job, result domain.DeliveryResult) (int, error) {
	n, err := exec(ctx, q.s.db, q.sql(`UPDATE {table} SET tries = tries + CASE WHEN $3 <> '`+domain.DeliveryDisabled+`' THEN 1 ELSE 0 END, status_code = $4, error = $3, answer = $5,
		delivered_at = CASE WHEN $3 = '' THEN {now} ELSE delivered_at END WHERE {held}`)+hot, job.ID, owner, result.Error, result.StatusCode, truncate(result.Answer, maxAnswer))
	if err != nil {
		return 0, wrapErr(err, "could not record a delivery")
	}
	if n == 0 {
		return 0, jobqueue.ErrLost
	}
	switch result.Error {
	case domain.DeliveryDisabled:
		return n, nil
	case "":
		_, err = exec(ctx, q.s.db, "UPDATE waa_event_subscriptions SET failing_since = 0, last_delivery_at = "+clock+" WHERE id = $1 AND (failing_since > 0 OR last_delivery_at < "+clock+" - 1000)"+hot, job.AccountID)
	default:
		_, err = exec(ctx, q.s.db, "UPDATE waa_event_subscriptions SET failing_since = "+clock+" WHERE id = $1 AND failing_since = 0"+hot, job.AccountID)
	}
	return n, wrapErr(err, "could not note how a receiver does")
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
