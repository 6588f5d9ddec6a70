package inbound

import (
	"fmt"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/markdown"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// location writes a place with a link to a map: the only link that does not
// come from the customer.
func location(l *whatsapp.Location) Shown {
	at := fmt.Sprintf("%.6f,%.6f", l.Latitude, l.Longitude)
	detail := lines(markdown.ToMattermost(l.Name), markdown.ToMattermost(l.Address), markdown.ToMattermost(l.URL), "<https://www.google.com/maps?q="+at+">")
	return Shown{Label: "location", Detail: detail}
}
