package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// What the customer wrote and what they are told are stored together or not at all: whatever dies, and however often it is tried again, it is told once.
func TestWhoWritesIsToldOnceInAPeriodAndWindow(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		c := f.with(t, "+5511987654321")
		writes := func(wamid string, at, since int64) int64 {
			_, _, _, err := f.SaveInboundAway(ctx(), &domain.Message{ID: newID(), ConversationID: c.ID, AccountID: c.AccountID, Kind: "text", WAMID: wamid, CreatedAt: at},
				domain.WhatsAppIdentity{}, true, domain.Away{MessageID: newID(), Text: "Voltamos às 8h.", Payload: []byte(`{"text":"Voltamos às 8h."}`), Since: since}, at)
			require.NoError(t, err)
			return f.number(t, "SELECT count(*) FROM waa_outbox o JOIN waa_messages m ON m.id = o.dedupe_key WHERE m.automatic AND m.conversation_id = $1 AND m.post_id = ''", c.ID)
		}
		require.EqualValues(t, 1, writes("wamid.1", now, now-hour))
		require.EqualValues(t, 1, writes("wamid.1", now, now-hour), "the same delivery")
		require.EqualValues(t, 1, writes("wamid.2", now+minuteOf, now-hour), "the same period and window")
		require.EqualValues(t, 2, writes("wamid.3", now+2*hour, now+hour), "another period")
		require.EqualValues(t, 3, writes("wamid.4", now+40*hour, now+hour), "another window")

		unshown, err := f.UnshownTemplates(ctx(), c.ID)
		require.NoError(t, err)
		require.Len(t, unshown, 3)
		require.NoError(t, f.InTx(ctx(), func(tx domain.Tx) error {
			since, err := tx.CustomerWaits(c.ID)
			require.Equal(t, now, since, "nobody answered")
			return err
		}))
	})
}

const minuteOf = int64(60_000)
