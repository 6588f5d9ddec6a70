package store

import (
	"context"
	"strings"

	"github.com/jmoiron/sqlx"
)

// EditDraft changes the text of a held draft. The draft is the editor's from then on,
// and is offered to the editor where it was offered to its author before. See service.DraftStore.
func (s *Store) EditDraft(ctx context.Context, id, by, text, fingerprint string, now int64, old func(text string) string) error {
	return s.changeDraft(ctx, "draft_edited", id, by, old, `
		WITH before AS (
			SELECT id, conversation_id, author_id, opening FROM waa_drafts WHERE id = $1
		), after AS (
			UPDATE waa_drafts SET author_id = $2, body = $3, fingerprint = $4, updated_at = $5 WHERE id = $1 RETURNING id, conversation_id, author_id, opening
		), offered AS (
			INSERT INTO waa_draft_offers (conversation_id, author_id, opening, created_at) SELECT a.conversation_id, a.author_id, a.opening, $5 FROM after a WHERE a.opening > 0
			ON CONFLICT (conversation_id, author_id, opening) DO UPDATE SET version = waa_draft_offers.version + 1
		), changed AS (
			SELECT * FROM before WHERE author_id <> $2
		)`+showOffersAnew, by, truncate(strings.TrimSpace(text), maxDraftText), fingerprint, now)
}

// DropDraft ends a held draft; see package service.
func (s *Store) DropDraft(ctx context.Context, id, by string, now int64, old func(text string) string) error {
	return s.changeDraft(ctx, "draft_dropped", id, by, old, `
		WITH changed AS (
			UPDATE waa_drafts SET state = 'dropped', body = '', updated_at = $2 WHERE id = $1 RETURNING id, conversation_id, author_id, opening
		)`+showOffersAnew, now)
}

// changeDraft runs a statement on a held draft ($1) under its lock. A change of another
// person's draft is audited with what old makes of the former text.
func (s *Store) changeDraft(ctx context.Context, action, id, by string, old func(text string) string, statement string, args ...any) error {
	return s.inTx(ctx, func(t *sqlx.Tx) error {
		var was struct {
			AuthorID string `db:"author_id"`
			Body     string `db:"body"`
		}
		err := t.GetContext(ctx, &was, "SELECT author_id, body FROM waa_drafts WHERE id = $1 AND state = 'held' FOR UPDATE", id)
		if err != nil {
			return wrapErr(err, "could not lock a draft")
		}
		if _, err := exec(ctx, t, statement, append([]any{id}, args...)...); err != nil {
			return wrapErr(err, "could not change a draft")
		}
		if was.AuthorID == by {
			return nil
		}
		return s.audit(ctx, t, by, action, id, map[string]string{"author": was.AuthorID, "old_text_hash": old(was.Body)})
	})
}
