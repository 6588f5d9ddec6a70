package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/gorilla/mux"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// TemplateStore keeps the templates as they were last fetched from Meta, with our approval.
type TemplateStore interface {
	// Template answers domain.ErrNotFound where there is none.
	Template(ctx context.Context, id string) (*domain.Template, error)
	// Templates answers a page (from 0) by name and language, and the total;
	// accountID "" = of all accounts, query = a part of the name, status = Meta's word or GONE.
	Templates(ctx context.Context, accountID, query, status string, page, perPage int) ([]*domain.Template, int, error)
	// SetTemplateRules stores an administrator's wishes for these variables, and none for those to drop.
	SetTemplateRules(ctx context.Context, id string, rules domain.Rules, drop []string, now int64) (*domain.Template, error)
	// AllowTemplate stores our approval and the allow-list, the named one of approved
	// and queue_ids alone, and answers the template as it is then. by and now are
	// kept with an approval that was not there before.
	AllowTemplate(ctx context.Context, id string, approved bool, queueIDs []string, by string, now int64, fields ...string) (*domain.Template, error)
	// SyncTemplates makes the account's templates those fetched, by name and
	// language, and keeps our approval. What Meta no longer has is marked as gone.
	// total is how many are there afterwards.
	SyncTemplates(ctx context.Context, accountID string, fetched []domain.Template, now int64) (added, updated, gone, total int, err error)
}

// TemplateFetcher reads an account's templates from Meta. It answers a
// *domain.Refusal where Meta refuses or cannot be reached.
type TemplateFetcher interface {
	FetchTemplates(ctx context.Context, account *domain.Account) ([]domain.Template, error)
}

// maxStatus bounds one of Meta's words.
const maxStatus = 32

func (a *API) templateRoutes(router *mux.Router) {
	a.handle(router, http.MethodGet, "/templates", a.listTemplates)
	a.handle(router, http.MethodPost, "/templates/sync", a.syncTemplates)
	a.handle(router, http.MethodGet, "/templates/{id}", a.getTemplate)
	a.handle(router, http.MethodPatch, "/templates/{id}", a.patchTemplate)
}

type templateView struct {
	ID             string   `json:"id"`
	AccountID      string   `json:"account_id"`
	Name           string   `json:"name"`
	Language       string   `json:"language"`
	Category       string   `json:"category"`
	Status         string   `json:"status"`
	Quality        string   `json:"quality"`
	Rejected       string   `json:"rejected_reason"`
	UnusableReason string   `json:"unusable_reason"`
	Text           string   `json:"text"`
	Approved       bool     `json:"approved"`
	ApprovedBy     string   `json:"approved_by"`
	ApprovedAt     moment   `json:"approved_at"`
	QueueIDs       []string `json:"queue_ids"`
	GoneAt         moment   `json:"gone_at"`
	CreatedAt      moment   `json:"created_at"`
	UpdatedAt      moment   `json:"updated_at"`
}

func viewTemplate(t *domain.Template) templateView {
	return templateView{
		ID: t.ID, AccountID: t.AccountID, Name: t.Name, Language: t.Language, Category: t.Category, Status: t.Status, Text: t.Text,
		Quality: t.Quality, Rejected: t.RejectedReason,
		Approved: t.Approved, ApprovedBy: t.ApprovedBy, ApprovedAt: moment(t.ApprovedAt), QueueIDs: texts(t.QueueIDs),
		GoneAt: moment(t.GoneAt), CreatedAt: moment(t.CreatedAt), UpdatedAt: moment(t.UpdatedAt),
	}
}

// templateViewer also says, in the reader's language, why a template is of no use.
func (a *API) templateViewer(r *http.Request) func(*domain.Template) templateView {
	return func(t *domain.Template) templateView {
		view := viewTemplate(t)
		why := t.Unusable()
		if why.Key == "" {
			if _, err := a.Describer.Describe(t); err != nil {
				why = domain.T("admin.template_is_unsendable")
			}
		}
		if why.Key != "" {
			view.UnusableReason = a.say(r, why)
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
	templates, total, err := a.Templates.Templates(r.Context(), accountID, name, status, p.number, p.size)
	if err != nil {
		return reply{}, errors.Wrap(err, "list the templates")
	}
	return ok(listOf(templates, total, p, a.templateViewer(r)))
}

func (a *API) getTemplate(r *http.Request) (reply, error) {
	template, err := a.template(r)
	if err != nil {
		return reply{}, err
	}
	return ok(a.viewTemplateDetail(r, template))
}

func (a *API) template(r *http.Request) (*domain.Template, error) {
	id, err := pathID(r)
	if err != nil {
		return nil, err
	}
	template, err := a.Templates.Template(r.Context(), id)
	return template, errors.Wrap(err, "read the template")
}

// syncTemplates answers when it is done.
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
	account, err := a.Accounts.Account(r.Context(), accountID)
	switch {
	case errors.Is(err, domain.ErrNotFound):
		return reply{}, invalid("account_id", domain.T("api.field_unknown_account"))
	case err != nil:
		return reply{}, errors.Wrap(err, "read the account")
	case account.AccessToken == "":
		return reply{}, invalid("account_id", domain.T("api.no_access_token"))
	}
	fetched, err := a.Fetcher.FetchTemplates(r.Context(), account)
	if err != nil {
		return reply{}, errors.Wrap(err, "fetch the templates")
	}
	added, updated, gone, total, err := a.Templates.SyncTemplates(r.Context(), account.ID, fetched, a.Clock.Now())
	if err != nil {
		return reply{}, errors.Wrap(err, "store the templates")
	}
	return ok(map[string]int{"added": added, "updated": updated, "gone": gone, "total": total})
}
