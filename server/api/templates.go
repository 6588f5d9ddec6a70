package api

import (
	"net/http"
	"strings"

	"github.com/gorilla/mux"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// maxStatus bounds a status in a filter, in characters.
const maxStatus = 32

func (a *API) templateRoutes(router *mux.Router) {
	a.handle(router, http.MethodGet, "/templates", a.listTemplates)
	a.handle(router, http.MethodPost, "/templates", a.createTemplate)
	a.handle(router, http.MethodPost, "/templates/sync", a.syncTemplates)
	a.handle(router, http.MethodPost, "/templates/lint", a.lintTemplate)
	a.handle(router, http.MethodPost, samplesRoute, a.uploadSample)
	a.handle(router, http.MethodGet, "/templates/{id}", withID(a.getTemplate))
	a.handle(router, http.MethodPatch, "/templates/{id}", withID(a.patchTemplate))
	a.handle(router, http.MethodPost, "/templates/{id}/edit", withID(a.editTemplate))
}

type templateView struct {
	ID             string        `json:"id"`
	AccountID      string        `json:"account_id"`
	Name           string        `json:"name"`
	Title          string        `json:"title"`
	SuggestedTitle string        `json:"suggested_title"`
	Labels         domain.Labels `json:"labels"`
	Language       string        `json:"language"`
	Category       string        `json:"category"`
	Status         string        `json:"status"`
	Quality        string        `json:"quality"`
	Rejected       string        `json:"rejected_reason"`
	Source         string        `json:"source"`
	CorrectCat     string        `json:"correct_category"`
	Risks          []riskView    `json:"risks"`
	UnusableReason string        `json:"unusable_reason"`
	Text           string        `json:"text"`
	Approved       bool          `json:"approved"`
	ApprovedBy     string        `json:"approved_by"`
	ApprovedAt     millisOrNull  `json:"approved_at"`
	QueueIDs       []string      `json:"queue_ids"`
	GoneAt         millisOrNull  `json:"gone_at"`
	CreatedAt      millisOrNull  `json:"created_at"`
	UpdatedAt      millisOrNull  `json:"updated_at"`
}

func viewTemplate(t *domain.Template) templateView {
	labels := t.Labels
	if labels == nil {
		labels = domain.Labels{}
	}
	return templateView{
		ID: t.ID, AccountID: t.AccountID, Name: t.Name, Title: t.Title, Labels: labels, Language: t.Language, Category: t.Category, Status: t.Status, Text: t.Text,
		Quality: t.Quality, Rejected: t.RejectedReason, Source: t.Source, CorrectCat: t.CorrectCategory,
		Approved: t.Approved, ApprovedBy: t.ApprovedBy, ApprovedAt: millisOrNull(t.ApprovedAt), QueueIDs: nonNil(t.QueueIDs),
		GoneAt: millisOrNull(t.GoneAt), CreatedAt: millisOrNull(t.CreatedAt), UpdatedAt: millisOrNull(t.UpdatedAt),
	}
}

// templateViewer adds why a template cannot be used and what is risky about it, in the user's language.
func (a *API) templateViewer(r *http.Request) func(*domain.Template) templateView {
	return func(t *domain.Template) templateView {
		view := viewTemplate(t)
		template, err := whatsapp.ReadTemplate(t.Definition)
		if err == nil {
			view.SuggestedTitle = template.SuggestedTitle()
		}
		view.Risks = a.viewRisks(r, risksOf(t, template))
		if why := whatsapp.Unusable(t); why.Key != "" {
			view.UnusableReason = a.Localize(r, why)
		}
		return view
	}
}

func (a *API) listTemplates(r *http.Request) (reply, error) {
	q := readQuery(r)
	p, accountID := q.page(), q.id("account_id")
	name, status := q.line("q", maxName), strings.ToUpper(q.line("status", maxStatus))
	if err := q.err(); err != nil {
		return reply{}, err
	}
	templates, total, err := a.Store.Templates(r.Context(), accountID, name, status, p.number, p.size)
	if err != nil {
		return reply{}, errors.Wrap(err, "list the templates")
	}
	return ok(listOf(templates, total, p, a.templateViewer(r)))
}

func (a *API) getTemplate(r *http.Request, id string) (reply, error) {
	template, err := a.Store.Template(r.Context(), id)
	if err != nil {
		return reply{}, errors.Wrap(err, "read the template")
	}
	return ok(a.viewTemplateDetail(r, template))
}

// syncTemplates reads the templates of an account from Meta, and answers when they are stored.
func (a *API) syncTemplates(r *http.Request) (reply, error) {
	f, err := readForm(r, false)
	if err != nil {
		return reply{}, err
	}
	var accountID string
	f.id("account_id", &accountID, true)
	if err := f.err(); err != nil {
		return reply{}, err
	}
	account, err := a.submitter(r, accountID)
	if err != nil {
		return reply{}, err
	}
	fetched, err := a.FetchTemplates(r.Context(), account)
	if err != nil {
		return reply{}, errors.Wrap(err, "fetch the templates")
	}
	if err := a.Store.SetState(r.Context(), domain.TemplatesSyncedState(account.ID), a.Clock.Now()); err != nil { // the next sync by itself waits from now
		return reply{}, errors.Wrap(err, "note when the templates were fetched")
	}
	added, updated, gone, total, err := a.Store.SyncTemplates(r.Context(), account.ID, fetched, a.Clock.Now())
	if err != nil {
		return reply{}, errors.Wrap(err, "store the templates")
	}
	return ok(map[string]int{"added": added, "updated": updated, "gone": gone, "total": total})
}
