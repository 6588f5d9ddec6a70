package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/gorilla/mux"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// AccountStore keeps the business numbers. Reads answer domain.ErrNotFound
// where there is nothing; secrets go in and come out in the clear.
type AccountStore interface {
	// CreateAccount stores a new account and sets its ID and times;
	// domain.ErrConflict where another has the phone number id.
	CreateAccount(ctx context.Context, account *domain.Account, now int64) error
	// UpdateAccount stores what an administrator can set, and sets UpdatedAt; the
	// rest (blocked, last webhook) is the relay's. ErrNotFound, ErrConflict as above.
	// Only the named fields are written, under their names in a request.
	UpdateAccount(ctx context.Context, account *domain.Account, now int64, fields ...string) error
	// DeleteAccount answers domain.ErrConflict while open conversations need the account, ErrHasQueues while queues do.
	DeleteAccount(ctx context.Context, id string) error
	Account(ctx context.Context, id string) (*domain.Account, error)
	// Accounts answers a page (from 0), by name, and the total.
	Accounts(ctx context.Context, page, perPage int) ([]*domain.Account, int, error)
	// BlockAccount notes Meta's error that keeps an account from sending; code 0 takes it off.
	BlockAccount(ctx context.Context, id string, code int, now int64) (changed bool, err error)
}

// Prober asks Meta about an account's number and token.
type Prober interface {
	// Probe answers a *domain.Refusal (meta_refused with Meta's code, or
	// unavailable) where Meta did not say that all is well.
	Probe(ctx context.Context, account *domain.Account) (domain.Probe, error)
}

func (a *API) accountRoutes(router *mux.Router) {
	a.handle(router, http.MethodGet, "/accounts", a.listAccounts)
	a.handle(router, http.MethodPost, "/accounts", a.createAccount)
	a.handle(router, http.MethodGet, "/accounts/{id}", a.getAccount)
	a.handle(router, http.MethodPatch, "/accounts/{id}", a.patchAccount)
	a.handle(router, http.MethodDelete, "/accounts/{id}", a.deleteAccount)
	a.handle(router, http.MethodPost, "/accounts/{id}/test", a.testAccount)
}

// accountView is an account as it may be read: no secret is in it.
type accountView struct {
	ID             string     `json:"id"`
	Name           string     `json:"name"`
	PhoneNumberID  string     `json:"phone_number_id"`
	WABAID         string     `json:"waba_id"`
	DisplayPhone   string     `json:"display_phone"`
	DefaultQueueID string     `json:"default_queue_id"`
	Enabled        bool       `json:"enabled"`
	HasAccessToken bool       `json:"has_access_token"`
	HasAppSecret   bool       `json:"has_app_secret"`
	HasVerifyToken bool       `json:"has_verify_token"`
	WebhookURL     string     `json:"webhook_url"`
	WebhookAt      moment     `json:"webhook_at"`
	BlockedCode    int        `json:"blocked_code"`
	BlockedAt      moment     `json:"blocked_at"`
	Health         healthView `json:"health"`
	CreatedAt      moment     `json:"created_at"`
	UpdatedAt      moment     `json:"updated_at"`
}

func (a *API) viewAccount(account *domain.Account) accountView {
	return accountView{
		ID: account.ID, Name: account.Name, PhoneNumberID: account.PhoneNumberID, WABAID: account.WABAID,
		DisplayPhone: account.DisplayPhone, DefaultQueueID: account.DefaultQueueID, Enabled: account.Enabled,
		HasAccessToken: account.AccessToken != "", HasAppSecret: account.AppSecret != "", HasVerifyToken: account.VerifyToken != "",
		WebhookURL:  strings.TrimRight(a.SiteURL(), "/") + PluginPath + a.WebhookPath + "/" + account.ID,
		WebhookAt:   moment(max(account.WebhookAt, a.LastWebhook(account.ID))),
		BlockedCode: account.BlockedCode, BlockedAt: moment(account.BlockedAt),
		CreatedAt: moment(account.CreatedAt), UpdatedAt: moment(account.UpdatedAt),
	}
}

func (a *API) listAccounts(r *http.Request) (reply, error) {
	q := readQuery(r)
	p := q.page()
	if err := q.err(); err != nil {
		return reply{}, err
	}
	accounts, total, err := a.Accounts.Accounts(r.Context(), p.number, p.size)
	if err != nil {
		return reply{}, errors.Wrap(err, "list the accounts")
	}
	view, err := a.accountViewer(r)
	if err != nil {
		return reply{}, err
	}
	return ok(listOf(accounts, total, p, view))
}

func (a *API) getAccount(r *http.Request) (reply, error) {
	account, err := a.account(r)
	if err != nil {
		return reply{}, err
	}
	return a.accountReply(r, account, ok)
}

func (a *API) account(r *http.Request) (*domain.Account, error) {
	id, err := pathID(r)
	if err != nil {
		return nil, err
	}
	account, err := a.Accounts.Account(r.Context(), id)
	return account, errors.Wrap(err, "read the account")
}

func (a *API) createAccount(r *http.Request) (reply, error) {
	account := &domain.Account{Enabled: true}
	if _, err := a.fillAccount(r, account); err != nil {
		return reply{}, err
	}
	if err := a.Accounts.CreateAccount(r.Context(), account, a.Clock.Now()); err != nil {
		return reply{}, a.accountConflict(err, "create the account")
	}
	a.refreshAccounts(r.Context())
	return a.accountReply(r, account, created)
}

func (a *API) patchAccount(r *http.Request) (reply, error) {
	account, err := a.account(r)
	if err != nil {
		return reply{}, err
	}
	f, err := a.fillAccount(r, account)
	if err != nil {
		return reply{}, err
	}
	if err := a.Accounts.UpdateAccount(r.Context(), account, a.Clock.Now(), f.given()...); err != nil {
		return reply{}, a.accountConflict(err, "change the account")
	}
	if account, err = a.account(r); err != nil { // with what somebody else may have changed meanwhile
		return reply{}, err
	}
	if account.BlockedCode != 0 && f.has("access_token") { // somebody saw to it
		if err := a.unblock(r.Context(), account); err != nil {
			return reply{}, err
		}
	}
	a.refreshAccounts(r.Context())
	return a.accountReply(r, account, ok)
}

func (a *API) deleteAccount(r *http.Request) (reply, error) {
	account, err := a.account(r)
	if err != nil {
		return reply{}, err
	}
	if err := a.Accounts.DeleteAccount(r.Context(), account.ID); err != nil {
		return reply{}, inUse(err, "delete the account")
	}
	a.refreshAccounts(r.Context())
	return a.accountReply(r, account, ok)
}

// fillAccount reads the body into the account and checks every field of it.
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

// testAccount asks Meta; an account that passes may send again.
func (a *API) testAccount(r *http.Request) (reply, error) {
	account, err := a.account(r)
	if err != nil {
		return reply{}, err
	}
	if account.AccessToken == "" {
		return reply{}, invalid("access_token", domain.T("api.no_access_token"))
	}
	probe, err := a.Prober.Probe(r.Context(), account)
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
		Status: probe.NumberStatus, Subscribed: probe.Subscribed, TokenExpiresAt: moment(probe.TokenExpiresAt),
		Scopes: texts(probe.Scopes), Problems: texts(probe.Problems),
	})
}

type probeView struct {
	ID             string   `json:"id"`
	DisplayPhone   string   `json:"display_phone"`
	VerifiedName   string   `json:"verified_name"`
	QualityRating  string   `json:"quality_rating"`
	Status         string   `json:"status"`
	Subscribed     bool     `json:"subscribed"`
	TokenExpiresAt moment   `json:"token_expires_at"`
	Scopes         []string `json:"scopes"`
	Problems       []string `json:"problems"`
}

func (a *API) unblock(ctx context.Context, account *domain.Account) error {
	_, err := a.Accounts.BlockAccount(ctx, account.ID, 0, a.Clock.Now())
	account.BlockedCode, account.BlockedAt = 0, 0
	return errors.Wrap(err, "unblock the account")
}

// refreshAccounts makes the webhook see a change at once. If it fails the cache
// is only old, which the webhook copes with.
func (a *API) refreshAccounts(ctx context.Context) {
	if err := a.RefreshAccounts(ctx); err != nil {
		a.Log.Warn("The accounts could not be read again after a change", "error", err.Error())
	}
}
