package api

import (
	"sync"
	"sync/atomic"
)

// lastWebhooks remembers when each account's last delivery was stored. The zero value is ready.
type lastWebhooks struct {
	mu    sync.RWMutex
	times map[string]*atomic.Int64 // by account id; as few as there are accounts
}

func (l *lastWebhooks) at(accountID string) int64 {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if at := l.times[accountID]; at != nil {
		return at.Load()
	}
	return 0
}

func (l *lastWebhooks) set(accountID string, now int64) {
	l.mu.RLock()
	at := l.times[accountID]
	l.mu.RUnlock()
	if at == nil {
		at = l.add(accountID)
	}
	at.Store(now)
}

func (l *lastWebhooks) add(accountID string) *atomic.Int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.times == nil {
		l.times = map[string]*atomic.Int64{}
	}
	if l.times[accountID] == nil {
		l.times[accountID] = &atomic.Int64{}
	}
	return l.times[accountID]
}
