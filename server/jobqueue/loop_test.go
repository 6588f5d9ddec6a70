package jobqueue

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestALoopMayBeWokenBeforeItStarts(t *testing.T) {
	rounds := make(chan struct{}, 100)
	l := &Loop{Name: "test", Waker: &Waker{}, Pause: time.Hour, Log: fakeLog{}, Run: func(context.Context) (bool, error) {
		rounds <- struct{}{}
		return false, nil
	}}
	var all sync.WaitGroup
	all.Go(l.Wake) // a hook: it runs as soon as the app is stored
	all.Go(l.Start)
	all.Wait()
	<-rounds
	l.Wake()
	<-rounds
	l.Stop()
	l.Wake()
	require.NotPanics(t, l.Stop)
}
