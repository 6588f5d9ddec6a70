package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// says stores a word of the customer's by which they opt out or in.
func (f *fixture) says(t *testing.T, c *domain.Conversation, wamid string, status domain.ConsentStatus, at int64) *domain.Conversation {
	t.Helper()
	_, _, after, err := f.SaveConsentWord(ctx(), &domain.Message{
		ID: newID(), ConversationID: c.ID, AccountID: c.AccountID, Kind: "text", WAMID: wamid, CreatedAt: at,
	}, domain.WhatsAppIdentity{}, true, status, at)
	require.NoError(t, err)
	return after
}

// with stores a conversation with the person behind a number.
func (f *fixture) with(t *testing.T, phone string) *domain.Conversation {
	t.Helper()
	return f.conversation(t, f.contact(t, phone, "Ana").ID, nil)
}

func (f *fixture) consentOf(t *testing.T, c *domain.Conversation) domain.Consent {
	t.Helper()
	read, err := f.Conversation(ctx(), c.ID)
	require.NoError(t, err)
	return read.Contact.Consent()
}

func TestACustomersWordIsStoredWithTheirMessage(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		c := f.with(t, "+5511987654321")
		m := f.template(t, c, "marketing")
		before, err := f.LoadSend(ctx(), m.ID)
		require.NoError(t, err)
		require.Equal(t, domain.ConsentRevoked, f.says(t, c, "wamid.1", domain.ConsentRevoked, now).Contact.ConsentStatus)
		require.Equal(t, domain.Consent{Status: domain.ConsentRevoked, Origin: domain.OriginCustomer, At: now}, f.consentOf(t, c))
		after, err := f.LoadSend(ctx(), m.ID)
		require.NoError(t, err)
		require.NotEqual(t, before.Seen, after.Seen, "a template that waits is looked at again")
		require.Equal(t, domain.ConsentRevoked, after.Contact.ConsentStatus)
		lines, err := f.Lines(ctx(), c.ID)
		require.NoError(t, err)
		require.Equal(t, "event.opted_out", lines[0].Text.Key)

		f.says(t, c, "wamid.1", domain.ConsentRevoked, now+5)
		f.says(t, c, "wamid.2", domain.ConsentRevoked, now+5)
		lines, err = f.Lines(ctx(), c.ID)
		require.NoError(t, err)
		require.Len(t, lines, 1, "once, however often it comes and however often they say it")
		require.Equal(t, now, f.consentOf(t, c).At)

		f.says(t, c, "wamid.3", domain.ConsentGranted, now+6)
		f.says(t, c, "wamid.4", domain.ConsentRevoked, now+3)
		require.Equal(t, domain.ConsentGranted, f.consentOf(t, c).Status, "what came late is not the last word")
		require.EqualValues(t, 2, f.number(t, "SELECT count(*) FROM waa_audit WHERE action = 'consent' AND object_id = $1", c.ContactID))
	})
}

func TestWhoOptedOutIsOutAfterTheErasure(t *testing.T) {
	f := direct(t)
	c := f.with(t, "+5511987654321")
	f.says(t, c, "wamid.1", domain.ConsentRevoked, now)
	_, err := f.SetConsent(ctx(), c.ContactID, domain.Consent{Status: domain.ConsentRevoked, Note: "ligou e pediu", By: "agent", At: now + 1}, domain.T("x"), now)
	require.NoError(t, err)
	require.NoError(t, f.EraseContact(ctx(), c.ContactID, "admin", nil, now+2))
	require.Zero(t, f.number(t, "SELECT count(*) FROM waa_audit WHERE details::text LIKE '%ligou%'"))
	require.Zero(t, f.number(t, "SELECT count(*) FROM waa_contacts WHERE consent_note <> ''"))

	for _, written := range []string{"+5511987654321", "+551187654321"} {
		consent, err := f.ConsentOf(ctx(), written)
		require.NoError(t, err)
		require.Equal(t, domain.ConsentRevoked, consent.Status, written)
	}
	consent, err := f.ConsentOf(ctx(), "+5511912345678")
	require.NoError(t, err)
	require.Zero(t, consent)
	again := f.with(t, "+5511987654321")
	require.NotEqual(t, c.ContactID, again.ContactID)
	require.Equal(t, domain.ConsentRevoked, f.consentOf(t, again).Status, "an erased person is not written to again")

	f.says(t, again, "wamid.9", domain.ConsentGranted, now+9)
	require.NoError(t, f.EraseContact(ctx(), again.ContactID, "admin", nil, now+10))
	consent, err = f.ConsentOf(ctx(), "+5511987654321")
	require.NoError(t, err)
	require.Zero(t, consent, "who came back is no longer remembered")
}

func TestOfTwoMergedConsentsTheRevokedOneHolds(t *testing.T) {
	for name, c := range map[string]struct{ first, second, want domain.ConsentStatus }{
		"the second's": {domain.ConsentGranted, domain.ConsentRevoked, domain.ConsentRevoked},
		"the first's":  {domain.ConsentRevoked, domain.ConsentGranted, domain.ConsentRevoked},
		"the only one": {domain.ConsentNone, domain.ConsentGranted, domain.ConsentGranted},
		"none":         {domain.ConsentNone, domain.ConsentNone, domain.ConsentNone},
	} {
		t.Run(name, func(t *testing.T) {
			f := direct(t)
			one, two := f.contact(t, "+5511987654321", "Ana"), f.contact(t, "+5511912345678", "Bia")
			for id, status := range map[string]domain.ConsentStatus{one.ID: c.first, two.ID: c.second} {
				_, err := f.SetConsent(ctx(), id, domain.Consent{Status: status, Origin: "site", By: "agent", At: now}, domain.T("x"), now)
				require.NoError(t, err)
			}
			merged, err := f.MergeContacts(ctx(), one.ID, two.ID, "admin", now)
			require.NoError(t, err)
			require.Equal(t, c.want, merged.ConsentStatus)
		})
	}
}

func TestConsentsAreListed(t *testing.T) {
	f := direct(t)
	out, in := f.with(t, "+5511987654321"), f.with(t, "+5511912345678")
	f.with(t, "+5511911112222")
	f.says(t, out, "wamid.1", domain.ConsentRevoked, now)
	f.says(t, in, "wamid.2", domain.ConsentGranted, now+1)
	for name, c := range map[string]struct {
		filter domain.ConsentFilter
		want   []string
	}{
		"all":              {domain.ConsentFilter{}, []string{in.ContactID, out.ContactID}},
		"who opted out":    {domain.ConsentFilter{Status: domain.ConsentRevoked}, []string{out.ContactID}},
		"of a queue":       {domain.ConsentFilter{QueueIDs: []string{f.queue.ID}}, []string{in.ContactID, out.ContactID}},
		"of another queue": {domain.ConsentFilter{QueueIDs: []string{newID()}}, []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			c.filter.PerPage = 10
			found, total, err := f.Consents(ctx(), c.filter)
			require.NoError(t, err)
			ids := []string{}
			for _, contact := range found {
				ids = append(ids, contact.ID)
			}
			require.Equal(t, c.want, ids)
			require.Equal(t, len(c.want), total)
		})
	}
}
