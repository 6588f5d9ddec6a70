package service_test

import (
	"context"
	"sync"
	"testing"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/service"
)

// limit lets the queue's team have so many channels, some of them in use.
func (b *serviceFixture) limit(limit, used int) {
	b.t.Helper()
	for range used {
		_, err := b.db.Exec("INSERT INTO channels (id, teamid, type, deleteat) VALUES ($1, $2, 'P', 0)", model.NewId(), b.queue.TeamID)
		require.NoError(b.t, err)
	}
	ports := b.do.Ports
	ports.ChannelLimit = func() int { return limit }
	b.do = service.NewService(ports)
}

func (b *serviceFixture) count(query string) (n int) {
	b.t.Helper()
	require.NoError(b.t, b.db.QueryRow(query).Scan(&n))
	return n
}

func TestAFullTeamStartsNothing(t *testing.T) {
	b := newServiceFixture(t)
	b.limit(3, 3)
	_, err := b.do.Start(context.Background(), b.request(phone))
	r := refusal(t, err)
	require.Equal(t, domain.CodeUnavailable, r.Code)
	require.Equal(t, domain.T("refusal.team_full", "Limit", 3, "Queue", "Vendas"), r.Text)
	require.Empty(t, b.sent)
	require.Zero(t, b.count("SELECT count(*) FROM waa_charges"))
	require.Zero(t, b.count("SELECT count(*) FROM waa_outbox"))
	require.Zero(t, b.count("SELECT count(*) FROM waa_conversations"))

	b.limit(-1, 0) // no limit
	b.start(phone)
}

func TestTheLastPlacesOfATeam(t *testing.T) {
	b := newServiceFixture(t)
	b.limit(5, 2)
	ports := b.do.Ports
	ports.SendNow = fakeSilentSender{}.SendNow
	b.do = service.NewService(ports)
	var all sync.WaitGroup
	errs := make(chan error, 10)
	for i := range 10 {
		all.Go(func() {
			_, err := b.do.Start(context.Background(), b.request("+551198765432"+string(rune('0'+i))))
			errs <- err
		})
	}
	all.Wait()
	close(errs)
	refused := 0
	for err := range errs {
		if r, ok := domain.AsRefusal(err); ok && r.Text.Key == "refusal.team_full" {
			refused++
		}
	}
	require.Equal(t, 7, refused)
	require.Equal(t, 3, b.count("SELECT count(*) FROM waa_conversations"), "as many as there is room for, all at once or not")
}

// fakeSilentSender leaves what is to be sent where it is.
type fakeSilentSender struct{}

func (fakeSilentSender) SendNow(context.Context, string) (domain.Delivery, error) {
	return domain.Delivery{}, context.DeadlineExceeded
}

func TestReopenAfterTheArchiving(t *testing.T) {
	b := newServiceFixture(t)
	ctx := context.Background()
	c := b.start(phone)
	_, err := b.do.Close(ctx, "bruno", c.ID, domain.Closing{Note: "pronto"})
	require.NoError(t, err)
	_, err = b.db.Exec("UPDATE waa_conversations SET archived_at = $1", b.now)
	require.NoError(t, err)

	_, err = b.do.Reopen(ctx, "bruno", c.ID)
	r := refusal(t, err)
	require.Equal(t, []string{domain.CodeConversationClosed, "refusal.archived"}, []string{r.Code, r.Text.Key})

	ports := b.do.Ports
	ports.CanRestore = func() bool { return true }
	b.do = service.NewService(ports)
	view, err := b.do.Reopen(ctx, "bruno", c.ID)
	require.NoError(t, err)
	require.Equal(t, []any{int64(0), int64(0), b.now, "bruno"}, []any{view.ClosedAt, view.ArchivedAt, view.ReopenedAt, view.ReopenedBy})
	_, err = b.do.Reopen(ctx, "bruno", c.ID)
	require.NoError(t, err, "a second click")
}
