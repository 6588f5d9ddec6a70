package jobqueue

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestWhatMayBeLateLetsOthersGoFirst(t *testing.T) {
	f := &Foreground{}
	f.Wait(t.Context(), time.Hour, time.Hour) // nothing was ever done: the test's own time would end it

	begun, end := make(chan struct{}), make(chan struct{})
	handle := f.Handle(func(context.Context, Job) (Outcome, error) {
		close(begun)
		<-end
		return RetryIn(time.Second, ""), nil
	})
	ended := make(chan Outcome)
	go func() {
		outcome, _ := handle(t.Context(), Job{})
		ended <- outcome
	}()
	<-begun
	f.Wait(t.Context(), 0, 20*time.Millisecond) // it has a bound
	waited := make(chan struct{})
	go func() {
		f.Wait(t.Context(), 0, time.Hour)
		close(waited)
	}()
	select {
	case <-waited:
		t.Fatal("it did not wait")
	case <-time.After(3 * askEvery):
	}
	close(end)
	outcome := <-ended
	require.True(t, outcome.IsRetry())
	<-waited

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	f.Wait(ctx, time.Hour, time.Hour)
}
