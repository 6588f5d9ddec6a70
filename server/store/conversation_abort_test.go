package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func TestAbortEndsOnlyWhatNothingCameOf(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		for name, c := range map[string]struct {
			came    func(c *domain.Conversation)
			aborted bool
			lines   int64
		}{
			"a refused template alone":    {came: func(*domain.Conversation) {}, aborted: true},
			"two refused ones":            {came: func(c *domain.Conversation) { f.refused(t, c) }, aborted: true},
			"a message of the customer's": {came: func(c *domain.Conversation) { f.inbound(t, c, newID()) }, lines: 1},
			"another template that was taken": {came: func(c *domain.Conversation) {
				f.outbound(t, c, func(m *domain.Message) { m.Status = domain.Sent })
			}},
			"another that may have gone": {came: func(c *domain.Conversation) {
				f.outbound(t, c, func(m *domain.Message) { m.Status = domain.Unknown })
			}},
			"a channel": {came: func(c *domain.Conversation) { require.NoError(t, f.SetChannel(ctx(), c.ID, newID())) }},
		} {
			t.Run(name, func(t *testing.T) {
				conv := f.conversation(t, f.contact(t, "+55119"+newDigits(), "Ana").ID, func(c *domain.Conversation) { c.ChannelID = "" })
				f.refused(t, conv)
				c.came(conv)
				for range 2 { // a crash does it again
					aborted, err := f.Abort(ctx(), conv.ID, now)
					require.NoError(t, err)
					require.Equal(t, c.aborted, aborted)
				}
				lines, err := f.Lines(ctx(), conv.ID)
				require.NoError(t, err)
				require.Len(t, lines, int(c.lines))
				due := f.number(t, "SELECT refresh_at FROM waa_conversations WHERE id = $1", conv.ID) > 0
				require.Equal(t, !c.aborted, due, "what lives on is shown")
				err = f.SetChannel(ctx(), conv.ID, newID())
				if c.aborted {
					require.ErrorIs(t, err, domain.ErrNotFound)
				} else {
					require.NoError(t, err)
				}
			})
		}
	})
}

// A message that an earlier version left in an aborted conversation finds another one.
func TestAMessageLeavesAnAbortedConversation(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		who := person("+5511987654321")
		contact := f.contact(t, "+5511987654321", "Ana")
		gone := f.conversation(t, contact.ID, func(c *domain.Conversation) { c.ChannelID = "" })
		saved := f.inbound(t, gone, "wamid.left")
		_, err := f.db.Exec("UPDATE waa_conversations SET aborted_at = $1 WHERE id = $2", now, gone.ID)
		require.NoError(t, err)

		_, err = f.ResolveTarget(ctx(), f.account.ID, "wamid.left", "", who)
		require.ErrorIs(t, err, domain.ErrNotFound)
		c, _, err := f.written(who)
		require.NoError(t, err)
		require.NotEqual(t, gone.ID, c.ID)
		moved := f.inbound(t, c, "wamid.left")
		require.Equal(t, saved.ID, moved.ID, "still one message")
		require.Equal(t, c.ID, moved.ConversationID)
		a, err := f.ResolveTarget(ctx(), f.account.ID, "wamid.left", "", who)
		require.NoError(t, err)
		require.Equal(t, c.ID, a.Conversation.ID)
	})
}
