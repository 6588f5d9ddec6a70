package outbound

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/inbound"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// fakeEffectsStore keeps what refusals wanted to change.
type fakeEffectsStore struct {
	Store
	closed       string
	until, at    int64
	stop         bool
	code         int
	blockedAbout int64
}

func (a *fakeEffectsStore) CloseWindow(_ context.Context, messageID string, _ int64) error {
	a.closed = messageID
	return nil
}
func (a *fakeEffectsStore) BlockContact(_ context.Context, _ string, until int64, stop bool, at int64) error {
	a.until, a.stop, a.at = until, stop, at
	return nil
}
func (a *fakeEffectsStore) BlockAccount(_ context.Context, _ string, code int, at int64) (bool, error) {
	a.code, a.blockedAbout = code, at
	return true, nil
}

// A refusal is about the moment when its message left, however late Meta tells it.
func TestARefusalIsAboutTheMomentWhenItLeft(t *testing.T) {
	const left, now = int64(50_700), int64(9_000_000)
	for code, want := range map[int]fakeEffectsStore{
		131047: {closed: "m"},
		131049: {until: left + 24*3600*1000, at: 49_999},
		131050: {stop: true, at: 49_999},
		131042: {code: 131042, blockedAbout: left},
		0:      {}, // a page of the edge, or nothing at all, stops no number and frees none
	} {
		var got fakeEffectsStore
		nothing := func() {}
		e := &FailureEffects{Store: &got, Clock: fake.Clock(now), WakeChannels: nothing, OnTemplatesStale: func(string) {}, OnAccountBlocked: func(context.Context, string, int) {}}
		require.NoError(t, e.Apply(context.Background(), &domain.Message{ID: "m"}, whatsapp.ClassifyCode(code), left))
		require.Equal(t, want, got, code)
	}
}

func TestWhenAMessageLeft(t *testing.T) {
	require.EqualValues(t, 5, inbound.LeftAt(&domain.Message{CreatedAt: 1, SentAt: 5}, 9), "the failure is told later")
	require.EqualValues(t, 4, inbound.LeftAt(&domain.Message{CreatedAt: 1, SentAt: 5}, 4), "Meta's clock is behind ours")
	require.EqualValues(t, 1, inbound.LeftAt(&domain.Message{CreatedAt: 1}, 9), "the answer is not recorded")
	require.EqualValues(t, 5, inbound.LeftAt(&domain.Message{CreatedAt: 1, SentAt: 5}, 0))
}

// A slow answer says how the number was when its request left.
func TestASlowSuccessIsAboutTheMomentWhenItLeft(t *testing.T) {
	o, m := textTo(fake.OpenConv), &fakeMeta{}
	o.blocked, o.send.Account.BlockedCode = 131042, 131042
	out := newOutbound(o, m, 0)
	clock := &fakeTickingClock{now: 10, step: 1}
	out.Clock = clock
	out.Send = func(context.Context, *domain.Account, whatsapp.Outgoing) (whatsapp.Sent, error) {
		clock.now += 1000
		return whatsapp.Sent{MessageID: "wamid.1"}, nil
	}
	require.Equal(t, domain.Sent, run(t, out, o, 1).status)
	require.Zero(t, o.blocked)
	require.Less(t, o.about, int64(100))

	o = textTo(fake.OpenConv)
	out = newOutbound(o, m, 5000)
	run(t, out, o, 1)
	require.EqualValues(t, 5000, o.send.Account.WellAt)
}
