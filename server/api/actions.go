package api

import (
	"net/http"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func (a *API) addNote(r *http.Request) (reply, error) {
	id, err := pathID(r)
	if err != nil {
		return reply{}, err
	}
	f, err := readForm(r, false)
	if err != nil {
		return reply{}, err
	}
	var text string
	f.lines("text", &text, maxNote, true)
	if err := f.err(); err != nil {
		return reply{}, err
	}
	return shown(a.Conversations.Note(r.Context(), userID(r), id, text))
}

// transferConversation takes a user or a queue, exactly one of them.
func (a *API) transferConversation(r *http.Request) (reply, error) {
	id, err := pathID(r)
	if err != nil {
		return reply{}, err
	}
	f, err := readForm(r, false)
	if err != nil {
		return reply{}, err
	}
	var toUser, toQueue string
	f.id("user_id", &toUser, false)
	f.id("queue_id", &toQueue, false)
	if (toUser == "") == (toQueue == "") {
		f.fault("user_id", domain.T("api.field_one_of_two"))
		f.fault("queue_id", domain.T("api.field_one_of_two"))
	}
	if err := f.err(); err != nil {
		return reply{}, err
	}
	if toUser != "" {
		return shown(a.Conversations.TransferToUser(r.Context(), userID(r), id, toUser))
	}
	return shown(a.Conversations.TransferToQueue(r.Context(), userID(r), id, toQueue))
}

// setOwner changes who is responsible.
func (a *API) setOwner(r *http.Request) (reply, error) {
	id, err := pathID(r)
	if err != nil {
		return reply{}, err
	}
	f, err := readForm(r, false)
	if err != nil {
		return reply{}, err
	}
	var owner string
	f.id("user_id", &owner, true)
	if err := f.err(); err != nil {
		return reply{}, err
	}
	return shown(a.Conversations.SetOwner(r.Context(), userID(r), id, owner))
}

func (a *API) claimConversation(r *http.Request) (reply, error) {
	id, err := pathID(r)
	if err != nil {
		return reply{}, err
	}
	return shown(a.Conversations.Claim(r.Context(), userID(r), id))
}

func (a *API) closeConversation(r *http.Request) (reply, error) {
	id, err := pathID(r)
	if err != nil {
		return reply{}, err
	}
	f, err := readForm(r, true)
	if err != nil {
		return reply{}, err
	}
	var reason string
	f.lines("reason", &reason, maxReason, false)
	if err := f.err(); err != nil {
		return reply{}, err
	}
	return shown(a.Conversations.Close(r.Context(), userID(r), id, reason))
}

func (a *API) reopenConversation(r *http.Request) (reply, error) {
	id, err := pathID(r)
	if err != nil {
		return reply{}, err
	}
	return shown(a.Conversations.Reopen(r.Context(), userID(r), id))
}

// actionAnswer is what Mattermost takes from a button under a post.
type actionAnswer struct {
	EphemeralText    string `json:"ephemeral_text"`
	SkipSlackParsing bool   `json:"skip_slack_parsing"`
}

// told answers a button with a text, "" = none, that is Markdown as it is.
func told(text string) (reply, error) { return ok(actionAnswer{text, true}) }

// claimByButton claims the conversation named by the button of a queue's card.
// Mattermost shows no status of a button's, so that a refusal is told to the one who clicked.
// Who that is, the session says and not the body.
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
	_, err = a.Conversations.Claim(r.Context(), userID(r), id)
	refusal, refused := domain.AsRefusal(err)
	switch {
	case refused:
		return told(a.sayInPost(r, textOf(refusal)))
	case errors.Is(err, domain.ErrNotFound):
		return told(a.sayInPost(r, domain.T("api.code_not_found")))
	case err != nil:
		return reply{}, errors.Wrap(err, "claim a conversation")
	}
	return told("")
}
