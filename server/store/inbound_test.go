package store_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func inbound(c *domain.Conversation, wamid string, at int64) *domain.Message {
	return &domain.Message{
		ID: newID(), ConversationID: c.ID, AccountID: c.AccountID, ContactID: c.ContactID, Direction: domain.Inbound, Kind: "text", WAMID: wamid, CreatedAt: at,
	}
}

func TestSaveInboundTwiceStoresOnce(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		c := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil)
		who := domain.WhatsAppIdentity{PhoneKey: "5511987654321", WAID: "551187654321", UserID: "BR.1", Name: "Perfil"}
		m := inbound(c, "wamid.1", now)
		saved, before, after, err := f.SaveInbound(ctx(), m, who, true, now+5)
		require.NoError(t, err)
		require.Equal(t, m, saved)
		require.Equal(t, domain.Waiting, before.StateAt(now))
		require.Equal(t, domain.Open, after.StateAt(now))
		require.Equal(t, now+day, after.WindowUntil)
		require.Equal(t, "551187654321", after.Contact.WAID)
		require.Equal(t, "BR.1", after.Contact.UserID)
		require.Equal(t, "Ana", after.Contact.Name, "what an agent typed stays")
		stored, err := f.Conversation(ctx(), c.ID)
		require.NoError(t, err)
		stored.Contact.UpdatedAt = after.Contact.UpdatedAt
		require.Equal(t, after, stored)

		require.NoError(t, f.SetPost(ctx(), saved.ID, "post"))
		again, before, after, err := f.SaveInbound(ctx(), inbound(c, "wamid.1", now), who, true, now+6)
		require.NoError(t, err)
		require.Equal(t, saved.ID, again.ID)
		require.Equal(t, "post", again.PostID)
		require.Equal(t, before.WindowUntil, after.WindowUntil)
		require.EqualValues(t, 1, f.number(t, "SELECT count(*) FROM waa_messages"))
		found, err := f.Find(ctx(), f.account.ID, "", domain.WhatsAppIdentity{UserID: "BR.1"})
		require.NoError(t, err)
		require.Equal(t, c.ID, found.ID, "the BSUID is an identity now")

		_, _, _, err = f.SaveInbound(ctx(), inbound(&domain.Conversation{ID: "no"}, "wamid.2", now), who, true, now)
		require.ErrorIs(t, err, domain.ErrNotFound)
	})
}

func TestSaveInboundInParallel(t *testing.T) {
	f := direct(t)
	c := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil)
	var all sync.WaitGroup
	ids := make(chan string, 20)
	for range 20 {
		all.Go(func() {
			saved, _, _, err := f.SaveInbound(ctx(), inbound(c, "wamid.1", now), person("+5511987654321"), true, now)
			if err != nil {
				t.Error(err)
				return
			}
			ids <- saved.ID
		})
	}
	all.Wait()
	close(ids)
	first := <-ids
	for id := range ids {
		require.Equal(t, first, id)
	}
}

// The SQL that moves the window does what Conversation.Answered does.
func TestSaveInboundMovesTheWindowAsAnswered(t *testing.T) {
	f := direct(t)
	contact := f.contact(t, "+5511987654321", "Ana")
	rapid.Check(t, func(rt *rapid.T) {
		moments := rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(now-2*day, now+2*day))
		c := &domain.Conversation{
			ID: newID(), AccountID: newID(), ContactID: contact.ID, OwnerID: "o", CreatedAt: now, UpdatedAt: now,
			WindowFrom: moments.Draw(rt, "from"), WindowUntil: moments.Draw(rt, "until"), LastInboundAt: moments.Draw(rt, "last"),
		}
		require.NoError(rt, f.InTx(ctx(), func(tx domain.Tx) error { return tx.InsertConversation(c) }))
		at := rapid.OneOf(rapid.Int64Range(now-3*day, now+day), rapid.Just(c.WindowUntil), rapid.Just(c.WindowUntil-day), rapid.Just(c.WindowUntil-day+1)).Draw(rt, "at")
		opens := rapid.Bool().Draw(rt, "opens")
		_, before, after, err := f.SaveInbound(ctx(), inbound(c, newID(), at), domain.WhatsAppIdentity{}, opens, now)
		require.NoError(rt, err)
		times := func(c *domain.Conversation) [3]int64 {
			return [3]int64{c.WindowFrom, c.WindowUntil, c.LastInboundAt}
		}
		require.Equal(rt, times(c), times(before))
		if opens {
			c.ExtendWindow(at)
		}
		require.Equal(rt, times(c), times(after))
	})
}

func TestFindTheConversationThatAsked(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		ana := f.contact(t, "+5511987654321", "Ana")
		c := f.conversation(t, ana.ID, nil)
		bia := f.conversation(t, f.contact(t, "+5511912345678", "Bia").ID, nil)
		f.outbound(t, bia, func(m *domain.Message) { m.WAMID = "wamid.asked" })
		find := func(contextWAMID string, who domain.WhatsAppIdentity) string {
			found, err := f.Find(ctx(), f.account.ID, contextWAMID, who)
			if err != nil {
				require.ErrorIs(t, err, domain.ErrNotFound)
				return ""
			}
			require.Equal(t, found.ContactID, found.Contact.ID)
			return found.ID
		}
		require.Equal(t, c.ID, find("", person("+551187654321")), "without the ninth digit")
		require.Equal(t, bia.ID, find("wamid.asked", person("+5511987654321")), "the context wins")
		require.Equal(t, c.ID, find("wamid.unknown", person("+5511987654321")))
		require.Empty(t, find("", person("+5511900000000")))
		require.Empty(t, find("", domain.WhatsAppIdentity{}))
		bia.ClosedAt = now
		require.NoError(t, f.InTx(ctx(), func(tx domain.Tx) error { return tx.UpdateConversation(bia) }))
		require.Equal(t, c.ID, find("wamid.asked", person("+5511987654321")), "the one that asked is closed")
		f.abort(t, c.ID)
		require.Empty(t, find("", person("+5511987654321")))
	})
}

func TestOpenForInboundMakesOne(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		who := domain.WhatsAppIdentity{PhoneKey: "5511987654321", WAID: "551187654321", UserID: "BR.1", Name: "Perfil"}
		var all sync.WaitGroup
		made := make(chan bool, 20)
		for i := range 20 {
			all.Go(func() {
				who := who
				switch i % 3 { // each part of the person alone leads to the same
				case 1:
					who.UserID = ""
				case 2:
					who.PhoneKey = ""
				}
				if i == 0 || i > 10 { // somebody has to say that both are one
					who = domain.WhatsAppIdentity{PhoneKey: "5511987654321", WAID: "551187654321", UserID: "BR.1", Name: "Perfil"}
				}
				c, created, err := f.written(who)
				if err != nil {
					t.Error(err)
					return
				}
				made <- created
				if c.OwnerID != "" || c.AttendantID != "" || c.QueueID != f.queue.ID {
					t.Errorf("nobody has it yet: %+v", c)
				}
			})
		}
		all.Wait()
		require.Len(t, made, 20)
		require.LessOrEqual(t, f.number(t, "SELECT count(*) FROM waa_conversations"), int64(2), "number and BSUID alone may be two people")
		require.Zero(t, f.number(t, "SELECT count(*) FROM (SELECT 1 FROM waa_conversations GROUP BY account_id, contact_id HAVING count(*) > 1) d"))

		_, created, err := f.written(who)
		require.NoError(t, err)
		require.False(t, created)
		_, _, err = f.written(domain.WhatsAppIdentity{Name: "nobody"})
		require.Error(t, err)
	})
}

func TestNothingInAMessageIsTooMuch(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		huge := strings.Repeat("\x00\xffé😀", 5000)
		who := domain.WhatsAppIdentity{PhoneKey: "5511987654321", WAID: huge, UserID: huge, Name: huge}
		c, created, err := f.written(who)
		require.NoError(t, err)
		require.True(t, created)
		m := inbound(c, huge, now)
		m.Kind = huge
		saved, _, _, err := f.SaveInbound(ctx(), m, who, true, now)
		require.NoError(t, err)
		found, err := f.MessageByWAMID(ctx(), f.account.ID, huge)
		require.NoError(t, err)
		require.Equal(t, saved.ID, found.ID)
		again, _, _, err := f.SaveInbound(ctx(), inbound(c, huge, now), who, true, now)
		require.NoError(t, err)
		require.Equal(t, saved.ID, again.ID)
		open, err := f.Find(ctx(), f.account.ID, huge, domain.WhatsAppIdentity{UserID: huge})
		require.NoError(t, err)
		require.Equal(t, c.ID, open.ID)
	})
}
