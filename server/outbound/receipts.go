package outbound

import (
	"context"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/pkg/errors"
	"golang.org/x/sync/semaphore"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

const (
	// receiptTimeout bounds telling Meta that something was read.
	receiptTimeout = 10 * time.Second
	// typingEvery is how often the typing indicator is renewed: at Meta it lasts 25 seconds.
	typingEvery = 20 * time.Second
	// maxReceipts bounds the requests that are under way; any beyond that are dropped.
	maxReceipts = 8
	// maxRemembered bounds the memory of what was shown lately.
	maxRemembered = 10_000
	// membershipLife is how long it is remembered whether somebody may post in a channel.
	membershipLife = time.Minute
)

// ReceiptSettings are what the customer is shown.
type ReceiptSettings struct {
	Receipts bool // the blue ticks, when an agent answers
	Typing   bool // that an agent is writing; Meta shows the ticks with it
}

// ReceiptOptions are what Receipts need; all of them.
type ReceiptOptions struct {
	Store Store
	// MaySpeak reports whether somebody may post in a channel. The server passes on
	// what anybody says over a websocket, about any channel.
	MaySpeak func(ctx context.Context, userID, channelID string) (bool, error)
	// PostType returns domain.ErrNotFound where there is no such post.
	PostType func(ctx context.Context, postID string) (string, error)
	MarkRead func(ctx context.Context, account *domain.Account, wamid string, typing bool) error
	Channels *posting.Channels
	Settings func() ReceiptSettings
	Clock    domain.Clock
	Log      jobqueue.Logger
}

// Receipts shows the customer that their messages were read and that somebody is
// writing. It is a courtesy: it delays nothing, and what fails is not repeated.
type Receipts struct {
	ReceiptOptions
	requests   *semaphore.Weighted
	read       *lru.Cache[string, struct{}]   // wamids that were marked as read
	typing     *lru.Cache[string, time.Time]  // by channel: when the indicator was shown
	membership *lru.Cache[writer, membership] // of people who wrote lately
}

// writer is somebody who writes in a channel.
type writer struct{ userID, channelID string }

type membership struct {
	mayPost bool
	at      time.Time
}

// NewReceipts makes Receipts that have shown nothing yet.
func NewReceipts(o ReceiptOptions) *Receipts {
	return &Receipts{
		ReceiptOptions: o, requests: semaphore.NewWeighted(maxReceipts),
		read: newCache[string, struct{}](maxRemembered), typing: newCache[string, time.Time](maxRemembered),
		membership: newCache[writer, membership](maxRemembered),
	}
}

// OnReplied marks the customer's messages as read, because an agent answers them.
func (r *Receipts) OnReplied(c *domain.Conversation) {
	if r.Settings().Receipts {
		r.start(func(ctx context.Context) error { return r.markRead(ctx, c, false) })
	}
}

// OnTyping shows the customer that somebody writes in a channel. rootID is the
// thread, "" where there is none: what is written under a note is not for the customer.
func (r *Receipts) OnTyping(userID, channelID, rootID string) {
	if !r.Settings().Typing {
		return
	}
	if ours, known := r.Channels.Known(channelID); known && !ours {
		return
	}
	who := writer{userID, channelID}
	if may, known := r.knownMembership(who); known && !may || r.typingShown(channelID) {
		return
	}
	r.start(func(ctx context.Context) error {
		if ours, err := r.Channels.IsOurs(ctx, channelID); err != nil || !ours {
			return err
		}
		if may, err := r.mayPost(ctx, who); err != nil || !may {
			return err
		}
		if forCustomer, err := r.threadIsForCustomer(ctx, rootID); err != nil || !forCustomer || r.typingShown(channelID) {
			return err
		}
		r.typing.Add(channelID, time.Now())
		c, err := r.Store.ConversationByChannel(ctx, channelID)
		if err != nil || c.StateAt(r.Clock.Now()) != domain.Open {
			return err
		}
		return r.markRead(ctx, c, true)
	})
}

// knownMembership returns whether a writer may post, if that was looked up a short time ago.
func (r *Receipts) knownMembership(who writer) (may, known bool) {
	m, found := r.membership.Get(who)
	return m.mayPost, found && time.Since(m.at) < membershipLife
}

func (r *Receipts) mayPost(ctx context.Context, who writer) (bool, error) {
	if may, known := r.knownMembership(who); known {
		return may, nil
	}
	may, err := r.MaySpeak(ctx, who.userID, who.channelID)
	if err != nil {
		return false, err
	}
	r.membership.Add(who, membership{may, time.Now()})
	return may, nil
}

// threadIsForCustomer reports whether an answer in a thread goes to the customer.
func (r *Receipts) threadIsForCustomer(ctx context.Context, rootID string) (bool, error) {
	if rootID == "" {
		return true, nil
	}
	kind, err := r.PostType(ctx, rootID)
	if errors.Is(err, domain.ErrNotFound) {
		return false, nil
	}
	return kind != posting.TypeNote && kind != posting.TypeEvent, err
}

// typingShown reports whether a channel's indicator need not be renewed yet.
func (r *Receipts) typingShown(channelID string) bool {
	at, found := r.typing.Get(channelID)
	return found && time.Since(at) < typingEvery
}

// start runs a request in the background, unless too many are under way.
func (r *Receipts) start(request func(ctx context.Context) error) {
	if !r.requests.TryAcquire(1) {
		return
	}
	go func() {
		defer func() {
			_ = recover() // a courtesy takes nothing down
			r.requests.Release(1)
		}()
		ctx, cancel := context.WithTimeout(context.Background(), receiptTimeout)
		defer cancel()
		if err := request(ctx); err != nil {
			r.Log.Warn("Could not mark messages as read", "error", err.Error())
		}
	}()
}

func (r *Receipts) markRead(ctx context.Context, c *domain.Conversation, typing bool) error {
	wamids, err := r.Store.LastInbound(ctx, c.ID)
	if err != nil || len(wamids) == 0 {
		return err
	}
	account, err := r.Store.Account(ctx, c.AccountID)
	if err != nil || !account.Enabled || account.BlockedCode != 0 {
		return err
	}
	for i, wamid := range wamids {
		withTyping := typing && i == len(wamids)-1
		if alreadyRead, _ := r.read.ContainsOrAdd(wamid, struct{}{}); alreadyRead && !withTyping {
			continue
		}
		if err := r.MarkRead(ctx, account, wamid, withTyping); err != nil {
			return err
		}
	}
	return nil
}
