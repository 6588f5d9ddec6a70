package cloudapi

import (
	"slices"
	"strings"
)

const (
	filledHeaderLimit = 60
	filledBodyLimit   = 1024
	filledOfferLimit  = 600
	filledCardLimit   = 160
)

// composeTemplate checks the send of a template against the template and writes the text that the customer will read.
func (s *Server) composeTemplate(m *Message, p params, n *Number) *apiError {
	node, err := p.object("template")
	if err != nil {
		return err
	}
	name, err := node.required("name")
	if err != nil {
		return err
	}
	language, err := node.object("language")
	if err != nil {
		return err
	}
	code, err := language.required("code")
	if err != nil {
		return err
	}
	if language.has("policy") {
		if _, err := language.oneOf("policy", "deterministic"); err != nil {
			return err
		}
	}
	t := s.findTemplate(n.WABAID, name, code)
	if err := usable(t, name, code); err != nil {
		return err
	}
	m.Template = &TemplateRef{ID: t.ID, Name: t.Name, Language: t.Language, Category: t.Category}
	m.category, m.ttl = strings.ToLower(t.Category), t.timeToLive()
	components, err := node.list("components")
	if err != nil {
		return err
	}
	f := &filler{s: s, m: m, n: n, named: t.named(), authentication: t.Category == "AUTHENTICATION", language: t.Language, bodyLimit: filledBodyLimit}
	return f.fill(t.Components, components)
}

func usable(t *Template, name, language string) *apiError {
	switch {
	case t == nil:
		return newError(132001).detail("template name (%s) does not exist in %s", name, language)
	case t.Status == "PAUSED":
		return newError(132015)
	case t.Status == "DISABLED":
		return newError(132016)
	case t.Status != "APPROVED":
		return newError(132001).detail("template name (%s) does not exist in %s", name, language)
	}
	return nil
}

// filler inserts the parameters of one send into one template or card.
type filler struct {
	s              *Server
	m              *Message
	n              *Number
	named          bool
	authentication bool
	language       string
	bodyLimit      int
}

// fill checks that each part of the template gets the parameters it needs and no others.
func (f *filler) fill(parts []Component, given []params) *apiError {
	sorted, err := sortComponents(given)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(parts, func(c Component) bool { return c.Type == "LIMITED_TIME_OFFER" }) {
		f.bodyLimit = filledOfferLimit
	}
	for i := range parts {
		part := &parts[i]
		switch part.Type {
		case "HEADER":
			err = f.header(part, sorted.header)
		case "BODY":
			err = f.body(part, sorted.body)
		case "FOOTER":
			f.m.Footer = f.footer(part)
		case "BUTTONS":
			err = f.buttons(part, sorted.buttons)
			sorted.buttons = nil
		case "CAROUSEL":
			err = f.carousel(part, sorted.cards)
			sorted.cards = nil
		case "LIMITED_TIME_OFFER":
			err = f.offer(part, sorted.offer)
			sorted.offer = nil
		}
		if err != nil {
			return err
		}
	}
	return f.leftOver(parts, sorted)
}

// leftOver refuses parameters for parts that the template does not have.
func (f *filler) leftOver(parts []Component, sorted sortedComponents) *apiError {
	has := func(kind string) bool {
		for i := range parts {
			if parts[i].Type == kind {
				return true
			}
		}
		return false
	}
	switch {
	case len(sorted.header) > 0 && !has("HEADER"):
		return countMismatch("header", len(sorted.header), 0)
	case len(sorted.body) > 0 && !has("BODY"):
		return countMismatch("body", len(sorted.body), 0)
	case len(sorted.buttons) > 0:
		return newError(132018).detail("buttons: the template has no buttons")
	case len(sorted.offer) > 0:
		return newError(132018).detail("limited_time_offer: the template has no limited-time offer")
	case len(sorted.cards) > 0:
		return newError(132018).detail("carousel: the template has no carousel")
	}
	return nil
}

type sortedComponents struct {
	header, body []params
	buttons      []params
	cards        []params
	offer        []params
}

func sortComponents(given []params) (sortedComponents, *apiError) {
	var out sortedComponents
	for _, c := range given {
		kind, err := c.oneOf("type", "header", "body", "button", "carousel", "limited_time_offer", "tap_target_configuration", "order_status")
		if err != nil {
			return out, err
		}
		list, err := c.list("parameters")
		if err != nil {
			return out, err
		}
		switch kind {
		case "header":
			out.header = append(out.header, list...)
		case "body":
			out.body = append(out.body, list...)
		case "button":
			out.buttons = append(out.buttons, c)
		case "limited_time_offer":
			out.offer = append(out.offer, list...)
		case "carousel":
			if out.cards, err = c.list("cards"); err != nil {
				return out, err
			}
		}
	}
	return out, nil
}

func (f *filler) header(part *Component, given []params) *apiError {
	switch part.Format {
	case "TEXT":
		text, err := f.text("header", part.Text, given)
		if err != nil {
			return err
		}
		f.m.Header = text
		return tooLong("header", text, filledHeaderLimit)
	case "LOCATION", "PRODUCT":
		kind := strings.ToLower(part.Format)
		if len(given) != 1 || given[0].values["type"] != kind {
			return formatMismatch(part.Format, given)
		}
		if _, err := given[0].object(kind); err != nil {
			return err
		}
		f.m.Header = "[" + kind + "]"
		return nil
	}
	return f.mediaHeader(strings.ToLower(part.Format), given)
}

func (f *filler) mediaHeader(kind string, given []params) *apiError {
	if kind == "gif" {
		kind = "video"
	}
	if len(given) != 1 || given[0].values["type"] != kind {
		return formatMismatch(strings.ToUpper(kind), given)
	}
	node, err := given[0].object(kind)
	if err != nil {
		return err
	}
	if f.m.Media, err = f.s.mediaRef(node, kind, f.n); err != nil {
		return err
	}
	if stored := f.s.media[f.m.Media.ID]; stored != nil && mediaFits(stored.Media, kind, false) != "" {
		f.m.fate = 131053
	}
	return nil
}

func (f *filler) body(part *Component, given []params) *apiError {
	text := part.Text
	if f.authentication && (part.Security || text == "") {
		text = codeText(f.language)
	}
	filled, err := f.text("body", text, given)
	if err != nil {
		return err
	}
	f.m.Text = joinLines(f.m.Text, filled)
	return tooLong("body", filled, f.bodyLimit)
}
