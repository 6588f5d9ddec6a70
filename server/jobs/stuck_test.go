package jobs

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
)

type fakeStuck struct {
	Store

	stuck   []*domain.Stuck
	turn    bool
	notices map[string]*domain.Notice
}

func (s *fakeStuck) TryInterval(context.Context, string, time.Duration) (bool, error) {
	return s.turn, nil
}
func (s *fakeStuck) StuckLanes(context.Context, int64) ([]*domain.Stuck, error) {
	return s.stuck, nil
}
func (s *fakeStuck) AddNotice(_ context.Context, n *domain.Notice) error {
	s.notices[n.Key] = n
	return nil
}

func TestAdministratorsAreToldWhereNothingMoves(t *testing.T) {
	s := &fakeStuck{notices: map[string]*domain.Notice{}}
	told := 0
	w := &StuckCheck{Store: s, WakeNotices: func() { told++ }, Clock: fake.Clock(fake.Now)}
	round := func() {
		_, err := w.Run(t.Context())
		require.NoError(t, err)
	}
	s.turn = true
	round()
	require.Zero(t, told)
	s.stuck = []*domain.Stuck{{Queue: "inbox", AccountID: "a", Lanes: 3, Since: 5}, {Queue: "channels", Lanes: 1}}
	round()
	round()
	require.Len(t, s.notices, 2, "once a day, number and queue")
	n := s.notices["stuck:inbox:a:"+time.UnixMilli(fake.Now).UTC().Format(time.DateOnly)]
	require.Equal(t, "stuck.inbox", n.TextKey)
	require.Equal(t, "a", n.AccountID)
	require.Positive(t, told)
	s.turn, told = false, 0
	round()
	require.Zero(t, told, "another node's turn")
}
