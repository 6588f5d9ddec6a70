package jobqueue

import "sync"

// InParallel runs work on all items, so many at a time, and waits for them. A
// panic in one is that one's failure: it is passed on when all are done.
func InParallel[T any](hands int, items []T, work func(T)) {
	var all sync.WaitGroup
	var panicked any
	var mu sync.Mutex
	slots := make(chan struct{}, hands)
	for _, item := range items {
		slots <- struct{}{}
		all.Add(1)
		go func() {
			defer all.Done()
			defer func() { <-slots }()
			defer func() {
				if r := recover(); r != nil {
					mu.Lock()
					panicked = r
					mu.Unlock()
				}
			}()
			work(item)
		}()
	}
	all.Wait()
	if panicked != nil {
		panic(panicked)
	}
}
