package jobqueue

import (
	"context"
	"runtime/debug"
	"sync"
	"time"
)

const (
	// loopPause is how long a loop sleeps when there is nothing to do and nobody wakes it.
	loopPause = time.Second
	// loopLimit is how long a round may take; what it did not come to is the next one's.
	loopLimit = 2 * time.Minute
	// loopPatience is how long Stop waits for a round: the server gives a plugin ten seconds.
	loopPatience = 8 * time.Second
)

// Loop does something again and again in the background: at once when woken,
// else after a pause. A panic ends one round, never the process.
type Loop struct {
	Name    string
	Pause   time.Duration // between rounds that found nothing; 0 = loopPause
	Timeout time.Duration // of a round; 0 = loopLimit
	// Round does one round; more asks for the next at once.
	Run func(ctx context.Context) (more bool, err error)
	Log Logger

	once   sync.Once // makes wake: hooks may wake a loop before it starts
	wake   chan struct{}
	cancel context.CancelFunc
	done   sync.WaitGroup
}

// Start begins the rounds.
func (l *Loop) Start() {
	if l.Pause == 0 {
		l.Pause = loopPause
	}
	if l.Timeout == 0 {
		l.Timeout = loopLimit
	}
	ctx, cancel := context.WithCancel(context.Background())
	l.cancel = cancel
	l.done.Add(1)
	go func() { defer l.done.Done(); l.run(ctx) }()
}

// Stop ends the rounds and waits for the one that runs, but not for ever: one that
// hears of no context ends with the process, as if that had been killed.
func (l *Loop) Stop() {
	if l.cancel == nil {
		return
	}
	l.cancel()
	done := make(chan struct{})
	go func() { l.done.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(l.patience()):
	}
}

func (l *Loop) patience() time.Duration { return min(loopPatience, l.Timeout) }

// Wake asks for a round now. It never blocks.
func (l *Loop) Wake() {
	select {
	case l.woken() <- struct{}{}:
	default:
	}
}

func (l *Loop) woken() chan struct{} {
	l.once.Do(func() { l.wake = make(chan struct{}, 1) })
	return l.wake
}

func (l *Loop) run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		case <-l.woken():
		}
		for ctx.Err() == nil && l.round(ctx) {
		}
		timer.Reset(l.Pause)
	}
}

func (l *Loop) round(ctx context.Context) (more bool) {
	defer func() {
		if r := recover(); r != nil {
			l.Log.Error("A background round panicked", "loop", l.Name, "stack", string(debug.Stack()))
			more = false
		}
	}()
	round, cancel := context.WithTimeout(ctx, l.Timeout)
	defer cancel()
	more, err := l.Run(round)
	if err != nil && ctx.Err() == nil {
		l.Log.Warn("A background round failed", "loop", l.Name, "error", err.Error())
		return false
	}
	return more
}
