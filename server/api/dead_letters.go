package api

import (
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/gorilla/mux"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// maxShownPayload is how many bytes of a dead letter's payload are shown.
const maxShownPayload = 64 << 10

var deadLetterID = regexp.MustCompile(`^[0-9A-Za-z_-]{1,64}$`)

func (a *API) deadLetterRoutes(router *mux.Router) {
	a.handle(router, http.MethodGet, "/dead-letters", a.listDeadLetters)
	a.handle(router, http.MethodPost, "/dead-letters/replay", a.replayDeadLetters)
	a.handle(router, http.MethodPost, "/dead-letters/{id}/replay", a.replayDeadLetter)
}

type deadLetterView struct {
	ID         string       `json:"id"`
	AccountID  string       `json:"account_id"`
	ReceivedAt millisOrNull `json:"received_at"`
	Reason     string       `json:"reason"`
	Payload    string       `json:"payload"`
}

func viewDeadLetter(letter *domain.DeadLetter) deadLetterView {
	payload := letter.Payload
	if len(payload) > maxShownPayload {
		payload = payload[:maxShownPayload]
	}
	return deadLetterView{
		ID: letter.ID, AccountID: letter.AccountID, ReceivedAt: millisOrNull(letter.ReceivedAt), Reason: letter.Reason,
		Payload: strings.ToValidUTF8(string(payload), "\uFFFD"),
	}
}

func (a *API) listDeadLetters(r *http.Request) (reply, error) {
	q := readQuery(r)
	p := q.page()
	if err := q.err(); err != nil {
		return reply{}, err
	}
	letters, total, err := a.Store.DeadLetters(r.Context(), p.number, p.size)
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
	err := a.Store.Replay(r.Context(), id)
	a.WakeJobs()
	if err != nil {
		return reply{}, errors.Wrap(err, "replay the dead letter")
	}
	return ok(map[string]string{"id": id})
}

// replayQueues are the queues that have dead letters. Those of the outbox are replayed only where a request names it: no
// customer should get old messages by surprise.
func replayQueues() []string { return []string{"inbox", "media", "outbox"} }

// replayDeadLetters makes many dead letters due once more, those of a customer in their order.
func (a *API) replayDeadLetters(r *http.Request) (reply, error) {
	f, err := readForm(r, true)
	if err != nil {
		return reply{}, err
	}
	which := domain.DeadLetterFilter{Queues: []string{"inbox", "media"}}
	f.text("account_id", &which.AccountID)
	f.text("reason", &which.Reason)
	f.read("queues", &which.Queues)
	f.read("received_from", &which.From)
	f.read("received_until", &which.Until)
	if len(which.Queues) == 0 || slices.ContainsFunc(which.Queues, func(q string) bool { return !slices.Contains(replayQueues(), q) }) {
		f.fault("queues", domain.T("api.field_queues"))
	}
	if err := f.err(); err != nil {
		return reply{}, err
	}
	n, err := a.Store.ReplayAll(r.Context(), which)
	a.WakeJobs()
	if err != nil {
		return reply{}, errors.Wrap(err, "replay dead letters")
	}
	return ok(map[string]int{"replayed": n})
}
