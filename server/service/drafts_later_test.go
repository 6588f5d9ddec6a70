package service_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/service"
)

func TestATextIsKeptForAnHour(t *testing.T) {
	b := newServiceFixture(t)
	ctx := context.Background()
	c := b.start(phone)
	do := service.NewDrafts(service.DraftPorts{Service: b.do, Store: b.store, Sender: &fakeDraftSender{b: b}})
	kept, err := do.Schedule(ctx, "bruno", c.ID, "oi", b.now+5*minute)
	require.NoError(t, err)
	require.Equal(t, []any{domain.DraftHeld, b.now + 5*minute}, []any{kept.State, kept.SendAt})
	again, err := do.Schedule(ctx, "bruno", c.ID, "oi", b.now+10*minute)
	require.NoError(t, err)
	require.Equal(t, []any{kept.ID, b.now + 10*minute}, []any{again.ID, again.SendAt}, "the same text: the hour changes")
	for name, r := range map[string]func() error{
		"too soon":     func() error { _, err := do.Schedule(ctx, "bruno", c.ID, "oi", b.now); return err },
		"no text":      func() error { _, err := do.Schedule(ctx, "bruno", c.ID, " ", b.now+5*minute); return err },
		"a mention":    func() error { _, err := do.Schedule(ctx, "bruno", c.ID, "oi @all", b.now+5*minute); return err },
		"a stranger's": func() error { _, err := do.Schedule(ctx, "davi", c.ID, "oi", b.now+5*minute); return err },
	} {
		_, refused := domain.AsRefusal(r())
		require.True(t, refused, name)
	}
	ahead := b.now + 11*minute - time.Now().UnixMilli()
	require.NoError(t, b.store.ChooseDueDrafts(ctx, ahead-2*minute, b.now))
	draft, err := b.store.Draft(ctx, kept.ID)
	require.NoError(t, err)
	require.Equal(t, domain.DraftHeld, draft.State)
	require.NoError(t, b.store.ChooseDueDrafts(ctx, ahead, b.now))
	draft, err = b.store.Draft(ctx, kept.ID)
	require.NoError(t, err)
	require.Equal(t, []any{domain.DraftChosen, "bruno"}, []any{draft.State, draft.ChosenBy})
	require.NoError(t, b.store.DraftBack(ctx, kept.ID, b.now))
	require.NoError(t, b.store.ChooseDueDrafts(ctx, ahead, b.now))
	draft, err = b.store.Draft(ctx, kept.ID)
	require.NoError(t, err)
	require.Equal(t, []any{domain.DraftHeld, int64(0)}, []any{draft.State, draft.SendAt}, "once")
}
