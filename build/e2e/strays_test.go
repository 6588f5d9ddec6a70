//go:build unix

package e2e

import (
	"context"
	"testing"
	"time"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

// seen is how long it may take until somebody can see what the customer wrote.
const seen = time.Minute

// TestStrays has people change the channels of open conversations in ways that the server allows. Nothing that the customer writes
// afterwards may go unseen.
func TestStrays(t *testing.T) {
	t.Parallel()
	w := startWorld(t, scenario.Options{
		Nodes: 2, Agents: peopleAgents, Simulator: func(s *cloudapi.Settings) { s.PairRate, s.RetryMax = false, 2*time.Second },
	})
	h := &handoverWorld{World: w, t: t, listeners: map[int]*eventListener{}}
	for _, part := range []struct {
		name string
		try  func(h *handoverWorld)
	}{
		{"the attendant archives it", (*handoverWorld).tryArchived},
		{"it is made public, and renamed", (*handoverWorld).tryChanged},
		{"it is deleted for good", (*handoverWorld).tryDeletedChannel},
	} {
		t.Run(part.name, func(t *testing.T) { part.try(&handoverWorld{World: h.World, t: t, listeners: h.listeners}) })
	}
}

// channelRow reads a channel from the database, because a node's cache may be outdated.
func (h *handoverWorld) channelRow(ctx context.Context, id string) (c model.Channel, err error) {
	err = h.Env.DB().QueryRowContext(ctx, "SELECT id, name, displayname, type, deleteat, teamid FROM channels WHERE id = $1", id).
		Scan(&c.Id, &c.Name, &c.DisplayName, &c.Type, &c.DeleteAt, &c.TeamId)
	return c, errors.Wrap(err, "cannot read the channel")
}

// heard waits until a text of the customer is posted in a channel that is not archived and has the attendant as a member.
func (h *handoverWorld) heard(c scenario.Conversation, text string) (channelID string) {
	h.t.Helper()
	h.within(seen, "the customer's words", func(ctx context.Context) error {
		return h.Env.DB().QueryRowContext(ctx, `SELECT p.channelid FROM posts p JOIN channels ch ON ch.id = p.channelid AND ch.deleteat = 0 AND ch.type = 'P'
			JOIN channelmembers m ON m.channelid = ch.id AND m.userid = $2 WHERE p.message = $1 AND p.deleteat = 0`, text, h.User(starter).ID).Scan(&channelID)
	})
	return channelID
}

// comes waits until a channel is in the right state.
func (h *handoverWorld) comes(channelID string, right func(c model.Channel) bool) {
	h.t.Helper()
	h.within(seen, "the channel to be as it was", func(ctx context.Context) error {
		c, err := h.channelRow(ctx, channelID)
		if err != nil {
			return err
		}
		return errorUnless(right(c), "it is %q, %q, of type %s, archived at %d", c.Name, c.DisplayName, c.Type, c.DeleteAt)
	})
}

func (h *handoverWorld) tryArchived() {
	customer := newCustomer()
	c, err := h.Opened(h.ctx(time.Minute), starter, customer)
	require.NoError(h.t, err)
	_, err = h.as(0, starter).DeleteChannel(h.ctx(20*time.Second), c.ChannelID)
	require.NoError(h.t, err)
	h.says(customer, "Ainda estou aqui")
	require.Equal(h.t, c.ChannelID, h.heard(c, "Ainda estou aqui"))
	h.oneLine(c, "tinha sido arquivado", at(h.User(starter)))
	h.write(starter, c, "Nós também", "delivered")

	// Nobody writes this time, and the channel must come back all the same.
	_, err = h.as(1, starter).DeleteChannel(h.ctx(20*time.Second), c.ChannelID)
	if err != nil { // that node still has the channel as archived in its cache
		_, err = h.as(0, starter).DeleteChannel(h.ctx(20*time.Second), c.ChannelID)
	}
	require.NoError(h.t, err)
	h.comes(c.ChannelID, func(c model.Channel) bool { return c.DeleteAt == 0 })
}

func (h *handoverWorld) tryChanged() {
	customer := newCustomer()
	c, err := h.Opened(h.ctx(time.Minute), starter, customer)
	require.NoError(h.t, err)
	was, err := h.channelRow(h.ctx(20*time.Second), c.ChannelID)
	require.NoError(h.t, err)
	_, _, err = h.Admin().UpdateChannelPrivacy(h.ctx(20*time.Second), c.ChannelID, model.ChannelTypeOpen)
	require.NoError(h.t, err)
	h.comes(c.ChannelID, func(c model.Channel) bool { return c.Type == model.ChannelTypePrivate })
	h.oneLine(c, "tinha ficado público")

	name, display := "maria-souza-pedido", "Maria do pedido"
	_, _, err = h.as(0, starter).PatchChannel(h.ctx(20*time.Second), c.ChannelID, &model.ChannelPatch{Name: &name, DisplayName: &display})
	require.NoError(h.t, err)
	h.comes(c.ChannelID, func(c model.Channel) bool {
		return c.Name == was.Name && c.DisplayName == was.DisplayName && c.DeleteAt == 0
	})
	h.oneLine(c, "voltou a ser o do cliente")
	h.says(customer, "E o meu pedido?")
	require.Equal(h.t, c.ChannelID, h.heard(c, "E o meu pedido?"))
}

func (h *handoverWorld) tryDeletedChannel() {
	customer := newCustomer()
	c, err := h.Opened(h.ctx(time.Minute), starter, customer)
	require.NoError(h.t, err)
	allow := true
	for node := range h.Env.Nodes {
		_, _, err := h.Env.AdminClient(node).PatchConfig(h.ctx(time.Minute), &model.Config{ServiceSettings: model.ServiceSettings{EnableAPIChannelDeletion: &allow}})
		require.NoError(h.t, err)
	}
	_, err = h.Admin().PermanentDeleteChannel(h.ctx(time.Minute), c.ChannelID)
	require.NoError(h.t, err)
	h.says(customer, "Alguém aí?")
	channelID := h.heard(c, "Alguém aí?")
	require.NotEqual(h.t, c.ChannelID, channelID)
	c.ChannelID = channelID
	h.oneLine(c, "foi apagado", at(h.User(starter)))
	require.Equal(h.t, channelID, h.read(0, c).ChannelID)
}

// says sends a message from the customer's phone.
func (h *handoverWorld) says(customer scenario.Customer, text string) {
	h.t.Helper()
	_, err := h.Phone(customer.Phone).Reply(text)
	require.NoError(h.t, err)
}
