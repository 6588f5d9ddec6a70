package service

import (
	"context"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// Store is the database as the service needs it. Reads return domain.ErrNotFound if there is
// nothing; moments are milliseconds since epoch.
type Store interface {
	// Document decrypts and returns a contact's CPF or CNPJ; "" = none is stored.
	Document(c *domain.Contact) (string, error)
	// InTx runs fn in one transaction; an error of fn rolls it back and is returned as it is.
	InTx(ctx context.Context, fn func(domain.Tx) error) error

	Account(ctx context.Context, id string) (*domain.Account, error)
	Queue(ctx context.Context, id string) (*domain.Queue, error)
	Template(ctx context.Context, id string) (*domain.Template, error)
	TemplateByName(ctx context.Context, accountID, name, language string) (*domain.Template, error)
	// TemplatesOf lists all templates of an account, usable or not, by name.
	TemplatesOf(ctx context.Context, accountID string) ([]*domain.Template, error)
	// Budget returns the approved plan of a queue, and what the queue has spent and reserved since
	// the beginning of a month (see domain.MonthStart); ErrNotFound if there is no approved plan.
	Budget(ctx context.Context, queueID string, month int64) (*domain.Plan, domain.Money, error)
	// PlanOfQueue returns the plan of a queue, approved or not.
	PlanOfQueue(ctx context.Context, queueID string) (*domain.Plan, error)
	// ServiceMessages counts the free texts of a number in the month that begins at a moment, up to most.
	ServiceMessages(ctx context.Context, accountID string, month int64, most int) (int, error)
	// ClosingReason reads a closing reason, also a retired one.
	ClosingReason(ctx context.Context, id string) (*domain.ClosingReason, error)
	// ClosingReasons lists a queue's closing reasons in their order, with the retired ones if asked.
	ClosingReasons(ctx context.Context, queueID string, retired bool, page, perPage int) ([]*domain.ClosingReason, int, error)
	// ClosingOptions returns what somebody chooses from who closes a conversation of a queue.
	ClosingOptions(ctx context.Context, queueID string) (*domain.ClosingOptions, error)
	// CreateClosingReason stores a new reason, at the end of its queue's list if its position is
	// negative. ErrConflict if the queue has one with this label, ErrTooMany if it has
	// MaxClosingReasons, ErrNotFound if it was removed. Like the other changes of
	// reasons it is audited.
	CreateClosingReason(ctx context.Context, reason *domain.ClosingReason, by string, now int64) error
	// UpdateClosingReason stores the named columns of a reason; errors as above.
	UpdateClosingReason(ctx context.Context, reason *domain.ClosingReason, by string, now int64, fields ...string) error
	// ImportClosingReasons adds the labels that the queue does not have yet; errors as above.
	ImportClosingReasons(ctx context.Context, queueID string, labels []string, by string, now int64) (added int, err error)
	// QuickReply reads a quick reply.
	QuickReply(ctx context.Context, id string) (*domain.QuickReply, error)
	// QuickReplies lists those of a person ("" = of nobody) and of queues in which a text occurs, in the order of their
	// shortcuts, and how many there are.
	QuickReplies(ctx context.Context, ownerID string, queueIDs []string, query string, page, perPage int) ([]*domain.QuickReply, int, error)
	// SuggestQuickReplies lists up to n of a person's and of queues whose shortcuts begin with a text.
	SuggestQuickReplies(ctx context.Context, ownerID string, queueIDs []string, prefix string, n int) ([]*domain.QuickReply, error)
	// QuickReplyByShortcut finds one of a person's or else of a queue's.
	QuickReplyByShortcut(ctx context.Context, ownerID, queueID, shortcut string) (*domain.QuickReply, error)
	// CreateQuickReply stores a new reply. ErrConflict if its person or queue has one with this shortcut, ErrTooMany if it
	// has MaxQuickReplies, ErrNotFound if the queue was removed. Changes of a queue's replies are audited.
	CreateQuickReply(ctx context.Context, reply *domain.QuickReply, by string, now int64) error
	// UpdateQuickReply stores the named fields of a reply; errors as above.
	UpdateQuickReply(ctx context.Context, reply *domain.QuickReply, by string, now int64, fields ...string) error
	DeleteQuickReply(ctx context.Context, reply *domain.QuickReply, by string) error
	// ImportQuickReplies stores replies of one person or queue, those with a known shortcut over the old ones; errors as above.
	ImportQuickReplies(ctx context.Context, replies []*domain.QuickReply, by string, now int64) (added, changed int, err error)
	Conversation(ctx context.Context, id string) (*domain.Conversation, error)
	ConversationByChannel(ctx context.Context, channelID string) (*domain.Conversation, error)
	Messages(ctx context.Context, conversationID string, page, perPage int) ([]*domain.Message, int, error)
	Message(ctx context.Context, id string) (*domain.Message, error)
	MessageByPost(ctx context.Context, postID string) (*domain.Message, error)
	// ContactOfPhone finds the person behind a number.
	ContactOfPhone(ctx context.Context, accountID, phone string) (*domain.Contact, error)
	// ConsentOf returns what is remembered of the consent of a person with a number whom no contact stands for.
	ConsentOf(ctx context.Context, phone string) (domain.Consent, error)
	// SetConsent records a consent of a contact, with its audit row, leaves the line for the channels of
	// their open conversations, and returns the contact as it is then; ErrNotFound.
	SetConsent(ctx context.Context, contactID string, to domain.Consent, line domain.Text, now int64) (*domain.Contact, error)
	// Consents returns a page of the contacts with a consent on record, the latest first, and how many there are.
	Consents(ctx context.Context, f domain.ConsentFilter) ([]*domain.Contact, int, error)
	// OpenConversation returns the contact's conversation on the account that is neither closed nor aborted.
	OpenConversation(ctx context.Context, accountID, contactID string) (*domain.Conversation, error)
	// FindCustomers lists up to n contacts that match a search, by name, of those with a conversation that
	// the reader may see (see ListConversations), each with the latest of these.
	FindCustomers(ctx context.Context, reader string, queueIDs []string, all bool, query string, document domain.Document, n int) ([]*domain.KnownCustomer, error)
	// ListConversations returns a page of what the reader may see, newest
	// activity first, and the total. queueIDs are the queues whose member the
	// reader is; all means everything (system admins).
	ListConversations(ctx context.Context, reader string, queueIDs []string, all bool, f domain.ListFilter) ([]*domain.Conversation, int, error)
	// EachConversation calls fn with every conversation of such a list, oldest first, until fn returns an error.
	EachConversation(ctx context.Context, reader string, queueIDs []string, all bool, f domain.ListFilter, fn func(*domain.ConversationRow) error) error
	// AddLastMessages reads into conversations their last message, and since when the customer waits.
	AddLastMessages(ctx context.Context, conversations []*domain.Conversation) error
	// CountConversations counts what the reader may see, of those that are not
	// closed, by state, and how many nobody attends. It ignores State, Unclaimed
	// and the page of the filter.
	CountConversations(ctx context.Context, reader string, queueIDs []string, all bool, f domain.ListFilter) (domain.Counts, error)
	// Results adds up what came of templates, and what was started and closed, in one group for each
	// value of f.By and in one for all of them.
	Results(ctx context.Context, f *domain.ResultsFilter) (groups []*domain.ResultsGroup, totals *domain.ResultsGroup, err error)
	// ResultsNow counts who waits for whom in each of some queues, at a moment in milliseconds since epoch.
	ResultsNow(ctx context.Context, queueIDs []string, all bool, now int64) ([]*domain.ResultsNow, error)
	// Queues lists all queues.
	Queues(ctx context.Context) ([]*domain.Queue, error)

	// KeepDraft stores a draft and returns it. If the author holds one with the same
	// text and files already, it returns that one instead. With offer, a draft whose
	// window turns out to be open by now is offered at once. ErrConflict if the author
	// holds MaxDrafts already.
	KeepDraft(ctx context.Context, d *domain.Draft, offer bool, now int64) (*domain.Draft, error)
	// Draft reads a draft in any state; ErrNotFound.
	Draft(ctx context.Context, id string) (*domain.Draft, error)
	// DraftsOf returns a page of the drafts that are held or being sent in a conversation,
	// in the order of writing, and how many there are. authorID "" = those of all authors.
	DraftsOf(ctx context.Context, conversationID, authorID string, page, perPage int) ([]*domain.Draft, int, error)
	// EditDraft changes the text of a held draft and makes the editor its author.
	// ErrNotFound if it is no longer held, ErrConflict if the editor holds the same text
	// already. A change of somebody else's draft is audited, with what old returns for the
	// previous text.
	EditDraft(ctx context.Context, id, by, text, fingerprint string, now int64, old func(text string) string) error
	// DropDraft discards a held draft; ErrNotFound if it is no longer held. It is audited as an edit is.
	DropDraft(ctx context.Context, id, by string, now int64, old func(text string) string) error
	// ChooseDrafts claims for sending those of the drafts that are held, and returns their
	// ids. Each draft is claimed by one caller only, on whichever node.
	ChooseDrafts(ctx context.Context, ids []string, by string, now int64) ([]string, error)
	// Scheduled reads a scheduled start without what was asked for.
	Scheduled(ctx context.Context, id string) (*domain.Scheduled, error)
	// FailedScheduled reads one that failed, with what was asked for; ErrNotFound if it is none.
	FailedScheduled(ctx context.Context, id string) (*domain.Scheduled, error)
	// ListScheduled returns a page of the scheduled starts that a reader may see, those that have not ended
	// first, and the total.
	ListScheduled(ctx context.Context, f domain.ScheduledFilter) ([]*domain.Scheduled, int, error)
	// CancelScheduled cancels one that became nothing, with its audit row, and returns it as it is then; others stay
	// as they are.
	CancelScheduled(ctx context.Context, id, by string, now int64) (*domain.Scheduled, error)
	// RestartScheduled makes a failed one due now and leases it; ErrNotFound if it is none.
	RestartScheduled(ctx context.Context, id string, now int64, lease time.Duration) (*domain.Scheduled, error)
	// ScheduledLater gives one back that has a lease, for a while.
	ScheduledLater(ctx context.Context, id string, delay time.Duration) error
	// EndScheduled stores status, reason and conversation of one that is being sent, unless another
	// process has got further with it.
	EndScheduled(ctx context.Context, c *domain.Scheduled, now int64) error
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
	// AddMember adds somebody to the channel; domain.ErrNotFound if the person
	// is unknown or not in the team.
	AddMember(ctx context.Context, c *domain.Conversation, userID string) error
}

// People says, from Mattermost's tables, who a person is and what they belong to.
type People interface {
	// Membership returns how a person is related to a conversation and its queue; queue nil = it was removed.
	Membership(ctx context.Context, userID string, c *domain.Conversation, queue *domain.Queue) (domain.Membership, error)
	// MaySpeak reports whether a person is a member of the channel and may post there.
	MaySpeak(ctx context.Context, userID, channelID string) (bool, error)
	// QueuesOf lists the queues for which InQueue is true.
	QueuesOf(ctx context.Context, userID string) ([]*domain.Queue, error)
	// SupervisedQueues lists the queues for which Supervises is true of somebody who is no system admin.
	SupervisedQueues(ctx context.Context, userID string) ([]*domain.Queue, error)
	// InQueue reports whether a person is a member of the queue's channel and not a guest. It is
	// false for a queue that was removed (nil).
	InQueue(ctx context.Context, userID string, queue *domain.Queue) (bool, error)
	// Supervises reports whether a person is a channel admin of the queue's channel or a system
	// admin. For a queue that was removed (nil) only system admins are supervisors.
	Supervises(ctx context.Context, userID string, queue *domain.Queue) (bool, error)
	SystemAdmin(ctx context.Context, userID string) (bool, error)
	Username(ctx context.Context, userID string) (string, error)
	// FullName returns a person's full name, or else the user name; "" if there is no such person.
	FullName(ctx context.Context, userID string) (string, error)
	// Person returns what decides whether somebody can serve in a team; domain.ErrNotFound.
	Person(ctx context.Context, userID, teamID string) (domain.User, error)
}

// Encrypter hashes what must be compared without being readable.
type Encrypter interface {
	Hash(plain string) string
	// Hashes returns the hashes with the current key and with all earlier ones.
	Hashes(plain string) []string
}
