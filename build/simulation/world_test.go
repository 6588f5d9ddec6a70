package simulation

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A world comes up, does what it does in ten minutes without anybody, loses both of its
// processes, and goes on.
func TestAWorldRunsByItself(t *testing.T) {
	Run(t, Options{Seed: 1}, func(ctx context.Context, w *World) {
		defer func() {
			if t.Failed() || os.Getenv("SIMULATION_TRACE") != "" {
				f, _ := os.Create(os.Getenv("SIMULATION_TRACE"))
				_, _ = w.Trace.WriteTo(f)
				_ = f.Close()
			}
		}()
		for _, n := range w.Nodes {
			n.Drop()
		}
		began := w.Now()
		for w.Now().Sub(began) < 10*time.Minute {
			w.Step()
		}
		require.NoError(t, w.Calm(ctx))
		require.Empty(t, w.Panics())
		t.Log(w.Steps(), "steps")
	})
}
