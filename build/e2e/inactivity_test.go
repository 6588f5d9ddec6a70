//go:build unix

package e2e

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

// patience is how long a customer may wait in these worlds, which is the setting's default.
const patience = time.Hour

// reminders counts the bot's messages to an agent about a conversation.
func (h *handoverWorld) reminders(ctx context.Context, agent int, c scenario.Conversation) (int, error) {
	var n int
	err := h.Env.DB().QueryRowContext(ctx, `SELECT count(*) FROM posts p JOIN channels ch ON ch.id = p.channelid AND ch.type = 'D'
		WHERE ch.name LIKE '%' || $1 || '%' AND p.message LIKE '%espera a sua resposta%' AND p.message LIKE '%/channels/' || $2 || '%'`, h.User(agent).ID, c.ChannelID).Scan(&n)
	return n, errors.Wrap(err, "cannot read the database")
}

func (h *handoverWorld) reminded(agent int, c scenario.Conversation, count int) {
	h.t.Helper()
	h.within(30*time.Second, "the reminder", func(ctx context.Context) error {
		n, err := h.reminders(ctx, agent, c)
		if err != nil {
			return err
		}
		return errorUnless(n == count, "there are %d of %d", n, count)
	})
}

// looked waits until the plugin has checked every conversation whose waiting time was due, so that nothing is undecided any more.
func (h *handoverWorld) looked() {
	h.t.Helper()
	h.within(time.Minute, "all waits to be looked at", func(ctx context.Context) error {
		var due int
		err := h.Env.DB().QueryRowContext(ctx, `SELECT count(*) FROM waa_conversations WHERE idle_at > 0 AND closed_at = 0 AND aborted_at = 0 AND idle_at <= $1`,
			h.Now()-patience.Milliseconds()).Scan(&due)
		if err != nil {
			return errors.Wrap(err, "cannot read the database")
		}
		return errorUnless(due == 0, "%d are due", due)
	})
}

func (h *handoverWorld) tryWaits() {
	ctx := h.ctx(3 * time.Minute)
	linked, unlinked, nobodys, answered, failing, noted := h.open(), h.open(), h.open(), h.open(), h.open(), h.open()
	never, err := h.Start(ctx, starter, newCustomer()) // the customer never wrote
	require.NoError(h.t, err)
	h.invite(0, starter, unlinked, h.User(stranger).ID)
	h.attended(unlinked, h.User(stranger).ID)
	h.invite(1, starter, never, h.User(stranger).ID)
	h.attended(never, h.User(stranger).ID)
	h.invite(1, starter, answered, h.User(stranger).ID)
	h.attended(answered, h.User(stranger).ID)
	h.transfer(1, starter, nobodys, map[string]any{"queue_id": h.Queue.ID})
	h.card(h.Queue, nobodys, 1)

	// In this conversation the last message is ours, so it is we who wait for the customer.
	h.write(stranger, answered, "Já respondo.", "delivered")
	// A message that failed does not count as an answer to the customer, and neither does a note, which the customer never sees.
	h.Sim.FailNext(cloudapi.Match{To: failing.Contact.Phone}, 131026, 1)
	h.write(starter, failing, "Isto não chega.", "failed")
	require.NoError(h.t, h.Ask(ctx, h.as(0, starter), http.MethodPost, "/conversations/"+noted.ID+"/note", map[string]any{"text": "ligo depois"}, http.StatusOK, nil))

	require.NoError(h.t, h.Advance(ctx, patience-5*time.Minute))
	h.looked()
	h.reminded(starter, linked, 0)
	require.NoError(h.t, h.Advance(ctx, 10*time.Minute))
	for _, c := range []scenario.Conversation{linked, failing, noted} {
		h.reminded(starter, c, 1)
		require.Equal(h.t, h.User(starter).ID, h.read(1, c).AttendantID, "who is of the queue keeps it")
	}
	h.attended(unlinked, "")
	h.oneLine(unlinked, at(h.User(stranger))+" não é desta fila")
	h.card(h.Queue, unlinked, 1)
	require.Contains(h.t, h.card(h.Queue, nobodys, 2).Message, "continua esperando")

	// Days later nobody may be reminded again, and conversations that wait for the customer must not have moved.
	require.NoError(h.t, h.Advance(ctx, 30*time.Hour))
	h.looked()
	h.card(h.Queue, unlinked, 2) // it has waited for too long again, this time in the queue
	require.NoError(h.t, h.Advance(ctx, 30*time.Hour))
	h.looked()
	h.reminded(starter, linked, 1)
	h.card(h.Queue, unlinked, 2)
	h.card(h.Queue, nobodys, 2)
	for _, c := range []scenario.Conversation{answered, never} {
		require.Equal(h.t, h.User(stranger).ID, h.read(0, c).AttendantID, "it waits for the customer")
		n, err := h.reminders(ctx, stranger, c)
		require.NoError(h.t, err)
		require.Zero(h.t, n)
	}
}

func (h *handoverWorld) tryDeactivated() {
	ctx := h.ctx(2 * time.Minute)
	asked := h.open()
	owned, err := h.Opened(ctx, leaver, newCustomer()) // the leaver is its responsável too
	require.NoError(h.t, err)
	h.transfer(0, starter, asked, map[string]any{"user_id": h.User(leaver).ID})
	h.attended(asked, h.User(leaver).ID)
	h.write(leaver, asked, "A última palavra é nossa.", "delivered")

	_, err = h.Env.AdminClient(1).UpdateUserActive(ctx, h.User(leaver).ID, false)
	require.NoError(h.t, err)
	h.attended(asked, "") // however short the wait
	h.card(h.Queue, asked, 1)
	h.oneLine(asked, "foi desativada", "Responsável: "+at(h.User(starter)))
	h.within(30*time.Second, "the other one to be in the queue", func(ctx context.Context) error {
		now, err := h.Conversation(ctx, h.Admin(), owned.ID)
		if err != nil {
			return err
		}
		return errorUnless(now.AttendantID == "" && now.OwnerID == h.User(leaver).ID, "it is with %q of %q", now.AttendantID, now.OwnerID)
	})
	h.rounds(2)
	var told int
	require.NoError(h.t, h.Env.DB().QueryRowContext(ctx, `SELECT count(*) FROM posts p JOIN channels ch ON ch.id = p.channelid AND ch.type = 'D'
		WHERE ch.name LIKE '%' || $1 || '%' AND p.message LIKE '%foi desativada e ainda é a responsável%'`, h.User(supervisor).ID).Scan(&told))
	require.Equal(h.t, 1, told, "the supervisor is told once")

	// The request goes to the server that knows of the deactivation. A mistake of the other server would be corrected in the next round.
	_, err = h.AskRefused(ctx, h.as(1, starter), http.MethodPost, "/conversations/"+asked.ID+"/transfer", map[string]any{"user_id": h.User(leaver).ID},
		http.StatusUnprocessableEntity, "invalid_field")
	require.NoError(h.t, err)
	posts, err := h.Posts(ctx, asked.ChannelID)
	require.NoError(h.t, err)
	require.Len(h.t, scenario.Matching(posts, func(p *model.Post) bool { return strings.Contains(p.Message, "foi desativada") }), 1)
}
