package posting

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// unasked is a way to look a channel up that must not be gone.
func unasked(t *testing.T) func(context.Context, string) (*domain.Conversation, error) {
	return func(_ context.Context, id string) (*domain.Conversation, error) {
		t.Errorf("asked for %s", id)
		return nil, domain.ErrNotFound
	}
}

func TestChannelsAreReadAtTheStart(t *testing.T) {
	all := make([]string, 2*channelPage+7)
	for i := range all {
		all[i] = fmt.Sprintf("channel%05d", i)
	}
	channels, reads := NewChannels(unasked(t)), 0
	round := channels.LoadAll(func(_ context.Context, after string, n int) ([]string, error) {
		reads++
		if reads == 2 {
			return nil, errors.New("the database is gone")
		}
		from := 0
		for from < len(all) && all[from] <= after {
			from++
		}
		return all[from:min(from+n, len(all))], nil
	})
	for rounds := 0; ; rounds++ {
		require.Less(t, rounds, 10)
		if more, err := round(t.Context()); err == nil && !more {
			break
		}
	}
	for _, id := range all {
		ours, err := channels.IsOurs(t.Context(), id)
		require.NoError(t, err)
		require.True(t, ours, id)
	}
	_, known := channels.Known("town-square")
	require.False(t, known)
	before := reads
	_, err := round(t.Context())
	require.NoError(t, err)
	require.Equal(t, before, reads, "once is enough")
}

func TestOneAsksWhileTheDatabaseDoesNotAnswer(t *testing.T) {
	asked, answers := 0, false
	channels := NewChannels(func(ctx context.Context, _ string) (*domain.Conversation, error) {
		asked++
		if answers {
			return nil, domain.ErrNotFound
		}
		<-ctx.Done()
		return nil, ctx.Err()
	})
	channels.Add("ours")
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	_, err := channels.IsOurs(ctx, "first")
	require.ErrorIs(t, err, context.DeadlineExceeded)
	for i := range 100 {
		_, err = channels.IsOurs(t.Context(), fmt.Sprint("next", i)) // has no end of its own
		require.ErrorIs(t, err, ErrUnknownChannel)
	}
	require.Equal(t, 1, asked)
	ours, err := channels.IsOurs(t.Context(), "ours")
	require.NoError(t, err)
	require.True(t, ours, "what is known is known")

	answers = true
	channels.silentAt = time.Now().Add(-channelRetry)
	for i := range 3 {
		ours, err := channels.IsOurs(t.Context(), fmt.Sprint("next", i))
		require.NoError(t, err)
		require.False(t, ours)
	}
}

func TestChannelsAreBounded(t *testing.T) {
	channels := NewChannels(func(context.Context, string) (*domain.Conversation, error) {
		return nil, domain.ErrNotFound
	})
	channels.Add("ours")
	for i := range 2*maxKnown + 5 {
		_, err := channels.IsOurs(t.Context(), fmt.Sprint(i))
		require.NoError(t, err)
	}
	require.LessOrEqual(t, len(channels.others), maxKnown)
	ours, known := channels.Known("ours")
	require.True(t, ours && known, "others do not push out what is ours")
}
