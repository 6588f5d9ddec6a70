//go:build unix

package scenario

import (
	"context"
	"time"

	"github.com/pkg/errors"
)

// stepLimit is how long one step may take.
const stepLimit = 60 * time.Second

// Step is one thing that is done and checked.
type Step struct {
	Name    string // in Portuguese
	English string // the same in English, short
	// Vital says that the following steps make no sense if this one fails.
	Vital bool
	// Do carries out the step and returns what went wrong.
	Do func(ctx context.Context) error
}

// Result is the result of a step.
type Result struct {
	Step
	Err  error // nil if the step passed
	Took time.Duration
}

// Summary counts results.
type Summary struct{ Passed, Failed int }

var errNotReached = errors.New("not reached: an earlier step failed")

// Play carries out steps in order and passes each result to tell as soon as it is there. After a vital step has failed, the remaining steps
// count as failed too.
func Play(ctx context.Context, steps []Step, tell func(Result)) Summary {
	var sum Summary
	reachable := true
	for _, step := range steps {
		result := Result{Step: step, Err: errNotReached}
		if reachable {
			begin := time.Now()
			result.Err = do(ctx, step)
			result.Took = time.Since(begin)
		}
		if result.Err == nil {
			sum.Passed++
		} else {
			sum.Failed++
			reachable = reachable && !step.Vital
		}
		tell(result)
	}
	return sum
}

func do(ctx context.Context, step Step) error {
	ctx, cancel := context.WithTimeout(ctx, stepLimit)
	defer cancel()
	return step.Do(ctx)
}

// errorUnless returns nil if a condition holds, and otherwise an error with the text, which says what was expected and what was found.
func errorUnless(holds bool, format string, args ...any) error {
	if holds {
		return nil
	}
	return errors.Errorf(format, args...)
}

// firstError returns the first error that is not nil.
func firstError(checks ...error) error {
	for _, err := range checks {
		if err != nil {
			return err
		}
	}
	return nil
}
