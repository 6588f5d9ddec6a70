package jobs

import (
	"context"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

const stuckEvery = time.Minute

// StuckCheck tells the administrators which jobs have stopped moving, once per day, number and
// queue. What counts as stuck is domain.StuckAfter.
type StuckCheck struct {
	Store       Store
	WakeNotices func()
	Clock       domain.Clock
}

// Run checks the lanes, if it is this node's turn.
func (s *StuckCheck) Run(ctx context.Context) (more bool, err error) {
	mine, err := s.Store.TryInterval(ctx, "stuck", stuckEvery)
	if err != nil || !mine {
		return false, err
	}
	now := s.Clock.Now()
	stuck, err := s.Store.StuckLanes(ctx, now)
	if err != nil {
		return false, err
	}
	day := time.UnixMilli(now).UTC().Format(time.DateOnly)
	for _, lanes := range stuck {
		text, _ := lanes.Texts("")
		if err := s.Store.AddNotice(ctx, &domain.Notice{
			Key: "stuck:" + lanes.Queue + ":" + lanes.AccountID + ":" + day, AccountID: lanes.AccountID, TextKey: text.Key, Data: text.Data, CreatedAt: now,
		}); err != nil {
			return false, err
		}
	}
	if len(stuck) > 0 {
		s.WakeNotices()
	}
	return false, nil
}
