package store_test

import (
	"database/sql"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// step runs one migration's file, on a database that has them all.
func step(t *testing.T, db *sql.DB, name string) {
	t.Helper()
	query, err := os.ReadFile("migrations/" + name)
	require.NoError(t, err)
	_, err = db.Exec(string(query))
	require.NoError(t, err, name)
}

// One person whose number is written in two ways is one contact with one open conversation.
func TestOnePersonElsewhereTooIsOneContact(t *testing.T) {
	for whatsapp, typed := range map[string]string{"5215512345678": "+52 55 1234 5678", "5491123456789": "+54 11 2345-6789", "22997123456": "+229 01 97 12 34 56"} {
		both(t, func(t *testing.T, f *fixture) {
			who := person(whatsapp)
			c, made, err := f.written(who)
			require.NoError(t, err)
			require.True(t, made)
			e164, ok := domain.ParsePhone(typed, "BR")
			require.True(t, ok)
			require.Equal(t, e164, c.Contact.Phone, "as it is dialled")
			require.Equal(t, c.ContactID, f.contact(t, e164, "Ana").ID)
			require.NoError(t, f.InTx(ctx(), func(tx domain.Tx) error {
				open, err := tx.OpenConversation(f.account.ID, c.ContactID)
				require.Equal(t, c.ID, open.ID)
				return err
			}))
		})
	}
}

// Keys that an earlier version stored are those of this one after its migration.
func TestStoredKeysOfNumbersBecomeTheCurrentOnes(t *testing.T) {
	f := direct(t)
	step(t, f.db, "000012_one_person_one_message.down.sql")
	old := map[string]string{}
	for _, value := range []string{"5215512345678", "5491123456789", "541187654321", "22997123456", "5511987654321", "14155552671", "5215500000001", "525500000001", "5215500000002", "525500000002"} {
		id := newID()
		old[value] = id
		_, err := f.db.Exec("INSERT INTO waa_contacts (id, phone, created_at, updated_at) VALUES ($1, $2, 1, 1)", id, "+"+value)
		require.NoError(t, err)
		_, err = f.db.Exec("INSERT INTO waa_identities (account_id, kind, value, contact_id) VALUES ($1, 'phone', $2, $3)", f.account.ID, value, id)
		require.NoError(t, err)
	}
	f.conversation(t, old["5215500000001"], nil) // the person of the other form has none
	step(t, f.db, "000012_one_person_one_message.up.sql")
	for whatsapp, contact := range map[string]string{
		"5215512345678": old["5215512345678"], "5491123456789": old["5491123456789"], "541187654321": old["541187654321"], "22997123456": old["22997123456"],
		"5511987654321": old["5511987654321"], "14155552671": old["14155552671"], "5215500000001": old["5215500000001"], "525500000002": old["525500000002"],
	} {
		t.Run(whatsapp, func(t *testing.T) {
			found, err := f.FindContact(ctx(), f.account.ID, person(whatsapp))
			require.NoError(t, err)
			require.Equal(t, contact, found.ID)
		})
	}
	require.EqualValues(t, 8, f.number(t, "SELECT count(*) FROM waa_identities"))
}
