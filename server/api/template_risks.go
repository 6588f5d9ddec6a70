package api

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// riskView is something for which Meta may reject, pause or move a template, and what to do about it.
type riskView struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// risksOf returns what is risky about a stored template, by what Meta says of it now.
func risksOf(t *domain.Template, template whatsapp.Template) []whatsapp.Risk {
	// webhooks change these in the row alone
	template.Status, template.Category, template.CorrectCategory, template.Quality = t.Status, t.Category, t.CorrectCategory, t.Quality
	return template.Risks()
}

func (a *API) viewRisks(r *http.Request, risks []whatsapp.Risk) []riskView {
	views := []riskView{}
	for _, risk := range risks {
		views = append(views, riskView{risk.Code, a.Localize(r, risk.Text)})
	}
	return views
}

// lintTemplate tells what is risky about a template that is being written. Nothing is stored or sent.
func (a *API) lintTemplate(r *http.Request) (reply, error) {
	f, err := readForm(r, false)
	if err != nil {
		return reply{}, err
	}
	template := whatsapp.Template{}
	f.category("category", &template.Category, true)
	f.components("components", &template)
	if err := f.err(); err != nil {
		return reply{}, err
	}
	return ok(map[string][]riskView{"risks": a.viewRisks(r, template.Risks())})
}

// category reads one of Meta's categories, in any case.
func (f *form) category(field string, into *string, must bool) {
	if f.line(field, into, maxStatus, must); *into == "" {
		return
	}
	switch *into = strings.ToUpper(*into); *into {
	case "MARKETING", "UTILITY", "AUTHENTICATION":
	default:
		f.fault(field, domain.T("api.field_category"))
	}
}

// maxComponents bounds the components of a template, in bytes of JSON.
const maxComponents = 64 << 10

// components reads a template's components in Meta's shape into the template.
func (f *form) components(field string, into *whatsapp.Template) {
	var given []json.RawMessage
	if !f.read(field, &given) {
		if !f.has(field) {
			f.fault(field, required())
		}
		return
	}
	definition, err := json.Marshal(map[string]any{"category": into.Category, "components": given})
	if err != nil || len(given) == 0 || len(definition) > maxComponents {
		f.fault(field, domain.T("api.field_components"))
		return
	}
	read, err := whatsapp.ReadTemplate(definition)
	if err != nil || len(read.Components) != len(given) {
		f.fault(field, domain.T("api.field_components"))
		return
	}
	*into = read
}
