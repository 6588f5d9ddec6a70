package jobqueue

import (
	"context"
	"testing"
	"time"
)

func TestARoundHasAnEndAndAStopDoesNotWaitForOneThatHasNone(t *testing.T) {
	begun, never := make(chan struct{}), make(chan struct{})
	defer close(never)
	l := &Loop{Name: "test", Timeout: 20 * time.Millisecond, Log: fakeLog{}, Run: func(ctx context.Context) (bool, error) {
		<-ctx.Done() // it ends by itself
		close(begun)
		<-never // as a call of the server's that hears of no context
		return false, nil
	}}
	l.Start()
	<-begun
	l.Stop() // the test's own time would end it
}
