package outbound

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestRequestsOfOneNumberAreBounded(t *testing.T) {
	f, now := NewInFlightLimiter(), time.Now()
	var releases []func()
	for range maxSends {
		release, ok := f.Acquire("a", now)
		require.True(t, ok)
		releases = append(releases, release)
	}
	_, ok := f.Acquire("a", now)
	require.False(t, ok, "no more of this number")
	_, ok = f.Acquire("b", now)
	require.True(t, ok, "another number is free")
	releases[0]()
	releases[0]() // releasing twice frees one place only
	_, ok = f.Acquire("a", now)
	require.True(t, ok)
	_, ok = f.Acquire("a", now)
	require.False(t, ok)
}

func TestLateAnswersHoldANumberBack(t *testing.T) {
	f, now := NewInFlightLimiter(), time.Now()
	var releases []func()
	for range maxLate {
		release, _ := f.Acquire("a", now)
		releases = append(releases, release)
	}
	_, ok := f.Acquire("a", now.Add(lateAfter))
	require.True(t, ok, "late is only after the patience")
	later := now.Add(lateAfter + time.Millisecond)
	_, ok = f.Acquire("a", later)
	require.False(t, ok)
	releases[0]()
	_, ok = f.Acquire("a", later)
	require.True(t, ok, "one answered")
}
