package api

import (
	"context"
	"net/http"

	"github.com/gorilla/mux"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// ContactStore gives a person's data out and forgets a person, as the law asks.
type ContactStore interface {
	// ExportContact gathers all there is of a contact but for the messages and
	// audits that by asked for it; domain.ErrNotFound where there is none.
	ExportContact(ctx context.Context, id, by string, now int64) (*domain.PersonExport, error)
	// EachExported calls fn with every message of a conversation, oldest first,
	// until fn returns an error.
	EachExported(ctx context.Context, conversationID string, fn func(*domain.ExportedMessage) error) error
	// EraseContact takes the person out of everything: rows, posts, channels. It
	// may be repeated after a failure; domain.ErrNotFound where there is none.
	EraseContact(ctx context.Context, id, by string, now int64) error
	// Forget takes the posts and channels of a person who was erased out of
	// Mattermost. pending is how many conversations are still to be gone through,
	// which goes on by itself; stays are kinds of what the server's settings do not
	// let go: jobs.StayPosts, jobs.StayFiles.
	Forget(ctx context.Context, id string) (pending int, stays []string, err error)
	// MergeContacts makes a second contact part of the first, in one step, and
	// audits that by asked for it; domain.ErrNotFound where one is not there,
	// domain.ErrConflict where both have an open conversation on one account.
	MergeContacts(ctx context.Context, intoID, fromID, by string, now int64) (*domain.Contact, error)
}

// Guards lets go of the channels that a newer server guards for the plugin.
type Guards interface {
	// ReleaseGuards answers how many channels were let go of.
	ReleaseGuards(ctx context.Context) (released int, err error)
}

func (a *API) contactRoutes(router *mux.Router) {
	router.HandleFunc("/contacts/{id}/export", a.exportContact).Methods(http.MethodGet)
	a.handle(router, http.MethodDelete, "/contacts/{id}", a.eraseContact)
	a.handle(router, http.MethodPost, "/contacts/{id}/merge", a.mergeContacts)
}

func (a *API) guardRoutes(router *mux.Router) {
	a.handle(router, http.MethodPost, "/guards/release", a.releaseGuards)
}

func (a *API) eraseContact(r *http.Request) (reply, error) {
	id, err := pathID(r)
	if err != nil {
		return reply{}, err
	}
	now := a.Clock.Now()
	if err := a.Contacts.EraseContact(r.Context(), id, userID(r), now); err != nil {
		return reply{}, errors.Wrap(err, "erase the contact")
	}
	view := erasedView{ID: id, ErasedAt: now, Stays: []string{}}
	pending, stays, err := a.Contacts.Forget(r.Context(), id)
	if err != nil {
		return reply{}, errors.Wrap(err, "forget the contact")
	}
	view.Pending = pending
	for _, kind := range stays {
		view.Stays = append(view.Stays, a.Texts.Text(a.language(r), "erased.stays_"+kind, nil))
	}
	return ok(view)
}

// erasedView is what became of an erasure: its rows are gone, the channels may take longer.
type erasedView struct {
	ID       string   `json:"id"`
	ErasedAt int64    `json:"erased_at"`
	Pending  int      `json:"pending"`
	Stays    []string `json:"stays"`
}

// mergedView is a contact after a merge; the document masked.
type mergedView struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Phone     string `json:"phone"`
	WAID      string `json:"wa_id"`
	UserID    string `json:"user_id"`
	Username  string `json:"username"`
	CPFMasked string `json:"cpf_masked"`
	CreatedAt moment `json:"created_at"`
	UpdatedAt moment `json:"updated_at"`
}

// mergeContacts makes the contact of the body part of that of the path.
func (a *API) mergeContacts(r *http.Request) (reply, error) {
	id, err := pathID(r)
	if err != nil {
		return reply{}, err
	}
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
	c, err := a.Contacts.MergeContacts(r.Context(), id, other, userID(r), a.Clock.Now())
	if errors.Is(err, domain.ErrConflict) {
		return reply{}, domain.Refuse(domain.CodeConversationExists, domain.T("api.merge_both_open"))
	} else if err != nil {
		return reply{}, errors.Wrap(err, "merge contacts")
	}
	return ok(mergedView{
		ID: c.ID, Name: c.Name, Phone: c.Phone, WAID: c.WAID, UserID: c.UserID, Username: c.Username, CPFMasked: c.CPFMasked,
		CreatedAt: moment(c.CreatedAt), UpdatedAt: moment(c.UpdatedAt),
	})
}

func (a *API) releaseGuards(r *http.Request) (reply, error) {
	released, err := a.Guards.ReleaseGuards(r.Context())
	if err != nil {
		return reply{}, errors.Wrap(err, "release the guards")
	}
	return ok(map[string]int{"released": released})
}
