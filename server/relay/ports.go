// Package relay moves what is stored to where it belongs: the inbox into
// Mattermost (inbound.go, status.go), the outbox to WhatsApp (outbound.go), and
// what the database knows onto posts and channels (ticks.go, mirror.go). It
// also finds what was posted while nobody looked (reconcile.go).
package relay

import (
	"context"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

// Person is how WhatsApp names somebody in a webhook; any part may be missing, not all.
type Person struct {
	PhoneKey string // conversation.PhoneKey of wa_id or from
	WAID     string // digits as Meta wrote them
	UserID   string // BSUID
	Name     string // profile name, cleaned
	Username string // without "@", cleaned
}

// Arrival is where a customer's message belongs, and what is known of it already.
type Arrival struct {
	Conversation conversation.Conversation // ids, window and times that its state depends on, names of the contact
	MessageID    string                    // where an earlier try, or another delivery, stored the message; else ""
	Kind, PostID string                    // of the stored message; it may have no post yet
	Archived     bool                      // its channel is
	News         bool                      // the message tells of the person what is not known yet
}

// InboundStore is what handling a customer's message needs.
type InboundStore interface {
	// AccountByNumber finds an account by Meta's phone number id, disabled ones
	// too; ErrNotFound. What it says beside the id may be some time old.
	AccountByNumber(ctx context.Context, phoneNumberID string) (*conversation.Account, error)
	// Account reads an account as it is now; ErrNotFound.
	Account(ctx context.Context, id string) (*conversation.Account, error)
	// AccountsByWABA finds the accounts of a WhatsApp Business Account.
	AccountsByWABA(ctx context.Context, wabaID string) ([]*conversation.Account, error)
	// Arrival answers where a message belongs: to the conversation in which it is
	// stored already (an aborted one only if its post is there), else to the one that sent the message it answers if that is
	// still open, else to the open one of the person (by BSUID, then by phone
	// key). ErrNotFound where the person has no open one.
	Arrival(ctx context.Context, accountID, wamid, answers string, who Person) (*Arrival, error)
	// OpenForInbound finds, reopens or makes the open conversation of somebody who
	// writes without having one; ErrNoQueue.
	OpenForInbound(ctx context.Context, w Writer) (c *conversation.Conversation, how Opened, err error)
	// SaveInbound stores the message (once per wamid) and, where it opens the
	// window, moves window_from, window_until and last_inbound_at by
	// conversation.Answered, all in one transaction. It also adds identities
	// that were not known. It answers the stored message (with its PostID if the
	// post exists already) and the conversation before and after. ErrNotFound
	// where the conversation is gone or aborted.
	SaveInbound(ctx context.Context, m *conversation.Message, who Person, opensWindow bool, now int64) (saved *conversation.Message, before, after *conversation.Conversation, err error)
	// MessageByWAMID finds a message of a number either way, by whichever of its ids Meta names it; ErrNotFound.
	MessageByWAMID(ctx context.Context, accountID, wamid string) (*conversation.Message, error)
	// Posted stores a message that has its post, as SaveInbound does, and finishes
	// its job in the same statement, as jobqueue.Store's Finish does.
	Posted(ctx context.Context, owner string, jobID int64, a *Arrival, m *conversation.Message, who Person, opensWindow bool, now int64, lease time.Duration) (next *jobqueue.Job, err error)
	// FindContact finds somebody by BSUID, then by phone key; ErrNotFound.
	FindContact(ctx context.Context, accountID string, who Person) (*conversation.Contact, error)
	// OpenConversation is a contact's open conversation on an account; ErrNotFound.
	OpenConversation(ctx context.Context, accountID, contactID string) (*conversation.Conversation, error)
	// MoveIdentity lets what is new of a person take the place of what was: they
	// are reached there from now on. taken tells that somebody else is known by
	// it already, and stays so.
	MoveIdentity(ctx context.Context, accountID, contactID string, old, renewed Person, at int64) (taken bool, err error)
	// WroteSince tells whether somebody wrote after a moment (Meta's timestamp), still named as then.
	WroteSince(ctx context.Context, accountID, contactID string, as Person, at int64) (bool, error)
	// SaveReaction stores a reaction to a message unless a later one is stored,
	// and answers the one that holds ("" = none).
	SaveReaction(ctx context.Context, messageID, wamid, emoji string, at int64) (holds string, err error)
	// SaveEcho stores, once per wamid, what was sent from the WhatsApp Business app.
	SaveEcho(ctx context.Context, m *conversation.Message) error
	// AddMedia stores a file to fetch, once per message.
	AddMedia(ctx context.Context, accountID string, file *MediaFile) error
	// SetKind records the real kind of a message that came first as unsupported, or that it is withheld.
	SetKind(ctx context.Context, messageID, kind string) error
	// SetPost records the post of a message.
	SetPost(ctx context.Context, messageID, postID string) error
	// Conversation as in conversation.Store.
	Conversation(ctx context.Context, id string) (*conversation.Conversation, error)
	// ChannelArchived tells whether somebody archived a channel.
	ChannelArchived(ctx context.Context, channelID string) (bool, error)
	// MakeDue lets the mirror look at a conversation now.
	MakeDue(ctx context.Context, conversationID string, now int64) error
}

// StatusChange is one status webhook.
type StatusChange struct {
	MessageID string // our biz_opaque_callback_data; "" if Meta sent none
	WAMID     string
	Status    conversation.Status
	Reason    int   // Meta's error code, with failed
	At        int64 // Meta's timestamp, milliseconds since epoch
	Person    Person
	// Pricing as Meta sent it; Priced is false where the status had none.
	Priced       bool
	Category     string
	PricingType  string // regular, free_customer_service, free_entry_point or a new word
	Billable     bool   // false only if Meta says so
	ServiceQuota int    // free service messages per number and month, by our settings
}

// StatusStore is what handling statuses needs.
type StatusStore interface {
	// ApplyStatus finds the message (by MessageID, else by wamid; of that account
	// only), moves its status forward only, stores wamid, reason and the
	// person's identities, and settles its charge once: billed or free when
	// delivered or read, released when failed. ErrNotFound when no message of ours is meant.
	// It answers the message after and whether the status advanced.
	ApplyStatus(ctx context.Context, accountID string, change StatusChange) (m *conversation.Message, advanced bool, err error)
	// Adopt as in OutboundStore.
	Adopt(ctx context.Context, messageID string, now int64) error
}

// Send is everything the outbound relay must know about one message at the moment of sending.
type Send struct {
	Message      conversation.Message
	Conversation conversation.Conversation
	Contact      conversation.Contact
	Account      conversation.Account // with its token
	// Template is the one that the message is of, as far as conversation.Leaving
	// asks, as it stands now; one that is gone is allowed to nobody.
	Template conversation.Template
	QueueID  string // in which a template was confirmed
	// EarlierMissing tells that the channel has an earlier post of an agent that
	// is still to be judged: hooks may come late, in another order, or never.
	EarlierMissing bool
	EarlierWaits   bool // an earlier message of the conversation is in the outbox and not done
	PostDeleted    bool // somebody took the post back before it left
	// Seen stands for all of this as it was read; see OutboundStore.MarkLeft.
	Seen int64
}

// leaving is what the policy asks of the message.
func (s *Send) leaving() *conversation.Leaving {
	l := &conversation.Leaving{Account: &s.Account, Contact: &s.Contact, Conversation: &s.Conversation, PostDeleted: s.PostDeleted}
	if s.Message.Kind == conversation.KindTemplate {
		l.Template, l.QueueID, l.Since = &s.Template, s.QueueID, s.Message.CreatedAt
	}
	return l
}

// Piece is a message to enqueue and what its job holds (an Envelope).
type Piece struct {
	Message conversation.Message
	Payload []byte
}

// OutboundStore is what sending needs.
type OutboundStore interface {
	// LoadSend reads it all from the database in one go, no cache.
	LoadSend(ctx context.Context, messageID string) (*Send, error)
	// MarkLeft is the lock: it sets left_at, fenced by owner, if everything is
	// still as LoadSend saw it. From then on the outcome can be unknown, and
	// whoever closes the conversation comes after. false = it is to be judged
	// again; ErrLost (jobqueue) if the lease is gone.
	MarkLeft(ctx context.Context, owner string, jobID, now, seen int64) (left bool, err error)
	// ClearLeft takes it back: the request certainly did not leave, or Meta refused it.
	ClearLeft(ctx context.Context, owner string, jobID int64) error
	// RecordSent stores wamid, status sent (if it advances), sent_at, the
	// identities Meta answered, last_outbound_at, and for a template
	// last_template_at of conversation and contact.
	RecordSent(ctx context.Context, messageID, wamid string, who Person, now int64) error
	// Adopt lets hold what a start said of its customer, now that WhatsApp took its template; again it changes nothing.
	Adopt(ctx context.Context, messageID string, now int64) error
	// RecordEnd sets failed, unknown or not_sent with its reason (if it
	// advances), and releases the charge unless the outcome is unknown.
	RecordEnd(ctx context.Context, messageID string, status conversation.Status, reason int, now int64) error
	// CloseWindow ends the window that a message left in (131047), unless the customer has opened another since.
	CloseWindow(ctx context.Context, messageID string, now int64) error
	// BlockContact keeps templates from a contact until then (131049); stop says
	// marketing never again (131050). at is the moment it is about: what the
	// person allowed later stands.
	BlockContact(ctx context.Context, contactID string, until int64, stop bool, at int64) error
	// BlockAccount notes the error that needs an admin; code 0 takes it off. at is
	// the moment it is about: what is known of a later one stands. It answers
	// whether that changed anything.
	BlockAccount(ctx context.Context, accountID string, code int, at int64) (changed bool, err error)
	// AccountWell notes that Meta took a request that left at that moment.
	AccountWell(ctx context.Context, accountID string, at int64) error
	// Abort ends a conversation whose first template was refused for good, unless
	// it has a channel or another message meanwhile: then it lives on without its
	// template, is due to be shown and, where the customer wrote, tells it.
	Abort(ctx context.Context, conversationID string, now int64) (aborted bool, err error)
	// EnqueuePost stores what goes out for an agent's post, one message or more
	// with their outbox jobs in that order, once per post, due after the pause;
	// created is false if it was there. All messages are of one conversation, post and moment.
	EnqueuePost(ctx context.Context, pieces []Piece, pause time.Duration) (created bool, err error)
	// SavePayload replaces what a job is to send, fenced by owner; ErrLost (jobqueue).
	SavePayload(ctx context.Context, owner string, jobID int64, payload []byte) error
	// InsertNotSent stores a post that was never to be sent, once per post.
	InsertNotSent(ctx context.Context, m *conversation.Message) (created bool, err error)
}

// Tick is a post whose status is behind.
type Tick struct {
	Message conversation.Message
	Channel string // channel id
	Again   bool   // an earlier try may have done it already
	Closed  bool   // the conversation is
}

// TickStore is what showing statuses on posts needs.
type TickStore interface {
	// ClaimTicks leases up to n messages whose post shows an old status.
	ClaimTicks(ctx context.Context, lease time.Duration, n int) ([]Tick, error)
	// PostStatus is what a post shows that became several messages: see conversation.Together.
	PostStatus(ctx context.Context, postID string) (conversation.Status, error)
	// Shown records what the post shows now.
	Shown(ctx context.Context, messageID string, status conversation.Status) error
}

// MirrorStore is what keeping channels true needs.
type MirrorStore interface {
	// ClaimRefresh leases up to n conversations that are due (refresh_at <= now) or,
	// with id, that one whether due or not.
	ClaimRefresh(ctx context.Context, id string, now int64, lease time.Duration, n int) ([]Refresh, error)
	// Refreshed gives the lease back and notes what was shown; next is when to look again (0 = never by itself).
	// If the row became due again meanwhile it stays due. Where something else is shown than before,
	// now is the conversation's latest activity.
	Refreshed(ctx context.Context, id string, dueAt int64, shown string, next, now int64) error
	// Overtaken makes a conversation due at once that was changed after the lease had ended.
	Overtaken(ctx context.Context, id string, now int64) error
	// SetChannel records the channel of a conversation; ErrNotFound where it was aborted.
	SetChannel(ctx context.Context, id, channelID string) error
	SetPost(ctx context.Context, messageID, postID string) error
	// OfferDrafts makes an offer of what each agent holds, once an opening
	// (WindowFrom); again it changes nothing.
	OfferDrafts(ctx context.Context, conversationID string, opening, now int64) error
	// FirstMessage is the oldest message of the conversation; ErrNotFound.
	FirstMessage(ctx context.Context, conversationID string) (*conversation.Message, error)
	Conversation(ctx context.Context, id string) (*conversation.Conversation, error)
	Queue(ctx context.Context, id string) (*conversation.Queue, error)
	// Summary adds up what a conversation came to.
	Summary(ctx context.Context, conversationID string) (*conversation.Summary, error)
	// UnshownTemplates are the template messages that were stored but have no post yet (after the first), oldest first.
	UnshownTemplates(ctx context.Context, conversationID string) ([]*conversation.Message, error)
	// ChannelSeen notes when a conversation's channel was changed last, milliseconds since epoch, the server's clock.
	ChannelSeen(ctx context.Context, id string, at int64) error
	// LoseChannel takes a channel off a conversation, which gets another, and
	// stores the line that tells why in place of the one of the kind owed ("" = none);
	// nothing where it has another channel already.
	LoseChannel(ctx context.Context, id, channelID, owed string, line conversation.Text, now int64) error
	// OweLine stores a line that the channel is to show, unless one of its kind waits already.
	OweLine(ctx context.Context, conversationID string, text conversation.Text) error
	PeopleStore
}

// ServerChannel is a channel as the server's own table has it.
type ServerChannel struct {
	ID          string // "" = there is none
	TeamID      string
	Type        string // "P" = private
	Name        string
	DisplayName string
	Header      string
	UpdateAt    int64 // milliseconds since epoch, the server's clock
	DeleteAt    int64 // when it was archived; 0 = it is not
}

// Refresh is a conversation whose channel may be behind.
type Refresh struct {
	Conversation conversation.Conversation
	DueAt        int64
	Shown        string // what was shown last; "" = nothing yet
	Zone         string // the queue's time zone, "" = the plugin's setting
	Again        bool   // an earlier try may have done part of it
	Lines        bool   // there are lines to show
	Channel      ServerChannel
	ChannelAt    int64  // see ChannelSeen
	ShownPeople  string // for whom it was last arranged; see peopleKey
	CardPost     string // the card that stands in the queue's channel; "" = none
	CardNo       int64  // how many cards there were
}

// ReconcileStore is what finding unjudged posts needs.
type ReconcileStore interface {
	// ChannelsWithMissedPosts lists the channels of conversations in which
	// somebody else than the bot posted, between two moments (milliseconds since
	// epoch, the server's clock), what has no message row.
	ChannelsWithMissedPosts(ctx context.Context, botID string, since, until int64) ([]string, error)
	ConversationByChannel(ctx context.Context, channelID string) (*conversation.Conversation, error)
	// Fact and SetFact keep small numbers; a fact never set is 0.
	Fact(ctx context.Context, name string) (int64, error)
	SetFact(ctx context.Context, name string, value int64) error
}
