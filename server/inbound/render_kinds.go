package inbound

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/markdown"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// marksOf returns the lines above a message that say where it came from, such as
// "forwarded".
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
			"Post": r.SourceType == "post", "Headline": domain.Markdown(oneLine(markdown.Cut(r.Headline, maxValue))), "Body": domain.Markdown(oneLine(markdown.Cut(r.Body, maxValue))), "Link": markdown.Verbatim(r.SourceURL),
		}})
	}
	return found
}

// mediaContent names the file, which is attached to the post later. A file that
// Meta could not take over is shown with Meta's error code.
func mediaContent(m *whatsapp.Message) Content {
	file := m.Media
	s := Content{Label: mediaLabel(m), Detail: paragraphs(markdown.Code(file.Filename), markdown.ToMattermost(file.Caption))}
	if !Fetchable(m) {
		s.Data = map[string]any{"Lost": true}
		if len(m.Errors) > 0 {
			s.Data["Code"] = m.Errors[0].Code
		}
	}
	return s
}

// mediaLabel is the label of a message with a file.
func mediaLabel(m *whatsapp.Message) string {
	if m.Type == whatsapp.TypeAudio && m.Media.Voice {
		return "voice"
	}
	return m.Type
}

// Fetchable reports whether a message has a file that can be fetched.
func Fetchable(m *whatsapp.Message) bool {
	return m.Media != nil && m.Media.ID != "" && len(m.Errors) == 0
}

// locationContent writes a place with a link to a map: the only link that does not
// come from the customer.
func locationContent(l *whatsapp.Location) Content {
	at := fmt.Sprintf("%.6f,%.6f", l.Latitude, l.Longitude)
	text := paragraphs(boldName(l.Name), markdown.ToMattermost(l.Address), markdown.ToMattermost(l.URL))
	if text == "" {
		text = at
	}
	return Content{Label: "location", Cards: []Card{{Text: text, Map: "https://www.google.com/maps?q=" + at}}}
}

// maxItems is how many lines of an order are shown.
const maxItems = 100

// orderContent writes a shopping cart: its items, its total, the customer's words.
func orderContent(o *whatsapp.Order) Content {
	var list []string
	totals := map[string]*big.Rat{}
	for i, item := range o.Items {
		quantity, price := decimal(item.Quantity), decimal(item.ItemPrice)
		sum := new(big.Rat).Mul(quantity, price)
		if totals[item.Currency] == nil {
			totals[item.Currency] = new(big.Rat)
		}
		totals[item.Currency].Add(totals[item.Currency], sum)
		if i < maxItems {
			list = append(list, fmt.Sprintf("- %g × %s: %s %s", item.Quantity, markdown.Code(item.ProductRetailerID), price.FloatString(2), currency(item.Currency)))
		}
	}
	var total []string
	for code, sum := range totals {
		total = append(total, sum.FloatString(2)+" "+currency(code))
	}
	slices.Sort(total)
	return Content{Label: "order", Detail: strings.Join(list, "\n"), Data: map[string]any{
		"Total": domain.Markdown(strings.Join(total, " + ")), "Text": domain.Markdown(markdown.ToMattermost(o.Text)), "More": max(len(o.Items)-maxItems, 0),
	}}
}

// decimal returns the number that Meta wrote, to four decimal places, without the rounding
// error of a float. A number of 10^12 or more is returned as 0.
func decimal(f float64) *big.Rat {
	if math.Abs(f) < 1e12 {
		if d, ok := new(big.Rat).SetString(strconv.FormatFloat(f, 'f', 4, 64)); ok {
			return d
		}
	}
	return new(big.Rat)
}

// currency returns a currency's code if it has only letters. Anything else is shown as
// Markdown code, because the customer may have chosen it.
func currency(code string) string {
	if len(code) == 3 && strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" {
		return code
	}
	return markdown.Code(code)
}
