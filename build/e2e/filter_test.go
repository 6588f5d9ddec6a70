//go:build unix

package e2e

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"
)

// filterID is the id of the plugin in build/testenv/testdata/filter, which refuses every post that contains a certain word.
const filterID = "testenv-filter"

// TestAnotherPluginsFilter has another plugin refuse the post of a customer's message. A line must take its place at once, and the
// customer's next message must appear next to it. The message itself must appear when the filter is gone and the administrator retries it.
func TestAnotherPluginsFilter(t *testing.T) {
	s := newStage(t)
	k := s.open(0)
	ctx := s.ctx(5 * oneMinute)
	before := s.deadLetters()
	off := s.filter(ctx)

	refused, err := k.phone.Reply("tem palavraproibida aqui")
	require.NoError(t, err)
	_, err = k.phone.Reply("e esta pode")
	require.NoError(t, err)
	var line *model.Post
	s.within(oneMinute, "the line and the next message", func(ctx context.Context) error {
		posts, err := s.Posts(ctx, k.ChannelID)
		next := false
		line = nil
		for _, p := range posts {
			next = next || p.Message == "e esta pode"
			if p.GetProp("waa_wamid") == refused {
				line = p
			}
		}
		if err != nil {
			return err
		}
		return errorUnless(line != nil && next, "line %v, next %v", line != nil, next)
	})
	require.Contains(t, line.Message, "um texto")
	require.NotContains(t, line.Message, "palavraproibida")
	s.waitUntilIdle(oneMinute)
	require.Equal(t, before+1, s.deadLetters(), "the message itself is kept")
	require.LessOrEqual(t, s.count("SELECT attempts FROM waa_inbox WHERE dead_at > 0 AND reason LIKE '%refuses to show it%' ORDER BY dead_at DESC LIMIT 1"), 2, "it was not tried in vain")
	var letters struct {
		Items []struct{ Payload string }
	}
	require.NoError(t, s.Ask(ctx, s.Admin(), http.MethodGet, "/dead-letters", nil, http.StatusOK, &letters))
	require.Contains(t, letters.Items[0].Payload, "palavraproibida", "who may can read it")
	log, err := s.Env.ServerLog(0)
	require.NoError(t, err)
	for entry := range strings.Lines(log) {
		if strings.Contains(entry, "whatsapp-ativo") {
			require.NotContains(t, entry, "palavraproibida", "what the filter says quotes the customer")
		}
	}

	off()
	var replayed struct{ Replayed int }
	require.NoError(t, s.Ask(ctx, s.Admin(), http.MethodPost, "/dead-letters/replay", map[string]any{"account_id": s.Account.ID}, http.StatusOK, &replayed))
	require.Equal(t, before+1, replayed.Replayed)
	s.within(oneMinute, "the message in the line's place", func(ctx context.Context) error {
		post, _, err := s.Admin().GetPost(ctx, line.Id, "")
		if err != nil {
			return errors.Wrap(err, "cannot read the post")
		}
		return errorUnless(post.Message == "tem palavraproibida aqui", "it says %q", post.Message)
	})
	s.requireResultsHold()
}

// filter installs the other plugin. off removes it again.
func (s *stage) filter(ctx context.Context) (off func()) {
	s.t.Helper()
	bundle := filterBundle(ctx, s.t)
	_, _, err := s.Admin().UploadPluginForced(ctx, bytes.NewReader(bundle))
	require.NoError(s.t, err)
	_, err = s.Admin().EnablePlugin(ctx, filterID)
	require.NoError(s.t, err)
	running := func(want bool) {
		s.within(oneMinute, "the other plugin", func(ctx context.Context) error {
			statuses, _, err := s.Admin().GetPluginStatuses(ctx)
			if err != nil {
				return errors.Wrap(err, "cannot ask for the plugins")
			}
			runs := false
			for _, status := range statuses {
				runs = runs || status.PluginId == filterID && status.State == model.PluginStateRunning
			}
			return errorUnless(runs == want, "it runs: %v", runs)
		})
	}
	running(true)
	gone := false
	off = func() {
		if gone {
			return
		}
		gone = true
		ctx, cancel := context.WithTimeout(context.Background(), oneMinute)
		defer cancel()
		_, err := s.Admin().RemovePlugin(ctx, filterID)
		require.NoError(s.t, err)
	}
	s.t.Cleanup(off)
	return off
}

// filterBundle builds and packs the other plugin.
func filterBundle(ctx context.Context, t *testing.T) []byte {
	t.Helper()
	program := filepath.Join(t.TempDir(), "filter")
	build := exec.CommandContext(ctx, "go", "build", "-o", program, "./testdata/filter")
	build.Dir = filepath.Join("..", "testenv")
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	content, err := os.ReadFile(program)
	require.NoError(t, err)
	manifest, err := json.Marshal(map[string]any{
		"id": filterID, "name": "Filter", "version": "1.0.0",
		"server": map[string]any{"executables": map[string]string{runtime.GOOS + "-" + runtime.GOARCH: "server/filter"}},
	})
	require.NoError(t, err)
	var packed bytes.Buffer
	zipped := gzip.NewWriter(&packed)
	archive := tar.NewWriter(zipped)
	for name, content := range map[string][]byte{"plugin.json": manifest, "server/filter": content} {
		require.NoError(t, archive.WriteHeader(&tar.Header{Name: filterID + "/" + name, Mode: 0o755, Size: int64(len(content))}))
		_, err := archive.Write(content)
		require.NoError(t, err)
	}
	require.NoError(t, archive.Close())
	require.NoError(t, zipped.Close())
	return packed.Bytes()
}
