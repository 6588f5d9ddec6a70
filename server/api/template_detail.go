package api

import (
	"encoding/json"
	"net/http"
	"slices"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/outbound"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

type variableView struct {
	Element string `json:"element"`
	Kind    string `json:"kind"`
	Name    string `json:"name"`
	Label   string `json:"label"`
	Example string `json:"example"`
	Default string `json:"default"`
}

// ruledVariableView is a variable with the limit that an administrator set and the one that Meta sets.
type ruledVariableView struct {
	variableView
	MaxLength int `json:"max_length"`
	Limit     int `json:"limit"`
}

// templateDetailView is a template with what the list leaves out.
type templateDetailView struct {
	templateView
	Preview string `json:"preview"`
	TTL     int    `json:"ttl_seconds"`
	// Components are as Meta has them, for an editor.
	Components json.RawMessage     `json:"components"`
	Uneditable string              `json:"uneditable_reason"`
	EditsLeft  int                 `json:"edits_left"`
	Variables  []ruledVariableView `json:"variables"`
}

func (a *API) viewTemplateDetail(r *http.Request, t *domain.Template) templateDetailView {
	view := templateDetailView{templateView: a.templateViewer(r)(t), Variables: []ruledVariableView{}}
	if template, err := whatsapp.ReadTemplate(t.Definition); err == nil {
		view.TTL, view.Components = max(template.TimeToLive, 0), template.Definition
	}
	if view.Components == nil {
		view.Components = json.RawMessage("[]")
	}
	now := a.Clock.Now()
	if why, _ := t.Uneditable(now); why.Key != "" {
		view.Uneditable = a.Localize(r, why)
	}
	view.EditsLeft = t.EditsLeft(now)
	variables, preview, err := outbound.Preview(t)
	if view.Preview = preview; err != nil && preview == "" {
		view.Preview = t.Text // all there is to show
	}
	for _, v := range variables {
		view.Variables = append(view.Variables, ruledVariableView{a.viewVariable(r, t, v), t.Rules[v.Element].MaxLength, valueLimit(v)})
	}
	return view
}

func (a *API) viewVariable(r *http.Request, t *domain.Template, v whatsapp.Variable) variableView {
	return variableView{
		Element: v.Element, Kind: variableKind(v), Name: v.Name, Label: a.Localize(r, v.Caption(t.Labels[v.Element])), Example: v.Example, Default: t.Rules[v.Element].Default,
	}
}

// variableKind is a variable's kind as the document has it: everything that is no text, location or moment is a file, and
// so are the name and the address that belong to a location.
func variableKind(v whatsapp.Variable) string {
	switch v.Kind {
	case whatsapp.VariableText:
		return "text"
	case whatsapp.VariableLocation:
		return "location"
	case whatsapp.VariableMoment:
		return "moment"
	default:
		return "media"
	}
}

// maxHeaderValue bounds what names a file or a place, in characters.
const maxHeaderValue = 1024

// valueLimit is how many characters Meta takes in a variable.
func valueLimit(v whatsapp.Variable) int {
	if v.Kind == whatsapp.VariableText {
		return max(v.MaxLength, 1)
	}
	return maxHeaderValue
}

// maxRule bounds a default, in characters: Meta's limit for a whole body.
const maxRule = 1024

// byVariable returns the object of a field whose names are those of variables; nil where there is none, or too much of it.
func (f *form) byVariable(field string) *form {
	given := f.object(field, nil)
	if given != nil && len(given.raw) > maxVariables {
		f.fault(field, domain.T("api.field_too_many", "Max", maxVariables))
		return nil
	}
	return given
}

// rules reads an administrator's rules for variables. Variables that are not named keep theirs; null removes one.
func (f *form) rules(field string, t *domain.Template, known []whatsapp.Variable) (rules domain.Rules, drop []string) {
	given := f.byVariable(field)
	if given == nil {
		return nil, nil
	}
	rules = domain.Rules{}
	for element, raw := range given.raw {
		if string(raw) == "null" {
			drop = append(drop, element)
			continue
		}
		at := slices.IndexFunc(known, func(v whatsapp.Variable) bool { return v.Element == element })
		if at < 0 {
			f.fault(field, domain.T("api.field_unknown_variable"))
			continue
		}
		inner := given.object(element, map[string]string{"default": element, "max_length": element})
		if inner == nil {
			continue
		}
		rule := t.Rules[element]
		inner.integer("max_length", &rule.MaxLength, 0, maxRule)
		longest := maxRule
		if rule.MaxLength > 0 {
			longest = rule.MaxLength
		}
		inner.multiline("default", &rule.Default, min(longest, valueLimit(known[at])), false)
		rules[element] = rule
	}
	return rules, drop
}

// maxLabel bounds a title and a label, in characters.
const maxLabel = 128

// labels reads what an administrator calls variables. Variables that are not named keep theirs; an empty text removes one.
func (f *form) labels(field string, known []whatsapp.Variable) (labels domain.Labels, drop []string) {
	given := f.byVariable(field)
	if given == nil {
		return nil, nil
	}
	labels = domain.Labels{}
	given.names = map[string]string{}
	for element := range given.raw {
		given.names[element] = field
		label := ""
		given.line(element, &label, maxLabel, false)
		switch {
		case label == "":
			drop = append(drop, element)
		case !slices.ContainsFunc(known, func(v whatsapp.Variable) bool { return v.Element == element }):
			f.fault(field, domain.T("api.field_unknown_variable"))
		default:
			labels[element] = label
		}
	}
	return labels, drop
}

// patchTemplate changes approval, queues and rules of a template, and what it and its variables are called.
func (a *API) patchTemplate(r *http.Request, id string) (reply, error) {
	template, err := a.Store.Template(r.Context(), id)
	if err != nil {
		return reply{}, errors.Wrap(err, "read the template")
	}
	f, err := readForm(r, false)
	if err != nil {
		return reply{}, err
	}
	f.flag("approved", &template.Approved)
	f.ids("queue_ids", &template.QueueIDs)
	variables, _, unsendable := outbound.Preview(template)
	var rules domain.Rules
	var drop []string
	if f.has("variables") {
		if unsendable != nil {
			f.fault("variables", domain.T("admin.template_is_unsendable"))
		}
		rules, drop = f.rules("variables", template, variables)
	}
	f.line("title", &template.Title, maxLabel, false)
	labels, unlabelled := f.labels("labels", variables)
	if err := f.err(); err != nil {
		return reply{}, err
	}
	if f.has("approved") && template.Approved && template.Generated() {
		return reply{}, domain.Refuse(domain.CodeTemplateNotAllowed, domain.T("admin.template_is_generated"))
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
		if _, err = a.Store.SetTemplateRules(r.Context(), template.ID, rules, drop, a.Clock.Now()); err != nil {
			return reply{}, errors.Wrap(err, "change the template's variables")
		}
	}
	if f.has("title") || f.has("labels") {
		if _, err = a.Store.NameTemplate(r.Context(), template.ID, template.Title, labels, unlabelled, a.Clock.Now()); err != nil {
			return reply{}, errors.Wrap(err, "name the template")
		}
	}
	template, err = a.Store.AllowTemplate(r.Context(), template.ID, template.Approved, template.QueueIDs, userID(r), a.Clock.Now(), f.presentFields()...)
	if err != nil {
		return reply{}, errors.Wrap(err, "change the template")
	}
	return ok(a.viewTemplateDetail(r, template))
}
