package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// nameless stores an open conversation with somebody of whom only the BSUID is known.
func (f *fixture) nameless(t *testing.T, bsuid string) *domain.Conversation {
	t.Helper()
	c, _, err := f.OpenForInbound(ctx(), domain.NewSender{
		AccountID: f.account.ID, DefaultQueueID: f.queue.ID, Who: domain.WhatsAppIdentity{UserID: bsuid, Name: "Ana"}, Now: now,
		Reopens: func(*domain.Conversation) bool { return false },
	})
	require.NoError(t, err)
	return c
}

func TestASharedNumberIsThePersons(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		c := f.nameless(t, "BR.1")
		known, err := f.ShareNumber(ctx(), f.account.ID, c.ContactID, "+55 11 98765-4321", now)
		require.NoError(t, err)
		require.False(t, known)
		known, err = f.ShareNumber(ctx(), f.account.ID, c.ContactID, "551187654321", now)
		require.NoError(t, err)
		require.True(t, known, "the ninth digit does not matter")
		for _, who := range []domain.WhatsAppIdentity{{PhoneKey: domain.PhoneKey("5511987654321")}, {UserID: "BR.1"}} {
			found, err := f.FindContact(ctx(), f.account.ID, who)
			require.NoError(t, err)
			require.Equal(t, []string{c.ContactID, "+5511987654321"}, []string{found.ID, found.Phone})
			target, err := f.ResolveTarget(ctx(), f.account.ID, "wamid.new", "", who)
			require.NoError(t, err)
			require.Equal(t, c.ID, target.Conversation.ID, "one conversation")
		}
		person, err := f.ExportContact(ctx(), c.ContactID)
		require.NoError(t, err)
		require.ElementsMatch(t, []domain.ContactIdentity{
			{AccountID: f.account.ID, Kind: "bsuid", Value: "BR.1"},
			{AccountID: f.account.ID, Kind: "phone", Value: domain.PhoneKey("5511987654321"), Origin: domain.OriginContactRequest},
		}, person.Identities)
		_, err = f.ShareNumber(ctx(), f.account.ID, c.ContactID, "x", now)
		require.ErrorIs(t, err, domain.ErrNotFound)
	})
}

func TestWhoSharesAKnownNumberIsThatPerson(t *testing.T) {
	f := direct(t)
	old := f.with(t, "+5511987654321")
	c := f.nameless(t, "BR.1")
	_, err := f.ShareNumber(ctx(), f.account.ID, c.ContactID, "5511987654321", now)
	require.ErrorIs(t, err, domain.ErrConflict, "both have an open conversation")
	_, err = f.db.Exec("UPDATE waa_conversations SET closed_at = $2 WHERE id = $1", old.ID, now)
	require.NoError(t, err)
	_, err = f.ShareNumber(ctx(), f.account.ID, c.ContactID, "5511987654321", now)
	require.NoError(t, err)
	require.EqualValues(t, 1, f.number(t, "SELECT count(*) FROM waa_contacts"))
	require.EqualValues(t, 2, f.number(t, "SELECT count(*) FROM waa_conversations WHERE contact_id = $1", c.ContactID), "their history")
	require.EqualValues(t, 1, f.number(t, "SELECT count(*) FROM waa_identities WHERE kind = 'phone' AND origin = 'contact_request' AND contact_id = $1", c.ContactID))
}
