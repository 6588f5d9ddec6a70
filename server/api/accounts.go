package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/gorilla/mux"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func (a *API) accountRoutes(router *mux.Router) {
	a.handle(router, http.MethodGet, "/accounts", a.listAccounts)
	a.handle(router, http.MethodPost, "/accounts", a.createAccount)
	a.handle(router, http.MethodGet, "/accounts/{id}", withID(a.getAccount))
	a.handle(router, http.MethodPatch, "/accounts/{id}", withID(a.patchAccount))
	a.handle(router, http.MethodDelete, "/accounts/{id}", withID(a.deleteAccount))
	a.handle(router, http.MethodPost, "/accounts/{id}/test", withID(a.testAccount))
}

// accountView is an account without its secrets: they can be set, but never read.
type accountView struct {
	ID             string       `json:"id"`
	Name           string       `json:"name"`
	PhoneNumberID  string       `json:"phone_number_id"`
	WABAID         string       `json:"waba_id"`
	DisplayPhone   string       `json:"display_phone"`
	DefaultQueueID string       `json:"default_queue_id"`
	Enabled        bool         `json:"enabled"`
	HasAccessToken bool         `json:"has_access_token"`
	HasAppSecret   bool         `json:"has_app_secret"`
	HasVerifyToken bool         `json:"has_verify_token"`
	WebhookURL     string       `json:"webhook_url"`
	WebhookAt      millisOrNull `json:"webhook_at"`
	BlockedCode    int          `json:"blocked_code"`
	BlockedAt      millisOrNull `json:"blocked_at"`
	Health         healthView   `json:"health"`
	CreatedAt      millisOrNull `json:"created_at"`
	UpdatedAt      millisOrNull `json:"updated_at"`
}

func (a *API) viewAccount(account *domain.Account) accountView {
	return accountView{
		ID: account.ID, Name: account.Name, PhoneNumberID: account.PhoneNumberID, WABAID: account.WABAID,
		DisplayPhone: account.DisplayPhone, DefaultQueueID: account.DefaultQueueID, Enabled: account.Enabled,
		HasAccessToken: account.AccessToken != "", HasAppSecret: account.AppSecret != "", HasVerifyToken: account.VerifyToken != "",
		WebhookURL:  strings.TrimRight(a.Mattermost.SiteURL(), "/") + domain.PluginPath + a.WebhookPath + "/" + account.ID,
		WebhookAt:   millisOrNull(max(account.WebhookAt, a.LastWebhook(account.ID))),
		BlockedCode: account.BlockedCode, BlockedAt: millisOrNull(account.BlockedAt),
		CreatedAt: millisOrNull(account.CreatedAt), UpdatedAt: millisOrNull(account.UpdatedAt),
	}
}

func (a *API) listAccounts(r *http.Request) (reply, error) {
	q := readQuery(r)
	p := q.page()
	if err := q.err(); err != nil {
		return reply{}, err
	}
	accounts, total, err := a.Store.Accounts(r.Context(), p.number, p.size)
	if err != nil {
		return reply{}, errors.Wrap(err, "list the accounts")
	}
	view, err := a.accountViewer(r)
	if err != nil {
		return reply{}, err
	}
	return ok(listOf(accounts, total, p, view))
}

func (a *API) getAccount(r *http.Request, id string) (reply, error) {
	account, err := a.Store.Account(r.Context(), id)
	if err != nil {
		return reply{}, errors.Wrap(err, "read the account")
	}
	return a.accountReply(r, account, ok)
}

func (a *API) createAccount(r *http.Request) (reply, error) {
	account := &domain.Account{Enabled: true}
	if _, err := a.fillAccount(r, account); err != nil {
		return reply{}, err
	}
	if err := a.Store.CreateAccount(r.Context(), account, a.Clock.Now()); err != nil {
		return reply{}, a.accountConflict(err, "create the account")
	}
	a.refreshAccounts(r.Context())
	return a.accountReply(r, account, created)
}

func (a *API) patchAccount(r *http.Request, id string) (reply, error) {
	account, err := a.Store.Account(r.Context(), id)
	if err != nil {
		return reply{}, errors.Wrap(err, "read the account")
	}
	f, err := a.fillAccount(r, account)
	if err != nil {
		return reply{}, err
	}
	if err := a.Store.UpdateAccount(r.Context(), account, a.Clock.Now(), f.presentFields()...); err != nil {
		return reply{}, a.accountConflict(err, "change the account")
	}
	if account, err = a.Store.Account(r.Context(), id); err != nil { // with what another administrator may have changed meanwhile
		return reply{}, errors.Wrap(err, "read the account again")
	}
	if account.BlockedCode != 0 && f.has("access_token") { // the administrator has taken care of it
		if err := a.unblock(r.Context(), account); err != nil {
			return reply{}, err
		}
	}
	a.refreshAccounts(r.Context())
	return a.accountReply(r, account, ok)
}

func (a *API) deleteAccount(r *http.Request, id string) (reply, error) {
	account, err := a.Store.Account(r.Context(), id)
	if err != nil {
		return reply{}, errors.Wrap(err, "read the account")
	}
	if err := a.Store.DeleteAccount(r.Context(), account.ID); err != nil {
		return reply{}, inUse(err, "delete the account")
	}
	a.refreshAccounts(r.Context())
	return a.accountReply(r, account, ok)
}

// fillAccount reads the body into the account and checks each field.
func (a *API) fillAccount(r *http.Request, account *domain.Account) (*form, error) {
	f, err := readForm(r, false)
	if err != nil {
		return nil, err
	}
	f.line("name", &account.Name, maxName, true)
	f.matching("phone_number_id", &account.PhoneNumberID, metaIDPattern, maxMetaID, true)
	f.matching("waba_id", &account.WABAID, metaIDPattern, maxMetaID, true)
	if f.line("display_phone", &account.DisplayPhone, maxDisplay, false); f.has("display_phone") && account.DisplayPhone != "" {
		phone, valid := displayPhone(account.DisplayPhone, a.Region())
		if !valid {
			f.fault("display_phone", domain.T("api.field_phone"))
		}
		account.DisplayPhone = phone
	}
	f.secret("access_token", &account.AccessToken, tokenPattern, maxToken)
	f.secret("app_secret", &account.AppSecret, tokenPattern, maxSecret)
	f.secret("verify_token", &account.VerifyToken, tokenPattern, maxSecret)
	f.flag("enabled", &account.Enabled)
	f.id("default_queue_id", &account.DefaultQueueID, false)
	if err := f.err(); err != nil {
		return nil, err
	}
	if f.has("default_queue_id") && account.DefaultQueueID != "" {
		if err := a.mustHaveQueue(r.Context(), f, "default_queue_id", account.DefaultQueueID); err != nil {
			return nil, err
		}
	}
	return f, f.err()
}

func (a *API) accountConflict(err error, doing string) error {
	if errors.Is(err, domain.ErrConflict) {
		return invalid("phone_number_id", domain.T("api.field_taken_number"))
	}
	return errors.Wrap(err, doing)
}

// testAccount asks Meta whether the account works. A blocked account that passes may send again.
func (a *API) testAccount(r *http.Request, id string) (reply, error) {
	account, err := a.Store.Account(r.Context(), id)
	if err != nil {
		return reply{}, errors.Wrap(err, "read the account")
	}
	if account.AccessToken == "" {
		return reply{}, invalid("access_token", domain.T("api.no_access_token"))
	}
	probe, err := a.Probe(r.Context(), account)
	if err != nil {
		return reply{}, errors.Wrap(err, "ask Meta about the account")
	}
	if account.BlockedCode != 0 {
		if err := a.unblock(r.Context(), account); err != nil {
			return reply{}, err
		}
	}
	return ok(probeView{
		ID: account.ID, DisplayPhone: probe.DisplayPhone, VerifiedName: probe.VerifiedName, QualityRating: probe.QualityRating,
		Status: probe.NumberStatus, Subscribed: probe.Subscribed, TokenExpiresAt: millisOrNull(probe.TokenExpiresAt),
		Scopes: nonNil(probe.Scopes), Problems: nonNil(probe.Problems),
	})
}

type probeView struct {
	ID             string       `json:"id"`
	DisplayPhone   string       `json:"display_phone"`
	VerifiedName   string       `json:"verified_name"`
	QualityRating  string       `json:"quality_rating"`
	Status         string       `json:"status"`
	Subscribed     bool         `json:"subscribed"`
	TokenExpiresAt millisOrNull `json:"token_expires_at"`
	Scopes         []string     `json:"scopes"`
	Problems       []string     `json:"problems"`
}

func (a *API) unblock(ctx context.Context, account *domain.Account) error {
	_, err := a.Store.BlockAccount(ctx, account.ID, 0, a.Clock.Now())
	account.BlockedCode, account.BlockedAt = 0, 0
	return errors.Wrap(err, "unblock the account")
}

// refreshAccounts lets the webhook see a change at once. A failure is only logged: the webhook's accounts are old then,
// which it copes with.
func (a *API) refreshAccounts(ctx context.Context) {
	if err := a.RefreshAccounts(ctx); err != nil {
		a.LogWarn("The accounts could not be read again after a change", "error", err.Error())
	}
}
