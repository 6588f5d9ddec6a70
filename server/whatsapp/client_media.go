package whatsapp

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"

	"github.com/pkg/errors"
)

// MediaInfo describes a file at Meta.
type MediaInfo struct {
	ID string
	// URL is valid for 5 minutes and needs the token.
	URL      string
	MimeType string
	// SHA256 is the file's hash: hexadecimal from Media, base64 in webhooks. Download accepts both. "" means unknown.
	SHA256 string
	// FileSize in bytes, 0 means unknown.
	FileSize int64
}

// UploadMedia streams a file of size bytes to Meta and returns its id, which is valid for 30 days. The extension of name
// matters: a voice note must end in .ogg.
func (c *Client) UploadMedia(ctx context.Context, cred Credentials, name, mimeType string, size int64, r io.Reader) (string, error) {
	if cred.PhoneNumberID == "" || size < 0 {
		return "", &RequestError{Err: errors.New("no phone number id or file size")}
	}
	var frame bytes.Buffer
	form := multipart.NewWriter(&frame)
	err := writeUploadHead(form, name, mimeType)
	if err != nil {
		return "", &RequestError{Err: err}
	}
	head := frame.String()
	frame.Reset()
	if err := form.Close(); err != nil {
		return "", &RequestError{Err: errors.Wrap(err, "end form")}
	}
	tail := frame.String()
	answer, err := c.do(ctx, cred, apiCall{
		method:      http.MethodPost,
		url:         c.endpoint(nil, cred.PhoneNumberID, "media"),
		contentType: form.FormDataContentType(),
		body:        io.MultiReader(strings.NewReader(head), r, strings.NewReader(tail)),
		length:      int64(len(head)) + size + int64(len(tail)),
		repeatable:  true,
	})
	if err != nil {
		return "", err
	}
	id := answer.str("id")
	if id == "" {
		return "", &TransportError{Left: true, Repeatable: true, HTTPStatus: http.StatusOK, Err: errors.New("answer names no file")}
	}
	return id, nil
}

// writeUploadHead writes the part of the form before the file's bytes.
func writeUploadHead(form *multipart.Writer, name, mimeType string) error {
	for _, field := range [][2]string{{"messaging_product", "whatsapp"}, {"type", mimeType}} {
		if err := form.WriteField(field[0], field[1]); err != nil {
			return errors.Wrap(err, "write form")
		}
	}
	if strings.ContainsFunc(mimeType, func(r rune) bool { return r < ' ' || r > '~' }) {
		return errors.New("file type cannot be sent")
	}
	header := textproto.MIMEHeader{}
	header.Set("Content-Disposition", fmt.Sprintf(`form-data; name="file"; filename="%s"`, fileName(name)))
	header.Set("Content-Type", mimeType)
	_, err := form.CreatePart(header)
	return errors.Wrap(err, "write form")
}

// fileName makes a name safe to stand in a quoted header value.
func fileName(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case r < ' ' || r == 0x7f:
			return -1
		case r == '"' || r == '\\' || r == '/':
			return '_'
		}
		return r
	}, name)
	return firstOf(name, "file")
}

// Media asks Meta for a new address of a file. An id from a webhook is valid for 7 days.
func (c *Client) Media(ctx context.Context, cred Credentials, id string) (MediaInfo, error) {
	if id == "" {
		return MediaInfo{}, &RequestError{Err: errors.New("no media id")}
	}
	query := url.Values{}
	if cred.PhoneNumberID != "" {
		query.Set("phone_number_id", cred.PhoneNumberID)
	}
	answer, err := c.do(ctx, cred, get(c.endpoint(query, id)))
	if err != nil {
		return MediaInfo{}, err
	}
	return MediaInfo{
		ID: firstOf(answer.str("id"), id), URL: answer.str("url"), MimeType: answer.str("mime_type"),
		SHA256: answer.str("sha256"), FileSize: int64(answer.float("file_size")),
	}, nil
}

// maxDownload is more than Meta's largest file (100 MB), in bytes.
const maxDownload = 128 << 20

// ErrFileDiffers says that a download is complete but is not the file that was announced.
var ErrFileDiffers = errors.New("file differs from its hash")

// Download writes the file to w and compares its size and hash. After an error w may hold a part of the file, which is to
// be thrown away. The token is sent to Meta's hosts and that of BaseURL only, and redirects are not followed.
func (c *Client) Download(ctx context.Context, cred Credentials, info MediaInfo, w io.Writer) error {
	address, err := c.mediaAddress(info.URL)
	if err != nil {
		return &RequestError{Err: err}
	}
	call := get(address)
	response, err := c.open(ctx, cred, call)
	if err != nil {
		return err
	}
	defer closeBody(response)
	if response.StatusCode != http.StatusOK {
		body, _ := io.ReadAll(io.LimitReader(response.Body, maxAnswer)) // of an answer that was cut off the status has to do
		if refusal, ok := readAPIError(response.StatusCode, response.Header, body, c.now()); ok {
			return refusal
		}
		if err := c.checkStatus(response, call); err != nil {
			return err
		}
		return &APIError{HTTPStatus: response.StatusCode}
	}
	limit := int64(maxDownload)
	if info.FileSize > 0 {
		limit = min(limit, info.FileSize)
	}
	sum := sha256.New()
	written, err := io.Copy(io.MultiWriter(w, sum), io.LimitReader(response.Body, limit+1))
	if err == nil {
		err = checkFile(info, written, limit, sum.Sum(nil))
	}
	if err != nil {
		return &TransportError{Left: true, Repeatable: true, HTTPStatus: response.StatusCode, Err: withoutURL(err)}
	}
	return nil
}

func checkFile(info MediaInfo, written, limit int64, sum []byte) error {
	switch {
	case written > limit:
		return errors.New("file is larger than announced")
	case info.FileSize > 0 && written < info.FileSize:
		return errors.New("file is smaller than announced")
	case info.SHA256 == "", strings.EqualFold(info.SHA256, hex.EncodeToString(sum)),
		strings.TrimRight(info.SHA256, "=") == base64.RawStdEncoding.EncodeToString(sum):
		return nil
	}
	return ErrFileDiffers
}

// mediaAddress returns the address if the token may be sent to it.
func (c *Client) mediaAddress(address string) (string, error) {
	target, err := url.Parse(address)
	if err != nil || target.Host == "" || target.User != nil {
		return "", errors.New("media address cannot be used")
	}
	if base, err := url.Parse(c.base); err == nil && target.Scheme == base.Scheme && strings.EqualFold(target.Host, base.Host) {
		return target.String(), nil
	}
	host := strings.ToLower(target.Hostname())
	meta := host == "graph.facebook.com" || strings.HasSuffix(host, ".fbsbx.com") || strings.HasSuffix(host, ".fbcdn.net")
	if target.Scheme != "https" || !meta || (target.Port() != "" && target.Port() != "443") {
		return "", errors.New("media address is not one of Meta's")
	}
	return target.String(), nil
}

// MediaUnknown recognizes Meta's error for an id that it has no file for: it was deleted, is too old, or belongs to
// an account that the token cannot see.
func MediaUnknown(err error) bool {
	var refusal *APIError
	return errors.As(err, &refusal) && refusal.Code == 100 && refusal.Subcode == 33
}
