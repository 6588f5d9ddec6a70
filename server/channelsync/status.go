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
	statusLease       = 20 * time.Second
	statusBatch       = 32
	statusConcurrency = 4 // posts updated at once
	// sentPause is how long a post does not show yet that its message was sent. Most messages
	// are delivered by then, so that the server changes the post once instead of twice.
	sentPause = time.Second
	// overtakenLimit bounds the storing of the fact that something was done after its lease had ended.
	overtakenLimit = 5 * time.Second
)

// StatusSync shows on each post what became of its message. It compares what the database knows
// with what the post shows, so a crash loses nothing, and several quick changes cost one update.
type StatusSync struct {
	Store     Store
	Posts     Mattermost
	Localizer posting.Localizer
	Clock     domain.Clock
	Log       jobqueue.Logger
}

// Run shows a batch; more says that there may be another.
func (t *StatusSync) Run(ctx context.Context) (more bool, err error) {
	ctx, lease := jobqueue.WithLease(ctx, time.Now().Add(statusLease))
	defer lease.End()
	marks, err := t.Store.ClaimStatusMarks(ctx, statusLease, statusBatch, t.Clock.Now()-sentPause.Milliseconds())
	if err != nil {
		return false, err
	}
	jobqueue.InParallel(statusConcurrency, marks, func(mark domain.StatusMark) {
		if err := t.showUnderLease(ctx, mark); err != nil && ctx.Err() == nil {
			t.Log.Warn("Could not show a status", "message", mark.Message.ID, "error", err.Error())
		}
	})
	return len(marks) == statusBatch, nil
}

// showUnderLease shows a status while the lease holds. Where the lease ended on the way the
// message becomes due again: a process that was frozen in the middle may have written an old
// status over the newer one that another process showed meanwhile, and nothing would correct it.
func (t *StatusSync) showUnderLease(ctx context.Context, mark domain.StatusMark) error {
	err := t.show(ctx, mark)
	if jobqueue.CheckLease(ctx) == nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), overtakenLimit)
	defer cancel()
	return t.Store.StatusShown(ctx, mark.Message.ID, "")
}

func (t *StatusSync) show(ctx context.Context, mark domain.StatusMark) error {
	m := mark.Message
	status := m.Status
	if m.Parts > 1 {
		var err error // read after the claim: whatever changes later makes the message due again
		if status, err = t.Store.PostStatus(ctx, m.PostID); err != nil {
			return err
		}
	}
	err := t.Posts.ShowStatus(ctx, m.PostID, status, m.IsHeld())
	switch {
	case errors.Is(err, posting.ErrRefused), errors.Is(err, posting.ErrArchived) && mark.Closed: // nobody will see it any more
	case err != nil: // tried again: the channel of an open conversation is restored
		return err
	}
	if m.IsHeld() || m.Status.NeedsNotice() && m.ReasonCode != domain.ReasonDeleted {
		if err := t.appendReason(ctx, mark); err != nil && !errors.Is(err, domain.ErrNotFound) {
			return err
		}
	}
	return t.Store.StatusShown(ctx, m.ID, m.Status)
}

// appendReason posts in the thread why the message did not get through, or is held by Meta, and what to do.
func (t *StatusSync) appendReason(ctx context.Context, mark domain.StatusMark) error {
	m := mark.Message
	root, _, err := t.Posts.RootOf(ctx, m.PostID)
	if err != nil {
		return err
	}
	text := t.Localizer.ForChannel(reasonText(&m))
	if m.Parts > 1 {
		text = t.Localizer.ForChannel(domain.T("notice.part", "Part", m.Part+1, "Parts", m.Parts)) + " " + text
	}
	_, err = posting.EnsurePostOrFallback(ctx, t.Posts, posting.Post{
		ChannelID: mark.Channel, RootID: root, Type: posting.TypeEvent,
		Message:   text,
		Props:     map[string]any{posting.PropEvent: m.ID + ":" + string(m.Status)},
		PendingID: m.ID + ":" + string(m.Status),
	}, posting.PropEvent, t.Localizer.ForChannel(domain.T("withheld.line")), mark.Again, posting.OwnPostsSince())
	return err
}

// reasonText says why a message did not get through, or not yet, and what to do.
func reasonText(m *domain.Message) domain.Text {
	switch m.Status {
	case domain.Pending:
		return domain.T("notice.held")
	case domain.Unknown:
		return domain.T("notice.unknown")
	case domain.Failed:
		return domain.T("notice.failed", "Words", whatsapp.ClassifyCode(m.ReasonCode), "Code", m.ReasonCode)
	default:
		texts, _ := domain.TextsOf(m.ReasonCode)
		return domain.T(texts.Thread)
	}
}
