package channelsync

import (
	"context"
	"strconv"
	"strings"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// reminded marks, at the end of what was shown of a conversation, that the
// attendant was reminded of the window's end.
const reminded = ":reminded"

// remind reminds the attendant once that the window closes soon, in the channel
// and by mention, if the customer still waits for an answer. It gives what is
// shown now. That it was done is stored with it, and the post found again, so
// that neither another node nor a crash makes it twice.
func (m *Syncer) remind(ctx context.Context, r *domain.ChannelRefresh, shown string, now int64) (string, error) {
	c := &r.Conversation
	if r.Shown == shown+reminded {
		return r.Shown, nil
	}
	if !c.ReminderDue(now) {
		return shown, nil
	}
	line := domain.T("event.remind", "Who", m.name(ctx, c.AttendantID), "Until", c.WindowUntil)
	err := m.appendEvent(ctx, c, line.In(r.Zone), "remind:"+strconv.FormatInt(c.WindowUntil, 10), true)
	return shown + reminded, err
}

// shownBefore is what was shown last, without the reminder's mark.
func shownBefore(r *domain.ChannelRefresh) string { return strings.TrimSuffix(r.Shown, reminded) }
