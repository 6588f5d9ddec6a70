//go:build unix

package e2e

import (
	"context"
	"testing"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/stretchr/testify/require"
)

// TestAPostThatNoHookBrought covers posts of an agent for which the server never called the plugin's hook. They must reach the customer
// before any later post does, and a post that is not for the customer must not delay others.
func TestAPostThatNoHookBrought(t *testing.T) {
	s := newStage(t)
	k := s.open(0)
	me, _, err := s.Agent(k.agent).GetMe(s.ctx(oneMinute), "")
	require.NoError(t, err)
	silent := func(message, root string, at int64) {
		_, err := s.Env.DB().ExecContext(s.ctx(oneMinute), `INSERT INTO posts (id, createat, updateat, editat, deleteat, ispinned, userid, channelid, rootid, originalid,
			message, type, props, hashtags, filenames, fileids, hasreactions) VALUES ($1, $2, $2, 0, 0, false, $3, $4, $5, '', $6, '', '{}', '', '[]', '[]', false)`,
			model.NewId(), at, me.Id, k.ChannelID, root, message)
		require.NoError(t, err)
	}
	first := s.post(k, "primeiro")
	s.ticks(oneMinute, first.Id, "delivered")

	now := time.Now().UnixMilli()
	silent("o gancho não veio", "", now-20)
	silent("nem este", "", now-10)
	last := s.post(k, "e este vem depois")
	s.ticks(oneMinute, last.Id, "delivered")
	require.Equal(t, []string{"primeiro", "o gancho não veio", "nem este", "e este vem depois"}, texts(k.phone.Messages())[1:])

	// The thread of a note is for colleagues only, so nothing waits for a reply in it.
	s.slash(k, "/whatsapp nota só entre nós")
	var root string
	s.within(oneMinute, "the note", func(ctx context.Context) error {
		return s.Env.DB().QueryRowContext(ctx, "SELECT id FROM posts WHERE channelid = $1 AND type = 'custom_waa_note'", k.ChannelID).Scan(&root)
	})
	silent("resposta à nota", root, time.Now().UnixMilli()-5)
	again := s.post(k, "sem esperar")
	s.ticks(oneMinute, again.Id, "delivered")
	require.Equal(t, "sem esperar", texts(k.phone.Messages())[5])
}
