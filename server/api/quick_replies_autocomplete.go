package api

import (
	"net/http"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"
)

// maxSuggestions is how many quick replies are offered at once.
const maxSuggestions = 100

// maxBeginning is how much of a text is shown beside a suggestion, in characters.
const maxBeginning = 80

// completeQuickReply lists for Mattermost what can follow /r in a channel. It asks for everything that was typed, and shows
// those of the items that begin with the last word.
func (a *API) completeQuickReply(r *http.Request) (reply, error) {
	q := readQuery(r)
	channelID := q.id("channel_id")
	typed, _ := strings.CutPrefix(q.values.Get("user_input"), q.values.Get("parsed"))
	if err := q.err(); err != nil {
		return reply{}, err
	}
	items := []model.AutocompleteListItem{}
	replies, err := a.Service.SuggestQuickReplies(r.Context(), userID(r), channelID, strings.ToLower(strings.TrimSpace(typed)), maxSuggestions)
	if err != nil {
		return reply{}, errors.Wrap(err, "look for quick replies")
	}
	for _, kept := range replies {
		beginning := strings.Join(strings.Fields(kept.Text), " ")
		if runes := []rune(beginning); len(runes) > maxBeginning {
			beginning = string(runes[:maxBeginning-1]) + "…"
		}
		items = append(items, model.AutocompleteListItem{Item: kept.Shortcut, Hint: kept.Title, HelpText: beginning})
	}
	return ok(items)
}
