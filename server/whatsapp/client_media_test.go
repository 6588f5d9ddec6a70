package whatsapp

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/require"
)

// fakeLargeFile is a file that is never in memory: it counts what is read of it at once.
type fakeLargeFile struct {
	left    int64
	largest int
}

func (c *fakeLargeFile) Read(p []byte) (int, error) {
	c.largest = max(c.largest, len(p))
	if c.left == 0 {
		return 0, io.EOF
	}
	n := min(int64(len(p)), c.left)
	for i := range p[:n] {
		p[i] = 'x'
	}
	c.left -= n
	return int(n), nil
}

func TestUploadMediaStreams(t *testing.T) {
	const size = 8 << 20
	type upload struct {
		fields   map[string]string
		filename string
		mimeType string
		size     int64
		length   int64
	}
	var got upload
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
		form := multipart.NewReader(r.Body, params["boundary"])
		got = upload{fields: map[string]string{}, length: r.ContentLength}
		for {
			part, err := form.NextPart()
			if err != nil {
				break
			}
			if part.FormName() == "file" {
				got.filename, got.mimeType = part.FileName(), part.Header.Get("Content-Type")
				got.size, _ = io.Copy(io.Discard, part)
				continue
			}
			value, _ := io.ReadAll(part)
			got.fields[part.FormName()] = string(value)
		}
		_, _ = io.WriteString(w, `{"id":"1037543291543636"}`)
	}))
	defer server.Close()
	file := &fakeLargeFile{left: size}
	id, err := fresh(t, server.URL).UploadMedia(context.Background(), testCredentials, "nota \"ção\"\n.ogg", "audio/ogg; codecs=opus", size, file)
	require.NoError(t, err)
	require.Equal(t, "1037543291543636", id)
	require.Equal(t, map[string]string{"messaging_product": "whatsapp", "type": "audio/ogg; codecs=opus"}, got.fields)
	require.Equal(t, "nota _ção_.ogg", got.filename)
	require.Equal(t, "audio/ogg; codecs=opus", got.mimeType)
	require.EqualValues(t, size, got.size)
	require.Greater(t, got.length, got.size)
	require.Less(t, file.largest, 1<<20, "read in small pieces")
}

func TestUploadMediaOfAnotherSizeFails(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err == nil {
			_, _ = io.WriteString(w, `{"error":{"code":131053,"type":"OAuthException"}}`)
		}
	}))
	defer server.Close()
	client := fresh(t, server.URL)
	for _, size := range []int64{3, 5} {
		_, err := client.UploadMedia(context.Background(), testCredentials, "a", "text/plain", size, strings.NewReader("1234"))
		require.Error(t, err)
	}
	_, err := client.UploadMedia(context.Background(), testCredentials, "a", "text/plain\r\nX: y", 1, strings.NewReader("1"))
	require.Equal(t, Final, Classify(err).Class)
}

func TestMedia(t *testing.T) {
	client, meta := mocked(t, Options{})
	meta.RegisterResponderWithQuery(http.MethodGet, "https://graph.facebook.com/v25.0/1761991787669262",
		"phone_number_id=106540352242922", httpmock.NewBytesResponder(200, fixture(t, "responses", "004-media-rubysdk.json")))
	info, err := client.Media(context.Background(), testCredentials, "1761991787669262")
	require.NoError(t, err)
	require.Equal(t, "image/png", info.MimeType)
	require.EqualValues(t, 182859, info.FileSize)
	require.Equal(t, "c86c28d437534f7367e73b283155c083dddfdaf7f9b4dfae27e140f880035141", info.SHA256)
	_, err = client.mediaAddress(info.URL)
	require.NoError(t, err)
}

func TestDownload(t *testing.T) {
	content := []byte("ção")
	sum := sha256.Sum256(content)
	status := http.StatusOK
	var token string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token = r.Header.Get("Authorization")
		w.WriteHeader(status)
		_, _ = w.Write(content)
	}))
	defer server.Close()
	client := fresh(t, server.URL)
	download := func(info MediaInfo) (string, error) {
		info.URL = server.URL + "/file?mid=1"
		var got bytes.Buffer
		err := client.Download(context.Background(), testCredentials, info, &got)
		return got.String(), err
	}
	for name, info := range map[string]MediaInfo{
		"nothing known": {},
		"hexadecimal":   {SHA256: strings.ToUpper(hex.EncodeToString(sum[:])), FileSize: int64(len(content))},
		"base64":        {SHA256: base64.StdEncoding.EncodeToString(sum[:])},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := download(info)
			require.NoError(t, err, name)
			require.Equal(t, string(content), got, name)
			require.Equal(t, "Bearer EAAsecret", token, name)
		})
	}
	for name, info := range map[string]MediaInfo{
		"other hash": {SHA256: strings.Repeat("0", 64)},
		"too large":  {FileSize: int64(len(content)) - 1},
		"too small":  {FileSize: int64(len(content)) + 1},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := download(info)
			require.Error(t, err, name)
			require.Equal(t, Retry, Classify(err).Class, name)
		})
	}
	for _, status = range []int{http.StatusNotFound, http.StatusGone} {
		got, err := download(MediaInfo{})
		var refusal *APIError
		require.ErrorAs(t, err, &refusal)
		require.Equal(t, status, refusal.HTTPStatus)
		require.Empty(t, got)
	}
	for _, status = range []int{http.StatusInternalServerError, http.StatusNoContent, http.StatusPartialContent} {
		got, err := download(MediaInfo{})
		require.Error(t, err, strconv.Itoa(status))
		require.Empty(t, got)
	}
}

func TestDownloadSendsTheTokenToMetaOnly(t *testing.T) {
	client, meta := mocked(t, Options{BaseURL: "http://127.0.0.1:8065"})
	meta.RegisterNoResponder(httpmock.NewStringResponder(200, "x"))
	for address, allowed := range map[string]bool{
		"https://lookaside.fbsbx.com/a?mid=1":      true,
		"https://LOOKASIDE.FBSBX.COM/a":            true,
		"https://scontent.xx.fbcdn.net/a":          true,
		"https://graph.facebook.com/a":             true,
		"https://graph.facebook.com:443/a":         true,
		"http://127.0.0.1:8065/media/1":            true,
		"https://127.0.0.1:8065/media/1":           false,
		"http://127.0.0.1:8066/media/1":            false,
		"http://127.0.0.1/media/1":                 false,
		"http://lookaside.fbsbx.com/a":             false,
		"https://lookaside.fbsbx.com:8443/a":       false,
		"https://fbsbx.com.evil.example/a":         false,
		"https://evilfbsbx.com/a":                  false,
		"https://fbsbx.com/a":                      false,
		"https://evil.example/.fbsbx.com":          false,
		"https://evil.example#.fbsbx.com":          false,
		"https://lookaside.fbsbx.com@evil.example": false,
		"https://user@lookaside.fbsbx.com/a":       false,
		"//lookaside.fbsbx.com/a":                  false,
		"file:///etc/passwd":                       false,
		"":                                         false,
		"https://%zz":                              false,
	} {
		t.Run(address, func(t *testing.T) {
			before := meta.GetTotalCallCount()
			err := client.Download(context.Background(), testCredentials, MediaInfo{URL: address}, io.Discard)
			require.Equal(t, allowed, err == nil, address)
			require.Equal(t, allowed, meta.GetTotalCallCount() > before, address)
		})
	}
}
