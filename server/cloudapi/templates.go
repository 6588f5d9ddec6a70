package cloudapi

import (
	"context"
	"encoding/json"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// SubmitTemplate submits a new template of an account to Meta, and returns it as it is then: usually PENDING. Its
// errors are refusals that can be shown to an administrator.
func (m *Client) SubmitTemplate(ctx context.Context, account *domain.Account, draft whatsapp.Template) (domain.Template, error) {
	made, err := m.client.Load().SubmitTemplate(ctx, credentials(account), draft)
	if err != nil {
		return domain.Template{}, submitRefusal(err)
	}
	draft.ID, draft.Status = made.ID, firstOf(made.Status, "PENDING")
	draft.Category = firstOf(made.Category, draft.Category)
	return templateOf(account, draft)
}

// EditTemplate submits other components of a template to Meta, and another category unless that is "". It returns the
// template as it is then: PENDING.
func (m *Client) EditTemplate(ctx context.Context, account *domain.Account, t *domain.Template, edit whatsapp.Template) (domain.Template, error) {
	if err := m.client.Load().EditTemplate(ctx, credentials(account), t.MetaID, edit.Category, edit.Definition); err != nil {
		return domain.Template{}, submitRefusal(err)
	}
	edit.ID, edit.Name, edit.Language, edit.Status = t.MetaID, t.Name, t.Language, "PENDING"
	edit.Category = firstOf(edit.Category, t.Category)
	return templateOf(account, edit)
}

// templateOf makes a template of ours of one of Meta's.
func templateOf(account *domain.Account, t whatsapp.Template) (domain.Template, error) {
	definition, err := json.Marshal(t)
	if err != nil {
		return domain.Template{}, errors.Wrap(err, "could not keep a template")
	}
	return domain.Template{
		AccountID: account.ID, MetaID: t.ID, Name: t.Name, Language: t.Language, Category: t.Category, Status: t.Status,
		Quality: t.Quality, RejectedReason: cleanReason(t.RejectedReason), Source: t.Source, CorrectCategory: t.CorrectCategory,
		Text: t.Text(), Definition: definition,
	}, nil
}

// submitRefusal is refusalOf with the words that Meta has for the person who writes the template: these say what to
// change.
func submitRefusal(err error) error {
	var meta *whatsapp.APIError
	if refusal, ok := domain.AsRefusal(refusalOf(err)); ok && errors.As(err, &meta) && refusal.Code == domain.CodeMetaRefused {
		if words := meta.ForPeople(); words != "" {
			refusal.Text = domain.T("variable.words", "Words", words)
		}
		return refusal
	}
	return refusalOf(err)
}

func firstOf(first, second string) string {
	if first != "" {
		return first
	}
	return second
}
