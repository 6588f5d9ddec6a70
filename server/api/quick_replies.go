package api

import (
	"net/http"

	"github.com/gorilla/mux"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func (a *API) quickReplyRoutes(router *mux.Router) {
	router.HandleFunc("/quick-replies", a.listQuickReplies).Methods(http.MethodGet)
	a.handle(router, http.MethodPost, "/quick-replies", a.createQuickReply)
	a.handle(router, http.MethodPost, "/quick-replies/import", a.importQuickReplies)
	a.handle(router, http.MethodGet, "/quick-replies/autocomplete", a.completeQuickReply)
	a.handle(router, http.MethodPatch, "/quick-replies/{id}", withID(a.patchQuickReply))
	a.handle(router, http.MethodDelete, "/quick-replies/{id}", withID(a.deleteQuickReply))
	a.handle(router, http.MethodGet, "/conversations/{id}/quick-replies/{reply_id}", withID(a.fillQuickReply))
}

type quickReplyView struct {
	ID        string       `json:"id"`
	Scope     string       `json:"scope"`
	QueueID   string       `json:"queue_id"`
	Shortcut  string       `json:"shortcut"`
	Title     string       `json:"title"`
	Text      string       `json:"text"`
	CreatedAt millisOrNull `json:"created_at"`
	UpdatedAt millisOrNull `json:"updated_at"`
}

func viewQuickReply(r *domain.QuickReply) quickReplyView {
	return quickReplyView{
		ID: r.ID, Scope: r.Scope(), QueueID: r.QueueID, Shortcut: r.Shortcut, Title: r.Title, Text: r.Text,
		CreatedAt: millisOrNull(r.CreatedAt), UpdatedAt: millisOrNull(r.UpdatedAt),
	}
}

// listQuickReplies answers with a page of those that the user can use, or with all of them as CSV.
func (a *API) listQuickReplies(w http.ResponseWriter, r *http.Request) {
	q := readQuery(r)
	p := q.page()
	filter := domain.QuickReplyFilter{
		QueueID: q.id("queue_id"), ConversationID: q.id("conversation_id"), Scope: q.values.Get("scope"), Query: q.line("q", maxSearch), Page: p.number, PerPage: p.size,
	}
	if filter.Scope != "" && filter.Scope != domain.ScopeQueue && filter.Scope != domain.ScopePersonal {
		q.addFault("scope", domain.T("api.field_reply_scope"))
	}
	if err := q.err(); err != nil {
		a.fail(w, r, err)
		return
	}
	if q.values.Get("format") == "csv" || wantsCSV(r.Header.Get("Accept")) {
		a.writeQuickRepliesCSV(w, r, filter)
		return
	}
	replies, total, err := a.Service.QuickReplies(r.Context(), userID(r), filter)
	if err != nil {
		a.fail(w, r, errors.Wrap(err, "list the quick replies"))
		return
	}
	a.write(w, http.StatusOK, listOf(replies, total, p, viewQuickReply))
}

func (f *form) quickReply(reply *domain.QuickReply) {
	f.text("shortcut", &reply.Shortcut)
	f.line("title", &reply.Title, domain.MaxQuickReplyTitle, false)
	f.multiline("text", &reply.Text, domain.MaxQuickReplyText, true)
}

// quickReplyOf reads whose a new reply is.
func (f *form) quickReplyOf(actorID string) *domain.QuickReply {
	scope, queueID := "", ""
	f.text("scope", &scope)
	switch scope {
	case domain.ScopePersonal:
		return &domain.QuickReply{OwnerID: actorID}
	case domain.ScopeQueue:
		f.id("queue_id", &queueID, true)
	default:
		f.fault("scope", domain.T("api.field_reply_scope"))
	}
	return &domain.QuickReply{QueueID: queueID}
}

func (a *API) createQuickReply(r *http.Request) (reply, error) {
	f, err := readForm(r, false)
	if err != nil {
		return reply{}, err
	}
	kept := f.quickReplyOf(userID(r))
	f.quickReply(kept)
	if err := f.err(); err != nil {
		return reply{}, err
	}
	if err := a.Service.CreateQuickReply(r.Context(), userID(r), kept); err != nil {
		return reply{}, errors.Wrap(err, "create a quick reply")
	}
	return created(viewQuickReply(kept))
}

func (a *API) patchQuickReply(r *http.Request, id string) (reply, error) {
	f, err := readForm(r, false)
	if err != nil {
		return reply{}, err
	}
	kept, err := a.Service.QuickReplyToEdit(r.Context(), userID(r), id)
	if err != nil {
		return reply{}, errors.Wrap(err, "read a quick reply")
	}
	f.quickReply(kept)
	if err := f.err(); err != nil {
		return reply{}, err
	}
	return quickReplyReply(a.Service.UpdateQuickReply(r.Context(), userID(r), kept, f.presentFields()...))
}

func (a *API) deleteQuickReply(r *http.Request, id string) (reply, error) {
	return quickReplyReply(a.Service.DeleteQuickReply(r.Context(), userID(r), id))
}

func quickReplyReply(kept *domain.QuickReply, err error) (reply, error) {
	if err != nil {
		return reply{}, errors.Wrap(err, "change a quick reply")
	}
	return ok(viewQuickReply(kept))
}

// fillQuickReply answers with the text as it would go out in a conversation.
func (a *API) fillQuickReply(r *http.Request, id string) (reply, error) {
	replyID := mux.Vars(r)["reply_id"]
	if !idPattern.MatchString(replyID) {
		return reply{}, domain.ErrNotFound
	}
	text, err := a.Service.FillQuickReply(r.Context(), userID(r), id, replyID)
	if err != nil {
		return reply{}, errors.Wrap(err, "fill in a quick reply")
	}
	return ok(map[string]string{"text": text})
}
