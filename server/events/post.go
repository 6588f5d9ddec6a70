package events

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// The headers of a delivery.
const (
	headerEvent     = "X-Waa-Event"
	headerDelivery  = "X-Waa-Delivery"
	headerTimestamp = "X-Waa-Timestamp"
	headerSignature = "X-Waa-Signature"
)

const (
	// postTimeout bounds a whole request, the answer included.
	postTimeout = 10 * time.Second
	// maxAnswer is how much of an answer is read, in bytes: the rest says nothing to us.
	maxAnswer  = 4 << 10
	maxHeaders = 64 << 10
)

// Poster sends one request to a receiver. It follows no redirect and uses no proxy, because both would lead elsewhere than
// the guard sees.
type Poster struct {
	https, http *http.Client
	now         func() time.Time
}

// NewPoster makes a poster behind a guard. roots are the certificates that it trusts; nil = the system's.
func NewPoster(guard *Guard, roots *x509.CertPool) *Poster {
	client := func(plain bool) *http.Client {
		return clientOver(&http.Transport{
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				return guard.Dial(ctx, network, address, plain)
			},
			TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}, TLSHandshakeTimeout: dialTimeout, ForceAttemptHTTP2: true,
			MaxResponseHeaderBytes: maxHeaders, MaxIdleConnsPerHost: requestsAtOnce, IdleConnTimeout: time.Minute, DisableCompression: true,
		})
	}
	return &Poster{https: client(false), http: client(true), now: time.Now}
}

// NewPosterOver makes a poster whose requests something else carries, which no guard looks at.
func NewPosterOver(carrier http.RoundTripper) *Poster {
	client := clientOver(carrier)
	return &Poster{https: client, http: client, now: time.Now}
}

func clientOver(carrier http.RoundTripper) *http.Client {
	return &http.Client{Timeout: postTimeout, Transport: carrier, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// Post sends a delivery and returns what came of it.
func (p *Poster) Post(ctx context.Context, d *domain.EventToDeliver, body []byte) domain.DeliveryResult {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, d.Subscription.URL, bytes.NewReader(body))
	if err != nil {
		return domain.DeliveryResult{Error: domain.DeliveryUnreachable}
	}
	timestamp := strconv.FormatInt(p.now().Unix(), 10)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "whatsapp-ativo")
	request.Header.Set(headerEvent, d.Event.Type)
	request.Header.Set(headerDelivery, d.Delivery.ID)
	request.Header.Set(headerTimestamp, timestamp)
	if signature := sign(timestamp, body, d.Subscription.Secret, d.Subscription.OldSecret); signature != "" {
		request.Header.Set(headerSignature, signature)
	}
	client := p.https
	if request.URL.Scheme == "http" {
		client = p.http
	}
	response, err := client.Do(request)
	if err != nil {
		return domain.DeliveryResult{Error: failure(err)}
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	result := domain.DeliveryResult{StatusCode: response.StatusCode, Answer: strings.ToValidUTF8(string(answer), "�")}
	switch {
	case response.StatusCode >= 200 && response.StatusCode < 300 && err != nil:
		result.Error = failure(err)
	case response.StatusCode >= 200 && response.StatusCode < 300:
	case response.StatusCode >= 300 && response.StatusCode < 400:
		result.Error = domain.DeliveryRedirect
	case response.StatusCode == http.StatusGone:
		result.Error = domain.DeliveryGone
	default:
		result.Error = domain.DeliveryStatus
	}
	return result
}

// sign returns the signatures of a body with those of the secrets that are not "", the current one first.
func sign(timestamp string, body []byte, secrets ...string) string {
	var signatures []string
	for _, secret := range secrets {
		if secret == "" {
			continue
		}
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(timestamp + "."))
		mac.Write(body)
		signatures = append(signatures, "sha256="+hex.EncodeToString(mac.Sum(nil)))
	}
	return strings.Join(signatures, ",")
}

// failure is the word for an error of the network. The error itself is kept nowhere: it names the address, which may hold a secret.
func failure(err error) string {
	var network net.Error
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	switch {
	case errors.Is(err, ErrNotPublic):
		return domain.DeliveryNotPublic
	case errors.As(err, &certificate), errors.As(err, &record):
		return domain.DeliveryTLS
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return domain.DeliveryTimeout
	default:
		return domain.DeliveryUnreachable
	}
}
