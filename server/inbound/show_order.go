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
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// maxItems is how many lines of an order are shown.
const maxItems = 100

// order writes a shopping cart: its items, its total, the customer's words.
func order(o *whatsapp.Order) Shown {
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
	return Shown{Label: "order", Detail: strings.Join(list, "\n"), Data: map[string]any{
		"Total": domain.Markdown(strings.Join(total, " + ")), "Text": domain.Markdown(markdown.ToMattermost(o.Text)), "More": max(len(o.Items)-maxItems, 0),
	}}
}

// decimal is a number as Meta wrote it, to four places, not what a float makes of it. One beyond all reason is 0.
func decimal(f float64) *big.Rat {
	if math.Abs(f) < 1e12 {
		if d, ok := new(big.Rat).SetString(strconv.FormatFloat(f, 'f', 4, 64)); ok {
			return d
		}
	}
	return new(big.Rat)
}

// currency is a code of letters; anything else is shown as code.
func currency(code string) string {
	if len(code) == 3 && strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" {
		return code
	}
	return markdown.Code(code)
}
