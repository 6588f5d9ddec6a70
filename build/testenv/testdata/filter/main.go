// Command filter is a plugin other than ours. It refuses every post that contains a certain word.
package main

import (
	"strings"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
)

// word is the word that it refuses.
const word = "palavraproibida"

type filter struct {
	plugin.MattermostPlugin
}

func main() { plugin.ClientMain(&filter{}) }

// MessageWillBePosted refuses posts that contain the word.
func (f *filter) MessageWillBePosted(_ *plugin.Context, post *model.Post) (*model.Post, string) {
	return nil, refusal(post)
}

// MessageWillBeUpdated refuses edits that contain the word.
func (f *filter) MessageWillBeUpdated(_ *plugin.Context, post, _ *model.Post) (*model.Post, string) {
	if why := refusal(post); why != "" {
		return nil, why
	}
	return post, ""
}

func refusal(post *model.Post) string {
	if strings.Contains(post.Message, word) {
		return "the word is not allowed: " + post.Message
	}
	return ""
}
