package api

import (
	"net/http"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

type healthView struct {
	CheckedAt         millisOrNull `json:"checked_at"`
	OK                bool         `json:"ok"`
	ErrorCode         int          `json:"error_code"`
	Error             string       `json:"error"`
	QualityRating     string       `json:"quality_rating"`
	MessagingLimit    string       `json:"messaging_limit"`
	NumberStatus      string       `json:"number_status"`
	Restriction       string       `json:"restriction"`
	Subscribed        bool         `json:"subscribed"`
	TokenExpiresAt    millisOrNull `json:"token_expires_at"`
	Scopes            []string     `json:"scopes"`
	MissingScopes     []string     `json:"missing_scopes"`
	ClockSkew         int64        `json:"clock_skew_ms"`
	TemplatesSyncedAt millisOrNull `json:"templates_synced_at"`
}

// accountViewer reads the health of all accounts once, and returns what makes the view of each.
func (a *API) accountViewer(r *http.Request) (func(*domain.Account) accountView, error) {
	healths, err := a.Store.Healths(r.Context())
	if err != nil {
		return nil, errors.Wrap(err, "read the health of the numbers")
	}
	return func(account *domain.Account) accountView {
		view := a.viewAccount(account)
		view.Health = a.viewHealth(r, account.ID, healths[account.ID])
		return view
	}, nil
}

// accountReply answers with one account and its health.
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
		CheckedAt: millisOrNull(h.CheckedAt), OK: h.OK, ErrorCode: h.ErrorCode, QualityRating: h.QualityRating, MessagingLimit: h.MessagingLimit,
		NumberStatus: h.NumberStatus, Restriction: h.Restriction, Subscribed: h.Subscribed, TokenExpiresAt: millisOrNull(h.TokenExpiresAt),
		Scopes: nonNil(h.Scopes), MissingScopes: nonNil(h.MissingScopes()), ClockSkew: h.ClockSkew,
	}
	switch {
	case h.CheckedAt == 0 || h.OK:
	case h.ErrorCode != 0:
		view.Error = a.Localize(r, domain.T("admin.look_refused", "Words", whatsapp.ClassifyCode(h.ErrorCode), "Code", h.ErrorCode))
	default:
		view.Error = a.Localize(r, domain.T("admin.look_failed"))
	}
	if synced, err := a.Store.State(r.Context(), domain.TemplatesSyncedState(accountID)); err == nil {
		view.TemplatesSyncedAt = millisOrNull(synced)
	}
	return view
}
