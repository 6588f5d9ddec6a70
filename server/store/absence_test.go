package store_test

import (
	"testing"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// TestAbsencesAreReadFromTheServersStatuses: who is absent while their customer waits is found once, and again when it is over.
func TestAbsencesAreReadFromTheServersStatuses(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		c := f.with(t, "+5511987654321")
		set := func(column, value string) {
			t.Helper()
			_, err := f.db.Exec("UPDATE waa_conversations SET "+column+" = $2 WHERE id = $1", c.ID, value)
			require.NoError(t, err)
		}
		status := func(to string) {
			t.Helper()
			_, err := f.db.Exec("INSERT INTO status (userid, status) VALUES ('ines', $1) ON CONFLICT (userid) DO UPDATE SET status = $1", to)
			require.NoError(t, err)
		}
		says := func(direction string, at int64) {
			t.Helper()
			m := &domain.Message{
				ID: newID(), ConversationID: c.ID, AccountID: c.AccountID, ContactID: c.ContactID, Direction: direction, Kind: "text", Status: domain.Sent, WAMID: model.NewId(), CreatedAt: at,
			}
			require.NoError(t, f.InTx(ctx(), func(tx domain.Tx) error { return tx.InsertMessage(m) }))
		}
		changes := func(queues ...string) (found []string) {
			t.Helper()
			list, err := f.AbsenceChanges(ctx(), queues, 10)
			require.NoError(t, err)
			for _, change := range list {
				require.Equal(t, []string{c.ID, "ines"}, []string{change.ID, change.AttendantID})
				found = append(found, string(change.From)+" > "+string(change.To)+" "+change.Status)
			}
			return found
		}
		set("attendant_id", "ines")
		set("channel_id", newID())
		set("last_inbound_at", "1")
		says(domain.Inbound, now)
		for given, absent := range map[string]bool{"online": false, "away": false, "dnd": true, "ooo": true} {
			status(given)
			require.Equal(t, absent, len(changes(c.QueueID)) == 1, given)
		}
		status("ooo")
		require.Equal(t, []string{" > offered ooo"}, changes("other", c.QueueID))
		require.Empty(t, changes("other"), "its queue is closed")
		says(domain.Outbound, now+1000)
		require.Empty(t, changes(c.QueueID), "nobody waits")
		says(domain.Inbound, now+2000)

		set("absence", "offered")
		require.Empty(t, changes(c.QueueID), "it was told")
		says(domain.Outbound, now+3000)
		require.Equal(t, []string{"offered > answered ooo"}, changes())
		set("absence", "answered")
		says(domain.Inbound, now+4000)
		require.Empty(t, changes(c.QueueID), "once an absence")
		status("online")
		require.Equal(t, []string{"answered >  online"}, changes())
		set("closed_at", "5")
		require.Empty(t, changes(c.QueueID))
	})
}
