//go:build unix

package main

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/pkg/errors"
)

// measured is the result of a round of one side.
type measured struct {
	value float64 // a rate, a time, or whatever else both sides have in common
	cost  cost    // of one message
}

// sample measures one side once.
type sample func(ctx context.Context) (measured, error)

// rounds are the results of rounds that alternate between the two sides.
type rounds struct {
	base, ours         []float64
	ratios             []float64 // ours by base: a disturbance that lasts longer than a round affects both sides
	baseCost, oursCost []cost
}

func (r *rounds) add(base, ours measured) {
	r.base, r.ours, r.ratios = append(r.base, base.value), append(r.ours, ours.value), append(r.ratios, ours.value/base.value)
	r.baseCost, r.oursCost = append(r.baseCost, base.cost), append(r.oursCost, ours.cost)
}

// costRatios returns what one message costs in each round, as a multiple of the floor.
func (r *rounds) costRatios() []float64 {
	var ratios []float64
	for i := range r.oursCost {
		if base := r.baseCost[i].total(); base > 0 {
			ratios = append(ratios, r.oursCost[i].total()/base)
		}
	}
	return ratios
}

// alternate measures both sides in turn, so that whatever else the machine does affects both.
func alternate(ctx context.Context, n int, base, ours sample) (*rounds, error) {
	all := &rounds{}
	for range n {
		b, err := base(ctx)
		if err != nil {
			return all, err
		}
		o, err := ours(ctx)
		if err != nil {
			return all, err
		}
		all.add(b, o)
	}
	return all, nil
}

// median returns the middle value, or the mean of the two in the middle if there is an even number of values. It returns 0 for no values.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// inParallel calls do n times, in as many goroutines at a time as hands says, and returns how long that took. The first error ends it.
func inParallel(ctx context.Context, hands, n int, do func(ctx context.Context, i int) error) (time.Duration, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan int)
	var all sync.WaitGroup
	begin := time.Now()
	for range hands {
		all.Go(func() {
			for i := range next {
				if err := do(ctx, i); err != nil {
					cancel(err)
				}
			}
		})
	}
	for i := 0; i < n && ctx.Err() == nil; i++ {
		next <- i
	}
	close(next)
	all.Wait()
	took := time.Since(begin)
	return took, errors.Wrap(context.Cause(ctx), "a load was cut short")
}

// rate returns the number per second.
func rate(n int, took time.Duration) float64 { return float64(n) / took.Seconds() }

// milliseconds returns a time as a number.
func milliseconds(took time.Duration) float64 { return float64(took.Microseconds()) / 1000 }
