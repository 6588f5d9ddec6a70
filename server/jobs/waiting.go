package jobs

import (
	"context"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// WaitingMessages wakes what no longer has to wait: messages whose wake-up came a moment too
// early, and conversations whose team has room for a channel again.
type WaitingMessages struct {
	Store Store
	// ChannelLimit is how many channels a team may have; less than 0 = any number.
	ChannelLimit func() int
	Clock        domain.Clock
	WakeSync     func()
}

// Run wakes the messages and conversations that no longer have to wait.
func (w *WaitingMessages) Run(ctx context.Context) (more bool, err error) {
	if err := w.Store.WakeWaiting(ctx); err != nil {
		return false, err
	}
	err = w.Store.WakeUnmade(ctx, w.ChannelLimit(), w.Clock.Now())
	w.WakeSync()
	return false, err
}
