package store_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func idsOf(conversations []*domain.Conversation) []string {
	ids := []string{}
	for _, c := range conversations {
		ids = append(ids, c.ID)
	}
	return ids
}

func list(t testing.TB, f *fixture, reader string, queueIDs []string, all bool, filter domain.ListFilter) ([]string, int) {
	t.Helper()
	if filter.PerPage == 0 {
		filter.PerPage = 200
	}
	found, total, err := f.ListConversations(ctx(), reader, queueIDs, all, filter)
	require.NoError(t, err)
	return idsOf(found), total
}

func TestListShowsWhatAReaderMaySee(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		other := f.newQueue(t, "Outra")
		made := func(n int, change func(*domain.Conversation)) string {
			contact := f.contact(t, fmt.Sprintf("+55119876540%02d", n), fmt.Sprintf("Cliente %02d", n))
			return f.conversation(t, contact.ID, func(c *domain.Conversation) {
				c.OwnerID, c.AttendantID, c.UpdatedAt = "x", "x", now+int64(n)
				change(c)
			}).ID
		}
		owned := made(1, func(c *domain.Conversation) { c.OwnerID = "ana" })
		served := made(2, func(c *domain.Conversation) { c.AttendantID = "ana" })
		elsewhere := made(3, func(c *domain.Conversation) { c.QueueID = other.ID })
		unclaimed := made(4, func(c *domain.Conversation) { c.OwnerID, c.AttendantID = "", "" })
		made(5, func(c *domain.Conversation) { c.OwnerID, c.AbortedAt = "ana", now })

		for name, c := range map[string]struct {
			reader string
			queues []string
			all    bool
			filter domain.Filter
			want   []string // newest first
		}{
			"owner and attendant":       {reader: "ana", want: []string{served, owned}},
			"member of a queue":         {reader: "bia", queues: []string{f.queue.ID}, want: []string{unclaimed, served, owned}},
			"member of two":             {reader: "bia", queues: []string{f.queue.ID, other.ID}, want: []string{unclaimed, elsewhere, served, owned}},
			"nobody":                    {reader: "bia", want: []string{}},
			"an empty reader is nobody": {reader: "", want: []string{}},
			"a system admin":            {reader: "root", all: true, want: []string{unclaimed, elsewhere, served, owned}},
			"mine":                      {reader: "ana", all: true, filter: domain.Filter{Mine: true}, want: []string{served, owned}},
			"mine of nobody":            {reader: "", all: true, filter: domain.Filter{Mine: true}, want: []string{}},
			"of a queue":                {reader: "root", all: true, filter: domain.Filter{QueueID: other.ID}, want: []string{elsewhere}},
			"a queue out of sight":      {reader: "ana", filter: domain.Filter{QueueID: other.ID}, want: []string{}},
			"the second page":           {reader: "root", all: true, filter: domain.Filter{Page: 1, PerPage: 3}, want: []string{owned}},
			"past the end":              {reader: "root", all: true, filter: domain.Filter{Page: 7, PerPage: 3}, want: []string{}},
		} {
			t.Run(name, func(t *testing.T) {
				got, total := list(t, f, c.reader, c.queues, c.all, domain.ListFilter{Filter: c.filter, Now: now})
				require.Equal(t, c.want, got)
				if c.filter.PerPage > 0 {
					require.Equal(t, 4, total)
				} else {
					require.Len(t, c.want, total)
				}
			})
		}
	})
}

func TestListFindsNamesNumbersAndDocuments(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		ana := f.conversation(t, f.contact(t, "+5511987654321", "Ana 100%_Luz").ID, nil).ID
		bia := f.conversation(t, f.contact(t, "+5521912345678", `Bia \ Sá`).ID, nil).ID
		_, err := f.db.Exec("UPDATE waa_contacts SET cpf_hash = 'sealed#52998224725' WHERE name LIKE 'Bia%'")
		require.NoError(t, err)
		for query, want := range map[string][]string{
			"ana":                {ana},
			"LUZ":                {ana},
			"0%_L":               {ana},
			"%":                  {ana},
			"_":                  {ana},
			`\`:                  {bia},
			"sá":                 {bia},
			"(11) 98765-4321":    {ana},
			"+55 11 8765-4321":   {ana}, // without the ninth digit
			"1187654321":         {ana}, // and without the country's code
			"912345":             {bia},
			"55":                 {}, // two digits are no part of a number
			"'; DROP TABLE x --": {},
			"nobody":             {},
		} {
			t.Run(query, func(t *testing.T) {
				got, _ := list(t, f, "root", nil, true, domain.ListFilter{Filter: domain.Filter{Query: query}, Now: now})
				require.ElementsMatch(t, want, got)
			})
		}
		got, _ := list(t, f, "root", nil, true, domain.ListFilter{Filter: domain.Filter{Query: "529.982.247-25"}, Document: "52998224725", Now: now})
		require.Equal(t, []string{bia}, got)
		got, _ = list(t, f, "root", nil, true, domain.ListFilter{Filter: domain.Filter{Query: strings.Repeat("\x00\xff", 9)}, Now: now})
		require.Empty(t, got)
	})
}

// The SQL of the state filter says what Conversation.StateAt says.
func TestListKnowsTheStatesOfStateAt(t *testing.T) {
	f := direct(t)
	contact := f.contact(t, "+5511987654321", "Ana")
	around := rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(now-3, now+3), rapid.Int64Range(1, 2*now))
	rapid.Check(t, func(rt *rapid.T) {
		_, err := f.db.Exec("DELETE FROM waa_conversations")
		require.NoError(rt, err)
		want := map[domain.State][]string{}
		for n := range rapid.IntRange(1, 12).Draw(rt, "rows") {
			c := &domain.Conversation{
				ID: newID(), AccountID: fmt.Sprint(n), ContactID: contact.ID, CreatedAt: now, UpdatedAt: now,
				ClosedAt:    rapid.OneOf(rapid.Just(int64(0)), around).Draw(rt, "closed_at"),
				WindowUntil: around.Draw(rt, "window_until"), LastTemplateAt: around.Draw(rt, "last_template_at"),
			}
			if rapid.Bool().Draw(rt, "template at the window's end") {
				c.LastTemplateAt = c.WindowUntil
			}
			require.NoError(rt, f.InTx(ctx(), func(tx domain.Tx) error { return tx.InsertConversation(c) }))
			want[c.StateAt(now)] = append(want[c.StateAt(now)], c.ID)
		}
		for _, state := range []domain.State{domain.Waiting, domain.Open, domain.Expired, domain.Closed} {
			found, _, err := f.ListConversations(ctx(), "root", nil, true, domain.ListFilter{Filter: domain.Filter{State: state, PerPage: 200}, Now: now})
			require.NoError(rt, err)
			require.ElementsMatch(rt, want[state], idsOf(found), string(state))
		}
	})
}

func TestConversationsAndMessagesAreReadAsTheyWereWritten(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		contact := f.contact(t, "+5511987654321", "Ana")
		c := f.conversation(t, contact.ID, func(c *domain.Conversation) {
			c.WindowFrom, c.WindowUntil, c.LastInboundAt, c.LastOutboundAt = 1, 2, 3, 4
			c.Contact = *contact
		})
		got, err := f.Conversation(ctx(), c.ID)
		require.NoError(t, err)
		require.Equal(t, c, got)
		got, err = f.ConversationByChannel(ctx(), c.ChannelID)
		require.NoError(t, err)
		require.Equal(t, c, got)
		for _, channelID := range []string{"", "nobody's"} {
			_, err = f.ConversationByChannel(ctx(), channelID)
			require.ErrorIs(t, err, domain.ErrNotFound)
		}
		c.QueueID, c.AttendantID, c.CloseReason, c.ClosedAt, c.ClosedBy = "q", "", "fim\x00", 9, "ana"
		require.NoError(t, f.InTx(ctx(), func(tx domain.Tx) error { return tx.UpdateConversation(c) }))
		got, err = f.Conversation(ctx(), c.ID)
		require.NoError(t, err)
		c.CloseReason = "fim"
		require.Equal(t, c, got)
		require.ErrorIs(t, f.InTx(ctx(), func(tx domain.Tx) error { return tx.UpdateConversation(&domain.Conversation{ID: "no"}) }), domain.ErrNotFound)
		require.ErrorIs(t, f.SetChannel(ctx(), "no", "channel"), domain.ErrNotFound)

		first := f.outbound(t, c, func(m *domain.Message) { m.Kind, m.PostID, m.WAMID = "template", "", "wamid.1" })
		second := f.outbound(t, c, func(m *domain.Message) { m.CreatedAt++ })
		messages, total, err := f.Messages(ctx(), c.ID, 0, 60)
		require.NoError(t, err)
		require.Equal(t, 2, total)
		require.Equal(t, []*domain.Message{first, second}, messages)
		oldest, err := f.FirstMessage(ctx(), c.ID)
		require.NoError(t, err)
		require.Equal(t, first, oldest)
		unshown, err := f.UnshownTemplates(ctx(), c.ID)
		require.NoError(t, err)
		require.Equal(t, []*domain.Message{first}, unshown)
		require.NoError(t, f.SetPost(ctx(), first.ID, "post"))
		require.ErrorIs(t, f.SetPost(ctx(), second.ID, "post"), domain.ErrConflict)
		unshown, err = f.UnshownTemplates(ctx(), c.ID)
		require.NoError(t, err)
		require.Empty(t, unshown)
		require.NoError(t, f.SetKind(ctx(), second.ID, "image"))
		found, err := f.MessageByPost(ctx(), second.PostID)
		require.NoError(t, err)
		require.Equal(t, "image", found.Kind)
		found, err = f.MessageByWAMID(ctx(), f.account.ID, "wamid.1")
		require.NoError(t, err)
		require.Equal(t, "post", found.PostID)
		for _, wamid := range []string{"", "wamid.2"} {
			_, err = f.MessageByWAMID(ctx(), f.account.ID, wamid)
			require.ErrorIs(t, err, domain.ErrNotFound)
		}
	})
}

func TestTheLastTemplateIsOneThatDidNotFail(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		c := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil)
		last := func() (m *domain.Message, err error) {
			err = f.InTx(ctx(), func(tx domain.Tx) (err error) {
				m, err = tx.LastTemplate(c.ContactID)
				return err
			})
			return m, err
		}
		_, err := last()
		require.ErrorIs(t, err, domain.ErrNotFound)
		for n, status := range []domain.Status{domain.Sent, domain.Unknown, domain.Failed, domain.NotSent} {
			f.outbound(t, c, func(m *domain.Message) {
				m.Kind, m.PostID, m.Status, m.CreatedAt = "template", "", status, now+int64(n)
			})
		}
		m, err := last()
		require.NoError(t, err)
		require.Equal(t, domain.Unknown, m.Status)
	})
}
