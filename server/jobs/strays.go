package jobs

import (
	"context"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

const (
	// strayOverlap is how far a round looks back beyond the last one: the servers' clocks need not agree.
	strayOverlap = 2 * time.Minute
	// strayEvery is how often all open conversations are looked at.
	strayEvery = time.Hour
)

// StrayChannels finds what somebody did by hand to the channels of open conversations:
// archived, made public, moved, renamed, deleted. No hook of the older servers
// tells of it. It makes them due, and the mirror puts them right, so that it
// does no harm when several nodes look.
type StrayChannels struct {
	Store interface {
		// MarkChanged makes the open conversations due whose channel somebody changed
		// since a moment, milliseconds since epoch, the server's clock.
		MarkChanged(ctx context.Context, since, now int64) (marked int, err error)
		// MarkStrays makes all open conversations due whose channel is not as it is to be.
		MarkStrays(ctx context.Context, now int64) (marked int, err error)
	}
	Clock domain.Clock
	WakeSync func() // wakes the mirror

	last, all time.Time
}

// Round looks at what changed since the last one, at first and once in a while at all.
func (s *StrayChannels) Run(ctx context.Context) (more bool, err error) {
	begin := time.Now()
	var marked int
	if begin.Sub(s.all) >= strayEvery {
		if marked, err = s.Store.MarkStrays(ctx, s.Clock.Now()); err == nil {
			s.all = begin
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
