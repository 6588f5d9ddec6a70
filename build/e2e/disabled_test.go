//go:build unix

package e2e

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
)

// TestPostedWhileDisabled covers posts that are made while the plugin is disabled, when nobody refuses them. What the lock would have
// refused must never be sent. What it would have allowed is sent later, in order, unless it is too old by then.
func TestPostedWhileDisabled(t *testing.T) {
	s := newStage(t)
	locked := &openConversation{customer: newCustomer(), agent: 1}
	var err error
	locked.Conversation, err = s.Start(s.ctx(oneMinute), locked.agent, locked.customer)
	require.NoError(t, err)
	locked.phone = s.Phone(locked.customer.Phone)
	open, stale := s.open(0), s.open(2)
	_, err = s.PostAs(s.ctx(oneMinute), locked.agent, locked.ChannelID, "com o plugin ligado isto não passa")
	require.Error(t, err)
	s.waitUntilIdle(oneMinute)

	require.NoError(t, s.Env.DisablePlugin(s.ctx(2*oneMinute)))
	enabled := false
	t.Cleanup(func() {
		if !enabled {
			require.NoError(t, s.Env.EnablePlugin(t.Context()))
		}
	})
	forbidden := s.post(locked, "sem o plugin isto passa, mas não vai")
	first, second := s.post(open, "primeira, com o plugin parado"), s.post(open, "segunda, com o plugin parado")
	old := s.post(stale, "esta ficou velha")
	// These changes have the same effect as if the plugin had been away for sixteen minutes. The conversation was open before that.
	_, err = s.Env.DB().ExecContext(t.Context(), "UPDATE waa_facts SET value = value - $1 WHERE name = 'reconciled_until'", (20 * time.Minute).Milliseconds())
	require.NoError(t, err)
	_, err = s.Env.DB().ExecContext(t.Context(), "UPDATE waa_conversations SET window_from = window_from - $1, window_until = window_until - $1 WHERE id = $2",
		time.Hour.Milliseconds(), stale.ID)
	require.NoError(t, err)
	_, err = s.Env.DB().ExecContext(t.Context(), "UPDATE posts SET createat = createat - $1, updateat = updateat - $1 WHERE id = $2", (16 * time.Minute).Milliseconds(), old.Id)
	require.NoError(t, err)
	require.NoError(t, s.Env.EnablePlugin(s.ctx(2*oneMinute)))
	enabled = true
	third := s.post(open, "terceira, com o plugin de volta")

	for _, post := range []string{first.Id, second.Id, third.Id} {
		s.ticks(oneMinute, post, "delivered")
	}
	for _, post := range []string{forbidden.Id, old.Id} {
		s.ticks(oneMinute, post, "not_sent")
		require.NotEmpty(t, s.noticed(oneMinute, post))
	}
	require.NotEqual(t, s.noticed(oneMinute, forbidden.Id), s.noticed(oneMinute, old.Id), "each has its own reason")
	s.waitUntilIdle(oneMinute)
	require.Equal(t, []string{first.Message, second.Message, third.Message}, texts(open.phone.Messages())[1:])
	require.Len(t, locked.phone.Messages(), 1, "the template alone")
	require.Len(t, stale.phone.Messages(), 1, "the template alone")

	// The forbidden post is never sent, not even when the customer answers and the window opens.
	_, err = locked.phone.Reply("oi, pode falar")
	require.NoError(t, err)
	_, err = s.WaitState(s.ctx(oneMinute), locked.agent, locked.ID, "open")
	require.NoError(t, err)
	now := s.post(locked, "agora sim")
	s.ticks(oneMinute, now.Id, "delivered")
	require.Equal(t, []string{"agora sim"}, texts(locked.phone.Messages())[1:])
	require.Equal(t, "not_sent", s.ticks(oneMinute, forbidden.Id, "not_sent"))
	posts, err := s.Posts(s.ctx(oneMinute), locked.ChannelID)
	require.NoError(t, err)
	require.Len(t, scenario.Matching(posts, scenario.FromCustomer), 1)
}
