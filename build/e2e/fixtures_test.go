//go:build unix

package e2e

import (
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// fixtureFolder holds real deliveries of Meta. It is next to the repository, not in it.
const fixtureFolder = "../../../shared/fixtures/webhooks"

// goldenFile describes what the plugin makes of these deliveries, in a format of our own.
const goldenFile = "testdata/webhooks.golden"

// TestRealDeliveries sends recorded and documented deliveries through the signed webhook. First they are sent unchanged, when none of them
// concerns our number. Then they are rewritten for our number, and the result of each is compared with a file that a person has reviewed;
// -update rewrites that file.
func TestRealDeliveries(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(fixtureFolder, "*.json"))
	require.NoError(t, err)
	if len(files) == 0 {
		t.Skipf("there are no deliveries in %s: they are kept outside of the repository", fixtureFolder)
	}
	s := newStage(t)
	before, err := s.Env.PluginPIDs(0)
	require.NoError(t, err)
	begin, foreign := s.ignored(), 0
	for _, path := range files {
		body, err := os.ReadFile(path)
		require.NoError(t, err)
		s.accepted(path, body)
		if items, err := whatsapp.Split(body); err == nil {
			foreign += s.foreign(items)
		}
	}
	require.Equal(t, foreign, s.ignored()-begin, "what left no row was counted")

	since := time.Now().UnixMilli()
	deliveries := map[string][]byte{}
	for _, path := range files {
		body, err := os.ReadFile(path)
		require.NoError(t, err)
		name := strings.TrimSuffix(filepath.Base(path), ".json")
		number, err := strconv.Atoi(strings.SplitN(name, "-", 2)[0])
		require.NoError(t, err)
		first, ours := s.ours(body, number)
		if first != nil {
			s.accepted(path, first)
		}
		deliveries[name] = ours
	}
	s.waitUntilIdle(time.Minute)
	for _, path := range files {
		s.accepted(path, deliveries[strings.TrimSuffix(filepath.Base(path), ".json")])
	}
	s.waitUntilIdle(3 * time.Minute) // the plugin waits half a minute before it gives up on a status of an unknown message
	var golden strings.Builder
	for _, path := range files {
		name := strings.TrimSuffix(filepath.Base(path), ".json")
		golden.WriteString(s.rendered(name, deliveries[name]))
	}
	golden.WriteString(s.renderedNotices(since))
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(goldenFile), 0o750))
		require.NoError(t, os.WriteFile(goldenFile, []byte(golden.String()), 0o600))
	}
	want, err := os.ReadFile(goldenFile)
	require.NoError(t, err)
	require.Equal(t, string(want), golden.String())
	after, err := s.Env.PluginPIDs(0)
	require.NoError(t, err)
	require.Equal(t, before, after, "the plugin did not die")
}

// accepted delivers a body and requires a 200.
func (s *stage) accepted(path string, body []byte) {
	s.t.Helper()
	status, answer := s.deliver(body, s.signed(body))
	require.Equal(s.t, http.StatusOK, status, "%s: %s", path, answer)
}

// foreign counts the items that left no row in the inbox.
func (s *stage) foreign(items []whatsapp.Item) int {
	n := 0
	for i := range items {
		if s.inboxRow(&items[i]) == nil {
			n++
		}
	}
	return n
}
