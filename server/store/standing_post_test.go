package store_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
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

		agreed, err := f.AgreedPosts(ctx(), time.Hour, 10)
		require.NoError(t, err)
		require.Empty(t, agreed)
		_, err = f.db.Exec("UPDATE waa_standing SET created_at = created_at - 7200000 WHERE key = 'another'")
		require.NoError(t, err)
		for _, want := range [][]domain.AgreedPost{{{Key: "another", PostID: "post"}}, {}} {
			agreed, err = f.AgreedPosts(ctx(), time.Hour, 10)
			require.NoError(t, err)
			require.Equal(t, want, agreed)
			require.NoError(t, f.LookedAtAgreed(ctx(), []string{"another"}))
		}
	})
}
