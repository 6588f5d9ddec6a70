package whatsapp

import (
	"context"
	"io"
	"net/http"
	"testing"

	"github.com/jarcoal/httpmock"
	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"
)

func TestSubmitTemplate(t *testing.T) {
	client, meta := mocked(t, Options{})
	var sent string
	answer := `{"id":"77","status":"pending","category":"MARKETING"}`
	meta.RegisterResponder(http.MethodPost, templatesURL, func(r *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		sent = string(body)
		return httpmock.NewStringResponse(200, answer), err
	})
	draft, err := ReadTemplate([]byte(`{"name":"novo","language":"pt_BR","category":"UTILITY","components":[{"type":"BODY","text":"Olá {{nome}}, tudo bem?","unknown":{"b":1,"a":2}}]}`))
	require.NoError(t, err)
	made, err := client.SubmitTemplate(context.Background(), testCredentials, draft)
	require.NoError(t, err)
	require.Equal(t, Submitted{ID: "77", Status: "PENDING", Category: "MARKETING"}, made)
	require.JSONEq(t, `{"name":"novo","language":"pt_BR","category":"UTILITY","parameter_format":"NAMED",
		"components":[{"type":"BODY","text":"Olá {{nome}}, tudo bem?","unknown":{"b":1,"a":2}}]}`, sent, "parts that we do not know go along")

	answer = `{}`
	_, err = client.SubmitTemplate(context.Background(), testCredentials, draft)
	require.Error(t, err)
	_, err = client.SubmitTemplate(context.Background(), Credentials{Token: "x"}, draft)
	require.Error(t, err)
}

func TestEditTemplateTellsMetasWords(t *testing.T) {
	client, meta := mocked(t, Options{})
	meta.RegisterResponder(http.MethodPost, "https://graph.facebook.com/v25.0/77", httpmock.NewStringResponder(400,
		`{"error":{"message":"Invalid parameter","type":"OAuthException","code":100,"error_subcode":2388299,"error_user_title":"Leading or trailing parameters","error_user_msg":"Variables can't be at the start."}}`))
	err := client.EditTemplate(context.Background(), testCredentials, "77", "", []byte(`[{"type":"BODY","text":"Oi"}]`))
	var refused *APIError
	require.True(t, errors.As(err, &refused))
	require.Equal(t, "Leading or trailing parameters: Variables can't be at the start.", refused.ForPeople())
	require.NotContains(t, err.Error(), "Variables", "what may quote the text is not logged")
}
