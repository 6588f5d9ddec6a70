package outbound

import (
	"context"
	"maps"
	"strings"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/markdown"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// TemplateComposer fills templates in. It implements service.Composer.
type TemplateComposer struct {
	Files TemplateFiles
}

// Compose fills a template in with values, by the names of its elements. It
// returns the payload for the outbox and the text as the customer will see it,
// or a *domain.Refusal that says which values are wrong. A file of Mattermost's
// must be one that the actor may read.
func (c TemplateComposer) Compose(ctx context.Context, actorID string, t *domain.Template, values map[string]string) (domain.Composed, error) {
	template, err := whatsapp.ReadTemplate(t.Definition)
	if err != nil {
		return domain.Composed{}, err
	}
	if err := template.Sendable(); err != nil {
		return domain.Composed{}, domain.Refuse(domain.CodeTemplateNotAllowed, domain.T("refusal.template_unsendable", "Template", t.Name, "Why", err))
	}
	fields := map[string]domain.Text{}
	values = maps.Clone(values)
	file, name, err := c.header(ctx, actorID, &template, values, fields)
	if err != nil {
		return domain.Composed{}, err
	}
	message, problems := template.Build(values)
	for element, problem := range problems {
		fields[element] = domain.T("refusal.variable", "Problem", problem)
	}
	if len(fields) > 0 {
		return domain.Composed{}, &domain.Refusal{Code: domain.CodeInvalidField, Text: domain.T("refusal.check_fields"), Fields: fields}
	}
	message.NameDocument(name)
	outgoing, err := posting.OutboundPayload{Template: message, File: file}.Bytes()
	if err != nil {
		return domain.Composed{}, err
	}
	return domain.Composed{Outgoing: outgoing, Text: headerText(&template, values, file) + TemplateText(template.Render(values))}, nil
}

// TemplateText writes a template as Markdown, as the customer sees it.
func TemplateText(r whatsapp.Rendered) string {
	var parts []string
	if r.Header != "" {
		parts = append(parts, "**"+markdown.Escape(r.Header)+"**")
	}
	parts = append(parts, markdown.ToMattermost(r.Body))
	if r.Footer != "" {
		parts = append(parts, "_"+markdown.Escape(r.Footer)+"_")
	}
	var buttons []string
	for _, b := range r.Buttons {
		buttons = append(buttons, markdown.Code(b.Text))
	}
	if len(buttons) > 0 {
		parts = append(parts, strings.Join(buttons, " "))
	}
	return strings.Join(parts, "\n\n")
}

// Preview returns a template's variables, and the message filled in with the
// administrator's defaults, or else with Meta's examples. An error says why the
// template cannot be sent from here; whatever could be read is returned beside it.
func Preview(t *domain.Template) (variables []whatsapp.Variable, markdown string, err error) {
	template, err := whatsapp.ReadTemplate(t.Definition)
	if err != nil {
		return nil, "", err
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
