package cloudapi

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/pkg/errors"
)

// Template is a message template of a WABA, as Meta stores it.
type Template struct {
	ID              string      `json:"id"`
	WABAID          string      `json:"waba_id"`
	Name            string      `json:"name"`
	Language        string      `json:"language"`
	Status          string      `json:"status"`   // APPROVED, PENDING, REJECTED, PAUSED, DISABLED, ...
	Category        string      `json:"category"` // MARKETING, UTILITY, AUTHENTICATION
	ParameterFormat string      `json:"parameter_format"`
	TTLSeconds      int         `json:"message_send_ttl_seconds"` // -1 and 0: Meta's default
	Components      []Component `json:"components"`

	raw map[string]any // as it was given, for Graph's responses
}

// Component is one part of a template. Type and Format are in capitals.
type Component struct {
	Type       string           `json:"type"`
	Format     string           `json:"format,omitempty"`
	Text       string           `json:"text,omitempty"`
	Buttons    []TemplateButton `json:"buttons,omitempty"`
	Cards      []Card           `json:"cards,omitempty"`
	Example    json.RawMessage  `json:"example,omitempty"`
	Security   bool             `json:"add_security_recommendation,omitempty"`
	Expiration int              `json:"code_expiration_minutes,omitempty"`
	Offer      struct {
		Text          string `json:"text"`
		HasExpiration bool   `json:"has_expiration"`
	} `json:"limited_time_offer"`
}

// Card is one card of a carousel.
type Card struct {
	Components []Component `json:"components"`
}

// TemplateButton is one button as defined in the template.
type TemplateButton struct {
	Type        string `json:"type"`
	Text        string `json:"text"`
	URL         string `json:"url,omitempty"`
	PhoneNumber string `json:"phone_number,omitempty"`
	OTPType     string `json:"otp_type,omitempty"`

	Example json.RawMessage `json:"example,omitempty"`
}

var (
	variablePattern = regexp.MustCompile(`\{\{\s*([A-Za-z0-9_]+)\s*\}\}`)
	namePattern     = regexp.MustCompile(`^[a-z0-9_]{1,512}$`)
)

// variables lists the variables of a text, each once, in order of appearance.
func variables(text string) []string {
	var names []string
	for _, found := range variablePattern.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(names, found[1]) {
			names = append(names, found[1])
		}
	}
	return names
}

// named reports whether the template's variables have names. Older templates do not say so, but their text shows it.
func (t *Template) named() bool {
	if t.ParameterFormat != "" {
		return strings.EqualFold(t.ParameterFormat, "NAMED")
	}
	for _, c := range t.Components {
		for _, v := range variables(c.Text) {
			if strings.Trim(v, "0123456789") != "" {
				return true
			}
		}
	}
	return false
}

// timeToLive returns how long Meta tries to deliver.
func (t *Template) timeToLive() time.Duration {
	switch {
	case t.TTLSeconds > 0:
		return time.Duration(t.TTLSeconds) * time.Second
	case t.TTLSeconds == 0 && t.Category == "AUTHENTICATION":
		return 10 * time.Minute
	}
	return 30 * 24 * time.Hour
}

// AddTemplate adds one template from Meta's JSON, which is an item of the list or the body of a create. Without a status it is APPROVED. A
// template with the same name and language is replaced.
func (s *Server) AddTemplate(wabaID, definition string) (Template, error) {
	var raw map[string]any
	if err := json.Unmarshal([]byte(definition), &raw); err != nil {
		return Template{}, errors.Wrap(err, "read template")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.wabas[wabaID] == nil {
		return Template{}, errors.Errorf("no WABA has the id %s", wabaID)
	}
	if _, ok := raw["status"]; !ok {
		raw["status"] = "APPROVED"
	}
	t, err := s.storeTemplate(wabaID, raw)
	if err != nil {
		return Template{}, err
	}
	return *t, nil
}

// AddTemplates adds an array of templates, or Meta's list with data.
func (s *Server) AddTemplates(wabaID, definitions string) ([]Template, error) {
	var items []json.RawMessage
	var list struct {
		Data []json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal([]byte(definitions), &items); err != nil {
		if err := json.Unmarshal([]byte(definitions), &list); err != nil {
			return nil, errors.Wrap(err, "read templates")
		}
		items = list.Data
	}
	var added []Template
	for _, item := range items {
		t, err := s.AddTemplate(wabaID, string(item))
		if err != nil {
			return added, err
		}
		added = append(added, t)
	}
	return added, nil
}

func (s *Server) storeTemplate(wabaID string, raw map[string]any) (*Template, error) {
	t, err := parseTemplate(raw)
	if err != nil {
		return nil, err
	}
	t.WABAID = wabaID
	if old := s.findTemplate(wabaID, t.Name, t.Language); old != nil {
		t.ID = old.ID
	}
	if t.ID == "" {
		t.ID = s.digits(16)
	}
	raw["id"] = t.ID
	if s.templates[t.ID] == nil {
		s.templateOrder[wabaID] = append(s.templateOrder[wabaID], t.ID)
	}
	s.templates[t.ID] = t
	s.bump()
	return t, nil
}

// parseTemplate reads Meta's JSON, in which the use of capitals varies.
func parseTemplate(raw map[string]any) (*Template, error) {
	body, err := json.Marshal(raw)
	if err != nil {
		return nil, errors.Wrap(err, "read template")
	}
	t := &Template{}
	if err := json.Unmarshal(body, t); err != nil {
		return nil, errors.Wrap(err, "read template")
	}
	if t.Name == "" || t.Language == "" {
		return nil, errors.New("a template needs name and language")
	}
	t.Status, t.Category = strings.ToUpper(t.Status), strings.ToUpper(t.Category)
	capitals(t.Components)
	t.raw = raw
	return t, nil
}

func capitals(components []Component) {
	for i := range components {
		c := &components[i]
		c.Type, c.Format = strings.ToUpper(c.Type), strings.ToUpper(c.Format)
		if c.Type == "HEADER" && c.Format == "" {
			c.Format = "TEXT"
		}
		for b := range c.Buttons {
			c.Buttons[b].Type = strings.ToUpper(c.Buttons[b].Type)
		}
		for _, card := range c.Cards {
			capitals(card.Components)
		}
	}
}

func (s *Server) findTemplate(wabaID, name, language string) *Template {
	for _, id := range s.templateOrder[wabaID] {
		if t := s.templates[id]; t.Name == name && t.Language == language {
			return t
		}
	}
	return nil
}

// Templates returns the templates of a WABA in the order in which they were added.
func (s *Server) Templates(wabaID string) []Template {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Template
	for _, id := range s.templateOrder[wabaID] {
		list = append(list, *s.templates[id])
	}
	return list
}
