package cloudapi

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/config"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// Client calls Meta's Cloud API with the settings that are in force at the time of
// each call. It is safe for concurrent use once Use was called.
type Client struct {
	// Transport carries the requests; nil means one of the client's own. It must be set before Use is called.
	Transport http.RoundTripper

	client atomic.Pointer[whatsapp.Client]
	// set and answered are the Graph version of the settings, and the one that Meta's last response names.
	set, answered atomic.Pointer[string]
	skew          atomic.Int64 // our clock minus Meta's at Meta's last response, milliseconds
}

// Use puts new settings into force, from the next call on.
func (m *Client) Use(settings config.Settings) {
	if version := m.set.Swap(&settings.GraphVersion); version == nil || *version != settings.GraphVersion {
		m.answered.Store(nil)
	}
	m.client.Store(whatsapp.NewClient(whatsapp.Options{
		BaseURL: settings.GraphBaseURL, Version: settings.GraphVersion, HTTP: &http.Client{Transport: m.Transport}, Observe: m.observe,
	}))
}

// observe compares our clock with Meta's. Meta reports whole seconds only, so half a
// second is added to its time as the better guess.
func (m *Client) observe(info whatsapp.ResponseInfo) {
	if info.Version != "" {
		m.answered.Store(&info.Version)
	}
	if !info.Date.IsZero() {
		m.skew.Store((time.Since(info.Date) - 500*time.Millisecond).Milliseconds())
	}
}

// GraphVersion returns the version of the Graph API that is set, and the one that Meta's last response
// names; "" = there was none.
func (m *Client) GraphVersion() (set, answered string) {
	if version := m.set.Load(); version != nil {
		set = *version
	}
	if version := m.answered.Load(); version != nil {
		answered = *version
	}
	return set, answered
}

// Look asks Meta about an account's number on behalf of the health check. If token is
// true, it also asks about the access token's rights and the webhooks. An error is not
// returned but is part of the result, as its verdict.
func (m *Client) Look(ctx context.Context, account *domain.Account, token bool) Look {
	client, cred := m.client.Load(), credentials(account)
	number, err := client.PhoneNumber(ctx, cred)
	look := Look{Verdict: whatsapp.Classify(err), Health: domain.Health{ClockSkew: m.skew.Load()}}
	if err != nil {
		return look
	}
	h := &look.Health
	h.QualityRating, h.MessagingLimit, h.NumberStatus = number.QualityRating, number.MessagingLimit, number.Status
	if token {
		h.Subscribed, h.Scopes, h.TokenExpiresAt = m.token(ctx, cred)
	}
	return look
}

// token asks about the webhook subscription and the access token's rights. Whatever
// Meta does not tell stays empty. expiresAt is in milliseconds since the Unix epoch; 0
// means never, or not known.
func (m *Client) token(ctx context.Context, cred whatsapp.Credentials) (subscribed bool, scopes []string, expiresAt int64) {
	client := m.client.Load()
	if apps, err := client.SubscribedApps(ctx, cred); err == nil {
		subscribed = len(apps) > 0
	}
	if info, err := client.DebugToken(ctx, cred); err == nil {
		scopes, expiresAt = info.Scopes, info.ExpiresAt
	}
	return subscribed, scopes, expiresAt
}

// Send sends one message in the name of the account, and returns how Meta identifies
// it.
func (m *Client) Send(ctx context.Context, account *domain.Account, out whatsapp.Outgoing) (whatsapp.Sent, error) {
	return m.client.Load().Send(ctx, credentials(account), out)
}

// Upload uploads size bytes of r to Meta and returns the media id.
func (m *Client) Upload(ctx context.Context, account *domain.Account, name, mimeType string, size int64, r io.Reader) (string, error) {
	return m.client.Load().UploadMedia(ctx, credentials(account), name, mimeType, size, r)
}

// UploadSample uploads a file as the sample of a template's header, and returns its handle. Its errors are refusals that
// can be shown to an administrator.
func (m *Client) UploadSample(ctx context.Context, account *domain.Account, name, mimeType string, size int64, r io.Reader) (string, error) {
	handle, err := m.client.Load().UploadSample(ctx, credentials(account), name, mimeType, size, r)
	if err != nil {
		return "", submitRefusal(err)
	}
	return handle, nil
}

// Media asks Meta for the metadata of a file, including where to download it.
func (m *Client) Media(ctx context.Context, account *domain.Account, id string) (whatsapp.MediaInfo, error) {
	return m.client.Load().Media(ctx, credentials(account), id)
}

// Download fetches a file from Meta and writes it to w as it arrives.
func (m *Client) Download(ctx context.Context, account *domain.Account, info whatsapp.MediaInfo, w io.Writer) error {
	return m.client.Load().Download(ctx, credentials(account), info, w)
}

// MarkRead shows the customer the blue ticks on a message. If typing is true, it also
// shows that somebody is writing.
func (m *Client) MarkRead(ctx context.Context, account *domain.Account, wamid string, typing bool) error {
	return m.client.Load().MarkRead(ctx, credentials(account), wamid, typing)
}

// Probe asks Meta about an account's number, token and webhooks; see api.Deps. Its
// errors are refusals that can be shown to an administrator.
func (m *Client) Probe(ctx context.Context, account *domain.Account) (domain.Probe, error) {
	client, cred := m.client.Load(), credentials(account)
	number, err := client.PhoneNumber(ctx, cred)
	if err != nil {
		return domain.Probe{}, refusalOf(err)
	}
	probe := domain.Probe{DisplayPhone: number.DisplayPhone, VerifiedName: number.VerifiedName, Problems: number.Problems, ProblemCodes: number.ProblemCodes}
	probe.AccountID, probe.OK, probe.ClockSkew = account.ID, true, m.skew.Load()
	probe.QualityRating, probe.MessagingLimit, probe.NumberStatus = number.QualityRating, number.MessagingLimit, number.Status
	probe.Subscribed, probe.Scopes, probe.TokenExpiresAt = m.token(ctx, cred)
	return probe, nil
}

// FetchTemplates returns all templates of an account; see api.Deps. Its errors are
// refusals that can be shown to an administrator.
func (m *Client) FetchTemplates(ctx context.Context, account *domain.Account) ([]domain.Template, error) {
	var fetched []domain.Template
	err := m.client.Load().Templates(ctx, credentials(account), func(t whatsapp.Template) error {
		one, err := templateOf(account, t)
		if err != nil {
			return err
		}
		fetched = append(fetched, one)
		return nil
	})
	if err != nil {
		return nil, refusalOf(err)
	}
	return fetched, nil
}

// cleanReason replaces NONE, by which Meta says that there is no reason, with "".
func cleanReason(reason string) string {
	if strings.EqualFold(reason, "NONE") {
		return ""
	}
	return reason
}

func credentials(account *domain.Account) whatsapp.Credentials {
	return whatsapp.Credentials{PhoneNumberID: account.PhoneNumberID, WABAID: account.WABAID, Token: account.AccessToken}
}

// refusalOf converts an error of the client into a refusal with a text for
// administrators.
func refusalOf(err error) error {
	v := whatsapp.Classify(err)
	if v.Outcome != whatsapp.Refused {
		return domain.Refuse(domain.CodeUnavailable, domain.T("refusal.whatsapp_unavailable"))
	}
	return &domain.Refusal{Code: domain.CodeMetaRefused, MetaCode: v.Code, Text: domain.T("refusal.meta", "Words", v)}
}
