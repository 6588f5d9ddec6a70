package outbound

import (
	"cmp"
	"context"
	"maps"
	"strconv"
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
func (c TemplateComposer) Compose(ctx context.Context, actorID string, t *domain.Template, values map[string]string, by domain.Reading) (domain.Composed, error) {
	template, err := whatsapp.ReadTemplate(t.Definition)
	if err != nil {
		return domain.Composed{}, err
	}
	if err := template.Sendable(); err != nil {
		return domain.Composed{}, domain.Refuse(domain.CodeTemplateNotAllowed, domain.T("refusal.template_unsendable", "Template", t.Name, "Why", err))
	}
	values, problems := template.ReadMoments(values, by)
	composed := domain.Composed{Values: maps.Clone(values)}
	files, err := c.readFiles(ctx, actorID, &template, values)
	if err != nil {
		return domain.Composed{}, err
	}
	message, wrong := template.Build(values)
	maps.Copy(wrong, problems)
	fields := map[string]domain.Text{}
	for element, problem := range wrong {
		fields[element] = domain.T("refusal.variable", "Problem", problem)
	}
	maps.Copy(fields, files.wrong)
	if len(fields) > 0 {
		return domain.Composed{}, &domain.Refusal{Code: domain.CodeInvalidField, Text: domain.T("refusal.check_fields"), Fields: fields}
	}
	message.NameDocument(files.linkName)
	payload := posting.OutboundPayload{Template: message, File: files.header, CardFiles: files.cards}
	if composed.Outgoing, err = payload.Bytes(); err != nil {
		return domain.Composed{}, err
	}
	maps.Copy(values, files.shown)
	composed.Text = TemplateText(template.Render(values))
	return composed, nil
}

// TemplateText writes a template as Markdown, as the customer sees it.
func TemplateText(r whatsapp.Rendered) string {
	parts := textParts(r)
	for i, card := range r.Cards {
		parts = append(parts, "**"+strconv.Itoa(i+1)+".** "+strings.Join(textParts(card), "\n\n"))
	}
	return strings.Join(parts, "\n\n")
}

// textParts are the paragraphs of a message or a card.
func textParts(r whatsapp.Rendered) []string {
	var parts []string
	switch {
	case r.Place != "":
		parts = append(parts, "📍 "+markdown.Code(r.File)+" "+markdown.Escape(r.Place))
	case r.File != "":
		parts = append(parts, "📎 "+markdown.Code(r.File))
	case r.Header != "":
		parts = append(parts, "**"+markdown.Escape(r.Header)+"**")
	case r.HeaderFormat != "" && r.HeaderFormat != "TEXT": // a picture, a file, a place
		parts = append(parts, markdown.Code(r.HeaderFormat))
	}
	if r.Offer != "" {
		offer := "⏳ **" + markdown.Escape(r.Offer) + "**"
		if r.OfferEnd != "" {
			offer += " " + markdown.Code(r.OfferEnd)
		}
		parts = append(parts, offer)
	}
	if r.Body != "" {
		parts = append(parts, markdown.ToMattermost(r.Body))
	}
	if r.Footer != "" {
		parts = append(parts, "_"+markdown.Escape(r.Footer)+"_")
	}
	var buttons []string
	for _, b := range r.Buttons {
		buttons = append(buttons, markdown.Code(cmp.Or(b.Text, b.Code)))
	}
	if len(buttons) > 0 {
		parts = append(parts, strings.Join(buttons, " "))
	}
	return parts
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
	return variables, TemplateText(template.Render(values)), template.Sendable()
}
