package cloudapi

import (
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// Look is one look at an account at Meta.
type Look struct {
	domain.Health
	Verdict whatsapp.Verdict // Accepted where the token was good
}
