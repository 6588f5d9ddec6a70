package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// left is a message of a conversation that left while its window was to end at that moment.
func (f *fixture) left(t testing.TB, c *domain.Conversation, window int64) *domain.Message {
	t.Helper()
	m := f.outbound(t, c, func(m *domain.Message) { m.Status = domain.Sent })
	_, err := f.db.Exec("INSERT INTO waa_outbox (lane, ord, dedupe_key, account_id, payload, created_at, finished_at, left_at, left_window) VALUES ($1, 1, $2, $3, '', 1, 1, 1, $4)",
		c.ID, m.ID, c.AccountID, window)
	require.NoError(t, err)
	return m
}

// What Meta says of a message that left before the customer wrote again closes no window that they opened since.
func TestALateRefusalClosesNoNewWindow(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		w := f.outgoing(t, false)
		read, _ := w.send(t)
		is, err := f.MarkLeft(ctx(), "me", w.job.ID, now, read.Seen)
		require.NoError(t, err)
		require.True(t, is)
		window := func() int64 {
			c, err := f.Conversation(ctx(), w.conv.ID)
			require.NoError(t, err)
			return c.WindowUntil
		}
		f.writes(t, w.conv, person("+5511987654321"), now+1)
		require.NoError(t, f.CloseWindow(ctx(), w.message.ID, now+2))
		require.Equal(t, now+1+day, window(), "the customer has written since it left")

		// of one that left in the window that stands Meta has the last word
		later := f.left(t, w.conv, now+1+day)
		require.NoError(t, f.CloseWindow(ctx(), later.ID, now+3))
		require.Equal(t, now+3, window())
	})
}

func TestALateStopDoesNotUndoAnOptIn(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		c := f.contact(t, "+5511987654321", "Ana")
		is := func() (stopped bool, blocked bool) {
			got, err := f.FindContact(ctx(), f.account.ID, person("+5511987654321"))
			require.NoError(t, err)
			return got.MarketingStopAt != 0, got.BlockedUntil > now+20
		}
		require.NoError(t, f.BlockContact(ctx(), c.ID, 0, true, now))
		require.NoError(t, f.AllowMarketing(ctx(), c.ID, now-1))
		stopped, _ := is()
		require.True(t, stopped, "an older wish that comes late")
		require.NoError(t, f.AllowMarketing(ctx(), c.ID, now+10))
		require.NoError(t, f.BlockContact(ctx(), c.ID, now+day, true, now+9))
		stopped, blocked := is()
		require.False(t, stopped)
		require.False(t, blocked)
		require.NoError(t, f.BlockContact(ctx(), c.ID, now+day, true, now+10))
		stopped, blocked = is()
		require.True(t, stopped, "a later one holds")
		require.True(t, blocked)
		require.NoError(t, f.BlockContact(ctx(), c.ID, 0, true, now+30))
		require.NoError(t, f.AllowMarketing(ctx(), c.ID, now+20))
		stopped, _ = is()
		require.True(t, stopped, "they stopped once more after that")
	})
}

func TestALateErrorStopsNoNumberThatSends(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		code := func() int {
			a, err := f.Account(ctx(), f.account.ID)
			require.NoError(t, err)
			return a.BlockedCode
		}
		block := func(code int, at int64) {
			_, err := f.BlockAccount(ctx(), f.account.ID, code, at)
			require.NoError(t, err)
		}
		sent := f.outbound(t, f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil), nil)
		require.NoError(t, f.accepted(sent.ID, "w", domain.WhatsAppIdentity{}, now))
		require.NoError(t, f.accepted(sent.ID, "w", domain.WhatsAppIdentity{}, now-5))
		block(131042, now-1)
		require.Zero(t, code(), "what left later went through")
		block(131042, now+1)
		require.Equal(t, 131042, code())
		block(0, now)
		require.Equal(t, 131042, code(), "nor does an older success make it well")
		block(0, now+2)
		require.Zero(t, code())
		block(131042, now+1)
		require.Zero(t, code())
	})
}

func TestLateNewsOfATemplateChangeNothing(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		sync := func(status string, at int64) {
			_, _, _, _, err := f.SyncTemplates(ctx(), f.account.ID, []domain.Template{{MetaID: "1", Name: "a", Language: "pt_BR", Category: "UTILITY", Status: status}}, at)
			require.NoError(t, err)
		}
		changed := func(status string, at int64) error {
			_, err := f.TemplateChanged(ctx(), f.account.ID, domain.TemplateChange{MetaID: "1", Status: status, At: at}, at)
			return err
		}
		is := func() (string, bool) {
			a, err := f.TemplateByName(ctx(), f.account.ID, "a", "pt_BR")
			require.NoError(t, err)
			return a.Status, a.Approved
		}
		sync("PENDING", now)
		require.NoError(t, changed("APPROVED", now+10_000))
		a, err := f.TemplateByName(ctx(), f.account.ID, "a", "pt_BR")
		require.NoError(t, err)
		_, err = f.AllowTemplate(ctx(), a.ID, true, nil, "admin", now)
		require.NoError(t, err)
		require.ErrorIs(t, changed("REJECTED", now+9_000), domain.ErrNotFound, "it is read from Meta instead")
		status, approved := is()
		require.Equal(t, "APPROVED", status)
		require.True(t, approved)
		sync("PAUSED", now+20_000)
		require.ErrorIs(t, changed("APPROVED", now+15_000), domain.ErrNotFound, "Meta was read after that")
		require.NoError(t, changed("APPROVED", now+20_000))
	})
}

func TestLateNewsOfANumberChangeNothing(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		is := func() [3]string {
			all, err := f.Healths(ctx())
			require.NoError(t, err)
			h := all[f.account.ID]
			return [3]string{h.QualityRating, h.MessagingLimit, h.Restriction}
		}
		require.NoError(t, f.SaveNumberNews(ctx(), f.account.ID, "GREEN", "TIER_1K", "", now))
		require.NoError(t, f.SaveNumberNews(ctx(), f.account.ID, "RED", "TIER_250", "DISABLED", now-5))
		require.Equal(t, [3]string{"GREEN", "TIER_1K", "DISABLED"}, is(), "of restrictions it is the first news")
		require.NoError(t, f.SaveNumberNews(ctx(), f.account.ID, "", "", "-", now-6))
		require.Equal(t, "DISABLED", is()[2])
		require.NoError(t, f.SaveNumberNews(ctx(), f.account.ID, "RED", "", "-", now+1))
		require.Equal(t, [3]string{"RED", "TIER_1K", ""}, is())
	})
}

// What is told late of a message to the number that a person left does not bring that number back.
func TestWhatIsOldTeachesNothingOfAPersonWhoMoved(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		const before, after = "+5511987654321", "+5521999998888"
		c := f.conversation(t, f.contact(t, before, "Ana").ID, nil)
		template := f.template(t, c, "marketing")
		text := f.outbound(t, c, func(m *domain.Message) { m.WAMID = "wamid.text" })
		_, err := f.MoveIdentity(ctx(), f.account.ID, c.ContactID, person(before), person(after), now+10)
		require.NoError(t, err)
		require.NoError(t, f.accepted(template.ID, "wamid.template", person(before), now+20))
		_, _, err = f.ApplyStatus(ctx(), f.account.ID, domain.StatusChange{WAMID: text.WAMID, Status: domain.Delivered, At: now + 30, Person: person(before)})
		require.NoError(t, err)
		_, err = f.FindContact(ctx(), f.account.ID, person(before))
		require.ErrorIs(t, err, domain.ErrNotFound, "it may be another's now")
		got, err := f.Conversation(ctx(), c.ID)
		require.NoError(t, err)
		require.Equal(t, person(after).WAID, got.Contact.WAID)
		require.Equal(t, "", got.WindowPhone)
		require.Equal(t, now+20, got.LastTemplateAt, "it was sent all the same")

		later := f.outbound(t, c, func(m *domain.Message) { m.WAMID, m.CreatedAt = "wamid.later", now+11 })
		_, _, err = f.ApplyStatus(ctx(), f.account.ID, domain.StatusChange{WAMID: later.WAMID, Status: domain.Delivered, At: now + 30, Person: domain.WhatsAppIdentity{UserID: "BR.9"}})
		require.NoError(t, err)
		found, err := f.FindContact(ctx(), f.account.ID, domain.WhatsAppIdentity{UserID: "BR.9"})
		require.NoError(t, err)
		require.Equal(t, c.ContactID, found.ID)
	})
}

func TestAMoveThatComesLate(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		const number = "+5511987654321"
		c := f.conversation(t, f.contact(t, number, "Ana").ID, nil)
		f.writes(t, c, person(number), now-10)
		wrote := func(as domain.WhatsAppIdentity, at int64) bool {
			is, err := f.WroteSince(ctx(), f.account.ID, c.ContactID, as, at)
			require.NoError(t, err)
			return is
		}
		require.True(t, wrote(person(number), now-20), "they write from there still")
		require.False(t, wrote(person(number), now-10))
		require.False(t, wrote(person("+5521999998888"), now-20))
		require.False(t, wrote(domain.WhatsAppIdentity{}, now-20))
	})
}

// A delivery that is told late does not fail, and a failure told late of what was delivered changes nothing.
func TestALateFailureDoesNotUndoADelivery(t *testing.T) {
	f := direct(t)
	c := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, func(c *domain.Conversation) { c.WindowUntil = now + hour })
	m := f.outbound(t, c, func(m *domain.Message) { m.WAMID = "wamid.1" })
	for _, s := range []domain.Status{domain.Read, domain.Failed, domain.Delivered, domain.Sent} {
		_, _, err := f.ApplyStatus(ctx(), f.account.ID, domain.StatusChange{WAMID: m.WAMID, Status: s, Reason: 131047, At: now - time.Minute.Milliseconds()})
		require.NoError(t, err)
	}
	got, err := f.Message(ctx(), m.ID)
	require.NoError(t, err)
	require.Equal(t, domain.Read, got.Status)
}
