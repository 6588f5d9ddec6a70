package store_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

// posted is a customer's message that has its post.
func posted(c *domain.Conversation, wamid string, at int64) *domain.Message {
	m := inbound(c, wamid, at)
	m.PostID = "post of " + wamid
	return m
}

func TestPostedStoresTheMessageAndFinishesItsJob(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		c := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, func(c *domain.Conversation) { c.WindowFrom, c.WindowUntil = now-hour, now+hour })
		who := domain.WhatsAppIdentity{PhoneKey: "5511987654321", WAID: "551187654321", UserID: "BR.1", Name: "Perfil"}
		add(t, f, row("a", 1, "a1"), row("a", 2, "a2"))
		job := claim(t, f.Inbox(), "x", 1)[0]
		a, err := f.ResolveTarget(ctx(), f.account.ID, "wamid.1", "", who)
		require.NoError(t, err)
		require.True(t, a.News, "the BSUID is not known yet")
		m := posted(c, "wamid.1", now)
		next, err := f.CompleteInbound(ctx(), "x", job.ID, a, m, who, true, now+5, time.Minute)
		require.NoError(t, err)
		require.Equal(t, "a2", next.Key)
		require.Equal(t, []byte("a2"), next.Payload)
		require.Equal(t, 1, next.Attempts)

		stored, err := f.MessageByWAMID(ctx(), f.account.ID, "wamid.1")
		require.NoError(t, err)
		require.Equal(t, m, stored)
		after, err := f.Conversation(ctx(), c.ID)
		require.NoError(t, err)
		require.Equal(t, now+day, after.WindowUntil)
		require.Equal(t, now-hour, after.WindowFrom)
		require.Equal(t, now, after.LastInboundAt)
		require.Equal(t, "BR.1", after.Contact.UserID)
		require.Equal(t, "Ana", after.Contact.Name, "what an agent typed stays")

		again, err := f.ResolveTarget(ctx(), f.account.ID, "wamid.1", "", domain.WhatsAppIdentity{UserID: "BR.1"})
		require.NoError(t, err)
		require.Equal(t, m.ID, again.MessageID)
		require.Equal(t, m.PostID, again.PostID)
		require.False(t, again.News)
		require.Equal(t, c.ID, again.Conversation.ID)

		// whoever lost the job still stores what happened
		expire(t, f)
		last, err := f.CompleteInbound(ctx(), "x", next.ID, again, posted(c, "wamid.2", now+1), who, true, now+6, time.Minute)
		require.ErrorIs(t, err, jobqueue.ErrLost)
		require.Nil(t, last)
		_, err = f.MessageByWAMID(ctx(), f.account.ID, "wamid.2")
		require.ErrorIs(t, err, domain.ErrNotFound, "it was the stored message's post")
	})
}

func TestPostedKeepsTheFirstPost(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		c := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil)
		saved, _, _, err := f.SaveInbound(ctx(), inbound(c, "wamid.1", now), person("+5511987654321"), true, now)
		require.NoError(t, err)
		post := func(key, postID string, a *domain.InboundTarget) string {
			add(t, f, row(key, 1, key))
			m := posted(c, "wamid.1", now)
			m.PostID = postID
			_, err := f.CompleteInbound(ctx(), "x", claim(t, f.Inbox(), "x", 1)[0].ID, a, m, person("+5511987654321"), true, now, time.Minute)
			require.NoError(t, err)
			stored, err := f.MessageByWAMID(ctx(), f.account.ID, "wamid.1")
			require.NoError(t, err)
			require.Equal(t, saved.ID, stored.ID)
			return stored.PostID
		}
		a, err := f.ResolveTarget(ctx(), f.account.ID, "wamid.1", "", person("+5511987654321"))
		require.NoError(t, err)
		require.Equal(t, saved.ID, a.MessageID)
		require.Empty(t, a.PostID)
		require.Equal(t, "first", post("a", "first", a))
		require.Equal(t, "first", post("b", "second", a))
		require.Equal(t, "first", post("c", "third", &domain.InboundTarget{Conversation: *c}), "who did not know of the stored one")
		require.EqualValues(t, 1, f.number(t, "SELECT count(*) FROM waa_messages"))
	})
}

// What comes at the same moment is one statement, and each gets its own answer.
func TestPostedTogether(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		const people = 30
		conversations := make([]*domain.Conversation, people)
		for i := range conversations {
			phone := "+55119" + string(rune('0'+i/10)) + string(rune('0'+i%10)) + "000000"
			conversations[i] = f.conversation(t, f.contact(t, phone, "Ana").ID, nil)
			add(t, f, row(phone, 1, phone+"1"), row(phone, 2, phone+"2"))
		}
		q := f.Inbox()
		jobs := claim(t, q, "x", people)
		require.Len(t, jobs, people)
		var all sync.WaitGroup
		for i, job := range jobs {
			all.Go(func() {
				c := conversations[i/2] // two of each: they must not be in one statement
				wamid := "wamid." + job.Key
				a, err := f.ResolveTarget(ctx(), f.account.ID, wamid, "", domain.WhatsAppIdentity{PhoneKey: domain.PhoneKey(job.Lane)})
				if err != nil || a.Conversation.Contact.Phone != job.Lane {
					t.Errorf("%s belongs to %+v: %v", job.Lane, a, err)
				}
				next, err := f.CompleteInbound(ctx(), "x", job.ID, &domain.InboundTarget{Conversation: *c}, posted(c, wamid, now+int64(i)), domain.WhatsAppIdentity{}, true, now, time.Minute)
				if err != nil || next.Key != job.Lane+"2" {
					t.Errorf("%s was followed by %+v: %v", job.Key, next, err)
				}
			})
		}
		all.Wait()
		require.EqualValues(t, people, f.number(t, "SELECT count(*) FROM waa_messages WHERE post_id = 'post of ' || wamid"))
		for i, c := range conversations[:people/2] {
			require.EqualValues(t, now+int64(2*i+1)+day, f.number(t, "SELECT window_until FROM waa_conversations WHERE id = $1", c.ID))
		}
	})
}

// The SQL that moves the window does what Conversation.Answered does.
func TestPostedMovesTheWindowAsAnswered(t *testing.T) {
	f := direct(t)
	contact := f.contact(t, "+5511987654321", "Ana")
	q := f.Inbox()
	rapid.Check(t, func(rt *rapid.T) {
		times := rapid.Int64Range(0, 4*day)
		c := f.conversation(t, contact.ID, func(c *domain.Conversation) {
			c.WindowFrom, c.WindowUntil, c.LastInboundAt = times.Draw(rt, "from"), times.Draw(rt, "until"), times.Draw(rt, "last")
		})
		at, opens := times.Draw(rt, "at"), rapid.Bool().Draw(rt, "opens")
		add(t, f, row("lane", 1, newID()))
		job := claim(t, q, "x", 1)[0]
		_, err := f.CompleteInbound(ctx(), "x", job.ID, &domain.InboundTarget{Conversation: *c}, posted(c, newID(), at), domain.WhatsAppIdentity{}, opens, now, time.Minute)
		require.NoError(rt, err)
		if opens {
			c.ExtendWindow(at)
		}
		after, err := f.Conversation(ctx(), c.ID)
		require.NoError(rt, err)
		require.Equal(rt, [3]int64{c.WindowFrom, c.WindowUntil, c.LastInboundAt}, [3]int64{after.WindowFrom, after.WindowUntil, after.LastInboundAt})
		after.ClosedAt = now
		require.NoError(rt, f.InTx(ctx(), func(tx domain.Tx) error { return tx.UpdateConversation(after) }))
	})
}

// A refresh that begins before a message must not end with what it saw: the
// row becomes due again, or was due anyway.
func TestPostedMakesARefreshDueAgain(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		c := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, func(c *domain.Conversation) { c.WindowFrom, c.WindowUntil = now-hour, now+hour })
		q := f.Inbox()
		post := func(at int64) {
			add(t, f, row("lane", at, newID()))
			_, err := f.CompleteInbound(ctx(), "x", claim(t, q, "x", 1)[0].ID, &domain.InboundTarget{Conversation: *c}, posted(c, newID(), at), domain.WhatsAppIdentity{}, true, at, time.Minute)
			require.NoError(t, err)
		}
		dueAt := func() int64 { return f.number(t, "SELECT refresh_at FROM waa_conversations") }
		post(now)
		due := dueAt()
		require.Equal(t, now+60000, due, "within a minute")
		post(now + 1)
		require.Equal(t, due, dueAt(), "a busy conversation is not made due again and again")
		claimed, err := f.ClaimRefresh(ctx(), "", due, time.Minute, 1)
		require.NoError(t, err)
		require.Len(t, claimed, 1)
		post(due)
		require.NoError(t, f.Refreshed(ctx(), c.ID, claimed[0].DueAt, "open", claimed[0].Conversation.WindowUntil, now))
		require.Greater(t, dueAt(), int64(0))
		require.LessOrEqual(t, dueAt(), due+60001, "what came during the refresh is shown soon")
	})
}

// A message that was stored, and whose conversation was closed before its post was made, is
// shown to whoever serves the customer now.
func TestAClosedConversationGivesBackWhatItNeverShowed(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		who := person("+5511987654321")
		contact := f.contact(t, "+5511987654321", "Ana")
		shut := f.conversation(t, contact.ID, nil)
		for _, wamid := range []string{"wamid.saved", "wamid.posted", "wamid.shown"} {
			_, _, _, err := f.SaveInbound(ctx(), inbound(shut, wamid, now), who, true, now)
			require.NoError(t, err)
		}
		shown, err := f.MessageByWAMID(ctx(), f.account.ID, "wamid.shown")
		require.NoError(t, err)
		require.NoError(t, f.SetPost(ctx(), shown.ID, "post"))
		_, err = f.db.Exec("UPDATE waa_conversations SET closed_at = $2 WHERE id = $1", shut.ID, now+1)
		require.NoError(t, err)

		_, err = f.ResolveTarget(ctx(), f.account.ID, "wamid.saved", "", who)
		require.ErrorIs(t, err, domain.ErrNotFound)
		a, err := f.ResolveTarget(ctx(), f.account.ID, "wamid.shown", "", who)
		require.NoError(t, err)
		require.Equal(t, shut.ID, a.Conversation.ID, "where its post is")

		current := f.conversation(t, contact.ID, func(c *domain.Conversation) { c.ChannelID = "another" })
		m, _, _, err := f.SaveInbound(ctx(), inbound(current, "wamid.saved", 5), who, true, 5)
		require.NoError(t, err)
		require.Equal(t, current.ID, m.ConversationID)

		add(t, f, row("a", 1, "a1"))
		a = &domain.InboundTarget{Conversation: *current} // as where it was reopened or made for the message
		_, err = f.CompleteInbound(ctx(), "x", claim(t, f.Inbox(), "x", 1)[0].ID, a, posted(current, "wamid.posted", 5), who, true, 5, time.Minute)
		require.NoError(t, err)
		m, err = f.MessageByWAMID(ctx(), f.account.ID, "wamid.posted")
		require.NoError(t, err)
		require.Equal(t, []string{current.ID, "post of wamid.posted"}, []string{m.ConversationID, m.PostID})
		require.EqualValues(t, 3, f.number(t, "SELECT count(*) FROM waa_messages"))
	})
}

func TestWhatWasClosedSince(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		shut := f.closed(t, "+5511987654321", hour, func(c *domain.Conversation) { c.ChannelID = "channel" })
		f.outbound(t, shut, func(m *domain.Message) { m.WAMID, m.PostID = "wamid.template", "" })
		for name, test := range map[string]struct {
			phone   string
			answers string
			since   int64
			found   int
		}{
			"since before":                   {"+5511987654321", "", now - 2*hour, 1},
			"without a ninth digit":          {"+551187654321", "", now - 2*hour, 1},
			"since later":                    {"+5511987654321", "", now, 0},
			"somebody else":                  {"+5511987654320", "", now - 2*hour, 0},
			"known twice, and answers there": {"+5511987654320", "wamid.template", now - 2*hour, 1},
			"answers there, since later":     {"+5511987654320", "wamid.template", now, 0},
			"answers elsewhere":              {"+5511987654320", "wamid.unknown", now - 2*hour, 0},
		} {
			t.Run(name, func(t *testing.T) {
				found, err := f.ClosedSince(ctx(), f.account.ID, person(test.phone), test.answers, test.since)
				require.NoError(t, err)
				require.Len(t, found, test.found)
				for _, c := range found {
					require.Equal(t, shut.ID, c.ID)
				}
			})
		}
	})
}
