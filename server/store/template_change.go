package store

import (
	"context"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
)

// TemplateChanged moves status and category of a template and answers it as it
// was and as it is; see relay.ChangeStore.
func (s *Store) TemplateChanged(ctx context.Context, accountID, metaID, name, language, status, category string, now int64) (before, after *conversation.Template, err error) {
	before, err = s.template(ctx, templateSelect+` WHERE account_id = $1 AND (meta_id = $2 AND meta_id <> '' OR name = $3 AND language = $4)
		ORDER BY meta_id = $2 DESC LIMIT 1`, accountID, metaID, name, language)
	if err != nil {
		return nil, nil, err
	}
	if status != "" && status != before.Status {
		if _, err = s.SetTemplateStatus(ctx, accountID, before.MetaID, before.Name, before.Language, status, now); err != nil {
			return nil, nil, err
		}
	}
	if category != "" && category != before.Category {
		if _, err = s.SetTemplateCategory(ctx, accountID, before.MetaID, before.Name, before.Language, category, now); err != nil {
			return nil, nil, err
		}
	}
	after, err = s.Template(ctx, before.ID)
	return before, after, err
}

// TemplatesOf lists all templates of an account, usable or not, by name.
func (s *Store) TemplatesOf(ctx context.Context, accountID string) ([]*conversation.Template, error) {
	rows := []*templateRow{}
	err := s.db.SelectContext(ctx, &rows, templateSelect+" WHERE account_id = $1 ORDER BY name, language", accountID)
	return templatesOf(rows), failed(err, "could not list the templates")
}
