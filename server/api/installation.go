package api

import (
	"net/http"

	"github.com/gorilla/mux"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func (a *API) installationRoutes(router *mux.Router) {
	a.handle(router, http.MethodGet, "/doctor", a.examine)
	a.handle(router, http.MethodPost, "/guards/release", a.releaseGuards)
}

type findingView struct {
	ID        string `json:"id"`
	AccountID string `json:"account_id"`
	Check     string `json:"check"`
	OK        bool   `json:"ok"`
	Text      string `json:"text"`
	Fix       string `json:"fix"`
}

// examination is the list of findings and whether all is well.
type examination struct {
	OK bool `json:"ok"`
	list[findingView]
}

func (a *API) examine(r *http.Request) (reply, error) {
	findings, err := a.Examine(r.Context())
	if err != nil {
		return reply{}, errors.Wrap(err, "examine the installation")
	}
	result := examination{OK: true}
	lang := a.language(r)
	result.list = listOf(findings, len(findings), page{size: max(len(findings), defaultPerPage)}, func(f domain.Finding) findingView {
		result.OK = result.OK && f.OK
		view := findingView{ID: f.Check, AccountID: f.AccountID, Check: f.Check, OK: f.OK, Text: a.Text(lang, f.Text.Key, f.Text.Data)}
		if f.AccountID != "" {
			view.ID += ":" + f.AccountID
		}
		if f.Fix.Key != "" {
			view.Fix = a.Text(lang, f.Fix.Key, f.Fix.Data)
		}
		return view
	})
	return ok(result)
}

func (a *API) releaseGuards(r *http.Request) (reply, error) {
	released, err := a.ReleaseGuards(r.Context())
	if err != nil {
		return reply{}, errors.Wrap(err, "release the guards")
	}
	return ok(map[string]int{"released": released})
}
