package api

import (
	"context"
	"net/http"
	"time"

	"github.com/gorilla/mux"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func (a *API) contactRoutes(router *mux.Router) {
	router.HandleFunc("/contacts/{id}/export", a.exportContact).Methods(http.MethodGet)
	a.handle(router, http.MethodDelete, "/contacts/{id}", withID(a.eraseContact))
	a.handle(router, http.MethodPost, "/contacts/{id}/merge", withID(a.mergeContacts))
	a.handle(router, http.MethodGet, "/contacts/{id}/lookalikes", withID(a.listLookalikes))
}

// eraseTimeout is how long a request waits for Mattermost to forget an erased person.
const eraseTimeout = 20 * time.Second

// eraseContact removes a person from the database, and then from Mattermost as far as that goes at once.
func (a *API) eraseContact(r *http.Request, id string) (reply, error) {
	now := a.Clock.Now()
	if err := a.Store.EraseContact(r.Context(), id, userID(r), a.Mattermost.BotIDs(), now); err != nil {
		return reply{}, errors.Wrap(err, "erase the contact")
	}
	waiting, cancel := context.WithTimeout(r.Context(), eraseTimeout)
	defer cancel()
	if err := a.ErasePosts(waiting, id); err != nil && waiting.Err() == nil {
		return reply{}, errors.Wrap(err, "erase the contact's posts")
	}
	state, err := a.Store.Forgetting(r.Context(), id)
	if err != nil {
		return reply{}, errors.Wrap(err, "read what Mattermost still has of the contact")
	}
	view := erasedView{ID: id, ErasedAt: now, Pending: state.Pending, Stays: []string{}}
	for _, kind := range state.Stays {
		view.Stays = append(view.Stays, a.Text(a.language(r), "erased.stays_"+kind, nil))
	}
	return ok(view)
}

// erasedView is what became of an erasure. The rows are gone; channels may take longer: pending counts the conversations
// whose channel is still there, stays names what the settings of the server keep.
type erasedView struct {
	ID       string   `json:"id"`
	ErasedAt int64    `json:"erased_at"`
	Pending  int      `json:"pending"`
	Stays    []string `json:"stays"`
}

// maxLookalikes is how many contacts are shown that may be the same person as one.
const maxLookalikes = 20

// personView is a contact as system admins see it, with its document masked.
type personView struct {
	ID        string       `json:"id"`
	Name      string       `json:"name"`
	Phone     string       `json:"phone"`
	WAID      string       `json:"wa_id"`
	UserID    string       `json:"user_id"`
	Username  string       `json:"username"`
	CPFMasked string       `json:"cpf_masked"`
	CreatedAt millisOrNull `json:"created_at"`
	UpdatedAt millisOrNull `json:"updated_at"`
}

// mergeContacts makes the contact in the body part of the one in the path.
func (a *API) mergeContacts(r *http.Request, id string) (reply, error) {
	f, err := readForm(r, false)
	if err != nil {
		return reply{}, err
	}
	var other string
	f.id("contact_id", &other, true)
	if other == id {
		f.fault("contact_id", domain.T("api.field_same_contact"))
	}
	if err := f.err(); err != nil {
		return reply{}, err
	}
	c, err := a.Store.MergeContacts(r.Context(), id, other, userID(r), a.Clock.Now())
	a.WakeChannels()
	if errors.Is(err, domain.ErrConflict) {
		return reply{}, domain.Refuse(domain.CodeConversationExists, domain.T("api.merge_both_open"))
	} else if err != nil {
		return reply{}, errors.Wrap(err, "merge contacts")
	}
	return ok(viewPerson(c))
}

func viewPerson(c *domain.Contact) personView {
	return personView{
		ID: c.ID, Name: c.Name, Phone: c.Phone, WAID: c.WAID, UserID: c.UserID, Username: c.Username, CPFMasked: c.CPFMasked,
		CreatedAt: millisOrNull(c.CreatedAt), UpdatedAt: millisOrNull(c.UpdatedAt),
	}
}

type lookalikeView struct {
	personView
	Because []string `json:"because"`
}

// listLookalikes lists who may be the same person as a contact, on one page because they are few.
func (a *API) listLookalikes(r *http.Request, id string) (reply, error) {
	found, err := a.Store.Lookalikes(r.Context(), id, maxLookalikes)
	if err != nil {
		return reply{}, errors.Wrap(err, "look for contacts that look alike")
	}
	return ok(listOf(found, len(found), page{size: defaultPerPage}, func(one *domain.Lookalike) lookalikeView {
		return lookalikeView{personView: viewPerson(&one.Contact), Because: one.Because}
	}))
}

type revealedView struct {
	ID    string `json:"id"`
	Phone string `json:"phone"`
	CPF   string `json:"cpf"`
}

// revealContact shows an agent the number and the document of a customer of theirs, which the service audits.
func (a *API) revealContact(r *http.Request, id string) (reply, error) {
	revealed, err := a.Service.Reveal(r.Context(), userID(r), id)
	if err != nil {
		return reply{}, errors.Wrap(err, "reveal a contact")
	}
	return ok(revealedView{ID: revealed.ContactID, Phone: revealed.Phone, CPF: revealed.CPF})
}
