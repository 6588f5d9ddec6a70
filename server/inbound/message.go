package inbound

import (
	"context"
	"encoding/json"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// maxClockLead is how far Meta's clock may be ahead of ours before we stop believing it.
const maxClockLead = 5 * time.Minute

// Posts is what this package does to posts; the Mattermost port implements it.
type Posts interface {
	posting.Poster
	// React makes the emoji the customer's one reaction to a post; "" removes it. known is
	// false where Mattermost has no such emoji: the post then has no reaction of the
	// customer's. domain.ErrNotFound if the post is gone.
	React(ctx context.Context, postID, emoji string) (known bool, err error)
	EditPost(ctx context.Context, postID, message string, props map[string]any) error
}

// Handler handles the items of webhooks, one at a time: it shows them in the conversation
// to which they belong, or stores what they report.
type Handler struct {
	Store     Store
	Statuses  *StatusHandler
	Changes   *ChangeHandler
	Posts     Posts
	Localizer posting.Localizer
	Clock     domain.Clock
	NewID     func() string
	Settings  func() domain.Settings // as they are now

	WakeChannels func()
	WakeMedia    func()
	WakeOutbox   func()

	waits fileWaits
}

// Handle is the inbox's job handler.
func (h *Handler) Handle(ctx context.Context, job jobqueue.Job) (jobqueue.Outcome, error) {
	var item whatsapp.Item
	if err := json.Unmarshal(job.Payload, &item); err != nil {
		return jobqueue.Dead("the stored item cannot be read"), nil //nolint:nilerr // the reason is kept with the job
	}
	switch item.Kind {
	case whatsapp.KindMessage:
		m, err := item.Message()
		if err != nil {
			return jobqueue.Dead(err.Error()), nil
		}
		return h.deliver(ctx, job, item, m)
	case whatsapp.KindStatus:
		return h.Statuses.Handle(ctx, job, item)
	case whatsapp.KindEcho:
		return h.echo(ctx, job, item)
	case whatsapp.KindCall:
		return h.call(ctx, job, item)
	case whatsapp.KindInvalid:
		return jobqueue.Dead(item.Reason), nil
	default:
		return h.Changes.Handle(ctx, job, item)
	}
}

// call shows once per call that the customer called, because nobody can take the
// call here. Meta counts a call as a message of the customer's. Calls that other
// software makes are not shown.
func (h *Handler) call(ctx context.Context, job jobqueue.Job, item whatsapp.Item) (jobqueue.Outcome, error) {
	call, err := item.Call()
	if err != nil {
		return jobqueue.Dead(err.Error()), nil
	}
	byCustomer := call.Direction == "USER_INITIATED" || call.Direction == "" && (call.Event == "connect" || call.Event == "terminate")
	if !byCustomer || call.ID == "" {
		return h.Changes.Handle(ctx, job, item)
	}
	return h.deliver(ctx, job, item, &whatsapp.Message{ID: call.ID, Type: whatsapp.TypeCall, Timestamp: call.Timestamp})
}

// deliver finds the conversation of what a customer sent or did, and shows it there.
func (h *Handler) deliver(ctx context.Context, job jobqueue.Job, item whatsapp.Item, m *whatsapp.Message) (jobqueue.Outcome, error) {
	account, err := h.Store.AccountByNumber(ctx, item.PhoneNumberID)
	if errors.Is(err, domain.ErrNotFound) {
		return jobqueue.Dead("the number was removed"), nil
	} else if err != nil {
		return jobqueue.Outcome{}, err
	}
	if m.Type == whatsapp.TypeSystem {
		return h.system(ctx, job, account, m)
	}
	who := senderOf(item, m)
	target, err := h.shownBeforeClose(ctx, job, account.ID, who, m)
	if target == nil && err == nil {
		target, err = h.resolve(ctx, account, who, m, h.sentAt(job))
	}
	switch {
	case errors.Is(err, domain.ErrNoQueue):
		return QueueMissing(job, account.ID, who), nil
	case errors.Is(err, errNoAccount), errors.Is(err, errNobody):
		return jobqueue.Dead(err.Error()), nil
	case err != nil:
		return jobqueue.Outcome{}, err
	}
	if target.Archived && target.Conversation.ClosedAt == 0 {
		return h.waitForChannel(ctx, job, &target.Conversation)
	}
	if m.Reaction != nil && target.PostID == "" {
		if shown, err := h.reaction(ctx, job, target, who, m); err != nil || shown {
			return retryIfEnded(jobqueue.Done(), err)
		}
	}
	if err := h.joinSharedNumber(ctx, &target.Conversation, who, m); err != nil {
		return jobqueue.Outcome{}, err
	}
	return retryIfEnded(h.storeAndPost(ctx, job, target, who, m))
}

// errEnded is returned if the conversation ended after it was found; the message then goes to another one.
var errEnded = errors.New("the start of its conversation was refused meanwhile")

func retryIfEnded(outcome jobqueue.Outcome, err error) (jobqueue.Outcome, error) {
	if errors.Is(err, errEnded) {
		return jobqueue.RetryIn(domain.WaitForChannel, err.Error()), nil
	}
	return outcome, err
}

// storeAndPost stores a message and makes its post. Where the window is closed
// the message, which opens it, is stored first: its post must not be seen before
// an answer to it is allowed. So is one by which the customer opts out, before
// anything else may be sent. Where the window is open the post comes first, and
// the message is stored by the statement that ends the job: one statement less.
func (h *Handler) storeAndPost(ctx context.Context, job jobqueue.Job, target *domain.InboundTarget, who domain.WhatsAppIdentity, m *whatsapp.Message) (jobqueue.Outcome, error) {
	replaces := isPlaceholder(target.Kind) && !isPlaceholder(m.Type) // Meta first called it unsupported
	if target.PostID != "" && !replaces {
		return jobqueue.Done(), nil
	}
	now, c := h.Clock.Now(), &target.Conversation
	message := h.newMessage(job, c, m)
	// the post may exist where this job, or another process's, got that far and no further
	mayExist := job.Attempts > 1 || target.MessageID != ""
	_, consents := h.consentWord(m)
	away, err := h.away(target, message, m, now)
	if err != nil {
		return jobqueue.Outcome{}, err
	}
	if replaces || consents || away != nil || c.ChannelID == "" || c.StateAt(now) != domain.Open {
		saved, before, after, err := h.save(ctx, message, who, m, away, now)
		if err != nil {
			return jobqueue.Outcome{}, err
		}
		if away != nil {
			h.WakeOutbox()
		}
		target.MessageID, target.News = saved.ID, false
		message.WAMID = saved.WAMID // as its post has it
		if before.StateAt(now) != after.StateAt(now) || after.ChannelID == "" || consents {
			h.WakeChannels()
		}
		if after.ChannelID == "" {
			return ChannelMissing(job, after, now), nil
		}
		c.ChannelID = after.ChannelID
	}
	if target.PostID != "" {
		message.PostID = target.PostID
		return h.replacePlaceholder(ctx, target, message, m)
	}
	if target.Kind == KindWithheld { // a crash came before its line was posted
		return h.withhold(ctx, job, target, message, who, m)
	}

	fileID := ""
	if Fetchable(m) {
		var left, wait time.Duration
		var err error
		left, mayExist = h.waits.resume(job, mayExist)
		if fileID, wait, err = h.fileFor(ctx, job, message, c.ChannelID, m, left); err != nil {
			return jobqueue.Outcome{}, err
		}
		if wait > 0 {
			h.waits.begin(job, mayExist)
			return jobqueue.WaitFor(domain.WaitsForFile(m.ID), wait, "its file is being fetched"), nil
		}
	}
	post, err := h.newPost(ctx, c, m, posting.KindInbound, postText(h.Localizer, m, true))
	if err == nil {
		message.PostID, err = posting.EnsurePost(ctx, h.Posts, h.withFile(h.withCards(post, m), m, fileID), posting.PropWAMID, mayExist, postedSince(job))
	}
	switch {
	case errors.Is(err, posting.ErrNotAttached):
		fileID = ""
	case errors.Is(err, posting.ErrRefused):
		return h.withhold(ctx, job, target, message, who, m)
	case errors.Is(err, domain.ErrNotFound) && c.ClosedAt == 0: // the channel was deleted
		return h.waitForChannel(ctx, job, c)
	case err != nil:
		return jobqueue.Outcome{}, err
	}
	if fileID == "" || mayExist || jobqueue.CheckLease(ctx) != nil { // otherwise the post that stands is the one that was just made with it
		if err := h.fetchLater(ctx, message, c.ChannelID, m); err != nil {
			return jobqueue.Outcome{}, err
		}
	}
	return jobqueue.DoneBy(func(ctx context.Context, owner string, lease time.Duration) (*jobqueue.Job, error) {
		return h.Store.CompleteInbound(ctx, owner, job.ID, target, message, who, m.OpensWindow(), now, lease)
	}), nil
}

func (h *Handler) newMessage(job jobqueue.Job, c *domain.Conversation, m *whatsapp.Message) *domain.Message {
	return &domain.Message{
		ID: h.NewID(), ConversationID: c.ID, AccountID: c.AccountID, ContactID: c.ContactID,
		Direction: domain.Inbound, Kind: m.Type, WAMID: m.ID, CreatedAt: h.sentAt(job),
	}
}

// save stores a message before it has its post; errEnded where its conversation ended meanwhile.
func (h *Handler) save(ctx context.Context, message *domain.Message, who domain.WhatsAppIdentity, m *whatsapp.Message, away *domain.Away, now int64) (saved *domain.Message, before, after *domain.Conversation, err error) {
	status, consents := h.consentWord(m)
	switch {
	case consents:
		saved, before, after, err = h.Store.SaveConsentWord(ctx, message, who, m.OpensWindow(), status, now)
	case away != nil:
		saved, before, after, err = h.Store.SaveInboundAway(ctx, message, who, m.OpensWindow(), *away, now)
	default:
		saved, before, after, err = h.Store.SaveInbound(ctx, message, who, m.OpensWindow(), now)
	}
	if errors.Is(err, domain.ErrNotFound) {
		err = errEnded
	}
	return saved, before, after, err
}

// sentAt is when the customer did it, milliseconds since epoch: Meta's
// timestamp, unless that is missing or far ahead of us.
func (h *Handler) sentAt(job jobqueue.Job) int64 {
	now := h.Clock.Now()
	if job.Order <= 0 || job.Order > now+maxClockLead.Milliseconds() {
		return now
	}
	return job.Order
}
