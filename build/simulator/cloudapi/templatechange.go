package cloudapi

import (
	"encoding/json"
	"strings"

	"github.com/pkg/errors"
)

// SetTemplateStatus changes a template's status and sends message_template_status_update. An empty reason becomes NONE.
func (s *Server) SetTemplateStatus(wabaID, name, language, status, reason string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.findTemplate(wabaID, name, language)
	if t == nil {
		return errors.Errorf("no template %s in %s", name, language)
	}
	t.Status = strings.ToUpper(status)
	t.raw["status"] = t.Status
	if reason == "" {
		reason = "NONE"
	}
	value := t.webhookValue()
	value["event"], value["reason"], value["message_template_category"] = t.Status, reason, t.Category
	switch t.Status {
	case "DELETED":
		value["reason"] = nil
	case "PAUSED":
		value["other_info"] = map[string]any{"title": "FIRST_PAUSE", "description": "The template was paused for 3 hours because of low quality."}
	case "DISABLED":
		value["other_info"] = map[string]any{"title": "DISABLED", "description": "The template was disabled because of low quality."}
		value["disable_info"] = map[string]any{"disable_date": seconds(s.now())}
	}
	s.emit(update{wabaID: wabaID, field: "message_template_status_update", value: value})
	return nil
}

// SetTemplateCategory changes a template's category and sends template_category_update.
func (s *Server) SetTemplateCategory(wabaID, name, language, category string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.findTemplate(wabaID, name, language)
	if t == nil {
		return errors.Errorf("no template %s in %s", name, language)
	}
	value := t.webhookValue()
	value["previous_category"], value["new_category"] = t.Category, strings.ToUpper(category)
	t.Category = strings.ToUpper(category)
	t.raw["category"] = t.Category
	s.emit(update{wabaID: wabaID, field: "template_category_update", value: value})
	return nil
}

// SetTemplateBody changes the text of a template's body, as an edit at Meta does, and sends the webhook for it.
func (s *Server) SetTemplateBody(wabaID, name, language, text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.findTemplate(wabaID, name, language)
	if t == nil {
		return errors.Errorf("no template %s in %s", name, language)
	}
	components, _ := t.raw["components"].([]any)
	value := t.webhookValue()
	value["message_template_language"] = t.Language // this webhook has an underscore in the language
	for _, one := range components {
		component, _ := one.(map[string]any)
		switch kind, _ := component["type"].(string); strings.ToUpper(kind) {
		case "BODY":
			component["text"], value["message_template_element"] = text, text
		case "HEADER":
			value["message_template_title"] = component["text"]
		case "FOOTER":
			value["message_template_footer"] = component["text"]
		}
	}
	if _, err := s.storeTemplate(wabaID, t.raw); err != nil {
		return err
	}
	s.emit(update{wabaID: wabaID, field: "message_template_components_update", value: value})
	return nil
}

// webhookValue identifies the template as its webhooks do: the id is a number, and the language has a hyphen.
func (t *Template) webhookValue() map[string]any {
	var id any = t.ID
	if onlyDigits(t.ID) == t.ID {
		id = json.Number(t.ID)
	}
	return map[string]any{
		"message_template_id": id, "message_template_name": t.Name,
		"message_template_language": strings.ReplaceAll(t.Language, "_", "-"),
	}
}
