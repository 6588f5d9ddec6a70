package api

import (
	"context"
	"net/http"

	"github.com/gorilla/mux"
	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// Drafts is what agents do with held drafts; *domain.Drafts is one.
type Drafts interface {
	List(ctx context.Context, actorID, conversationID string, page, perPage int) ([]*domain.Draft, int, error)
	Save(ctx context.Context, actorID, conversationID, text string, fileIDs []string) (*domain.Draft, error)
	ToEdit(ctx context.Context, actorID, id string) (*domain.Draft, error)
	Edit(ctx context.Context, actorID, id, text string) (*domain.Draft, error)
	Drop(ctx context.Context, actorID, id string) (*domain.Draft, error)
	Send(ctx context.Context, actorID, id string) (*domain.Draft, error)
	SendAll(ctx context.Context, actorID, conversationID, authorID string) (sent int, refusal *domain.Refusal, err error)
}

// Opener shows a dialog to the user whose trigger id the request carries.
type Opener interface {
	Open(ctx context.Context, request model.OpenDialogRequest) error
}

func (a *API) draftRoutes(router *mux.Router) {
	a.handle(router, http.MethodGet, "/conversations/{id}/drafts", a.listDrafts)
	a.handle(router, http.MethodPost, "/conversations/{id}/drafts", a.saveDraft)
	a.handle(router, http.MethodPatch, "/drafts/{id}", a.editDraft)
	a.handle(router, http.MethodDelete, "/drafts/{id}", a.dropDraft)
	a.handle(router, http.MethodPost, "/drafts/{id}/send", a.sendDraft)
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
	CreatedAt      moment            `json:"created_at"`
	UpdatedAt      moment            `json:"updated_at"`
}

func viewDraft(d *domain.Draft) draftView {
	return draftView{
		ID: d.ID, ConversationID: d.ConversationID, AuthorID: d.AuthorID, RootID: d.RootID, Text: d.Text, FileIDs: texts(d.FileIDs), State: d.State,
		PostID: d.PostID, CreatedAt: moment(d.CreatedAt), UpdatedAt: moment(d.UpdatedAt),
	}
}

func (a *API) listDrafts(r *http.Request) (reply, error) {
	id, err := pathID(r)
	if err != nil {
		return reply{}, err
	}
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

func (a *API) saveDraft(r *http.Request) (reply, error) {
	id, err := pathID(r)
	if err != nil {
		return reply{}, err
	}
	f, err := readForm(r, false)
	if err != nil {
		return reply{}, err
	}
	var text string
	var files []string
	f.ids("file_ids", &files)
	f.lines("text", &text, maxNote, len(files) == 0)
	if err := f.err(); err != nil {
		return reply{}, err
	}
	draft, err := a.Drafts.Save(r.Context(), userID(r), id, text, files)
	if err != nil {
		return reply{}, errors.Wrap(err, "save a draft")
	}
	return created(viewDraft(draft))
}

func (a *API) editDraft(r *http.Request) (reply, error) {
	id, err := pathID(r)
	if err != nil {
		return reply{}, err
	}
	f, err := readForm(r, false)
	if err != nil {
		return reply{}, err
	}
	var text string
	f.lines("text", &text, maxNote, !f.has("text"))
	if err := f.err(); err != nil {
		return reply{}, err
	}
	return drafted(a.Drafts.Edit(r.Context(), userID(r), id, text))
}

func (a *API) dropDraft(r *http.Request) (reply, error) {
	id, err := pathID(r)
	if err != nil {
		return reply{}, err
	}
	return drafted(a.Drafts.Drop(r.Context(), userID(r), id))
}

func (a *API) sendDraft(r *http.Request) (reply, error) {
	id, err := pathID(r)
	if err != nil {
		return reply{}, err
	}
	return drafted(a.Drafts.Send(r.Context(), userID(r), id))
}

// drafted answers with a draft.
func drafted(draft *domain.Draft, err error) (reply, error) {
	if err != nil {
		return reply{}, errors.Wrap(err, "act on a draft")
	}
	return ok(viewDraft(draft))
}
