package whatsapp

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func readTemplate(t *testing.T, raw string) Template {
	t.Helper()
	var template Template
	require.NoError(t, json.Unmarshal([]byte(raw), &template))
	return template
}

// withComponents makes an approved template of these components.
func withComponents(t *testing.T, components string) Template {
	t.Helper()
	return readTemplate(t, `{"id":1,"name":"modelo","language":"pt_BR","status":"approved","category":"utility","components":[`+components+`]}`)
}

// templateItems finds the templates in an answer, a request body, or a bare list of components.
func templateItems(t *testing.T, body []byte) []Template {
	t.Helper()
	if strings.HasPrefix(string(body), "[") {
		return []Template{readTemplate(t, `{"name":"x","language":"en","components":`+string(body)+`}`)}
	}
	var list struct{ Data []Template }
	require.NoError(t, json.Unmarshal(body, &list))
	if strings.Contains(string(body), `"data": [`) {
		return list.Data
	}
	return []Template{readTemplate(t, string(body))}
}

func TestEveryTemplateFixture(t *testing.T) {
	files := fixtures(t, "templates")
	sendable, not := 0, map[string]int{}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		for _, template := range templateItems(t, files[name]) {
			requireStoredAlike(t, template)
			if err := template.Sendable(); err != nil {
				var reason *NotSendable
				require.ErrorAs(t, err, &reason, name)
				inBothLanguages(t, reason.Text())
				not[reason.Key+" "+reason.Part]++
				continue
			}
			sendable++
			values := map[string]string{}
			for _, v := range template.Variables() {
				values[v.Element] = firstOf(v.Example, "x") // an id will do for a file
				if v.Kind == VariableMoment {
					values[v.Element] = "2030-01-01T00:00:00Z"
				}
			}
			message, problems := template.Build(values)
			require.Empty(t, problems, name)
			requireAllFilled(t, template, message, values)
		}
	}
	t.Logf("sendable %d", sendable)
	for _, reason := range slices.Sorted(maps.Keys(not)) {
		t.Logf("not sendable: %s (%d)", reason, not[reason])
	}
	require.NotZero(t, sendable)
}

func requireStoredAlike(t *testing.T, template Template) {
	t.Helper()
	stored, err := json.Marshal(template)
	require.NoError(t, err)
	back := readTemplate(t, string(stored))
	require.Equal(t, template.Variables(), back.Variables())
	require.Equal(t, template.Render(nil), back.Render(nil))
	require.Equal(t, template.Sendable(), back.Sendable())
}

// requireAllFilled: every variable became one parameter, and nothing of it is left to see.
func requireAllFilled(t *testing.T, template Template, message *TemplateMessage, values map[string]string) {
	t.Helper()
	parameters, variables := 0, 0
	for _, parameter := range allParameters(message.Components) {
		if parameter.Action == nil && parameter.Payload == "" {
			parameters++
		}
	}
	for _, v := range template.Variables() {
		if v.Kind != VariablePlace { // its location has it
			variables++
		}
	}
	require.Equal(t, variables, parameters)
	rendered := template.Render(values)
	for _, part := range append(rendered.Cards, rendered) {
		require.False(t, placeholder.MatchString(part.Header+part.Body), part.Body)
	}
}

// allParameters are those of components and of the cards in them.
func allParameters(components []MessageComponent) []MessageParameter {
	var all []MessageParameter
	for _, component := range components {
		all = append(all, component.Parameters...)
		for _, card := range component.Cards {
			all = append(all, allParameters(card.Components)...)
		}
	}
	return all
}

func elementsOf(variables []Variable) []string {
	var found []string
	for _, v := range variables {
		found = append(found, v.Element)
	}
	return found
}

func TestVariables(t *testing.T) {
	for name, test := range map[string]struct {
		components string
		want       []string
	}{
		"none":               {`{"type":"BODY","text":"Olá!"}`, nil},
		"positional":         {`{"type":"HEADER","format":"TEXT","text":"{{1}}"},{"type":"BODY","text":"{{2}} {{1}} {{10}} {{2}}"}`, []string{"header_1", "body_1", "body_2", "body_10"}},
		"named":              {`{"type":"header","format":"text","text":"Oi {{nome}}"},{"type":"body","text":"{{pedido}} {{nome}}"}`, []string{"header_1", "body_pedido", "body_nome"}},
		"with spaces":        {`{"type":"BODY","text":"{{ 1 }} {{x y}} {{}} { {1} }"}`, []string{"body_1"}},
		"header sans format": {`{"type":"HEADER","text":"{{1}}"},{"type":"BODY","text":"x"}`, []string{"header_1"}},
		"file":               {`{"type":"HEADER","format":"IMAGE"},{"type":"BODY","text":"x"}`, []string{"header_1"}},
		"buttons": {
			`{"type":"BODY","text":"x"},{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"a"},{"type":"URL","text":"b","url":"https://x/{{1}}"},
				{"type":"URL","text":"c","url":"https://x"},{"type":"COPY_CODE","example":["C"]},{"type":"PHONE_NUMBER","phone_number":"+1"}]}`,
			[]string{"button_1", "button_3"},
		},
		"cards": {
			`{"type":"BODY","text":"{{1}}"},{"type":"CAROUSEL","cards":[
				{"components":[{"type":"HEADER","format":"IMAGE"},{"type":"BODY","text":"{{1}} {{2}}"},{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"a"},{"type":"URL","url":"https://x/{{1}}"}]}]},
				{"components":[{"type":"HEADER","format":"VIDEO"}]}]}`,
			[]string{"body_1", "card_1_header_1", "card_1_body_1", "card_1_body_2", "card_1_button_1", "card_2_header_1"},
		},
		"named cards":   {`{"type":"BODY","text":"x"},{"type":"CAROUSEL","cards":[{"components":[{"type":"BODY","text":"{{nome}}"}]}]}`, []string{"card_1_body_nome"}},
		"offer":         {`{"type":"BODY","text":"x"},{"type":"LIMITED_TIME_OFFER","limited_time_offer":{"text":"Hoje","has_expiration":true}}`, []string{"limited_time_offer_1"}},
		"endless offer": {`{"type":"BODY","text":"x"},{"type":"LIMITED_TIME_OFFER","limited_time_offer":{"text":"Hoje"}}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			template := withComponents(t, test.components)
			require.Equal(t, test.want, elementsOf(template.Variables()))
			requireStoredAlike(t, template)
		})
	}
}

func TestVariableDetails(t *testing.T) {
	template := withComponents(t, `{"type":"HEADER","format":"TEXT","text":"Oi {{1}}","example":{"header_text":["Ana"]}},
		{"type":"BODY","text":"{{1}} e {{2}}","example":{"body_text":[["a","b"]]}},
		{"type":"BUTTONS","buttons":[{"type":"URL","text":"Ver","url":"https://x/{{1}}","example":["https://x/9"]},{"type":"COPY_CODE","text":"Copiar","example":"C1"}]}`)
	require.Equal(t, []Variable{
		{Element: "header_1", Name: "1", Component: "header", Kind: VariableText, Example: "Ana", MaxLength: 57, greets: true},
		{Element: "body_1", Name: "1", Component: "body", Kind: VariableText, Example: "a", MaxLength: 1021},
		{Element: "body_2", Name: "2", Component: "body", Kind: VariableText, Example: "b", MaxLength: 1021},
		{Element: "button_0", Name: "1", Component: "button", Kind: VariableText, Label: "Ver", Example: "9", MaxLength: 1990},
		{Element: "button_1", Component: "button", Kind: VariableText, Index: 1, Label: "Copiar", Example: "C1", MaxLength: 15},
	}, template.Variables())

	named := readTemplate(t, `{"name":"n","language":{"code":"en"},"parameter_format":"named","components":[{"type":"body","text":"{{a}} {{b}}",
		"example":{"body_text_named_params":[{"param_name":"b","example":"B"},{"param_name":"a","example":"A"}]}}]}`)
	require.Equal(t, "en", named.Language)
	require.Equal(t, "A", named.Variables()[0].Example)
	require.Equal(t, "B", named.Variables()[1].Example)

	for _, example := range []string{`"Pablo"`, `["Pablo"]`, `[["Pablo"]]`} {
		odd := withComponents(t, `{"type":"BODY","text":"{{1}}","example":{"body_text":`+example+`}}`)
		require.Equal(t, "Pablo", odd.Variables()[0].Example, example)
	}
}

func TestSendable(t *testing.T) {
	body := `{"type":"BODY","text":"x"}`
	button := func(kind string) string { return body + `,{"type":"BUTTONS","buttons":[{"type":"` + kind + `"}]}` }
	for components, want := range map[string]string{
		body:                                     "",
		button("QUICK_REPLY"):                    "",
		button("phone_number"):                   "",
		button("copy_code"):                      "",
		button("url"):                            "",
		button("request_contact_info"):           "",
		`{"type":"FOOTER","text":"x"}`:           "no_body",
		body + `,` + body:                        "twice",
		body + `,{"type":"CAROUSEL","cards":[]}`: "component",
		body + `,{"type":"limited_time_offer"}`:  "component",
		body + `,{"type":"limited_time_offer","limited_time_offer":{"text":"x"}}`:                              "",
		body + `,{"type":"CAROUSEL","cards":[{"components":[{"type":"HEADER","format":"IMAGE"}]}]}`:            "",
		body + `,{"type":"CAROUSEL","cards":[{"components":[{"type":"HEADER","format":"PRODUCT"}]}]}`:          "header",
		body + `,{"type":"CAROUSEL","cards":[{"components":[{"type":"HEADER","format":"TEXT","text":"x"}]}]}`:  "header",
		body + `,{"type":"CAROUSEL","cards":[{"components":[{"type":"BUTTONS","buttons":[{"type":"SPM"}]}]}]}`: "button",
		body + `,{"type":"CAROUSEL","cards":[{"components":[{"type":"CAROUSEL"}]}]}`:                           "component",
		body + `,{"type":"CAROUSEL","cards":[{"components":[` + body + `,` + body + `]}]}`:                     "twice",
		body + `,{"type":"call_permission_request"}`:                                                           "component",
		body + `,{"type":"HEADER","format":"IMAGE"}`:                                                           "",
		body + `,{"type":"HEADER","format":"DOCUMENT"}`:                                                        "",
		body + `,{"type":"HEADER","format":"LOCATION"}`:                                                        "",
		body + `,{"type":"HEADER","format":"PRODUCT"}`:                                                         "header",
		body + `,{"type":"HEADER"}`:                                                                            "header",
		body + `,{"type":"HEADER","format":"TEXT","text":"{{1}}"}`:                                             "",
		button("CATALOG"):       "button",
		button("MPM"):           "button",
		button("ORDER_DETAILS"): "button",
		button("OTP"):           "button",
		button("FLOW"):          "",
		button("VOICE_CALL"):    "button",
		body + `,{"type":"BUTTONS","buttons":[{"type":"URL","url":"https://{{1}}/{{2}}"}]}`: "url",
	} {
		t.Run(want+" "+components, func(t *testing.T) {
			err := withComponents(t, components).Sendable()
			if want == "" {
				require.NoError(t, err)
				return
			}
			var reason *NotSendable
			require.ErrorAs(t, err, &reason)
			require.Equal(t, want, reason.Key)
		})
	}
}

func TestAuthenticationTemplatesAreNotSendable(t *testing.T) {
	body := `{"type":"BODY","text":"x"}`
	code := withComponents(t, body)
	code.Category = "AUTHENTICATION"
	require.ErrorContains(t, code.Sendable(), "authentication")
	require.Error(t, readTemplate(t, `{"components":[`+body+`]}`).Sendable())
	require.True(t, withComponents(t, body).Approved())
}

func TestRender(t *testing.T) {
	template := withComponents(t, `{"type":"HEADER","format":"TEXT","text":"Oi {{1}}"},{"type":"BODY","text":"{{1}} e {{2}} e {{ 1 }}"},{"type":"FOOTER","text":"Equipe"},
		{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Sim"},{"type":"URL","text":"Ver","url":"https://x/{{1}}"},{"type":"COPY_CODE","text":"Copiar"},
			{"type":"PHONE_NUMBER","text":"Ligar","phone_number":"+55"}]}`)
	require.Equal(t, "{{1}} e {{2}} e {{ 1 }}", template.Text())
	require.Equal(t, Rendered{
		Header: "Oi Ana", HeaderFormat: "TEXT", Body: "{{2}} $1 e {{2}} e {{2}} $1", Footer: "Equipe",
		Buttons: []Button{
			{Type: "QUICK_REPLY", Text: "Sim"},
			{Type: "URL", Text: "Ver", URL: "https://x/$1"},
			{Type: "COPY_CODE", Text: "Copiar", Code: "C"},
			{Type: "PHONE_NUMBER", Text: "Ligar", PhoneNumber: "+55"},
		},
	}, template.Render(map[string]string{"header_1": " Ana ", "body_1": "{{2}} $1", "body_2": "  ", "button_1": "$1", "button_2": "C"}), "values are text, not patterns")
	require.Equal(t, "Oi {{1}}", template.Render(nil).Header)
	require.Equal(t, "https://x/{{1}}", template.Render(nil).Buttons[1].URL)
}
