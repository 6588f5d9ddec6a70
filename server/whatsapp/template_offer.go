package whatsapp

import (
	"slices"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// Unusable returns why no agent can use a template, as it is stored: what Meta and administrators say of it, and whether
// this product can fill it in. The text has no key if the agents of its queues can use it.
func Unusable(t *domain.Template) domain.Text {
	if why := t.Unusable(); why.Key != "" {
		return why
	}
	if template, err := ReadTemplate(t.Definition); err != nil || template.Sendable() != nil {
		return domain.T("admin.template_is_unsendable")
	}
	return domain.Text{}
}

// Offer reports whether a queue is allowed to use a template, and if so, why its agents cannot send it now; see Unusable.
func Offer(t *domain.Template, queueID string) (allowed bool, why domain.Text) {
	if !slices.Contains(t.QueueIDs, queueID) {
		return false, domain.Text{}
	}
	return true, Unusable(t)
}
