//go:build !release

package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"
)

func TestWriteFilesBeginsAnew(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "packet")
	require.NoError(t, writeFiles(folder, []model.FileData{{Filename: "old.txt", Body: []byte("old")}}))
	require.NoError(t, writeFiles(folder, []model.FileData{{Filename: "node/../a.txt", Body: []byte("new")}}))
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Len(t, entries, 1)
	content, err := os.ReadFile(filepath.Join(folder, "node_.._a.txt"))
	require.NoError(t, err)
	require.Equal(t, "new", string(content))
}
