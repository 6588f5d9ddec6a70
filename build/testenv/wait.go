//go:build unix

package testenv

import (
	"context"
	"time"

	"github.com/pkg/errors"
)

const (
	// waitPoll is how often a condition is checked.
	waitPoll = 50 * time.Millisecond
	// waitLimit is how long WaitFor waits if ctx has no deadline.
	waitLimit = 30 * time.Second
)

// WaitFor checks a condition until it holds, for as long as ctx allows, or for 30 seconds if ctx has no deadline. An error of the condition
// does not end the waiting. When the time is up, the last error is returned together with what was waited for.
func WaitFor(ctx context.Context, what string, condition func() (bool, error)) error {
	if _, limited := ctx.Deadline(); !limited {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, waitLimit)
		defer cancel()
	}
	begin := time.Now()
	ticker := time.NewTicker(waitPoll)
	defer ticker.Stop()
	for {
		holds, err := condition()
		if holds && err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			waited := time.Since(begin).Round(time.Millisecond)
			if err == nil {
				err = context.Cause(ctx)
			}
			return errors.Wrapf(err, "waited %v in vain for %s", waited, what)
		case <-ticker.C:
		}
	}
}
