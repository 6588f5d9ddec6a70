//go:build unix

package e2e

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"
)

// tryAbsence sets the attendant's status: the queue is told once, its card makes the one who clicks attendant, and nobody is told of somebody
// who has answered.
func (h *handoverWorld) tryAbsence() {
	ctx := h.ctx(2 * time.Minute)
	status := func(to string) {
		_, _, err := h.as(1, starter).UpdateUserStatus(ctx, h.User(starter).ID, &model.Status{UserId: h.User(starter).ID, Status: to})
		require.NoError(h.t, err)
	}
	waits, answered := h.open(), h.open()
	h.write(starter, answered, "Já respondo.", "delivered")
	status(model.StatusDnd)
	card := h.card(h.Queue, waits, 1)
	require.Contains(h.t, card.Message, at(h.User(starter)))
	h.oneLine(waits, "está em *Não perturbe*")
	absent := func() (told bool) {
		var c struct {
			AttendantAbsent bool `json:"attendant_absent"`
		}
		require.NoError(h.t, h.Ask(ctx, h.as(0, clickerC), http.MethodGet, "/conversations/"+waits.ID, nil, http.StatusOK, &c))
		return c.AttendantAbsent
	}
	require.True(h.t, absent(), "lists offer it")
	_, err := h.as(0, clickerC).DoPostAction(ctx, card.Id, "claim")
	require.NoError(h.t, err)
	h.attended(waits, h.User(clickerC).ID)
	require.False(h.t, absent())
	h.oneLine(waits, at(h.User(clickerC))+" assumiu o atendimento no lugar de "+at(h.User(starter)))
	status(model.StatusOnline)
	h.within(20*time.Second, "the card to say who serves", func(ctx context.Context) error {
		cards, err := h.cards(ctx, h.Queue, waits)
		if err != nil {
			return err
		}
		return errorUnless(len(cards) == 1 && !claimable(cards[0]) && strings.Contains(cards[0].Message, at(h.User(clickerC))), "%d cards, of which the first says %q", len(cards), cards[0].Message)
	})
	none, err := h.cards(ctx, h.Queue, answered)
	require.NoError(h.t, err)
	require.Empty(h.t, none, "nobody waits there")
}
