package store_test

import (
	"strings"
	"testing"
	"time"

	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

// subscribe stores a subscription to all events, as change makes it.
func (f *fixture) subscribe(t testing.TB, change func(*domain.EventSubscription)) *domain.EventSubscription {
	t.Helper()
	sub := &domain.EventSubscription{URL: "https://crm.example/hook", Secret: "first", Enabled: true}
	if change != nil {
		change(sub)
	}
	require.NoError(t, f.CreateEventSubscription(ctx(), sub, now))
	return sub
}

// told are the types of the events in their order.
func (f *fixture) told(t testing.TB) []string {
	t.Helper()
	types := []string{}
	rows, err := f.db.Query("SELECT e.type FROM waa_event_deliveries d JOIN waa_events e ON e.id = d.event_id ORDER BY d.id")
	require.NoError(t, err)
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var name string
		require.NoError(t, rows.Scan(&name))
		types = append(types, name)
	}
	require.NoError(t, rows.Err())
	return types
}

// toldAnew forgets what was told before and returns what act tells.
func (f *fixture) toldAnew(t testing.TB, act func()) []string {
	t.Helper()
	_, err := f.db.Exec("DELETE FROM waa_event_deliveries")
	require.NoError(t, err)
	act()
	return f.told(t)
}

func TestEventsOfAConversation(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		contact := f.contact(t, "+5511987654321", "Maria")
		waiting := func() *domain.Conversation {
			return f.conversation(t, contact.ID, func(c *domain.Conversation) { c.ChannelID, c.CreatedAt = "", time.Now().UnixMilli() })
		}
		conv := waiting()
		m := f.template(t, conv, "utility")
		require.Empty(t, f.told(t))
		require.Zero(t, f.number(t, "SELECT count(*) FROM waa_events"), "nobody wants to know")
		f.subscribe(t, nil)

		require.Equal(t, []string{"conversation.started", "message.sent"}, f.toldAnew(t, func() { require.NoError(t, f.accepted(m.ID, "wamid.1", domain.WhatsAppIdentity{}, now)) }))
		require.Empty(t, f.toldAnew(t, func() { require.NoError(t, f.SetChannel(ctx(), conv.ID, newID())) }), "it has begun already")
		status := func(to domain.Status) func() {
			return func() {
				_, err := f.db.Exec("UPDATE waa_messages SET status = $2, status_at = $3 WHERE id = $1", m.ID, string(to), now)
				require.NoError(t, err)
			}
		}
		require.Equal(t, []string{"message.status"}, f.toldAnew(t, status(domain.Delivered)))
		require.Equal(t, []string{"message.status"}, f.toldAnew(t, status(domain.Read)))
		require.Empty(t, f.toldAnew(t, status(domain.Read)), "it was read before")
		received := f.toldAnew(t, func() { f.inbound(t, conv, "wamid.2") })
		require.ElementsMatch(t, []string{"conversation.answered", "message.received"}, received)
		require.Equal(t, []string{"message.received"}, f.toldAnew(t, func() { f.inbound(t, conv, "wamid.3") }), "it was answered before")

		closed := func(at int64) func() {
			return func() {
				require.NoError(t, f.InTx(ctx(), func(tx domain.Tx) error {
					c, err := tx.LockConversation(conv.ID)
					if err != nil {
						return err
					}
					c.ClosedAt, c.CloseReason = at, "pronto"
					return tx.UpdateConversation(c)
				}))
			}
		}
		require.Equal(t, []string{"conversation.closed"}, f.toldAnew(t, closed(now)))
		require.Equal(t, []string{"conversation.reopened"}, f.toldAnew(t, closed(0)))
		for _, action := range []string{"transfer_user", "transfer_queue"} {
			require.Equal(t, []string{"conversation.transferred"}, f.toldAnew(t, func() { require.NoError(t, f.Audit(ctx(), "agent", action, conv.ID, nil)) }))
		}
		require.Empty(t, f.toldAnew(t, func() { require.NoError(t, f.Audit(ctx(), "agent", "claim", conv.ID, nil)) }))
		require.Equal(t, []string{"contact.opted_out"}, f.toldAnew(t, func() {
			_, err := f.SetConsent(ctx(), contact.ID, domain.Consent{Status: domain.ConsentRevoked, Origin: "telefone", By: "agent", At: now}, domain.T("event.opted_out"), now)
			require.NoError(t, err)
		}))

		closed(now)()
		refused := waiting()
		require.Equal(t, []string{"message.status", "template.failed"}, f.toldAnew(t, func() { f.refused(t, refused) }), "it never began")
		f.abort(t, refused.ID)
		unknown := waiting()
		require.Equal(t, []string{"conversation.started"}, f.toldAnew(t, func() { require.NoError(t, f.SetChannel(ctx(), unknown.ID, newID())) }), "nobody knows yet what came of its template")
	})
}

// TestMessagesOfOneStatement: they are told together, each once, in their order, behind the beginning of their conversation.
func TestMessagesOfOneStatement(t *testing.T) {
	f := direct(t)
	began := func(c *domain.Conversation) { c.LastTemplateAt, c.CreatedAt = 0, time.Now().UnixMilli() }
	first := f.conversation(t, f.contact(t, "+5511987654321", "Maria").ID, began)
	second := f.conversation(t, f.contact(t, "+5511987654322", "Rosa").ID, began)
	f.subscribe(t, nil)
	store := func(conversations ...string) func() {
		return func() {
			_, err := f.db.Exec(`INSERT INTO waa_messages (id, conversation_id, account_id, contact_id, direction, kind, wamid, created_at)
				SELECT left(md5(random()::text), 26), c, $2, '', CASE WHEN nth = 4 THEN 'out' ELSE 'in' END, CASE WHEN nth = 5 THEN 'system' ELSE 'text' END, md5(random()::text), nth
				FROM unnest($1::text[]) WITH ORDINALITY c (c, nth)`, pq.Array(conversations), f.account.ID)
			require.NoError(t, err)
		}
	}
	told := f.toldAnew(t, store(first.ID, second.ID, first.ID, second.ID, second.ID))
	require.Equal(t, []string{"conversation.started", "message.received", "conversation.started", "message.received", "message.received"}, told, "neither what is not sent yet nor a notice of Meta's")
	require.EqualValues(t, 2, f.number(t, "SELECT count(*) FROM waa_events WHERE type = 'message.received' AND conversation_id = $1", first.ID))
	require.EqualValues(t, 3, f.number(t, "SELECT count(*) FROM waa_events e JOIN waa_messages m ON m.id = e.message_id AND m.conversation_id = e.conversation_id"))
	require.Equal(t, []string{"message.received", "message.received"}, f.toldAnew(t, store(second.ID, first.ID)))
}

func TestAPlansWarningIsToldOnce(t *testing.T) {
	f := direct(t)
	f.subscribe(t, nil)
	conv := f.conversation(t, f.contact(t, "+5511987654321", "Maria").ID, nil)
	for range 17 {
		f.template(t, conv, "marketing") // 5 each, of 100
	}
	month := domain.MonthStart(now)
	told := f.toldAnew(t, func() {
		require.NoError(t, f.WarnPlans(ctx(), month, month, now))
		require.NoError(t, f.WarnPlans(ctx(), month, month, now))
	})
	require.Equal(t, []string{"plan.warning"}, told)
	d := f.next(t)
	require.Equal(t, &domain.PlanWarning{QueueID: f.queue.ID, Percent: 80, Spent: money(85), Limit: money(100), Currency: "USD"}, d.Event.Plan)
}

// next reads the oldest delivery that is not over.
func (f *fixture) next(t testing.TB) *domain.EventToDeliver {
	t.Helper()
	var id string
	require.NoError(t, f.db.QueryRow("SELECT dedupe_key FROM waa_event_deliveries WHERE finished_at = 0 ORDER BY id LIMIT 1").Scan(&id))
	d, err := f.EventToDeliver(ctx(), id)
	require.NoError(t, err)
	return d
}

func TestAnEventShowsWhatWasAndThePersonAsSheIs(t *testing.T) {
	f := direct(t)
	f.subscribe(t, nil)
	contact := f.contact(t, "+5511987654321", "Maria")
	conv := f.conversation(t, contact.ID, func(c *domain.Conversation) { c.ClosedAt = now })
	m := f.outbound(t, conv, nil)
	f.toldAnew(t, func() {
		_, err := f.db.Exec("UPDATE waa_messages SET status = 'delivered' WHERE id = $1", m.ID)
		require.NoError(t, err)
		_, err = f.db.Exec("UPDATE waa_messages SET status = 'read' WHERE id = $1", m.ID)
		require.NoError(t, err)
		_, err = f.db.Exec("UPDATE waa_conversations SET closed_at = 0, attendant_id = 'other', close_reason = '' WHERE id = $1", conv.ID)
		require.NoError(t, err)
	})
	d := f.next(t)
	require.Equal(t, []any{domain.Delivered, now, "attendant", "Maria"}, []any{d.Event.Message.Status, d.Event.Conversation.ClosedAt, d.Event.Conversation.AttendantID, d.Event.Conversation.Contact.Name})
	require.Equal(t, conv.ChannelID, d.Event.Conversation.ChannelID)

	_, err := f.db.Exec("UPDATE waa_conversations SET close_reason = 'segredo', closed_at = $2 WHERE id = $1", conv.ID, now)
	require.NoError(t, err)
	_, err = f.db.Exec("UPDATE waa_event_deliveries SET answer = 'Maria'")
	require.NoError(t, err)
	require.NoError(t, f.EraseContact(ctx(), contact.ID, "admin", nil, now))
	require.Empty(t, f.next(t).Event.Conversation.Contact.Name)
	require.Zero(t, f.number(t, "SELECT count(*) FROM waa_events WHERE conversation::text LIKE '%segredo%'"))
	require.Zero(t, f.number(t, "SELECT count(*) FROM waa_event_deliveries WHERE answer <> ''"))
}

func TestSubscriptionsGetWhatTheyWant(t *testing.T) {
	f := direct(t)
	other := f.newQueue(t, "Suporte")
	wanted := []*domain.EventSubscription{
		f.subscribe(t, func(s *domain.EventSubscription) { s.Events = []string{"message.received", "conversation.closed"} }),
		f.subscribe(t, func(s *domain.EventSubscription) { s.QueueIDs = []string{f.queue.ID, other.ID} }),
	}
	f.subscribe(t, func(s *domain.EventSubscription) { s.QueueIDs = []string{other.ID} })
	f.subscribe(t, func(s *domain.EventSubscription) { s.Events = []string{"message.sent"} })
	f.subscribe(t, func(s *domain.EventSubscription) { s.Enabled = false })
	conv := f.conversation(t, f.contact(t, "+5511987654321", "Maria").ID, func(c *domain.Conversation) { c.LastTemplateAt = 0 })
	f.inbound(t, conv, "wamid.1")
	require.Equal(t, []string{"message.received", "message.received"}, f.told(t))
	require.EqualValues(t, 1, f.number(t, "SELECT count(*) FROM waa_events"), "one event for both")
	for _, sub := range wanted {
		require.EqualValues(t, 1, f.number(t, "SELECT count(*) FROM waa_event_deliveries WHERE account_id = $1 AND lane = $1 || ':' || $2", sub.ID, conv.ID))
		stored, err := f.EventSubscription(ctx(), sub.ID)
		require.NoError(t, err)
		require.Equal(t, 1, stored.Backlog)
	}
	all, total, err := f.EventSubscriptions(ctx(), 0, 2)
	require.NoError(t, err)
	require.Len(t, all, 2)
	require.Equal(t, 5, total)
}

func TestASecretGoesOnForADay(t *testing.T) {
	f := direct(t)
	sub := f.subscribe(t, nil)
	require.NotContains(t, f.text(t, "SELECT secret FROM waa_event_subscriptions"), "first"+"\x00")
	require.True(t, strings.HasPrefix(f.text(t, "SELECT secret FROM waa_event_subscriptions"), "sealed:waa_event_subscriptions.secret."+sub.ID))
	change := func(secret string) *domain.EventSubscription {
		t.Helper()
		sub.Secret = secret
		updated, err := f.UpdateEventSubscription(ctx(), sub, now, "secret")
		require.NoError(t, err)
		return updated
	}
	require.Empty(t, change("first").OldSecret, "nothing changed")
	require.Equal(t, "first", change("").Secret)
	updated := change("second")
	require.Equal(t, []string{"second", "first"}, []string{updated.Secret, updated.OldSecret})
	_, err := f.db.Exec("UPDATE waa_event_subscriptions SET old_secret_until = old_secret_until - 86400000")
	require.NoError(t, err)
	updated, err = f.EventSubscription(ctx(), sub.ID)
	require.NoError(t, err)
	require.Equal(t, []string{"second", ""}, []string{updated.Secret, updated.OldSecret})
}

func (f *fixture) text(t testing.TB, query string, args ...any) (text string) {
	t.Helper()
	require.NoError(t, f.db.QueryRow(query, args...).Scan(&text))
	return text
}

func TestDeliveriesAndTheirEnds(t *testing.T) {
	f := direct(t)
	sub := f.subscribe(t, nil)
	q := f.EventQueue()
	conv := f.conversation(t, f.contact(t, "+5511987654321", "Maria").ID, func(c *domain.Conversation) { c.LastTemplateAt = 0 })
	f.inbound(t, conv, "wamid.1")
	f.inbound(t, conv, "wamid.2")
	jobs := claim(t, q, "me", 10)
	require.Len(t, jobs, 1, "one after the other in a conversation")

	require.NoError(t, q.RecordEventFailure(ctx(), "me", &jobs[0], domain.DeliveryResult{StatusCode: 500, Error: domain.DeliveryStatus, Answer: "oops"}))
	require.ErrorIs(t, q.RecordEventFailure(ctx(), "other", &jobs[0], domain.DeliveryResult{Error: domain.DeliveryStatus}), jobqueue.ErrLost)
	failing, err := f.EventSubscription(ctx(), sub.ID)
	require.NoError(t, err)
	require.Positive(t, failing.FailingSince)
	d, err := f.EventDelivery(ctx(), jobs[0].Key)
	require.NoError(t, err)
	require.Equal(t, []any{1, 500, "status", "oops", int64(0)}, []any{d.Tries, d.StatusCode, d.Error, d.Answer, d.DeliveredAt})

	next, err := q.CompleteEvent(ctx(), "me", &jobs[0], domain.DeliveryResult{StatusCode: 204}, time.Minute)
	require.NoError(t, err)
	require.NotNil(t, next, "the next of the conversation")
	well, err := f.EventSubscription(ctx(), sub.ID)
	require.NoError(t, err)
	require.Zero(t, well.FailingSince)
	require.Positive(t, well.LastDeliveryAt)

	resent, err := f.ResendEvent(ctx(), sub.ID, jobs[0].Key)
	require.NoError(t, err)
	require.Equal(t, d.EventID, resent.EventID)
	require.NotEqual(t, d.ID, resent.ID)
	_, err = f.ResendEvent(ctx(), newID(), jobs[0].Key)
	require.ErrorIs(t, err, domain.ErrNotFound, "another's")
	count, err := f.ResendEvents(ctx(), sub.ID, 0, false)
	require.NoError(t, err)
	require.Zero(t, count, "both wait already")
	test, err := f.SendTestEvent(ctx(), sub.ID)
	require.NoError(t, err)
	require.Equal(t, "test", test.Type)
	_, err = f.SendTestEvent(ctx(), newID())
	require.ErrorIs(t, err, domain.ErrNotFound)

	require.NoError(t, f.DisableEventSubscription(ctx(), sub.ID, domain.DeliveryGone, now))
	require.EqualValues(t, 1, f.number(t, "SELECT count(*) FROM waa_event_deliveries WHERE finished_at = 0"), "what is on its way ends by itself")
	_, err = q.CompleteEvent(ctx(), "me", next, domain.DeliveryResult{StatusCode: 410, Error: domain.DeliveryGone}, time.Minute)
	require.NoError(t, err)
	for failed, want := range map[bool]int{true: 1, false: 2} {
		count, err = f.ResendEvents(ctx(), sub.ID, 0, failed)
		require.NoError(t, err)
		require.Equal(t, want, count, "failed %v", failed)
		_, err = f.db.Exec("DELETE FROM waa_event_deliveries WHERE finished_at = 0")
		require.NoError(t, err)
	}
	list, total, err := f.EventDeliveries(ctx(), sub.ID, 0, 2)
	require.NoError(t, err)
	require.Len(t, list, 2)
	require.Equal(t, 4, total)

	purged, err := f.PurgeEvents(ctx(), day, 100)
	require.NoError(t, err)
	require.Zero(t, purged)
	_, err = f.PurgeEvents(ctx(), -1000, 100)
	require.NoError(t, err)
	require.Zero(t, f.number(t, "SELECT count(*) FROM waa_events"))

	f.inbound(t, conv, "wamid.9")
	require.NoError(t, f.DeleteEventSubscription(ctx(), sub.ID))
	require.ErrorIs(t, f.DeleteEventSubscription(ctx(), sub.ID), domain.ErrNotFound)
}

func TestANewReceiverIsToldThePast(t *testing.T) {
	f := direct(t)
	contact := f.contact(t, "+5511987654321", "Maria")
	conv := f.conversation(t, contact.ID, func(c *domain.Conversation) { c.CreatedAt, c.ClosedAt = now, now+hour })
	f.conversation(t, contact.ID, func(c *domain.Conversation) { c.CreatedAt, c.ClosedAt = now-day, now })
	m := f.outbound(t, conv, func(m *domain.Message) { m.Status, m.SentAt = domain.Delivered, now })
	f.inbound(t, conv, "wamid.1")
	sub := f.subscribe(t, nil)
	replay, err := f.ReplayEvents(ctx(), sub.ID, "", now, 10)
	require.NoError(t, err)
	require.Equal(t, &domain.EventReplay{Conversations: 1, Events: 5, Until: now}, replay)
	told := f.told(t)
	require.Equal(t, []string{"conversation.started", "conversation.closed"}, []string{told[0], told[4]})
	require.ElementsMatch(t, []string{"message.sent", "message.received", "message.status"}, told[1:4])
	require.EqualValues(t, 2, f.number(t, "SELECT count(*) FROM waa_events WHERE message_id = $1", m.ID))
	for _, c := range []struct {
		account string
		since   int64
		want    int
	}{{f.account.ID, 0, 2}, {newID(), 0, 0}, {"", now + 1, 0}} {
		replay, err = f.ReplayEvents(ctx(), sub.ID, c.account, c.since, 10)
		require.NoError(t, err)
		require.Equal(t, c.want, replay.Conversations)
	}
	_, err = f.ReplayEvents(ctx(), newID(), "", 0, 10)
	require.ErrorIs(t, err, domain.ErrNotFound)
}
