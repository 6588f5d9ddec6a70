package api

import (
	"net/http"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// askCustomer posts buttons, a list, a link or a request in the user's name and answers with the message.
func (a *API) askCustomer(r *http.Request, id string) (reply, error) {
	f, err := readForm(r, false)
	if err != nil {
		return reply{}, err
	}
	var q whatsapp.Question
	f.text("type", &q.Type)
	f.multiline("body", &q.Body, maxNote, true)
	f.text("header", &q.Header)
	f.text("footer", &q.Footer)
	f.read("buttons", &q.Buttons)
	f.text("button", &q.Button)
	f.read("sections", &q.Sections)
	f.text("url", &q.URL)
	_, wrong := q.Build() // all that is wrong with the request at once
	for field, text := range wrong {
		f.fault(field, text)
	}
	view, err := a.Service.View(r.Context(), userID(r), id)
	if err == nil {
		err = f.err()
	}
	if err == nil && view.ChannelID == "" {
		err = domain.Refuse(domain.CodeWindowClosed, domain.T("post.waiting"))
	}
	if err != nil {
		return reply{}, errors.Wrap(err, "read a question")
	}
	message, err := a.Ask(r.Context(), userID(r), view.ChannelID, q)
	if err != nil {
		return reply{}, errors.Wrap(err, "ask a customer")
	}
	return reply{http.StatusCreated, a.viewMessage(a.language(r), message)}, nil
}
