package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func TestCountsSayWhatTheListHolds(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		other := f.newQueue(t, "Outra")
		made := func(n int, change func(*domain.Conversation)) *domain.Conversation {
			contact := f.contact(t, fmt.Sprintf("+55119876541%02d", n), fmt.Sprintf("Cliente %02d", n))
			return f.conversation(t, contact.ID, func(c *domain.Conversation) {
				c.OwnerID, c.AttendantID, c.UpdatedAt = "ana", "ana", now+int64(n)
				change(c)
			})
		}
		made(1, func(c *domain.Conversation) {})                                                                // waiting
		made(2, func(c *domain.Conversation) { c.WindowUntil = now + hour })                                    // open
		made(3, func(c *domain.Conversation) { c.WindowUntil = now + hour; c.AttendantID, c.OwnerID = "", "" }) // open, unclaimed
		made(4, func(c *domain.Conversation) { c.WindowUntil, c.LastTemplateAt = now-hour, now-day })           // expired
		made(5, func(c *domain.Conversation) { c.QueueID, c.AttendantID = other.ID, "" })                       // waiting, unclaimed
		made(6, func(c *domain.Conversation) { c.ClosedAt = now; c.AttendantID = "" })
		made(7, func(c *domain.Conversation) { c.AbortedAt = now })

		for name, c := range map[string]struct {
			reader string
			queues []string
			all    bool
			filter domain.Filter
			want   domain.Counts
		}{
			"a system admin":    {reader: "root", all: true, want: domain.Counts{Waiting: 2, Open: 2, Expired: 1, Unclaimed: 2}},
			"mine":              {reader: "ana", all: true, filter: domain.Filter{Mine: true}, want: domain.Counts{Waiting: 2, Open: 1, Expired: 1, Unclaimed: 1}},
			"a queue":           {reader: "root", all: true, filter: domain.Filter{QueueID: other.ID}, want: domain.Counts{Waiting: 1, Unclaimed: 1}},
			"a member of it":    {reader: "bia", queues: []string{other.ID}, want: domain.Counts{Waiting: 1, Unclaimed: 1}},
			"nobody":            {reader: "bia"},
			"a name":            {reader: "root", all: true, filter: domain.Filter{Query: "cliente 04"}, want: domain.Counts{Expired: 1}},
			"a state is no use": {reader: "root", all: true, filter: domain.Filter{Query: "cliente 04", State: domain.Open}, want: domain.Counts{Expired: 1}},
		} {
			t.Run(name, func(t *testing.T) {
				filter := domain.ListFilter{Filter: c.filter, Now: now}
				got, err := f.CountConversations(ctx(), c.reader, c.queues, c.all, filter)
				require.NoError(t, err)
				require.Equal(t, c.want, got)

				if c.filter.State != "" {
					return
				}
				for state, want := range map[domain.State]int{domain.Waiting: got.Waiting, domain.Open: got.Open, domain.Expired: got.Expired} {
					filter.State = state
					_, total := list(t, f, c.reader, c.queues, c.all, filter)
					require.Equal(t, want, total, state)
				}
				filter.State, filter.Unclaimed = "", true
				_, total := list(t, f, c.reader, c.queues, c.all, filter)
				require.Equal(t, got.Unclaimed, total)
			})
		}
	})
}

func TestAListNamesTheLastTemplate(t *testing.T) {
	f := direct(t)
	contact := f.contact(t, "+5511987654321", "Ana")
	with := f.conversation(t, contact.ID, nil)
	without := f.conversation(t, f.contact(t, "+5511987654322", "Bia").ID, nil)
	for i, name := range []string{"primeiro", "segundo"} {
		_, err := f.db.Exec(`INSERT INTO waa_templates (id, account_id, meta_id, name, language, category, status, body, definition, created_at, updated_at)
			VALUES ($1, $2, $1, $1, 'pt_BR', 'UTILITY', 'APPROVED', '', '{}', 1, 1)`, name, f.account.ID)
		require.NoError(t, err)
		_, err = f.db.Exec(`INSERT INTO waa_messages (id, conversation_id, account_id, contact_id, direction, kind, template_id, created_at)
			VALUES ($1, $2, $3, $4, 'out', 'template', $5, $6)`, newID(), with.ID, f.account.ID, contact.ID, name, now+int64(i))
		require.NoError(t, err)
	}
	found, _, err := f.ListConversations(ctx(), "root", nil, true, domain.ListFilter{Filter: domain.Filter{PerPage: 9}, Now: now})
	require.NoError(t, err)
	names := map[string]string{}
	for _, c := range found {
		names[c.ID] = c.TemplateName
	}
	require.Equal(t, map[string]string{with.ID: "segundo", without.ID: ""}, names)

	found, _, err = f.ListConversations(ctx(), "root", nil, true, domain.ListFilter{Filter: domain.Filter{PerPage: 9, ContactID: contact.ID}, Now: now})
	require.NoError(t, err)
	require.Equal(t, []string{with.ID}, idsOf(found))
}

func TestChangedConversationsSayWhoSeesThem(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		old := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, func(c *domain.Conversation) { c.UpdatedAt = now - 1 })
		fresh := f.conversation(t, f.contact(t, "+5511987654322", "Bia").ID, func(c *domain.Conversation) {
			c.UpdatedAt, c.OwnerID, c.AttendantID, c.ChannelID = now, "ana", "bia", "channel"
		})
		changed, err := f.ChangedConversations(ctx(), 1, 10)
		require.NoError(t, err)
		require.Len(t, changed, 2)
		require.Equal(t, []string{fresh.ID, "ana", "bia", "channel", f.queue.ChannelID},
			[]string{changed[0].ID, changed[0].OwnerID, changed[0].AttendantID, changed[0].ChannelID, changed[0].QueueChannelID})

		// what Mattermost shows of a conversation is a change of it, once
		require.NoError(t, f.Refreshed(ctx(), old.ID, 0, "expired", 0, now+5))
		require.NoError(t, f.Refreshed(ctx(), old.ID, 0, "expired", 0, now+9))
		changed, err = f.ChangedConversations(ctx(), 1, 1)
		require.NoError(t, err)
		require.Len(t, changed, 1, "the latest first")
		require.Equal(t, []any{old.ID, now + 5}, []any{changed[0].ID, changed[0].UpdatedAt})
	})
}

// Nodes' clocks differ: one that is a minute ahead or behind changes a
// conversation, and what another does to one a moment later is seen too.
func TestChangesAreSeenWhateverTheNodesClocksSay(t *testing.T) {
	f := direct(t)
	ahead := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, func(c *domain.Conversation) { c.UpdatedAt = now + 60_000 })
	behind := f.conversation(t, f.contact(t, "+5511987654322", "Bia").ID, func(c *domain.Conversation) { c.UpdatedAt = now - 60_000 })
	first, err := f.ChangedConversations(ctx(), 1, 10)
	require.NoError(t, err)
	require.Equal(t, behind.ID, first[0].ID, "it changed last")

	since := first[0].ChangedAt + 1
	require.Eventually(t, func() bool {
		clock, err := f.Clock(ctx())
		return err == nil && clock >= since
	}, 10*time.Second, time.Millisecond)
	ahead.AttendantID, ahead.UpdatedAt = "carla", now // greatest() keeps the later of the two moments
	require.NoError(t, f.InTx(ctx(), func(tx domain.Tx) error { return tx.UpdateConversation(ahead) }))
	changed, err := f.ChangedConversations(ctx(), since, 10)
	require.NoError(t, err)
	require.Len(t, changed, 1)
	require.Equal(t, "carla", changed[0].AttendantID)

	// what shows nowhere is no change: a customer who writes a lot costs no list anything
	_, err = f.db.Exec("UPDATE waa_conversations SET window_until = 5, refresh_at = 6, idle_at = 7 WHERE id = $1", behind.ID)
	require.NoError(t, err)
	again, err := f.ChangedConversations(ctx(), since, 10)
	require.NoError(t, err)
	require.Equal(t, changed, again)
}
