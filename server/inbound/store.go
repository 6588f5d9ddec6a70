package inbound

import (
	"context"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

// Store is what this package needs of the database; *store.Store implements it.
// ErrNotFound and ErrNoQueue are those of package domain.
type Store interface {
	// AccountByNumber finds an account by Meta's phone number id, disabled ones
	// too; ErrNotFound. What it says beside the id may be some time old.
	AccountByNumber(ctx context.Context, phoneNumberID string) (*domain.Account, error)
	// Account reads an account as it is now; ErrNotFound.
	Account(ctx context.Context, id string) (*domain.Account, error)
	// AccountsByWABA finds the accounts of a WhatsApp Business Account.
	AccountsByWABA(ctx context.Context, wabaID string) ([]*domain.Account, error)
	// ResolveTarget returns where a message belongs: to the conversation in which it is
	// stored already (a closed or aborted one only if its post is there), else to the one that sent the message it answers if that is
	// still open, else to the open one of the person (by BSUID, then by phone
	// key). ErrNotFound if the person has no open one.
	ResolveTarget(ctx context.Context, accountID, wamid, answers string, who domain.WhatsAppIdentity) (*domain.InboundTarget, error)
	// ClosedSince lists the sender's conversations on an account that were closed since a
	// moment, in milliseconds since epoch, the latest first; with them the one of the message that
	// was answered, which may be another's: who answers a template may be known twice.
	ClosedSince(ctx context.Context, accountID string, who domain.WhatsAppIdentity, answers string, since int64) ([]*domain.Conversation, error)
	// OpenForInbound finds, reopens or makes the open conversation of somebody who
	// writes without having one; ErrNoQueue.
	OpenForInbound(ctx context.Context, w domain.NewSender) (c *domain.Conversation, how domain.ResolveResult, err error)
	// SaveInbound stores the message (once per wamid) and, if it opens the
	// window, moves window_from, window_until and last_inbound_at by
	// domain.Conversation.ExtendWindow, all in one transaction. It also adds identities
	// that were not known. It returns the stored message (with its PostID if the
	// post exists already) and the conversation before and after. ErrNotFound
	// where the conversation is gone or aborted.
	SaveInbound(ctx context.Context, m *domain.Message, who domain.WhatsAppIdentity, opensWindow bool, now int64) (saved *domain.Message, before, after *domain.Conversation, err error)
	// SaveConsentWord is SaveInbound for a message by which the customer opts out of messages or
	// in again: what it does to their consent is stored with it, in one transaction, once.
	SaveConsentWord(ctx context.Context, m *domain.Message, who domain.WhatsAppIdentity, opensWindow bool, status domain.ConsentStatus, now int64) (saved *domain.Message, before, after *domain.Conversation, err error)
	// SaveInboundAway is SaveInbound for somebody who writes outside of their queue's hours: the message
	// that tells them is stored with it, in one transaction, unless one went in this closed period and window.
	SaveInboundAway(ctx context.Context, m *domain.Message, who domain.WhatsAppIdentity, opensWindow bool, away domain.Away, now int64) (saved *domain.Message, before, after *domain.Conversation, err error)
	// Queue reads a queue; ErrNotFound.
	Queue(ctx context.Context, id string) (*domain.Queue, error)
	// MessageByWAMID finds a message of a number, inbound or outbound, by any of the ids that Meta uses for it; ErrNotFound.
	MessageByWAMID(ctx context.Context, accountID, wamid string) (*domain.Message, error)
	// CompleteInbound stores a message that has its post, as SaveInbound does, and finishes
	// its job in the same statement, as jobqueue.Store's Finish does.
	CompleteInbound(ctx context.Context, owner string, jobID int64, a *domain.InboundTarget, m *domain.Message, who domain.WhatsAppIdentity, opensWindow bool, now int64, lease time.Duration) (next *jobqueue.Job, err error)
	// FindContact finds somebody by BSUID, then by phone key; ErrNotFound.
	FindContact(ctx context.Context, accountID string, who domain.WhatsAppIdentity) (*domain.Contact, error)
	// OpenConversation is a contact's open conversation on an account; ErrNotFound.
	OpenConversation(ctx context.Context, accountID, contactID string) (*domain.Conversation, error)
	// MoveIdentity replaces a person's old number or BSUID with the new one, at which they are
	// reached from now on. taken reports whether the new one belongs to somebody else already;
	// then nothing changes for that person.
	MoveIdentity(ctx context.Context, accountID, contactID string, old, renewed domain.WhatsAppIdentity, at int64) (taken bool, err error)
	// ShareNumber makes a number one of a contact's identities, because they shared it when asked. Somebody known by it
	// becomes the same contact, and an open conversation of theirs is closed, with a line in both channels. ErrNotFound
	// where the contact is gone or the number is none. known says that the number was theirs before.
	ShareNumber(ctx context.Context, accountID, contactID, number string, now int64) (known bool, err error)
	// OweLine stores a line that a conversation's channel is to show, unless one of its kind waits already.
	OweLine(ctx context.Context, conversationID string, text domain.Text) error
	// WroteSince reports whether somebody wrote after a moment (Meta's timestamp) under the identity they had then.
	WroteSince(ctx context.Context, accountID, contactID string, as domain.WhatsAppIdentity, at int64) (bool, error)
	// SaveReaction stores a reaction to a message unless a later one is stored,
	// and returns the emoji that is valid now ("" = none).
	SaveReaction(ctx context.Context, messageID, wamid, emoji string, at int64) (current string, err error)
	// SaveEcho stores, once per wamid, what was sent from the WhatsApp Business app.
	SaveEcho(ctx context.Context, m *domain.Message) error
	// AddMedia stores a file to fetch for a message that has its post, once per message.
	AddMedia(ctx context.Context, accountID string, file *domain.MediaFile) error
	// PrefetchMedia stores files to fetch for messages that have no post yet, once per message.
	PrefetchMedia(ctx context.Context, accountID string, files []domain.MediaFile) error
	// MediaProgress reads how far a message's file came; ErrNotFound where nothing fetches it yet.
	MediaProgress(ctx context.Context, wamid string) (domain.MediaProgress, error)
	// WaitingInLane returns what the jobs hold that wait in a lane, in their order, limit of them at most.
	WaitingInLane(ctx context.Context, lane string, limit int) ([][]byte, error)
	// SetKind records the real kind of a message that came first as unsupported, or that it is withheld.
	SetKind(ctx context.Context, messageID, kind string) error
	// SetPost records the post of a message.
	SetPost(ctx context.Context, messageID, postID string) error
	// Conversation reads a conversation; ErrNotFound.
	Conversation(ctx context.Context, id string) (*domain.Conversation, error)
	// ChannelArchived reports whether somebody archived a channel.
	ChannelArchived(ctx context.Context, channelID string) (bool, error)
	// MakeDue makes a conversation's channel due for channelsync.
	MakeDue(ctx context.Context, conversationID string, now int64) error

	// ApplyStatus finds the message (by MessageID, else by wamid; of that account
	// only), moves its status forward only, stores wamid, reason and the
	// person's identities, and settles its charge once: billed or free when
	// delivered or read, released when failed. ErrNotFound when no message of ours is meant.
	// It returns the message as it is now, and whether its status advanced.
	ApplyStatus(ctx context.Context, accountID string, change domain.StatusChange) (m *domain.Message, advanced bool, err error)
	// Adopt puts into effect what a start said about its customer, because WhatsApp has taken
	// the template. A second call changes nothing.
	Adopt(ctx context.Context, messageID string, now int64) error

	// TemplateChanged stores what Meta reports about a template. A new category, or a
	// status that is no longer APPROVED, withdraws our approval and leaves the
	// administrators a notice. ErrNotFound if we have no such template, or know
	// something newer about it. tied says that the last report was of the same
	// second, so that nobody knows which is the later one.
	TemplateChanged(ctx context.Context, accountID string, change domain.TemplateChange, now int64) (tied bool, err error)
	// SaveNumberNews stores what Meta reports about a number; "" leaves a value as it
	// is, "-" removes a restriction. News older than the last changes nothing.
	SaveNumberNews(ctx context.Context, accountID, quality, limit, restriction string, at int64) error
	// AddNotice leaves the administrators a notice, once per key.
	AddNotice(ctx context.Context, n *domain.Notice) error
	BlockContact(ctx context.Context, contactID string, until int64, stop bool, at int64) error
	AllowMarketing(ctx context.Context, contactID string, at int64) error
}
