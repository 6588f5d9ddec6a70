package channelsync

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

// fakeSlowServer is a server that is frozen in the middle of a change, for longer than the lease of who asked for it.
type fakeSlowServer struct {
	fakeChannel
	Store
	lease    *jobqueue.Lease
	recorded []domain.Status
	again    []string
	shown    domain.Status
}

func (s *fakeSlowServer) ShowStatus(_ context.Context, _ string, status domain.Status, _ bool) error {
	s.shown = status
	s.lease.Lose()
	return nil
}

func (s *fakeSlowServer) StatusShown(ctx context.Context, _ string, status domain.Status) error {
	s.recorded = append(s.recorded, status)
	return ctx.Err()
}

func (s *fakeSlowServer) Refreshed(ctx context.Context, _ string, _ int64, _ string, _, _ int64) error {
	s.lease.Lose() // as if it had ended a moment before
	return ctx.Err()
}

func (s *fakeSlowServer) Overtaken(ctx context.Context, id string, _ int64) error {
	s.again = append(s.again, id)
	return ctx.Err()
}

// An old status that a frozen server wrote over a newer one is put right: the message is due again.
func TestAStatusShownAfterTheLeaseIsShownAgain(t *testing.T) {
	s := &fakeSlowServer{}
	ticks := &StatusSync{Store: s, Posts: s}
	ctx, lease := jobqueue.WithLease(t.Context(), time.Now().Add(time.Hour))
	s.lease = lease
	require.NoError(t, ticks.showUnderLease(ctx, domain.StatusMark{Message: domain.Message{ID: "m", PostID: "p", Status: domain.Sent}}))
	require.Equal(t, domain.Sent, s.shown)
	require.Equal(t, domain.Status(""), s.recorded[len(s.recorded)-1], "nobody knows what the post shows")
}

func TestAConversationShownAfterTheLeaseIsLookedAtAgain(t *testing.T) {
	s := &fakeSlowServer{}
	ctx, lease := jobqueue.WithLease(t.Context(), time.Now().Add(time.Hour))
	s.lease = lease
	m := &Syncer{Store: s, Clock: fake.Clock(1)}
	err := m.syncUnderLease(ctx, domain.ChannelRefresh{Conversation: domain.Conversation{ID: "c", ErasedAt: 1}}, false)
	require.ErrorIs(t, err, jobqueue.ErrLost)
	require.Equal(t, []string{"c"}, s.again)
}
