package jobs

import (
	"context"
	"testing"
	"time"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
)

// fakeArchive is a store of conversations to archive, and their channels.
type fakeArchive struct {
	Store
	Mattermost

	due      []domain.ArchiveJob
	before   int64
	reopened bool
	broken   bool
	did      []string
}

func (s *fakeArchive) ClaimArchive(_ context.Context, closedBefore, _ int64, _ time.Duration, _ int) ([]domain.ArchiveJob, error) {
	s.before = closedBefore
	return s.due, nil
}

func (s *fakeArchive) Archived(_ context.Context, id string) (bool, error) {
	s.did = append(s.did, "archived "+id)
	return !s.reopened, nil
}

func (s *fakeArchive) Archive(_ context.Context, channelID string) error {
	s.did = append(s.did, "archive "+channelID)
	if s.broken {
		return errors.New("the server is away")
	}
	return nil
}

func (s *fakeArchive) Restore(_ context.Context, channelID string) error {
	s.did = append(s.did, "restore "+channelID)
	return nil
}

func TestArchive(t *testing.T) {
	const now, day = int64(1_794_744_000_000), int64(24 * 3600_000)
	job := domain.ArchiveJob{ID: "c", ChannelID: "channel", Archive: true}
	for name, test := range map[string]struct {
		s    fakeArchive
		days int
		want []string
	}{
		"a closed one":                   {s: fakeArchive{due: []domain.ArchiveJob{job}}, days: 7, want: []string{"archive channel", "archived c"}},
		"the server is away":             {s: fakeArchive{due: []domain.ArchiveJob{job}, broken: true}, days: 7, want: []string{"archive channel"}},
		"reopened meanwhile":             {s: fakeArchive{due: []domain.ArchiveJob{job}, reopened: true}, days: 7, want: []string{"archive channel", "archived c", "restore channel"}},
		"reopened after a try that died": {s: fakeArchive{due: []domain.ArchiveJob{{ID: "c", ChannelID: "channel"}}, reopened: true}, days: 7, want: []string{"archived c", "restore channel"}},
		"what a try left, switched off":  {s: fakeArchive{due: []domain.ArchiveJob{job}}, want: []string{"archive channel", "archived c"}},
		"nothing is due":                 {days: 7},
	} {
		t.Run(name, func(t *testing.T) {
			s := test.s
			a := &Archive{Store: &s, Posts: &s, Clock: fake.Clock(now), Log: fake.Log{}, Settings: func() domain.Settings { return domain.Settings{ArchiveDays: test.days} }}
			more, err := a.Run(context.Background())
			require.NoError(t, err)
			require.False(t, more)
			require.Equal(t, test.want, s.did)
			if test.days == 0 {
				require.Zero(t, s.before)
			} else {
				require.Equal(t, now-int64(test.days)*day, s.before)
			}
		})
	}
}
