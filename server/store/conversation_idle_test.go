package store_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func TestGoneAndAbsentAttendants(t *testing.T) {
	f := direct(t)
	user := func(name string, deleted int64) string {
		id := newID()
		_, err := f.db.Exec("INSERT INTO users (id, username, deleteat) VALUES ($1, $2, $3)", id, name, deleted)
		require.NoError(t, err)
		return id
	}
	n := 0
	served := func(owner, attendant string, member bool, change func(*domain.Conversation)) *domain.Conversation {
		n++
		contact := f.contact(t, "+55119876500"+string(rune('0'+n/10))+string(rune('0'+n%10)), "x")
		c := f.conversation(t, contact.ID, func(c *domain.Conversation) {
			c.OwnerID, c.AttendantID = owner, attendant
			if change != nil {
				change(c)
			}
		})
		if member {
			_, err := f.db.Exec("INSERT INTO channelmembers (channelid, userid) VALUES ($1, $2)", c.ChannelID, attendant)
			require.NoError(t, err)
		}
		require.NoError(t, f.SetPeople(ctx(), c.ID, owner+":"+attendant+":queue:open:0:0", "", 0))
		return c
	}
	ana, gone := user("ana", 0), user("gone", 77)
	served(ana, ana, true, nil)
	left := served(gone, ana, false, nil)
	deactivated := served(ana, gone, true, nil)
	served(ana, gone, true, func(c *domain.Conversation) { c.ClosedAt = 5 })
	unsettled := served(ana, ana, false, nil)
	require.NoError(t, f.SetPeople(ctx(), unsettled.ID, ana+"::queue:open:0:0", "", 0), "their channel is not arranged yet")

	found, err := f.GoneAttendants(ctx(), 10)
	require.NoError(t, err)
	require.Equal(t, []domain.AttendedConversation{{ID: deactivated.ID, AttendantID: gone}}, found)

	var all []domain.AttendedConversation
	place := domain.AttendedConversation{}
	for rounds := 1; ; rounds++ {
		absent, next, err := f.AbsentAttendants(ctx(), place, 2)
		require.NoError(t, err)
		all, place = append(all, absent...), next
		if next == (domain.AttendedConversation{}) {
			require.Equal(t, 3, rounds, "four are open, two a round")
			break
		}
	}
	require.Equal(t, []domain.AttendedConversation{{ID: left.ID, AttendantID: ana}}, all)
	one, err := f.AbsentAttendant(ctx(), left.ChannelID, ana)
	require.NoError(t, err)
	require.Len(t, one, 1)
	one, err = f.AbsentAttendant(ctx(), unsettled.ChannelID, ana)
	require.NoError(t, err)
	require.Empty(t, one)

	for range 2 {
		require.NoError(t, f.NoticeGoneOwners(ctx(), now))
	}
	notices, err := f.ClaimNotices(ctx(), 0, 10)
	require.NoError(t, err)
	require.Len(t, notices, 1)
	require.Equal(t, f.queue.ID, notices[0].QueueID)
	require.Equal(t, map[string]any{"username": "gone"}, notices[0].Data["Who"])
	require.InDelta(t, 1, notices[0].Data["Count"], 0)
}

func TestMissedInvitations(t *testing.T) {
	f := direct(t)
	c := f.conversation(t, f.contact(t, "+5511987650001", "x").ID, func(c *domain.Conversation) { c.AttendedAt = 100_000 })
	invite := func(actor, added string, at int64, member bool) {
		_, err := f.db.Exec(`INSERT INTO posts (id, channelid, userid, type, createat, deleteat, props) VALUES ($1, $2, $3, 'system_add_to_channel', $4, 0, jsonb_build_object('addedUserId', $5::text))`,
			newID(), c.ChannelID, actor, at, added)
		require.NoError(t, err)
		if member {
			_, err = f.db.Exec("INSERT INTO channelmembers (channelid, userid) VALUES ($1, $2) ON CONFLICT DO NOTHING", c.ChannelID, added)
			require.NoError(t, err)
		}
	}
	invite("ana", "early", 90_000, true)
	invite("ana", "handled", 101_000, true)
	invite("bot", "claimer", 200_000, true)
	invite("ana", "attendant", 200_000, true)
	invite("ana", "went-again", 200_000, false)
	invite("ana", "bruno", 200_001, true)
	missed, err := f.MissedInvitations(ctx(), []string{"bot", "customer"}, 0)
	require.NoError(t, err)
	require.Equal(t, []domain.Invitation{{ChannelID: c.ChannelID, ActorID: "ana", UserID: "bruno"}}, missed)
	missed, err = f.MissedInvitations(ctx(), []string{"bot", "customer"}, 200_002)
	require.NoError(t, err)
	require.Empty(t, missed)
}

func TestSidebarsAreDueAgainWhenSomethingChangedMeanwhile(t *testing.T) {
	f := direct(t)
	c := f.conversation(t, f.contact(t, "+5511987650002", "x").ID, nil)
	for _, user := range []string{"owner", "attendant"} {
		_, err := f.db.Exec("INSERT INTO channelmembers (channelid, userid) VALUES ($1, $2)", c.ChannelID, user)
		require.NoError(t, err)
	}
	require.NoError(t, f.MarkSidebars(ctx(), c.TeamID, []string{"owner", "", "attendant", "owner", "nobody"}))
	claimed, err := f.ClaimSidebars(ctx(), time.Minute, 10)
	require.NoError(t, err)
	require.Len(t, claimed, 3)
	for _, s := range claimed {
		if s.UserID == "nobody" {
			require.Empty(t, s.Channels)
		} else {
			require.Equal(t, []string{c.ChannelID}, s.Channels)
		}
	}
	again, err := f.ClaimSidebars(ctx(), time.Minute, 10)
	require.NoError(t, err)
	require.Empty(t, again, "another process has them")
	require.NoError(t, f.SidebarCategory(ctx(), "owner", c.TeamID, "category"))
	require.NoError(t, f.MarkSidebars(ctx(), c.TeamID, []string{"owner"}))
	for _, s := range claimed {
		require.NoError(t, f.SidebarShown(ctx(), s.UserID, s.TeamID, s.DueAt, time.Minute))
	}
	again, err = f.ClaimSidebars(ctx(), time.Minute, 10)
	require.NoError(t, err)
	require.Len(t, again, 1)
	require.Equal(t, "category", again[0].CategoryID)
}

func TestIdleLooksAreByTheIndex(t *testing.T) {
	f := direct(t)
	_, err := f.db.Exec(`INSERT INTO waa_conversations (id, account_id, contact_id, queue_id, team_id, channel_id, idle_at, created_at, updated_at)
		SELECT 'c' || n, $1, 'p' || n, $2, 'team', 'ch' || n, $3::bigint + n, 1, 1 FROM generate_series(1, 20000) n`, f.account.ID, f.queue.ID, now)
	require.NoError(t, err)
	_, err = f.db.Exec("ANALYZE waa_conversations")
	require.NoError(t, err)
	due, err := f.IdleDue(ctx(), now+60_000+5, 1, 3)
	require.NoError(t, err)
	require.Equal(t, []string{"c1", "c2", "c3"}, due)
	due, err = f.IdleDue(ctx(), now+60_000, 1, 3)
	require.NoError(t, err)
	require.Empty(t, due)
	var plan []string
	rows, err := f.db.Query(`EXPLAIN SELECT c.id FROM waa_conversations c
		WHERE c.queue_id = 'x' AND c.idle_at > 0 AND c.idle_at <= 5 AND c.closed_at = 0 AND c.aborted_at = 0 ORDER BY c.idle_at LIMIT 3`)
	require.NoError(t, err)
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var line string
		require.NoError(t, rows.Scan(&line))
		plan = append(plan, line)
	}
	require.NoError(t, rows.Err())
	require.Contains(t, strings.Join(plan, "\n"), "waa_conversations_idle")
}
