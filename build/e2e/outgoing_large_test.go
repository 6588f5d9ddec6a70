//go:build unix

package e2e

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

// maxResident is how many bytes of memory the plugin may use at most while it sends large files.
const maxResident = 120 << 20

// TestOutgoingLargeFiles sends a document of 90 MB and a video of 16 MB in one post. The plugin is killed while it uploads the document.
// Both must arrive after the restart, once and in order, and the plugin must never hold a large part of them in memory.
func TestOutgoingLargeFiles(t *testing.T) {
	s := newStage(t)
	k := s.open(0)
	before := len(k.phone.Messages())
	document := sendFile{"plano.pdf", bytes.Repeat([]byte("noventa megabytes "), 5<<20)[:90<<20]}
	film := sendFile{"filme.mp4", bytes.Repeat([]byte("dezesseis megabytes "), 1<<20)[:16<<20]}

	s.Sim.Faults().Next(1, cloudapi.Fault{Match: cloudapi.Match{Edge: "media"}, Kind: cloudapi.FaultLate, Delay: 15 * time.Second})
	post, err := s.postFiles(k, "O plano e o filme", document, film)
	require.NoError(t, err)
	time.Sleep(700 * time.Millisecond) // during the upload, or while the plugin waits for Meta's response
	s.resident("before the kill")
	require.NoError(t, s.Env.KillPlugin(s.ctx(time.Minute), 0))
	require.NoError(t, s.Env.ReactivatePlugin(s.ctx(time.Minute), 0))
	s.waitForPlugin()

	messages := s.got(k, before, 2)
	s.ticks(time.Minute, post.Id, "delivered")
	s.resident("after both were sent")
	for i, f := range []sendFile{document, film} {
		stored, ok := s.Sim.Media(messages[i].Media.ID)
		require.True(t, ok)
		require.True(t, bytes.Equal(f.data, stored.Data), "%s arrived as something else", f.name)
	}
	require.Len(t, k.phone.Messages(), before+2, "each once")
}

var highWater = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// resident checks the largest amount of memory that the plugin's process has ever used.
func (s *stage) resident(when string) {
	s.t.Helper()
	if runtime.GOOS != "linux" {
		return
	}
	pids, err := s.Env.PluginPIDs(0)
	require.NoError(s.t, err)
	require.NotEmpty(s.t, pids)
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pids[0]))
	require.NoError(s.t, err)
	found := highWater.FindSubmatch(status)
	require.NotNil(s.t, found)
	kb, err := strconv.Atoi(string(found[1]))
	require.NoError(s.t, err)
	s.t.Logf("resident memory %s: %d MB at the most", when, kb>>10)
	require.Less(s.t, kb<<10, maxResident)
}
