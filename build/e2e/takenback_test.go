//go:build unix

package e2e

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

// TestWhatIsTakenBackWhileItWaits covers messages that Meta postpones. A message that is no longer allowed when it is tried again must
// never be sent, and the agent must be told why.
func TestWhatIsTakenBackWhileItWaits(t *testing.T) {
	s := newStage(t)
	approve := func(ctx context.Context, approved bool) {
		require.NoError(t, s.Ask(ctx, s.Admin(), http.MethodPatch, "/templates/"+s.Positional.ID, map[string]any{"approved": approved}, http.StatusOK, nil))
	}
	customer := newCustomer()
	s.Sim.Faults().Always(cloudapi.Fault{Match: cloudapi.Match{Edge: "messages", To: customer.Phone}, Kind: cloudapi.FaultRateLimit})
	status, body := s.startOverREST(0, 0, customer)
	require.Equal(t, http.StatusAccepted, status, body)
	t.Cleanup(func() { approve(context.Background(), true) })
	approve(s.ctx(oneMinute), false)
	s.Sim.Faults().Clear()
	s.within(oneMinute, "the template to be given up", func(ctx context.Context) error {
		n, err := s.number(ctx, `SELECT count(*) FROM waa_messages m JOIN waa_contacts c ON c.id = m.contact_id
			WHERE c.phone = $1 AND m.kind = 'template' AND m.status = 'not_sent'`, customer.Phone)
		return firstError(err, errorUnless(n == 1, "it waits"))
	})
	require.Empty(t, s.Phone(customer.Phone).Messages())
	approve(s.ctx(oneMinute), true)

	k := s.open(0)
	s.Sim.Faults().Always(cloudapi.Fault{Match: cloudapi.Match{Edge: "messages", To: k.customer.Phone}, Kind: cloudapi.FaultRateLimit})
	post := s.post(k, "vale ainda?")
	s.within(oneMinute, "the first try", func(context.Context) error {
		return errorUnless(len(s.sendsOf(post.Message)) > 0, "it was not tried")
	})
	s.end(0, k, "resolvido")
	s.Sim.Faults().Clear()
	s.ticks(oneMinute, post.Id, "not_sent")
	require.NotEmpty(t, s.noticed(slack, post.Id))
	require.Zero(t, k.arrived(post.Message))
}
