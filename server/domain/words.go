package domain

import (
	"encoding/json"
	"strings"

	"github.com/pkg/errors"
)

// The values in a Text are shown literally, in posts as well, because they may come from customers:
// a mention or a link in a string has no effect. A value that is meant to have an effect must be of
// one of the types below.

// Markdown is a value that is Markdown already and is not escaped again. Code that makes one must
// escape whatever people wrote in it.
type Markdown string

// Markdown returns the value as it goes into a post.
func (m Markdown) Markdown() string { return string(m) }

// Username is a Mattermost user's name without the "@"; "" = nobody. In a post it mentions the person.
type Username string

// String returns the name with an "@"; "" = nobody.
func (u Username) String() string {
	if u == "" {
		return ""
	}
	return "@" + string(u)
}

// Markdown returns a mention of the person. It drops characters that no user's name can have, so
// that nothing else gets into the post.
func (u Username) Markdown() string {
	return Username(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || strings.ContainsRune("._-", r) {
			return r
		}
		return -1
	}, string(u))).String()
}

// Link is the address of a page on this Mattermost server; "" = none.
type Link string

// Markdown returns the address as the target of a Markdown link, with the characters escaped that
// would end it.
func (l Link) Markdown() string {
	return strings.NewReplacer(" ", "%20", "(", "%28", ")", "%29", "<", "%3C", ">", "%3E", `\`, "%5C", "\n", "").Replace(string(l))
}

// The JSON keys that mark a stored value as a Username or as a Link.
const (
	usernameKey = "username"
	linkKey     = "link"
)

// MarshalJSON writes the name together with its type, which Text.Restored needs.
func (u Username) MarshalJSON() ([]byte, error) {
	data, err := json.Marshal(map[string]string{usernameKey: string(u)})
	return data, errors.Wrap(err, "could not write a user's name")
}

// MarshalJSON writes the address together with its type, which Text.Restored needs.
func (l Link) MarshalJSON() ([]byte, error) {
	data, err := json.Marshal(map[string]string{linkKey: string(l)})
	return data, errors.Wrap(err, "could not write a link")
}

// Restored returns a text that was read from JSON with the types that its values had before: JSON
// turns whole numbers into floats, and a Username or Link into an object. Numbers become int64.
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
