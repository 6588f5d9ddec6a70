package main

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseOptions(t *testing.T) {
	dir := t.TempDir()
	bundle := filepath.Join(dir, "bundle.tar.gz")
	require.NoError(t, os.WriteFile(bundle, nil, 0o600))
	client := filepath.Join(dir, "client")
	require.NoError(t, os.Mkdir(client, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(client, "root.html"), nil, 0o600))

	tests := []struct {
		name    string
		args    []string
		env     map[string]string
		want    options
		wantErr string
	}{
		{
			name: "nothing",
			want: options{agents: 4, nodes: 1, maxChannels: 100000, locale: "pt-BR"},
		},
		{
			name: "everything",
			args: []string{
				"-agents", "9", "-nodes", "2", "-max-channels", "5", "-locale", "en", "-client-dir", client, "-bundle", bundle,
				"-plugin-config", `{"A": "b"}`, "-durable", "-stop-on-eof", "-ready-file", filepath.Join(dir, "ready"),
			},
			env: map[string]string{"DATABASE_URL": "postgres://x"},
			want: options{
				agents: 9, nodes: 2, maxChannels: 5, locale: "en", clientDir: client, bundle: bundle,
				pluginConfig: map[string]any{"A": "b"}, durable: true, stopOnEOF: true, readyFile: filepath.Join(dir, "ready"),
				databaseURL: "postgres://x",
			},
		},
		{
			name: "client from the environment",
			env:  map[string]string{"MM_CLIENT_DIR": client},
			want: options{agents: 4, nodes: 1, maxChannels: 100000, locale: "pt-BR", clientDir: client},
		},
		{name: "a word", args: []string{"start"}, wantErr: `unexpected argument "start"`},
		{name: "no agents", args: []string{"-agents", "0"}, wantErr: "-agents must be"},
		{name: "too many nodes", args: []string{"-nodes", "6"}, wantErr: "-nodes must be"},
		{name: "no channels", args: []string{"-max-channels", "0"}, wantErr: "-max-channels must be"},
		{name: "settings that are no object", args: []string{"-plugin-config", "[]"}, wantErr: "must be a JSON object"},
		{name: "no bundle there", args: []string{"-bundle", filepath.Join(dir, "none")}, wantErr: "cannot use -bundle"},
		{name: "no client there", args: []string{"-client-dir", dir}, wantErr: "no web client"},
		{name: "unknown flag", args: []string{"-x"}, wantErr: "not defined"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := parseOptions(tt.args, func(name string) string { return tt.env[name] }, io.Discard)
			if tt.wantErr != "" {
				require.ErrorContains(t, err, tt.wantErr)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
		})
	}
}
