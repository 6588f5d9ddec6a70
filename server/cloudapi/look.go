package cloudapi

import (
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// Look is the result of one health check of an account at Meta.
type Look struct {
	domain.Health
	Verdict whatsapp.Verdict // Accepted if the token was valid
}
