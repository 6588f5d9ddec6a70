//go:build unix

package testenv

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWaitFor(t *testing.T) {
	t.Run("it looks until the condition holds", func(t *testing.T) {
		looks := 0
		require.NoError(t, WaitFor(t.Context(), "three looks", func() (bool, error) {
			looks++
			if looks == 1 {
				return true, errors.New("an error counts as no")
			}
			return looks == 3, nil
		}))
		require.Equal(t, 3, looks)
	})
	t.Run("it says what it waited for and the last error", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		err := WaitFor(ctx, "the impossible", func() (bool, error) {
			cancel()
			return false, errors.New("not yet")
		})
		require.ErrorContains(t, err, "in vain for the impossible: not yet")
	})
	t.Run("without an error it tells why it stopped", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		err := WaitFor(ctx, "the impossible", func() (bool, error) { return false, nil })
		require.ErrorIs(t, err, context.Canceled)
	})
}

func TestLauncherArgs(t *testing.T) {
	tests := []struct {
		name string
		opts Options
		want string
	}{
		{"nothing asked for", Options{}, "-stop-on-eof"},
		{
			"everything",
			Options{
				Bundle: "b.tar.gz", PluginConfig: map[string]any{"A": 1}, Nodes: 2, Agents: 3, ServerDir: "mattermost", ClientDir: "web", Locale: "en",
				MaxChannels: 7, Durable: true,
			},
			`-stop-on-eof -bundle b.tar.gz -server-dir mattermost -client-dir web -locale en -nodes 2 -agents 3 -max-channels 7 -durable -plugin-config {"A":1}`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			args, err := launcherArgs(&tt.opts)
			require.NoError(t, err)
			require.Equal(t, tt.want, strings.Join(args, " "))
		})
	}
}

func TestWithoutServerSettings(t *testing.T) {
	got := withoutServerSettings([]string{"PATH=/bin", "MM_SERVICESETTINGS_SITEURL=x", "MM_CLIENT_DIR=web", "DATABASE_URL=y"})
	require.Equal(t, []string{"PATH=/bin", "MM_CLIENT_DIR=web", "DATABASE_URL=y"}, got)
}

func TestTailKeepsTheEndAndHandsEverythingOn(t *testing.T) {
	var all bytes.Buffer
	kept := newTail(&all)
	long := strings.Repeat("x", tailBytes)
	for _, text := range []string{"begin", long, "end\n"} {
		n, err := kept.Write([]byte(text))
		require.NoError(t, err)
		require.Len(t, text, n)
	}
	require.Equal(t, "begin"+long+"end\n", all.String())
	require.True(t, strings.HasSuffix(kept.String(), "xend"))
	require.NotContains(t, kept.String(), "begin")
}

func TestLockIsHeldByOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	unlock, err := lock(t.Context(), path)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = lock(ctx, path)
	require.ErrorIs(t, err, context.Canceled)
	unlock()
	unlock, err = lock(t.Context(), path)
	require.NoError(t, err)
	unlock()
}

func TestStoredSettings(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "config"), 0o755))
	config := `{"PluginSettings": {"Plugins": {"known": {"Key": "value"}}}}`
	require.NoError(t, os.WriteFile(filepath.Join(dir, "config", "config.json"), []byte(config), 0o600))
	for id, want := range map[string]map[string]any{"known": {"Key": "value"}, "unknown": {}} {
		t.Run(id, func(t *testing.T) {
			got, err := storedSettings(&Node{Dir: dir}, id)
			require.NoError(t, err)
			require.Equal(t, want, got)
		})
	}
}
