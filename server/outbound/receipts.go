package outbound

import (
	"context"
	"sync"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

const (
	// readTimeout bounds telling Meta that something was read.
	readTimeout = 10 * time.Second
	// typingAgain is how soon the typing sign is shown anew: it lasts 25 seconds at Meta.
	typingAgain = 20 * time.Second
	// readHands bounds the requests under way; what comes beyond is left out.
	readHands = 8
	// maxTyping bounds the memory of who was told lately.
	maxTyping = 10_000
	// memberAgain is how long it is remembered whether somebody who writes is a member of the channel.
	memberAgain = time.Minute
)

// ReadSettings say what the customer is shown.
type ReceiptSettings struct {
	Receipts bool // the blue ticks, when an agent answers
	Typing   bool // that an agent is writing; it brings the ticks along
}

// Receipts shows the customer that their messages were read and that somebody is
// writing. It is a courtesy: it holds up nothing, and what fails is left out.
type Receipts struct {
	Store interface {
		ConversationByChannel(ctx context.Context, channelID string) (*domain.Conversation, error)
		// LastInbound are the wamids of the customer's last messages: Meta tells
		// whole seconds, so that several may be the last. None where there are none.
		LastInbound(ctx context.Context, conversationID string) (wamids []string, err error)
		Account(ctx context.Context, id string) (*domain.Account, error)
	}
	// MaySpeak tells whether somebody may post in a channel: the server hands over what anybody says over a socket, of whatever channel.
	MaySpeak func(ctx context.Context, userID, channelID string) (bool, error)
	// PostType answers domain.ErrNotFound where there is no such post.
	PostType func(ctx context.Context, postID string) (string, error)
	MarkRead func(ctx context.Context, cred whatsapp.Credentials, wamid string, typing bool) error
	Channels *posting.Channels
	Settings func() ReceiptSettings
	Clock    domain.Clock
	Log      jobqueue.Logger

	once   sync.Once
	hands  chan struct{}
	mu     sync.Mutex
	told   map[string]bool      // wamids that were marked
	typing map[string]time.Time // by channel: when the sign was shown
	member map[writer]membership
}

// writer is somebody who writes in a channel.
type writer struct{ userID, channelID string }

// membership is what was known of a writer at a moment.
type membership struct {
	may bool
	at  time.Time
}

// Answered marks the customer's messages as read: an agent answers them.
func (r *Receipts) OnReplied(c *domain.Conversation) {
	if r.Settings().Receipts {
		r.start(func(ctx context.Context) error { return r.mark(ctx, c, false) })
	}
}

// Typing shows that somebody writes in a channel, in the thread of a post or
// ("") in none. What is written under a note is not for the customer.
func (r *Receipts) OnTyping(userID, channelID, rootID string) {
	if !r.Settings().Typing {
		return
	}
	if ours, known := r.Channels.Known(channelID); known && !ours {
		return
	}
	who := writer{userID, channelID}
	if may, known := r.lately(who); known && !may || r.shown(channelID) {
		return
	}
	r.start(func(ctx context.Context) error {
		if ours, err := r.Channels.IsOurs(ctx, channelID); err != nil || !ours {
			return err
		}
		if may, err := r.maySpeak(ctx, who); err != nil || !may {
			return err
		}
		if forCustomer, err := r.threadGoes(ctx, rootID); err != nil || !forCustomer || !r.due(channelID) {
			return err
		}
		c, err := r.Store.ConversationByChannel(ctx, channelID)
		if err != nil || c.StateAt(r.Clock.Now()) != domain.Open {
			return err
		}
		return r.mark(ctx, c, true)
	})
}

// lately tells whether a writer may post, as far as that is known.
func (r *Receipts) lately(who writer) (may, known bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	m := r.member[who]
	return m.may, time.Since(m.at) < memberAgain
}

func (r *Receipts) maySpeak(ctx context.Context, who writer) (bool, error) {
	if may, known := r.lately(who); known {
		return may, nil
	}
	may, err := r.MaySpeak(ctx, who.userID, who.channelID)
	if err != nil {
		return false, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.member == nil || len(r.member) >= maxTyping {
		r.member = map[writer]membership{}
	}
	r.member[who] = membership{may, time.Now()}
	return may, nil
}

// threadGoes tells whether what is written in a thread goes to the customer.
func (r *Receipts) threadGoes(ctx context.Context, rootID string) (bool, error) {
	if rootID == "" {
		return true, nil
	}
	kind, err := r.PostType(ctx, rootID)
	if errors.Is(err, domain.ErrNotFound) {
		return false, nil
	}
	return kind != posting.TypeNote && kind != posting.TypeEvent, err
}

// shown tells whether a channel's sign needs no renewal yet.
func (r *Receipts) shown(channelID string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return time.Since(r.typing[channelID]) < typingAgain
}

func (r *Receipts) due(channelID string) bool {
	if r.shown(channelID) {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.typing == nil || len(r.typing) >= maxTyping {
		r.typing = map[string]time.Time{}
	}
	r.typing[channelID] = time.Now()
	return true
}

// start does something in the background, if there is a hand free.
func (r *Receipts) start(do func(ctx context.Context) error) {
	r.once.Do(func() { r.hands = make(chan struct{}, readHands) })
	select {
	case r.hands <- struct{}{}:
	default:
		return
	}
	go func() {
		defer func() {
			_ = recover() // a courtesy takes nothing down
			<-r.hands
		}()
		ctx, cancel := context.WithTimeout(context.Background(), readTimeout)
		defer cancel()
		if err := do(ctx); err != nil {
			r.Log.Warn("Could not mark messages as read", "error", err.Error())
		}
	}()
}

func (r *Receipts) mark(ctx context.Context, c *domain.Conversation, typing bool) error {
	wamids, err := r.Store.LastInbound(ctx, c.ID)
	if err != nil || len(wamids) == 0 {
		return err
	}
	account, err := r.Store.Account(ctx, c.AccountID)
	if err != nil || !account.Enabled || account.BlockedCode != 0 {
		return err
	}
	for i, wamid := range wamids {
		sign := typing && i == len(wamids)-1
		if r.marked(wamid) && !sign {
			continue
		}
		if err := r.MarkRead(ctx, credentialsOf(account), wamid, sign); err != nil {
			return err
		}
	}
	return nil
}

// marked tells whether a message was marked already, and notes that it is.
func (r *Receipts) marked(wamid string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.told[wamid] {
		return true
	}
	if r.told == nil || len(r.told) >= maxTyping {
		r.told = map[string]bool{}
	}
	r.told[wamid] = true
	return false
}
