package relay

import (
	"context"
	"sync"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

const (
	tickLease = 20 * time.Second
	tickBatch = 32
	tickHands = 4 // posts updated at once
	// overtakenLimit is how long it may take to say that something was done after its lease.
	overtakenLimit = 5 * time.Second
)

// Ticks shows on each post what became of its message. It compares what the
// database knows with what the post shows, so nothing is lost by a crash and
// several quick changes cost one update.
type Ticks struct {
	Store TickStore
	Posts interface {
		Poster
		ShowStatus(ctx context.Context, postID string, status conversation.Status) error
	}
	Speaker Speaker
	Log     jobqueue.Logger
}

// Round shows a batch; more tells that there may be another.
func (t *Ticks) Round(ctx context.Context) (more bool, err error) {
	ctx, lease := jobqueue.WithLease(ctx, time.Now().Add(tickLease))
	defer lease.End()
	ticks, err := t.Store.ClaimTicks(ctx, tickLease, tickBatch)
	if err != nil {
		return false, err
	}
	inParallel(tickHands, ticks, func(tick Tick) {
		if err := t.showHeld(ctx, tick); err != nil && ctx.Err() == nil {
			t.Log.Warn("Could not show a status", "message", tick.Message.ID, "error", err.Error())
		}
	})
	return len(ticks) == tickBatch, nil
}

// showHeld shows a tick while the lease holds. Where it ended on the way the message is due again: a server that was frozen in the middle
// may have written an old status over the newer one that another process showed meanwhile, and nobody would look again.
func (t *Ticks) showHeld(ctx context.Context, tick Tick) error {
	err := t.show(ctx, tick)
	if jobqueue.Held(ctx) == nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), overtakenLimit)
	defer cancel()
	return t.Store.Shown(ctx, tick.Message.ID, "")
}

func (t *Ticks) show(ctx context.Context, tick Tick) error {
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
	case errors.Is(err, ErrRefused), errors.Is(err, ErrArchived) && tick.Closed: // nobody looks at it any more
	case err != nil: // the channel of an open conversation comes back
		return err
	}
	if m.Status.NeedsNotice() && m.ReasonCode != conversation.ReasonDeleted {
		if err := t.notice(ctx, tick); err != nil && !errors.Is(err, conversation.ErrNotFound) {
			return err
		}
	}
	return t.Store.Shown(ctx, m.ID, m.Status)
}

// notice leaves the reason, and what to do, in the post's thread.
func (t *Ticks) notice(ctx context.Context, tick Tick) error {
	m := tick.Message
	root, err := t.Posts.RootOf(ctx, m.PostID)
	if err != nil {
		return err
	}
	text := t.Speaker.inChannel(noticeOf(&m))
	if m.Parts > 1 {
		text = t.Speaker.inChannel(conversation.T("notice.part", "Part", m.Part+1, "Parts", m.Parts)) + " " + text
	}
	_, err = ensureOurs(ctx, t.Posts, Post{
		ChannelID: tick.Channel, RootID: root, Type: TypeEvent,
		Message:   text,
		Props:     map[string]any{PropEvent: m.ID + ":" + string(m.Status)},
		PendingID: m.ID + ":" + string(m.Status),
	}, PropEvent, t.Speaker.inChannel(conversation.T("withheld.line")), tick.Again, ownPostsSince())
	return err
}

// noticeOf is the reason of a message that did not get through, and what to do.
func noticeOf(m *conversation.Message) conversation.Text {
	switch {
	case m.Status == conversation.Unknown:
		return conversation.T("notice.unknown")
	case m.Status == conversation.Failed:
		return conversation.T("notice.failed", "Words", whatsapp.ClassifyCode(m.ReasonCode), "Code", m.ReasonCode)
	case m.ReasonCode == conversation.ReasonTooOld:
		return conversation.T("notice.too_old")
	case m.ReasonCode == conversation.ReasonClosed:
		return conversation.T("notice.closed")
	case m.ReasonCode == conversation.ReasonFile:
		return conversation.T("notice.file")
	case m.ReasonCode == conversation.ReasonNotPermitted:
		return conversation.T("notice.not_permitted")
	case m.ReasonCode == conversation.ReasonTemplate:
		return conversation.T("notice.template")
	case m.ReasonCode == conversation.ReasonStopped:
		return conversation.T("notice.stopped")
	case m.ReasonCode == conversation.ReasonBlocked:
		return conversation.T("notice.blocked")
	case m.ReasonCode == conversation.ReasonNoAddress:
		return conversation.T("notice.no_address")
	default:
		return conversation.T("notice.locked")
	}
}

// inParallel runs work on all items, so many at a time, and waits for them. A
// panic in one is that one's failure: it is passed on when all are done.
func inParallel[T any](hands int, items []T, work func(T)) {
	var all sync.WaitGroup
	var panicked any
	var mu sync.Mutex
	slots := make(chan struct{}, hands)
	for _, item := range items {
		slots <- struct{}{}
		all.Add(1)
		go func() {
			defer all.Done()
			defer func() { <-slots }()
			defer func() {
				if r := recover(); r != nil {
					mu.Lock()
					panicked = r
					mu.Unlock()
				}
			}()
			work(item)
		}()
	}
	all.Wait()
	if panicked != nil {
		panic(panicked)
	}
}
