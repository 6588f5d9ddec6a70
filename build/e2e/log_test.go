//go:build unix

package e2e

import (
	"strings"
	"testing"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
)

// maxLogLines is how many of the plugin's last log lines a failed test shows for each server: few, because what failed stands before them
// and must not scroll away.
const maxLogLines = 10

// logPlugin shows the last lines that the plugin logged on each server.
func logPlugin(t *testing.T, world *scenario.World) {
	t.Helper()
	for node := range world.Env.Nodes {
		log, err := world.Env.ServerLog(node)
		if err != nil {
			t.Logf("the log of server %d cannot be read: %v", node+1, err)
			continue
		}
		var lines []string
		for line := range strings.Lines(log) {
			if strings.Contains(line, "whatsapp-ativo") {
				lines = append(lines, line)
			}
		}
		t.Logf("the plugin's last lines on server %d:\n%s", node+1, strings.Join(lines[max(0, len(lines)-maxLogLines):], ""))
	}
}
