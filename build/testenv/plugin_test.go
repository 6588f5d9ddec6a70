//go:build unix

package testenv

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"
)

func TestPluginOnTwoServers(t *testing.T) {
	env := startEnv(t, Options{
		Bundle:       probeBundle(t),
		PluginConfig: map[string]any{"Greeting": "olá", "Other": "mundo"},
		Nodes:        2,
		Agents:       1,
	})
	ctx := t.Context()
	require.Equal(t, &Plugin{ID: probeID, Version: "1.2.3"}, env.Plugin)

	requireActive := func(t *testing.T, node int, text string) {
		t.Helper()
		client := env.Client(node, 0)
		response, err := env.ExecuteSlash(ctx, client, env.QueueChannel.ID, "/probe")
		require.NoError(t, err)
		require.Equal(t, text, response.Text)
		_, _, err = client.CreatePost(ctx, &model.Post{ChannelId: env.QueueChannel.ID, Message: "proibido"})
		require.ErrorContains(t, err, "refused by the probe")
		pids, err := env.PluginPIDs(node)
		require.NoError(t, err)
		require.Len(t, pids, 1)
		require.Equal(t, pids[0], metricsPID(t, env, node))
	}

	t.Run("it runs on both, with its settings", func(t *testing.T) {
		requireActive(t, 0, "olá/mundo")
		requireActive(t, 1, "olá/mundo")
	})

	t.Run("a changed setting reaches both and leaves the other setting", func(t *testing.T) {
		require.NoError(t, env.ConfigurePlugin(ctx, map[string]any{"Greeting": "tchau"}))
		requireActive(t, 0, "tchau/mundo")
		requireActive(t, 1, "tchau/mundo")
	})

	t.Run("it survives being killed again and again", func(t *testing.T) {
		for range 4 { // the server gives up after three deaths
			require.NoError(t, env.KillPlugin(ctx, 1))
			pids, err := env.PluginPIDs(1)
			require.NoError(t, err)
			require.Empty(t, pids)
			require.NoError(t, env.ReactivatePlugin(ctx, 1))
			requireActive(t, 1, "tchau/mundo")
		}
		requireActive(t, 0, "tchau/mundo")
	})

	t.Run("it can be switched off and on", func(t *testing.T) {
		require.NoError(t, env.DisablePlugin(ctx))
		for node := range env.Nodes {
			pids, err := env.PluginPIDs(node)
			require.NoError(t, err)
			require.Empty(t, pids)
			require.ErrorContains(t, env.KillPlugin(ctx, node), "no plugin to kill")
		}
		_, _, err := env.Client(0, 0).CreatePost(ctx, &model.Post{ChannelId: env.QueueChannel.ID, Message: "proibido"})
		require.NoError(t, err, "nobody is there to refuse")
		require.NoError(t, env.EnablePlugin(ctx))
		requireActive(t, 0, "tchau/mundo")
		requireActive(t, 1, "tchau/mundo")
	})

	t.Run("a plugin that does not start is told", func(t *testing.T) {
		require.NoError(t, env.DisablePlugin(ctx))
		require.NoError(t, env.ConfigurePlugin(ctx, map[string]any{"Broken": true}))
		require.ErrorContains(t, env.EnablePlugin(ctx), "broken on purpose")
	})

	t.Run("Close leaves nothing", func(t *testing.T) {
		require.NoError(t, env.Close())
		requireGone(t, env)
	})
}

// metricsPID asks the plugin's metrics for its process.
func metricsPID(t *testing.T, env *Env, node int) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, env.Nodes[node].MetricsURL+"/plugins/"+probeID+"/metrics", http.NoBody)
	require.NoError(t, err)
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	pid, err := strconv.Atoi(strings.TrimSpace(strings.TrimPrefix(string(body), "probe_pid ")))
	require.NoError(t, err, string(body))
	return pid
}
