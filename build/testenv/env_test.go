//go:build unix

package testenv

import (
	"context"
	"database/sql"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"
)

// startLimit is long enough to build the server, which is only necessary the first time.
const startLimit = 9 * time.Minute

// startEnv starts an environment and stops it after the test.
func startEnv(t *testing.T, opts Options) *Env {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), startLimit)
	defer cancel()
	opts.Log = t.Output()
	env, err := Start(ctx, opts)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, env.Close()) })
	return env
}

func TestRealServer(t *testing.T) {
	env := startEnv(t, Options{Nodes: 2, Agents: 3})
	ctx := t.Context()
	require.Len(t, env.Nodes, 2)
	require.Len(t, env.Agents, 3)

	t.Run("a post made on one server is on the other", func(t *testing.T) {
		ana, bruno := env.Client(0, 0), env.Client(1, 1)
		me, _, err := ana.GetMe(ctx, "")
		require.NoError(t, err)
		require.Equal(t, "ana", me.Username)
		require.Equal(t, "pt-BR", me.Locale)

		events, err := env.Listen(ctx, 0, ana)
		require.NoError(t, err)
		post, _, err := ana.CreatePost(ctx, &model.Post{ChannelId: env.QueueChannel.ID, Message: "bom dia"})
		require.NoError(t, err)
		waitForEvent(t, events, model.WebsocketEventPosted)

		read, _, err := bruno.GetPost(ctx, post.Id, "")
		require.NoError(t, err)
		require.Equal(t, "bom dia", read.Message)

		var message string
		require.NoError(t, env.DB().QueryRowContext(ctx, "SELECT message FROM posts WHERE id = $1", post.Id).Scan(&message))
		require.Equal(t, "bom dia", message)
	})

	t.Run("the queue has a supervisor, members and an outsider", func(t *testing.T) {
		member, _, err := env.AdminClient(1).GetChannelMember(ctx, env.QueueChannel.ID, env.Agents[0].ID, "")
		require.NoError(t, err)
		require.True(t, member.SchemeAdmin)
		member, _, err = env.AdminClient(1).GetChannelMember(ctx, env.QueueChannel.ID, env.Agents[1].ID, "")
		require.NoError(t, err)
		require.False(t, member.SchemeAdmin)
		_, response, err := env.Client(0, 2).GetChannel(ctx, env.QueueChannel.ID)
		require.Error(t, err)
		require.Equal(t, http.StatusForbidden, response.StatusCode)
	})

	t.Run("a command runs in a channel", func(t *testing.T) {
		_, err := env.ExecuteSlash(ctx, env.Client(0, 0), env.QueueChannel.ID, "/shrug então")
		require.NoError(t, err)
		require.NoError(t, WaitFor(ctx, "the command's post", func() (bool, error) {
			var posts int
			err := env.DB().QueryRowContext(ctx, "SELECT count(*) FROM posts WHERE message LIKE 'então ¯%'").Scan(&posts)
			return posts == 1, err
		}))
	})

	t.Run("the log can be read", func(t *testing.T) {
		for node := range env.Nodes {
			log, err := env.ServerLog(node)
			require.NoError(t, err)
			require.Contains(t, log, "Server is listening")
		}
	})

	t.Run("Close leaves nothing", func(t *testing.T) {
		require.NoError(t, env.Close())
		requireGone(t, env)
	})
}

func TestServerThatDiesEndsTheEnvironment(t *testing.T) {
	env := startEnv(t, Options{Agents: 1})
	require.NoError(t, syscall.Kill(env.Nodes[0].PID, syscall.SIGKILL))
	<-env.Exited()
	err := env.Close()
	require.ErrorContains(t, err, "server 1 died")
	require.ErrorContains(t, err, "Server is listening", "the end of the log must be told")
	requireGone(t, env)
	env.closeErr = nil // the failure was expected
}

func TestKilledLauncherLeavesNothing(t *testing.T) {
	env := startEnv(t, Options{Agents: 1})
	require.NoError(t, env.launcher.Process.Kill())
	require.Error(t, env.Close())
	require.NoError(t, WaitFor(t.Context(), "the watchdog to clean up", func() (bool, error) {
		_, err := os.Stat(env.DataDir)
		return os.IsNotExist(err), nil
	}))
	requireGone(t, env)
	env.closeErr = nil // the failure was expected
}

func TestForeignDatabaseIsLeftAsItWas(t *testing.T) {
	owner := startEnv(t, Options{Agents: 1})
	exists := func(databaseURL string) bool {
		parsed, err := url.Parse(databaseURL)
		require.NoError(t, err)
		var found bool
		query := "SELECT EXISTS (SELECT FROM pg_database WHERE '/' || datname = $1)"
		require.NoError(t, owner.DB().QueryRowContext(t.Context(), query, parsed.Path).Scan(&found))
		return found
	}

	guest := startEnv(t, Options{Agents: 1, Env: []string{"DATABASE_URL=" + owner.DatabaseURL}})
	require.NotEqual(t, owner.DatabaseURL, guest.DatabaseURL)
	require.True(t, exists(guest.DatabaseURL))
	require.NoError(t, guest.Close())
	require.False(t, exists(guest.DatabaseURL))
	require.True(t, exists(owner.DatabaseURL))

	killed := startEnv(t, Options{Agents: 1, Env: []string{"DATABASE_URL=" + owner.DatabaseURL}})
	require.NoError(t, killed.launcher.Process.Kill())
	require.Error(t, killed.Close())
	require.NoError(t, WaitFor(t.Context(), "the watchdog to drop the database", func() (bool, error) {
		return !exists(killed.DatabaseURL), nil
	}))
	killed.closeErr = nil // the failure was expected
}

func TestFailingStartSaysWhy(t *testing.T) {
	tests := []struct {
		name string
		opts Options
		want string
	}{
		{"no bundle", Options{Bundle: "/does/not/exist.tar.gz"}, "no such file"},
		{"no web client", Options{ClientDir: "/does/not/exist"}, "no web client"},
		{"no agent", Options{Agents: -1}, "-agents must be"},
		{"settings that are no JSON", Options{PluginConfig: map[string]any{"x": make(chan int)}}, "cannot encode"},
		{"a program that is no plugin", Options{Agents: 1, Bundle: packBundle(t, []byte("#!/bin/sh\nexit 3\n"))}, "the plugin " + probeID + " is not active"},
		{"a database that is not there", Options{Env: []string{"DATABASE_URL=postgres://x:secret@127.0.0.1:1/x"}}, "connection refused"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			// The launcher's data goes into a folder of its own, which must be empty afterwards.
			dir, err := os.MkdirTemp("", "testenv-")
			require.NoError(t, err)
			defer func() { _ = os.RemoveAll(dir) }()
			require.NoError(t, os.Chmod(dir, 0o755))
			tt.opts.Env = append(tt.opts.Env, "TMPDIR="+dir)

			ctx, cancel := context.WithTimeout(t.Context(), startLimit)
			defer cancel()
			_, err = Start(ctx, tt.opts)
			require.ErrorContains(t, err, tt.want)
			require.NotContains(t, err.Error(), "secret")
			left, err := filepath.Glob(filepath.Join(dir, "*"))
			require.NoError(t, err)
			require.Empty(t, left)
		})
	}
}

// waitForEvent reads events until one of a type comes.
func waitForEvent(t *testing.T, events <-chan *model.WebSocketEvent, wanted model.WebsocketEventType) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), waitLimit)
	defer cancel()
	for {
		select {
		case event, open := <-events:
			require.True(t, open, "the web socket was closed")
			if event.EventType() == wanted {
				return
			}
		case <-ctx.Done():
			require.Fail(t, "no event of type "+string(wanted))
		}
	}
}

// requireGone fails if a process, the database or a file of the environment still exists.
func requireGone(t *testing.T, env *Env) {
	t.Helper()
	require.NoDirExists(t, env.DataDir)
	for _, node := range env.Nodes {
		require.NoError(t, WaitFor(t.Context(), "the server to be gone", func() (bool, error) {
			return syscall.Kill(node.PID, 0) == syscall.ESRCH, nil //nolint:errorlint // a plain number
		}))
	}
	db, err := sql.Open("postgres", env.DatabaseURL)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	require.Error(t, db.PingContext(t.Context()), "the database is still there")
}
