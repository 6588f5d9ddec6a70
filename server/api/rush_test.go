package api

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestRush(t *testing.T) {
	var r rush
	r.yield(context.Background()) // nobody is there: at once
	require.Zero(t, r.last.Load())

	leave := make([]func(), 0, rushing)
	for range rushing - 1 {
		leave = append(leave, r.enter())
	}
	require.Zero(t, r.last.Load(), "a few at once are no rush")
	leave = append(leave, r.enter())
	require.NotZero(t, r.last.Load())
	for _, l := range leave {
		l()
	}
	require.Zero(t, r.inside.Load())

	r.last.Store(time.Now().Add(time.Hour).UnixNano()) // a rush that goes on
	stopped, stop := context.WithCancel(context.Background())
	stop()
	r.yield(stopped) // who stops does not wait
	begin := time.Now()
	r.yield(context.Background())
	require.GreaterOrEqual(t, time.Since(begin), rushPatience, "not for ever, but for a while")
}
