package outbound

import (
	"context"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// Store is what sending needs.
type Store interface {
	// LoadSend reads it all from the database in one go, no cache.
	LoadSend(ctx context.Context, messageID string) (*domain.Send, error)
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
	RecordSent(ctx context.Context, messageID, wamid string, who domain.WhatsAppIdentity, now int64) error
	// Adopt lets hold what a start said of its customer, now that WhatsApp took its template; again it changes nothing.
	Adopt(ctx context.Context, messageID string, now int64) error
	// RecordEnd sets failed, unknown or not_sent with its reason (if it
	// advances), and releases the charge unless the outcome is unknown.
	RecordEnd(ctx context.Context, messageID string, status domain.Status, reason int, now int64) error
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
	EnqueuePost(ctx context.Context, pieces []domain.OutboxItem, pause time.Duration) (created bool, err error)
	// SavePayload replaces what a job is to send, fenced by owner; ErrLost (jobqueue).
	SavePayload(ctx context.Context, owner string, jobID int64, payload []byte) error
	// InsertNotSent stores a post that was never to be sent, once per post.
	InsertNotSent(ctx context.Context, m *domain.Message) (created bool, err error)
}
