//go:build unix

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/testenv"
)

// memory measures how much of the machine's memory a plugin's process uses.
type memory struct {
	node     testenv.Node
	pluginID string

	mu     sync.Mutex
	status string // the file that was read successfully last
}

// resident returns the plugin's resident memory in MB, including the pages of its program.
func (m *memory) resident() (float64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if now, ok := residentOf(m.status); ok {
		return now, nil
	}
	entries, err := filepath.Glob("/proc/[0-9]*/exe")
	if err != nil || len(entries) == 0 {
		return 0, errors.New("this system does not tell the memory of processes in /proc")
	}
	program := filepath.Join(m.node.Dir, "plugins", m.pluginID) + string(filepath.Separator)
	for _, exe := range entries {
		if target, err := os.Readlink(exe); err != nil || !strings.HasPrefix(target, program) {
			continue
		}
		m.status = filepath.Join(filepath.Dir(exe), "status")
		if now, ok := residentOf(m.status); ok {
			return now, nil
		}
	}
	return 0, errors.New("the plugin does not run")
}

// residentOf reads the resident memory from a process's status file. It returns false if the file does not contain it.
func residentOf(status string) (megabytes float64, ok bool) {
	content, err := os.ReadFile(filepath.Clean(status))
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(content)) {
		if text, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kilobytes, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), "kB")), 64)
			return kilobytes / 1024, err == nil
		}
	}
	return 0, false
}

// watch samples the memory until the returned function is called. That function returns the largest value seen.
func (m *memory) watch() (stop func() float64) {
	ended, peak := make(chan struct{}), make(chan float64)
	go func() {
		most := 0.0
		ticker := time.NewTicker(200 * time.Millisecond)
		defer ticker.Stop()
		for {
			select {
			case <-ended:
				peak <- most
				return
			case <-ticker.C:
				if now, err := m.resident(); err == nil {
					most = max(most, now)
				}
			}
		}
	}()
	return func() float64 {
		close(ended)
		return <-peak
	}
}

// These targets are limits, in MB.
const (
	targetIdle   = 35.0
	targetLoaded = 55.0
	// idleAfter is how long a plugin that has just started needs until it is idle.
	idleAfter = 15 * time.Second
)

// idle restarts the plugin and measures its memory when it is idle. empty is the memory of the empty plugin.
func (b *bench) idle(ctx context.Context, empty float64) {
	r := &row{name: "memory idle, 100,000 conversations", base: fmt.Sprintf("%.0f MB", empty), target: targetIdle, atMost: true, unit: " MB"}
	_, r.problem = b.activation(ctx)
	if r.problem == nil {
		r.problem = testenv.WaitFor(ctx, "the plugin's process", func() (bool, error) {
			_, err := b.memory.resident()
			return err == nil, err
		})
	}
	if r.problem == nil {
		time.Sleep(idleAfter)
		r.ratio, r.problem = b.memory.resident()
	}
	b.add(r)
}
