package simulation

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	// foundWithin is how many seconds of its own time the simulation has to find a fault.
	foundWithin = "60"
	// searchers is how many processes look for it.
	searchers = 2
)

// TestFindsFaults puts faults back that the product once had, one at a time, into a copy of the
// module, and expects that the simulation finds each. It compiles the product for each of them and takes
// minutes, so it runs only on demand: make test-simulation-faults.
func TestFindsFaults(t *testing.T) {
	if os.Getenv("SIMULATION_FIND_FAULTS") == "" {
		t.Skip("it takes minutes: make test-simulation-faults")
	}
	module := copyModule(t)
	for _, fault := range []fault{
		{"2-refused-start", []string{"lost", "stuck"}, 4, 100, "close, hours, refuse slowly, start, write, write"},
		{"4-late-lock", []string{"closed"}, 4, 200, "write, claim, moment, posts, posts, some steps, close, moment"},
		{"5-refused-start-renames", []string{"name"}, 4, 100, "write, start again"},
		{"7-merged-address", []string{"lock", "whom"}, 6, 100, "write, moment, merge, moment, post, post"},
		{"17-marketing-stop", []string{"lock"}, 4, 0, "close, days, resume marketing, moment, refuse for long, start marketing, seconds, stop marketing, a minute, accept again, a minute"},
		{"23-removed-queue", []string{"queue"}, 4, 100, "own queue, moment, close, moment, remove queue, moment, write"},
		{"K1-missed-posts", []string{"lost"}, 4, 0, "write, moment, claim, a while, a minute, plugin off, posts there, posts there, a minute, a minute, a minute, hours"},
		{"K2-post-twice", []string{"twice"}, 4, 100, "write, write, moment, a while, lose a post, write, moment"},
		{"K4a-overtaken", []string{"order"}, 4, 100, "write, claim, moment, lose a hook, post, moment, post, post"},
	} {
		t.Run(fault.patch, func(t *testing.T) {
			if only := os.Getenv("SIMULATION_FAULT"); only != "" && only != fault.patch {
				t.Skip("another one was asked for")
			}
			patch, err := filepath.Abs("patches/" + fault.patch + ".patch")
			require.NoError(t, err)
			command(t, module, "git", "apply", patch)
			defer command(t, module, "git", "apply", "-R", patch) // the next one finds most of it compiled
			command(t, module, "go", "test", "-c", "-o", "simulation.test", "./build/simulation")
			fault.find(t, module)
		})
	}
}

// fault is a mistake that the product once had.
type fault struct {
	patch string
	rules []string // of which one must be broken
	lives int      // of a world
	hold  int      // how many of a thousand calls that change something are held
	focus string   // the chain of acts around which it happens
}

// find plays worlds in two processes, each with seeds of its own, until one of them finds the fault.
func (f *fault) find(t *testing.T, module string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	said := make(chan string, searchers)
	for i := range searchers {
		go func() {
			run := exec.CommandContext(ctx, filepath.Join(module, "simulation.test"), "-test.run", "^TestSimulation$", "-test.v")
			run.Dir = filepath.Join(module, "build/simulation")
			run.Env = append(os.Environ(), "SIMULATION_SECONDS="+foundWithin, "SIMULATION_KEEP="+module, fmt.Sprintf("SIMULATION_LIVES=%d", f.lives), "SIMULATION_ACTS=16", fmt.Sprintf("SIMULATION_SEED=%d", 2+i*seedsApart),
				fmt.Sprintf("SIMULATION_HOLD=%d", f.hold), "SIMULATION_PROCESSES=1", "SIMULATION_FOCUS="+f.focus)
			run.WaitDelay = time.Second
			out, _ := run.CombinedOutput()
			said <- string(out)
		}()
	}
	for range searchers {
		out := <-said
		for _, found := range regexp.MustCompile(`VIOLATION seed \d+: (\w+).*`).FindAllStringSubmatch(out, -1) {
			if slices.Contains(f.rules, found[1]) {
				t.Log(regexp.MustCompile(`found after \d+ s`).FindString(out), found[0])
				return
			}
		}
		t.Log(out[max(0, len(out)-6000):])
	}
	t.Errorf("nothing was found in %s s, or another rule was broken", foundWithin)
}

func command(t *testing.T, dir, name string, args ...string) {
	t.Helper()
	c := exec.CommandContext(t.Context(), name, args...)
	c.Dir = dir
	out, err := c.CombinedOutput()
	require.NoError(t, err, "%s %s: %s", name, strings.Join(args, " "), out)
}

// copyModule copies what the simulation is compiled from.
func copyModule(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	to := t.TempDir()
	require.NoError(t, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if slices.Contains([]string{".git", ".cache", "webapp", "dist", "docs", "node_modules"}, entry.Name()) {
				return filepath.SkipDir
			}
			return os.MkdirAll(filepath.Join(to, name), 0o750)
		}
		if !entry.Type().IsRegular() {
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, name), content, 0o600)
	}))
	return to
}
