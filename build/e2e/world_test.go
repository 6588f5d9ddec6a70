//go:build unix

// Package e2e tests the whole product: the real bundle on a real Mattermost server with a real PostgreSQL, against the simulated Cloud API.
// Mattermost is never mocked, so where the server does not start, the tests fail and say why.
package e2e

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
)

// startLimit is long enough to build the Mattermost server, which is only necessary the first time.
const startLimit = 20 * time.Minute

// bundleVariable names the bundle to test. Without it, the newest one in dist is used.
const bundleVariable = "WAA_BUNDLE"

// startWorld starts a world that is fully set up, and closes it when the test ends. Tests with a world of their own that wait most of the time
// run beside each other, after all others.
func startWorld(t *testing.T, opts scenario.Options) *scenario.World {
	t.Helper()
	return beginWorld(t, opts, scenario.Start)
}

// openWorld starts a world in which nothing is set up, and closes it when the test ends.
func openWorld(t *testing.T, opts scenario.Options) *scenario.World {
	t.Helper()
	return beginWorld(t, opts, scenario.Open)
}

func beginWorld(t *testing.T, opts scenario.Options, begin func(context.Context, scenario.Options) (*scenario.World, error)) *scenario.World {
	t.Helper()
	if testing.Short() {
		t.Skip("needs a Mattermost server, which -short leaves out")
	}
	opts.Bundle, opts.Log = bundle(t), t.Output()
	ctx, cancel := context.WithTimeout(t.Context(), startLimit)
	defer cancel()
	world, err := begin(ctx, opts)
	require.NoError(t, err)
	t.Cleanup(func() {
		if t.Failed() {
			logPlugin(t, world)
		}
		require.NoError(t, world.Close())
	})
	return world
}

// bundle finds the bundle to test.
func bundle(t *testing.T) string {
	t.Helper()
	if path := os.Getenv(bundleVariable); path != "" {
		require.FileExists(t, path, bundleVariable+" names no bundle: make dist first")
		return path
	}
	found, err := filepath.Glob(filepath.Join("..", "..", "dist", "*.tar.gz"))
	require.NoError(t, err)
	newest, at := "", time.Time{}
	for _, path := range found {
		if info, err := os.Stat(path); err == nil && info.ModTime().After(at) {
			newest, at = path, info.ModTime()
		}
	}
	require.NotEmpty(t, newest, "there is no bundle in dist: make dist first")
	return newest
}
