package store

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// saysSomething reports whether a key of a template's components holds something that
// the customer sees or gets. The keys are listed one by one: Meta's examples must not
// count, because the addresses of their files change with each reading, and a key that
// a later version reads must not make the same wording look like another one.
func saysSomething(key string) bool {
	switch key {
	case "type", "format", "text", "url", "phone_number", "buttons", "cards", "components":
		return true
	}
	return false
}

// wordingHash is a hash of what a template says: two templates with the same hash say the same.
func wordingHash(t *domain.Template) string {
	var definition struct {
		Components any `json:"components"`
	}
	_ = json.Unmarshal(t.Definition, &definition) // where it cannot be read, the text alone counts
	content, err := json.Marshal([]any{t.Text, wordingOnly(definition.Components)})
	if err != nil {
		return "" // cannot happen: what came out of JSON goes into JSON
	}
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// wordingOnly removes from a JSON value all that the customer neither sees nor gets.
// Meta writes its constants in upper or lower case; they become upper case.
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
