//go:build unix

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
)

// TestReleaseFolder: a folder laid out like an official release is run instead of the server inside the launcher, and a whole conversation
// passes on it. The folder's files are not changed.
func TestReleaseFolder(t *testing.T) {
	folder := assembleRelease(t)
	page := filepath.Join(folder, "client", "root.html")
	before, err := os.ReadFile(page)
	require.NoError(t, err)

	world, err := scenario.Open(t.Context(), scenario.Options{Bundle: bundle(t), ServerDir: folder})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, world.Close()) })
	conversation, err := world.WholeConversation(1)
	require.NoError(t, err)
	scenario.Play(t.Context(), append(world.Setup(), conversation...), func(r scenario.Result) {
		require.NoError(t, r.Err, r.English)
	})

	after, err := os.ReadFile(page)
	require.NoError(t, err)
	require.Equal(t, string(before), string(after))
}

// assembleRelease lays the compiled server and the web client out like a release. Without the client's files, a page takes their place.
func assembleRelease(t *testing.T) string {
	t.Helper()
	folder, module := t.TempDir(), filepath.Join("..", "devserver")
	const program = "github.com/mattermost/mattermost/server/v8/cmd/mattermost"
	build := exec.CommandContext(t.Context(), "go", "build", "-mod=readonly", "-ldflags=-s -w", "-o", filepath.Join(folder, "bin", "mattermost"), program)
	build.Dir, build.Env = module, append(os.Environ(), "GOWORK=off")
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))

	list := exec.CommandContext(t.Context(), "go", "list", "-mod=readonly", "-m", "-f", "{{.Dir}}", "github.com/mattermost/mattermost/server/v8")
	list.Dir, list.Env = module, append(os.Environ(), "GOWORK=off")
	out, err = list.Output()
	require.NoError(t, err)
	for _, name := range []string{"i18n", "templates", "fonts"} {
		require.NoError(t, os.Symlink(filepath.Join(strings.TrimSpace(string(out)), name), filepath.Join(folder, name)))
	}
	client := filepath.Join(folder, "client")
	if given := os.Getenv("MM_CLIENT_DIR"); given != "" {
		require.NoError(t, os.Symlink(given, client))
		return folder
	}
	require.NoError(t, os.Mkdir(client, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(client, "root.html"), []byte("<!doctype html><title>Mattermost</title>"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(client, "manifest.json"), []byte("{}"), 0o600))
	return folder
}
