package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"
)

func TestServerConfig(t *testing.T) {
	dir := t.TempDir()
	settings := &serverSettings{
		address: "127.0.0.1:1234", metricsAddress: "127.0.0.1:1235", dataSource: "postgres://x", connections: 7,
		dir: dir, files: filepath.Join(dir, "files"), locale: "en", maxChannels: 9,
		pluginConfig: map[string]any{"Key": "value"},
	}
	config := serverConfig(settings)
	require.Nil(t, config.IsValid())
	require.Equal(t, "http://127.0.0.1:1234", *config.ServiceSettings.SiteURL)
	require.Equal(t, "en", *config.LocalizationSettings.DefaultServerLocale)
	require.EqualValues(t, 9, *config.TeamSettings.MaxChannelsPerTeam)
	require.Equal(t, map[string]any{"Key": "value"}, config.PluginSettings.Plugins[defaultPluginID])

	settings.pluginID = "other"
	config = serverConfig(settings)
	require.Equal(t, map[string]any{"Key": "value"}, config.PluginSettings.Plugins["other"])
	require.NotContains(t, config.PluginSettings.Plugins, defaultPluginID)
}

func TestNodeDir(t *testing.T) {
	settings := &serverSettings{
		address: "127.0.0.1:1234", metricsAddress: "127.0.0.1:1235", dataSource: "postgres://x", connections: 7, locale: "en",
		maxChannels: 9, dir: filepath.Join(t.TempDir(), "node"), files: filepath.Join(t.TempDir(), "files"),
	}
	t.Run("without a web client it says so", func(t *testing.T) {
		require.NoError(t, makeNodeDir(settings, "", ""))
		page, err := os.ReadFile(filepath.Join(settings.dir, "client", "root.html"))
		require.NoError(t, err)
		require.Contains(t, string(page), "cliente web")
		require.FileExists(t, filepath.Join(settings.dir, "i18n", "pt-BR.json"))
		content, err := os.ReadFile(settings.configFile())
		require.NoError(t, err)
		var config model.Config
		require.NoError(t, json.Unmarshal(content, &config))
		require.Equal(t, "127.0.0.1:1234", *config.ServiceSettings.ListenAddress)
	})
	t.Run("a web client is linked", func(t *testing.T) {
		client := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(client, "root.html"), []byte("real"), 0o600))
		settings.dir = filepath.Join(t.TempDir(), "node")
		require.NoError(t, makeNodeDir(settings, "", client))
		page, err := os.ReadFile(filepath.Join(settings.dir, "client", "root.html"))
		require.NoError(t, err)
		require.Equal(t, "real", string(page))
	})
}

func TestAgents(t *testing.T) {
	names := map[string]bool{}
	for i := range 30 {
		p := agent(i)
		require.False(t, names[p.username], p.username)
		names[p.username] = true
		require.True(t, model.IsValidUsername(p.username))
		require.GreaterOrEqual(t, len(password(p.username)), 14)
	}
	require.Equal(t, "ana", agent(0).username)
	require.Equal(t, "davi", agent(3).username)
	for _, tt := range []struct {
		agents int
		want   []bool
	}{
		{1, []bool{true}},
		{2, []bool{true, false}},
		{4, []bool{true, true, true, false}},
	} {
		for i, want := range tt.want {
			require.Equal(t, want, inQueue(i, tt.agents), "agent %d of %d", i, tt.agents)
		}
	}
}

func TestManifestIn(t *testing.T) {
	const good = `{"id": "some-plugin", "name": "Some", "version": "1.0.0"}`
	tests := []struct {
		name    string
		bundle  []byte
		wantErr string
	}{
		{"in a folder", pack(t, "some-plugin/plugin.json", good), ""},
		{"with a dot in front", pack(t, "./some-plugin/plugin.json", good), ""},
		{"at the top", pack(t, "plugin.json", good), ""},
		{"too deep", pack(t, "a/b/plugin.json", good), "no plugin.json"},
		{"another file", pack(t, "a/readme", good), "no plugin.json"},
		{"no JSON", pack(t, "a/plugin.json", "id:"), "no JSON"},
		{"no id", pack(t, "a/plugin.json", `{"version": "1.0.0"}`), "not valid"},
		{"not compressed", []byte("plain"), "not compressed"},
		{"cut off", pack(t, "a/plugin.json", good)[:40], "damaged"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			manifest, err := manifestIn(bytes.NewReader(tt.bundle))
			if tt.wantErr != "" {
				require.ErrorContains(t, err, tt.wantErr)
				return
			}
			require.NoError(t, err)
			require.Equal(t, "some-plugin", manifest.Id)
		})
	}
}

// pack creates a bundle of one file.
func pack(t *testing.T, name, content string) []byte {
	t.Helper()
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	archive := tar.NewWriter(zipped)
	require.NoError(t, archive.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(content))}))
	_, err := fmt.Fprint(archive, content)
	require.NoError(t, err)
	require.NoError(t, archive.Close())
	require.NoError(t, zipped.Close())
	return out.Bytes()
}
