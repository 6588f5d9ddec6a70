//go:build unix

package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"github.com/pkg/errors"
)

const (
	emptySource = "github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/bench/emptyplugin"
	// programMode is the mode of an executable in a bundle.
	programMode = 0o755
)

// emptyBundle builds the empty plugin and packs it. Which of the two it is depends on the name of its program.
func emptyBundle(ctx context.Context, id, name string) (io.Reader, error) {
	dir, err := os.MkdirTemp("", "waa-bench-")
	if err != nil {
		return nil, errors.Wrap(err, "cannot make a folder")
	}
	defer func() { _ = os.RemoveAll(dir) }()
	program := filepath.Join(dir, name)
	out, err := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", program, emptySource).CombinedOutput() //nolint:gosec // our own source
	if err != nil {
		return nil, errors.Wrapf(err, "cannot build the empty plugin:\n%s", out)
	}
	content, err := os.ReadFile(filepath.Clean(program))
	if err != nil {
		return nil, errors.Wrap(err, "cannot read the empty plugin")
	}
	manifest, err := json.Marshal(map[string]any{
		"id": id, "name": "Empty", "version": "0.0.1", "min_server_version": "11.4.0",
		"server": map[string]any{"executables": map[string]string{runtime.GOOS + "-" + runtime.GOARCH: name}},
	})
	if err != nil {
		return nil, errors.Wrap(err, "cannot write the empty plugin's manifest")
	}
	packed := &bytes.Buffer{}
	zipped := gzip.NewWriter(packed)
	archive := tar.NewWriter(zipped)
	for _, file := range []struct {
		name    string
		content []byte
	}{{"plugin.json", manifest}, {name, content}} {
		if err := archive.WriteHeader(&tar.Header{Name: id + "/" + file.name, Mode: programMode, Size: int64(len(file.content))}); err != nil {
			return nil, errors.Wrap(err, "cannot pack the empty plugin")
		}
		if _, err := archive.Write(file.content); err != nil {
			return nil, errors.Wrap(err, "cannot pack the empty plugin")
		}
	}
	if err := archive.Close(); err != nil {
		return nil, errors.Wrap(err, "cannot pack the empty plugin")
	}
	return packed, errors.Wrap(zipped.Close(), "cannot pack the empty plugin")
}
