package convert

import (
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
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
			found = append(found, Mark{Key: "product", Data: map[string]any{"Product": Verbatim(c.ProductRetailerID), "Catalog": Verbatim(c.CatalogID)}})
		}
	}
	if m.Media != nil && Fetchable(m) {
		if extension := Dangerous(Filename(m.Type, m.Media.MimeType, m.Media.Filename, 0)); extension != "" {
			found = append(found, Mark{Key: "dangerous", Data: map[string]any{"Type": Verbatim(extension)}})
		}
	}
	if m.GroupID != "" {
		found = append(found, Mark{Key: "group"})
	}
	if r := m.Referral; r != nil {
		found = append(found, Mark{Key: "referral", Data: map[string]any{
			"Post": r.SourceType == "post", "Headline": conversation.Markdown(line(cut(r.Headline, maxValue))), "Body": conversation.Markdown(line(cut(r.Body, maxValue))), "Link": Verbatim(r.SourceURL),
		}})
	}
	return found
}
