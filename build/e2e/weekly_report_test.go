//go:build unix

package e2e

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"
)

// reportsOnMonday: on Monday at nine the chosen channel has the queue's report, once, also where the plugin was killed behind its post.
func (s *stage) reportsOnMonday(queue string) {
	t := s.t
	t.Helper()
	team := ""
	require.NoError(t, s.Env.DB().QueryRowContext(s.ctx(oneMinute), "SELECT team_id FROM waa_queues WHERE id = $1", queue).Scan(&team))
	channel, _, err := s.Admin().CreateChannel(s.ctx(oneMinute), &model.Channel{TeamId: team, Name: "resultados", DisplayName: "Resultados", Type: model.ChannelTypePrivate})
	require.NoError(t, err)
	body, err := json.Marshal(map[string]any{"time_zone": "America/Manaus", "report_channel_id": channel.Id})
	require.NoError(t, err)
	status, answer := s.rawAs(s.Admin(), http.MethodPatch, "/queues/"+queue, body)
	require.Equal(t, http.StatusOK, status, string(answer))

	zone, err := time.LoadLocation("America/Manaus")
	require.NoError(t, err)
	now := time.UnixMilli(s.Now()).In(zone)
	monday := time.Date(now.Year(), now.Month(), now.Day()+7-(int(now.Weekday())+6)%7, 9, 1, 0, 0, zone)
	require.NoError(t, s.Advance(s.ctx(oneMinute), monday.Sub(now)))
	reports := func(ctx context.Context) (found []string, err error) {
		posts, _, err := s.Admin().GetPostsForChannel(ctx, channel.Id, 0, 60, "", false, false)
		if err != nil {
			return nil, err
		}
		for _, post := range posts.Posts {
			if strings.Contains(post.Message, "| Total |") {
				found = append(found, post.Message)
			}
		}
		return found, nil
	}
	s.within(oneMinute, "the report to come", func(ctx context.Context) error {
		found, err := reports(ctx)
		if err != nil {
			return err
		}
		return errorUnless(len(found) == 1, "%d reports", len(found))
	})
	found, err := reports(s.ctx(oneMinute))
	require.NoError(t, err)
	require.Contains(t, found[0], monday.AddDate(0, 0, -7).Format("02/01/2006"))
	t.Log(found[0])

	_, err = s.Env.DB().ExecContext(s.ctx(oneMinute), "UPDATE waa_notices SET told_at = 0, lease_until = 0 WHERE text_key = 'report.weekly'") // as after a kill behind the post
	require.NoError(t, err)
	s.within(oneMinute, "it to be looked at again", func(ctx context.Context) error {
		var told int64
		if err := s.Env.DB().QueryRowContext(ctx, "SELECT told_at FROM waa_notices WHERE text_key = 'report.weekly'").Scan(&told); err != nil {
			return err
		}
		return errorUnless(told > 0, "not told")
	})
	found, err = reports(s.ctx(oneMinute))
	require.NoError(t, err)
	require.Len(t, found, 1)
}
