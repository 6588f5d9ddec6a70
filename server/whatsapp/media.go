package whatsapp

import (
	"bytes"
	"context"
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
	// SHA256 of the file: hexadecimal from Media, base64 in webhooks; Download takes both. "" means unknown.
	SHA256 string
	// FileSize in bytes, 0 means unknown.
	FileSize int64
}

// UploadMedia streams a file of size bytes to Meta and answers with its id, which is valid for 30 days. The extension
// of name counts: a voice note must end in .ogg.
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
	answer, err := c.do(ctx, cred, call{
		method:      http.MethodPost,
		url:         c.endpoint(nil, cred.PhoneNumberID, "media"),
		contentType: form.FormDataContentType(),
		body:        io.MultiReader(strings.NewReader(head), r, strings.NewReader(tail)),
		length:      int64(len(head)) + size + int64(len(tail)),
		harmless:    true,
	})
	if err != nil {
		return "", err
	}
	id := answer.str("id")
	if id == "" {
		return "", &TransportError{Left: true, Harmless: true, HTTPStatus: http.StatusOK, Err: errors.New("answer names no file")}
	}
	return id, nil
}

// writeUploadHead writes all of the form that comes before the file's bytes.
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

// fileName makes a name safe inside a quoted header value.
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

// Media asks for a fresh address of a file. Ids from webhooks live 7 days.
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
