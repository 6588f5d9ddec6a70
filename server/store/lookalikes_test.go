package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func TestLookalikes(t *testing.T) {
	f := direct(t)
	person := func(phone, name, document string) string {
		var contact *domain.Contact
		require.NoError(t, f.InTx(ctx(), func(tx domain.Tx) (err error) {
			contact, err = tx.LockContact(f.account, domain.ContactWanted{Phone: phone, Name: name, Document: domain.Document(document)})
			return err
		}))
		return contact.ID
	}
	alike := func(id string) map[string][]string {
		found, err := f.Lookalikes(ctx(), id, 20)
		require.NoError(t, err)
		because := map[string][]string{}
		for _, one := range found {
			because[one.ID] = one.Because
		}
		return because
	}
	ana := person("+5511987654321", "Ana Lima", "52998224725")
	work := person("+5521912345678", "Ana L. (trabalho)", "52998224725")
	area := person("+5521987654321", "ana lima", "")
	bia := person("+5511976543210", "Ana Lima", "")
	require.Equal(t, map[string][]string{work: {"document"}, area: {"name"}}, alike(ana))
	require.Equal(t, map[string][]string{ana: {"document"}}, alike(work))
	require.Equal(t, map[string][]string{ana: {"name"}}, alike(area))
	require.Empty(t, alike(bia), "a name is many people's")

	_, err := f.db.Exec("UPDATE waa_contacts SET phone = '' WHERE id = $1", bia)
	require.NoError(t, err)
	require.Equal(t, map[string][]string{ana: {"name"}, area: {"name"}}, alike(bia), "a customer with only a user name")
	_, err = f.db.Exec("UPDATE waa_contacts SET name = 'Ana' WHERE id = ANY(ARRAY[$1, $2])", bia, ana)
	require.NoError(t, err)
	require.Empty(t, alike(bia), "a first name is even more people's")

	_, err = f.db.Exec("INSERT INTO waa_accounts SELECT (jsonb_populate_record(a, '{\"id\": \"second\", \"phone_number_id\": \"2\"}')).* FROM waa_accounts a LIMIT 1")
	require.NoError(t, err)
	_, err = f.db.Exec("INSERT INTO waa_identities (account_id, kind, value, contact_id) VALUES ('second', 'phone', $1, $2)", domain.PhoneKey("551187654321"), work)
	require.NoError(t, err)
	require.Equal(t, map[string][]string{work: {"document", "number"}}, alike(ana))

	merged, err := f.MergeContacts(ctx(), ana, work, "admin", now)
	require.NoError(t, err)
	require.Equal(t, ana, merged.ID)
	require.Empty(t, alike(ana))
	_, err = f.Lookalikes(ctx(), work, 20)
	require.ErrorIs(t, err, domain.ErrNotFound)
}
