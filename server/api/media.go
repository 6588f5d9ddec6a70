package api

import (
	"context"
	"net/http"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// MediaStore keeps customers' files that are still to be fetched.
type MediaStore interface {
	// MediaConversation is the conversation of the message with a file; domain.ErrNotFound.
	MediaConversation(ctx context.Context, wamid string) (id string, err error)
	// TryMediaAgain fetches a file now that did not come yet, or was given up.
	TryMediaAgain(ctx context.Context, wamid string) error
}

// maxWAMID is how long Meta's id of a message may be, in characters.
const maxWAMID = 512

// fetchByButton fetches a file again that did not come, for anybody who may act
// in the conversation.
func (a *API) fetchByButton(r *http.Request) (reply, error) {
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
	id, err := a.Media.MediaConversation(r.Context(), wamid)
	if err == nil {
		err = a.Conversations.MayAct(r.Context(), userID(r), id)
	}
	if err == nil {
		err = a.Media.TryMediaAgain(r.Context(), wamid)
	}
	refusal, refused := domain.AsRefusal(err)
	switch {
	case refused:
		return told(a.refused(r, refusal).Message)
	case errors.Is(err, domain.ErrNotFound):
		return told(a.sayInPost(r, domain.T("api.code_not_found")))
	case err != nil:
		return reply{}, errors.Wrap(err, "fetch a file again")
	}
	return told(a.sayInPost(r, domain.T("media.trying")))
}
