package outbound

import (
	"context"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

// Store is what this package needs of the database; *store.Store implements it.
type Store interface {
	// LoadSend reads a message and everything that decides whether it may leave, in
	// one statement and without a cache; domain.ErrNotFound.
	LoadSend(ctx context.Context, messageID string) (*domain.Send, error)
	// MarkLeft is the lock: it sets left_at, fenced by owner, if everything is still
	// as LoadSend saw it (Send.Seen). From then on the outcome can be unknown, and
	// somebody who closes the conversation is too late. left is false where something
	// changed and the message must be checked again; jobqueue.ErrLost if the lease is gone.
	MarkLeft(ctx context.Context, owner string, jobID, now, seen int64) (left bool, err error)
	// ClearLeft takes the mark off: the request certainly did not leave, or Meta refused it.
	ClearLeft(ctx context.Context, owner string, jobID int64) error
	// CompleteSent stores wamid, status sent (if it advances), sent_at, the identities that
	// Meta returned, last_outbound_at, for a template last_template_at of conversation and
	// contact, and that the number sends. It finishes the job in the same statement and
	// returns the next of its lane, leased. jobqueue.ErrLost if the owner's lease is gone;
	// the rest is stored all the same.
	CompleteSent(ctx context.Context, owner string, jobID int64, lease time.Duration, a domain.Acceptance) (next *jobqueue.Job, err error)
	// Adopt makes what a start said of its customer valid, because WhatsApp took its
	// template. A second call changes nothing.
	Adopt(ctx context.Context, messageID string, now int64) error
	// RecordEnd sets failed, unknown or not_sent with its reason (if it advances),
	// and releases the charge unless the outcome is unknown.
	RecordEnd(ctx context.Context, messageID string, status domain.Status, reason int, now int64) error
	// CloseWindow ends the window that a message left in (131047), unless the customer has opened another since.
	CloseWindow(ctx context.Context, messageID string, now int64) error
	// BlockContact keeps templates from a contact until a moment (131049); stop means
	// marketing never again (131050). at is the moment it is about: what the person
	// allowed later is kept.
	BlockContact(ctx context.Context, contactID string, until int64, stop bool, at int64) error
	// BlockAccount stores the error that needs an administrator; code 0 takes it off.
	// at is the moment it is about: what is known of a later one is kept. changed
	// reports whether it changed anything.
	BlockAccount(ctx context.Context, accountID string, code int, at int64) (changed bool, err error)
	// Abort ends a conversation whose first template was refused for good, unless it
	// has got a channel or another message meanwhile: then it goes on without its
	// template, is due to be shown and, where the customer wrote, says so.
	Abort(ctx context.Context, conversationID string, now int64) (aborted bool, err error)
	// SavePayload replaces what a job is to send, fenced by owner; jobqueue.ErrLost.
	SavePayload(ctx context.Context, owner string, jobID int64, payload []byte) error

	// ConversationByChannel returns domain.ErrNotFound for a channel that is not ours.
	ConversationByChannel(ctx context.Context, channelID string) (*domain.Conversation, error)
	// LastInbound returns the wamids of the customer's last messages, which may be
	// several because Meta's timestamps are whole seconds; none if the customer never wrote.
	LastInbound(ctx context.Context, conversationID string) (wamids []string, err error)
	Account(ctx context.Context, id string) (*domain.Account, error)
}
