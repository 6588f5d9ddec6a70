package cloudapi

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Meta's error subcodes of a template that is submitted.
const (
	subTooLong      = 2388040
	subNoExample    = 2388043
	subBody         = 2388072
	subButtons      = 2388019
	subTooMany      = 2388293
	subEdge         = 2388299
	subTaken        = 2388024
	subGenerated    = 2388318
	subEditedTooOft = 2388025
	subSample       = 2388273
)

// templateRefusal is a refusal with words for the person who wrote the template.
func templateRefusal(sub int, title, text string) *apiError {
	e := newError(100).sub(sub).message("Invalid parameter")
	e.userTitle, e.userText = title, text
	return e
}

// reviewAtOnce checks what Meta checks before a template goes to review.
func reviewAtOnce(t *Template) *apiError {
	bodies := 0
	for i := range t.Components {
		c := &t.Components[i]
		switch c.Type {
		case "HEADER":
			if err := c.check(60, "header"); err != nil {
				return err
			}
			if len(variables(c.Text)) > 1 {
				return templateRefusal(subTooMany, "Too many variables", "A header can have one variable at most.")
			}
		case "BODY":
			bodies++
			if err := c.checkBody(t.Category); err != nil {
				return err
			}
		case "FOOTER":
			if err := c.check(60, "footer"); err != nil {
				return err
			}
		case "BUTTONS":
			if err := c.checkButtons(); err != nil {
				return err
			}
		case "CAROUSEL":
			if err := t.checkCarousel(c); err != nil {
				return err
			}
		case "LIMITED_TIME_OFFER":
			if err := t.checkOffer(c); err != nil {
				return err
			}
		}
	}
	if bodies != 1 {
		return templateRefusal(subBody, "Body is missing", "A template needs exactly one body.")
	}
	return nil
}

func (c *Component) check(limit int, part string) *apiError {
	if utf8.RuneCountInString(c.Text) > limit {
		return templateRefusal(subTooLong, "Character Limit Exceeded", "The "+part+" is longer than the limit.")
	}
	media := c.Type == "HEADER" && (c.Format == "IMAGE" || c.Format == "VIDEO" || c.Format == "DOCUMENT")
	if len(c.Example) == 0 && (media || len(variables(c.Text)) > 0) {
		return templateRefusal(subNoExample, "Message template \"components\" param is missing expected field(s)", "component of type "+c.Type+" is missing expected field(s) (example)")
	}
	return nil
}

func (c *Component) checkBody(category string) *apiError {
	if category == "AUTHENTICATION" {
		return nil // Meta writes it
	}
	if err := c.check(1024, "body"); err != nil {
		return err
	}
	text := strings.TrimSpace(c.Text)
	if text == "" {
		return templateRefusal(subBody, "Body Format Incorrect", "The body has no text.")
	}
	found := variablePattern.FindAllStringIndex(text, -1)
	for i, at := range found {
		if at[0] == 0 || at[1] == len(text) {
			return templateRefusal(subEdge, "Leading or trailing parameters", "Variables can't be at the start or end of the template.")
		}
		if i > 0 && strings.TrimSpace(text[found[i-1][1]:at[0]]) == "" {
			return templateRefusal(subBody, "Body Format Incorrect", "Two variables stand side by side.")
		}
	}
	if words := len(strings.Fields(variablePattern.ReplaceAllString(text, " "))); len(found) > 0 && words < 2*len(found)+1 {
		return templateRefusal(subTooMany, "Parameters to words ratio", "This template has too many variables for its length. Reduce the number of variables or increase the message length.")
	}
	return nil
}

func (c *Component) checkButtons() *apiError {
	if len(c.Buttons) == 0 || len(c.Buttons) > 10 {
		return templateRefusal(subButtons, "Button count", "A template can have 1 to 10 buttons.")
	}
	for _, b := range c.Buttons {
		if utf8.RuneCountInString(b.Text) > 25 || utf8.RuneCountInString(b.URL) > 2000 {
			return templateRefusal(subTooLong, "Character Limit Exceeded", "The button's text or address is longer than the limit.")
		}
		if len(variables(b.URL)) > 0 && len(b.Example) == 0 {
			return templateRefusal(subNoExample, "Message template \"components\" param is missing expected field(s)", "buttons is missing expected field(s) (example)")
		}
	}
	return nil
}

// checkSamples checks that the headers' samples were uploaded, or are those that the template has.
func (s *Server) checkSamples(components, before []Component) *apiError {
	kept, _ := json.Marshal(before)
	for i := range components {
		c := &components[i]
		for j := range c.Cards {
			if err := s.checkSamples(c.Cards[j].Components, before); err != nil {
				return err
			}
		}
		if c.Type != "HEADER" || !slices.Contains([]string{"IMAGE", "VIDEO", "DOCUMENT"}, c.Format) {
			continue
		}
		var example struct {
			Handles []string `json:"header_handle"`
		}
		if json.Unmarshal(c.Example, &example) != nil || len(example.Handles) == 0 ||
			!s.isSample(example.Handles[0], c.Format) && !strings.Contains(string(kept), strconv.Quote(example.Handles[0])) {
			return templateRefusal(subSample, "Invalid Media Handle", "The header's sample is not a file that was uploaded, or of another type.")
		}
	}
	return nil
}

// mayEdit checks Meta's limits of edits, and counts the edit of an approved template.
func (s *Server) mayEdit(t *Template, change map[string]any) *apiError {
	if source, _ := t.raw["source"].(string); source == "AUTO_GENERATED" {
		return templateRefusal(subGenerated, "Template can't be edited", "Templates that were generated automatically can't be edited.")
	}
	if t.Status != "APPROVED" {
		return nil
	}
	if category, ok := change["category"].(string); ok && !strings.EqualFold(category, t.Category) {
		return templateRefusal(subEditedTooOft, "Category can't be changed", "The category of an approved template can't be changed.")
	}
	now, recent := s.now().UnixMilli(), 0
	const day = 24 * 3600 * 1000
	for _, at := range s.templateEdits[t.ID] {
		if now-at < day {
			return templateRefusal(subEditedTooOft, "Edit limit reached", "An approved template can be edited once in 24 hours.")
		}
		if now-at < 30*day {
			recent++
		}
	}
	if recent >= 10 {
		return templateRefusal(subEditedTooOft, "Edit limit reached", "An approved template can be edited 10 times in 30 days.")
	}
	s.templateEdits[t.ID] = append(s.templateEdits[t.ID], now)
	return nil
}
