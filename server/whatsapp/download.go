package whatsapp

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/pkg/errors"
)

// maxDownload is more than Meta's largest file (100 MB), in bytes.
const maxDownload = 128 << 20

// ErrFileDiffers says that a download came whole, and is not the file that was announced.
var ErrFileDiffers = errors.New("file differs from its hash")

// Download writes the file to w and compares its size and hash. On an error w may hold a part of it: throw it away. The
// token goes to Meta's hosts and to that of BaseURL only, redirects are not followed. MediaGone says that the address
// is no longer valid.
func (c *Client) Download(ctx context.Context, cred Credentials, info MediaInfo, w io.Writer) error {
	address, err := c.mediaAddress(info.URL)
	if err != nil {
		return &RequestError{Err: err}
	}
	k := get(address)
	response, err := c.open(ctx, cred, k)
	if err != nil {
		return err
	}
	defer closeBody(response)
	if response.StatusCode != http.StatusOK {
		body, _ := io.ReadAll(io.LimitReader(response.Body, maxAnswer)) // a cut answer is judged by its status
		if refusal, ok := readAPIError(response.StatusCode, response.Header, body, c.now()); ok {
			return refusal
		}
		if err := c.judge(response, k); err != nil {
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
		return &TransportError{Left: true, Harmless: true, HTTPStatus: response.StatusCode, Err: bare(err)}
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

// mediaAddress checks that the token may go to an address.
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

// MediaGone says that a media address or id is no longer valid: ask Media for a new address, once.
func MediaGone(err error) bool {
	var refusal *APIError
	if !errors.As(err, &refusal) {
		return false
	}
	return refusal.HTTPStatus == http.StatusNotFound || refusal.HTTPStatus == http.StatusGone
}

// MediaUnknown says that Meta knows no file with the id: it was deleted, is too old, or the token may not see it.
func MediaUnknown(err error) bool {
	var refusal *APIError
	return errors.As(err, &refusal) && refusal.Code == 100 && refusal.Subcode == 33
}
