package whatsapp

import (
	"encoding/json"
	"maps"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// TestBuildWritesMetasExamples makes the messages of Meta's documentation.
func TestBuildWritesMetasExamples(t *testing.T) {
	examples := fixtures(t, "sends")
	for name, test := range map[string]struct {
		template string
		values   map[string]string
	}{
		"001-template-metadocs.json": {
			`{"name":"hello_world","language":"en","components":[{"type":"BODY","text":"Welcome"}]}`, nil,
		},
		"002-template-body-metadocs.json": {
			`{"name":"order_confirmation","language":"en_US","components":[{"type":"BODY","text":"Thank you, {{1}}! Your order number is {{2}}."}]}`,
			map[string]string{"body_1": "Jessica", "body_2": " SKBUP2-4CPIG9 "},
		},
		"007-template-body-button_url-metadocs.json": {
			`{"name":"verification_code","language":"en_US","components":[{"type":"BODY","text":"Code {{1}}."},
				{"type":"BUTTONS","buttons":[{"type":"URL","text":"Copy","url":"https://x/?code={{1}}"}]}]}`,
			map[string]string{"body_1": "J$FpnYnP", "button_0": "J$FpnYnP"},
		},
		"011-template-body-header-named-metadocs.json": {
			`{"name":"welcome_discount_template","language":"en_US","parameter_format":"NAMED","components":[{"type":"HEADER","format":"IMAGE"},
				{"type":"BODY","text":"Welcome {{first_name}} {{discount_code}} {{discount_amount}}!"}]}`,
			map[string]string{"header_1": "1339522734477770", "body_first_name": "Jessica", "body_discount_code": "WELCOME25", "body_discount_amount": "25%"},
		},
		"013-template-body-named-metadocs.json": {
			`{"name":"order_confirmation","language":"en_US","components":[{"type":"BODY","text":"Thank you, {{first_name}}! Your order number is {{order_number}}."}]}`,
			map[string]string{"body_first_name": "Jessica", "body_order_number": "SKBUP2-4CPIG9"},
		},
		"004-template-body-button_copy_code-button_url-header-limited_time_offer-metadocs.json": {
			string(fixtures(t, "templates")["054-limited_time_offer_caribbean_pkg_2023-en_US-metadocs.json"]),
			map[string]string{"header_1": "1602186516975000", "body_1": "Pablo", "body_2": "CARIBE25", "limited_time_offer_1": "1970-01-15T00:00:00Z", "button_0": "CARIBE25", "button_1": "n3mtql"},
		},
		"008-template-body-carousel-metadocs.json": {
			string(fixtures(t, "templates")["050-carousel_template_media_cards_v1-en_US-metadocs.json"]),
			map[string]string{
				"body_1": "Pablo", "body_2": "20%", "body_3": "20OFF", "card_1_header_1": "1558081531584829", "card_1_button_1": "blue-elf",
				"card_2_header_1": "861236878885705", "card_2_button_1": "buddhas-temple", "card_3_header_1": "1587064918516321", "card_3_button_1": "black-prince",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			message, problems := readTemplate(t, test.template).Build(test.values)
			require.Empty(t, problems)
			body, err := Outgoing{To: "1", Template: message}.encode()
			require.NoError(t, err)
			require.JSONEq(t, alike(withoutRecipient(t, examples[name])), alike(withoutRecipient(t, body)))
		})
	}
}

// alike leaves out what Meta lets each business choose: the payloads of quick replies, and whether an index is text.
func alike(message string) string {
	message = regexp.MustCompile(`"payload":"[^"]*"`).ReplaceAllString(message, `"payload":""`)
	return regexp.MustCompile(`"index":(\d)`).ReplaceAllString(message, `"index":"$1"`)
}

func TestReadMoments(t *testing.T) {
	offer := withComponents(t, `{"type":"BODY","text":"x"},{"type":"LIMITED_TIME_OFFER","limited_time_offer":{"text":"Hoje","has_expiration":true}}`)
	zone := time.FixedZone("", -3*3600)
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, zone).UnixMilli()
	for typed, want := range map[string]string{ // the moment, or the key of what is wrong
		"30/11 18:00":               "2026-11-30T18:00:00-03:00",
		"amanhã 9h":                 "2026-11-30T09:00:00-03:00",
		"2026-12-31T18:00":          "2026-12-31T18:00:00-03:00",
		"2026-12-31T18:00:00.000Z":  "2026-12-31T15:00:00-03:00",
		"1798750800000":             "2026-12-31T18:00:00-03:00",
		"2026-11-29T11:00:00-03:00": "moment_past",
		"1600000000000":             "moment_past",
		"logo":                      "moment",
		"30/11 18:00 sem falta":     "moment",
		"":                          "required",
	} {
		read, problems := offer.ReadMoments(map[string]string{"limited_time_offer_1": typed}, domain.Reading{Now: now, After: now, Zone: zone})
		_, wrong := offer.Build(read)
		maps.Copy(wrong, problems)
		if problem, ok := wrong["limited_time_offer_1"]; ok {
			inBothLanguages(t, problem.Text())
			require.Equal(t, want, problem.Key, typed)
			continue
		}
		require.Equal(t, want, read["limited_time_offer_1"], typed)
	}
}

func TestACardIsShorterThanAMessage(t *testing.T) {
	cards := withComponents(t, `{"type":"BODY","text":"x"},{"type":"CAROUSEL","cards":[{"components":[{"type":"BODY","text":"{{1}} e {{2}}"}]}]}`)
	half := strings.Repeat("x", 80)
	_, problems := cards.Build(map[string]string{"card_1_body_1": half, "card_1_body_2": half})
	require.Equal(t, FieldProblem{Key: "total_too_long", Max: 160, Length: 163}, problems["card_1_body_1"])
	require.Equal(t, "Cartão 1: E", inBothLanguages(t, cards.Variables()[1].Caption("E"))[0])
}

func TestBuildShapes(t *testing.T) {
	for name, test := range map[string]struct {
		components string
		values     map[string]string
		want       string
	}{
		"named header and body, as 010 without its product": {
			`{"type":"HEADER","format":"TEXT","text":"{{who}}"},{"type":"BODY","text":"Use {{code}} for {{percent}}."}`,
			map[string]string{"header_1": "Ana", "body_code": "25OFF", "body_percent": "25%"},
			`[{"type":"header","parameters":[{"type":"text","parameter_name":"who","text":"Ana"}]},
				{"type":"body","parameters":[{"type":"text","parameter_name":"code","text":"25OFF"},{"type":"text","parameter_name":"percent","text":"25%"}]}]`,
		},
		"positional out of order": {
			`{"type":"BODY","text":"{{2}} {{1}} {{2}}."}`,
			map[string]string{"body_1": "a", "body_2": "b", "body_3": "nobody's"},
			`[{"type":"body","parameters":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]`,
		},
		"buttons": {
			`{"type":"BODY","text":"x"},{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"a"},{"type":"COPY_CODE"},{"type":"URL","url":"https://x/{{1}}"}]}`,
			map[string]string{"button_1": "25OFF", "button_2": "a?b=c"},
			`[{"type":"button","sub_type":"copy_code","index":"1","parameters":[{"type":"coupon_code","coupon_code":"25OFF"}]},
				{"type":"button","sub_type":"url","index":"2","parameters":[{"type":"text","text":"a?b=c"}]}]`,
		},
		"location": {
			`{"type":"HEADER","format":"LOCATION"},{"type":"BODY","text":"x"}`,
			map[string]string{"header_1": "-23.5, -46.25", "header_2": "Loja", "header_3": "Rua A, 1"},
			`[{"type":"header","parameters":[{"type":"location","location":{"latitude":-23.5,"longitude":-46.25,"name":"Loja","address":"Rua A, 1"}}]}]`,
		},
		"flow": {
			`{"type":"BODY","text":"x"},{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"a"},{"type":"FLOW","text":"b"}]}`,
			nil,
			`[{"type":"button","sub_type":"flow","index":"1","parameters":[{"type":"action","action":{"flow_token":"unused"}}]}]`,
		},
		"document by address": {
			`{"type":"HEADER","format":"DOCUMENT"},{"type":"BODY","text":"x"}`,
			map[string]string{"header_1": "https://x/y.pdf"},
			`[{"type":"header","parameters":[{"type":"document","document":{"link":"https://x/y.pdf"}}]}]`,
		},
		"video": {
			`{"type":"HEADER","format":"VIDEO"},{"type":"BODY","text":"x"}`,
			map[string]string{"header_1": "77"},
			`[{"type":"header","parameters":[{"type":"video","video":{"id":"77"}}]}]`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			message, problems := withComponents(t, test.components).Build(test.values)
			require.Empty(t, problems)
			got, err := json.Marshal(message.Components)
			require.NoError(t, err)
			require.JSONEq(t, test.want, string(got))
		})
	}
}

func TestBuildProblems(t *testing.T) {
	template := withComponents(t, `{"type":"HEADER","format":"TEXT","text":"Oi {{1}}"},{"type":"BODY","text":"{{1}} e {{2}}"},
		{"type":"BUTTONS","buttons":[{"type":"URL","url":"https://x/{{1}}"},{"type":"COPY_CODE"}]}`)
	good := map[string]string{"header_1": "Ana", "body_1": "a    b", "body_2": "b", "button_0": "x", "button_1": "C"}
	_, problems := template.Build(good)
	require.Empty(t, problems)
	for _, test := range []struct{ element, value, want string }{
		{"header_1", "", "required"},
		{"header_1", " \n\t ", "required"},
		{"header_1", strings.Repeat("ç", 58), "too_long"},
		{"body_1", "a\nb", "newline"},
		{"body_1", "a\r\nb", "newline"},
		{"body_1", "a\u2028b", "newline"},
		{"body_1", "a\tb", "tab"},
		{"body_1", "a     b", "spaces"},
		{"body_1", "a\x00b", "control"},
		{"body_1", "a\xffb", "control"},
		{"body_1", strings.Repeat("x", 1022), "too_long"},
		{"body_1", strings.Repeat("x", 1021), "total_too_long"},
		{"button_0", "a b", "url_space"},
		{"button_1", strings.Repeat("C", 16), "too_long"},
	} {
		t.Run(test.element+" "+test.want, func(t *testing.T) {
			values := map[string]string{}
			for element, value := range good {
				values[element] = value
			}
			values[test.element] = test.value
			message, problems := template.Build(values)
			require.Nil(t, message)
			require.Len(t, problems, 1, test.want)
			problem := problems[test.element]
			require.Equal(t, test.want, problem.Key, "%s %q", test.element, test.value)
			for _, text := range inBothLanguages(t, problem.Text()) {
				require.NotContains(t, text, "{")
			}
		})
	}
	_, problems = template.Build(nil)
	require.Len(t, problems, 5, "each missing value is named")
	require.Equal(t, "Use no máximo 57 caracteres (agora 58).", inBothLanguages(t, FieldProblem{Key: "too_long", Max: 57, Length: 58}.Text())[0])

	_, problems = withComponents(t, `{"type":"BODY","text":"x"},{"type":"CAROUSEL"}`).Build(nil)
	require.Equal(t, "not_sendable", problems["template"].Key)
	inBothLanguages(t, problems["template"].Text())
}
