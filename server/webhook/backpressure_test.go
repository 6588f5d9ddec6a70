package webhook

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAFewDeliveriesAreNoBackpressure(t *testing.T) {
	var b backpressure
	b.wait(context.Background()) // returns at once
	require.Zero(t, b.lastBusy.Load())

	leave := make([]func(), 0, busyDeliveries)
	for range busyDeliveries - 1 {
		leave = append(leave, b.enter())
	}
	require.Zero(t, b.lastBusy.Load())
	leave = append(leave, b.enter())
	require.NotZero(t, b.lastBusy.Load())
	for _, l := range leave {
		l()
	}
	require.Zero(t, b.storing.Load())
}

func TestWaitingForDeliveriesHasAnEnd(t *testing.T) {
	var b backpressure
	b.lastBusy.Store(time.Now().Add(time.Hour).UnixNano()) // busy for long
	stopped, stop := context.WithCancel(context.Background())
	stop()
	b.wait(stopped) // returns at once
	begin := time.Now()
	b.wait(context.Background())
	require.GreaterOrEqual(t, time.Since(begin), maxWait)
}
