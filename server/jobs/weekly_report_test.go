package jobs

import (
	"context"
	"testing"
	"time"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

// fakeReports is the store of the reports of some queues.
type fakeReports struct {
	fakeFollowUps

	queues  []*domain.Queue
	notices []*domain.Notice
	asked   []domain.ResultsFilter
}

func (d *fakeReports) Queues(context.Context) ([]*domain.Queue, error) { return d.queues, nil }

func (d *fakeReports) Queue(_ context.Context, id string) (*domain.Queue, error) {
	for _, queue := range d.queues {
		if queue.ID == id {
			return queue, nil
		}
	}
	return nil, domain.ErrNotFound
}

func (d *fakeReports) AddNotice(_ context.Context, n *domain.Notice) error {
	for _, known := range d.notices {
		if known.Key == n.Key {
			return nil
		}
	}
	d.notices = append(d.notices, n)
	return nil
}

func (d *fakeReports) Results(_ context.Context, f *domain.ResultsFilter) ([]*domain.ResultsGroup, *domain.ResultsGroup, error) {
	d.asked = append(d.asked, *f)
	group := &domain.ResultsGroup{Name: "cobranca", Sent: 4, Delivered: 4, Answered: 1, MedianAnswer: new(float64)}
	return []*domain.ResultsGroup{{Name: "visita", Sent: 1}, group}, &domain.ResultsGroup{Sent: 5, Delivered: 4, Answered: 1}, nil
}

func (d *fakeReports) job(now int64) *WeeklyReport {
	d.facts, d.turn = map[string]int64{}, true
	return &WeeklyReport{
		Store: d, Zone: func() *time.Location { return time.UTC }, WakeNotices: func() {}, Clock: fake.Clock(now), Log: fake.Log{},
		ChannelTeam: func(_ context.Context, channelID string) (string, error) {
			if channelID == "archived" {
				return "", domain.ErrNotFound
			}
			return "team", nil
		},
		Localizer: posting.Localizer{ServerLocale: func() string { return "en" }, Render: fake.Texts{}.Markdown},
	}
}

func TestTheReportComesOnMondayAtNineWhereTheQueueIs(t *testing.T) {
	for name, c := range map[string]struct {
		zone, at, from, to string // at is UTC, the others are the queue's
	}{
		"before nine":              {"America/Sao_Paulo", "2026-11-30 11:59", "", ""},
		"at nine":                  {"America/Sao_Paulo", "2026-11-30 12:00", "2026-11-23 00:00", "2026-11-30 00:00"},
		"further west":             {"America/Manaus", "2026-11-30 12:00", "", ""},
		"an hour later there":      {"America/Manaus", "2026-11-30 13:00", "2026-11-23 00:00", "2026-11-30 00:00"},
		"the setting's zone":       {"", "2026-11-30 09:00", "2026-11-23 00:00", "2026-11-30 00:00"},
		"made up for in the night": {"America/Sao_Paulo", "2026-12-01 02:59", "2026-11-23 00:00", "2026-11-30 00:00"},
		"Tuesday":                  {"America/Sao_Paulo", "2026-12-01 12:00", "", ""},
		"Sunday":                   {"America/Sao_Paulo", "2026-11-29 12:00", "", ""},
		"a week of 169 hours":      {"Europe/Berlin", "2026-10-26 08:00", "2026-10-19 00:00", "2026-10-26 00:00"},
		"a week of 167 hours":      {"Europe/Berlin", "2026-03-30 07:00", "2026-03-23 00:00", "2026-03-30 00:00"},
	} {
		t.Run(name, func(t *testing.T) {
			at, err := time.Parse("2006-01-02 15:04", c.at)
			require.NoError(t, err)
			d := &fakeReports{queues: []*domain.Queue{{ID: "off", TimeZone: c.zone}, {ID: "on", TimeZone: c.zone, ReportChannelID: "channel"}}}
			job := d.job(at.UnixMilli())
			for range 3 {
				_, err := job.Run(t.Context())
				require.NoError(t, err)
				d.facts = map[string]int64{} // killed before it was noted
			}
			if c.from == "" {
				require.Empty(t, d.notices)
				return
			}
			require.Len(t, d.notices, 1)
			zone := domain.ZoneOf(c.zone, time.UTC)
			day := func(name string) string {
				return time.UnixMilli(d.notices[0].Data[name].(int64)).In(zone).Format("2006-01-02 15:04")
			}
			require.Equal(t, []string{"on", c.from, c.to}, []string{d.notices[0].QueueID, day("From"), day("To")})
		})
	}
}

func reportOf(queueID string) *domain.Notice {
	return &domain.Notice{Key: "report:" + queueID, QueueID: queueID, TextKey: domain.WeeklyReportText, Data: map[string]any{"From": 1_794_744_000_000.0, "To": 1_795_348_800_000.0}}
}

func TestAReportIsOfItsQueueAlone(t *testing.T) {
	d := &fakeReports{queues: []*domain.Queue{{ID: "q", Name: "Vendas", ReportChannelID: "channel"}, {ID: "other"}}}
	channel, text, err := d.job(1_795_400_000_000).Write(t.Context(), reportOf("q"))
	require.NoError(t, err)
	require.Equal(t, "channel", channel)
	for _, part := range []string{"report.weekly", "results.table_head", "results.table_row"} {
		require.Contains(t, text, part)
	}
	require.Len(t, d.asked, 2, "this week and the one before")
	for _, f := range d.asked {
		require.Equal(t, []string{"q"}, f.QueueIDs)
		require.False(t, f.All)
	}
	require.Equal(t, d.asked[0].From, d.asked[1].To)

	for _, queueID := range []string{"other", "removed"} {
		channel, _, err = d.job(1_795_400_000_000).Write(t.Context(), reportOf(queueID))
		require.NoError(t, err)
		require.Empty(t, channel, queueID)
	}
}

func TestSupervisorsAreToldThatTheReportHasNoChannel(t *testing.T) {
	d := &fakeReports{queues: []*domain.Queue{{ID: "q", Name: "Vendas", ReportChannelID: "archived"}}}
	for range 2 {
		channel, _, err := d.job(1_795_400_000_000).Write(t.Context(), reportOf("q"))
		require.NoError(t, err)
		require.Empty(t, channel)
	}
	require.Len(t, d.notices, 1)
	require.Equal(t, []string{"q", "report.channel_gone"}, []string{d.notices[0].QueueID, d.notices[0].TextKey})
	require.Empty(t, d.asked)
}

func TestAReportIsPostedOnceWhateverDies(t *testing.T) {
	for _, dies := range []string{"", "channel"} {
		m := &fakeMailbox{notice: *reportOf("q"), posts: map[string][]posting.Post{}, dieAt: dies}
		fails := dies != ""
		n := &Notices{
			Store: m, Posts: m, Localizer: posting.Localizer{ServerLocale: func() string { return "en" }, Render: fake.Texts{}.Markdown}, Clock: fake.Clock(1_795_400_000_000), Log: fake.Log{},
			Channels: map[string]ChannelText{domain.WeeklyReportText: func(context.Context, *domain.Notice) (string, string, error) {
				if fails {
					fails = false
					return "", "", errors.New("the database is away")
				}
				return "channel", "text", nil
			}},
		}
		for range 5 {
			_, err := n.Run(t.Context())
			require.NoError(t, err)
		}
		require.Len(t, m.posts["channel"], 1, dies)
		require.NotZero(t, m.toldAt)
	}
}
