package jobs

import (
	"context"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

const (
	// strayOverlap is how far a run looks back beyond the last one, because the servers' clocks need not agree.
	strayOverlap = 2 * time.Minute
	// strayEvery is how often all open conversations are checked.
	strayEvery = time.Hour
)

// StrayChannels finds channels of open conversations that somebody archived, made public,
// moved, renamed or deleted by hand; older servers have no hook for that. It only makes the
// conversations due, and channelsync repairs them, so it does no harm on several nodes.
type StrayChannels struct {
	Store    Store
	Clock    domain.Clock
	WakeSync func()

	last     time.Time // run before this one
	lastFull time.Time // run that checked all of them
}

// Run checks the channels that changed since the last run; the first run, and one an hour, checks all.
func (s *StrayChannels) Run(ctx context.Context) (more bool, err error) {
	begin := time.Now()
	var marked int
	if begin.Sub(s.lastFull) >= strayEvery {
		if marked, err = s.Store.MarkStrays(ctx, s.Clock.Now()); err == nil {
			s.lastFull = begin
		}
	} else {
		marked, err = s.Store.MarkChanged(ctx, s.last.Add(-strayOverlap).UnixMilli(), s.Clock.Now())
	}
	if err != nil {
		return false, err
	}
	s.last = begin
	if marked > 0 {
		s.WakeSync()
	}
	return false, nil
}
