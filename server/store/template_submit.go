package store

import (
	"context"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// AddTemplate stores a template that was submitted to Meta. One of the same name and language that was there before is
// replaced: Meta would have refused the submission if it still had that one.
func (s *Store) AddTemplate(ctx context.Context, t *domain.Template, now int64) (*domain.Template, error) {
	return s.template(ctx, `INSERT INTO waa_templates AS w (id, account_id, meta_id, name, language, category, status, body, definition, wording, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)
		ON CONFLICT (account_id, name, language) DO UPDATE SET meta_id = excluded.meta_id, category = excluded.category,
			status = CASE WHEN w.meta_id = excluded.meta_id THEN w.status ELSE excluded.status END, -- a webhook may have been faster
			body = excluded.body, definition = excluded.definition, wording = excluded.wording, rejected_reason = '', source = '', correct_category = '', quality = '', edits = '{}',
			approved = false, approved_by = '', approved_at = 0, gone_at = 0, updated_at = excluded.updated_at
		RETURNING `+templateColumns,
		s.newID(), t.AccountID, truncate(t.MetaID, 64), truncate(t.Name, 512), truncate(t.Language, 16), truncate(t.Category, 32), truncate(t.Status, 32), t.Text, string(t.Definition), wordingHash(t), now)
}

// EditTemplate stores what a template says after an edit that Meta took, and when that was if Meta counts it. Other
// words were never approved, so that the approval is taken off.
func (s *Store) EditTemplate(ctx context.Context, id string, t *domain.Template, counted bool, now int64) (*domain.Template, error) {
	return s.template(ctx, `UPDATE waa_templates SET category = $2, status = $3, body = $4, definition = $5, wording = $6, rejected_reason = '',
			approved = false, approved_by = '', approved_at = 0, updated_at = $7,
			edits = CASE WHEN $8::boolean THEN (SELECT coalesce(array_agg(e ORDER BY e), '{}') FROM unnest(edits) e WHERE e > $9) || $7::bigint ELSE edits END
		WHERE id = $1 RETURNING `+templateColumns,
		id, truncate(t.Category, 32), truncate(t.Status, 32), t.Text, string(t.Definition), wordingHash(t), now, counted, now-domain.EditPeriod.Milliseconds())
}
