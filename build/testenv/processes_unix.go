//go:build unix && !linux

package testenv

import (
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/pkg/errors"
)

// pluginProcesses lists the children of a server whose program is in the server's folder of plugins.
func pluginProcesses(server int, dir string) ([]int, error) {
	out, err := exec.Command("ps", "-axo", "pid=,ppid=,command=").Output()
	if err != nil {
		return nil, errors.Wrap(err, "cannot list the processes")
	}
	dir = filepath.Join(dir, "plugins") + string(filepath.Separator)
	var found []int
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		if len(fields) < 3 || fields[1] != strconv.Itoa(server) || !strings.HasPrefix(fields[2], dir) {
			continue
		}
		if pid, err := strconv.Atoi(fields[0]); err == nil {
			found = append(found, pid)
		}
	}
	return found, nil
}
