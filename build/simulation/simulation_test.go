package simulation

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// fromEnv reads a number from the environment.
func fromEnv(t *testing.T, name string, otherwise uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 64)
	require.NoError(t, err, name)
	return n
}

// TestSimulation plays worlds with fresh seeds for SIMULATION_SECONDS of real time, or with those
// from SIMULATION_SEED on, or SIMULATION_WORLDS of them. A world that fails prints its story and is kept as a file.
// SIMULATION_PROCESSES play at once.
func TestSimulation(t *testing.T) {
	patience := time.Duration(fromEnv(t, "SIMULATION_SECONDS", 5)) * time.Second
	seed := fromEnv(t, "SIMULATION_SEED", uint64(time.Now().UnixNano())%1_000_000_000)
	lives, acts := int(fromEnv(t, "SIMULATION_LIVES", livesOfWorld)), int(fromEnv(t, "SIMULATION_ACTS", actsOfLife))
	faults, most := os.Getenv("SIMULATION_FAULTS") != "0", int(fromEnv(t, "SIMULATION_WORLDS", 0))
	var focus []string
	if text := os.Getenv("SIMULATION_FOCUS"); text != "" {
		focus = strings.Split(text, ", ")
	}
	if n := int(fromEnv(t, "SIMULATION_PROCESSES", 1)); n > 1 {
		inProcesses(t, n, seed)
		return
	}
	began, worlds, all, steps, fewest := time.Now(), 0, 0, 0, 0
	for worlds == 0 || most == 0 && time.Since(began) < patience || worlds < most {
		s := NewScript(seed, lives, acts, faults, focus...)
		s.Hold = float64(fromEnv(t, "SIMULATION_HOLD", uint64(1000*s.Hold))) / 1000
		r := Play(t, s)
		worlds, all, steps = worlds+1, all+lives, steps+r.Steps
		if fewest == 0 || r.Steps/lives < fewest {
			fewest = r.Steps / lives
		}
		if testing.Verbose() {
			t.Logf("seed %d: %d acts, %d steps (%s), %.1f s, %d violations", seed, len(s.Acts), r.Steps, r.Spent, r.Took.Seconds(), len(r.Violations))
		}
		if file := os.Getenv("SIMULATION_TRACE"); file != "" {
			writeTrace(t, r.Trace, file)
		}
		if r.Failed() {
			t.Logf("found after %.0f s", time.Since(began).Seconds())
			report(t, r)
			if os.Getenv("SIMULATION_GO_ON") == "" {
				break
			}
		}
		seed++
	}
	took := time.Since(began)
	t.Logf(played, worlds, all, steps, took.Seconds(), float64(all)/took.Minutes(), steps/max(all, 1), fewest)
}

// report prints the story of a failing world, shrinks it, and keeps it.
func report(t *testing.T, r *Result) {
	t.Helper()
	for _, v := range r.Violations {
		t.Errorf("VIOLATION seed %d: %s", r.Script.Seed, v)
	}
	if patience := fromEnv(t, "SIMULATION_SHRINK", 0); patience > 0 {
		r = Shrink(t, r, time.Duration(patience)*time.Second)
	}
	folder := os.Getenv("SIMULATION_KEEP")
	if folder == "" {
		folder = os.TempDir()
	}
	kept := filepath.Join(folder, fmt.Sprintf("simulation-%d.json", r.Script.Seed))
	require.NoError(t, r.Script.Keep(kept))
	story, err := os.Create(strings.TrimSuffix(kept, ".json") + ".txt")
	require.NoError(t, err)
	for _, v := range r.Violations {
		_, _ = fmt.Fprintln(story, v)
	}
	r.Story.Write(story)
	require.NoError(t, story.Close())
	writeTrace(t, r.Trace, strings.TrimSuffix(kept, ".json")+".trace")
	var mine strings.Builder
	if life := r.Violations[0].Life; life != everybodys {
		r.Story.Write(&mine, life)
	} else {
		r.Story.Write(&mine)
	}
	t.Logf("kept as %s, its whole story and trace beside it; SIMULATION_SCRIPT=%s repeats it. What happened to life %d:\n%s", kept, kept, r.Violations[0].Life, mine.String())
}

func writeTrace(t *testing.T, trace *Trace, file string) {
	t.Helper()
	f, err := os.Create(file)
	require.NoError(t, err)
	_, err = trace.WriteTo(f)
	require.NoError(t, err)
	require.NoError(t, f.Close())
}

// TestKept plays the scripts that once failed, and the one that SIMULATION_SCRIPT names.
func TestKept(t *testing.T) {
	files, err := filepath.Glob("testdata/*.json")
	require.NoError(t, err)
	if named := os.Getenv("SIMULATION_SCRIPT"); named != "" {
		files = append(files, named)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			s, err := ReadScript(file)
			require.NoError(t, err)
			if r := Play(t, s); r.Failed() {
				report(t, r)
			}
		})
	}
}
