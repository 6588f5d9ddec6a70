package jobqueue

import (
	"context"
	"runtime/debug"
	"time"

	"github.com/pkg/errors"
	"golang.org/x/sync/errgroup"
)

const (
	// defaultPause is how long a loop sleeps when there was nothing to do and nobody wakes it.
	defaultPause = time.Second
	// defaultTimeout bounds one run; what it did not get to is left for the next one.
	defaultTimeout = 2 * time.Minute
)

// Loop calls a function again and again in the background: at once when woken,
// else after a pause. A panic ends that one run, never the process.
type Loop struct {
	Name    string
	Pause   time.Duration // between runs that found nothing to do; 0 = a second
	Timeout time.Duration // of one run; 0 = two minutes
	// Run does the work once; more asks for the next run at once.
	Run func(ctx context.Context) (more bool, err error)
	Log Logger
	// Waker ends a pause; nil = nobody does.
	*Waker

	background
}

// Start begins to run the function.
func (l *Loop) Start() {
	if l.Pause == 0 {
		l.Pause = defaultPause
	}
	if l.Timeout == 0 {
		l.Timeout = defaultTimeout
	}
	if l.Waker == nil {
		l.Waker = &Waker{}
	}
	l.start(func(ctx context.Context) {
		l.poll(ctx, l.Waker, l.Pause, func(look) bool { return l.runOnce(ctx) })
	})
}

// Stop ends the loop and waits a few seconds for the current run. A run that
// ignores its context ends with the process, as if that had been killed.
func (l *Loop) Stop() { l.stop(min(stopTimeout, l.Timeout)) }

func (l *Loop) runOnce(ctx context.Context) (more bool) {
	defer func() {
		if r := recover(); r != nil {
			l.Log.Error("A background round panicked", "loop", l.Name, "stack", string(debug.Stack()))
			more = false
		}
	}()
	limited, cancel := context.WithTimeout(ctx, l.Timeout)
	defer cancel()
	more, err := l.Run(limited)
	if err != nil && ctx.Err() == nil {
		l.Log.Warn("A background round failed", "loop", l.Name, "error", err.Error())
		return false
	}
	return more
}

// InParallel calls work for each item, at most limit at a time, and returns when
// all are done. It exists because errgroup lets a panic take the process down:
// here the other items are finished first, and then the panic goes on in the
// caller, where Loop recovers it.
func InParallel[T any](limit int, items []T, work func(T)) {
	var group errgroup.Group
	group.SetLimit(limit)
	for _, item := range items {
		group.Go(func() (err error) {
			defer func() {
				if r := recover(); r != nil {
					err = errors.Errorf("panic: %T", r)
				}
			}()
			work(item)
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		panic(err)
	}
}
