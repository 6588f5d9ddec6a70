package main

import (
	"debug/buildinfo"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestEachLinkedModuleIsNamed compares the notices with what a built program says of itself.
func TestEachLinkedModuleIsNamed(t *testing.T) {
	root := filepath.Join("..", "..")
	text, err := write(root)
	require.NoError(t, err)
	program := filepath.Join(t.TempDir(), "plugin")
	build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-o", program, "./server")
	build.Dir = root
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	info, err := buildinfo.ReadFile(program)
	require.NoError(t, err)
	require.NotEmpty(t, info.Deps)
	for _, m := range info.Deps {
		require.Contains(t, string(text), "\n"+m.Path+" "+m.Version+"\n")
	}
	require.Contains(t, string(text), "(MPL-2.0)", "go-plugin and yamux are under it")
	for _, m := range info.Deps {
		require.NotContains(t, m.Path, "sqlite")
		require.NotContains(t, m.Path, "mysql")
	}
}
