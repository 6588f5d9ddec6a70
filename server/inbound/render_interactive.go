package inbound

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/markdown"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// interactiveContent writes the customer's answer to a message with buttons, a list or a form.
func interactiveContent(r *whatsapp.InteractiveReply) Content {
	switch {
	case r.Title != "" || r.Description != "":
		return textContent(paragraphs(markdown.ToMattermost(r.Title), markdown.ToMattermost(r.Description)))
	case len(r.Response) > 0:
		return Content{Label: "flow", Detail: fields(r.Response)}
	case r.Body != "" || r.ResponseRaw != "":
		return Content{Label: "flow", Detail: paragraphs(markdown.ToMattermost(r.Body), markdown.Code(r.ResponseRaw))}
	case r.CallPermission != "":
		return Content{Label: "call_permission", Detail: markdown.Code(r.CallPermission), Data: map[string]any{"Accepted": r.CallPermission == "accept"}}
	default:
		return unsupportedContent(r.Type)
	}
}

const (
	maxFields = 60   // fields of a form that are shown
	maxValue  = 2000 // characters of one answer
)

var (
	// screenField is how Meta's form builder names a field: screen_0_First_name_1.
	screenField = regexp.MustCompile(`^screen_\d+_(.+?)(?:_\d+)?$`)
	// optionValue is how it names an option: 0_Very_good.
	optionValue = regexp.MustCompile(`^\d+_(.+)$`)
)

// fields writes a form's answers as a list, one per line, sorted by their names.
func fields(answers map[string]any) string {
	var names, list []string
	for name := range answers {
		if name != "flow_token" { // ours, not the customer's
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names[:min(len(names), maxFields)] {
		label, built := name, false
		if parts := screenField.FindStringSubmatch(name); parts != nil {
			label, built = parts[1], true
		}
		list = append(list, "- **"+oneLine(markdown.Cut(strings.ReplaceAll(label, "_", " "), markdown.MaxCode))+"**: "+value(answers[name], built))
	}
	return strings.Join(list, "\n")
}

// value returns one answer as a single line.
func value(answer any, built bool) string {
	switch v := answer.(type) {
	case nil:
		return "–"
	case string:
		if parts := optionValue.FindStringSubmatch(v); built && parts != nil {
			v = strings.ReplaceAll(parts[1], "_", " ")
		}
		return oneLine(markdown.Cut(v, maxValue))
	case bool, float64, json.Number:
		return oneLine(fmt.Sprint(v))
	case []any:
		var parts []string
		for _, one := range v[:min(len(v), maxFields)] {
			parts = append(parts, value(one, built))
		}
		return strings.Join(parts, ", ")
	default:
		raw, err := json.Marshal(v)
		if err != nil {
			return "–"
		}
		return markdown.Code(string(raw))
	}
}
