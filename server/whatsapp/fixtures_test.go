package whatsapp

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// fixtureRoot holds payloads collected from real traffic, documentation and other libraries; it is not part of the project.
const fixtureRoot = "../../../shared/fixtures"

// fixtures reads all files of a folder, by name. The test is skipped where there are none.
func fixtures(t *testing.T, folder string) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(fixtureRoot, folder, "*.json"))
	require.NoError(t, err)
	if len(paths) == 0 {
		t.Skipf("no payloads in %s", filepath.Join(fixtureRoot, folder))
	}
	found := map[string][]byte{}
	for _, path := range paths {
		body, err := os.ReadFile(path)
		require.NoError(t, err)
		found[filepath.Base(path)] = body
	}
	return found
}

func fixture(t *testing.T, folder, name string) []byte {
	t.Helper()
	body, ok := fixtures(t, folder)[name]
	require.True(t, ok, name)
	return body
}
