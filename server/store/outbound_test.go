package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

func TestLoadSendReadsEverythingInOneRow(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		conv := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil)
		m := f.outbound(t, conv, nil)
		before := f.calls()
		send, err := f.LoadSend(ctx(), m.ID)
		require.NoError(t, err)
		require.LessOrEqual(t, f.calls()-before, 5)
		want, err := f.Conversation(ctx(), conv.ID)
		require.NoError(t, err)
		require.Equal(t, m, &send.Message)
		require.Equal(t, want, &send.Conversation)
		require.Equal(t, want.Contact, send.Contact)
		require.Equal(t, f.account, &send.Account)
		require.Equal(t, "token", send.Account.AccessToken)
		_, err = f.LoadSend(ctx(), "no")
		require.ErrorIs(t, err, domain.ErrNotFound)
	})
}

func TestAPostIsEnqueuedOnce(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		conv := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil)
		m := &domain.Message{
			ID: newID(), ConversationID: conv.ID, AccountID: conv.AccountID, ContactID: conv.ContactID, Direction: domain.Outbound,
			Kind: "text", AuthorID: "ana", PostID: "post", Status: domain.Pending, CreatedAt: now,
		}
		created, err := f.EnqueuePost(ctx(), []domain.OutboxItem{{Message: *m, Payload: []byte(`{"to":"x"}`)}}, "", 0)
		require.NoError(t, err)
		require.True(t, created)
		twin := *m
		twin.ID = newID()
		created, err = f.EnqueuePost(ctx(), []domain.OutboxItem{{Message: twin, Payload: []byte(`{}`)}}, "", 0)
		require.NoError(t, err)
		require.False(t, created)
		created, err = f.InsertNotSent(ctx(), &twin)
		require.NoError(t, err)
		require.False(t, created)
		jobs, err := f.Outbox().Claim(ctx(), "a", time.Minute, 10, jobqueue.ClaimLimit{})
		require.NoError(t, err)
		require.Len(t, jobs, 1)
		require.Equal(t, jobqueue.Job{
			ID: jobs[0].ID, Lane: conv.ID, Order: now, Key: m.ID, AccountID: f.account.ID, Payload: []byte(`{"to":"x"}`), CreatedAt: jobs[0].CreatedAt, Attempts: 1,
		}, jobs[0])

		never := *m
		never.ID, never.PostID, never.ReasonCode = newID(), "other", domain.ReasonTooOld
		created, err = f.InsertNotSent(ctx(), &never)
		require.NoError(t, err)
		require.True(t, created)
		got, err := f.Message(ctx(), never.ID)
		require.NoError(t, err)
		require.Equal(t, domain.NotSent, got.Status)
		known, err := f.Known(ctx(), []string{"post", "other", "third", ""})
		require.NoError(t, err)
		require.Equal(t, map[string]bool{"post": true, "other": true}, known)
		known, err = f.Known(ctx(), nil)
		require.NoError(t, err)
		require.Empty(t, known)
	})
}

func TestLeftIsFenced(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		conv := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil)
		m := f.outbound(t, conv, nil)
		require.NoError(t, f.InTx(ctx(), func(tx domain.Tx) error { return tx.Enqueue(m, []byte("x"), 0) }))
		jobs, err := f.Outbox().Claim(ctx(), "a", time.Minute, 1, jobqueue.ClaimLimit{})
		require.NoError(t, err)
		id := jobs[0].ID
		send, err := f.LoadSend(ctx(), m.ID)
		require.NoError(t, err)
		left := func(owner string, seen int64) (bool, error) { return f.MarkLeft(ctx(), owner, id, now, seen) }
		_, err = left("b", send.Seen)
		require.ErrorIs(t, err, jobqueue.ErrLost)
		is, err := left("a", send.Seen+1)
		require.NoError(t, err)
		require.False(t, is, "that is not how it is")
		require.Zero(t, f.number(t, "SELECT left_at FROM waa_outbox"))
		is, err = left("a", send.Seen)
		require.NoError(t, err)
		require.True(t, is)
		require.EqualValues(t, now, f.number(t, "SELECT left_at FROM waa_outbox"))
		require.ErrorIs(t, f.ClearLeft(ctx(), "b", id), jobqueue.ErrLost)
		require.NoError(t, f.Outbox().Retry(ctx(), "a", id, 0, ""))
		_, err = left("a", send.Seen)
		require.ErrorIs(t, err, jobqueue.ErrLost)
		jobs, err = f.Outbox().Claim(ctx(), "b", time.Minute, 1, jobqueue.ClaimLimit{})
		require.NoError(t, err)
		require.Equal(t, now, jobs[0].LeftAt, "the next to try knows")
		require.NoError(t, f.ClearLeft(ctx(), "b", id))
		require.Zero(t, f.number(t, "SELECT left_at FROM waa_outbox"))
	})
}

func TestCompleteSent(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		conv := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil)
		m := f.template(t, conv, "marketing")
		before := f.calls()
		require.NoError(t, f.accepted(m.ID, "wamid.1", domain.WhatsAppIdentity{WAID: "551187654321", PhoneKey: "5511987654321", UserID: "BR.1"}, now+5))
		require.LessOrEqual(t, f.calls()-before, 5, "one statement that returns a row")
		got, err := f.Message(ctx(), m.ID)
		require.NoError(t, err)
		require.Equal(t, domain.Sent, got.Status)
		require.Equal(t, "wamid.1", got.WAMID)
		require.Equal(t, now+5, got.SentAt)
		c, err := f.Conversation(ctx(), conv.ID)
		require.NoError(t, err)
		require.Equal(t, [3]int64{now + 5, now + 5, now + 5}, [3]int64{c.LastOutboundAt, c.LastTemplateAt, c.Contact.LastTemplateAt})
		require.Equal(t, "BR.1", c.Contact.UserID)

		// a status webhook was faster
		text := f.outbound(t, conv, func(m *domain.Message) { m.Status = domain.Delivered })
		require.NoError(t, f.accepted(text.ID, "wamid.2", domain.WhatsAppIdentity{}, now+9))
		got, err = f.Message(ctx(), text.ID)
		require.NoError(t, err)
		require.Equal(t, domain.Delivered, got.Status)
		c, err = f.Conversation(ctx(), conv.ID)
		require.NoError(t, err)
		require.Equal(t, now+9, c.LastOutboundAt)
		require.Equal(t, now+5, c.LastTemplateAt, "free text is no template")
		require.NoError(t, f.accepted("no", "w", domain.WhatsAppIdentity{}, now), "a message that was erased meanwhile")

		// and told that a template failed: it is the last template of nobody
		failed := f.template(t, conv, "marketing")
		require.NoError(t, f.RecordEnd(ctx(), failed.ID, domain.Failed, 131026, now+20))
		require.NoError(t, f.accepted(failed.ID, "wamid.3", domain.WhatsAppIdentity{}, now+21))
		c, err = f.Conversation(ctx(), conv.ID)
		require.NoError(t, err)
		require.Equal(t, [2]int64{now + 5, now + 5}, [2]int64{c.LastTemplateAt, c.Contact.LastTemplateAt})
	})
}

func TestRecordEnd(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		conv := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil)
		for status, state := range map[domain.Status]string{
			domain.Failed: domain.ChargeReleased, domain.NotSent: domain.ChargeReleased, domain.Unknown: domain.ChargeReserved,
		} {
			m := f.template(t, conv, "marketing")
			require.NoError(t, f.RecordEnd(ctx(), m.ID, status, 50, now+1))
			got, err := f.Message(ctx(), m.ID)
			require.NoError(t, err)
			require.Equal(t, status, got.Status)
			require.Equal(t, 50, got.ReasonCode)
			require.EqualValues(t, 1, f.number(t, "SELECT count(*) FROM waa_charges WHERE message_id = $1 AND state = $2", m.ID, state), status)
		}
		delivered := f.outbound(t, conv, func(m *domain.Message) { m.Status = domain.Delivered })
		require.NoError(t, f.RecordEnd(ctx(), delivered.ID, domain.Failed, 1, now))
		got, err := f.Message(ctx(), delivered.ID)
		require.NoError(t, err)
		require.Equal(t, domain.Delivered, got.Status)
		require.ErrorIs(t, f.RecordEnd(ctx(), "no", domain.Failed, 1, now), domain.ErrNotFound)
	})
}

func TestWindowsContactsAndAccountsAreStopped(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		conv := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, func(c *domain.Conversation) { c.WindowUntil = now + hour })
		m := f.left(t, conv, now+hour)
		require.NoError(t, f.CloseWindow(ctx(), m.ID, now))
		got, err := f.Conversation(ctx(), conv.ID)
		require.NoError(t, err)
		require.NotEqual(t, domain.Open, got.StateAt(now))
		require.NoError(t, f.CloseWindow(ctx(), m.ID, now+hour))
		got, err = f.Conversation(ctx(), conv.ID)
		require.NoError(t, err)
		require.Equal(t, now, got.WindowUntil, "it ended before")

		require.NoError(t, f.BlockContact(ctx(), conv.ContactID, now+day, false, now))
		require.NoError(t, f.BlockContact(ctx(), conv.ContactID, now+hour, true, now+1))
		require.NoError(t, f.BlockContact(ctx(), conv.ContactID, 0, true, now+2))
		got, err = f.Conversation(ctx(), conv.ID)
		require.NoError(t, err)
		require.Equal(t, now+day, got.Contact.BlockedUntil)
		require.Equal(t, now+2, got.Contact.MarketingStopAt)
		require.NoError(t, f.AllowMarketing(ctx(), conv.ContactID, now+3))
		got, err = f.Conversation(ctx(), conv.ID)
		require.NoError(t, err)
		require.Zero(t, got.Contact.MarketingStopAt)

		for _, c := range []struct {
			name    string
			code    int
			changed bool
		}{
			{"blocked", 131042, true},
			{"blocked again", 131042, false},
			{"another error", 190, true},
			{"well", 0, true},
			{"well again", 0, false},
		} {
			t.Run(c.name, func(t *testing.T) {
				changed, err := f.BlockAccount(ctx(), f.account.ID, c.code, now)
				require.NoError(t, err)
				require.Equal(t, c.changed, changed)
				a, err := f.Account(ctx(), f.account.ID)
				require.NoError(t, err)
				require.Equal(t, c.code, a.BlockedCode)
				require.Equal(t, c.code != 0, a.BlockedAt != 0)
			})
		}
		_, err = f.db.Exec("DELETE FROM waa_messages")
		require.NoError(t, err)
		f.abort(t, conv.ID)
		got, err = f.Conversation(ctx(), conv.ID)
		require.NoError(t, err)
		require.Equal(t, now, got.AbortedAt)
	})
}
