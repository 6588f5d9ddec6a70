//go:build unix

package e2e

import (
	"context"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
)

// tryFollowUp lets days pass. The agent who is responsible for a template without an answer must be told once each morning, by only one of
// the two servers, and no longer once there is an answer.
func tryFollowUp(a *administration) {
	t := a.t
	const silent, marker = 2, 0 // indexes of agents
	morning := func() {
		zone, err := scenario.Zone()
		require.NoError(t, err)
		now := time.UnixMilli(a.Now()).In(zone)
		next := time.Date(now.Year(), now.Month(), now.Day()+1, 10, 0, 0, 0, zone)
		require.NoError(t, a.Advance(a.ctx(oneMinute), next.Sub(now)))
	}
	told := func(agent, times int) (texts []string) {
		a.within(oneMinute, "the morning's message", func(ctx context.Context) error {
			var err error
			texts, err = a.noticesFor(ctx, a.User(agent).ID, "Sem resposta.")
			if err != nil {
				return err
			}
			return errorUnless(len(texts) >= times, "there are %d", len(texts))
		})
		require.Len(t, texts, times)
		return texts
	}
	customer := newCustomer()
	c, err := a.Start(a.ctx(oneMinute), silent, customer)
	require.NoError(t, err)
	for day := 1; day <= 2; day++ {
		morning()
		texts := told(silent, day)
		require.Contains(t, texts[0], customer.Name)
		require.Contains(t, texts[0], a.Positional.Name)
		require.Contains(t, texts[0], c.ChannelID, "it links to the channel")
	}
	for query, want := range map[string]int{"mine=1&unanswered=6h": 1, "mine=1&unanswered=1d": 1, "mine=1&unanswered=3d": 0} {
		list, err := a.Conversations(a.ctx(oneMinute), a.Agent(silent), query)
		require.NoError(t, err)
		require.Len(t, list, want, query)
	}
	answer, err := a.Env.ExecuteSlash(a.ctx(oneMinute), a.Agent(silent), c.ChannelID, "/whatsapp meus")
	require.NoError(t, err)
	require.Contains(t, answer.Text, "Sem resposta há 1 dia ou mais")

	_, err = a.Phone(customer.Phone).Reply("agora vi")
	require.NoError(t, err)
	_, err = a.WaitState(a.ctx(oneMinute), silent, c.ID, "open")
	require.NoError(t, err)
	_, err = a.Start(a.ctx(oneMinute), marker, newCustomer())
	require.NoError(t, err)
	morning()
	told(marker, 1)
	told(silent, 2)
}
