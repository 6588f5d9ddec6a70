package api

import (
	"net/http"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// startCheckView is what would come of a start.
type startCheckView struct {
	Fields   map[string]string `json:"fields"`
	Refusal  *problem          `json:"refusal"`
	Existing *existingView     `json:"existing"`
	Price    *domain.Money     `json:"price"`
	Currency string            `json:"currency"`
}

type existingView struct {
	ID    string       `json:"id"`
	State domain.State `json:"state"`
}

// checkStart answers what a start with the same body would come to. What is wrong with a field is no error here: the
// fields are still being filled in.
func (a *API) checkStart(r *http.Request) (reply, error) {
	f, err := readForm(r, false)
	if err != nil {
		return reply{}, err
	}
	start := domain.StartRequest{ActorID: userID(r)}
	f.start(&start)
	wrong := f.fields
	if f.wrongType != "" {
		return reply{}, f.err()
	}
	if start.QueueID == "" { // nothing else can be told
		return ok(startCheckView{Fields: a.localizeFields(r, wrong)})
	}
	check, err := a.Service.Check(r.Context(), start)
	if err != nil {
		return reply{}, errors.Wrap(err, "check a start")
	}
	view := startCheckView{Fields: a.localizeFields(r, wrong), Currency: check.Currency}
	for name, text := range a.localizeFields(r, check.Fields) {
		if _, taken := wrong[name]; !taken {
			view.Fields[name] = text
		}
	}
	if check.Refusal != nil {
		refusal := a.refused(r, check.Refusal)
		view.Refusal = &refusal
	}
	if check.Existing != nil {
		view.Existing = &existingView{ID: check.Existing.ID, State: check.Existing.State}
	}
	if check.Currency != "" {
		view.Price = &check.Price
	}
	return ok(view)
}
