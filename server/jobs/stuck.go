package jobs

import (
	"context"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

const stuckEvery = time.Minute

// StuckCheck tells the administrators where nothing moves: once a day, number and queue.
type StuckCheck struct {
	Store interface {
		TryInterval(ctx context.Context, name string, every time.Duration) (bool, error)
		StuckLanes(ctx context.Context, now int64) ([]*domain.Stuck, error)
		AddNotice(ctx context.Context, n *domain.Notice) error
	}
	WakeNotices  func() // wakes the notices
	Clock domain.Clock
}

// Round looks, if it is this node's turn.
func (w *StuckCheck) Run(ctx context.Context) (more bool, err error) {
	mine, err := w.Store.TryInterval(ctx, "stuck", stuckEvery)
	if err != nil || !mine {
		return false, err
	}
	now := w.Clock.Now()
	stuck, err := w.Store.StuckLanes(ctx, now)
	if err != nil {
		return false, err
	}
	day := time.UnixMilli(now).UTC().Format(time.DateOnly)
	for _, s := range stuck {
		text, _ := s.Texts("")
		if err := w.Store.AddNotice(ctx, &domain.Notice{
			Key: "stuck:" + s.Queue + ":" + s.AccountID + ":" + day, AccountID: s.AccountID, TextKey: text.Key, Data: text.Data, CreatedAt: now,
		}); err != nil {
			return false, err
		}
	}
	if len(stuck) > 0 {
		w.WakeNotices()
	}
	return false, nil
}
