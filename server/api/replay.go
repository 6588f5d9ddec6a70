package api

import (
	"net/http"
	"slices"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// replayQueues are what dead letters come from. What was to go out is replayed
// only where it is named: a customer should not get old texts by surprise.
func replayQueues() []string { return []string{"inbox", "media", "outbox"} }

// replayDeadLetters has many handled once more, those of a customer in their order.
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
	n, err := a.DeadLetters.ReplayDeadLetters(r.Context(), which)
	if err != nil {
		return reply{}, errors.Wrap(err, "replay dead letters")
	}
	a.Wake()
	return ok(map[string]int{"replayed": n})
}
