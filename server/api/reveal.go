package api

import (
	"net/http"

	"github.com/pkg/errors"
)

type revealedView struct {
	ID    string `json:"id"`
	Phone string `json:"phone"`
	CPF   string `json:"cpf"`
}

// revealContact shows an agent the number and the document of a customer of theirs; it is audited.
func (a *API) revealContact(r *http.Request) (reply, error) {
	id, err := pathID(r)
	if err != nil {
		return reply{}, err
	}
	revealed, err := a.Conversations.Reveal(r.Context(), userID(r), id)
	if err != nil {
		return reply{}, errors.Wrap(err, "reveal a contact")
	}
	return ok(revealedView{ID: revealed.ContactID, Phone: revealed.Phone, CPF: revealed.CPF})
}
