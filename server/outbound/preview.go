package outbound

import (
	"encoding/json"
	"strings"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// Preview reads a template's variables, and shows the message with an
// administrator's defaults, else Meta's examples, as values. An error says that
// the template cannot be sent from here; what could be read of it is answered
// all the same.
func Preview(t *domain.Template) (variables []whatsapp.Variable, markdown string, err error) {
	var template whatsapp.Template
	if err := json.Unmarshal(t.Definition, &template); err != nil {
		return nil, "", errors.Wrap(err, "could not read the template")
	}
	variables = template.Variables()
	values := map[string]string{}
	for _, v := range variables {
		values[v.Element] = v.Example
		if given := t.Rules[v.Element].Default; given != "" {
			values[v.Element] = given
		}
	}
	rendered := template.Render(values)
	markdown = TemplateText(rendered)
	if rendered.Header == "" && rendered.HeaderFormat != "" { // a picture, a file, a place
		markdown = strings.TrimSpace("`" + rendered.HeaderFormat + "`\n\n" + markdown)
	}
	return variables, markdown, template.Sendable()
}
