package mattermost

import (
	"strconv"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"
)

// Emoji gives the characters of one of Mattermost's own emoji by its name. A
// picture that people of this server added has none.
func (p *Port) Emoji(name string) (string, bool) {
	codes, ok := model.SystemEmojis[strings.ToLower(name)]
	if !ok {
		return "", false
	}
	var b strings.Builder
	for _, code := range strings.Split(codes, "-") {
		r, err := strconv.ParseUint(code, 16, 32)
		if err != nil {
			return "", false
		}
		b.WriteRune(rune(r))
	}
	return b.String(), true
}
