package store

import (
	"context"

	"github.com/jmoiron/sqlx"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// swapStatusSQL writes what a status changes, if the message is still as it was read.
const swapStatusSQL = `UPDATE waa_messages SET delivered_at = CASE WHEN status = 'delivered' THEN status_at ELSE delivered_at END, status = $3, status_at = $4, sent_at = $5, wamid = $6, priced_category = $7, priced_type = $8
	WHERE id = $1 AND status = $2 AND wamid = $9 AND priced_type = $10 RETURNING id`

const swapParams = "text, text, text, bigint, bigint, text, text, text, text, text"

func swapStatusFunction() function {
	return function{name: "swap_status", params: params(swapParams), returns: "SETOF text", query: swapStatusSQL}
}

// settleStatusFunction is swapStatusSQL with the charge, both or none.
func settleStatusFunction() function {
	return function{
		name: "settle_status", params: params(swapParams + ", text, text, text, text, text, text, bigint, text, text, bigint"), returns: "SETOF text",
		query: `
		WITH m AS (` + swapStatusSQL + `)
		INSERT INTO waa_charges (` + chargeColumns + `)
		SELECT m.id, $11, $12, $13, $14, $15, $6, $16, $17, $18, $19, $20 FROM m
		ON CONFLICT (message_id) DO UPDATE SET wamid = excluded.wamid, category = excluded.category, amount = excluded.amount,
			currency = excluded.currency, state = excluded.state, at = excluded.at
		RETURNING message_id`,
	}
}

// writeStatus stores a decision; false if the message changed since it was read.
func (s *Store) writeStatus(ctx context.Context, state *statusState, d *statusDecision, change *domain.StatusChange) (written bool, err error) {
	old := &state.Message
	if !d.advanced || old.Status != domain.Pending && old.Status != domain.Unknown {
		return s.storeStatus(ctx, s.db, state, d, change)
	}
	// The webhook was faster than the answer to the send, or that answer never came. As at every acceptance the
	// conversation is locked: what the customer answers at the same moment is stored before or after it.
	err = s.inTxAgain(ctx, func(t *sqlx.Tx) error {
		if _, err := exec(ctx, t, lockMessage, old.ID); err != nil {
			return wrapErr(err, "could not lock a message")
		}
		if err := leftByStatus(ctx, t, old, change.At); err != nil {
			return err
		}
		written, err = s.storeStatus(ctx, t, state, d, change)
		return err
	})
	return written, err
}

// storeStatus writes what a status changes, with the charge; false if the message changed since it was read.
func (s *Store) storeStatus(ctx context.Context, r sqlx.ExtContext, state *statusState, d *statusDecision, change *domain.StatusChange) (bool, error) {
	old, after := &state.Message, &d.after
	args := []any{
		after.ID, string(old.Status), string(after.Status), after.StatusAt, after.SentAt, after.WAMID,
		d.told.category, d.told.kind, old.WAMID, state.PricedType,
	}
	if !d.settles {
		n, err := exec(ctx, r, "SELECT FROM "+s.callSQL["swap_status"], args...)
		return n > 0, wrapErr(err, "could not store a status")
	}
	b, err := state.bill(d, change)
	if err != nil {
		return false, err
	}
	if !b.withinQuota() {
		return s.writeSettled(ctx, r, state, b, args)
	}
	// one at a time, so that the free messages of the month are counted right
	written := false
	err = s.within(ctx, r, func(t *sqlx.Tx) error {
		if _, err := exec(ctx, t, "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", "waa:quota:"+old.AccountID); err != nil {
			return wrapErr(err, "could not lock a number's quota")
		}
		month := domain.MonthStart(change.At)
		if err := t.GetContext(ctx, &b.service, "SELECT "+countService("$1", "$2", "$3", "$4", "$5"),
			old.AccountID, old.ID, month, nextMonth(month), b.quota); err != nil {
			return wrapErr(err, "could not count service messages")
		}
		if err := trustMeta(ctx, t, b, old.AccountID, month); err != nil {
			return err
		}
		var err error
		written, err = s.writeSettled(ctx, t, state, b, args)
		return err
	})
	return written, err
}

// trustMeta stops counting where Meta itself marks the free messages of the month:
// then a message that Meta calls billable is billed, in whatever order statuses come.
func trustMeta(ctx context.Context, r sqlx.ExtContext, b *bill, accountID string, month int64) error {
	if b.told.kind == "" {
		return nil
	}
	var marked bool
	err := sqlx.GetContext(ctx, r, &marked, `SELECT EXISTS (SELECT 1 FROM waa_charges c JOIN waa_messages m ON m.id = c.message_id
		WHERE c.account_id = $1 AND c.category = '`+serviceCategory+`' AND c.at >= $2 AND c.at < $3 AND m.priced_type IN ('`+freeCustomerService+`', '`+notBillable+`'))`,
		accountID, month, nextMonth(month))
	if marked {
		b.quota = 0
	}
	return wrapErr(err, "could not tell whether Meta marks what is free")
}

func (s *Store) writeSettled(ctx context.Context, r sqlx.ExtContext, state *statusState, b *bill, swapArgs []any) (bool, error) {
	m, c := &state.Message, b.settle()
	n, err := exec(ctx, r, "SELECT FROM "+s.callSQL["settle_status"], append(swapArgs, m.ConversationID, m.AccountID, firstNonEmpty(c.QueueID, state.QueueID), m.AuthorID,
		m.TemplateID, c.Category, int64(c.Amount), c.Currency, c.State, c.At)...)
	return n > 0, wrapErr(err, "could not settle a charge")
}

// bill puts together what the charge is worked out from.
func (state *statusState) bill(d *statusDecision, change *domain.StatusChange) (*bill, error) {
	b := &bill{charge: state.Charge, ours: state.Message.Category, told: d.told, currency: state.Currency, service: state.ServiceMessages, quota: change.ServiceQuota}
	if state.Message.Kind != "template" {
		b.ours = serviceCategory
	}
	if d.advanced || b.charge.At == 0 {
		b.charge.At = change.At
	}
	list, err := decodeList(state.Prices)
	if err != nil || len(list) == 0 {
		return b, err
	}
	at := state.Message.CreatedAt // a template's price is that of the moment it was reserved
	if state.Message.Kind != "template" {
		at = b.charge.At
	}
	prices := list.At(at)
	b.prices = &prices
	return b, nil
}

// leftByStatus notes that a message has left, which its status alone told.
func leftByStatus(ctx context.Context, r sqlx.ExtContext, m *domain.Message, at int64) error {
	_, err := exec(ctx, r, `UPDATE waa_conversations SET last_outbound_at = CASE WHEN $4::boolean THEN last_outbound_at ELSE greatest(last_outbound_at, $2::bigint) END,
			refresh_at = CASE WHEN $3::boolean OR channel_id = '' THEN `+nextRefresh("refresh_at", "$2")+` ELSE refresh_at END
		WHERE id = $1`, m.ConversationID, at, m.Kind == "template", m.Automatic)
	return wrapErr(err, "could not note that a message left")
}

// learnPerson stores what Meta says of a person's identities and names.
func (s *Store) learnPerson(ctx context.Context, accountID, contactID string, who domain.WhatsAppIdentity, now int64) error {
	set, news := learnIdentitySQL("$5::text", "$4::text", "$6::text", "$3::text")
	_, err := exec(ctx, s.db, "WITH c AS (UPDATE waa_contacts SET "+set+", username = CASE WHEN $8 <> '' THEN $8 ELSE username END, updated_at = greatest(updated_at, $7) WHERE id = $2 AND ("+
		news+" OR $8 NOT IN ('', username))) "+newIdentities, accountID, contactID, who.PhoneKey, who.UserID, who.WAID, who.Name, now, who.Username)
	return wrapErr(err, "could not store the identities")
}

// endMessage gives a message its last status, or unknown, if that advances it. Unless
// the status is unknown it releases the charge and takes back what a template did to
// the times of conversation and contact, because a message that failed was never sent. m.SentAt is when WhatsApp
// accepted it, where its failure alone tells that it did; 0 = not known.
func (s *Store) endMessage(ctx context.Context, m *domain.Message, reason int, now int64) (ended *domain.Message, advanced bool, err error) {
	err = s.inTxAgain(ctx, func(t *sqlx.Tx) error {
		ended, advanced = nil, false
		if _, err := exec(ctx, t, lockMessage, m.ID); err != nil {
			return wrapErr(err, "could not lock a message")
		}
		var err error
		if ended, err = getMessage(ctx, t, messageSelect+" WHERE id = $1", m.ID); err != nil {
			return err
		}
		if advanced = ended.Status.Advances(m.Status); !advanced {
			return nil
		}
		ended.Status, ended.StatusAt, ended.ReasonCode, ended.WAMID = m.Status, now, reason, firstNonEmpty(ended.WAMID, m.WAMID)
		if ended.SentAt == 0 { // whoever heard of the failure alone knows that WhatsApp had accepted it
			ended.SentAt = m.SentAt
		}
		_, err = exec(ctx, t, endMessageSQL(), m.ID, string(m.Status), now, reason, ended.WAMID, m.Status != domain.Unknown, ended.SentAt)
		return wrapErr(err, "could not end a message")
	})
	return ended, advanced, err
}

// lockMessage locks a message's contact, its conversation and the message, in the package's order.
const lockMessage = `
	WITH m AS (SELECT contact_id, conversation_id FROM waa_messages WHERE id = $1),
	ct AS (SELECT ct.id FROM waa_contacts ct WHERE ct.id = (SELECT contact_id FROM m) FOR UPDATE),
	c AS (SELECT c.id FROM waa_conversations c WHERE c.id = (SELECT conversation_id FROM m) AND (SELECT count(*) FROM ct) >= 0 FOR UPDATE)
	SELECT m.id FROM waa_messages m WHERE m.id = $1 AND (SELECT count(*) FROM c) >= 0 FOR UPDATE`

func endMessageSQL() string {
	const lastOther = `(SELECT coalesce(max(greatest(o.created_at, o.sent_at)), 0) FROM waa_messages o
		WHERE o.contact_id = m.contact_id AND o.kind = 'template' AND o.id <> m.id AND o.status NOT IN ('failed', 'not_sent')`
	return `
	WITH m AS (
		UPDATE waa_messages SET status = $2, status_at = $3, reason_code = $4, wamid = $5, sent_at = $7 WHERE id = $1
		RETURNING id, contact_id, conversation_id, kind = 'template' AS template
	), ch AS (
		UPDATE waa_charges SET state = 'released', amount = 0 FROM m WHERE message_id = m.id AND $6::boolean AND state = 'reserved'
	), w AS (
		DELETE FROM waa_wanted USING m WHERE waa_wanted.message_id = m.id AND $6::boolean
	), ct AS (
		UPDATE waa_contacts SET last_template_at = ` + lastOther + `) FROM m WHERE waa_contacts.id = m.contact_id AND m.template AND $6::boolean
	)
	UPDATE waa_conversations c SET
		last_template_at = CASE WHEN m.template AND $6::boolean THEN ` + lastOther + ` AND o.conversation_id = m.conversation_id) ELSE c.last_template_at END,
		updated_at = greatest(c.updated_at, $3),
		idle_at = CASE WHEN $6::boolean AND c.idle_at = 0 THEN c.last_inbound_at ELSE c.idle_at END, -- it was no answer
		refresh_at = CASE WHEN c.channel_id = '' AND $6::boolean THEN c.refresh_at
			WHEN c.channel_id = '' OR m.template THEN ` + nextRefresh("c.refresh_at", "$3") + ` ELSE c.refresh_at END
	FROM m WHERE c.id = m.conversation_id`
}
