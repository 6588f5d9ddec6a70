package store

import (
	"context"

	"github.com/lib/pq"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
)

// SyncTemplates makes an account's templates those that Meta has: fetched is
// the whole list. Our approval and allow-list stay, but another category takes
// the approval off. What Meta no longer has gets gone_at, and loses it when it
// is back. One statement, so that nobody sees half of it.
func (s *Store) SyncTemplates(ctx context.Context, accountID string, fetched []conversation.Template, now int64) (added, updated, gone, total int, err error) {
	var ids, metaIDs, names, languages, categories, statuses, bodies, definitions []string
	seen := map[[2]string]bool{}
	for i := len(fetched) - 1; i >= 0; i-- { // the last of two with one name counts
		t := &fetched[i]
		if key := [2]string{t.Name, t.Language}; seen[key] {
			continue
		} else {
			seen[key] = true
		}
		definition := string(t.Definition)
		if definition == "" {
			definition = "{}"
		}
		ids, metaIDs = append(ids, s.newID()), append(metaIDs, fit(t.MetaID, 64))
		names, languages = append(names, fit(t.Name, 512)), append(languages, fit(t.Language, 16))
		categories, statuses = append(categories, fit(t.Category, 32)), append(statuses, fit(t.Status, 32))
		bodies, definitions = append(bodies, fit(t.Text, len(t.Text))), append(definitions, definition)
	}
	var counts struct{ Added, Updated, Gone int }
	err = retryDeadlock(func() error {
		return s.db.GetContext(ctx, &counts, syncTemplates, accountID, now, pq.Array(ids), pq.Array(metaIDs), pq.Array(names),
			pq.Array(languages), pq.Array(categories), pq.Array(statuses), pq.Array(bodies), pq.Array(definitions))
	})
	return counts.Added, counts.Updated, counts.Gone, len(ids), failed(err, "could not store the templates")
}

const syncTemplates = `
WITH f AS (
	SELECT id, meta_id, name, language, category, status, body, definition::jsonb AS definition
	FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[])
		AS f (id, meta_id, name, language, category, status, body, definition)
), updated AS (
	UPDATE waa_templates t SET meta_id = f.meta_id, category = f.category, status = f.status, body = f.body, definition = f.definition,
		gone_at = 0, updated_at = $2,
		approved = t.approved AND t.category = f.category,
		approved_by = CASE WHEN t.category = f.category THEN t.approved_by ELSE '' END,
		approved_at = CASE WHEN t.category = f.category THEN t.approved_at ELSE 0 END
	FROM f
	WHERE t.account_id = $1 AND t.name = f.name AND t.language = f.language
		AND (t.gone_at <> 0 OR (t.meta_id, t.category, t.status, t.body, t.definition) IS DISTINCT FROM (f.meta_id, f.category, f.status, f.body, f.definition))
	RETURNING t.id
), added AS (
	INSERT INTO waa_templates (id, account_id, meta_id, name, language, category, status, body, definition, created_at, updated_at)
	SELECT id, $1, meta_id, name, language, category, status, body, definition, $2, $2 FROM f ORDER BY name, language
	ON CONFLICT (account_id, name, language) DO NOTHING
	RETURNING id
), gone AS (
	UPDATE waa_templates t SET gone_at = $2, updated_at = $2
	WHERE t.account_id = $1 AND t.gone_at = 0 AND NOT EXISTS (SELECT 1 FROM f WHERE f.name = t.name AND f.language = t.language)
	RETURNING t.id
)
SELECT (SELECT count(*) FROM added) AS added, (SELECT count(*) FROM updated) AS updated, (SELECT count(*) FROM gone) AS gone`
