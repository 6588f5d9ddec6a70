package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/lib/pq"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// eventGather is how long what is to be read or recorded of an event waits for other events. Nobody waits for an event as somebody does for
// a message, and a statement for many costs hardly more than one for a single one.
const eventGather = 10 * time.Millisecond

// readEvent is a delivery as it was read; nil where its event is not kept any more.
type readEvent struct {
	*domain.EventToDeliver
	err error
}

// EventToDeliver reads a delivery with all that it needs; ErrNotFound where its event is not kept any more.
func (s *Store) EventToDeliver(ctx context.Context, deliveryID string) (*domain.EventToDeliver, error) {
	read, err := s.toDeliver.Submit(ctx, deliveryID)
	switch {
	case err != nil:
		return nil, err
	case read.EventToDeliver == nil && read.err == nil:
		return nil, domain.ErrNotFound
	}
	return read.EventToDeliver, read.err
}

// deliveryRow is a delivery with its event and its subscription.
type deliveryRow struct {
	domain.EventDelivery
	subscriptionRow `db:"sub"`
	Age             int64  `db:"age"`
	EventAt         int64  `db:"event_at"`
	ConversationID  string `db:"conversation_id"`
	MessageID       string `db:"message_id"`
	Data            []byte `db:"data"`
}

// readEvents reads deliveries with all that they need, in the order of their ids.
func (s *Store) readEvents(ctx context.Context, deliveryIDs []string) ([]readEvent, error) {
	rows := []*deliveryRow{}
	err := s.db.SelectContext(ctx, &rows, "SELECT "+deliveryColumns+", "+nestSubscription+", f.age, e.at AS event_at, e.conversation_id, e.message_id, e.data FROM "+s.callSQL["read_deliveries"]+` f
		CROSS JOIN LATERAL (SELECT (f.d).*) d CROSS JOIN LATERAL (SELECT (f.e).*) e CROSS JOIN LATERAL (SELECT (f.s).*) s`, pq.Array(deliveryIDs))
	if err != nil {
		return nil, wrapErr(err, "could not read deliveries")
	}
	var inConversation, ofMessage []string
	for _, row := range rows {
		if row.ConversationID != "" {
			inConversation = append(inConversation, row.EventID)
		}
		if row.MessageID != "" {
			ofMessage = append(ofMessage, row.EventID)
		}
	}
	conversations, err := s.eventConversations(ctx, inConversation)
	if err != nil {
		return nil, err
	}
	messages, err := s.eventMessages(ctx, ofMessage)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]readEvent, len(rows))
	for _, row := range rows {
		d := &domain.EventToDeliver{Delivery: row.EventDelivery, Subscription: *s.subscriptionOf(&row.subscriptionRow), Age: row.Age}
		d.Event = domain.Event{ID: row.EventID, Type: row.Type, At: row.EventAt, Message: messages[row.EventID]}
		if c := conversations[row.EventID]; c != nil {
			d.Event.Conversation, d.Event.OwnerUsername, d.Event.AttendantUsername = &c.Conversation, c.Owner, c.Attendant
		}
		var err error
		if row.Type == domain.EventPlanWarning {
			d.Event.Plan, err = planWarning(row.Data)
		}
		byID[row.ID] = readEvent{d, err}
	}
	read := make([]readEvent, len(deliveryIDs))
	for i, id := range deliveryIDs {
		read[i] = byID[id]
	}
	return read, nil
}

func readDeliveriesFunction() function {
	return function{
		name: "read_deliveries", params: params("text[]"), returns: "TABLE (d waa_event_deliveries, e waa_events, s waa_event_subscriptions, age bigint)",
		query: `
		SELECT d, e, s, ` + clock + ` - d.created_at FROM waa_event_deliveries d JOIN waa_events e ON e.id = d.event_id JOIN waa_event_subscriptions s ON s.id = d.account_id
		WHERE d.dedupe_key = ANY($1)`,
	}
}

// eventConversation is a conversation as it was when an event happened: the row with those columns put back that the event kept.
type eventConversation struct {
	EventID string `db:"event_id"`
	domain.Conversation
	Owner     string `db:"owner"`
	Attendant string `db:"attendant"`
}

// eventConversations reads the conversations of events, by the events' ids.
func (s *Store) eventConversations(ctx context.Context, eventIDs []string) (map[string]*eventConversation, error) {
	if len(eventIDs) == 0 {
		return nil, nil
	}
	rows := []*eventConversation{}
	err := s.db.SelectContext(ctx, &rows, "SELECT f.event_id, f.owner, f.attendant, "+columnsOf("c", "", conversationColumns)+", "+columnsOf("ct", "contact", contactColumns)+
		" FROM "+s.callSQL["read_event_conversations"]+" f", pq.Array(eventIDs))
	if err != nil {
		return nil, wrapErr(err, "could not read the conversations of events")
	}
	of, all := make(map[string]*eventConversation, len(rows)), make([]*domain.Conversation, len(rows))
	for i, row := range rows {
		of[row.EventID], all[i] = row, &row.Conversation
	}
	return of, s.AddLastMessages(ctx, all)
}

func readEventConversationsFunction() function {
	return function{
		name: "read_event_conversations", params: params("text[]"), returns: "TABLE (event_id text, c waa_conversations, ct waa_contacts, owner text, attendant text)",
		query: `
		SELECT e.id, c, ct, coalesce(o.username, '')::text, coalesce(a.username, '')::text
		FROM waa_events e JOIN waa_conversations live ON live.id = e.conversation_id JOIN waa_contacts ct ON ct.id = live.contact_id
		CROSS JOIN LATERAL jsonb_populate_record(live, e.conversation) c
		LEFT JOIN users o ON o.id = c.owner_id AND c.owner_id <> '' LEFT JOIN users a ON a.id = c.attendant_id AND c.attendant_id <> ''
		WHERE e.id = ANY($1)`,
	}
}

// eventMessages reads the messages of events as they were then, by the events' ids.
func (s *Store) eventMessages(ctx context.Context, eventIDs []string) (map[string]*domain.Message, error) {
	if len(eventIDs) == 0 {
		return nil, nil
	}
	rows := []*struct {
		EventID string `db:"event_id"`
		domain.Message
	}{}
	err := s.db.SelectContext(ctx, &rows, "SELECT f.event_id, "+columnsOf("m", "", messageColumns)+" FROM "+s.callSQL["read_event_messages"]+" f", pq.Array(eventIDs))
	of := make(map[string]*domain.Message, len(rows))
	for _, row := range rows {
		of[row.EventID] = &row.Message
	}
	return of, wrapErr(err, "could not read the messages of events")
}

func readEventMessagesFunction() function {
	return function{
		name: "read_event_messages", params: params("text[]"), returns: "TABLE (event_id text, m waa_messages)",
		query: `
		SELECT e.id, m FROM waa_events e JOIN waa_messages live ON live.id = e.message_id CROSS JOIN LATERAL jsonb_populate_record(live, e.message) m
		WHERE e.id = ANY($1)`,
	}
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
