package api

import (
	"net/http"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func (a *API) addNote(r *http.Request, id string) (reply, error) {
	f, err := readForm(r, false)
	if err != nil {
		return reply{}, err
	}
	var text string
	f.multiline("text", &text, maxNote, true)
	if err := f.err(); err != nil {
		return reply{}, err
	}
	return conversationReply(a.Service.Note(r.Context(), userID(r), id, text))
}

// transferConversation takes either a user or a queue.
func (a *API) transferConversation(r *http.Request, id string) (reply, error) {
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
		return conversationReply(a.Service.TransferToUser(r.Context(), userID(r), id, toUser))
	}
	return conversationReply(a.Service.TransferToQueue(r.Context(), userID(r), id, toQueue))
}

// setOwner changes who is responsible for the conversation.
func (a *API) setOwner(r *http.Request, id string) (reply, error) {
	f, err := readForm(r, false)
	if err != nil {
		return reply{}, err
	}
	var owner string
	f.id("user_id", &owner, true)
	if err := f.err(); err != nil {
		return reply{}, err
	}
	return conversationReply(a.Service.SetOwner(r.Context(), userID(r), id, owner))
}

func (a *API) claimConversation(r *http.Request, id string) (reply, error) {
	return conversationReply(a.Service.Claim(r.Context(), userID(r), id))
}

func (a *API) reopenConversation(r *http.Request, id string) (reply, error) {
	return conversationReply(a.Service.Reopen(r.Context(), userID(r), id))
}
