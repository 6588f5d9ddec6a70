package store

import (
	"context"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// TemplateChanged stores what Meta says of a template, and leaves a notice for
// the admins in the same statement; see package inbound.
func (s *Store) TemplateChanged(ctx context.Context, accountID string, change domain.TemplateChange, now int64) (tied bool, err error) {
	err = s.db.GetContext(ctx, &tied, changeTemplate(), accountID, change.MetaID, change.Name, change.Language, truncate(change.Status, 32), truncate(change.Category, 32),
		truncate(change.Quality, 32), truncate(change.Reason, 64), now, s.newID(), change.At, truncate(change.CorrectCategory, 32))
	return tied, wrapErr(err, "could not change the template")
}

// changeTemplate finds the template by Meta's id, else by name and language. A change
// that is older than the last one finds none.
func changeTemplate() string {
	still := stillApproved("new.category", "new.status")
	return `
	WITH new AS (
		SELECT id, told_at = $11 AS tied, CASE WHEN $5 = '' THEN status ELSE $5 END AS status, CASE WHEN $6 = '' THEN category ELSE $6 END AS category,
			CASE WHEN $7 = '' THEN quality ELSE $7 END AS quality,
			CASE WHEN $5 = '' THEN rejected_reason WHEN $5 = 'REJECTED' THEN $8 ELSE '' END AS rejected_reason,
			CASE WHEN $12 <> '' THEN $12 WHEN $6 <> '' THEN '' ELSE correct_category END AS correct_category
		FROM waa_templates WHERE account_id = $1 AND (meta_id = $2 AND meta_id <> '' OR name = $3 AND language = $4) AND told_at <= $11
		ORDER BY meta_id = $2 DESC LIMIT 1 FOR UPDATE
	), changed AS (
		UPDATE waa_templates w SET status = new.status, category = new.category, quality = new.quality, rejected_reason = new.rejected_reason, correct_category = new.correct_category, told_at = $11,
			updated_at = CASE WHEN (w.status, w.category, w.quality, w.rejected_reason, w.correct_category)
				IS DISTINCT FROM (new.status, new.category, new.quality, new.rejected_reason, new.correct_category)
				THEN $9 ELSE w.updated_at END, ` + approvalUnless(still) + `
		FROM new WHERE w.id = new.id RETURNING new.tied
	), notice AS (
		INSERT INTO waa_notices (key, account_id, text_key, data, created_at)
		SELECT $10, $1, CASE WHEN w.category <> new.category THEN 'admin.template_category' ELSE 'admin.template_status' END,
			jsonb_build_object('Template', w.name || ' (' || w.language || ')', 'Approved', w.approved,
				'From', CASE WHEN w.category <> new.category THEN w.category ELSE w.status END,
				'To', CASE WHEN w.category <> new.category THEN new.category ELSE new.status END), $9
		FROM waa_templates w JOIN new ON new.id = w.id -- as it was
		WHERE w.category <> new.category OR w.status <> new.status AND (w.approved OR cardinality(w.queue_ids) > 0)
	)
	SELECT tied FROM changed`
}

// TemplatesOf lists all templates of an account, usable or not, by name.
func (s *Store) TemplatesOf(ctx context.Context, accountID string) ([]*domain.Template, error) {
	rows := []*templateRow{}
	if err := s.db.SelectContext(ctx, &rows, templateSelect+" WHERE account_id = $1 ORDER BY name, language", accountID); err != nil {
		return nil, wrapErr(err, "could not list the templates")
	}
	return templatesOf(rows)
}
