package cloudapi

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// buttons checks the button components against the template's buttons.
func (f *filler) buttons(part *Component, given []params) *apiError {
	byIndex := map[int]params{}
	for _, g := range given {
		index, err := buttonIndex(g, len(part.Buttons))
		if err != nil {
			return err
		}
		if _, twice := byIndex[index]; twice {
			return newError(132018).detail("buttons: Button at index %d is given twice", index)
		}
		byIndex[index] = g
	}
	for i, b := range part.Buttons {
		g, ok := byIndex[i]
		shown, err := f.button(b, i, g, ok)
		if err != nil {
			return err
		}
		f.m.Buttons = append(f.m.Buttons, shown)
	}
	return nil
}

// buttonIndex accepts the index as a string and as a number. A single button needs no index.
func buttonIndex(g params, count int) (int, *apiError) {
	text, err := g.text("index")
	if err != nil {
		return 0, err
	}
	if text == "" && count == 1 {
		return 0, nil
	}
	index, problem := strconv.Atoi(text)
	if problem != nil || index < 0 || index >= count {
		return 0, newError(132018).detail("buttons: Button index %q is not one of the template's %d buttons", text, count)
	}
	return index, nil
}

// subType returns the sub_type of the component for a template's button, or "" if the button takes no component.
func subType(b TemplateButton) string {
	switch b.Type {
	case "QUICK_REPLY", "COPY_CODE", "FLOW", "CATALOG", "MPM", "VOICE_CALL", "ORDER_DETAILS":
		return strings.ToLower(b.Type)
	case "OTP":
		return "url"
	case "URL":
		if len(variables(b.URL)) > 0 {
			return "url"
		}
	}
	return ""
}

func (f *filler) button(b TemplateButton, index int, g params, given bool) (Button, *apiError) {
	shown := Button{Index: index, Kind: strings.ToLower(b.Type), Text: b.Text, URL: b.URL}
	if b.Type == "PHONE_NUMBER" {
		shown.URL = "tel:" + b.PhoneNumber
	}
	want := subType(b)
	needed := b.Type == "COPY_CODE" || b.Type == "OTP" || b.Type == "MPM" || b.Type == "ORDER_DETAILS" || (b.Type == "URL" && want == "url")
	switch {
	case !given && needed:
		return shown, newError(131008).detail("buttons: Button at index %d of type %s requires a parameter", index, titleCase(b.Type))
	case !given:
		if b.Type == "QUICK_REPLY" {
			shown.ID = b.Text // without a payload, Meta sends the label
		}
		return shown, nil
	case want == "":
		return shown, newError(132018).detail("buttons: Button at index %d of type %s does not take parameters", index, titleCase(b.Type))
	}
	kind, err := g.oneOf("sub_type", "quick_reply", "url", "copy_code", "flow", "catalog", "mpm", "voice_call", "order_details")
	if err != nil {
		return shown, err
	}
	if kind != want {
		return shown, newError(132018).detail("buttons: Button at index %d is of type %s, not %s", index, titleCase(b.Type), kind)
	}
	list, err := g.list("parameters")
	if err != nil {
		return shown, err
	}
	return shown, f.buttonParameter(&shown, kind, list)
}

// buttonParameter reads the value for a button.
func (f *filler) buttonParameter(shown *Button, kind string, list []params) *apiError {
	if len(list) == 0 {
		return newError(131008).detail("buttons: Button at index %d of type %s requires a parameter", shown.Index, titleCase(kind))
	}
	p := list[0]
	switch kind {
	case "quick_reply":
		return buttonText(p, "payload", "payload", &shown.ID, 256)
	case "copy_code":
		return buttonText(p, "coupon_code", "coupon_code", &shown.ID, 15)
	case "url":
		var suffix string
		if err := buttonText(p, "text", "text", &suffix, 2000); err != nil {
			return err
		}
		if err := cleanText(suffix); err != nil {
			return err
		}
		shown.ID = suffix
		shown.URL = variablePattern.ReplaceAllString(shown.URL, strings.ReplaceAll(suffix, "$", "$$"))
		return nil
	case "flow", "catalog", "mpm", "order_details":
		if _, err := p.oneOf("type", "action"); err != nil {
			return err
		}
		_, err := p.object("action")
		return err
	}
	_, err := p.oneOf("type", "ttl_minutes", "payload")
	return err
}

func buttonText(p params, kind, key string, into *string, limit int) *apiError {
	if _, err := p.oneOf("type", kind); err != nil {
		return newError(132012).detail("buttons: expected a parameter of type %s", kind)
	}
	value, err := p.text(key)
	if err != nil {
		return err
	}
	if value == "" {
		return newError(131008).detail("Parameter of type %s is missing %s value", kind, key)
	}
	if utf8.RuneCountInString(value) > limit {
		return newError(132018).detail("buttons: %s is longer than %d characters", key, limit)
	}
	*into = value
	return nil
}

func titleCase(kind string) string {
	words := strings.Split(strings.ToLower(kind), "_")
	for i, w := range words {
		if w != "" {
			words[i] = strings.ToUpper(w[:1]) + w[1:]
		}
	}
	return strings.Join(words, "")
}

// codeText returns the body that Meta writes for authentication templates.
func codeText(language string) string {
	if strings.HasPrefix(language, "pt") {
		return "*{{1}}* é seu código de verificação."
	}
	return "*{{1}}* is your verification code."
}

func (f *filler) footer(part *Component) string {
	if part.Text != "" || part.Expiration == 0 {
		return part.Text
	}
	if strings.HasPrefix(f.language, "pt") {
		return fmt.Sprintf("Este código expira em %d minutos.", part.Expiration)
	}
	return fmt.Sprintf("This code expires in %d minutes.", part.Expiration)
}
