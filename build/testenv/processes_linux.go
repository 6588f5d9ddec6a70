package testenv

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/pkg/errors"
)

// pluginProcesses lists the children of a server whose program is in the server's folder of plugins.
func pluginProcesses(server int, dir string) ([]int, error) {
	dir, err := filepath.EvalSymlinks(filepath.Join(dir, "plugins"))
	if err != nil {
		return nil, errors.Wrap(err, "cannot find the server's plugins")
	}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil, errors.Wrap(err, "cannot list the processes")
	}
	var found []int
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil || parentOf(pid) != server {
			continue
		}
		program, err := os.Readlink(filepath.Join("/proc", entry.Name(), "exe"))
		if err == nil && strings.HasPrefix(program, dir+string(filepath.Separator)) {
			found = append(found, pid)
		}
	}
	return found, nil
}

// parentOf returns the parent of a process, 0 if the process is gone.
func parentOf(pid int) int {
	stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return 0
	}
	// The format is "pid (name) state parent ...". The name may contain any character, including a closing bracket.
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	if len(fields) < 2 {
		return 0
	}
	parent, err := strconv.Atoi(fields[1])
	if err != nil {
		return 0
	}
	return parent
}
