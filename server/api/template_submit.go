package api

import (
	"net/http"
	"regexp"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// newTemplateName is what Meta takes as the name of a new template.
var newTemplateName = regexp.MustCompile(`^[a-z0-9_]+$`)

// createTemplate submits a new template to Meta for review.
func (a *API) createTemplate(r *http.Request) (reply, error) {
	f, err := readForm(r, false)
	if err != nil {
		return reply{}, err
	}
	var accountID, name, language string
	draft := whatsapp.Template{}
	f.id("account_id", &accountID, true)
	f.matching("name", &name, newTemplateName, maxTemplate, true)
	f.matching("language", &language, languagePattern, maxLanguage, true)
	f.category("category", &draft.Category, true)
	f.components("components", &draft)
	if err := f.err(); err != nil {
		return reply{}, err
	}
	account, err := a.submitter(r, accountID)
	if err != nil {
		return reply{}, err
	}
	draft.Name, draft.Language = name, language
	made, err := a.SubmitTemplate(r.Context(), account, draft)
	if err != nil {
		return reply{}, errors.Wrap(err, "submit a template")
	}
	template, err := a.Store.AddTemplate(r.Context(), &made, a.Clock.Now())
	if err != nil {
		return reply{}, errors.Wrap(err, "store a template")
	}
	return created(a.viewTemplateDetail(r, template))
}

// editTemplate submits other components of a template to Meta for review.
func (a *API) editTemplate(r *http.Request, id string) (reply, error) {
	template, err := a.Store.Template(r.Context(), id)
	if err != nil {
		return reply{}, errors.Wrap(err, "read the template")
	}
	f, err := readForm(r, false)
	if err != nil {
		return reply{}, err
	}
	edit := whatsapp.Template{}
	f.category("category", &edit.Category, false)
	if edit.Category == template.Category {
		edit.Category = ""
	}
	f.components("components", &edit)
	if edit.Category != "" && template.Status == domain.StatusApproved {
		f.fault("category", domain.T("admin.template_category_stays"))
	}
	if err := f.err(); err != nil {
		return reply{}, err
	}
	now := a.Clock.Now()
	if why, from := template.Uneditable(now); why.Key != "" {
		return reply{}, &domain.Refusal{Code: domain.CodeTemplateNotAllowed, Text: why, NextAt: from}
	}
	account, err := a.submitter(r, template.AccountID)
	if err != nil {
		return reply{}, err
	}
	edited, err := a.EditTemplate(r.Context(), account, template, edit)
	if err != nil {
		return reply{}, errors.Wrap(err, "edit a template")
	}
	template, err = a.Store.EditTemplate(r.Context(), id, &edited, template.Status == domain.StatusApproved, now)
	if err != nil {
		return reply{}, errors.Wrap(err, "store an edited template")
	}
	return ok(a.viewTemplateDetail(r, template))
}

// submitter reads an account that can submit templates.
func (a *API) submitter(r *http.Request, accountID string) (*domain.Account, error) {
	account, err := a.Store.Account(r.Context(), accountID)
	switch {
	case errors.Is(err, domain.ErrNotFound):
		return nil, invalid("account_id", domain.T("api.field_unknown_account"))
	case err != nil:
		return nil, errors.Wrap(err, "read the account")
	case account.AccessToken == "":
		return nil, invalid("account_id", domain.T("api.no_access_token"))
	}
	return account, nil
}
