package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func TestOnlyContactsWithNothingRecentAreForgotten(t *testing.T) {
	f := direct(t)
	closed := func(phone string, at ...int64) string {
		contact := f.contact(t, phone, "Ana")
		for _, closedAt := range at {
			f.conversation(t, contact.ID, func(c *domain.Conversation) { c.ClosedAt = closedAt })
		}
		_, err := f.db.Exec("UPDATE waa_contacts SET updated_at = 5 WHERE id = $1", contact.ID)
		require.NoError(t, err)
		return contact.ID
	}
	old := closed("+5511987654321", 10, 20)
	closed("+5511987654322", 10, 200)  // one that was closed lately
	closed("+5511987654323", 10, 0)    // one that is open
	silent := closed("+5511987654324") // nobody spoke with them ever
	ids, err := f.ContactsToForget(ctx(), 100, 10)
	require.NoError(t, err)
	require.ElementsMatch(t, []string{old, silent}, ids)
	require.NoError(t, f.EraseContact(ctx(), old, "system", nil, now))
	ids, err = f.ContactsToForget(ctx(), now+1, 10)
	require.NoError(t, err)
	require.NotContains(t, ids, old, "once is enough")
}
