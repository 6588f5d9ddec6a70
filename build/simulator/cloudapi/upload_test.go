package cloudapi_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSamplesAreUploadedBeforeATemplateNamesThem(t *testing.T) {
	w := newWorld(t, nil)
	begin := func(query string) string {
		a := w.graph("POST", "app/uploads?"+query, "")
		id, _ := a.body["id"].(string)
		return id
	}
	require.Empty(t, begin("file_length=4&file_type=image/gif"), "not a type that Meta takes")
	require.Empty(t, begin("file_length=0&file_type=image/png"))
	require.Empty(t, begin("file_length=6000000&file_type=image/png"), "5 MB")
	id := begin("file_length=4&file_type=image/png&file_name=a.png")
	require.Contains(t, id, "upload:")

	send := func(id, scheme, offset, body string) (int, string) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.url+"/v25.0/"+id, strings.NewReader(body))
		require.NoError(t, err)
		r.Header.Set("Authorization", scheme+" "+w.number.Token)
		r.Header.Set("file_offset", offset)
		response, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		defer func() { _ = response.Body.Close() }()
		var answer struct{ H string }
		require.NoError(t, json.NewDecoder(response.Body).Decode(&answer))
		return response.StatusCode, answer.H
	}
	for name, try := range map[string][4]string{
		"another word for the token": {id, "Bearer", "0", "dado"}, "another offset": {id, "OAuth", "2", "do"}, "too short": {id, "OAuth", "0", "dad"},
		"no signature": {strings.Split(id, "?")[0], "OAuth", "0", "dado"},
	} {
		status, handle := send(try[0], try[1], try[2], try[3])
		require.NotEqual(t, http.StatusOK, status, name)
		require.Empty(t, handle, name)
	}
	status, handle := send(id, "OAuth", "0", "dado")
	require.Equal(t, http.StatusOK, status)
	require.NotEmpty(t, handle)

	create := func(name, format, handle string) int {
		return w.graph("POST", w.number.WABAID+"/message_templates", `{"name":"`+name+`","language":"pt_BR","category":"UTILITY","components":[
			{"type":"HEADER","format":"`+format+`","example":{"header_handle":["`+handle+`"]}},{"type":"BODY","text":"Veja o seu pedido."}]}`).status
	}
	require.Equal(t, http.StatusBadRequest, create("a", "IMAGE", "4::never"))
	require.Equal(t, http.StatusBadRequest, create("a", "VIDEO", handle), "it is an image")
	require.Equal(t, http.StatusOK, create("a", "IMAGE", handle))
}
