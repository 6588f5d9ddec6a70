package store_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// customerWaits is what decides under the conversation's lock.
func (f *fixture) customerWaits(t require.TestingT, id string) (since int64) {
	require.NoError(t, f.InTx(ctx(), func(tx domain.Tx) (err error) {
		since, err = tx.CustomerWaits(id)
		return err
	}))
	return since
}

// TestListsTellWhoWaitsAsTheInactivityJobDoes: the list reads fewer messages than the job, and without a lock; both find the same moment.
func TestListsTellWhoWaitsAsTheInactivityJobDoes(t *testing.T) {
	f := direct(t)
	contact := f.contact(t, "+5511987650001", "Maria")
	c := f.conversation(t, contact.ID, func(c *domain.Conversation) { c.LastInboundAt = now })
	rapid.Check(t, func(rt *rapid.T) {
		_, err := f.db.Exec("DELETE FROM waa_messages WHERE conversation_id = $1", c.ID)
		require.NoError(rt, err)
		at := now
		for range rapid.IntRange(1, 8).Draw(rt, "messages") {
			at += rapid.SampledFrom([]int64{0, 1_000, 60_000, 7_200_000}).Draw(rt, "pause")
			direction := rapid.SampledFrom([]string{domain.Inbound, domain.Outbound}).Draw(rt, "direction")
			kind, status := rapid.SampledFrom([]string{"text", "image", "reaction", "edit"}).Draw(rt, "kind"), ""
			if direction == domain.Outbound {
				kind, status = "text", rapid.SampledFrom([]string{"pending", "sent", "read", "failed", "not_sent"}).Draw(rt, "status")
			}
			_, err := f.db.Exec(`INSERT INTO waa_messages (id, conversation_id, account_id, contact_id, direction, kind, status, post_id, wamid, created_at)
				VALUES ($1, $2, $3, $4, $5, $6, $7, '', $1, $8)`, newID(), c.ID, c.AccountID, contact.ID, direction, kind, status, at)
			require.NoError(rt, err)
		}
		want := f.customerWaits(rt, c.ID)
		listed := &domain.Conversation{ID: c.ID}
		require.NoError(rt, f.AddLastMessages(ctx(), []*domain.Conversation{listed}))
		require.Equal(rt, want, listed.WaitsSince)
		for _, waits := range []time.Duration{0, time.Minute, time.Hour} {
			_, found, err := f.ListConversations(ctx(), "owner", nil, true, domain.ListFilter{Filter: domain.Filter{Waiting: &waits, PerPage: 10}, Now: at})
			require.NoError(rt, err)
			require.Equal(rt, want > 0 && want <= at-waits.Milliseconds(), found == 1, "waiting for %s", waits)
		}
	})
}

func TestTheLastWordOfAConversation(t *testing.T) {
	f := direct(t)
	c := f.conversation(t, f.contact(t, "+5511987650001", "Maria").ID, nil)
	last := func() *domain.LastMessage {
		listed := &domain.Conversation{ID: c.ID}
		require.NoError(t, f.AddLastMessages(ctx(), []*domain.Conversation{listed}))
		return listed.LastMessage
	}
	require.Nil(t, last(), "nobody has said anything")

	f.template(t, c, "utility")
	require.Equal(t, &domain.LastMessage{Direction: domain.Outbound, Kind: "template", Text: "Olá", At: now}, last())

	post := newID()
	_, err := f.db.Exec("INSERT INTO posts (id, channelid, userid, message, createat, deleteat) VALUES ($1, $2, 'attendant', 'Bom dia', $3, 0)", post, c.ChannelID, now+1)
	require.NoError(t, err)
	f.outbound(t, c, func(m *domain.Message) { m.PostID, m.CreatedAt = post, now+1 })
	require.Equal(t, "Bom dia", last().Text)

	_, err = f.db.Exec("UPDATE posts SET deleteat = 1 WHERE id = $1", post)
	require.NoError(t, err)
	require.Empty(t, last().Text, "what was deleted is not shown")
}

// What a customer writes within a second has one time, and we may have written in that second too.
func TestTheLastWordOfOneSecond(t *testing.T) {
	f := direct(t)
	c := f.conversation(t, f.contact(t, "+5511987650001", "Maria").ID, nil)
	second := now / 1000 * 1000
	say := func(direction, text string, createdAt, postedAt int64) {
		post := newID()
		_, err := f.db.Exec("INSERT INTO posts (id, channelid, userid, message, createat, deleteat) VALUES ($1, $2, 'somebody', $3, $4, 0)", post, c.ChannelID, text, postedAt)
		require.NoError(t, err)
		_, err = f.db.Exec(`INSERT INTO waa_messages (id, conversation_id, account_id, contact_id, direction, kind, status, post_id, wamid, created_at)
			VALUES ($1, $2, $3, $4, $5, 'text', 'sent', $6, $1, $7)`, newID(), c.ID, c.AccountID, c.ContactID, direction, post, createdAt)
		require.NoError(t, err)
	}
	for i := range 10 {
		text := "a" + strconv.Itoa(i)
		say(domain.Inbound, text, second, second+int64(i)*90)
		say(domain.Outbound, "no meio", second+5, second+5)
		listed := &domain.Conversation{ID: c.ID}
		require.NoError(t, f.AddLastMessages(ctx(), []*domain.Conversation{listed}))
		if i > 0 {
			require.Equal(t, text, listed.LastMessage.Text)
		}
	}
}

func TestAListOfWhatSomebodyServes(t *testing.T) {
	f := direct(t)
	hers := f.conversation(t, f.contact(t, "+5511987650001", "Maria").ID, func(c *domain.Conversation) { c.AttendantID = "ana" })
	f.conversation(t, f.contact(t, "+5511987650002", "José").ID, func(c *domain.Conversation) { c.AttendantID = "bruno" })
	found, total, err := f.ListConversations(ctx(), "owner", nil, true, domain.ListFilter{Filter: domain.Filter{AttendantID: "ana", PerPage: 10}, Now: now})
	require.NoError(t, err)
	require.Equal(t, 1, total)
	require.Equal(t, hers.ID, found[0].ID)
}
