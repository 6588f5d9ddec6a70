package service

import (
	"context"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// Store is the database as the service needs it. Reads return domain.ErrNotFound where there is
// nothing; moments are milliseconds since epoch.
type Store interface {
	// Document decrypts a contact's CPF or CNPJ; "" where there is none.
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
	// ListConversations returns a page of what the reader may see, newest
	// activity first, and the total. queueIDs are the queues whose member the
	// reader is; all means everything (system admins).
	ListConversations(ctx context.Context, reader string, queueIDs []string, all bool, f domain.ListFilter) ([]*domain.Conversation, int, error)
	// CountConversations counts what the reader may see, of those that are not
	// closed, by state, and how many nobody attends. Of the filter State,
	// Unclaimed and the page do not matter.
	CountConversations(ctx context.Context, reader string, queueIDs []string, all bool, f domain.ListFilter) (domain.Counts, error)
	// Queues lists all queues.
	Queues(ctx context.Context) ([]*domain.Queue, error)

	// KeepDraft stores a draft, or finds the held one with the same text and
	// files, which it returns. If the window turns out to be open by now (offer)
	// it is offered at once. ErrConflict where the author holds MaxDrafts.
	KeepDraft(ctx context.Context, d *domain.Draft, offer bool, now int64) (*domain.Draft, error)
	// Draft reads one, whatever became of it; ErrNotFound.
	Draft(ctx context.Context, id string) (*domain.Draft, error)
	// DraftsOf is a page of what is held or on its way in a conversation, of one
	// author or ("") of all, in the order of writing, and how many there are.
	DraftsOf(ctx context.Context, conversationID, authorID string, page, perPage int) ([]*domain.Draft, int, error)
	// EditDraft changes the text of a held draft, and makes it the editor's;
	// ErrNotFound where it is held no more, ErrConflict where the editor holds the
	// same text already. Of somebody else's it is audited with what old makes of the text that was.
	EditDraft(ctx context.Context, id, by, text, fingerprint string, now int64, old func(text string) string) error
	// DropDraft ends a held draft; ErrNotFound where it is held no more. It is audited as an edit is.
	DropDraft(ctx context.Context, id, by string, now int64, old func(text string) string) error
	// ChooseDrafts claims the held ones among the drafts for sending and returns
	// those. Each draft is claimed by one caller, whatever the node.
	ChooseDrafts(ctx context.Context, ids []string, by string, now int64) ([]string, error)
	Audit(ctx context.Context, actorID, action, objectID string, details map[string]string) error
}

// ChannelSync makes Mattermost show what the database says.
type ChannelSync interface {
	// SyncNow brings channel, first post, stored lines, members, the queue's card
	// and header up to date. It may be called again at any time; a job calls it where a crash prevented it.
	SyncNow(ctx context.Context, conversationID string) error
	// AppendEvent posts a state line in the conversation's channel.
	AppendEvent(ctx context.Context, c *domain.Conversation, text domain.Text) error
	// Note posts an internal note in the channel in the author's name.
	Note(ctx context.Context, c *domain.Conversation, authorID, text string) error
	// AddMember adds somebody to the channel; domain.ErrNotFound where the person
	// is unknown or not in the team.
	AddMember(ctx context.Context, c *domain.Conversation, userID string) error
}

// People says who somebody is, from Mattermost's tables.
type People interface {
	// Membership is how somebody stands to a conversation and its queue; queue nil = it was removed.
	Membership(ctx context.Context, userID string, c *domain.Conversation, queue *domain.Queue) (domain.Membership, error)
	// MaySpeak tells whether somebody is a member of the channel who may post there.
	MaySpeak(ctx context.Context, userID, channelID string) (bool, error)
	// QueuesOf lists the queues that InQueue holds for.
	QueuesOf(ctx context.Context, userID string) ([]*domain.Queue, error)
	// InQueue tells whether somebody is a member of the queue's channel and no guest. Nobody is in a queue that was removed (nil).
	InQueue(ctx context.Context, userID string, queue *domain.Queue) (bool, error)
	// Supervises tells whether somebody is channel admin of the queue's channel or system admin; of a queue that was removed (nil) system admins alone.
	Supervises(ctx context.Context, userID string, queue *domain.Queue) (bool, error)
	SystemAdmin(ctx context.Context, userID string) (bool, error)
	Username(ctx context.Context, userID string) (string, error)
	// Person returns what decides whether somebody can serve in a team; domain.ErrNotFound.
	Person(ctx context.Context, userID, teamID string) (domain.User, error)
}

// Encrypter hashes what must be compared without being readable.
type Encrypter interface {
	Hash(plain string) string
	// Hashes are those of earlier keys too.
	Hashes(plain string) []string
}
