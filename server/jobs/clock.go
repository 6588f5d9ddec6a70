package jobs

import (
	"context"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

// clockSlack is how far the database's clock may be set back without anything being done about it. Whatever waits, waits
// that much longer.
const clockSlack = 5 * time.Second

// ClockWatch notices that the database's clock was set back, by an administrator, or because another machine took
// over, and has what waits by that clock follow it. It does no harm on several nodes.
type ClockWatch struct {
	Store Store
	Log   jobqueue.Logger
}

// Run looks once.
func (w *ClockWatch) Run(ctx context.Context) (more bool, err error) {
	back, err := w.Store.FollowClock(ctx, clockSlack)
	if err == nil && back > 0 {
		w.Log.Warn("The database's clock went back", "by", back.String())
	}
	return false, err
}
