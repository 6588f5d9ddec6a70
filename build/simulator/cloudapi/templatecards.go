package cloudapi

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Meta's error subcodes of a part that is not as it must be.
const (
	subHeader = 2388047
	subFooter = 2388073
)

// carousel fills each card separately.
func (f *filler) carousel(part *Component, given []params) *apiError {
	if len(given) != len(part.Cards) {
		return newError(132012).detail("carousel: number of cards (%d) does not match the expected number of cards (%d)", len(given), len(part.Cards))
	}
	for i, g := range given {
		index, ok := g.number("card_index")
		if !ok || int(index) != i {
			return newError(132012).detail("carousel: card_index must count from 0")
		}
		components, err := g.list("components")
		if err != nil {
			return err
		}
		card := *f
		card.m, card.bodyLimit = &Message{}, filledCardLimit
		if err := card.fill(part.Cards[i].Components, components); err != nil {
			return err
		}
		f.m.Cards = append(f.m.Cards, CardShown{Header: card.m.Header, Text: card.m.Text, Media: card.m.Media})
		for _, b := range card.m.Buttons {
			b.Index, b.Card = len(f.m.Buttons), i+1
			f.m.Buttons = append(f.m.Buttons, b)
		}
		if f.m.fate == 0 {
			f.m.fate = card.m.fate
		}
	}
	return nil
}

// offer reads when a limited-time offer ends.
func (f *filler) offer(part *Component, given []params) *apiError {
	f.m.Offer = &Offer{Text: part.Offer.Text}
	if !part.Offer.HasExpiration {
		if len(given) > 0 {
			return newError(132018).detail("limited_time_offer: the offer does not expire")
		}
		return nil
	}
	if len(given) != 1 {
		return newError(131008).detail("limited_time_offer: component is required")
	}
	if _, err := given[0].oneOf("type", "limited_time_offer"); err != nil {
		return err
	}
	node, err := given[0].object("limited_time_offer")
	if err != nil {
		return err
	}
	at, ok := node.number("expiration_time_ms")
	if !ok {
		return newError(131008).detail("limited_time_offer: expiration_time_ms is required")
	}
	f.m.Offer.EndsAt = time.UnixMilli(int64(at))
	if !f.m.Offer.EndsAt.After(f.s.now()) {
		return newError(131009).detail("limited_time_offer: expiration_time_ms is in the past")
	}
	return nil
}

// checkCarousel checks the cards of a template that is submitted: all have the same components.
func (t *Template) checkCarousel(c *Component) *apiError {
	if t.Category != "MARKETING" {
		return templateRefusal(subBody, "Category Incorrect", "Carousels are for the category MARKETING only.")
	}
	if len(c.Cards) < 2 || len(c.Cards) > 10 {
		return templateRefusal(subBody, "Carousel Format Incorrect", "A carousel has 2 to 10 cards.")
	}
	for i, card := range c.Cards {
		if err := card.check(); err != nil {
			return err
		}
		if !slices.Equal(card.shape(), c.Cards[0].shape()) {
			return templateRefusal(subBody, "Carousel Format Incorrect", "All cards must have the same components; card "+strconv.Itoa(i+1)+" differs.")
		}
	}
	return nil
}

func (card *Card) check() *apiError {
	hasHeader := false
	for i := range card.Components {
		part := &card.Components[i]
		var err *apiError
		switch part.Type {
		case "HEADER":
			hasHeader = slices.Contains([]string{"IMAGE", "VIDEO", "PRODUCT"}, part.Format)
			err = part.check(filledHeaderLimit, "header")
		case "BODY":
			err = part.check(filledCardLimit, "card's body")
		case "BUTTONS":
			err = part.checkButtons()
		default:
			err = templateRefusal(subBody, "Carousel Format Incorrect", "A card cannot have a component of type "+part.Type+".")
		}
		if err != nil {
			return err
		}
	}
	if !hasHeader {
		return templateRefusal(subHeader, "Header Format Incorrect", "A card needs a header with an image or a video.")
	}
	return nil
}

// shape is what must be the same on all cards.
func (card *Card) shape() []string {
	var kinds []string
	for _, part := range card.Components {
		kind := part.Type + " " + part.Format
		for _, b := range part.Buttons {
			kind += " " + b.Type
		}
		kinds = append(kinds, strings.TrimSpace(kind))
	}
	return kinds
}

// checkOffer checks a limited-time offer of a template that is submitted.
func (t *Template) checkOffer(c *Component) *apiError {
	if t.Category != "MARKETING" {
		return templateRefusal(subBody, "Category Incorrect", "Limited-time offers are for the category MARKETING only.")
	}
	if n := utf8.RuneCountInString(c.Offer.Text); n == 0 || n > 16 {
		return templateRefusal(subTooLong, "Character Limit Exceeded", "The offer's text has 1 to 16 characters.")
	}
	for i := range t.Components {
		switch part := &t.Components[i]; {
		case part.Type == "FOOTER":
			return templateRefusal(subFooter, "Footer Format Incorrect", "A limited-time offer has no footer.")
		case part.Type == "HEADER" && part.Format != "IMAGE" && part.Format != "VIDEO":
			return templateRefusal(subHeader, "Header Format Incorrect", "A limited-time offer has an image or a video as its header.")
		case part.Type == "BODY" && utf8.RuneCountInString(part.Text) > filledOfferLimit:
			return templateRefusal(subTooLong, "Character Limit Exceeded", "The body is longer than the limit.")
		}
	}
	return nil
}
