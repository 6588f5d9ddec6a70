package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

// textTo is where an agent's free text in a conversation would go now.
func (f *fixture) textTo(t testing.TB, c *domain.Conversation) domain.Address {
	t.Helper()
	m := f.outbound(t, c, nil)
	s, err := f.LoadSend(ctx(), m.ID)
	require.NoError(t, err)
	l := &domain.SendCheck{Account: &s.Account, Contact: &s.Contact, Conversation: &s.Conversation}
	require.Zero(t, l.Reason(now+10))
	return l.To()
}

// writes stores a customer's message, as a first one or into a window that is open.
func (f *fixture) writes(t testing.TB, c *domain.Conversation, who domain.WhatsAppIdentity, at int64) {
	t.Helper()
	m := &domain.Message{ID: newID(), ConversationID: c.ID, AccountID: c.AccountID, ContactID: c.ContactID, Direction: domain.Inbound, Kind: "text", WAMID: newID(), CreatedAt: at}
	before, err := f.Conversation(ctx(), c.ID)
	require.NoError(t, err)
	if before.StateAt(now) != domain.Open {
		_, _, _, err := f.SaveInbound(ctx(), m, who, true, now)
		require.NoError(t, err)
		return
	}
	add(t, f, row(m.ID, 1, m.ID))
	jobs, err := f.Inbox().Claim(ctx(), "me", time.Minute, 1, jobqueue.ClaimLimit{})
	require.NoError(t, err)
	require.Len(t, jobs, 1)
	m.PostID = newID()
	_, err = f.CompleteInbound(ctx(), "me", jobs[0].ID, &domain.InboundTarget{News: true}, m, who, true, now, time.Minute)
	require.NoError(t, err)
}

// A window belongs to the address that opened it: free text goes there and
// nowhere else, whatever becomes of the person.
func TestAWindowStaysThatOfWhoOpenedIt(t *testing.T) {
	const rio, saoPaulo, paulo = "+5521999998888", "+5511987654321", "+5511912345678"
	begin := func(t *testing.T, f *fixture) *domain.Conversation {
		c := f.conversation(t, f.contact(t, rio, "Ana").ID, func(c *domain.Conversation) { c.LastTemplateAt = now - hour })
		f.writes(t, c, person(rio), now-20)
		require.Equal(t, domain.Address{Phone: rio}, f.textTo(t, c))
		return c
	}
	both(t, func(t *testing.T, f *fixture) {
		t.Run("after a merge", func(t *testing.T) {
			c := begin(t, f)
			into := f.contact(t, saoPaulo, "Ana")
			_, err := f.MergeContacts(ctx(), into.ID, c.ContactID, "admin", now)
			require.NoError(t, err)
			require.Equal(t, domain.Address{Phone: rio}, f.textTo(t, c))
			m := f.template(t, c, "marketing")
			s, err := f.LoadSend(ctx(), m.ID)
			require.NoError(t, err)
			require.Equal(t, saoPaulo, s.Contact.Phone, "a template goes to the person")
			f.writes(t, c, person(saoPaulo), now-10)
			require.Equal(t, domain.Address{Phone: saoPaulo}, f.textTo(t, c), "who wrote last opened it anew")
			f.writes(t, c, person(rio), now-15)
			require.Equal(t, domain.Address{Phone: saoPaulo}, f.textTo(t, c), "an older one that comes late changes nothing")
		})
	})
	t.Run("nobody noted whose it is", func(t *testing.T) {
		f := direct(t)
		c := begin(t, f)
		_, err := f.db.Exec("UPDATE waa_conversations SET window_phone = '', window_user_id = ''")
		require.NoError(t, err)
		_, err = f.MergeContacts(ctx(), f.contact(t, saoPaulo, "Ana").ID, c.ContactID, "admin", now)
		require.NoError(t, err)
		require.Equal(t, domain.Address{Phone: rio}, f.textTo(t, c))
	})
	t.Run("after a new number", func(t *testing.T) {
		f := direct(t)
		c := begin(t, f)
		taken, err := f.MoveIdentity(ctx(), f.account.ID, c.ContactID, person(rio), person(saoPaulo), now)
		require.NoError(t, err)
		require.False(t, taken)
		require.Equal(t, domain.Address{Phone: rio}, f.textTo(t, c))
		got, err := f.Conversation(ctx(), c.ID)
		require.NoError(t, err)
		require.Equal(t, saoPaulo, got.Contact.Phone)
	})
	t.Run("after an answer from elsewhere", func(t *testing.T) {
		f := direct(t)
		c := begin(t, f)
		f.writes(t, c, person(paulo), now-10) // it quotes one of the conversation's messages
		require.Equal(t, domain.Address{Phone: paulo}, f.textTo(t, c))
	})
	t.Run("without a number", func(t *testing.T) {
		f := direct(t)
		c := begin(t, f)
		f.writes(t, c, domain.WhatsAppIdentity{UserID: "BR.1"}, now-10)
		require.Equal(t, domain.Address{UserID: "BR.1"}, f.textTo(t, c))
		_, err := f.MoveIdentity(ctx(), f.account.ID, c.ContactID, domain.WhatsAppIdentity{UserID: "BR.1"}, domain.WhatsAppIdentity{UserID: "BR.2"}, now)
		require.NoError(t, err)
		require.Equal(t, domain.Address{UserID: "BR.2"}, f.textTo(t, c), "the same person, by another name")
		f.writes(t, c, domain.WhatsAppIdentity{}, now-5)
		require.Equal(t, domain.Address{UserID: "BR.2"}, f.textTo(t, c), "who names nobody is who was asked")
		err = f.EraseContact(ctx(), c.ContactID, "admin", nil, now)
		require.NoError(t, err)
		require.Zero(t, f.number(t, "SELECT count(*) FROM waa_conversations WHERE window_phone || window_user_id <> ''"))
	})
	t.Run("the template's, where an answer names nobody", func(t *testing.T) {
		f := direct(t)
		c := f.conversation(t, f.contact(t, rio, "Ana").ID, nil)
		require.NoError(t, f.accepted(f.template(t, c, "marketing").ID, "wamid.1", person(rio), now-20))
		_, err := f.db.Exec("UPDATE waa_contacts SET phone = $1", saoPaulo)
		require.NoError(t, err)
		f.writes(t, c, domain.WhatsAppIdentity{}, now-10)
		require.Equal(t, domain.Address{Phone: rio}, f.textTo(t, c))
	})
}
