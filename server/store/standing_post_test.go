package store_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOneOfSeveralPostsStands(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		answers := make([]string, 16)
		var all sync.WaitGroup
		for i := range answers {
			all.Go(func() { answers[i], _ = f.StandingPost(ctx(), "key", newID()) })
		}
		all.Wait()
		require.NotEmpty(t, answers[0])
		for _, answer := range answers {
			require.Equal(t, answers[0], answer)
		}
		another, err := f.StandingPost(ctx(), "another", "post")
		require.NoError(t, err)
		require.Equal(t, "post", another)

		_, err = f.db.Exec("UPDATE waa_standing SET created_at = 1 WHERE key = 'key'")
		require.NoError(t, err)
		_, err = f.StandingPost(ctx(), "third", "post")
		require.NoError(t, err)
		var left int
		require.NoError(t, f.db.QueryRow("SELECT count(*) FROM waa_standing").Scan(&left))
		require.Equal(t, 2, left, "what is old is forgotten")
	})
}
