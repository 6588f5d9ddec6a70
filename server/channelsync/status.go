package channelsync

import (
	"context"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

const (
	tickLease = 20 * time.Second
	tickBatch = 32
	tickHands = 4 // posts updated at once
	// overtakenLimit is how long it may take to say that something was done after its lease.
	overtakenLimit = 5 * time.Second
)

// StatusSync shows on each post what became of its message. It compares what the
// database knows with what the post shows, so nothing is lost by a crash and
// several quick changes cost one update.
type StatusSync struct {
	Store StatusMarkStore
	Posts interface {
		posting.Poster
		ShowStatus(ctx context.Context, postID string, status domain.Status) error
	}
	Localizer posting.Localizer
	Log     jobqueue.Logger
}

// Round shows a batch; more tells that there may be another.
func (t *StatusSync) Run(ctx context.Context) (more bool, err error) {
	ctx, lease := jobqueue.WithLease(ctx, time.Now().Add(tickLease))
	defer lease.End()
	ticks, err := t.Store.ClaimStatusMarks(ctx, tickLease, tickBatch)
	if err != nil {
		return false, err
	}
	jobqueue.InParallel(tickHands, ticks, func(tick domain.StatusMark) {
		if err := t.showUnderLease(ctx, tick); err != nil && ctx.Err() == nil {
			t.Log.Warn("Could not show a status", "message", tick.Message.ID, "error", err.Error())
		}
	})
	return len(ticks) == tickBatch, nil
}

// showHeld shows a tick while the lease holds. Where it ended on the way the message is due again: a server that was frozen in the middle
// may have written an old status over the newer one that another process showed meanwhile, and nobody would look again.
func (t *StatusSync) showUnderLease(ctx context.Context, tick domain.StatusMark) error {
	err := t.show(ctx, tick)
	if jobqueue.CheckLease(ctx) == nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), overtakenLimit)
	defer cancel()
	return t.Store.StatusShown(ctx, tick.Message.ID, "")
}

func (t *StatusSync) show(ctx context.Context, tick domain.StatusMark) error {
	m := tick.Message
	status := m.Status
	if m.Parts > 1 {
		var err error // read after the tick was claimed: whatever changes later has a tick of its own
		if status, err = t.Store.PostStatus(ctx, m.PostID); err != nil {
			return err
		}
	}
	err := t.Posts.ShowStatus(ctx, m.PostID, status)
	switch {
	case errors.Is(err, posting.ErrRefused), errors.Is(err, posting.ErrArchived) && tick.Closed: // nobody looks at it any more
	case err != nil: // the channel of an open conversation comes back
		return err
	}
	if m.Status.NeedsNotice() && m.ReasonCode != domain.ReasonDeleted {
		if err := t.appendReason(ctx, tick); err != nil && !errors.Is(err, domain.ErrNotFound) {
			return err
		}
	}
	return t.Store.StatusShown(ctx, m.ID, m.Status)
}

// notice leaves the reason, and what to do, in the post's thread.
func (t *StatusSync) appendReason(ctx context.Context, tick domain.StatusMark) error {
	m := tick.Message
	root, err := t.Posts.RootOf(ctx, m.PostID)
	if err != nil {
		return err
	}
	text := t.Localizer.ForChannel(noticeOf(&m))
	if m.Parts > 1 {
		text = t.Localizer.ForChannel(domain.T("notice.part", "Part", m.Part+1, "Parts", m.Parts)) + " " + text
	}
	_, err = posting.EnsurePostOrFallback(ctx, t.Posts, posting.Post{
		ChannelID: tick.Channel, RootID: root, Type: posting.TypeEvent,
		Message:   text,
		Props:     map[string]any{posting.PropEvent: m.ID + ":" + string(m.Status)},
		PendingID: m.ID + ":" + string(m.Status),
	}, posting.PropEvent, t.Localizer.ForChannel(domain.T("withheld.line")), tick.Again, posting.OwnPostsSince())
	return err
}

// noticeOf is the reason of a message that did not get through, and what to do.
func noticeOf(m *domain.Message) domain.Text {
	switch {
	case m.Status == domain.Unknown:
		return domain.T("notice.unknown")
	case m.Status == domain.Failed:
		return domain.T("notice.failed", "Words", whatsapp.ClassifyCode(m.ReasonCode), "Code", m.ReasonCode)
	case m.ReasonCode == domain.ReasonTooOld:
		return domain.T("notice.too_old")
	case m.ReasonCode == domain.ReasonClosed:
		return domain.T("notice.closed")
	case m.ReasonCode == domain.ReasonFile:
		return domain.T("notice.file")
	case m.ReasonCode == domain.ReasonNotPermitted:
		return domain.T("notice.not_permitted")
	case m.ReasonCode == domain.ReasonTemplate:
		return domain.T("notice.template")
	case m.ReasonCode == domain.ReasonStopped:
		return domain.T("notice.stopped")
	case m.ReasonCode == domain.ReasonBlocked:
		return domain.T("notice.blocked")
	case m.ReasonCode == domain.ReasonNoAddress:
		return domain.T("notice.no_address")
	default:
		return domain.T("notice.locked")
	}
}
