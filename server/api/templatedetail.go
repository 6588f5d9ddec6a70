package api

import (
	"net/http"
	"slices"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// Describer reads a template's definition. An error says that it cannot be sent
// from here; what could be read of it is answered all the same.
type Describer interface {
	Describe(t *domain.Template) (TemplateDetail, error)
}

// TemplateDetail is what there is to fill in, and the message with defaults, else Meta's examples, as values.
type TemplateDetail struct {
	Variables []TemplateVariable
	Preview   string // Markdown
}

// TemplateVariable is one thing to fill in before a template can be sent.
type TemplateVariable struct {
	Element string // the dialog's
	Kind    string // text, media or location
	Name    string // as between the braces; "" = none
	Example string
	Limit   int // most characters that Meta takes
}

type variableView struct {
	Element   string `json:"element"`
	Kind      string `json:"kind"`
	Name      string `json:"name"`
	Example   string `json:"example"`
	Default   string `json:"default"`
	MaxLength int    `json:"max_length"`
	Limit     int    `json:"limit"`
}

// templateDetailView is a template with what lists leave out.
type templateDetailView struct {
	templateView
	Preview   string         `json:"preview"`
	Variables []variableView `json:"variables"`
}

func (a *API) viewTemplateDetail(r *http.Request, t *domain.Template) templateDetailView {
	view := templateDetailView{templateView: a.templateViewer(r)(t), Variables: []variableView{}}
	detail, err := a.Describer.Describe(t)
	if view.Preview = detail.Preview; err != nil && view.Preview == "" {
		view.Preview = t.Text // all there is to show
	}
	for _, v := range detail.Variables {
		rule := t.Rules[v.Element]
		view.Variables = append(view.Variables, variableView{
			Element: v.Element, Kind: v.Kind, Name: v.Name, Example: v.Example, Default: rule.Default, MaxLength: rule.MaxLength, Limit: v.Limit,
		})
	}
	return view
}

// maxRule is the most characters of a default: Meta's limit of a whole body.
const maxRule = 1024

// rules reads the wishes for variables; those not named stay, null takes one away.
func (f *form) rules(field string, t *domain.Template, known []TemplateVariable) (rules domain.Rules, drop []string) {
	given := f.object(field, nil)
	if given == nil {
		return nil, nil
	}
	if len(given.raw) > maxVariables {
		f.fault(field, domain.T("api.field_too_many", "Max", maxVariables))
		return nil, nil
	}
	rules = domain.Rules{}
	for element, raw := range given.raw {
		if string(raw) == "null" {
			drop = append(drop, element)
			continue
		}
		at := slices.IndexFunc(known, func(v TemplateVariable) bool { return v.Element == element })
		if at < 0 {
			f.fault(field, domain.T("api.field_unknown_variable"))
			continue
		}
		inner := given.object(element, map[string]string{"default": element, "max_length": element})
		if inner == nil {
			continue
		}
		rule := t.Rules[element]
		inner.whole("max_length", &rule.MaxLength, 0, maxRule)
		longest := maxRule
		if rule.MaxLength > 0 {
			longest = rule.MaxLength
		}
		inner.lines("default", &rule.Default, min(longest, max(known[at].Limit, 1)), false)
		rules[element] = rule
	}
	return rules, drop
}

// patchTemplate changes approval, queues and rules of a template.
func (a *API) patchTemplate(r *http.Request) (reply, error) {
	template, err := a.template(r)
	if err != nil {
		return reply{}, err
	}
	f, err := readForm(r, false)
	if err != nil {
		return reply{}, err
	}
	f.flag("approved", &template.Approved)
	f.ids("queue_ids", &template.QueueIDs)
	var rules domain.Rules
	var drop []string
	if f.has("variables") {
		detail, err := a.Describer.Describe(template)
		if err != nil {
			f.fault("variables", domain.T("admin.template_is_unsendable"))
		}
		rules, drop = f.rules("variables", template, detail.Variables)
	}
	if err := f.err(); err != nil {
		return reply{}, err
	}
	if f.has("queue_ids") {
		for _, id := range template.QueueIDs {
			if err := a.mustHaveQueue(r.Context(), f, "queue_ids", id); err != nil {
				return reply{}, err
			}
		}
	}
	if err := f.err(); err != nil {
		return reply{}, err
	}
	if f.has("variables") {
		if _, err = a.Templates.SetTemplateRules(r.Context(), template.ID, rules, drop, a.Clock.Now()); err != nil {
			return reply{}, errors.Wrap(err, "change the template's variables")
		}
	}
	template, err = a.Templates.AllowTemplate(r.Context(), template.ID, template.Approved, template.QueueIDs, userID(r), a.Clock.Now(), f.given()...)
	if err != nil {
		return reply{}, errors.Wrap(err, "change the template")
	}
	return ok(a.viewTemplateDetail(r, template))
}
