package simulation

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// seedsApart is how far apart the seeds of two processes begin.
const seedsApart = 1_000_000

// played is what a process says at its end of what it has played.
const played = "%d worlds, %d lives, %d steps, %.0f s: %.0f lives a minute of %d steps each, of %d in the shortest world"

var playedAgain = regexp.MustCompile(`(\d+) worlds, (\d+) lives, (\d+) steps, .* of (\d+) in the shortest world`)

// inProcesses plays in several processes at once: a world keeps no more than one core busy, and ids
// come from a source that is the whole process's. It returns what all have played.
func inProcesses(t *testing.T, n int, seed uint64) {
	t.Helper()
	began := time.Now()
	var all sync.WaitGroup
	var mu sync.Mutex
	worlds, lives, steps, fewest := 0, 0, 0, 0
	for i := range n {
		all.Go(func() {
			process := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestSimulation$", "-test.v", "-test.timeout", "0")
			process.Env = append(os.Environ(), "SIMULATION_PROCESSES=1", fmt.Sprintf("SIMULATION_SEED=%d", seed+uint64(i)*seedsApart))
			out, err := process.CombinedOutput()
			mu.Lock()
			defer mu.Unlock()
			t.Logf("process %d:\n%s", i, out)
			if err != nil {
				t.Errorf("process %d: %v", i, err)
			}
			if said := playedAgain.FindSubmatch(out); said != nil {
				number := func(i int) int { n, _ := strconv.Atoi(string(said[i])); return n }
				worlds, lives, steps = worlds+number(1), lives+number(2), steps+number(3)
				if fewest == 0 || number(4) < fewest {
					fewest = number(4)
				}
			}
		})
	}
	all.Wait()
	require.NotZero(t, lives, "nothing was played")
	took := time.Since(began)
	t.Logf(played, worlds, lives, steps, took.Seconds(), float64(lives)/took.Minutes(), steps/lives, fewest)
}
