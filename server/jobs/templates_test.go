package jobs

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
)

// fakeTemplates is one account's templates, and how often Meta was asked for them.
type fakeTemplates struct {
	Store

	account domain.Account
	facts   map[string]int64
	now     int64
	read    int
	fail    error
}

func (c *fakeTemplates) Now() int64 { return c.now }
func (c *fakeTemplates) Accounts(context.Context, int, int) ([]*domain.Account, int, error) {
	return []*domain.Account{&c.account}, 1, nil
}
func (c *fakeTemplates) SyncTemplates(context.Context, string, []domain.Template, int64) (added, updated, gone, total int, err error) {
	return 0, 0, 0, 0, nil
}
func (c *fakeTemplates) State(_ context.Context, name string) (int64, error) {
	return c.facts[name], nil
}
func (c *fakeTemplates) SetState(_ context.Context, name string, value int64) error {
	c.facts[name] = value
	return nil
}

func TestTemplatesAreReadWhenTheyAreDueOrStale(t *testing.T) {
	const begin = int64(1_795_000_000_000)
	c := &fakeTemplates{account: domain.Account{ID: "a", Enabled: true, AccessToken: "token"}, facts: map[string]int64{}, now: begin}
	woken := make(chan struct{})
	s := &TemplateSync{Store: c, Clock: c, Log: fake.Log{}, Wake: func() { close(woken) }, Fetch: func(context.Context, *domain.Account) ([]domain.Template, error) {
		c.read++
		return nil, c.fail
	}}
	reads := func(want int, why string) {
		t.Helper()
		_, err := s.Run(context.Background())
		require.NoError(t, err)
		require.Equal(t, want, c.read, why)
	}
	reads(0, "an account that was never read waits for its admin")
	s.MarkStale("a")
	reads(1, "stale")
	reads(1, "no more")
	s.MarkStale("a")
	reads(1, "too soon after the last")
	<-woken // for another look
	c.now += syncPause.Milliseconds()
	reads(2, "not forgotten meanwhile")
	c.now += syncEvery.Milliseconds()
	reads(3, "due")
	c.account.Enabled = false
	s.MarkStale("a")
	reads(3, "disabled")
}

func TestMetaIsGivenATimeForItsTemplates(t *testing.T) {
	c := &fakeTemplates{account: domain.Account{ID: "a", Enabled: true, AccessToken: "token"}, facts: map[string]int64{}, now: 1_795_000_000_000}
	bounded := false
	s := &TemplateSync{Store: c, Clock: c, Log: fake.Log{}, Wake: func() {}, Fetch: func(ctx context.Context, _ *domain.Account) ([]domain.Template, error) {
		_, bounded = ctx.Deadline()
		return nil, nil
	}}
	s.MarkStale("a")
	_, err := s.Run(context.Background())
	require.NoError(t, err)
	require.True(t, bounded, "one that hangs does not end the reading of templates on this node")
}
