package store

import (
	"context"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// statusTries is how often a status is worked out again because the message
// changed meanwhile.
const statusTries = 20

// statusState is everything that handling a status depends on.
type statusState struct {
	Message         domain.Message `db:"message"`
	Contact         domain.Contact `db:"contact"`
	Charge          domain.Charge  `db:"charge"` // State "" = there is none
	PricedCategory  string         `db:"priced_category"`
	PricedType      string         `db:"priced_type"`
	QueueID         string         `db:"queue_id"` // the conversation's
	Prices          []byte         `db:"prices"`   // those approved last for the charge's queue; empty = none
	Currency        string         `db:"currency"`
	ServiceMessages int            `db:"service_messages"` // see bill.service
}

// statusDecision is what a status changes.
type statusDecision struct {
	after    domain.Message
	told     pricingTold
	advanced bool
	settles  bool // the charge is to be settled now
	nothing  bool
}

// ApplyStatus handles one status webhook; see package inbound. It reads,
// decides, and writes only if the message is still what it read: a status that
// says nothing new writes nothing, and no lock waits for this process.
func (s *Store) ApplyStatus(ctx context.Context, accountID string, change domain.StatusChange) (*domain.Message, bool, error) {
	change.WAMID, change.Person = truncate(change.WAMID, maxWAMID), truncateIdentity(change.Person)
	if change.At <= 0 {
		if err := s.db.GetContext(ctx, &change.At, "SELECT "+clock); err != nil {
			return nil, false, wrapErr(err, "could not read the clock")
		}
	}
	for range statusTries {
		state, err := s.readStatus(ctx, accountID, &change)
		if err != nil {
			return nil, false, err
		}
		// a status of a message from before the person moved says nothing about their present identities
		if state.Contact.MovedAt <= state.Message.CreatedAt && learnIdentity(&state.Contact, change.Person) {
			if err = s.learnPerson(ctx, accountID, state.Contact.ID, change.Person, change.At); err != nil {
				return nil, false, err
			}
		}
		d := state.decide(&change)
		if d.advanced && change.Status == domain.Failed {
			return s.endMessage(ctx, &d.after, change.Reason, change.At)
		}
		written := d.nothing
		if !written {
			written, err = s.writeStatus(ctx, state, d, &change)
		}
		if err != nil || written {
			return &d.after, d.advanced, err
		}
	}
	return nil, false, errors.New("a message changed too often while its status was stored")
}

// decide works out what a status changes.
func (state *statusState) decide(change *domain.StatusChange) *statusDecision {
	old := &state.Message
	d := &statusDecision{after: *old, told: pricingTold{state.PricedCategory, state.PricedType}, advanced: old.Status.Advances(change.Status)}
	if state.Contact.ErasedAt == 0 { // a wamid holds the number
		d.after.WAMID = firstNonEmpty(old.WAMID, change.WAMID)
	}
	if d.advanced {
		d.after.Status, d.after.StatusAt = change.Status, change.At
		if d.after.SentAt == 0 {
			d.after.SentAt = change.At
		}
	}
	news := change.Priced && d.told.kind == ""
	if news {
		d.told = pricing(change)
	}
	delivered := d.after.Status == domain.Delivered || d.after.Status == domain.Read
	open := state.Charge.State == "" || state.Charge.State == domain.ChargeReserved
	d.settles = delivered && (open || news)
	d.nothing = !d.advanced && !news && !d.settles && d.after.WAMID == old.WAMID
	return d
}

// readStatus finds the message a status is about, by our id, else by wamid.
func (s *Store) readStatus(ctx context.Context, accountID string, change *domain.StatusChange) (*statusState, error) {
	if change.MessageID == "" && change.WAMID == "" {
		return nil, domain.ErrNotFound
	}
	month := domain.MonthStart(change.At)
	count := 0
	if change.Priced || change.Status == domain.Delivered || change.Status == domain.Read {
		count = change.ServiceQuota // else nothing is settled
	}
	state := &statusState{}
	err := s.db.GetContext(ctx, state, "SELECT "+columnsOf("m", "message", messageColumns)+", "+columnsOf("ct", "contact", contactColumns)+`,
			coalesce((f.ch).queue_id, '') AS "charge.queue_id", coalesce((f.ch).category, '') AS "charge.category", coalesce((f.ch).amount, 0) AS "charge.amount",
			coalesce((f.ch).currency, '') AS "charge.currency", coalesce((f.ch).state, '') AS "charge.state", coalesce((f.ch).at, 0) AS "charge.at",
			(f.m).priced_category, (f.m).priced_type, f.queue_id, coalesce((f.p).approved_prices::text, '') AS prices, coalesce((f.p).approved_currency, '') AS currency,
			f.service_messages FROM `+s.callSQL["read_status"]+" f", accountID, change.MessageID, change.WAMID, month, nextMonth(month), count)
	return state, wrapErr(err, "could not find the message of a status")
}

func readStatusFunction() function {
	return function{
		name: "read_status", params: params("text, text, text, bigint, bigint, bigint"),
		returns: "TABLE (m waa_messages, ct waa_contacts, ch waa_charges, p waa_plans, queue_id text, service_messages bigint)",
		query: `
		SELECT m, ct, ch, p, c.queue_id, CASE WHEN m.kind = 'template' THEN 0 ELSE ` + countService("m.account_id", "m.id", "$4", "$5", "$6") + ` END
		FROM waa_messages m
		JOIN waa_conversations c ON c.id = m.conversation_id
		JOIN waa_contacts ct ON ct.id = m.contact_id
		LEFT JOIN waa_charges ch ON ch.message_id = m.id
		LEFT JOIN waa_plans p ON p.queue_id = coalesce(ch.queue_id, c.queue_id)
		WHERE m.account_id = $1 AND m.direction = 'out' AND (m.id = $2 OR ` + sameMessage("m", "$3") + `)
		ORDER BY m.id = $2 DESC LIMIT 1`,
	}
}

// nextMonth is the first millisecond of the month after the one that begins at month.
func nextMonth(month int64) int64 {
	const longest = 31 * 24 * 3600 * 1000
	return domain.MonthStart(month + longest)
}

// countService counts a number's other service messages of a month, as far as
// the limit; its arguments are SQL.
func countService(account, exceptMessage, from, to, limit string) string {
	return `(SELECT count(*) FROM (SELECT 1 FROM waa_charges s WHERE s.account_id = ` + account + ` AND s.category = '` + serviceCategory + `'
		AND s.at >= ` + from + ` AND s.at < ` + to + ` AND s.message_id <> ` + exceptMessage + ` LIMIT ` + limit + `) s)`
}
