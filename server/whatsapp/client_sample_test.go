package whatsapp

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/require"
)

func TestUploadSample(t *testing.T) {
	client, meta := mocked(t, Options{})
	const graph = "https://graph.facebook.com/v25.0/"
	app, session := `{"data":{"app_id":"1234","is_valid":true}}`, `{"id":"upload:MTphdHRh?sig=AR_x-1"}`
	var began, sent *http.Request
	var body string
	meta.RegisterResponder(http.MethodGet, "=~^"+graph+"debug_token", func(*http.Request) (*http.Response, error) {
		return httpmock.NewStringResponse(200, app), nil
	})
	meta.RegisterResponder(http.MethodPost, "=~^"+graph+"(1234|app)/uploads", func(r *http.Request) (*http.Response, error) {
		began = r
		return httpmock.NewStringResponse(200, session), nil
	})
	meta.RegisterResponder(http.MethodPost, "=~^"+graph+"upload:MTphdHRh", func(r *http.Request) (*http.Response, error) {
		sent = r
		data, err := io.ReadAll(r.Body)
		body = string(data)
		return httpmock.NewStringResponse(200, `{"h":"4::aW1h"}`), err
	})
	upload := func() (string, error) {
		return client.UploadSample(context.Background(), testCredentials, `fo"to.png`, "image/png", 4, strings.NewReader("dado"))
	}
	handle, err := upload()
	require.NoError(t, err)
	require.Equal(t, "4::aW1h", handle)
	require.Equal(t, "/v25.0/1234/uploads", began.URL.Path)
	require.Equal(t, "file_length=4&file_name=fo_to.png&file_type=image%2Fpng", began.URL.RawQuery)
	require.Equal(t, "Bearer "+testCredentials.Token, began.Header.Get("Authorization"))
	require.Equal(t, "OAuth "+testCredentials.Token, sent.Header.Get("Authorization"))
	require.Equal(t, []string{"0", "sig=AR_x-1", "dado"}, []string{sent.Header.Get("File_offset"), sent.URL.RawQuery, body})
	require.EqualValues(t, 4, sent.ContentLength)

	app = `{"data":{}}`
	_, err = upload()
	require.NoError(t, err)
	require.Equal(t, "/v25.0/app/uploads", began.URL.Path, "Meta knows the token's app itself")
	session = `{"id":"https://elsewhere.example"}`
	_, err = upload()
	require.ErrorContains(t, err, "no upload")
	require.EqualValues(t, 5<<20, SampleLimit("image/png"))
	require.Zero(t, SampleLimit("image/gif"))
}
