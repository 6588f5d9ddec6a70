//go:build unix

package e2e

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
)

// TestAKnownCustomerInTheDialog looks for a customer in the dialog of `novo` and sends them a template without typing who they are. By
// command they are found too, but not by an agent of no queue of theirs.
func TestAKnownCustomerInTheDialog(t *testing.T) {
	o := newOutsider(t)
	s := o.stage
	k := s.open(0)
	ctx := s.ctx(oneMinute)
	d, err := s.OpenDialog(ctx, 0, s.Env.QueueChannel.ID, "/whatsapp novo")
	require.NoError(t, err)
	require.NoError(t, d.Next(ctx, map[string]any{"template": s.Positional.ID}))
	known := d.Element("customer")
	require.Equal(t, []string{"select", "dynamic"}, []string{known.Type, known.DataSource})

	find := func(query string) []model.DialogSelectOption {
		request := d.Request(map[string]any{"query": query, "selected_field": "customer"})
		request.URL = known.DataSourceURL
		found, _, err := s.Agent(0).LookupInteractiveDialog(ctx, request)
		require.NoError(t, err)
		return found.Items
	}
	require.Empty(t, find("ninguém assim"))
	found := find(k.customer.Phone[len(k.customer.Phone)-8:])
	require.Len(t, found, 1)
	require.Contains(t, found[0].Text, k.customer.Name)

	for _, query := range []string{k.customer.CPF, k.customer.Phone, k.customer.Name} {
		require.Contains(t, o.says(0, o.lobby(), "/whatsapp cliente "+query), k.ChannelID)
		require.Contains(t, o.says(o.Outsider(), o.lobby(), "/whatsapp cliente "+query), "Nenhum cliente")
		require.Empty(t, o.asks(o.Agent(o.Outsider()), http.MethodPost, "/customers/search", map[string]any{"q": query}).is(http.StatusOK).items())
	}
	require.Contains(t, o.says(0, k.ChannelID, "/whatsapp cliente"), k.customer.Name)

	values := map[string]any{"customer": found[0].Value}
	for name, value := range scenario.Variables() {
		values[name] = value
	}
	require.NoError(t, d.Next(ctx, values), "the server asks about the open conversation: it knows who is meant")
	require.NotNil(t, d.Element("confirm"))
	answer, err := d.Submit(ctx, map[string]any{"confirm": true, "reason": "pediu de novo"})
	require.NoError(t, err)
	require.Empty(t, answer.Errors)
	require.Empty(t, answer.Error)
	require.Len(t, k.phone.Read(), 2, "the template came a second time")
}
