package cloudapi

import (
	"net/url"
	"strings"
	"time"
)

func composeText(m *Message, p params) *apiError {
	text, err := p.object("text")
	if err != nil {
		return err
	}
	if _, err := text.required("body"); err != nil {
		return err
	}
	m.Text, err = text.limited("body", 4096)
	return err
}

func composeLocation(m *Message, p params) *apiError {
	l, err := p.object("location")
	if err != nil {
		return err
	}
	for _, key := range []string{"latitude", "longitude"} {
		if _, err := l.required(key); err != nil {
			return err
		}
		if _, ok := l.number(key); !ok {
			return l.wrong(key, "a number.")
		}
	}
	name, err := l.text("name")
	if err != nil {
		return err
	}
	address, err := l.text("address")
	if err != nil {
		return err
	}
	latitude, _ := l.text("latitude")
	longitude, _ := l.text("longitude")
	m.Text = joinLines(name, address, latitude+", "+longitude)
	return nil
}

func composeContacts(m *Message, p params) *apiError {
	list, err := p.list("contacts")
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return p.missing("contacts")
	}
	var lines []string
	for _, contact := range list {
		name, err := contact.object("name")
		if err != nil {
			return err
		}
		formatted, err := name.required("formatted_name")
		if err != nil {
			return err
		}
		if !name.has("first_name") && !name.has("last_name") && !name.has("middle_name") && !name.has("prefix") && !name.has("suffix") {
			return newError(131009).detail("Contact name needs formatted_name and at least one other part.")
		}
		lines = append(lines, formatted)
		phones, err := contact.list("phones")
		if err != nil {
			return err
		}
		for _, phone := range phones {
			number, err := phone.text("phone")
			if err != nil {
				return err
			}
			lines = append(lines, number)
		}
	}
	m.Text = joinLines(lines...)
	return nil
}

// reactionLife is the age up to which a message can get a reaction.
const reactionLife = 30 * 24 * time.Hour

func (s *Server) composeReaction(m *Message, p params) *apiError {
	r, err := p.object("reaction")
	if err != nil {
		return err
	}
	if m.Reacts, err = r.required("message_id"); err != nil {
		return err
	}
	if !r.has("emoji") {
		return r.missing("emoji")
	}
	if m.Text, err = r.text("emoji"); err != nil {
		return err
	}
	target := s.messages[m.Reacts]
	switch {
	case target == nil || target.PhoneNumberID != m.PhoneNumberID:
		return newError(131009).detail("Reaction message_id is not known.")
	case target.Type == "reaction":
		return newError(131009).detail("A reaction cannot be reacted to.")
	case target.Revoked:
		return newError(131009).detail("The message was deleted.")
	case s.now().Sub(target.AcceptedAt) > reactionLife:
		return newError(131009).detail("The message is older than 30 days.")
	}
	return nil
}

// composeMedia reads an image, video, audio, document or sticker.
func (s *Server) composeMedia(m *Message, p params, n *Number) *apiError {
	node, err := p.object(m.Type)
	if err != nil {
		return err
	}
	if m.Media, err = s.mediaRef(node, m.Type, n); err != nil {
		return err
	}
	if node.has("caption") {
		if m.Type == "audio" || m.Type == "sticker" {
			return newError(100).message("(#100) Unexpected key \"caption\" on param \"" + m.Type + "\".")
		}
		if m.Text, err = node.limited("caption", 1024); err != nil {
			return err
		}
	}
	if voice, ok := node.values["voice"].(bool); ok && m.Type == "audio" {
		m.Media.Voice = voice
	}
	if stored := s.media[m.Media.ID]; stored != nil {
		if problem := mediaFits(stored.Media, m.Type, m.Media.Voice); problem != "" {
			m.fate = 131053 // Meta checks the file only after its 200
		}
	}
	return nil
}

// mediaRef reads {id} or {link}, of which exactly one must be given.
func (s *Server) mediaRef(node params, kind string, n *Number) (*MediaRef, *apiError) {
	id, err := node.text("id")
	if err != nil {
		return nil, err
	}
	link, err := node.text("link")
	if err != nil {
		return nil, err
	}
	name, err := node.limited("filename", 240)
	if err != nil {
		return nil, err
	}
	switch {
	case id == "" && link == "":
		return nil, newError(100).message("(#100) Either id or link is required in param " + node.path + ".")
	case id != "" && link != "":
		return nil, newError(100).message("(#100) Only one of id and link may be given in param " + node.path + ".")
	case link != "":
		u, err := url.Parse(link)
		if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" {
			return nil, newError(131009).detail("Param %s link is not a valid URI.", kind)
		}
		return &MediaRef{Link: link, Filename: name}, nil
	}
	stored := s.media[id]
	if stored == nil || !s.sameBusiness(stored, n) || !s.now().Before(stored.ExpiresAt) {
		return nil, newError(131053).detail("Media ID %s is not known or no longer there.", id)
	}
	if name == "" {
		name = stored.Filename
	}
	return &MediaRef{ID: id, MIMEType: stored.MIMEType, Filename: name}, nil
}

func joinLines(lines ...string) string {
	var kept []string
	for _, l := range lines {
		if strings.Trim(l, ", ") != "" {
			kept = append(kept, l)
		}
	}
	return strings.Join(kept, "\n")
}
