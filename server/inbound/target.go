package inbound

import (
	"context"
	"strings"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

var (
	errNoAccount = errors.New("the number was removed")
	errNobody    = errors.New("the sender has neither a number nor a user id")
)

// senderOf returns how WhatsApp identifies the customer who sent a message.
func senderOf(item whatsapp.Item, m *whatsapp.Message) domain.WhatsAppIdentity {
	who := domain.WhatsAppIdentity{
		WAID: item.Contact.WaID, UserID: item.Contact.UserID, Name: domain.CleanName(item.Contact.Name),
		Username: domain.CleanName(strings.TrimPrefix(item.Contact.Username, "@")),
	}
	if who.WAID == "" {
		who.WAID = m.From
	}
	if who.UserID == "" {
		who.UserID = m.FromUserID
	}
	who.PhoneKey = domain.PhoneKey(who.WAID)
	return who
}

// resolve finds the conversation of a message that was sent at a moment
// (milliseconds since epoch). A customer without an open one comes back to a
// closed one that may be reopened, or gets a new one.
func (h *Handler) resolve(ctx context.Context, account *domain.Account, who domain.WhatsAppIdentity, m *whatsapp.Message, at int64) (*domain.InboundTarget, error) {
	answers := aboutWAMID(m)
	target, err := h.Store.ResolveTarget(ctx, account.ID, m.ID, answers, who)
	if !errors.Is(err, domain.ErrNotFound) {
		return target, err
	}
	if changesAnother(m) {
		if target, err := h.conversationOf(ctx, account.ID, answers); !errors.Is(err, domain.ErrNotFound) {
			return target, err
		}
	}
	if who.PhoneKey == "" && who.UserID == "" {
		return nil, errNobody
	}
	account, err = h.Store.Account(ctx, account.ID) // its default queue may be newer than the cached row
	switch {
	case errors.Is(err, domain.ErrNotFound):
		return nil, errNoAccount
	case err != nil:
		return nil, err
	}
	settings := h.Settings()
	c, how, err := h.Store.OpenForInbound(ctx, domain.NewSender{
		AccountID: account.ID, DefaultQueueID: account.DefaultQueueID, Answers: answers, Who: who, Now: h.Clock.Now(),
		Reopens: func(c *domain.Conversation) bool { return c.ReopensFor(at, settings) },
	})
	if err != nil {
		return nil, err
	}
	if how == domain.Reopened {
		h.WakeChannels()
	}
	target = &domain.InboundTarget{Conversation: *c}
	queue, err := h.Store.Queue(ctx, c.QueueID)
	switch {
	case err == nil:
		target.Queue = *queue
	case !errors.Is(err, domain.ErrNotFound):
		return nil, err
	}
	if c.ChannelID != "" {
		target.Archived, err = h.Store.ChannelArchived(ctx, c.ChannelID)
		return target, err
	}
	return target, nil
}

// shownBeforeClose returns the conversation in which an earlier attempt posted a message, if
// that conversation was closed before the message was stored; nil = there is none. Without
// this look the message would be posted once more, in the conversation that is open now.
func (h *Handler) shownBeforeClose(ctx context.Context, job jobqueue.Job, accountID string, who domain.WhatsAppIdentity, m *whatsapp.Message) (*domain.InboundTarget, error) {
	if job.Attempts <= 1 {
		return nil, nil //nolint:nilnil // nothing was tried before
	}
	closed, err := h.Store.ClosedSince(ctx, accountID, who, aboutWAMID(m), postedSince(job))
	if err != nil {
		return nil, err
	}
	for _, c := range closed {
		_, err := h.Posts.FindPost(ctx, c.ChannelID, postedSince(job), posting.PropWAMID, m.ID)
		if err == nil {
			return &domain.InboundTarget{Conversation: *c}, nil
		} else if !errors.Is(err, domain.ErrNotFound) {
			return nil, err
		}
	}
	return nil, nil //nolint:nilnil // no attempt got that far
}

// conversationOf finds the conversation, closed or not, of an earlier message.
func (h *Handler) conversationOf(ctx context.Context, accountID, wamid string) (*domain.InboundTarget, error) {
	earlier, err := h.Store.MessageByWAMID(ctx, accountID, wamid)
	if err != nil {
		return nil, err
	}
	if earlier.AccountID != accountID || earlier.PostID == "" {
		return nil, domain.ErrNotFound
	}
	c, err := h.Store.Conversation(ctx, earlier.ConversationID)
	if err != nil {
		return nil, err
	}
	if c.ArchivedAt != 0 { // nothing can be shown there any more
		return nil, domain.ErrNotFound
	}
	return &domain.InboundTarget{Conversation: *c}, nil
}

// waitForChannel lets a message wait while its channel, which somebody archived or
// deleted, is brought back or replaced, because nobody would see a post there.
func (h *Handler) waitForChannel(ctx context.Context, job jobqueue.Job, c *domain.Conversation) (jobqueue.Outcome, error) {
	if err := h.Store.MakeDue(ctx, c.ID, h.Clock.Now()); err != nil {
		return jobqueue.Outcome{}, err
	}
	h.WakeChannels()
	return jobqueue.WaitFor(domain.WaitsForChannel(c.ID), jobqueue.GrowingPause(domain.WaitForChannel, domain.WaitFirst, job.Attempts), "the channel is archived or deleted"), nil
}

// QueueMissing lets a message wait for its number's default queue. Setting that
// queue wakes the message, so it need not be tried often, and many strangers who write
// to such a number cost almost nothing.
func QueueMissing(job jobqueue.Job, accountID string, who domain.WhatsAppIdentity) jobqueue.Outcome {
	name := who.PhoneKey
	if name == "" {
		name = who.UserID
	}
	return jobqueue.WaitFor(domain.WaitsForQueue(accountID, name), jobqueue.GrowingPause(domain.WaitFirst, domain.WaitLongest, job.Attempts), domain.WaitsForDefaultQueue)
}

// ChannelMissing lets a message wait for its conversation's channel: soon while
// it is about to be made, and rarely if its team has no room for it.
func ChannelMissing(job jobqueue.Job, c *domain.Conversation, now int64) jobqueue.Outcome {
	name := domain.WaitsForChannel(c.ID)
	if c.CreatedAt == 0 { // its age is not known
		return jobqueue.WaitFor(name, jobqueue.GrowingPause(domain.WaitForChannel, domain.WaitLongest, job.Attempts), "the channel does not exist yet")
	}
	if late := now - c.CreatedAt - domain.StartPatience.Milliseconds(); late > 0 {
		// twice as long after each wait: the pause is what was waited so far
		return jobqueue.WaitFor(name, min(max(time.Duration(late)*time.Millisecond, domain.WaitFirst), domain.WaitLongest), domain.WaitsForTeamRoom)
	}
	return jobqueue.WaitFor(name, jobqueue.GrowingPause(domain.WaitForChannel, domain.WaitForStart, job.Attempts), "the channel does not exist yet")
}
