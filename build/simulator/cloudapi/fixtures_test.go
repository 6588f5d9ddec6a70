package cloudapi_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

// reasons lists the sends in Meta's documentation that are refused for a good reason, by the number with which their file begins. All
// others are accepted.
var reasons = map[string]struct {
	code int
	why  string
}{
	"001": {132001, "hello_world is approved in en_US, not in en"},
	"004": {131009, "the example's offer ended in 1970"},
	"006": {132001, "no definition of item_back_in_stock_v2 was collected"},
	"007": {132001, "no definition of verification_code was collected"},
	"012": {132001, "no definition of august_promotion was collected"},
	"014": {132001, "no definition of wa_voice_call was collected"},
	"028": {131009, "the message reacted to does not exist here"},
	"029": {100, "the message marked as read does not exist here"},
	"030": {100, "the message marked as read does not exist here"},
}

// definitions adds the templates that the sends of the documentation use.
func definitions(t *testing.T, w *world, send string) {
	t.Helper()
	files := []string{
		"001-hello_world-en_US-rubysdk", "053-intro_catalog_offer-en_US-metadocs", "054-limited_time_offer_caribbean_pkg_2023-en_US-metadocs",
		"045-abandoned_cart-en_US-metadocs", "051-carousel_template_product_cards_v1-en_US-metadocs", "050-carousel_template_media_cards_v1-en_US-metadocs",
		"062-spm_template_named_params-en_US-metadocs", "063-welcome_discount_template-en_US-metadocs", "055-order_confirmation-en_US-metadocs",
	}
	for _, name := range files {
		raw := readFixture(t, "templates", name+".json")
		if strings.HasPrefix(send, "002") && raw["name"] == "order_confirmation" {
			raw = map[string]any{
				"name": "order_confirmation", "language": "en_US", "category": "UTILITY",
				"components": []any{map[string]any{"type": "BODY", "text": "Thank you, {{1}}! Your order number is {{2}}."}},
			}
		}
		if strings.HasPrefix(send, "009") && raw["name"] == "carousel_template_product_cards_v1" {
			addCard(raw) // the send has three cards, the printed definition two
		}
		body, err := json.Marshal(raw)
		require.NoError(t, err)
		_, err = w.sim.AddTemplate(w.number.WABAID, string(body))
		require.NoError(t, err, name)
	}
}

func addCard(raw map[string]any) {
	for _, c := range raw["components"].([]any) {
		part := c.(map[string]any)
		if cards, ok := part["cards"].([]any); ok {
			part["cards"] = append(cards, cards[0])
		}
	}
}

func TestDocumentedSends(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(fixtures(t, "sends"), "*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		name := filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			w.sim.ConfigureNumber(w.number.ID, func(n *cloudapi.Number) { n.Display = "+1 555-078-3881" })
			definitions(t, w, name)
			body, err := os.ReadFile(file)
			require.NoError(t, err)
			prepareMedia(w, body)
			var send map[string]any
			require.NoError(t, json.Unmarshal(body, &send))
			if to, ok := send["to"].(string); ok {
				if !strings.HasPrefix(to, "+") && len(to) == 10 {
					to = "1" + to
				}
				_, err = w.sim.Phone(to).Reply("hi")
				require.NoError(t, err)
			}
			w.settle()
			w.hook.reset()
			a := w.send(string(body))
			if r, refused := reasons[name[:3]]; refused {
				require.Equal(t, r.code, a.code(), "%s: %s", r.why, a.raw)
				return
			}
			require.Equal(t, http.StatusOK, a.status, string(a.raw))
			w.settle()
			require.NotContains(t, words(w.statuses(), "status"), "failed", "%v", w.statuses())
			phone := w.sim.Phone(send["to"].(string))
			if len(phone.Messages()) == 0 {
				phone = w.sim.Phone("1" + send["to"].(string))
			}
			require.Len(t, phone.Messages(), 1)
		})
	}
}

// prepareMedia stores a file under every media id that a send contains.
func prepareMedia(w *world, body []byte) {
	var walk func(kind string, v any)
	types := map[string]string{"image": "image/jpeg", "video": "video/mp4", "audio": "audio/ogg; codecs=opus", "document": "application/pdf", "sticker": "image/webp"}
	walk = func(kind string, v any) {
		switch node := v.(type) {
		case map[string]any:
			if id, ok := node["id"].(string); ok && types[kind] != "" {
				w.sim.AddMedia(cloudapi.Media{ID: id, PhoneNumberID: w.number.ID, MIMEType: types[kind], Data: []byte("x")})
			}
			for k, child := range node {
				walk(k, child)
			}
		case []any:
			for _, child := range node {
				walk(kind, child)
			}
		}
	}
	var v any
	require.NoError(w.t, json.Unmarshal(body, &v))
	walk("", v)
}

// keysOf lists the key paths of a JSON value.
func keysOf(v any) []string {
	set := map[string]bool{}
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch node := v.(type) {
		case map[string]any:
			for k, child := range node {
				set[path+"."+k] = true
				walk(path+"."+k, child)
			}
		case []any:
			for _, child := range node {
				walk(path+"[]", child)
			}
		}
	}
	walk("", v)
	return slices.Sorted(maps.Keys(set))
}

func TestResponsesHaveTheRecordedShape(t *testing.T) {
	w := newWorld(t, nil)
	_, err := w.sim.Phone(dialled).Reply("oi")
	require.NoError(t, err)
	bsuid := w.sim.Phone(dialled).Customer().BSUID
	inboundID := w.sim.Phone(dialled).Sent()[0].ID
	media := w.sim.AddMedia(cloudapi.Media{PhoneNumberID: w.number.ID, MIMEType: "image/png", Data: []byte("png")})
	number, waba := w.number.ID, w.number.WABAID
	cases := []struct{ file, method, path, body string }{
		{"001-when_fields_not_provided_queries_default_fields-rubysdk.json", "GET", waba + "?fields=id,name,timezone_id,message_template_namespace,account_review_status,business_verification_status,ownership_type", ""},
		{"004-media-rubysdk.json", "GET", media.ID, ""},
		{"007-send_template_by_passing_components_json-rubysdk.json", "POST", number + "/messages", templateSend},
		{"008-send_text_message-rubysdk.json", "POST", number + "/messages", textTo(dialled, "oi")},
		{"009-send_typing_indicator-rubysdk.json", "POST", number + "/messages", `{"messaging_product":"whatsapp","status":"read","message_id":"` + inboundID + `","typing_indicator":{"type":"text"}}`},
		{"011-registered_numbers-rubysdk.json", "GET", waba + "/phone_numbers?fields=id,is_official_business_account,display_phone_number,verified_name,account_mode,quality_rating,code_verification_status,eligibility_for_api_business_global_search,is_pin_enabled,name_status,new_name_status,status,search_visibility,messaging_limit_tier", ""},
		{"012-create_a_template_with_named_parameters-rubysdk.json", "POST", waba + "/message_templates", `{"name":"novo","language":"pt_BR","category":"MARKETING","parameter_format":"named","components":[{"type":"BODY","text":"Oi {{nome}}, tudo bem com você?","example":{"body_text_named_params":[{"param_name":"nome","example":"Ana"}]}}]}`},
		{"013-delete_template_by_name-rubysdk.json", "DELETE", waba + "/message_templates?name=novo", ""},
		{"014-get_template_namespace-rubysdk.json", "GET", waba + "?fields=message_template_namespace", ""},
		{"015-message-response-bsuid-restfb.json", "POST", number + "/messages", strings.ReplaceAll(textTo("", "oi"), `"to":""`, `"recipient":"`+bsuid+`"`)},
		{"027-list-empty-rubysdk.json", "GET", waba + "/message_templates?name=none", ""},
		{"003-delete_media-rubysdk.json", "DELETE", media.ID, ""},
	}
	for _, c := range cases {
		folder := "responses"
		if strings.HasPrefix(c.file, "027") {
			folder = "templates"
		}
		a := w.graph(c.method, c.path, c.body)
		require.Equal(t, http.StatusOK, a.status, "%s: %s", c.file, a.raw)
		require.Equal(t, keysOf(readFixture(t, folder, c.file)), keysOf(a.body), c.file)
	}
}

func TestErrorsAreMetas(t *testing.T) {
	w := newWorld(t, nil)
	require.Equal(t, http.StatusOK, w.send(templateSend).status)
	outgoing := w.sim.Sends()[0].ID
	cases := []struct{ file, method, path, token, body string }{
		{"001-100-33-rubysdk.json", "GET", "123123", w.number.Token, ""},
		{"002-100-33-rubysdk.json", "POST", "123123/whatsapp_business_profile", w.number.Token, "{}"},
		{"003-100-rubysdk.json", "DELETE", "123_123", w.number.Token, ""},
		{"004-100-rubysdk.json", "POST", w.number.ID + "/messages", w.number.Token, `{"messaging_product":"whatsapp","status":"read","message_id":"` + outgoing + `"}`},
		{"005-100-rubysdk.json", "POST", w.number.ID + "/messages", w.number.Token, `{"messaging_product":"whatsapp","status":"read","message_id":"wamid.none"}`},
		{"006-100-2593002-rubysdk.json", "DELETE", w.number.WABAID + "/message_templates?name=fake name", w.number.Token, ""},
		{"011-132000-whaloc.json", "POST", w.number.ID + "/messages", w.number.Token, `{"messaging_product":"whatsapp","to":"+5511987654321","type":"template","template":{"name":"three","language":{"code":"en_US"},"components":[{"type":"body","parameters":[{"type":"text","text":"a"}]}]}}`},
		{"012-132001-tawn33yissue.json", "POST", w.number.ID + "/messages", w.number.Token, `{"messaging_product":"whatsapp","to":"+5511987654321","type":"template","template":{"name":"cg_quest_text","language":{"code":"en_US"}}}`},
		{"015-190-netflie.json", "GET", w.number.ID, "nonsense", ""},
	}
	_, err := w.sim.AddTemplate(w.number.WABAID, `{"name":"three","language":"en_US","category":"UTILITY","components":[{"type":"BODY","text":"{{1}} {{2}} {{3}}."}]}`)
	require.NoError(t, err)
	for _, c := range cases {
		a, err := w.call(c.method, "/v25.0/"+strings.ReplaceAll(c.path, " ", "%20"), c.token, []byte(c.body))
		require.NoError(t, err)
		want := readFixture(t, "errors", c.file)["error"].(map[string]any)
		got := a.body["error"].(map[string]any)
		require.NotEmpty(t, got["fbtrace_id"])
		got["fbtrace_id"] = want["fbtrace_id"]
		if data, ok := want["error_data"].(map[string]any); ok {
			data["details"] = strings.ReplaceAll(data["details"].(string), "wamid.HBgLMTM0Mzc3NzI5MTAVAgARGBJDRDhCNTAwRkU0MTdCNkI3OUMA", outgoing)
		}
		require.Equal(t, want, got, c.file)
	}
}
