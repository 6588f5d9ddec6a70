package whatsapp

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// promotion finds words of advertising in a template of the category UTILITY: Meta moves such a template to MARKETING.
func (t Template) promotion() *Risk {
	if t.Category != "UTILITY" {
		return nil
	}
	for _, part := range t.texts() {
		text := " " + strings.Join(foldedWords(part.text), " ") + " "
		for _, phrase := range promotionalWords() {
			if strings.Contains(text, " "+phrase+" ") {
				return risk(RiskPromotionalWords, "Word", phrase)
			}
		}
	}
	return nil
}

// promotionalWords are words and phrases of advertising in Portuguese, English and Spanish, without accents.
func promotionalWords() []string {
	return []string{
		"promocao", "promocoes", "promo", "oferta", "ofertas", "desconto", "descontos", "cupom", "cupons", "gratis", "brinde", "brindes", "liquidacao", "imperdivel", "imperdiveis",
		"queima de estoque", "frete gratis", "aproveite", "compre agora", "compre ja", "so hoje", "ultima chance", "cashback", "black friday", "lancamento", "% de desconto", "% off",
		"sale", "discount", "discounts", "offer", "offers", "coupon", "coupons", "free shipping", "buy now", "shop now", "last chance", "limited time", "promotion", "promotions", "deal", "deals",
		"descuento", "descuentos", "promocion", "promociones", "rebaja", "rebajas", "aprovecha", "compra ahora",
	}
}

// foldedWords are the words of a text in lower case and without accents; a percent sign is a word.
func foldedWords(text string) []string {
	plain := strings.ReplaceAll(domain.Fold(text), "%", " % ")
	return strings.FieldsFunc(plain, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '%' })
}

// addressLike finds what may be a link in a text, with or without its scheme.
var addressLike = regexp.MustCompile(`(?i)(?:https?://)?[a-z0-9][a-z0-9.-]*\.[a-z]{2,}(?:/|$|[\s?#.,;:!)])`)

// shortener finds a link through a service that hides where it leads, which Meta refuses.
func (t Template) shortener(parts []textPart) *Risk {
	return firstRisk(parts, func(p textPart) *Risk {
		for _, found := range addressLike.FindAllString(p.text, -1) {
			if host := hostOf(found); slices.Contains(linkShorteners(), host) {
				return risk(RiskLinkShortener, "Host", host)
			}
		}
		return nil
	})
}

func hostOf(link string) string {
	link = strings.ToLower(strings.TrimRight(link, " \t\r\n?#.,;:!)"))
	if !strings.Contains(link, "://") {
		link = "https://" + link
	}
	address, err := url.Parse(link)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(address.Hostname(), "www.")
}

// linkShorteners are the hosts of services that shorten links, among them WhatsApp's own.
func linkShorteners() []string {
	return []string{
		"bit.ly", "bitly.com", "tinyurl.com", "goo.gl", "t.co", "ow.ly", "is.gd", "v.gd", "cutt.ly", "rebrand.ly", "buff.ly", "shorturl.at", "t.ly", "rb.gy", "tiny.cc", "bl.ink", "lnkd.in",
		"encurtador.com.br", "encurtador.dev", "abre.ai", "l1nk.dev", "linkr.bio", "bityli.com", "shre.ink", "u.to", "wa.me", "wa.link", "api.whatsapp.com",
	}
}
