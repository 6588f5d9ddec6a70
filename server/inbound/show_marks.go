package inbound

import (
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/markdown"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// marksOf are the lines before a message that tell where it came from.
func marksOf(m *whatsapp.Message) []Mark {
	var found []Mark
	if c := m.Context; c != nil {
		switch {
		case c.FrequentlyForwarded:
			found = append(found, Mark{Key: "forwarded_often"})
		case c.Forwarded:
			found = append(found, Mark{Key: "forwarded"})
		}
		if c.ProductRetailerID != "" || c.CatalogID != "" {
			found = append(found, Mark{Key: "product", Data: map[string]any{"Product": markdown.Verbatim(c.ProductRetailerID), "Catalog": markdown.Verbatim(c.CatalogID)}})
		}
	}
	if m.Media != nil && Fetchable(m) {
		if extension := posting.DangerousExtension(posting.Filename(m.Type, m.Media.MimeType, m.Media.Filename, 0)); extension != "" {
			found = append(found, Mark{Key: "dangerous", Data: map[string]any{"Type": markdown.Verbatim(extension)}})
		}
	}
	if m.GroupID != "" {
		found = append(found, Mark{Key: "group"})
	}
	if r := m.Referral; r != nil {
		found = append(found, Mark{Key: "referral", Data: map[string]any{
			"Post": r.SourceType == "post", "Headline": domain.Markdown(line(markdown.Cut(r.Headline, maxValue))), "Body": domain.Markdown(line(markdown.Cut(r.Body, maxValue))), "Link": markdown.Verbatim(r.SourceURL),
		}})
	}
	return found
}
