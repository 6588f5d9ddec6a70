package whatsapp

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func FuzzSplit(f *testing.F) {
	envelope := func(value string) string {
		return `{"object":"whatsapp_business_account","entry":[{"id":"1","time":1,"changes":[{"field":"messages","value":` + value + `}]}]}`
	}
	for _, seed := range []string{
		``, `{}`, `{"entry":[]}`, `{"entry":[1,{"changes":[2,{"value":3}]}]}`,
		envelope(`{"metadata":{"phone_number_id":"2"},"contacts":[{"wa_id":"3","profile":{"name":"a"}}],"messages":[{"from":"3","id":"w","timestamp":"1","type":"text","text":{"body":"x"}}]}`),
		envelope(`{"messages":[{"from":"3","id":"w","type":"interactive","interactive":{"type":"nfm_reply","nfm_reply":{"response_json":"{"}}},{"id":"x","type":"system","system":{"user_id":"u"}}]}`),
		envelope(`{"messages":[{"from":"3","id":"w","type":"edit","edit":{"message":{"type":"contacts","contacts":[{"phones":[1]}]}}}],"errors":[{"code":1}]}`),
		envelope(`{"statuses":[{"id":"w","status":"failed","timestamp":1e9,"errors":[{"code":"131026"}],"pricing":{"billable":true}}],"message_echoes":[{"id":"e"}],"calls":[{}],"user_preferences":[{"value":"stop"}]}`),
		strings.Replace(envelope(`{"event":"APPROVED","message_template_id":1}`), "messages", "message_template_status_update", 1),
		strings.Replace(envelope(`{"event":"X","restriction_info":[{"expiration":1}]}`), "messages", "account_update", 1),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		items, err := Split(body)
		if err != nil {
			return
		}
		again, err := Split(body)
		if err != nil || len(again) != len(items) {
			t.Fatal("the same body gives something else")
		}
		for i, item := range items {
			if item.Key == "" || len(item.Key) > 200 || item.Key != again[i].Key {
				t.Fatalf("key %q, then %q", item.Key, again[i].Key)
			}
			if (item.Kind == KindInvalid) != (item.Reason != "") {
				t.Fatalf("kind %q with reason %q", item.Kind, item.Reason)
			}
			stored, err := json.Marshal(item)
			if err != nil || !utf8.Valid(stored) {
				t.Fatalf("cannot be stored: %v", err)
			}
			var back Item
			if err := json.Unmarshal(stored, &back); err != nil || back.Key != item.Key || back.Contact != item.Contact || back.Peer != item.Peer {
				t.Fatalf("stored as something else: %v", err)
			}
			readAllViews(t, back)
		}
	})
}

// readAllViews reads an item in every way: only its own may work, and none may panic.
func readAllViews(t *testing.T, item Item) {
	t.Helper()
	check := func(kind Kind, err error) {
		if (err == nil) != (item.Kind == kind) {
			t.Fatalf("%s read as %s: %v", item.Kind, kind, err)
		}
	}
	message, err := item.Message()
	check(KindMessage, err)
	if err == nil {
		_ = message.OpensWindow()
		if message.ID == "" || message.From == "" && message.FromUserID == "" || message.Timestamp < 0 {
			t.Fatalf("message without id or sender")
		}
	}
	_, err = item.Echo()
	check(KindEcho, err)
	status, err := item.Status()
	check(KindStatus, err)
	if err == nil && (status.ID == "" || status.Status == "") {
		t.Fatal("status without id or word")
	}
	_, err = item.ErrorDetail()
	check(KindError, err)
	_, err = item.TemplateUpdate()
	check(KindTemplate, err)
	_, err = item.AccountUpdate()
	check(KindAccount, err)
	_, err = item.Preference()
	check(KindPreference, err)
	_, err = item.Call()
	check(KindCall, err)
}

func FuzzTemplate(f *testing.F) {
	for _, seed := range []string{
		`{"name":"a","language":"en","components":[{"type":"BODY","text":"{{1}} {{2}}","example":{"body_text":[["a","b"]]}}]}`,
		`{"name":"a","language":"en","parameter_format":"NAMED","components":[{"type":"HEADER","format":"TEXT","text":"{{x}}"},{"type":"BODY","text":"{{y}} {{1}}"}]}`,
		`{"name":"a","language":"en","components":[{"type":"HEADER","format":"IMAGE"},{"type":"BODY","text":"x"},{"type":"BUTTONS","buttons":[{"type":"URL","url":"https://x/{{1}}"},{"type":"COPY_CODE","example":["C"]}]}]}`,
		`{"components":[{"type":"CAROUSEL"},{"type":7},8]}`, `[]`,
	} {
		f.Add([]byte(seed), "valor", true)
	}
	f.Fuzz(func(t *testing.T, raw []byte, value string, fill bool) {
		var template Template
		if json.Unmarshal(raw, &template) != nil {
			return
		}
		stored, err := json.Marshal(template)
		if err != nil {
			t.Fatalf("cannot be stored: %v", err)
		}
		var back Template
		if err := json.Unmarshal(stored, &back); err != nil || len(back.Variables()) != len(template.Variables()) {
			t.Fatalf("stored as something else: %v", err)
		}
		values := map[string]string{}
		for _, v := range template.Variables() {
			if _, twice := values[v.Element]; twice || v.Element == "" {
				t.Fatalf("element %q twice", v.Element)
			}
			values[v.Element] = ""
			if fill {
				values[v.Element] = value
			}
		}
		rendered := template.Render(values)
		_ = template.Sendable()
		message, problems := template.Build(values)
		if (message == nil) != (len(problems) > 0) {
			t.Fatalf("message %v with %d problems", message != nil, len(problems))
		}
		for element, problem := range problems {
			if _, ok := values[element]; !ok && element != "template" {
				t.Fatalf("problem of nobody's element %q", element)
			}
			if problem.Key == "" {
				t.Fatalf("no reason for the problem of %q", element)
			}
		}
		if message == nil {
			return
		}
		parameters := 0
		for _, p := range allParameters(message.Components) {
			switch {
			case p.Location != nil:
				parameters += 3 // coordinates, name, address
			case p.Action == nil && p.Payload == "": // buttons that start a flow or answer take no value
				parameters++
			}
		}
		if parameters != len(values) {
			t.Fatalf("%d parameters for %d values", parameters, len(values))
		}
		if !strings.Contains(value, "{") && placeholder.MatchString(rendered.Body) {
			t.Fatalf("left open: %q", rendered.Body)
		}
		if _, err := (Outgoing{To: "1", Template: message}).encode(); err != nil {
			t.Fatal(err)
		}
	})
}
