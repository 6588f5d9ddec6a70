package api

import (
	"net/http"

	"github.com/gorilla/mux"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/markdown"
)

// buttonRoutes are what the buttons under posts call. drafts.go has those of drafts.
func (a *API) buttonRoutes(router *mux.Router) {
	a.handle(router, http.MethodPost, "/actions/claim", a.claimByButton)
	a.handle(router, http.MethodPost, "/actions/media", a.fetchMediaByButton)
}

// actionAnswer is what Mattermost takes from a button under a post.
type actionAnswer struct {
	EphemeralText    string `json:"ephemeral_text"`
	SkipSlackParsing bool   `json:"skip_slack_parsing"`
}

// ephemeral answers a button with a text in Markdown that only the person who clicked sees; "" = no text. Mattermost shows
// nothing of a button's status, so a refusal is sent this way too.
func ephemeral(text string) (reply, error) { return ok(actionAnswer{text, true}) }

// claimByButton claims the conversation that the button on a queue's card names, for the user of the session: the body,
// which names a user too, could be anybody's.
func (a *API) claimByButton(r *http.Request) (reply, error) {
	f, err := readForm(r, false)
	if err != nil {
		return reply{}, err
	}
	var id string
	if !f.has("context") {
		f.fault("context", required())
	} else if button := f.object("context", nil); button != nil {
		button.id("conversation_id", &id, true)
	}
	if err := f.err(); err != nil {
		return reply{}, err
	}
	if _, err := a.Service.Claim(r.Context(), userID(r), id); err != nil {
		return a.buttonRefused(r, err, domain.T("api.code_not_found"), "claim a conversation")
	}
	return ephemeral("")
}

// buttonRefused tells the person who clicked why nothing was done. Mattermost shows the answer as a post, so that the text is
// Markdown in which no value acts. missing is the text where what the button is about is not there. An error that is no
// refusal is returned.
func (a *API) buttonRefused(r *http.Request, err error, missing domain.Text, doing string) (reply, error) {
	refusal, refused := domain.AsRefusal(err)
	switch {
	case refused:
		return ephemeral(a.refusalText(r, refusal))
	case errors.Is(err, domain.ErrNotFound):
		return ephemeral(a.localizeMarkdown(r, missing))
	}
	return reply{}, errors.Wrap(err, doing)
}

// refusalText is why something was refused, in the user's language, for a post.
func (a *API) refusalText(r *http.Request, refusal *domain.Refusal) string {
	return a.localizeMarkdown(r, reasonOf(refusal))
}

// refusalInDialog is the same for a dialog.
func (a *API) refusalInDialog(r *http.Request, refusal *domain.Refusal) string {
	text := reasonOf(refusal)
	return a.Localize(r, domain.Text{Data: markdown.DefuseData(text.Data), Key: text.Key})
}

// reasonOf is the text of a field where a refusal has one, else its own.
func reasonOf(refusal *domain.Refusal) domain.Text {
	for _, text := range refusal.Fields {
		return text
	}
	return textOf(refusal)
}

// maxWAMID is how long Meta's id of a message may be, in characters.
const maxWAMID = 512

// fetchMediaByButton fetches a customer's file once more, for everybody who may act in the conversation.
func (a *API) fetchMediaByButton(r *http.Request) (reply, error) {
	f, err := readForm(r, false)
	if err != nil {
		return reply{}, err
	}
	var wamid string
	if !f.has("context") {
		f.fault("context", required())
	} else if button := f.object("context", nil); button != nil {
		button.line("wamid", &wamid, maxWAMID, true)
	}
	if err := f.err(); err != nil {
		return reply{}, err
	}
	id, err := a.Store.MediaConversation(r.Context(), wamid)
	if err == nil {
		err = a.Service.MayAct(r.Context(), userID(r), id)
	}
	if err == nil {
		err = a.Store.TryMediaAgain(r.Context(), wamid)
		a.WakeMedia()
	}
	if err != nil {
		return a.buttonRefused(r, err, domain.T("api.code_not_found"), "fetch a file again")
	}
	return ephemeral(a.localizeMarkdown(r, domain.T("media.trying")))
}
