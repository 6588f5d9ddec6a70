package jobqueue

import (
	"context"
	"sync"
	"time"
)

// stopTimeout is how long Stop waits: the server gives a plugin ten seconds to deactivate.
const stopTimeout = 8 * time.Second

// Waker ends the pause of a Loop or a Worker. It is made before what it wakes, so
// that everything can be wired in one go, and a call before the start counts. Its
// zero value is ready; it must not be copied.
type Waker struct {
	once   sync.Once
	signal chan struct{}
}

// Wake asks for a run now instead of after the pause. It never blocks.
func (w *Waker) Wake() {
	select {
	case w.calls() <- struct{}{}:
	default:
	}
}

func (w *Waker) calls() chan struct{} {
	w.once.Do(func() { w.signal = make(chan struct{}, 1) })
	return w.signal
}

// background is what Loop and Worker have in common: goroutines that run until
// Stop, and polling that a Waker cuts short.
type background struct {
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

// look is why somebody looks for work.
type look int

const (
	afterPause look = iota
	woken
	again // the look before found that there may be more
)

// poll calls run at once, then after each call of the waker or pause, until ctx ends. While
// run returns true it is called again at once.
func (b *background) poll(ctx context.Context, waker *Waker, pause time.Duration, run func(why look) (more bool)) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		why := afterPause
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		case <-waker.calls():
			why = woken
		}
		for ctx.Err() == nil && run(why) {
			why = again
		}
		timer.Reset(pause)
	}
}
