//go:build unix

package testenv

import (
	"archive/tar"
	"compress/gzip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

const probeID = "testenv-probe"

// probeBundle builds the plugin in testdata and packs it.
func probeBundle(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "probe")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "./testdata/probe").CombinedOutput()
	require.NoError(t, err, string(out))
	content, err := os.ReadFile(program)
	require.NoError(t, err)
	return packBundle(t, content)
}

// packBundle packs a program as a plugin.
func packBundle(t *testing.T, program []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "probe.tar.gz")
	file, err := os.Create(path)
	require.NoError(t, err)
	zipped := gzip.NewWriter(file)
	archive := tar.NewWriter(zipped)
	manifest := `{"id": "` + probeID + `", "name": "Probe", "version": "1.2.3", "min_server_version": "11.4.0",
		"server": {"executables": {"` + runtime.GOOS + `-` + runtime.GOARCH + `": "server/probe"}}}`
	for name, content := range map[string][]byte{"plugin.json": []byte(manifest), "server/probe": program} {
		require.NoError(t, archive.WriteHeader(&tar.Header{Name: probeID + "/" + name, Mode: 0o755, Size: int64(len(content))}))
		_, err = archive.Write(content)
		require.NoError(t, err)
	}
	require.NoError(t, archive.Close())
	require.NoError(t, zipped.Close())
	require.NoError(t, file.Close())
	return path
}
