package api

import (
	"encoding/json"
	"net/http"

	"github.com/gorilla/mux"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func (a *API) closingRoutes(router *mux.Router) {
	a.handle(router, http.MethodGet, "/closing-reasons", a.listClosingReasons)
	a.handle(router, http.MethodPost, "/closing-reasons", a.createClosingReason)
	a.handle(router, http.MethodPost, "/closing-reasons/import", a.importClosingReasons)
	a.handle(router, http.MethodPatch, "/closing-reasons/{id}", withID(a.patchClosingReason))
	a.handle(router, http.MethodDelete, "/closing-reasons/{id}", withID(a.retireClosingReason))
	a.handle(router, http.MethodGet, "/conversations/{id}/closing-options", withID(a.getClosingOptions))
	a.handle(router, http.MethodPost, "/conversations/{id}/close", withID(a.closeConversation))
}

type closingReasonView struct {
	ID        string             `json:"id"`
	QueueID   string             `json:"queue_id"`
	Label     string             `json:"label"`
	Fields    []closingFieldView `json:"fields"`
	Position  int                `json:"position"`
	Retired   bool               `json:"retired"`
	CreatedAt millisOrNull       `json:"created_at"`
	UpdatedAt millisOrNull       `json:"updated_at"`
}

type closingFieldView struct {
	Name     string   `json:"name"`
	Label    string   `json:"label"`
	Type     string   `json:"type"`
	Options  []string `json:"options"`
	Required bool     `json:"required"`
}

func viewClosingReason(r *domain.ClosingReason) closingReasonView {
	view := closingReasonView{
		ID: r.ID, QueueID: r.QueueID, Label: r.Label, Fields: []closingFieldView{}, Position: r.Position, Retired: r.Retired,
		CreatedAt: millisOrNull(r.CreatedAt), UpdatedAt: millisOrNull(r.UpdatedAt),
	}
	for _, f := range r.Fields {
		view.Fields = append(view.Fields, closingFieldView{Name: f.Name, Label: f.Label, Type: f.Type, Options: nonNil(f.Options), Required: f.Required})
	}
	return view
}

func (a *API) listClosingReasons(r *http.Request) (reply, error) {
	q := readQuery(r)
	p, queueID, retired := q.page(), q.id("queue_id"), q.flag("retired")
	if queueID == "" {
		q.addFault("queue_id", required())
	}
	if err := q.err(); err != nil {
		return reply{}, err
	}
	reasons, total, err := a.Service.ClosingReasons(r.Context(), userID(r), queueID, retired, p.number, p.size)
	if err != nil {
		return reply{}, errors.Wrap(err, "list the closing reasons")
	}
	return ok(listOf(reasons, total, p, viewClosingReason))
}

// maxPosition is more than any list of reasons has, retired ones among them.
const maxPosition = 1_000_000

func (f *form) closingReason(reason *domain.ClosingReason) {
	f.line("label", &reason.Label, domain.MaxClosingLabel, true)
	f.read("fields", &reason.Fields)
	f.integer("position", &reason.Position, 0, maxPosition)
	f.flag("retired", &reason.Retired)
}

func (a *API) createClosingReason(r *http.Request) (reply, error) {
	f, err := readForm(r, false)
	if err != nil {
		return reply{}, err
	}
	reason := &domain.ClosingReason{Position: -1}
	f.id("queue_id", &reason.QueueID, true)
	f.closingReason(reason)
	if err := f.err(); err != nil {
		return reply{}, err
	}
	if err := a.Service.CreateClosingReason(r.Context(), userID(r), reason); err != nil {
		return reply{}, errors.Wrap(err, "create a closing reason")
	}
	return created(viewClosingReason(reason))
}

func (a *API) importClosingReasons(r *http.Request) (reply, error) {
	f, err := readForm(r, false)
	if err != nil {
		return reply{}, err
	}
	var queueID, text string
	f.id("queue_id", &queueID, true)
	f.multiline("text", &text, maxNote, true)
	if err := f.err(); err != nil {
		return reply{}, err
	}
	added, err := a.Service.ImportClosingReasons(r.Context(), userID(r), queueID, text)
	if err != nil {
		return reply{}, errors.Wrap(err, "import closing reasons")
	}
	return ok(map[string]int{"added": added})
}

func (a *API) patchClosingReason(r *http.Request, id string) (reply, error) {
	f, err := readForm(r, false)
	if err != nil {
		return reply{}, err
	}
	reason, err := a.Service.ClosingReasonToEdit(r.Context(), userID(r), id)
	if err != nil {
		return reply{}, errors.Wrap(err, "read a closing reason")
	}
	f.closingReason(reason)
	if err := f.err(); err != nil {
		return reply{}, err
	}
	return closingReasonReply(a.Service.UpdateClosingReason(r.Context(), userID(r), reason, f.presentFields()...))
}

// retireClosingReason keeps the reason, because conversations that were closed with it name it.
func (a *API) retireClosingReason(r *http.Request, id string) (reply, error) {
	reason, err := a.Service.ClosingReasonToEdit(r.Context(), userID(r), id)
	if err != nil {
		return reply{}, errors.Wrap(err, "read a closing reason")
	}
	reason.Retired = true
	return closingReasonReply(a.Service.UpdateClosingReason(r.Context(), userID(r), reason, "retired"))
}

func closingReasonReply(reason *domain.ClosingReason, err error) (reply, error) {
	if err != nil {
		return reply{}, errors.Wrap(err, "change a closing reason")
	}
	return ok(viewClosingReason(reason))
}

type closingOptionsView struct {
	Required bool                `json:"required"`
	Reasons  []closingReasonView `json:"reasons"`
}

func (a *API) getClosingOptions(r *http.Request, id string) (reply, error) {
	options, err := a.Service.ClosingOptions(r.Context(), userID(r), id)
	if err != nil {
		return reply{}, errors.Wrap(err, "read what a conversation can be closed with")
	}
	view := closingOptionsView{Required: options.Required, Reasons: []closingReasonView{}}
	for _, reason := range options.Reasons {
		view.Reasons = append(view.Reasons, viewClosingReason(reason))
	}
	return ok(view)
}

func (a *API) closeConversation(r *http.Request, id string) (reply, error) {
	f, err := readForm(r, true)
	if err != nil {
		return reply{}, err
	}
	var closing domain.Closing
	f.id("reason_id", &closing.ReasonID, false)
	f.values("fields", &closing.Fields)
	f.multiline("reason", &closing.Note, domain.MaxClosingNote, false)
	if err := f.err(); err != nil {
		return reply{}, err
	}
	return conversationReply(a.Service.Close(r.Context(), userID(r), id, closing))
}

// values reads an object whose values are texts or numbers, as a text each, without those that are null.
func (f *form) values(field string, into *map[string]string) {
	var given map[string]json.RawMessage
	if !f.read(field, &given) {
		return
	}
	*into = make(map[string]string, len(given))
	for name, raw := range given {
		var text *string
		var number float64
		switch {
		case json.Unmarshal(raw, &text) == nil:
			if text != nil {
				(*into)[name] = *text
			}
		case json.Unmarshal(raw, &number) == nil:
			(*into)[name] = domain.ClosingNumberText(number)
		default:
			f.addWrongType(f.path + field + "." + name)
		}
	}
}

// closingView is why a conversation was closed, in the words of that moment.
type closingView struct {
	ReasonID string              `json:"reason_id"`
	Label    string              `json:"label"`
	Fields   map[string]any      `json:"fields"`  // texts, and numbers as such
	Answers  []closingAnswerView `json:"answers"` // the same in their order, with the labels
	Note     string              `json:"note"`
}

type closingAnswerView struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// viewClosing returns nil for a conversation that is not closed.
func viewClosing(c *domain.Conversation) *closingView {
	if c.ClosedAt == 0 {
		return nil
	}
	view := &closingView{ReasonID: c.ClosingReasonID, Label: c.ClosingLabel, Fields: map[string]any{}, Answers: []closingAnswerView{}, Note: c.CloseReason}
	for _, answer := range c.ClosingFields {
		view.Answers = append(view.Answers, closingAnswerView{Label: answer.Label, Value: answer.Value})
		view.Fields[answer.Name] = answer.Value
		if answer.Type == domain.ClosingNumber {
			view.Fields[answer.Name] = json.Number(answer.Value)
		}
	}
	return view
}
