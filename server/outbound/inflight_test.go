package outbound

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestFlightsOfOneNumberAreBounded(t *testing.T) {
	f, now := NewInFlightLimiter(), time.Now()
	var lands []func()
	for range maxFlights {
		land, ok := f.Acquire("a", now)
		require.True(t, ok)
		lands = append(lands, land)
	}
	_, ok := f.Acquire("a", now)
	require.False(t, ok, "no more of this number")
	_, ok = f.Acquire("b", now)
	require.True(t, ok, "another number is free")
	lands[0]()
	lands[0]() // landing twice frees one place only
	_, ok = f.Acquire("a", now)
	require.True(t, ok)
	_, ok = f.Acquire("a", now)
	require.False(t, ok)
}

func TestLateAnswersKeepANumberOnTheGround(t *testing.T) {
	f, now := NewInFlightLimiter(), time.Now()
	var lands []func()
	for range maxSlow {
		land, _ := f.Acquire("a", now)
		lands = append(lands, land)
	}
	_, ok := f.Acquire("a", now.Add(slowAfter))
	require.True(t, ok, "late is only after the patience")
	later := now.Add(slowAfter + time.Millisecond)
	_, ok = f.Acquire("a", later)
	require.False(t, ok)
	lands[0]()
	_, ok = f.Acquire("a", later)
	require.True(t, ok, "one answered")
}
