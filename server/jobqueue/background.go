package jobqueue

import (
	"context"
	"sync"
	"time"
)

// stopTimeout is how long Stop waits: the server gives a plugin ten seconds to deactivate.
const stopTimeout = 8 * time.Second

// background is what Loop and Worker have in common: goroutines that run until
// Stop, and polling that Wake cuts short. Its zero value is ready, because a hook
// may call Wake before Start.
type background struct {
	once   sync.Once // makes wake
	wake   chan struct{}
	cancel context.CancelFunc
	all    sync.WaitGroup
}

// start runs each task in a goroutine of its own, with a context that ends with Stop.
func (b *background) start(tasks ...func(ctx context.Context)) {
	ctx, cancel := context.WithCancel(context.Background())
	b.cancel = cancel
	for _, task := range tasks {
		b.all.Go(func() { task(ctx) })
	}
}

// stop ends the tasks' context and waits for them, but no longer than the timeout:
// a task that ignores its context is left to end with the process.
func (b *background) stop(timeout time.Duration) {
	if b.cancel == nil {
		return
	}
	b.cancel()
	done := make(chan struct{})
	go func() { b.all.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(timeout):
	}
}

// Wake asks for a run now instead of after the pause. It never blocks.
func (b *background) Wake() {
	select {
	case b.wakeSignal() <- struct{}{}:
	default:
	}
}

func (b *background) wakeSignal() chan struct{} {
	b.once.Do(func() { b.wake = make(chan struct{}, 1) })
	return b.wake
}

// poll calls run at once, then after each Wake or pause, until ctx ends. While
// run returns true it is called again at once, with again set.
func (b *background) poll(ctx context.Context, pause time.Duration, run func(again bool) (more bool)) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		case <-b.wakeSignal():
		}
		for again := false; ctx.Err() == nil && run(again); again = true {
		}
		timer.Reset(pause)
	}
}
