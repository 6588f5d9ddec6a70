package whatsapp

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"
)

var testCredentials = Credentials{PhoneNumberID: "106540352242922", WABAID: "102290129340398", Token: "EAAsecret"}

// mocked makes a client whose Meta is played by the returned transport.
func mocked(t *testing.T, options Options) (*Client, *httpmock.MockTransport) {
	t.Helper()
	transport := httpmock.NewMockTransport()
	options.HTTP = &http.Client{Transport: transport}
	return NewClient(options), transport
}

const messagesURL = "https://graph.facebook.com/v25.0/106540352242922/messages"

// sendFixtures are Meta's own examples, by the message that has to produce them.
func sendFixtures() map[string]Outgoing {
	reply := func(id, title string) InteractiveButton {
		return InteractiveButton{Type: "reply", Reply: InteractiveID{ID: id, Title: title}}
	}
	return map[string]Outgoing{
		"001-template-metadocs.json": {Template: &TemplateMessage{Name: "hello_world", Language: TemplateLanguage{"en"}}},
		"028-reaction-metadocs.json": {Reaction: &Reaction{MessageID: "wamid.HBgLMTY0NjcwNDM1OTUVAgASGBQzQUZCMTY0MDc2MUYwNzBDNTY5MAA=", Emoji: "😀"}},
		"019-interactive-button-metadocs.json": {Interactive: &Interactive{
			Type:   "button",
			Header: &InteractiveHeader{Type: "image", Image: &MediaRef{ID: "2762702990552401"}},
			Body:   &InteractiveText{"Hi Pablo! Your gardening workshop is scheduled for 9am tomorrow. Use the buttons if you need to reschedule. Thank you!"},
			Footer: &InteractiveText{"Lucky Shrub: Your gateway to succulents!™"},
			Action: InteractiveAction{Buttons: []InteractiveButton{reply("change-button", "Change"), reply("cancel-button", "Cancel")}},
		}},
	}
}

func TestSendWritesMetasExamples(t *testing.T) {
	examples := fixtures(t, "sends")
	for name, out := range sendFixtures() {
		t.Run(name, func(t *testing.T) {
			out.To = "+1 (650) 555-1234"
			body, err := out.encode()
			require.NoError(t, err)
			require.JSONEq(t, withoutRecipient(t, examples[name]), withoutRecipient(t, body))
			require.Contains(t, string(body), `"to":"+16505551234"`)
		})
	}
	for _, kind := range []string{TypeImage, TypeVideo, TypeAudio, TypeDocument, TypeSticker, TypeText, TypeContacts, "cta_url", "list"} {
		for name, example := range examples {
			if !strings.Contains(name, "-"+kind+"-") {
				continue
			}
			t.Run(name, func(t *testing.T) { // read Meta's example into the message and write it again
				var content struct {
					Type        string
					Text        *Text
					Contacts    []ContactCard
					Interactive *Interactive
				}
				require.NoError(t, json.Unmarshal(example, &content))
				var parts map[string]json.RawMessage
				require.NoError(t, json.Unmarshal(example, &parts))
				out := Outgoing{To: "1", Type: content.Type, Text: content.Text, Contacts: content.Contacts, Interactive: content.Interactive}
				if out.Text == nil && out.Contacts == nil && out.Interactive == nil {
					require.NoError(t, json.Unmarshal(parts[kind], &out.Media))
				}
				body, err := out.encode()
				require.NoError(t, err)
				require.JSONEq(t, withoutRecipient(t, example), withoutRecipient(t, body))
			})
		}
	}
}

// withoutRecipient takes off what differs by intent, and recipient_type, which some examples leave out.
func withoutRecipient(t *testing.T, body []byte) string {
	t.Helper()
	var message map[string]any
	require.NoError(t, json.Unmarshal(body, &message))
	delete(message, "to")
	delete(message, "recipient_type")
	delete(message, "recipient_identity_key_hash") // not used here
	rest, err := json.Marshal(message)
	require.NoError(t, err)
	return string(rest)
}

func TestSendRequest(t *testing.T) {
	client, meta := mocked(t, Options{})
	var request *http.Request
	var body map[string]any
	meta.RegisterResponder(http.MethodPost, messagesURL, func(r *http.Request) (*http.Response, error) {
		request = r
		require.NoError(t, json.NewDecoder(r.Body).Decode(&body))
		return httpmock.NewStringResponse(200, `{"messaging_product":"whatsapp","contacts":[{"input":"+5511987654321","wa_id":"551187654321","user_id":"BR.1"}],
			"messages":[{"id":"wamid.1","message_status":"accepted"}]}`), nil
	})
	sent, err := client.Send(context.Background(), testCredentials, Outgoing{
		To: "55 11 98765-4321", Recipient: "BR.1", Text: &Text{Body: "Oi <b>"}, ReplyTo: "wamid.0", CallbackData: "post1",
	})
	require.NoError(t, err)
	require.Equal(t, Sent{MessageID: "wamid.1", WAID: "551187654321", UserID: "BR.1", MessageStatus: "accepted"}, sent)
	require.Equal(t, "Bearer EAAsecret", request.Header.Get("Authorization"))
	require.Equal(t, map[string]any{
		"messaging_product": "whatsapp", "recipient_type": "individual", "to": "+5511987654321", "recipient": "BR.1", "type": "text",
		"text": map[string]any{"body": "Oi <b>", "preview_url": false}, "context": map[string]any{"message_id": "wamid.0"}, "biz_opaque_callback_data": "post1",
	}, body)
}

func TestSendReadsRecordedAnswers(t *testing.T) {
	for name, want := range map[string]Sent{
		"007-send_template_by_passing_components_json-rubysdk.json": {
			MessageID: "wamid.HBgLMTM0Mzc3NzI5MTAVAgARGBI2REE3M0I0NEYzQjM1NkI2MDcA", WAID: "13437772910", MessageStatus: "accepted",
		},
		"015-message-response-bsuid-restfb.json": {MessageID: "wamid.foobar", UserID: "US.13491208655302741918"},
		"017-message-response-group-restfb.json": {MessageID: "wamid.foobar"},
	} {
		t.Run(name, func(t *testing.T) {
			client, meta := mocked(t, Options{})
			meta.RegisterResponder(http.MethodPost, messagesURL, httpmock.NewBytesResponder(200, fixture(t, "responses", name)))
			sent, err := client.Send(context.Background(), testCredentials, Outgoing{To: "1", Text: &Text{Body: "x"}})
			require.NoError(t, err, name)
			require.Equal(t, want, sent, name)
		})
	}
}

func TestSendRefusesWhatCannotBeSent(t *testing.T) {
	client, meta := mocked(t, Options{})
	text := &Text{Body: "x"}
	for name, out := range map[string]Outgoing{
		"no recipient":         {Text: text},
		"no digits":            {To: "abc", Text: text},
		"no content":           {To: "1"},
		"two contents":         {To: "1", Text: text, Location: &Location{}},
		"type without content": {To: "1", Type: TypeImage, Text: text},
		"media without type":   {To: "1", Media: &MediaRef{ID: "1"}},
		"callback too long":    {To: "1", Text: text, CallbackData: strings.Repeat("x", 513)},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := client.Send(context.Background(), testCredentials, out)
			var bad *RequestError
			require.ErrorAs(t, err, &bad, name)
			require.Equal(t, NotSent, Classify(err).Outcome, name)
			require.Equal(t, Final, Classify(err).Class, name)
		})
	}
	for name, cred := range map[string]Credentials{
		"no number": {Token: "x"}, "no token": {PhoneNumberID: "1"}, "token of two lines": {PhoneNumberID: "1", Token: "a\nb"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := client.Send(context.Background(), cred, Outgoing{To: "1", Text: text})
			require.Equal(t, NotSent, Classify(err).Outcome, name)
		})
	}
	require.Zero(t, meta.GetTotalCallCount())
	_, err := NewClient(Options{BaseURL: "ftp://x"}).Send(context.Background(), testCredentials, Outgoing{To: "1", Text: text})
	require.Equal(t, NotSent, Classify(err).Outcome)
}

func TestLocationIsWritten(t *testing.T) {
	body, err := Outgoing{To: "1", Location: &Location{Latitude: -23.5, Longitude: 0, Name: "Centro"}}.encode()
	require.NoError(t, err)
	require.JSONEq(t, `{"messaging_product":"whatsapp","recipient_type":"individual","to":"+1","type":"location",
		"location":{"latitude":-23.5,"longitude":0,"name":"Centro"}}`, string(body))
}

func TestReactionRemovalIsWritten(t *testing.T) {
	body, err := Outgoing{To: "1", Reaction: &Reaction{MessageID: "w"}}.encode()
	require.NoError(t, err)
	require.Contains(t, string(body), `"emoji":""`)
}

func TestMarkRead(t *testing.T) {
	client, meta := mocked(t, Options{BaseURL: "http://127.0.0.1:9/", Version: "v26.0"})
	var bodies []string
	meta.RegisterResponder(http.MethodPost, "http://127.0.0.1:9/v26.0/106540352242922/messages", func(r *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		bodies = append(bodies, string(body))
		return httpmock.NewStringResponse(200, `{"success":true}`), err
	})
	require.NoError(t, client.MarkRead(context.Background(), testCredentials, "wamid.1", false))
	require.NoError(t, client.MarkRead(context.Background(), testCredentials, "wamid.1", true))
	require.JSONEq(t, `{"messaging_product":"whatsapp","status":"read","message_id":"wamid.1"}`, bodies[0])
	require.JSONEq(t, `{"messaging_product":"whatsapp","status":"read","message_id":"wamid.1","typing_indicator":{"type":"text"}}`, bodies[1])
	require.Error(t, client.MarkRead(context.Background(), testCredentials, "", false))
}

func TestAnswerHeadersAreReported(t *testing.T) {
	var infos []ResponseInfo
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	client, meta := mocked(t, Options{Observe: func(info ResponseInfo) { infos = append(infos, info) }, Now: func() time.Time { return now }})
	header := http.Header{}
	header.Set("facebook-api-version", "v24.0")
	header.Set("x-ad-api-version-warning", "The call has been auto-upgraded to v24.0 as v19.0 has been deprecated.")
	header.Set("x-business-use-case-usage", `{"1":[{"type":"whatsapp","call_count":100,"estimated_time_to_regain_access":3}]}`)
	header.Set("x-fb-request-id", "Abc")
	respond := func(status int, body string) {
		meta.RegisterResponder(http.MethodPost, messagesURL, httpmock.NewStringResponder(status, body).HeaderSet(header))
	}
	send := func() error {
		_, err := client.Send(context.Background(), testCredentials, Outgoing{To: "1", Text: &Text{Body: "x"}})
		return err
	}
	respond(400, `{"error":{"code":80007,"type":"OAuthException"}}`)
	require.Equal(t, 3*time.Minute, Classify(send()).RetryAfter)
	require.Len(t, infos, 1)
	require.Equal(t, "v24.0", infos[0].Version)
	require.Contains(t, infos[0].Warning, "auto-upgraded")
	require.Equal(t, "Abc", infos[0].RequestID)
	require.JSONEq(t, header.Get("x-business-use-case-usage"), string(infos[0].Usage))

	for value, want := range map[string]time.Duration{
		"7": 7 * time.Second, "Sun, 22 Nov 2026 12:00:30 GMT": 30 * time.Second, "999999999999": 24 * time.Hour, "99999999": 24 * time.Hour, "soon": 3 * time.Minute,
	} {
		t.Run(value, func(t *testing.T) {
			header.Set("Retry-After", value)
			respond(429, `{"error":{"code":4,"type":"OAuthException"}}`)
			require.Equal(t, want, Classify(send()).RetryAfter, value)
		})
	}
}

func TestCredentialsNeverShowTheToken(t *testing.T) {
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		require.NotContains(t, fmt.Sprintf(verb, testCredentials), "EAAsecret", verb)
		require.NotContains(t, fmt.Sprintf(verb, &testCredentials), "EAAsecret", verb)
		require.NotContains(t, fmt.Sprintf(verb, []Credentials{testCredentials}), "EAAsecret", verb)
	}
	require.NotContains(t, testCredentials.LogValue().String(), "EAAsecret")
	stored, err := json.Marshal(testCredentials)
	require.NoError(t, err)
	require.NotContains(t, string(stored), "EAAsecret")
}

func TestErrorsShowNoSecretAndNoText(t *testing.T) {
	client, meta := mocked(t, Options{})
	meta.RegisterNoResponder(func(*http.Request) (*http.Response, error) { return nil, errors.New("cut") })
	_, err := client.DebugToken(context.Background(), testCredentials)
	require.Error(t, err)
	require.NotContains(t, fmt.Sprintf("%v %+v %#v", err, err, err), "EAAsecret")

	refused := &APIError{HTTPStatus: 400, Code: 100, Message: "(#100) Oi Maria", Details: "Oi Maria"}
	require.NotContains(t, refused.Error(), "Maria")
}
