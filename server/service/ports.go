package service

import (
	"context"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// Store is the database as the service needs it. Reads answer ErrNotFound where there is nothing.
type Store interface {
	// Document opens a contact's document; "" where there is none.
	Document(c *domain.Contact) (string, error)
	// InTx runs fn in one transaction; an error of fn rolls it back and is returned as it is.
	InTx(ctx context.Context, fn func(domain.Tx) error) error

	Account(ctx context.Context, id string) (*domain.Account, error)
	Queue(ctx context.Context, id string) (*domain.Queue, error)
	Template(ctx context.Context, id string) (*domain.Template, error)
	TemplateByName(ctx context.Context, accountID, name, language string) (*domain.Template, error)
	Conversation(ctx context.Context, id string) (*domain.Conversation, error)
	ConversationByChannel(ctx context.Context, channelID string) (*domain.Conversation, error)
	Messages(ctx context.Context, conversationID string, page, perPage int) ([]*domain.Message, int, error)
	Message(ctx context.Context, id string) (*domain.Message, error)
	MessageByPost(ctx context.Context, postID string) (*domain.Message, error)
	// ContactOfPhone finds the person behind a number.
	ContactOfPhone(ctx context.Context, accountID, phone string) (*domain.Contact, error)
	Lister
}

// Sender sends one message from the outbox now and says what came of it. The
// durable relay behind it finishes what a crash leaves.
type Sender interface {
	SendNow(ctx context.Context, messageID string) (domain.Delivery, error)
}

// ChannelSync makes Mattermost show what the database says.
type ChannelSync interface {
	// SyncNow brings channel, first post, stored lines, members, the queue's card
	// and header up to date. It is safe to call again at any time; a worker calls it too where a crash kept us from it.
	SyncNow(ctx context.Context, conversationID string) error
	// AppendEvent leaves a state line in the conversation's channel.
	AppendEvent(ctx context.Context, c *domain.Conversation, text domain.Text) error
	// Note posts an internal note in the channel in the author's name.
	Note(ctx context.Context, c *domain.Conversation, authorID, text string) error
	// AddMember invites somebody into the channel; ErrNotFound where the person
	// is unknown or not in the team.
	AddMember(ctx context.Context, c *domain.Conversation, userID string) error
}

// People answers who somebody is, from Mattermost.
type People interface {
	// Standing tells how somebody stands to a conversation and its queue; nil = it was removed.
	Membership(ctx context.Context, userID string, c *domain.Conversation, queue *domain.Queue) (domain.Membership, error)
	// MaySpeak: member of the channel who may post there.
	MaySpeak(ctx context.Context, userID, channelID string) (bool, error)
	// QueuesOf lists the queues that InQueue holds for.
	QueuesOf(ctx context.Context, userID string) ([]*domain.Queue, error)
	// InQueue: member of the queue's channel, and no guest. Nobody is in a queue that was removed (nil).
	InQueue(ctx context.Context, userID string, queue *domain.Queue) (bool, error)
	// Supervises: channel admin of the queue's channel or system admin; of a queue that was removed (nil) system admins alone.
	Supervises(ctx context.Context, userID string, queue *domain.Queue) (bool, error)
	SystemAdmin(ctx context.Context, userID string) (bool, error)
	Username(ctx context.Context, userID string) (string, error)
	// Person tells what decides whether somebody can serve in a team; ErrNotFound.
	Person(ctx context.Context, userID, teamID string) (domain.User, error)
}

// Encrypter hashes what must be told apart without being read.
type Encrypter interface {
	Hash(plain string) string
	// Hashes are those of earlier keys too.
	Hashes(plain string) []string
}

// Composer turns a template and its values into what WhatsApp takes. Package
// whatsapp knows how; a Refusal names the fields that are wrong.
type Composer interface {
	// Compose fills in what the actor gave; a file of the actor's choice is one the actor may see.
	Compose(ctx context.Context, actorID string, t *domain.Template, values map[string]string) (domain.Composed, error)
}

// Lister reads conversations for lists; visibility is part of the query.
type Lister interface {
	// ListConversations answers a page of what the reader may see, newest
	// activity first, and the total. queueIDs are the queues whose member the
	// reader is; all means everything (system admins).
	ListConversations(ctx context.Context, reader string, queueIDs []string, all bool, f domain.ListFilter) ([]*domain.Conversation, int, error)
	// CountConversations counts what the reader may see, of those that are not
	// closed, by state, and how many nobody attends. Of the filter State,
	// Unclaimed and the page do not matter.
	CountConversations(ctx context.Context, reader string, queueIDs []string, all bool, f domain.ListFilter) (domain.Counts, error)
	// Queues lists all queues.
	Queues(ctx context.Context) ([]*domain.Queue, error)
}
