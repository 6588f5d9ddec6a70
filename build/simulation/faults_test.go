package simulation

import (
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

// foundWithin is how much of its own time the simulation has to find a fault.
const foundWithin = "60"

// TestFindsFaults puts faults back that the product once had, one at a time, into a copy of the
// module, and expects that the simulation finds each. It compiles the product for each of them and takes
// minutes, so it runs only on demand: make test-simulation-faults.
func TestFindsFaults(t *testing.T) {
	if os.Getenv("SIMULATION_FIND_FAULTS") == "" {
		t.Skip("it takes minutes: make test-simulation-faults")
	}
	module := copyModule(t)
	for _, fault := range []struct {
		patch string
		rules []string // of which one must be broken
		focus string   // the chain of acts around which it happens
	}{
		{"2-refused-start", []string{"lost", "stuck"}, "close, hours, refuse slowly, start, write, write"},
		{"4-late-lock", []string{"closed"}, "write, moment, posts, posts, posts, close, moment"},
		{"5-refused-start-renames", []string{"name"}, "write, start again"},
		{"7-merged-address", []string{"lock", "whom"}, "write, merge, post, post"},
		{"17-marketing-stop", []string{"lock"}, "close, days, resume marketing, moment, refuse for long, start marketing, moment, stop marketing, moment, hours, accept again, moment, moment"},
		{"23-removed-queue", []string{"queue"}, "own queue, moment, close, moment, remove queue, moment, write"},
		{"K1-missed-posts", []string{"lost"}, "write, moment, claim, moment, hours, write, moment, plugin off, moment, posts there, posts there, moment, hours"},
		{"K2-post-twice", []string{"twice"}, "write, write, moment, a while, lose a post, write, moment"},
		{"K4a-overtaken", []string{"order"}, "write, post, moment, post, post"},
	} {
		t.Run(fault.patch, func(t *testing.T) {
			if only := os.Getenv("SIMULATION_FAULT"); only != "" && only != fault.patch {
				t.Skip("another one was asked for")
			}
			patch, err := filepath.Abs("patches/" + fault.patch + ".patch")
			require.NoError(t, err)
			command(t, module, "git", "apply", patch)
			defer command(t, module, "git", "apply", "-R", patch) // the next one finds most of it compiled
			binary := filepath.Join(module, "simulation.test")
			command(t, module, "go", "test", "-c", "-o", binary, "./build/simulation")
			began := time.Now()
			run := exec.CommandContext(t.Context(), binary, "-test.run", "^TestSimulation$", "-test.v")
			run.Dir = filepath.Join(module, "build/simulation")
			run.Env = append(os.Environ(), "SIMULATION_SECONDS="+foundWithin, "SIMULATION_KEEP="+module, "SIMULATION_LIVES=6", "SIMULATION_SEED=1", "SIMULATION_HOLD=100", "SIMULATION_PROCESSES=2", "SIMULATION_FOCUS="+fault.focus)
			out, err := run.CombinedOutput()
			require.Error(t, err, "nothing was found in %s s:\n%s", foundWithin, tail(out))
			found := regexp.MustCompile(`VIOLATION seed \d+: (\w+).*`).FindAllStringSubmatch(string(out), -1)
			require.True(t, slices.ContainsFunc(found, func(f []string) bool { return slices.Contains(fault.rules, f[1]) }), "another rule was broken: %q\n%s", found, tail(out))
			t.Logf("found in %.0f s, the making of the first world included", time.Since(began).Seconds())
		})
	}
}

func tail(out []byte) string {
	text := string(out)
	return text[max(0, len(text)-6000):]
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
