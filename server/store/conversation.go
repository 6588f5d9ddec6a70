package store

import (
	"context"

	"github.com/jmoiron/sqlx"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

const (
	conversationFields = "account_id, contact_id, queue_id, team_id, channel_id, owner_id, attendant_id, window_from, window_until, window_phone, window_user_id, " +
		"last_template_at, last_inbound_at, last_outbound_at, closed_at, closed_by, close_reason, closing_reason_id, closing_label, closing_fields, aborted_at, reopened_at, reopened_by, archived_at, previous_id, " +
		"attended_at, queued_for, reminded_at, absence"
	conversationColumns = "id, " + conversationFields + ", created_at, updated_at, erased_at"
)

// conversationSelect reads conversations c with their contacts ct.
func conversationSelect() string {
	return "SELECT " + prefixColumns("c", conversationColumns) + ", " + nestColumns("ct", "contact", contactColumns) +
		" FROM waa_conversations c JOIN waa_contacts ct ON ct.id = c.contact_id"
}

// Conversation reads a conversation with its contact.
func (s *Store) Conversation(ctx context.Context, id string) (*domain.Conversation, error) {
	return getConversation(ctx, s.db, conversationSelect()+" WHERE c.id = $1", id)
}

// ConversationByChannel reads the conversation that owns a channel.
func (s *Store) ConversationByChannel(ctx context.Context, channelID string) (*domain.Conversation, error) {
	if channelID == "" {
		return nil, domain.ErrNotFound
	}
	return getConversation(ctx, s.db, conversationSelect()+" WHERE c.channel_id = $1 AND c.channel_id <> ''", channelID)
}

func getConversation(ctx context.Context, r sqlx.ExtContext, query string, args ...any) (*domain.Conversation, error) {
	c := &domain.Conversation{}
	if err := sqlx.GetContext(ctx, r, c, query+hot, args...); err != nil {
		return nil, wrapErr(err, "could not read the conversation")
	}
	return c, nil
}

func openConversation(ctx context.Context, r sqlx.ExtContext, accountID, contactID string) (*domain.Conversation, error) {
	return getConversation(ctx, r, conversationSelect()+" WHERE c.account_id = $1 AND c.contact_id = $2 AND c.closed_at = 0 AND c.aborted_at = 0", accountID, contactID)
}

// lockConversation locks the conversation's contact and then its row, in the package's order.
func lockConversation(ctx context.Context, r sqlx.ExtContext, id string) (*domain.Conversation, error) {
	return getConversation(ctx, r, `
		WITH ct AS (
			SELECT `+contactColumns+` FROM waa_contacts WHERE id = (SELECT contact_id FROM waa_conversations WHERE id = $1) FOR UPDATE
		)
		SELECT `+prefixColumns("c", conversationColumns)+", "+nestColumns("ct", "contact", contactColumns)+`
		FROM ct JOIN waa_conversations c ON c.id = $1 FOR UPDATE OF c`, id)
}

// insertConversation stores a new conversation. refreshAt is when Mattermost is
// to show it, milliseconds since epoch; 0 = not before a message of it was sent.
func insertConversation(ctx context.Context, r sqlx.ExtContext, c *domain.Conversation, refreshAt int64) error {
	row := struct {
		*domain.Conversation
		RefreshAt int64 `db:"refresh_at"`
	}{c, refreshAt}
	if _, err := execNamed(ctx, r, insertInto("waa_conversations", conversationColumns+", refresh_at"), row); err != nil {
		return wrapErr(err, "could not store the conversation")
	}
	return wakeForPerson(ctx, r, c.AccountID, c.ContactID)
}

func updateConversation(ctx context.Context, r sqlx.ExtContext, c *domain.Conversation) error {
	row := *c
	row.CloseReason = truncate(c.CloseReason, len(c.CloseReason))
	n, err := execNamed(ctx, r, "UPDATE waa_conversations SET "+assignColumns(conversationFields)+", updated_at = :updated_at, "+
		refreshSoon("refresh_at", "CAST(:updated_at AS bigint) + "+graceMillis)+", "+resetIdle+" WHERE id = :id", &row)
	if err == nil && n == 0 {
		return domain.ErrNotFound
	}
	return wrapErr(err, "could not update the conversation")
}

// SetChannel records the channel of a conversation. ErrConflict if it belongs to
// another one, ErrNotFound if the conversation was aborted meanwhile.
func (s *Store) SetChannel(ctx context.Context, id, channelID string) error {
	err := execOne(ctx, s.db, "could not set the channel", `UPDATE waa_conversations
		SET channel_id = $2, channel_at = coalesce((SELECT ch.updateat FROM channels ch WHERE ch.id = $2), 0) WHERE id = $1 AND aborted_at = 0`, id, channelID)
	if err != nil {
		return err
	}
	return wakeForChannel(ctx, s.db, id)
}

// CloseWindow ends the window in which a message left, because Meta said that it is
// closed. A window that the customer has opened since then stays.
func (s *Store) CloseWindow(ctx context.Context, messageID string, now int64) error {
	_, err := exec(ctx, s.db, "UPDATE waa_conversations c SET window_until = $2, updated_at = greatest(c.updated_at, $2), "+refreshSoon("c.refresh_at", "$2")+
		" FROM waa_outbox o WHERE o.dedupe_key = $1 AND c.id = o.lane COLLATE \"default\" AND c.window_until = o.left_window AND c.window_until > $2", messageID, now)
	return wrapErr(err, "could not close the window")
}
