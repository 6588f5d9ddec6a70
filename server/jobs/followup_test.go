package jobs

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

// fakeFollowUps is the store of a follow-up: which days it was told of, and the facts.
type fakeFollowUps struct {
	Store

	zones []string
	facts map[string]int64
	left  []string
	turn  bool
}

func (d *fakeFollowUps) TryInterval(context.Context, string, time.Duration) (bool, error) {
	return d.turn, nil
}
func (d *fakeFollowUps) State(_ context.Context, name string) (int64, error) {
	return d.facts[name], nil
}
func (d *fakeFollowUps) QueueZones(context.Context) ([]string, error) { return d.zones, nil }

func (d *fakeFollowUps) SetState(_ context.Context, name string, value int64) error {
	d.facts[name] = value
	return nil
}

func (d *fakeFollowUps) AddFollowUps(_ context.Context, zone, day string, before, _ int64) error {
	d.left = append(d.left, zone+" "+day+" "+time.UnixMilli(before).UTC().Format("15:04"))
	return nil
}

func TestTheFollowUpComesAtNineWhereTheQueueIs(t *testing.T) {
	zone := time.FixedZone("BRT", -3*3600)
	for name, c := range map[string]struct {
		at   string // in the plugin's zone
		turn bool
		want []string
	}{
		"before nine":           {"08:59", true, nil},
		"at nine":               {"09:00", true, []string{" 2026-11-23 06:00"}},
		"an hour later west":    {"10:00", true, []string{" 2026-11-23 06:00", "America/Manaus 2026-11-23 07:00"}},
		"made up for":           {"17:59", true, []string{" 2026-11-23 06:00", "America/Manaus 2026-11-23 07:00"}},
		"nobody is woken up":    {"19:00", true, nil},
		"another node's turn":   {"10:00", false, nil},
		"a zone that is no one": {"09:30", true, []string{" 2026-11-23 06:00"}},
	} {
		t.Run(name, func(t *testing.T) {
			at, err := time.ParseInLocation("2006-01-02 15:04", "2026-11-23 "+c.at, zone)
			require.NoError(t, err)
			d := &fakeFollowUps{zones: []string{"", "America/Manaus", "No/Where"}, facts: map[string]int64{}, turn: c.turn}
			told := 0
			f := &FollowUp{Store: d, Zone: func() *time.Location { return zone }, WakeNotices: func() { told++ }, Clock: fake.Clock(at.UnixMilli()), Log: fake.Log{}}
			for range 3 {
				_, err := f.Run(context.Background())
				require.NoError(t, err)
			}
			require.Equal(t, c.want, d.left)
			require.Equal(t, len(c.want), told)
		})
	}
	require.Equal(t, 9, domain.FollowUpHour)
}

func TestAFollowUpIsWrittenWhenItIsTold(t *testing.T) {
	for name, c := range map[string]struct {
		detail string
		want   int
	}{"one has not answered": {"- Ana", 1}, "all answered meanwhile": {"", 0}} {
		t.Run(name, func(t *testing.T) {
			m := &fakeMailbox{notice: domain.Notice{Key: "followup:ines:2026-11-23", TextKey: domain.FollowUpText, UserID: "ines"}, posts: map[string][]posting.Post{}}
			n := &Notices{
				Store: m, Posts: m, Clock: fake.Clock(7), Log: fake.Log{},
				Recipients: func(_ context.Context, n *domain.Notice) ([]string, string, error) {
					return []string{n.UserID}, "", nil
				},
				Details: map[string]Detail{
					domain.FollowUpText: func(context.Context, string) (string, []string, error) { return c.detail, []string{"c1", "c2"}, nil },
				},
				Localizer: posting.Localizer{Render: fake.Texts{}.Markdown, UserLocale: func(context.Context, string) string { return "en" }},
			}
			for range 2 {
				_, err := n.Run(context.Background())
				require.NoError(t, err)
			}
			require.Len(t, m.posts["dm-ines"], c.want)
			require.EqualValues(t, 7, m.toldAt)
			if c.want > 0 {
				require.Equal(t, domain.FollowUpText+"\n\n- Ana", m.posts["dm-ines"][0].Message)
				require.Equal(t, []string{"id c1", "id c2"}, m.about, "found again when one is forgotten")
			}
		})
	}
}
