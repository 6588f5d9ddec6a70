package store

import (
	"context"

	"github.com/lib/pq"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
)

const (
	templateColumns = "id, account_id, meta_id, name, language, category, status, body, definition, approved, approved_by, approved_at, queue_ids, gone_at, created_at, updated_at"
	templateSelect  = "SELECT " + templateColumns + " FROM waa_templates"
)

// templateRow is a template with its allow-list as the driver gives it.
type templateRow struct {
	conversation.Template
	QueueIDs pq.StringArray
}

func (r *templateRow) template() *conversation.Template {
	r.Template.QueueIDs = r.QueueIDs
	return &r.Template
}

func templatesOf(rows []*templateRow) []*conversation.Template {
	templates := make([]*conversation.Template, len(rows))
	for i, row := range rows {
		templates[i] = row.template()
	}
	return templates
}

// Template reads a template.
func (s *Store) Template(ctx context.Context, id string) (*conversation.Template, error) {
	return s.template(ctx, templateSelect+" WHERE id = $1", id)
}

// TemplateByName reads a template by Meta's name and language.
func (s *Store) TemplateByName(ctx context.Context, accountID, name, language string) (*conversation.Template, error) {
	return s.template(ctx, templateSelect+" WHERE account_id = $1 AND name = $2 AND language = $3", accountID, name, language)
}

func (s *Store) template(ctx context.Context, query string, args ...any) (*conversation.Template, error) {
	row := &templateRow{}
	if err := s.db.GetContext(ctx, row, query, args...); err != nil {
		return nil, failed(err, "could not read the template")
	}
	return row.template(), nil
}

// Templates lists the templates of an account ("" = all), gone ones too, by name; page counts from 0.
func (s *Store) Templates(ctx context.Context, accountID string, page, perPage int) ([]*conversation.Template, int, error) {
	from := builder().Select().From("waa_templates")
	if accountID != "" {
		from = from.Where("account_id = ?", accountID)
	}
	rows, total, err := selectPage[templateRow](ctx, s.db, from.Columns(templateColumns).OrderBy("name", "language", "id"), from.Columns("count(*)"), page, perPage)
	if err != nil {
		return nil, 0, err
	}
	return templatesOf(rows), total, nil
}

// UsableTemplates lists what a queue may send now (see conversation.Template.Usable), by name.
func (s *Store) UsableTemplates(ctx context.Context, queueID string) ([]*conversation.Template, error) {
	rows := []*templateRow{}
	err := s.db.SelectContext(ctx, &rows, "SELECT "+of("t", templateColumns)+` FROM waa_templates t JOIN waa_queues q ON q.account_id = t.account_id
		WHERE q.id = $1 AND t.approved AND t.status = 'APPROVED' AND t.gone_at = 0 AND t.queue_ids @> ARRAY[$1::text]
		ORDER BY t.name, t.language`, queueID)
	if err != nil {
		return nil, errors.Wrap(err, "could not read the queue's templates")
	}
	return templatesOf(rows), nil
}

// AllowTemplate sets our approval and the queues that may use a template. It
// answers the template as it is then.
func (s *Store) AllowTemplate(ctx context.Context, id string, approved bool, queueIDs []string, by string, now int64) (*conversation.Template, error) {
	if queueIDs == nil {
		queueIDs = []string{}
	}
	return s.template(ctx, `UPDATE waa_templates SET
			approved_by = CASE WHEN NOT $2::boolean THEN '' WHEN approved THEN approved_by ELSE $4 END,
			approved_at = CASE WHEN NOT $2::boolean THEN 0 WHEN approved THEN approved_at ELSE $5::bigint END,
			approved = $2, queue_ids = $3::text[], updated_at = $5
		WHERE id = $1 RETURNING `+templateColumns, id, approved, pq.Array(queueIDs), by, now)
}

// SetTemplateStatus records Meta's word on a template, known by Meta's id or by
// name and language. found is false where the account has no such template.
func (s *Store) SetTemplateStatus(ctx context.Context, accountID, metaID, name, language, status string, now int64) (found bool, err error) {
	n, err := exec(ctx, s.db, `UPDATE waa_templates SET status = $5, updated_at = $6
		WHERE account_id = $1 AND (meta_id = $2 AND $2 <> '' OR name = $3 AND language = $4)`,
		accountID, metaID, name, language, fit(status, 32), now)
	return n > 0, failed(err, "could not set the template's status")
}

// SetTemplateCategory records Meta's category of a template; another one than
// before takes our approval off, since it changes the price.
func (s *Store) SetTemplateCategory(ctx context.Context, accountID, metaID, name, language, category string, now int64) (found bool, err error) {
	n, err := exec(ctx, s.db, `UPDATE waa_templates SET category = $5, updated_at = $6, `+approvalUnless("category = $5")+`
		WHERE account_id = $1 AND (meta_id = $2 AND $2 <> '' OR name = $3 AND language = $4)`,
		accountID, metaID, name, language, fit(category, 32), now)
	return n > 0, failed(err, "could not set the template's category")
}

// approvalUnless is the part of an UPDATE that takes the approval off unless the condition holds.
func approvalUnless(condition string) string {
	return `approved = approved AND ` + condition + `,
		approved_by = CASE WHEN ` + condition + ` THEN approved_by ELSE '' END,
		approved_at = CASE WHEN ` + condition + ` THEN approved_at ELSE 0 END`
}
