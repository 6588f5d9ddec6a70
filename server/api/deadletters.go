package api

import (
	"context"
	"net/http"
	"regexp"
	"strings"

	"github.com/gorilla/mux"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// MaxShownPayload is how many bytes of a dead letter's payload the API shows. A
// store need not read more of it.
const MaxShownPayload = 64 << 10

// DeadLetterStore keeps what could not be handled.
type DeadLetterStore interface {
	// DeadLetters answers a page (from 0), newest first, and the total.
	DeadLetters(ctx context.Context, page, perPage int) ([]*domain.DeadLetter, int, error)
	// ReplayDeadLetter has it handled once more; domain.ErrNotFound where there is none (any more).
	ReplayDeadLetter(ctx context.Context, id string, now int64) error
	// ReplayDeadLetters has many handled once more and answers how many.
	ReplayDeadLetters(ctx context.Context, which domain.DeadLetterFilter) (int, error)
}

var deadLetterID = regexp.MustCompile(`^[0-9A-Za-z_-]{1,64}$`)

func (a *API) deadLetterRoutes(router *mux.Router) {
	a.handle(router, http.MethodGet, "/dead-letters", a.listDeadLetters)
	a.handle(router, http.MethodPost, "/dead-letters/replay", a.replayDeadLetters)
	a.handle(router, http.MethodPost, "/dead-letters/{id}/replay", a.replayDeadLetter)
}

type deadLetterView struct {
	ID         string `json:"id"`
	AccountID  string `json:"account_id"`
	ReceivedAt moment `json:"received_at"`
	Reason     string `json:"reason"`
	Payload    string `json:"payload"`
}

func viewDeadLetter(letter *domain.DeadLetter) deadLetterView {
	payload := letter.Payload
	if len(payload) > MaxShownPayload {
		payload = payload[:MaxShownPayload]
	}
	return deadLetterView{
		ID: letter.ID, AccountID: letter.AccountID, ReceivedAt: moment(letter.ReceivedAt), Reason: letter.Reason,
		Payload: strings.ToValidUTF8(string(payload), "\uFFFD"),
	}
}

func (a *API) listDeadLetters(r *http.Request) (reply, error) {
	q := readQuery(r)
	p := q.page()
	if err := q.err(); err != nil {
		return reply{}, err
	}
	letters, total, err := a.DeadLetters.DeadLetters(r.Context(), p.number, p.size)
	if err != nil {
		return reply{}, errors.Wrap(err, "list the dead letters")
	}
	return ok(listOf(letters, total, p, viewDeadLetter))
}

func (a *API) replayDeadLetter(r *http.Request) (reply, error) {
	id := mux.Vars(r)["id"]
	if !deadLetterID.MatchString(id) {
		return reply{}, domain.ErrNotFound
	}
	if err := a.DeadLetters.ReplayDeadLetter(r.Context(), id, a.Clock.Now()); err != nil {
		return reply{}, errors.Wrap(err, "replay the dead letter")
	}
	a.Wake()
	return ok(map[string]string{"id": id})
}
