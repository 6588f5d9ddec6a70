package store

import (
	"context"

	"github.com/lib/pq"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// SyncTemplates makes an account's templates those that Meta has: fetched is
// the whole list. Our approval and allow-list stay, but another category or
// wording takes the approval off. What Meta no longer has gets gone_at, and loses it when it
// is back. One statement, so that nobody sees half of it.
func (s *Store) SyncTemplates(ctx context.Context, accountID string, fetched []domain.Template, now int64) (added, updated, gone, total int, err error) {
	list := templateList{}
	seen := map[[2]string]bool{}
	for i := len(fetched) - 1; i >= 0; i-- { // the last of two with one name counts
		t := &fetched[i]
		if key := [2]string{t.Name, t.Language}; !seen[key] {
			seen[key] = true
			list.add(s.newID(), t)
		}
	}
	var counts struct{ Added, Updated, Gone int }
	err = retryDeadlock(func() error {
		return s.db.GetContext(ctx, &counts, syncTemplates(), accountID, now, pq.Array(list.ids), pq.Array(list.metaIDs), pq.Array(list.names),
			pq.Array(list.languages), pq.Array(list.categories), pq.Array(list.statuses), pq.Array(list.qualities), pq.Array(list.reasons),
			pq.Array(list.bodies), pq.Array(list.definitions), s.newID(), maxListed, pq.Array(list.wordings),
			pq.Array(list.sources), pq.Array(list.corrects))
	})
	return counts.Added, counts.Updated, counts.Gone, len(list.ids), wrapErr(err, "could not store the templates")
}

// maxListed is how many templates a notice of a sync names.
const maxListed = 20

// templateList is Meta's list, column by column.
type templateList struct {
	ids, metaIDs, names, languages, categories, statuses, qualities, reasons, bodies, definitions, wordings, sources, corrects []string
}

func (l *templateList) add(id string, t *domain.Template) {
	definition := string(t.Definition)
	if definition == "" {
		definition = "{}"
	}
	l.ids, l.metaIDs = append(l.ids, id), append(l.metaIDs, truncate(t.MetaID, 64))
	l.names, l.languages = append(l.names, truncate(t.Name, 512)), append(l.languages, truncate(t.Language, 16))
	l.categories, l.statuses = append(l.categories, truncate(t.Category, 32)), append(l.statuses, truncate(t.Status, 32))
	l.qualities, l.reasons = append(l.qualities, truncate(t.Quality, 32)), append(l.reasons, truncate(t.RejectedReason, 64))
	l.bodies, l.definitions = append(l.bodies, truncate(t.Text, len(t.Text))), append(l.definitions, definition)
	l.wordings = append(l.wordings, wordingHash(t))
	l.sources, l.corrects = append(l.sources, truncate(t.Source, 32)), append(l.corrects, truncate(t.CorrectCategory, 32))
}

// syncTemplates also leaves the admins one notice of what changed among the
// templates that somebody allowed: another category, no longer approved, gone,
// or another wording than was approved.
func syncTemplates() string {
	still := "(" + stillApproved("f.category", "f.status") + " AND w.wording IN ('', f.wording) AND f.source <> '" + domain.SourceGenerated + "')"
	return `
WITH f AS (
	SELECT id, meta_id, name, language, category, status, quality, rejected_reason, body, definition::jsonb AS definition, wording, source, correct_category
	FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $15::text[], $16::text[], $17::text[])
		AS f (id, meta_id, name, language, category, status, quality, rejected_reason, body, definition, wording, source, correct_category)
), updated AS (
	UPDATE waa_templates w SET meta_id = f.meta_id, category = f.category, status = f.status, quality = f.quality,
		rejected_reason = f.rejected_reason, body = f.body, definition = f.definition, wording = f.wording, source = f.source, correct_category = f.correct_category, gone_at = 0, told_at = greatest(w.told_at, $2::bigint - 999), updated_at = $2, ` + approvalUnless(still) + `
	FROM f
	WHERE w.account_id = $1 AND w.name = f.name AND w.language = f.language
		AND (w.gone_at <> 0 OR (w.meta_id, w.category, w.status, w.quality, w.rejected_reason, w.body, w.definition, w.wording, w.source, w.correct_category)
			IS DISTINCT FROM (f.meta_id, f.category, f.status, f.quality, f.rejected_reason, f.body, f.definition, f.wording, f.source, f.correct_category))
	RETURNING w.id
), added AS (
	INSERT INTO waa_templates (id, account_id, meta_id, name, language, category, status, quality, rejected_reason, body, definition, wording, source, correct_category, created_at, updated_at)
	SELECT id, $1, meta_id, name, language, category, status, quality, rejected_reason, body, definition, wording, source, correct_category, $2, $2 FROM f ORDER BY name, language
	ON CONFLICT (account_id, name, language) DO NOTHING
	RETURNING id
), gone AS (
	UPDATE waa_templates w SET gone_at = $2, updated_at = $2
	WHERE w.account_id = $1 AND w.gone_at = 0 AND NOT EXISTS (SELECT 1 FROM f WHERE f.name = w.name AND f.language = w.language)
	RETURNING w.id
), news AS (
	SELECT row_number() OVER (ORDER BY w.name, w.language) AS n, jsonb_build_object('Name', w.name, 'Language', w.language, 'Change',
			CASE WHEN f.id IS NULL THEN w.status || ' → GONE' WHEN f.category <> w.category THEN w.category || ' → ' || f.category
			WHEN f.status <> w.status THEN w.status || ' → ' || f.status ELSE 'message_template_components_update' END) AS change
	FROM waa_templates w LEFT JOIN f ON f.name = w.name AND f.language = w.language
	WHERE w.account_id = $1 AND w.gone_at = 0 AND (w.approved OR cardinality(w.queue_ids) > 0)
		AND (f.id IS NULL OR f.category <> w.category OR f.status <> w.status OR w.approved AND w.wording NOT IN ('', f.wording))
), notice AS (
	INSERT INTO waa_notices (key, account_id, text_key, data, created_at)
	SELECT $13, $1, 'admin.templates_changed', jsonb_build_object('Count', count(*),
		'Changes', jsonb_agg(change ORDER BY n) FILTER (WHERE n <= $14), 'More', greatest(0, count(*) - $14)), $2
	FROM news HAVING count(*) > 0
)
SELECT (SELECT count(*) FROM added) AS added, (SELECT count(*) FROM updated) AS updated, (SELECT count(*) FROM gone) AS gone`
}
