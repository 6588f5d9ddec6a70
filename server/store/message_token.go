package store

import (
	"context"

	"github.com/pkg/errors"
)

const (
	// tokensFilled is the state (see State) that says whether every message has its token.
	tokensFilled = "message_tokens"
	tokenBatch   = 2000
)

// FillTokens gives tokens to a batch of the messages that an earlier version stored,
// going through them once; more says that there are others. Where two rows are one
// message, the older row gets the token.
func (s *Store) FillTokens(ctx context.Context) (more bool, err error) {
	if done, err := s.State(ctx, tokensFilled); err != nil || done != 0 {
		return false, err
	}
	s.tokens.Lock()
	defer s.tokens.Unlock()
	var seen struct {
		Last string
		N    int
	}
	err = s.db.GetContext(ctx, &seen, `
		WITH batch AS MATERIALIZED (
			SELECT id, account_id, wamid, token, created_at FROM waa_messages WHERE id > $1 ORDER BY id LIMIT $2
		), wanted AS (
			SELECT DISTINCT ON (account_id, waa_token(wamid)) id, account_id, waa_token(wamid) AS token FROM batch WHERE token = '' AND wamid <> ''
			ORDER BY account_id, waa_token(wamid), created_at, id
		), filled AS (
			UPDATE waa_messages m SET token = w.token FROM wanted w
			WHERE m.id = w.id AND NOT EXISTS (SELECT 1 FROM waa_messages o WHERE o.token = w.token AND o.token <> '' AND o.account_id = w.account_id)
		)
		SELECT coalesce(max(id), '') AS last, count(*) AS n FROM batch`, s.tokensAfter, tokenBatch)
	if err != nil {
		return false, errors.Wrap(err, "could not give messages their tokens")
	}
	if seen.N == tokenBatch {
		s.tokensAfter = seen.Last
		return true, nil
	}
	return false, s.SetState(ctx, tokensFilled, 1)
}
