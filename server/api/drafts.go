package api

import (
	"net/http"

	"github.com/gorilla/mux"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func (a *API) draftRoutes(router *mux.Router) {
	a.handle(router, http.MethodGet, "/conversations/{id}/drafts", withID(a.listDrafts))
	a.handle(router, http.MethodPost, "/conversations/{id}/drafts", withID(a.saveDraft))
	a.handle(router, http.MethodPatch, "/drafts/{id}", withID(a.editDraft))
	a.handle(router, http.MethodDelete, "/drafts/{id}", withID(a.dropDraft))
	a.handle(router, http.MethodPost, "/drafts/{id}/send", withID(a.sendDraft))
	a.handle(router, http.MethodPost, "/actions/drafts", a.draftButton)
	a.handle(router, http.MethodPost, "/actions/drafts/edit", a.draftDialog)
}

type draftView struct {
	ID             string            `json:"id"`
	ConversationID string            `json:"conversation_id"`
	AuthorID       string            `json:"author_id"`
	RootID         string            `json:"root_id"`
	Text           string            `json:"text"`
	FileIDs        []string          `json:"file_ids"`
	State          domain.DraftState `json:"state"`
	PostID         string            `json:"post_id"`
	CreatedAt      millisOrNull      `json:"created_at"`
	UpdatedAt      millisOrNull      `json:"updated_at"`
}

func viewDraft(d *domain.Draft) draftView {
	return draftView{
		ID: d.ID, ConversationID: d.ConversationID, AuthorID: d.AuthorID, RootID: d.RootID, Text: d.Text, FileIDs: nonNil(d.FileIDs), State: d.State,
		PostID: d.PostID, CreatedAt: millisOrNull(d.CreatedAt), UpdatedAt: millisOrNull(d.UpdatedAt),
	}
}

func (a *API) listDrafts(r *http.Request, id string) (reply, error) {
	q := readQuery(r)
	p := q.page()
	if err := q.err(); err != nil {
		return reply{}, err
	}
	drafts, total, err := a.Drafts.List(r.Context(), userID(r), id, p.number, p.size)
	if err != nil {
		return reply{}, errors.Wrap(err, "list drafts")
	}
	return ok(listOf(drafts, total, p, viewDraft))
}

func (a *API) saveDraft(r *http.Request, id string) (reply, error) {
	f, err := readForm(r, false)
	if err != nil {
		return reply{}, err
	}
	var text string
	var files []string
	f.ids("file_ids", &files)
	f.multiline("text", &text, maxNote, len(files) == 0)
	if err := f.err(); err != nil {
		return reply{}, err
	}
	draft, err := a.Drafts.Save(r.Context(), userID(r), id, text, files)
	if err != nil {
		return reply{}, errors.Wrap(err, "save a draft")
	}
	return created(viewDraft(draft))
}

func (a *API) editDraft(r *http.Request, id string) (reply, error) {
	f, err := readForm(r, false)
	if err != nil {
		return reply{}, err
	}
	var text string
	f.multiline("text", &text, maxNote, !f.has("text"))
	if err := f.err(); err != nil {
		return reply{}, err
	}
	return draftReply(a.Drafts.Edit(r.Context(), userID(r), id, text))
}

func (a *API) dropDraft(r *http.Request, id string) (reply, error) {
	return draftReply(a.Drafts.Drop(r.Context(), userID(r), id))
}

func (a *API) sendDraft(r *http.Request, id string) (reply, error) {
	return draftReply(a.Drafts.Send(r.Context(), userID(r), id))
}

// draftReply answers an action with the draft as it is now.
func draftReply(draft *domain.Draft, err error) (reply, error) {
	if err != nil {
		return reply{}, errors.Wrap(err, "act on a draft")
	}
	return ok(viewDraft(draft))
}
