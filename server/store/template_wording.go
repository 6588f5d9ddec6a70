package store

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// said are the keys of a template's components that hold what the customer
// sees or gets. They are named, so that neither Meta's examples (the addresses
// of their files change with each reading) nor what we learn to read later
// makes the same wording another one.
func saysSomething(key string) bool {
	switch key {
	case "type", "format", "text", "url", "phone_number", "buttons", "cards", "components":
		return true
	}
	return false
}

// wordingOf is a mark of what a template says: two with the same mark say the same.
func wordingHash(t *domain.Template) string {
	var definition struct {
		Components any `json:"components"`
	}
	_ = json.Unmarshal(t.Definition, &definition) // what cannot be read is told by the text alone
	content, err := json.Marshal([]any{t.Text, wordingOnly(definition.Components)})
	if err != nil {
		return "" // not known; what came out of JSON always goes into it
	}
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// words leaves of a JSON value what is said. Meta's constants come in either case.
func wordingOnly(value any) any {
	switch value := value.(type) {
	case []any:
		kept := make([]any, len(value))
		for i := range value {
			kept[i] = wordingOnly(value[i])
		}
		return kept
	case map[string]any:
		kept := map[string]any{}
		for key, inner := range value {
			text, isText := inner.(string)
			switch {
			case !saysSomething(key):
			case isText && (key == "type" || key == "format"):
				kept[key] = strings.ToUpper(text)
			default:
				kept[key] = wordingOnly(inner)
			}
		}
		return kept
	default:
		return value
	}
}
