package cloudapi

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
)

const defaultPage = 25

// templateFields lists the fields that Graph returns if the call names none.
func templateFields() []string {
	return []string{"name", "components", "language", "status", "category", "previous_category", "parameter_format", "sub_category"}
}

// listTemplates implements GET /{waba-id}/message_templates.
func (s *Server) listTemplates(c *call, w *WABA) reply {
	items := []map[string]any{}
	for _, id := range s.templateOrder[w.ID] {
		if t := s.templates[id]; t.asked(c) {
			items = append(items, t.raw)
		}
	}
	out := s.page(c, items, "WhatsAppMessageTemplate", templateFields()...)
	out.wabaID = w.ID
	return out
}

// asked reports whether the template passes the filters of a list.
func (t *Template) asked(c *call) bool {
	for key, value := range map[string]string{"name": t.Name, "language": t.Language} {
		if want := c.query.Get(key); want != "" && want != value {
			return false
		}
	}
	for key, value := range map[string]string{"status": t.Status, "category": t.Category} {
		if want := c.query.Get(key); want != "" && !slices.Contains(strings.Split(strings.ToUpper(want), ","), value) {
			return false
		}
	}
	return true
}

// cursor encodes a position in the form of Graph's cursors: base64 with ZD as padding.
func cursor(index int) string {
	return strings.ReplaceAll(base64.StdEncoding.EncodeToString([]byte(strconv.Itoa(index))), "=", "ZD")
}

func position(text string) (int, *apiError) {
	raw, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(text, "ZD", "="))
	if err == nil {
		var index int
		if index, err = strconv.Atoi(string(raw)); err == nil && index >= 0 {
			return index, nil
		}
	}
	return 0, newError(100).message("(#100) Invalid cursors values.")
}

// pageOf reads limit, after and before.
func pageOf(c *call, total int) (limit, from int, refused *apiError) {
	limit = defaultPage
	if asked := c.query.Get("limit"); asked != "" {
		n, err := strconv.Atoi(asked)
		if err != nil || n < 1 {
			return 0, 0, newError(100).message("(#100) Param limit must be an integer greater than or equal to 1")
		}
		limit = n
	}
	if after := c.query.Get("after"); after != "" {
		index, err := position(after)
		if err != nil {
			return 0, 0, err
		}
		return limit, min(index+1, total), nil
	}
	if before := c.query.Get("before"); before != "" {
		index, err := position(before)
		if err != nil {
			return 0, 0, err
		}
		from = max(index-limit, 0)
		return min(limit, index), from, nil
	}
	return limit, 0, nil
}

// pageURL returns the address of another page of the same call, without the token.
func (s *Server) pageURL(c *call, key, value string) string {
	query := map[string][]string{}
	for k, v := range c.query {
		if k != "access_token" && k != "after" && k != "before" {
			query[k] = v
		}
	}
	base := s.baseURL
	if base == "" {
		base = "https://graph.facebook.com"
	}
	next := call{query: query}
	next.query.Set(key, value)
	return base + "/" + c.version + "/" + c.objectID + "/" + c.edge + "?" + next.query.Encode()
}

// createTemplate implements POST /{waba-id}/message_templates.
func (s *Server) createTemplate(c *call, w *WABA) reply {
	p := parseParams(c.body)
	for _, key := range []string{"name", "category", "language"} {
		if _, err := p.required(key); err != nil {
			return s.refuse(err)
		}
	}
	name, _ := p.text("name")
	language, _ := p.text("language")
	if !namePattern.MatchString(name) {
		return s.refuse(newError(100).message("(#100) Param name must match the pattern [a-z0-9_] and be at most 512 characters long."))
	}
	category, err := p.oneOf("category", "AUTHENTICATION", "MARKETING", "UTILITY")
	if err != nil {
		return s.refuse(err)
	}
	if list, err := p.list("components"); err != nil {
		return s.refuse(err)
	} else if len(list) == 0 {
		return s.refuse(p.missing("components"))
	}
	if s.findTemplate(w.ID, name, language) != nil {
		e := newError(100).sub(subTaken).message("Invalid parameter")
		e.userTitle, e.userText = "Content in This Language Already Exists", "There is already "+language+" content for this template."
		return s.refuse(e)
	}
	var raw map[string]any
	if err := json.Unmarshal(c.body, &raw); err != nil {
		return s.refuse(newError(100))
	}
	raw["status"], raw["category"] = "PENDING", category
	delete(raw, "id")
	draft, problem := parseTemplate(raw)
	if problem != nil {
		return s.refuse(newError(100).detail("The template could not be read."))
	}
	if err := reviewAtOnce(draft); err != nil {
		return s.refuse(err)
	}
	if err := s.checkSamples(draft.Components, nil); err != nil {
		return s.refuse(err)
	}
	t, problem := s.storeTemplate(w.ID, raw)
	if problem != nil {
		return s.refuse(newError(100).detail("The template could not be read."))
	}
	return s.ok(map[string]any{"id": t.ID, "status": t.Status, "category": t.Category})
}

// editTemplate implements POST /{template-id}. The new components go to review.
func (s *Server) editTemplate(c *call, t *Template) reply {
	if !slices.Contains([]string{"APPROVED", "REJECTED", "PAUSED"}, t.Status) {
		return s.refuse(newError(100).detail("Only approved, rejected and paused templates can be edited."))
	}
	p := parseParams(c.body)
	if list, err := p.list("components"); err != nil {
		return s.refuse(err)
	} else if len(list) == 0 && !p.has("category") {
		return s.refuse(p.missing("components"))
	}
	var change map[string]any
	if err := json.Unmarshal(c.body, &change); err != nil {
		return s.refuse(newError(100))
	}
	next := map[string]any{}
	maps.Copy(next, t.raw)
	for _, k := range []string{"components", "category", "message_send_ttl_seconds"} {
		if v, ok := change[k]; ok {
			next[k] = v
		}
	}
	draft, problem := parseTemplate(next)
	if problem != nil {
		return s.refuse(newError(100).detail("The template could not be read."))
	}
	if err := reviewAtOnce(draft); err != nil {
		return s.refuse(err)
	}
	if err := s.checkSamples(draft.Components, t.Components); err != nil {
		return s.refuse(err)
	}
	if err := s.mayEdit(t, change); err != nil {
		return s.refuse(err)
	}
	next["status"] = "PENDING"
	if _, err := s.storeTemplate(t.WABAID, next); err != nil {
		return s.refuse(newError(100).detail("The template could not be read."))
	}
	return s.success()
}

// deleteTemplate implements DELETE /{waba-id}/message_templates. By name it deletes all languages of a template, with hsm_id only one.
func (s *Server) deleteTemplate(c *call, w *WABA) reply {
	name, id := c.query.Get("name"), c.query.Get("hsm_id")
	if name == "" {
		return s.refuse(newError(100).message("(#100) The parameter name is required."))
	}
	kept := []string{}
	for _, known := range s.templateOrder[w.ID] {
		if t := s.templates[known]; t.Name == name && (id == "" || id == known) {
			delete(s.templates, known)
			continue
		}
		kept = append(kept, known)
	}
	if len(kept) == len(s.templateOrder[w.ID]) {
		no := false
		e := newError(100).sub(2593002).message("Invalid parameter")
		e.transient, e.userTitle = &no, "Message Template Not Found"
		e.userText = "The message template " + name + " wasn't found for this account."
		return s.refuse(e)
	}
	s.templateOrder[w.ID] = kept
	s.bump()
	return s.success()
}
