package dialog

import (
	"strings"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/markdown"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// pick is a template chosen for a queue, with the queue's budget.
type pick struct {
	queue    *domain.Queue
	template *domain.Template
	parsed   *whatsapp.Template
	plan     *domain.Plan
	spent    domain.Money // of the plan, this month
	at       int64        // now, milliseconds since epoch
}

// introduction is what will be sent and what it costs, in Markdown.
func introduction(r reader, p *pick) string {
	parts := []string{"**" + markdown.Escape(p.template.Shown()) + "** (" + markdown.Escape(p.template.Language) + ")"}
	for i := range p.parsed.Components {
		parts = append(parts, component(r, &p.parsed.Components[i])...)
	}
	if cards := p.parsed.Cards(); cards > 0 {
		parts = append(parts, r.markdown("dialog.cards", "Cards", cards))
	}
	price := p.plan.PricesAt(p.at).Of(p.template.Category)
	left := max(0, p.plan.MonthlyLimit-p.spent)
	return strings.Join(append(parts,
		r.markdown("dialog.price",
			"Category", r.category(p.template.Category), "Price", int64(price), "Currency", p.plan.Currency,
			"Left", int64(left), "Limit", int64(p.plan.MonthlyLimit)),
		r.markdown("dialog.costs_anyway"),
	), "\n\n")
}

// cardIntroduction is a card as it will be sent, in Markdown.
func cardIntroduction(r reader, p *pick, card int) string {
	parts := []string{r.markdown("dialog.card", "Card", card, "Cards", p.parsed.Cards())}
	for _, c := range p.parsed.Card(card) {
		parts = append(parts, component(r, &c)...)
	}
	return strings.Join(parts, "\n\n")
}

// component is one part of a template as paragraphs of Markdown.
func component(r reader, c *whatsapp.TemplateComponent) []string {
	switch strings.ToUpper(c.Type) {
	case "HEADER":
		if c.Text == "" {
			return []string{"*" + markdown.Escape(r.header(c.Format)) + "*"}
		}
		return paragraphs(c.Text, func(line string) string { return "**" + markdown.Escape(line) + "**" })
	case "LIMITED_TIME_OFFER":
		if c.Offer != nil {
			return paragraphs("⏳ "+c.Offer.Text, markdown.Escape)
		}
	case "BODY":
		return paragraphs(c.Text, markdown.ToMattermost)
	case "FOOTER":
		return paragraphs(c.Text, func(line string) string { return "*" + markdown.Escape(line) + "*" })
	case "BUTTONS":
		var labels []string
		for _, b := range c.Buttons {
			if b.Text != "" {
				labels = append(labels, "**"+markdown.Escape(b.Text)+"**")
			}
		}
		if len(labels) > 0 {
			return []string{r.markdown("dialog.buttons") + " " + strings.Join(labels, " · ")}
		}
	}
	return nil
}

// header is the name of a header that is not text: an image, a document, ...
func (r reader) header(format string) string {
	key := "dialog.format_" + strings.ToLower(format)
	if name := r.text(key); name != key {
		return name
	}
	return format
}
