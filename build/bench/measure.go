//go:build unix

package main

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/pkg/errors"
)

// sample measures something once: a rate, a time, or whatever else both sides of a ratio have in common.
type sample func(ctx context.Context) (float64, error)

// compared is the result of rounds that alternate between the two sides.
type compared struct {
	base, ours float64 // medians
	ratio      float64 // median of the ratios of the rounds: a disturbance that lasts longer than a round affects both sides
}

// alternate measures both sides in turn, so that whatever else the machine does affects both.
func alternate(ctx context.Context, rounds int, base, ours sample) (compared, error) {
	var bases, own, ratios []float64
	for range rounds {
		b, err := base(ctx)
		if err != nil {
			return compared{}, err
		}
		o, err := ours(ctx)
		if err != nil {
			return compared{}, err
		}
		bases, own = append(bases, b), append(own, o)
		ratios = append(ratios, o/b)
	}
	return compared{base: median(bases), ours: median(own), ratio: median(ratios)}, nil
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
