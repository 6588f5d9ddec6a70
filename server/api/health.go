package api

import (
	"context"
	"net/http"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// HealthStore reads what Meta last said of the numbers.
type HealthStore interface {
	// Healths answers it by account id; an account never looked at is not in it.
	Healths(ctx context.Context) (map[string]*domain.Health, error)
	// TemplatesSynced is when the account's templates were last read from Meta, milliseconds since epoch; 0 = never.
	TemplatesSynced(ctx context.Context, accountID string) (int64, error)
}

type healthView struct {
	CheckedAt         moment   `json:"checked_at"`
	OK                bool     `json:"ok"`
	ErrorCode         int      `json:"error_code"`
	Error             string   `json:"error"`
	QualityRating     string   `json:"quality_rating"`
	MessagingLimit    string   `json:"messaging_limit"`
	NumberStatus      string   `json:"number_status"`
	Restriction       string   `json:"restriction"`
	Subscribed        bool     `json:"subscribed"`
	TokenExpiresAt    moment   `json:"token_expires_at"`
	Scopes            []string `json:"scopes"`
	MissingScopes     []string `json:"missing_scopes"`
	ClockSkew         int64    `json:"clock_skew_ms"`
	TemplatesSyncedAt moment   `json:"templates_synced_at"`
}

// accountViewer reads the health of all accounts once, for a list of them.
func (a *API) accountViewer(r *http.Request) (func(*domain.Account) accountView, error) {
	healths, err := a.Health.Healths(r.Context())
	if err != nil {
		return nil, errors.Wrap(err, "read the health of the numbers")
	}
	return func(account *domain.Account) accountView {
		view := a.viewAccount(account)
		view.Health = a.viewHealth(r, account.ID, healths[account.ID])
		return view
	}, nil
}

// accountReply is one account with its health.
func (a *API) accountReply(r *http.Request, account *domain.Account, answer func(any) (reply, error)) (reply, error) {
	view, err := a.accountViewer(r)
	if err != nil {
		return reply{}, err
	}
	return answer(view(account))
}

func (a *API) viewHealth(r *http.Request, accountID string, h *domain.Health) healthView {
	if h == nil {
		h = &domain.Health{}
	}
	view := healthView{
		CheckedAt: moment(h.CheckedAt), OK: h.OK, ErrorCode: h.ErrorCode, QualityRating: h.QualityRating, MessagingLimit: h.MessagingLimit,
		NumberStatus: h.NumberStatus, Restriction: h.Restriction, Subscribed: h.Subscribed, TokenExpiresAt: moment(h.TokenExpiresAt),
		Scopes: texts(h.Scopes), MissingScopes: texts(h.MissingScopes()), ClockSkew: h.ClockSkew,
	}
	switch {
	case h.CheckedAt == 0 || h.OK:
	case h.ErrorCode != 0:
		view.Error = a.say(r, domain.T("admin.look_refused", "Words", a.ErrorWords(h.ErrorCode), "Code", h.ErrorCode))
	default:
		view.Error = a.say(r, domain.T("admin.look_failed"))
	}
	if synced, err := a.Health.TemplatesSynced(r.Context(), accountID); err == nil {
		view.TemplatesSyncedAt = moment(synced)
	}
	return view
}
