package doctor

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// receivers looks for other software that takes no events any more. A receiver is named by its host alone: the rest of its address may
// hold a secret.
func (d *Doctor) receivers(ctx context.Context) ([]domain.Finding, error) {
	subs, _, err := d.Store.EventSubscriptions(ctx, 0, domain.MaxEventSubscriptions)
	if err != nil {
		return nil, err
	}
	var hosts []string
	backlog, since := 0, int64(0)
	for _, s := range subs {
		if s.FailingSince == 0 {
			continue
		}
		if target, err := url.Parse(s.URL); err == nil && !slices.Contains(hosts, target.Host) {
			hosts = append(hosts, target.Host)
		}
		backlog += s.Backlog
		if since == 0 || s.FailingSince < since {
			since = s.FailingSince
		}
	}
	finding := domain.Finding{Check: "event_subscription", OK: since == 0, Text: domain.T("doctor.receivers", "Count", len(subs))}
	if !finding.OK {
		finding.Text = domain.T("doctor.receivers_failing", "Hosts", strings.Join(hosts, ", "), "At", since, "Backlog", backlog)
		finding.Fix = domain.T("doctor.receivers_fix")
	}
	return []domain.Finding{finding}, nil
}
