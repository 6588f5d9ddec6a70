package whatsapp

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/pkg/errors"
)

// SampleLimit is how large a file of this type may be as the sample of a template's header, in bytes; 0 = Meta takes no such
// files.
func SampleLimit(mimeType string) int64 {
	const mb = 1 << 20
	return map[string]int64{"image/jpeg": 5 * mb, "image/png": 5 * mb, "video/mp4": 16 * mb, "application/pdf": 100 * mb}[mimeType]
}

// UploadSample streams a file of size bytes to Meta as the sample of a template's header, and returns the handle that goes
// into the header's example. It belongs to the app of the token, which Meta is asked for.
func (c *Client) UploadSample(ctx context.Context, cred Credentials, name, mimeType string, size int64, r io.Reader) (handle string, err error) {
	info, err := c.DebugToken(ctx, cred)
	if err != nil {
		return "", err
	}
	query := url.Values{"file_name": {fileName(name)}, "file_length": {strconv.FormatInt(size, 10)}, "file_type": {mimeType}}
	begun, err := c.do(ctx, cred, apiCall{method: http.MethodPost, url: c.endpoint(query, firstOf(info.AppID, "app"), "uploads"), repeatable: true})
	if err != nil {
		return "", err
	}
	// the session's id has a signature behind it: upload:<id>?sig=<signature>
	session, signature, _ := strings.Cut(begun.str("id"), "?")
	signed, err := url.ParseQuery(signature)
	if err != nil || !strings.HasPrefix(session, "upload:") {
		return "", &TransportError{Left: true, Repeatable: true, HTTPStatus: http.StatusOK, Err: errors.New("answer names no upload")}
	}
	answer, err := c.do(ctx, cred, apiCall{
		method: http.MethodPost, url: c.endpoint(signed, session), contentType: mimeType, body: r, length: size, resumes: true, repeatable: true,
	})
	if err != nil {
		return "", err
	}
	if handle = answer.str("h"); handle == "" {
		return "", &TransportError{Left: true, Repeatable: true, HTTPStatus: http.StatusOK, Err: errors.New("answer names no file")}
	}
	return handle, nil
}
