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

// Whether the number's own conversation is closed or open, one person with one open conversation is left: the one in
// which the number was shared. Whatever is written from then on, by the number or by the user id, lands there.
func TestWhoSharesAKnownNumberIsThatPerson(t *testing.T) {
	for name, closed := range map[string]bool{"closed": true, "open": false} {
		t.Run(name, func(t *testing.T) { testShareKnown(t, closed) })
	}
}

func testShareKnown(t *testing.T, closed bool) {
	f := direct(t)
	old := f.with(t, "+5511987654321")
	c := f.nameless(t, "BR.1")
	if closed {
		_, err := f.db.Exec("UPDATE waa_conversations SET closed_at = $2 WHERE id = $1", old.ID, now)
		require.NoError(t, err)
	}
	if !closed {
		_, err := f.MergeContacts(ctx(), c.ContactID, old.ContactID, "root", now)
		require.ErrorIs(t, err, domain.ErrConflict, "an administrator chooses which one is closed")
		require.EqualValues(t, 2, f.number(t, "SELECT count(*) FROM waa_conversations WHERE closed_at = 0"))
	}
	_, err := f.ShareNumber(ctx(), f.account.ID, c.ContactID, "5511987654321", now)
	require.NoError(t, err)
	require.EqualValues(t, 1, f.number(t, "SELECT count(*) FROM waa_contacts"))
	require.EqualValues(t, 2, f.number(t, "SELECT count(*) FROM waa_conversations WHERE contact_id = $1", c.ContactID), "their history")
	require.EqualValues(t, 1, f.number(t, "SELECT count(*) FROM waa_identities WHERE kind = 'phone' AND origin = 'contact_request' AND contact_id = $1", c.ContactID))
	require.EqualValues(t, 1, f.number(t, "SELECT count(*) FROM waa_conversations WHERE closed_at = 0 AND id = $1", c.ID), "the one they write in goes on")
	for _, who := range []domain.WhatsAppIdentity{{PhoneKey: domain.PhoneKey("5511987654321")}, {UserID: "BR.1"}} {
		target, err := f.ResolveTarget(ctx(), f.account.ID, "wamid.new", "", who)
		require.NoError(t, err)
		require.Equal(t, c.ID, target.Conversation.ID)
	}
	lines := func(id string) (keys []string) {
		owed, err := f.Lines(ctx(), id)
		require.NoError(t, err)
		for _, line := range owed {
			keys = append(keys, line.Text.Key+" "+line.Text.Data["Conversation"].(string))
		}
		return keys
	}
	if closed {
		require.Empty(t, lines(c.ID))
		return
	}
	require.Equal(t, []string{"shared.other " + old.ID}, lines(c.ID))
	require.Equal(t, []string{"shared.closed " + c.ID}, lines(old.ID))
	require.EqualValues(t, 1, f.number(t, "SELECT count(*) FROM waa_audit WHERE action = 'close' AND actor_id = '' AND object_id = $1", old.ID))
	_, err = f.ShareNumber(ctx(), f.account.ID, c.ContactID, "5511987654321", now)
	require.NoError(t, err)
	require.Len(t, lines(c.ID), 1, "a second time changes nothing")
}

// While a number is shared somebody may start a conversation with it. Whoever comes second meets the same person.
func TestANumberIsSharedWhileSomebodyStartsWithIt(t *testing.T) {
	f := direct(t)
	c := f.nameless(t, "BR.1")
	starting, err := f.db.Begin()
	require.NoError(t, err)
	defer func() { _ = starting.Rollback() }() // does nothing after the commit
	key := domain.PhoneKey("5511987654321")
	_, err = starting.Exec("SELECT pg_advisory_xact_lock(hashtextextended('waa:phone:' || $1, 0))", key)
	require.NoError(t, err)
	shared := make(chan error, 1)
	go func() {
		_, err := f.ShareNumber(ctx(), f.account.ID, c.ContactID, "5511987654321", now)
		shared <- err
	}()
	f.blocked(t, "pg_advisory_xact_lock")
	_, err = starting.Exec("INSERT INTO waa_contacts (id, phone, created_at, updated_at) VALUES ('started', '+5511987654321', 1, 1)")
	require.NoError(t, err)
	_, err = starting.Exec("INSERT INTO waa_identities (account_id, kind, value, contact_id) VALUES ($1, 'phone', $2, 'started')", f.account.ID, key)
	require.NoError(t, err)
	require.NoError(t, starting.Commit())
	require.NoError(t, <-shared)
	require.EqualValues(t, 1, f.number(t, "SELECT count(*) FROM waa_contacts"))
	require.EqualValues(t, 1, f.number(t, "SELECT count(*) FROM waa_identities WHERE kind = 'phone' AND origin = 'contact_request' AND contact_id = $1", c.ContactID))
}
