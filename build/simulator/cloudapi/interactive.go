package cloudapi

import (
	"strings"
	"unicode/utf8"
)

// composeInteractive reads reply buttons, lists, URL buttons and the two requests completely. Of the other kinds it reads only what they
// have in common.
func (s *Server) composeInteractive(m *Message, p params, n *Number) *apiError {
	node, err := p.object("interactive")
	if err != nil {
		return err
	}
	kind, err := node.oneOf("type", "button", "list", "cta_url", "location_request_message", "address_message", "flow", "product",
		"product_list", "catalog_message", "carousel", "voice_call", "call_permission_request", "order_details", "order_status", "request_contact_info")
	if err != nil {
		return err
	}
	bodyLimit := 1024
	if kind == "list" {
		bodyLimit = 4096
	}
	if err := s.interactiveFrame(m, node, kind, bodyLimit, n); err != nil {
		return err
	}
	action, err := node.object("action")
	if err != nil {
		return err
	}
	switch kind {
	case "button":
		return replyButtons(m, action)
	case "list":
		return listRows(m, action)
	case "cta_url":
		return urlButton(m, action)
	case "carousel":
		return cards(action)
	case "location_request_message":
		return request(m, node, action, "send_location", "Send location")
	case "request_contact_info":
		return request(m, node, action, "request_contact_info", "Share phone number")
	}
	m.Buttons = append(m.Buttons, Button{Kind: kind, Text: kind})
	return nil
}

// interactiveFrame reads header, body and footer.
func (s *Server) interactiveFrame(m *Message, node params, kind string, bodyLimit int, n *Number) *apiError {
	if node.has("header") {
		header, err := node.object("header")
		if err != nil {
			return err
		}
		if err := s.interactiveHeader(m, header, kind, n); err != nil {
			return err
		}
	}
	if kind != "product" || node.has("body") {
		body, err := node.object("body")
		if err != nil {
			return err
		}
		if _, err := body.required("text"); err != nil {
			return err
		}
		if m.Text, err = body.text("text"); err != nil {
			return err
		}
		if err := length("Body text", m.Text, 1, bodyLimit); err != nil {
			return err
		}
	}
	if !node.has("footer") {
		return nil
	}
	footer, err := node.object("footer")
	if err != nil {
		return err
	}
	if m.Footer, err = footer.required("text"); err != nil {
		return err
	}
	return length("Footer text", m.Footer, 1, 60)
}

func (s *Server) interactiveHeader(m *Message, header params, kind string, n *Number) *apiError {
	format, err := header.oneOf("type", "text", "image", "video", "document")
	if err != nil {
		return err
	}
	if format == "text" {
		if m.Header, err = header.required("text"); err != nil {
			return err
		}
		return length("Header text", m.Header, 1, 60)
	}
	if kind == "list" {
		return newError(131009).detail("Header of a list message must be of type text.")
	}
	media, err := header.object(format)
	if err != nil {
		return err
	}
	m.Media, err = s.mediaRef(media, format, n)
	return err
}

func replyButtons(m *Message, action params) *apiError {
	list, err := action.list("buttons")
	if err != nil {
		return err
	}
	if len(list) < 1 || len(list) > 3 {
		return newError(131009).detail("Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3")
	}
	ids, titles := map[string]bool{}, map[string]bool{}
	for i, b := range list {
		if _, err := b.oneOf("type", "reply"); err != nil {
			return err
		}
		r, err := b.object("reply")
		if err != nil {
			return err
		}
		id, err := r.required("id")
		if err != nil {
			return err
		}
		title, err := r.required("title")
		if err != nil {
			return err
		}
		if err := firstError(length("Button title", title, 1, 20), length("Button id", id, 1, 256)); err != nil {
			return err
		}
		if ids[id] || titles[title] {
			return newError(131009).detail("Duplicated button ids or titles")
		}
		ids[id], titles[title] = true, true
		m.Buttons = append(m.Buttons, Button{Index: i, Kind: "reply", Text: title, ID: id})
	}
	return nil
}

func listRows(m *Message, action params) *apiError {
	label, err := action.required("button")
	if err != nil {
		return err
	}
	if err := length("Button label", label, 1, 20); err != nil {
		return err
	}
	sections, err := action.list("sections")
	if err != nil {
		return err
	}
	if len(sections) < 1 || len(sections) > 10 {
		return newError(131009).detail("Invalid sections count. Min allowed sections: 1, Max allowed sections: 10")
	}
	ids := map[string]bool{}
	for _, section := range sections {
		title, err := section.text("title")
		if err != nil {
			return err
		}
		if len(sections) > 1 && title == "" {
			return newError(131009).detail("Section title is required with more than one section.")
		}
		if err := length("Section title", title, 0, 24); err != nil {
			return err
		}
		rows, err := section.list("rows")
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return newError(131009).detail("Section row count is below the min allowed count: 1")
		}
		for _, row := range rows {
			if err := listRow(m, row, ids); err != nil {
				return err
			}
		}
	}
	if len(m.Buttons) < 1 || len(m.Buttons) > 10 {
		return newError(131009).detail("Total row count exceed max allowed count: 10")
	}
	return nil
}

func listRow(m *Message, row params, ids map[string]bool) *apiError {
	id, err := row.required("id")
	if err != nil {
		return err
	}
	title, err := row.required("title")
	if err != nil {
		return err
	}
	description, err := row.text("description")
	if err != nil {
		return err
	}
	if err := firstError(length("Row id", id, 1, 200), length("Row title", title, 1, 24), length("Row description", description, 0, 72)); err != nil {
		return err
	}
	if ids[id] {
		return newError(131009).detail("Duplicated row ids")
	}
	ids[id] = true
	m.Buttons = append(m.Buttons, Button{Index: len(m.Buttons), Kind: "list", Text: title, ID: id, Description: description})
	return nil
}

func urlButton(m *Message, action params) *apiError {
	if _, err := action.oneOf("name", "cta_url"); err != nil {
		return err
	}
	p, err := action.object("parameters")
	if err != nil {
		return err
	}
	label, err := p.required("display_text")
	if err != nil {
		return err
	}
	link, err := p.required("url")
	if err != nil {
		return err
	}
	if err := length("Button label", label, 1, 20); err != nil {
		return err
	}
	if !strings.HasPrefix(link, "https://") && !strings.HasPrefix(link, "http://") {
		return newError(131009).detail("Parameter url is not a valid URL.")
	}
	m.Buttons = []Button{{Kind: "cta_url", Text: label, URL: link}}
	return nil
}

// request reads a message that asks for a place or a number: it has a body and its action's name, and nothing else.
func request(m *Message, node, action params, name, label string) *apiError {
	if _, err := action.oneOf("name", name); err != nil {
		return err
	}
	if node.has("header") || node.has("footer") {
		return newError(131009).detail("Header and footer are not supported by this type of interactive message.")
	}
	for _, other := range []string{"buttons", "button", "sections", "parameters"} {
		if action.has(other) {
			return newError(131009).detail("Action of this type has no %s.", other)
		}
	}
	m.Buttons = []Button{{Kind: name, Text: label}}
	return nil
}

func cards(action params) *apiError {
	list, err := action.list("cards")
	if err != nil {
		return err
	}
	if len(list) < 2 || len(list) > 10 {
		return newError(131009).detail("Invalid cards count. Min allowed cards: 2, Max allowed cards: 10")
	}
	return nil
}

func length(what, text string, least, most int) *apiError {
	if n := utf8.RuneCountInString(text); n < least || n > most {
		return newError(131009).detail("%s length invalid. Min length: %d, Max length: %d", what, least, most)
	}
	return nil
}

func firstError(list ...*apiError) *apiError {
	for _, err := range list {
		if err != nil {
			return err
		}
	}
	return nil
}
