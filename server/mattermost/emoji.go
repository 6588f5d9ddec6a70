package mattermost

import (
	"strconv"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"
)

// Emoji returns the Unicode characters of one of Mattermost's built-in emoji, given
// its name. It returns false for an unknown name and for a custom emoji, which is a
// picture and has no characters.
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
