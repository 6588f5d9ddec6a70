package store

import (
	"context"
	"encoding/json"

	"github.com/lib/pq"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

const (
	templateColumns = "id, account_id, meta_id, name, language, category, status, quality, rejected_reason, source, correct_category, body, definition, rules, title, labels, approved, approved_by, approved_at, queue_ids, edits, gone_at, created_at, updated_at"
	templateSelect  = "SELECT " + templateColumns + " FROM waa_templates"
)

// templateRow is a template with its allow-list, rules and labels as the driver returns them.
type templateRow struct {
	domain.Template
	QueueIDs pq.StringArray `db:"queue_ids"`
	Edits    pq.Int64Array  `db:"edits"`
	Rules    []byte         `db:"rules"`
	Labels   []byte         `db:"labels"`
}

func (r *templateRow) template() (*domain.Template, error) {
	r.Template.QueueIDs, r.Template.Edits = r.QueueIDs, r.Edits
	if len(r.Rules) > 2 { // no rule at all is {}
		if err := json.Unmarshal(r.Rules, &r.Template.Rules); err != nil {
			return nil, errors.Wrap(err, "could not decode a template's rules")
		}
	}
	if len(r.Labels) > 2 {
		if err := json.Unmarshal(r.Labels, &r.Template.Labels); err != nil {
			return nil, errors.Wrap(err, "could not decode a template's labels")
		}
	}
	return &r.Template, nil
}

func templatesOf(rows []*templateRow) ([]*domain.Template, error) {
	templates := make([]*domain.Template, len(rows))
	for i, row := range rows {
		var err error
		if templates[i], err = row.template(); err != nil {
			return nil, err
		}
	}
	return templates, nil
}

// Template reads a template.
func (s *Store) Template(ctx context.Context, id string) (*domain.Template, error) {
	return s.template(ctx, templateSelect+" WHERE id = $1", id)
}

// TemplateByName reads a template by Meta's name and language.
func (s *Store) TemplateByName(ctx context.Context, accountID, name, language string) (*domain.Template, error) {
	return s.template(ctx, templateSelect+" WHERE account_id = $1 AND name = $2 AND language = $3", accountID, name, language)
}

func (s *Store) template(ctx context.Context, query string, args ...any) (*domain.Template, error) {
	row := &templateRow{}
	if err := s.db.GetContext(ctx, row, query, args...); err != nil {
		return nil, wrapErr(err, "could not read the template")
	}
	return row.template()
}

// Templates lists the templates of an account ("" = all), gone ones too, by
// name: those whose name holds query, with Meta's status (GONE = no longer at
// Meta); "" = any. page counts from 0.
func (s *Store) Templates(ctx context.Context, accountID, query, status string, page, perPage int) ([]*domain.Template, int, error) {
	from := builder().Select().From("waa_templates")
	if accountID != "" {
		from = from.Where("account_id = ?", accountID)
	}
	if query != "" {
		from = from.Where("position(lower(?) in lower(name)) > 0", query)
	}
	switch status {
	case "":
	case statusGone:
		from = from.Where("gone_at <> 0")
	default:
		from = from.Where("status = ? AND gone_at = 0", status)
	}
	rows, total, err := selectPage[templateRow](ctx, s.db, from.Columns(templateColumns).OrderBy("name", "language", "id"), from.Columns("count(*)"), page, perPage)
	if err != nil {
		return nil, 0, err
	}
	templates, err := templatesOf(rows)
	return templates, total, err
}

// UsableTemplates lists what a queue may send now (see domain.Template.Usable), by name.
func (s *Store) UsableTemplates(ctx context.Context, queueID string) ([]*domain.Template, error) {
	rows := []*templateRow{}
	err := s.db.SelectContext(ctx, &rows, "SELECT "+prefixColumns("t", templateColumns)+` FROM waa_templates t JOIN waa_queues q ON q.account_id = t.account_id
		WHERE q.id = $1 AND t.approved AND t.status = 'APPROVED' AND t.source <> '`+domain.SourceGenerated+`' AND t.gone_at = 0 AND t.queue_ids @> ARRAY[$1::text]
		ORDER BY t.name, t.language`, queueID)
	if err != nil {
		return nil, errors.Wrap(err, "could not read the queue's templates")
	}
	return templatesOf(rows)
}

// AllowTemplate sets our approval and the queues that may use a template: the
// named one of approved and queue_ids, or both. It returns the template as it is then.
func (s *Store) AllowTemplate(ctx context.Context, id string, approved bool, queueIDs []string, by string, now int64, fields ...string) (*domain.Template, error) {
	if queueIDs == nil {
		queueIDs = []string{}
	}
	set := mapColumns(chosenColumns("approved, queue_ids", fields), func(c string) string {
		switch c {
		case "approved":
			return `approved_by = CASE WHEN NOT $2::boolean THEN '' WHEN approved THEN approved_by ELSE $4 END,
				approved_at = CASE WHEN NOT $2::boolean THEN 0 WHEN approved THEN approved_at ELSE $5::bigint END, approved = $2`
		case "queue_ids":
			return "queue_ids = $3::text[]"
		}
		return c + " = " + c
	})
	return s.template(ctx, "UPDATE waa_templates SET "+set+`, updated_at = $5::bigint
		WHERE id = $1 AND $2::boolean IS NOT NULL AND $3::text[] IS NOT NULL AND $4::text IS NOT NULL RETURNING `+templateColumns, id, approved, pq.Array(queueIDs), by, now)
}

// SetTemplateRules stores an administrator's wishes for the named variables of a
// template, removes those of the variables in drop, and returns the template as it is then.
func (s *Store) SetTemplateRules(ctx context.Context, id string, rules domain.Rules, drop []string, now int64) (*domain.Template, error) {
	if rules == nil {
		rules = domain.Rules{}
	}
	if drop == nil {
		drop = []string{}
	}
	data, err := json.Marshal(rules)
	if err != nil {
		return nil, errors.Wrap(err, "could not encode a template's rules")
	}
	return s.template(ctx, "UPDATE waa_templates SET rules = (rules || $2::jsonb) - $4::text[], updated_at = $3 WHERE id = $1 RETURNING "+templateColumns,
		id, string(data), now, pq.Array(drop))
}

// NameTemplate stores what an administrator calls a template and the named variables, forgets the
// labels of the variables in drop, and returns the template as it is then.
func (s *Store) NameTemplate(ctx context.Context, id, title string, labels domain.Labels, drop []string, now int64) (*domain.Template, error) {
	if labels == nil {
		labels = domain.Labels{}
	}
	if drop == nil {
		drop = []string{}
	}
	data, err := json.Marshal(labels)
	if err != nil {
		return nil, errors.Wrap(err, "could not encode a template's labels")
	}
	return s.template(ctx, "UPDATE waa_templates SET title = $2, labels = (labels || $3::jsonb) - $4::text[], updated_at = $5 WHERE id = $1 RETURNING "+templateColumns,
		id, truncate(title, 128), string(data), pq.Array(drop), now)
}

// statusGone is no status of Meta's: it stands for templates that Meta no longer has.
const statusGone = "GONE"

// approvalUnless is the part of an UPDATE that takes the approval off unless the condition holds.
func approvalUnless(condition string) string {
	return `approved = w.approved AND ` + condition + `,
		approved_by = CASE WHEN ` + condition + ` THEN w.approved_by ELSE '' END,
		approved_at = CASE WHEN ` + condition + ` THEN w.approved_at ELSE 0 END`
}

// stillApproved is the condition that our approval holds for what Meta says
// now: another category has another price, and what Meta stopped is looked at
// again before it is used again.
func stillApproved(category, status string) string {
	return `(w.category = ` + category + ` AND (w.status <> 'APPROVED' OR ` + status + ` = 'APPROVED'))`
}
