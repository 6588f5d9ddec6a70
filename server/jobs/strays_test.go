package jobs

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
)

// fakeStrays is a store in which strays are marked.
type fakeStrays struct {
	Store

	marks []string
	since int64
}

func (f *fakeStrays) MarkChanged(_ context.Context, since, _ int64) (int, error) {
	f.marks, f.since = append(f.marks, "changed"), since
	return len(f.marks) - 2, nil
}

func (f *fakeStrays) MarkStrays(context.Context, int64) (int, error) {
	f.marks = append(f.marks, "all")
	return 1, nil
}

func TestStraysLookAtAllChannelsAtFirst(t *testing.T) {
	f, woken := &fakeStrays{}, 0
	s := &StrayChannels{Store: f, Clock: fake.Clock(1), WakeSync: func() { woken++ }}
	for range 3 {
		_, err := s.Run(t.Context())
		require.NoError(t, err)
	}
	require.Equal(t, []string{"all", "changed", "changed"}, f.marks)
	require.Equal(t, 2, woken, "where nothing was found nobody is woken")
	require.Less(t, f.since, s.last.UnixMilli())
}
