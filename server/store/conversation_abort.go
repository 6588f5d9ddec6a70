package store

import (
	"context"

	"github.com/jmoiron/sqlx"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// onlyTheFailedStart is the condition that nothing came of a conversation except
// the start that failed: it has no channel, and no message but those that were not sent.
const onlyTheFailedStart = `channel_id = '' AND NOT EXISTS (
	SELECT 1 FROM waa_messages m WHERE m.conversation_id = waa_conversations.id AND (m.direction = 'in' OR m.status NOT IN ('failed', 'not_sent')))`

// Abort ends a conversation whose first template Meta refused for good, unless
// the customer wrote or a channel was made meanwhile. It returns whether the
// conversation is aborted now; an aborted one stays aborted.
func (s *Store) Abort(ctx context.Context, conversationID string, now int64) (aborted bool, err error) {
	err = s.inTx(ctx, func(t *sqlx.Tx) error {
		var was int64
		// storing a message or a channel locks this row too, so the next statement sees what was stored before
		if err := t.GetContext(ctx, &was, "SELECT aborted_at FROM waa_conversations WHERE id = $1 FOR UPDATE", conversationID); err != nil {
			return wrapErr(err, "could not hold the conversation")
		}
		if aborted = was != 0; aborted {
			return nil
		}
		// where a refresh is running, or its process died, another one must follow: it may have made a channel that is to be removed
		n, err := exec(ctx, t, `UPDATE waa_conversations SET aborted_at = $2, updated_at = greatest(updated_at, $2),
			refresh_at = CASE WHEN refresh_lease = 0 THEN 0 ELSE $2 END WHERE id = $1 AND `+onlyTheFailedStart, conversationID, now)
		if err != nil {
			return errors.Wrap(err, "could not abort the conversation")
		}
		if aborted = n > 0; aborted {
			return nil
		}
		return goOnAfterRefusal(ctx, t, conversationID, now)
	})
	return aborted, err
}

// goOnAfterRefusal makes a conversation due that goes on although its start was
// refused. Where the customer wrote meanwhile, its channel gets one line that says
// how the conversation came to be.
func goOnAfterRefusal(ctx context.Context, t *sqlx.Tx, conversationID string, now int64) error {
	text := domain.T("event.refused_but_wrote")
	if _, err := exec(ctx, t, `INSERT INTO waa_lines (conversation_id, text_key, data)
		SELECT c.id, $2::text, '{}' FROM waa_conversations c WHERE c.id = $1 AND c.channel_id = ''
			AND EXISTS (SELECT 1 FROM waa_messages m WHERE m.conversation_id = c.id AND m.direction = 'in')
			AND NOT EXISTS (SELECT 1 FROM waa_lines l WHERE l.conversation_id = c.id AND l.text_key = $2)`, conversationID, text.Key); err != nil {
		return errors.Wrap(err, "could not store a line")
	}
	_, err := exec(ctx, t, "UPDATE waa_conversations SET "+refreshSoon("refresh_at", "$2")+" WHERE id = $1", conversationID, now)
	return wrapErr(err, "could not make the conversation due")
}
