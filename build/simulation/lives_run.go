package simulation

import (
	"context"
	"fmt"
	"testing"
	"time"
)

// Result is what came of a script.
type Result struct {
	Script     Script
	Violations []Violation
	Story      *Story
	Trace      *Trace
	Steps      int
	Spent      string        // on what the steps were spent
	Took       time.Duration // of real time
}

// Failed reports whether anything that the contract forbids was found.
func (r *Result) Failed() bool { return len(r.Violations) > 0 }

// Play makes a world, plays a script in it, lets it calm down, and checks it.
func Play(t *testing.T, s Script) *Result {
	t.Helper()
	began := time.Now()
	r := &Result{Script: s}
	t.Run(fmt.Sprintf("seed %d", s.Seed), func(t *testing.T) { // a test of its own, so that its database goes when it ends
		Run(t, Options{Seed: s.Seed, Nodes: s.Nodes}, func(ctx context.Context, w *World) {
			p := &play{ctx: ctx, world: w, story: &Story{now: w.Now}, record: newRecord()}
			r.Story, r.Trace = p.story, w.Trace
			r.Violations = p.run(s)
			r.Steps, r.Spent = w.Steps(), p.spent
		})
	})
	r.Took = time.Since(began)
	return r
}
