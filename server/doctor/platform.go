package doctor

import (
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// versionWarning is how long before the end of a Graph version there is a warning.
const versionWarning = 180 * 24 * time.Hour

// graphVersion looks whether Meta answers with the version that is set, and for how long it will. Meta answers a call
// of an expired version with a newer one, and says nothing.
func (d *Doctor) graphVersion() domain.Finding {
	set, answered := d.GraphVersion()
	ends := whatsapp.VersionEnds(set)
	left := ends - d.Clock.Now()
	f := domain.Finding{Check: "graph_version", Text: domain.T("doctor.graph_version", "Version", set)}
	switch {
	case answered != "" && answered != set:
		f.Text = domain.T("doctor.graph_version_other", "Version", set, "Answered", answered)
	case ends != 0 && left <= 0:
		f.Text = domain.T("doctor.graph_version_over", "Version", set)
	case ends != 0 && left < versionWarning.Milliseconds():
		f.Text = domain.T("doctor.graph_version_ends", "Version", set, "Days", int(left/(24*time.Hour).Milliseconds()))
	default:
		f.OK = true
		return f
	}
	f.Fix = domain.T("doctor.graph_version_fix")
	return f
}

// edition looks whether the server hides old messages, and with them the history of conversations.
func (d *Doctor) edition() domain.Finding {
	limit := d.MessageLimit()
	if limit == 0 {
		return domain.Finding{Check: "edition", OK: true, Text: domain.T("doctor.edition")}
	}
	return domain.Finding{Check: "edition", Text: domain.T("doctor.edition_limited", "Limit", limit), Fix: domain.T("doctor.edition_fix")}
}

// reviewPatience is how long Meta may take to review a template: it says a day.
const reviewPatience = 14 * 24 * time.Hour

// reviews looks for templates that wait for Meta's decision for weeks.
func (d *Doctor) reviews(a *domain.Account, templates []*domain.Template) []domain.Finding {
	count, name := 0, ""
	for _, t := range templates {
		waits := t.GoneAt == 0 && (t.Status == "PENDING" || t.Status == "IN_APPEAL")
		if waits && d.Clock.Now()-t.UpdatedAt > reviewPatience.Milliseconds() {
			count, name = count+1, t.Name
		}
	}
	if count == 0 {
		return nil
	}
	return []domain.Finding{{
		Check: "template_review", Text: domain.T("doctor.review", "Account", a.Name, "Count", count, "Template", name), Fix: domain.T("doctor.review_fix"),
	}}
}
