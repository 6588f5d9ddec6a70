//go:build unix

package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"github.com/pkg/errors"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/testenv"
)

const (
	emptyID     = "waa-bench-empty"
	emptySource = "github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/bench/emptyplugin"
	// programMode is the mode of an executable in a bundle.
	programMode = 0o755
)

// baseline is the plugin that does nothing, on the same server.
type baseline struct {
	url    string // address of its empty handler
	client *model.Client4
}

// installBaseline builds the empty plugin and runs it on the server.
func installBaseline(ctx context.Context, env *testenv.Env, client *model.Client4) (*baseline, error) {
	bundle, err := baselineBundle(ctx)
	if err != nil {
		return nil, err
	}
	if _, _, err := client.UploadPluginForced(ctx, bundle); err != nil {
		return nil, errors.Wrap(err, "cannot upload the empty plugin")
	}
	if err := setPlugin(ctx, client, emptyID, true); err != nil {
		return nil, err
	}
	return &baseline{url: env.Nodes[0].URL + "/plugins/" + emptyID + "/", client: client}, nil
}

// baselineBundle builds and packs the empty plugin.
func baselineBundle(ctx context.Context) (io.Reader, error) {
	dir, err := os.MkdirTemp("", "waa-bench-")
	if err != nil {
		return nil, errors.Wrap(err, "cannot make a folder")
	}
	defer func() { _ = os.RemoveAll(dir) }()
	program := filepath.Join(dir, "plugin")
	out, err := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", program, emptySource).CombinedOutput() //nolint:gosec // our own source
	if err != nil {
		return nil, errors.Wrapf(err, "cannot build the empty plugin:\n%s", out)
	}
	content, err := os.ReadFile(filepath.Clean(program))
	if err != nil {
		return nil, errors.Wrap(err, "cannot read the empty plugin")
	}
	manifest, err := json.Marshal(map[string]any{
		"id": emptyID, "name": "Empty", "version": "0.0.1", "min_server_version": "11.4.0",
		"server": map[string]any{"executables": map[string]string{runtime.GOOS + "-" + runtime.GOARCH: "plugin"}},
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
	}{{"plugin.json", manifest}, {"plugin", content}} {
		if err := archive.WriteHeader(&tar.Header{Name: emptyID + "/" + file.name, Mode: programMode, Size: int64(len(file.content))}); err != nil {
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

// posts has the empty plugin create bare posts and returns how long that took inside the plugin.
func (b *baseline) posts(ctx context.Context, userID string, channels []string, count, parallel int) (time.Duration, error) {
	body, err := json.Marshal(map[string]any{
		"user_id": userID, "channels": channels, "message": customerText, "count": count, "parallel": parallel,
	})
	if err != nil {
		return 0, errors.Wrap(err, "cannot write the order")
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, b.url+"posts", bytes.NewReader(body))
	if err != nil {
		return 0, errors.Wrap(err, "cannot make the request")
	}
	request.Header.Set(model.HeaderAuth, model.HeaderBearer+" "+b.client.AuthToken)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, errors.Wrap(err, "the empty plugin did not answer")
	}
	defer func() { _ = response.Body.Close() }()
	var made struct{ Nanoseconds, Failed int64 }
	if err := json.NewDecoder(response.Body).Decode(&made); err != nil {
		return 0, errors.Wrapf(err, "the empty plugin answered %s", response.Status)
	}
	if made.Failed > 0 {
		return 0, errors.Errorf("%d of %d bare posts failed", made.Failed, count)
	}
	return time.Duration(made.Nanoseconds), nil
}

// setPlugin enables or disables a plugin and waits until that has taken effect.
func setPlugin(ctx context.Context, client *model.Client4, id string, on bool) error {
	change, wanted := client.DisablePlugin, model.PluginStateNotRunning
	if on {
		change, wanted = client.EnablePlugin, model.PluginStateRunning
	}
	if _, err := change(ctx, id); err != nil {
		return errors.Wrapf(err, "cannot switch the plugin %s", id)
	}
	return testenv.WaitFor(ctx, "the plugin "+id+" to be switched", func() (bool, error) {
		statuses, _, err := client.GetPluginStatuses(ctx)
		if err != nil {
			return false, errors.Wrap(err, "the server does not tell")
		}
		for _, status := range statuses {
			if status.PluginId == id {
				return status.State == wanted, nil
			}
		}
		return false, errors.New("the server does not know it")
	})
}
