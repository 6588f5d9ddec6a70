package relay

import (
	"context"
	"encoding/json"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/convert"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

const (
	// aheadAllowed is how far Meta's clock may be ahead of ours before we stop believing it.
	aheadAllowed = 5 * time.Minute
	// waitForChannel is the pause of an answer that came before its channel.
	waitForChannel = 300 * time.Millisecond
	// waitForQueue is the pause of an unknown customer's message while the account has no default queue.
	waitForQueue = 5 * time.Second
)

// Inbound takes one stored item of a webhook after the other to its place.
type Inbound struct {
	Store    InboundStore
	Statuses *Statuses
	Changes  *Changes
	Poster   interface {
		Poster
		EditPost(ctx context.Context, postID, message string, props map[string]any) error
	}
	Speaker Speaker
	Clock   conversation.Clock
	NewID   func() string
	Refresh func() // wakes the mirror
}

// Handle is the inbox's job handler.
func (in *Inbound) Handle(ctx context.Context, job jobqueue.Job) (jobqueue.Outcome, error) {
	var item whatsapp.Item
	if err := json.Unmarshal(job.Payload, &item); err != nil {
		return jobqueue.Dead("the stored item cannot be read"), nil //nolint:nilerr // the reason is kept with the job
	}
	switch item.Kind {
	case whatsapp.KindMessage:
		return in.message(ctx, job, item)
	case whatsapp.KindStatus:
		return in.Statuses.Handle(ctx, job, item)
	case whatsapp.KindInvalid:
		return jobqueue.Dead(item.Reason), nil
	default:
		return in.Changes.Handle(ctx, job, item)
	}
}

func (in *Inbound) message(ctx context.Context, job jobqueue.Job, item whatsapp.Item) (jobqueue.Outcome, error) {
	m, err := item.Message()
	if err != nil {
		return jobqueue.Dead(err.Error()), nil
	}
	account, err := in.Store.AccountByNumber(ctx, item.PhoneNumberID)
	if errors.Is(err, conversation.ErrNotFound) {
		return jobqueue.Dead("the number was removed"), nil
	} else if err != nil {
		return jobqueue.Outcome{}, err
	}
	if m.Type == whatsapp.TypeSystem {
		return in.Changes.System(ctx, account, m)
	}
	who := personOf(item, m)
	contextWAMID := ""
	if m.Context != nil {
		contextWAMID = m.Context.ID
	}
	conv, err := in.Store.Find(ctx, account.ID, contextWAMID, who)
	if errors.Is(err, conversation.ErrNotFound) {
		if who.PhoneKey == "" && who.UserID == "" {
			return jobqueue.Dead("the sender has neither a number nor a user id"), nil
		}
		if account.DefaultQueueID == "" {
			return jobqueue.RetryIn(waitForQueue, "the number has no default queue"), nil
		}
		conv, err = in.open(ctx, account, who)
	}
	if err != nil {
		return jobqueue.Outcome{}, err
	}
	now := in.Clock.Now()
	at := job.Order
	if latest := now + aheadAllowed.Milliseconds(); at <= 0 || at > latest {
		at = now
	}
	saved, before, after, err := in.Store.SaveInbound(ctx, &conversation.Message{
		ID: in.NewID(), ConversationID: conv.ID, AccountID: account.ID, ContactID: conv.ContactID,
		Direction: conversation.Inbound, Kind: m.Type, WAMID: m.ID, CreatedAt: at,
	}, who, m.OpensWindow(), now)
	if err != nil {
		return jobqueue.Outcome{}, err
	}
	if before.StateAt(now) != after.StateAt(now) || after.ChannelID == "" {
		in.Refresh()
	}
	if after.ChannelID == "" {
		return jobqueue.RetryIn(waitForChannel, "the channel does not exist yet"), nil
	}
	return in.show(ctx, job, after, saved, m)
}

// open makes the conversation of somebody who writes first.
func (in *Inbound) open(ctx context.Context, account *conversation.Account, who Person) (*conversation.Conversation, error) {
	queue, err := in.Store.Queue(ctx, account.DefaultQueueID)
	if err != nil {
		return nil, errors.Wrap(err, "the number's default queue")
	}
	conv, _, err := in.Store.OpenForInbound(ctx, account, queue, who, in.Clock.Now())
	return conv, err
}

// show makes the message's post, once.
func (in *Inbound) show(ctx context.Context, job jobqueue.Job, c *conversation.Conversation, saved *conversation.Message, m *whatsapp.Message) (jobqueue.Outcome, error) {
	text := in.text(m)
	if saved.PostID != "" {
		if isPlaceholder(saved.Kind) && !isPlaceholder(m.Type) {
			return in.replace(ctx, saved, m, text)
		}
		return jobqueue.Done(), nil
	}
	post := Post{
		ChannelID: c.ChannelID, Message: text, PendingID: saved.ID,
		Props: map[string]any{PropKind: kindInbound, PropWAMID: m.ID, unsafeLinks: "true"},
	}
	if m.Context != nil && m.Context.ID != "" && m.Type != whatsapp.TypeButton && m.Type != whatsapp.TypeInteractive {
		root, err := in.rootOf(ctx, m.Context.ID, c.ID)
		if err != nil {
			return jobqueue.Outcome{}, err
		}
		post.RootID = root
	}
	// the post may exist where this job, or another process's, got that far and no further
	again := job.Attempts > 1 || saved.Kind != m.Type
	postID, err := ensurePost(ctx, in.Poster, post, PropWAMID, again, job.CreatedAt-time.Minute.Milliseconds())
	if err != nil {
		return jobqueue.Outcome{}, err
	}
	if err := in.Store.SetPost(ctx, saved.ID, postID); err != nil {
		return jobqueue.Outcome{}, err
	}
	return jobqueue.Done(), nil
}

// replace edits the placeholder of a message that Meta first called unsupported.
func (in *Inbound) replace(ctx context.Context, saved *conversation.Message, m *whatsapp.Message, text string) (jobqueue.Outcome, error) {
	if err := in.Poster.EditPost(ctx, saved.PostID, text, nil); err != nil {
		return jobqueue.Outcome{}, err
	}
	return jobqueue.Done(), in.Store.SetKind(ctx, saved.ID, m.Type)
}

// rootOf finds the thread of the message that a customer answers, in the same conversation.
func (in *Inbound) rootOf(ctx context.Context, wamid, conversationID string) (string, error) {
	quoted, err := in.Store.MessageByWAMID(ctx, wamid)
	if errors.Is(err, conversation.ErrNotFound) {
		return "", nil // older than us
	} else if err != nil {
		return "", err
	}
	if quoted.ConversationID != conversationID || quoted.PostID == "" {
		return "", nil
	}
	root, err := in.Poster.RootOf(ctx, quoted.PostID)
	if errors.Is(err, conversation.ErrNotFound) {
		return "", nil
	}
	return root, err
}

func (in *Inbound) text(m *whatsapp.Message) string {
	body, label := convert.Inbound(m)
	if label == "" {
		return body
	}
	line := in.Speaker.inChannel(conversation.T("inbound."+label, "Detail", body))
	return line
}

func isPlaceholder(kind string) bool {
	return kind == whatsapp.TypeUnsupported || kind == whatsapp.TypeUnknown
}

func personOf(item whatsapp.Item, m *whatsapp.Message) Person {
	who := Person{WAID: item.Contact.WaID, UserID: item.Contact.UserID, Name: conversation.CleanName(item.Contact.Name)}
	if who.WAID == "" {
		who.WAID = m.From
	}
	if who.UserID == "" {
		who.UserID = m.FromUserID
	}
	who.PhoneKey = conversation.PhoneKey(who.WAID)
	return who
}
