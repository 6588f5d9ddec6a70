package domain

import (
	"encoding/json"
	"strings"

	"github.com/pkg/errors"
)

// A text's values are shown as they are, in a post too: nothing in them acts,
// whoever wrote them. A value that is to act says so by its type.

// Markdown is a value that is Markdown already: the code that makes one must have escaped what people wrote.
type Markdown string

// Markdown is the value as a post takes it.
func (m Markdown) Markdown() string { return string(m) }

// Username is the name behind an @; "" = nobody. In a post it calls the person.
type Username string

// String is the name as people write it.
func (u Username) String() string {
	if u == "" {
		return ""
	}
	return "@" + string(u)
}

// Markdown calls the person: a user's name has no other characters than these.
func (u Username) Markdown() string {
	return Username(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || strings.ContainsRune("._-", r) {
			return r
		}
		return -1
	}, string(u))).String()
}

// Link is an address of the Mattermost server's own; "" = none.
type Link string

// Markdown is the address as the target of a link.
func (l Link) Markdown() string {
	return strings.NewReplacer(" ", "%20", "(", "%28", ")", "%29", "<", "%3C", ">", "%3E", `\`, "%5C", "\n", "").Replace(string(l))
}

// Of a Username and a Link that are stored.
const (
	usernameKey = "username"
	linkKey     = "link"
)

// MarshalJSON stores the name together with its type; see Text.Restored.
func (u Username) MarshalJSON() ([]byte, error) {
	data, err := json.Marshal(map[string]string{usernameKey: string(u)})
	return data, errors.Wrap(err, "could not write a user's name")
}

// MarshalJSON stores the address together with its type; see Text.Restored.
func (l Link) MarshalJSON() ([]byte, error) {
	data, err := json.Marshal(map[string]string{linkKey: string(l)})
	return data, errors.Wrap(err, "could not write a link")
}

// Restored is a text that was stored as JSON with what its values were: whole numbers, names and links.
func (t Text) Restored() Text {
	data := make(map[string]any, len(t.Data)+1)
	for name, value := range t.Data {
		switch v := value.(type) {
		case float64:
			value = int64(v)
		case map[string]any:
			if username, ok := v[usernameKey].(string); ok && len(v) == 1 {
				value = Username(username)
			} else if link, ok := v[linkKey].(string); ok && len(v) == 1 {
				value = Link(link)
			}
		}
		data[name] = value
	}
	return Text{Key: t.Key, Data: data}
}
