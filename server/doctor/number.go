package doctor

import (
	"context"
	"strings"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

const (
	// maxSkew is how far the clocks may be apart: windows are counted by Meta's timestamps.
	maxSkew = 30 * time.Second
	// expiresSoon is when an expiring token is worth a word.
	expiresSoon = 7 * 24 * time.Hour
)

// number asks Meta about a number and its token now.
func (d *Doctor) number(ctx context.Context, a *domain.Account, known *domain.Health) []domain.Finding {
	if a.AccessToken == "" {
		return []domain.Finding{{Check: "token", Text: domain.T("doctor.token_unset", "Account", a.Name), Fix: domain.T("doctor.token_unset_fix")}}
	}
	ctx, cancel := context.WithTimeout(ctx, probePatience)
	defer cancel()
	h, err := d.Probe(ctx, a)
	if err != nil {
		finding := domain.Finding{Check: "token", Text: domain.T("doctor.token", "Account", a.Name), Fix: domain.T("doctor.token_fix")}
		if refusal, ok := domain.AsRefusal(err); ok {
			finding.Fix = refusal.Text
		}
		return append([]domain.Finding{finding}, blocked(a)...)
	}
	findings := []domain.Finding{{Check: "token", OK: true, Text: domain.T("doctor.token_ok", "Account", a.Name)}}
	findings = append(findings, blocked(a)...)
	findings = append(findings, d.token(a, &h.Health)...)
	findings = append(findings, quality(a, &h.Health, known), payment(a, &h))
	skew := domain.Finding{Check: "clock", OK: true, Text: domain.T("doctor.clock", "Seconds", h.ClockSkew/1000)}
	if away := time.Duration(h.ClockSkew) * time.Millisecond; away.Abs() > maxSkew {
		skew.OK, skew.Fix = false, domain.T("doctor.clock_fix")
	}
	return append(findings, skew)
}

// blocked tells of a number that does not send.
func blocked(a *domain.Account) []domain.Finding {
	if a.BlockedCode == 0 {
		return nil
	}
	return []domain.Finding{{
		Check: "blocked", Text: domain.T("doctor.blocked", "Account", a.Name, "At", a.BlockedAt, "Code", a.BlockedCode),
		Fix: domain.T("doctor.blocked_fix"),
	}}
}

// token looks at what the token may do and for how long, and at the subscription.
func (d *Doctor) token(a *domain.Account, h *domain.Health) []domain.Finding {
	var findings []domain.Finding
	scopes := domain.Finding{Check: "scopes", OK: true, Text: domain.T("doctor.scopes", "Account", a.Name, "Scopes", strings.Join(h.Scopes, ", "))}
	if missing := h.MissingScopes(); len(missing) > 0 {
		scopes.OK, scopes.Text = false, domain.T("doctor.scopes_missing", "Account", a.Name, "Missing", strings.Join(missing, ", "))
		scopes.Fix = domain.T("doctor.scopes_fix")
	}
	if len(h.Scopes) > 0 {
		findings = append(findings, scopes)
	}
	if h.TokenExpiresAt > 0 && h.TokenExpiresAt < d.Clock.Now()+expiresSoon.Milliseconds() {
		findings = append(findings, domain.Finding{
			Check: "token_expiry", Text: domain.T("doctor.token_expires", "Account", a.Name, "At", h.TokenExpiresAt), Fix: domain.T("doctor.token_expires_fix"),
		})
	}
	if h.Subscribed {
		return append(findings, domain.Finding{Check: "subscription", OK: true, Text: domain.T("doctor.subscribed", "Account", a.Name)})
	}
	return append(findings, domain.Finding{Check: "subscription", Text: domain.T("doctor.not_subscribed", "Account", a.Name), Fix: domain.T("doctor.not_subscribed_fix")})
}

// quality is Meta's view of the number, and what it restricts.
func quality(a *domain.Account, h, known *domain.Health) domain.Finding {
	restriction := ""
	if known != nil {
		restriction = known.Restriction
	}
	f := domain.Finding{Check: "quality", OK: true, Text: domain.T("doctor.quality", "Account", a.Name, "Quality", h.QualityRating, "Limit", h.MessagingLimit, "Status", h.NumberStatus)}
	switch {
	case restriction != "":
		f.OK, f.Text = false, domain.T("doctor.restricted", "Account", a.Name, "Restriction", restriction)
		f.Fix = domain.T("doctor.restricted_fix")
	case h.QualityRating == "RED":
		f.OK, f.Fix = false, domain.T("doctor.quality_fix")
	case h.NumberStatus != "" && h.NumberStatus != "CONNECTED":
		f.OK, f.Fix = false, domain.T("doctor.status_fix")
	}
	return f
}
