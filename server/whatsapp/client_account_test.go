package whatsapp

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/jarcoal/httpmock"
	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"
)

const templatesURL = "https://graph.facebook.com/v25.0/102290129340398/message_templates"

func TestTemplatesReadsAllPages(t *testing.T) {
	client, meta := mocked(t, Options{})
	pages := map[string]string{
		"":  `{"data":[{"name":"a","language":"pt_BR","status":"APPROVED"}],"paging":{"cursors":{"before":"0","after":"A"},"next":"https://evil.example/v1/x?after=A"}}`,
		"A": `{"data":[{"name":"b","language":"en","status":"rejected"},7],"paging":{"next":"https://graph.facebook.com/v1/x?limit=1&after=B%3D"}}`,
		"B=": `{"data":[{"name":"c","language":"en","status":"PAUSED","quality_score":{"score":"RED"}}],
			"paging":{"cursors":{"before":"1","after":"C"}}}`,
	}
	meta.RegisterResponder(http.MethodGet, templatesURL, func(r *http.Request) (*http.Response, error) {
		require.Equal(t, "100", r.URL.Query().Get("limit"))
		require.Empty(t, r.URL.Query().Get("status"), "all of them")
		return httpmock.NewStringResponse(200, pages[r.URL.Query().Get("after")]), nil
	})
	var got []string
	err := client.Templates(context.Background(), testCredentials, func(template Template) error {
		got = append(got, template.Name+" "+template.Status+" "+template.Quality)
		return nil
	})
	require.Equal(t, []string{"a APPROVED ", "b REJECTED ", "c PAUSED RED"}, got)
	require.EqualError(t, err, "1 templates could not be read", "and the others were")
	require.Equal(t, 3, meta.GetTotalCallCount())
}

func TestTemplatesEnds(t *testing.T) {
	client, meta := mocked(t, Options{})
	ignore := func(Template) error { return nil }
	meta.RegisterResponder(http.MethodGet, templatesURL, httpmock.NewStringResponder(200, `{"data":[]}`))
	require.NoError(t, client.Templates(context.Background(), testCredentials, ignore))

	meta.RegisterResponder(http.MethodGet, templatesURL, httpmock.NewStringResponder(200, `{"data":[{"name":"a"}],"paging":{"cursors":{"after":"A"},"next":"x"}}`))
	require.Error(t, client.Templates(context.Background(), testCredentials, ignore), "the same page for ever")

	stop := errors.New("stop")
	require.Equal(t, stop, client.Templates(context.Background(), testCredentials, func(Template) error { return stop }))
	require.Error(t, client.Templates(context.Background(), Credentials{Token: "x"}, ignore))
}

func TestTemplatesDoesWithoutAFieldThatMetaDoesNotKnow(t *testing.T) {
	client, meta := mocked(t, Options{})
	meta.RegisterResponder(http.MethodGet, templatesURL, func(r *http.Request) (*http.Response, error) {
		if strings.Contains(r.URL.Query().Get("fields"), "source") {
			return httpmock.NewStringResponse(400, `{"error":{"type":"OAuthException","code":100,"message":"(#100) Tried accessing nonexisting field (source) on node type (WhatsAppMessageTemplate)"}}`), nil
		}
		return httpmock.NewStringResponse(200, `{"data":[{"name":"a","language":"en","correct_category":"marketing","message_send_ttl_seconds":60}]}`), nil
	})
	var got Template
	require.NoError(t, client.Templates(context.Background(), testCredentials, func(template Template) error { got = template; return nil }))
	require.Equal(t, []any{"MARKETING", 60}, []any{got.CorrectCategory, got.TimeToLive})
}

func TestTemplatesReadsTheRecordedList(t *testing.T) {
	client, meta := mocked(t, Options{})
	recorded := fixture(t, "templates", "026-list-25-rubysdk.json")
	meta.RegisterResponder(http.MethodGet, templatesURL, func(r *http.Request) (*http.Response, error) {
		if r.URL.Query().Get("after") != "" {
			return httpmock.NewStringResponse(200, `{"data":[]}`), nil
		}
		return httpmock.NewBytesResponse(200, recorded), nil
	})
	n := 0
	require.NoError(t, client.Templates(context.Background(), testCredentials, func(Template) error { n++; return nil }))
	require.Equal(t, 25, n)
}

const phoneURL = "https://graph.facebook.com/v25.0/106540352242922"

func TestPhoneNumber(t *testing.T) {
	client, meta := mocked(t, Options{})
	meta.RegisterResponder(http.MethodGet, phoneURL, httpmock.NewBytesResponder(200, fixture(t, "responses", "018-phone-number-full-response-restfb.json")))
	number, err := client.PhoneNumber(context.Background(), testCredentials)
	require.NoError(t, err)
	require.Equal(t, "+593 99 999 9999", number.DisplayPhone)
	require.Equal(t, "GREEN", number.QualityRating)
	require.Equal(t, "TIER_1K", number.MessagingLimit)
	require.Equal(t, "BLOCKED", number.CanSend)
	require.Len(t, number.Problems, 1)
	require.Equal(t, "STANDARD", number.Throughput)
}

func TestPhoneNumberOfAnOlderVersion(t *testing.T) {
	client, meta := mocked(t, Options{})
	meta.RegisterResponder(http.MethodGet, phoneURL, func(r *http.Request) (*http.Response, error) {
		if strings.Contains(r.URL.Query().Get("fields"), "health_status") {
			return httpmock.NewStringResponse(400, `{"error":{"message":"(#100) Tried accessing nonexisting field (health_status) on node type (X)","type":"OAuthException","code":100}}`), nil
		}
		return httpmock.NewStringResponse(200, `{"id":"1","status":"CONNECTED"}`), nil
	})
	number, err := client.PhoneNumber(context.Background(), testCredentials)
	require.NoError(t, err)
	require.Equal(t, "CONNECTED", number.Status)

	meta.RegisterResponder(http.MethodGet, phoneURL, httpmock.NewBytesResponder(400, fixture(t, "errors", "001-100-33-rubysdk.json")))
	_, err = client.PhoneNumber(context.Background(), testCredentials)
	require.Equal(t, Admin, Classify(err).Class)
}

func TestSubscription(t *testing.T) {
	client, meta := mocked(t, Options{})
	const address = "https://graph.facebook.com/v25.0/102290129340398/subscribed_apps"
	meta.RegisterResponder(http.MethodGet, address, httpmock.NewStringResponder(200,
		`{"data":[{"whatsapp_business_api_data":{"link":"https://x","name":"Ativo","id":"67084"}}]}`))
	meta.RegisterResponder(http.MethodPost, address, httpmock.NewStringResponder(200, `{"success":true}`))
	apps, err := client.SubscribedApps(context.Background(), testCredentials)
	require.NoError(t, err)
	require.Equal(t, []SubscribedApp{{ID: "67084", Name: "Ativo"}}, apps)
	require.NoError(t, client.Subscribe(context.Background(), testCredentials))
	require.Error(t, client.Subscribe(context.Background(), Credentials{Token: "x"}))
}

func TestDebugToken(t *testing.T) {
	client, meta := mocked(t, Options{})
	for expires, want := range map[int64]int64{0: 0, 1800000000: 1800000000000} {
		t.Run(strconv.FormatInt(expires, 10), func(t *testing.T) {
			meta.RegisterResponderWithQuery(http.MethodGet, "https://graph.facebook.com/v25.0/debug_token", "input_token=EAAsecret",
				httpmock.NewStringResponder(200, fmt.Sprintf(`{"data":{"app_id":"12","type":"SYSTEM_USER","is_valid":true,"expires_at":%d,"scopes":["whatsapp_business_messaging"]}}`, expires)))
			info, err := client.DebugToken(context.Background(), testCredentials)
			require.NoError(t, err)
			require.Equal(t, TokenInfo{Valid: true, AppID: "12", Type: "SYSTEM_USER", ExpiresAt: want, Scopes: []string{"whatsapp_business_messaging"}}, info)
		})
	}
}
