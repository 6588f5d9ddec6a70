package doctor

import (
	"encoding/json"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// supportFinding is one line of the support packet.
type supportFinding struct {
	Check     string `json:"check"`
	AccountID string `json:"account_id,omitempty"`
	OK        bool   `json:"ok"`
	Text      string `json:"text"`
}

// SupportFile is what was found, as JSON for the server's support packet. It is in
// English, because it is sent to others, and has neither a token nor anything of a
// customer's in it.
func SupportFile(findings []domain.Finding, text func(lang, key string, data map[string]any) string) ([]byte, error) {
	lines := make([]supportFinding, len(findings))
	for i, f := range findings {
		lines[i] = supportFinding{Check: f.Check, AccountID: f.AccountID, OK: f.OK, Text: text("en", f.Text.Key, f.Text.Data)}
	}
	body, err := json.MarshalIndent(map[string]any{"findings": lines}, "", "  ")
	return body, errors.Wrap(err, "could not write the support data")
}
