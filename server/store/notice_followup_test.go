package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func TestUnansweredConversations(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		n := 0
		add := func(owner string, age int64, change func(*domain.Conversation)) string {
			n++
			c := f.conversation(t, f.contact(t, "+551198765000"+string(rune('0'+n)), "Cliente").ID, func(c *domain.Conversation) {
				c.OwnerID, c.LastTemplateAt = owner, now-age
				if change != nil {
					change(c)
				}
			})
			return c.ID
		}
		fresh, half := add("ines", hour, nil), add("ines", 7*hour, nil)
		oneDay, threeDays := add("ines", 25*hour, nil), add("ines", 4*day, nil)
		add("ines", 4*day, func(c *domain.Conversation) { c.WindowFrom, c.WindowUntil = now-hour, now+day })
		add("rui", 4*day, func(c *domain.Conversation) { c.ClosedAt = now })
		add("joao", 2*hour, nil)
		add("", 4*day, nil)

		list := func(u domain.Unanswered) []string {
			found, _, err := f.ListConversations(ctx(), "ines", nil, true, domain.ListFilter{
				Filter: domain.Filter{OwnerID: "ines", State: domain.Waiting, Unanswered: u, PerPage: 60}, Now: now,
			})
			require.NoError(t, err)
			ids := []string{}
			for _, c := range found {
				ids = append(ids, c.ID)
			}
			return ids
		}
		steps := domain.UnansweredSteps()
		require.Equal(t, []string{threeDays}, list(steps[0]))
		require.Equal(t, []string{oneDay}, list(steps[1]))
		require.Equal(t, []string{half}, list(steps[2]))
		require.Equal(t, []string{fresh}, list(domain.Unanswered{Below: steps[2].Least}))
		for name, want := range map[string]int{"6h": 3, "1d": 2, "3d": 1} {
			t.Run(name, func(t *testing.T) {
				u, known := domain.UnansweredFor(name)
				require.True(t, known)
				require.Len(t, list(u), want)
			})
		}

		// who is responsible for what waits is told once a day, in the zone of the queue
		zones, err := f.QueueZones(ctx())
		require.NoError(t, err)
		require.Equal(t, []string{""}, zones)
		_, err = f.db.Exec("UPDATE waa_queues SET time_zone = 'America/Manaus'")
		require.NoError(t, err)
		zones, err = f.QueueZones(ctx())
		require.NoError(t, err)
		require.ElementsMatch(t, []string{"", "America/Manaus"}, zones)
		require.NoError(t, f.AddFollowUps(ctx(), "", "2026-11-15", now-6*hour, now))
		require.Zero(t, f.number(t, "SELECT count(*) FROM waa_notices"))
		for range 3 {
			require.NoError(t, f.AddFollowUps(ctx(), "America/Manaus", "2026-11-15", now-6*hour, now))
		}
		notices, err := f.ClaimNotices(ctx(), time.Minute, 10)
		require.NoError(t, err)
		require.Len(t, notices, 1)
		require.Equal(t, "ines", notices[0].UserID)
		require.NoError(t, f.AddFollowUps(ctx(), "America/Manaus", "2026-11-16", now-6*hour, now+day))
		require.EqualValues(t, 2, f.number(t, "SELECT count(*) FROM waa_notices"))
	})
}
