package api

import (
	"context"
	"io"
	"time"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// Deps is what the API is made of. All are required.
type Deps struct {
	Store      Store
	Service    Service
	Drafts     Drafts
	Mattermost Mattermost
	// Ask posts a question to the customer in the actor's name, its body Markdown, and returns its message.
	Ask func(ctx context.Context, actorID, channelID string, q whatsapp.Question) (*domain.Message, error)

	// Meta. An error is a *domain.Refusal (meta_refused with Meta's code, or unavailable) where Meta did not say that
	// all is well.
	Probe          func(ctx context.Context, account *domain.Account) (domain.Probe, error)
	FetchTemplates func(ctx context.Context, account *domain.Account) ([]domain.Template, error)
	// UploadSample uploads a file for a template's header and returns its handle at Meta. Errors as above.
	UploadSample func(ctx context.Context, account *domain.Account, name, mimeType string, size int64, r io.Reader) (string, error)
	// SubmitTemplate asks Meta to review a new template, and returns it as it is then. Errors as above, with Meta's own words.
	SubmitTemplate func(ctx context.Context, account *domain.Account, draft whatsapp.Template) (domain.Template, error)
	// EditTemplate asks Meta to review other components of a template, and another category unless that is "".
	EditTemplate func(ctx context.Context, account *domain.Account, t *domain.Template, edit whatsapp.Template) (domain.Template, error)

	// IsSystemAdmin fails where it could not be checked.
	IsSystemAdmin func(ctx context.Context, userID string) (bool, error)
	// Examine looks for what is wrong with the installation: settings, accounts, webhooks, queues, jobs.
	Examine func(ctx context.Context) ([]domain.Finding, error)
	// ErasePosts takes the posts and channels of an erased person out of Mattermost. What it does not reach goes on by itself.
	ErasePosts func(ctx context.Context, contactID string) error
	// ReleaseGuards lets go of all channels that the server guards for the plugin, and returns how many they were.
	ReleaseGuards func(ctx context.Context) (released int, err error)

	// CheckURL returns what is wrong with an address to which events are to be sent; without a key nothing is.
	CheckURL func(ctx context.Context, url string) domain.Text

	WakeEvents   func() // an event is to be delivered
	WakeJobs     func() // dead letters are to be handled once more
	WakeMedia    func() // a customer's file is to be fetched once more
	WakeChannels func() // channels have something new to show

	// RefreshAccounts lets the webhook see a changed account at once.
	RefreshAccounts func(ctx context.Context) error
	// LastWebhook is when this process last stored a delivery for an account, milliseconds since epoch; 0 = never.
	LastWebhook func(accountID string) int64
	WebhookPath string // behind domain.PluginPath

	// Text is the text of a key in a language with its data put in; Markdown is the same as part of a post, in which
	// nothing of the data acts.
	Text, Markdown func(lang, key string, data map[string]any) string
	// ServerLanguage is the language of texts that are for no user.
	ServerLanguage func() string
	Region         func() string         // of phone numbers without a country code
	Zone           func() *time.Location // of queues that have none of their own
	Clock          domain.Clock
	// LogWarn and LogError take constant messages and ids, but no content.
	LogWarn, LogError func(message string, keyValuePairs ...any)
}

// Service is what agents do; *service.Service is one. Each method checks first whether the actor may, and returns a
// *domain.Refusal where not.
type Service interface {
	Start(ctx context.Context, request domain.StartRequest) (*domain.Started, error)
	SendTemplate(ctx context.Context, request domain.TemplateRequest) (*domain.Started, error)
	// Check is what a start would come to; nothing is sent or stored.
	Check(ctx context.Context, request domain.StartRequest) (*domain.StartCheck, error)
	// StartOptions is what the actor can choose from to start in a queue; "" = their first.
	StartOptions(ctx context.Context, actorID, queueID string) (*domain.StartOptions, error)
	// Customers are the known customers whom a search finds, of those whom the actor may see.
	Customers(ctx context.Context, actorID, query string) ([]*domain.KnownCustomer, error)
	// ViewAt is a conversation as the caller has read it, in the state of a moment.
	ViewAt(c *domain.Conversation, at int64) *domain.View
	// Outcome is what came of a message that an earlier try of a request stored.
	Outcome(ctx context.Context, messageID string) (*domain.Started, error)

	// Schedule puts a start off to its SendAt.
	Schedule(ctx context.Context, request domain.StartRequest) (*domain.Scheduled, error)
	Scheduled(ctx context.Context, actorID, id string) (*domain.Scheduled, error)
	// ScheduledToStart is what failed of the actor's, with what was asked for; ErrNotFound if it is none.
	ScheduledToStart(ctx context.Context, actorID, id string) (*domain.Scheduled, error)
	ListScheduled(ctx context.Context, actorID string, filter domain.ScheduledFilter) ([]*domain.Scheduled, int, error)
	CancelScheduled(ctx context.Context, actorID, id string) (*domain.Scheduled, error)
	// StartScheduled starts by hand what failed.
	StartScheduled(ctx context.Context, actorID, id string) (*domain.Scheduled, error)

	View(ctx context.Context, actorID, id string) (*domain.View, error)
	ViewChannel(ctx context.Context, actorID, channelID string) (*domain.View, error)
	List(ctx context.Context, actorID string, filter domain.Filter) ([]*domain.View, int, error)
	// EachConversation calls fn with every conversation of a list, oldest first, until fn returns an error.
	EachConversation(ctx context.Context, actorID string, filter domain.Filter, fn func(*domain.ConversationRow) error) error
	Overview(ctx context.Context, actorID string, filter domain.Filter) (*domain.Overview, error)
	// Results adds up what came of templates and conversations, in the queues that the actor supervises; queueID "" = in all of these.
	Results(ctx context.Context, actorID, queueID string, filter domain.ResultsFilter) (*domain.Results, error)
	// ResultsNow is who waits for whom at this moment, in the same queues.
	ResultsNow(ctx context.Context, actorID, queueID string) (*domain.ResultsNow, error)
	Reveal(ctx context.Context, actorID, contactID string) (*domain.Revealed, error)
	// SetConsent records what the actor says of a contact's consent.
	SetConsent(ctx context.Context, actorID, contactID string, status domain.ConsentStatus, said domain.ConsentGiven) (*domain.Contact, error)
	// Consents are the contacts with a consent on record, the latest first, of the queues that the actor supervises; queueID "" = of all of them.
	Consents(ctx context.Context, actorID string, status domain.ConsentStatus, queueID string, page, perPage int) ([]*domain.Contact, int, error)
	Messages(ctx context.Context, actorID, id string, page, perPage int) ([]*domain.Message, int, error)
	MessageOfPost(ctx context.Context, actorID, id, postID string) (*domain.Message, error)
	MayAct(ctx context.Context, actorID, id string) error
	Note(ctx context.Context, actorID, id, text string) (*domain.View, error)
	TransferToUser(ctx context.Context, actorID, id, userID string) (*domain.View, error)
	TransferToQueue(ctx context.Context, actorID, id, queueID string) (*domain.View, error)
	SetOwner(ctx context.Context, actorID, id, userID string) (*domain.View, error)
	Claim(ctx context.Context, actorID, id string) (*domain.View, error)
	Close(ctx context.Context, actorID, id string, closing domain.Closing) (*domain.View, error)
	Reopen(ctx context.Context, actorID, id string) (*domain.View, error)

	// ClosingReasons is a page of a queue's reasons in their order, with the retired ones if asked.
	ClosingReasons(ctx context.Context, actorID, queueID string, retired bool, page, perPage int) ([]*domain.ClosingReason, int, error)
	// ClosingOptions is what a conversation can be closed with.
	ClosingOptions(ctx context.Context, actorID, id string) (*domain.ClosingOptions, error)
	// CreateClosingReason sets ID and times, and the position if it is negative.
	CreateClosingReason(ctx context.Context, actorID string, reason *domain.ClosingReason) error
	// ClosingReasonToEdit is a reason for a supervisor of its queue, who may then change the named fields.
	ClosingReasonToEdit(ctx context.Context, actorID, id string) (*domain.ClosingReason, error)
	UpdateClosingReason(ctx context.Context, actorID string, reason *domain.ClosingReason, fields ...string) (*domain.ClosingReason, error)
	// ImportClosingReasons adds the labels of a list that the queue does not have yet, one a line.
	ImportClosingReasons(ctx context.Context, actorID, queueID, list string) (added int, err error)

	// QuickReplies is a page of the actor's own and of those of queues; see domain.QuickReplyFilter.
	QuickReplies(ctx context.Context, actorID string, f domain.QuickReplyFilter) ([]*domain.QuickReply, int, error)
	// SuggestQuickReplies are up to n whose shortcuts begin with a text, of those that the actor can use in a channel.
	SuggestQuickReplies(ctx context.Context, actorID, channelID, prefix string, n int) ([]*domain.QuickReply, error)
	// CreateQuickReply sets ID and times.
	CreateQuickReply(ctx context.Context, actorID string, reply *domain.QuickReply) error
	// QuickReplyToEdit is a reply for who may then change the named fields.
	QuickReplyToEdit(ctx context.Context, actorID, id string) (*domain.QuickReply, error)
	UpdateQuickReply(ctx context.Context, actorID string, reply *domain.QuickReply, fields ...string) (*domain.QuickReply, error)
	// DeleteQuickReply returns the reply as it was.
	DeleteQuickReply(ctx context.Context, actorID, id string) (*domain.QuickReply, error)
	// ImportQuickReplies stores replies of one person or queue, those with a known shortcut over the old ones.
	ImportQuickReplies(ctx context.Context, actorID string, replies []*domain.QuickReply) (added, changed int, err error)
	// FillQuickReply is the text of a reply as it would go out in a conversation.
	FillQuickReply(ctx context.Context, actorID, conversationID, replyID string) (string, error)
}

// Drafts is what agents do with held drafts; *service.Drafts is one, with the same checks as Service.
type Drafts interface {
	List(ctx context.Context, actorID, conversationID string, page, perPage int) ([]*domain.Draft, int, error)
	Save(ctx context.Context, actorID, conversationID, text string, fileIDs []string) (*domain.Draft, error)
	ToEdit(ctx context.Context, actorID, id string) (*domain.Draft, error)
	Edit(ctx context.Context, actorID, id, text string) (*domain.Draft, error)
	Drop(ctx context.Context, actorID, id string) (*domain.Draft, error)
	Send(ctx context.Context, actorID, id string) (*domain.Draft, error)
	// SendAll sends an author's drafts of a conversation in their order, up to the first that is refused.
	SendAll(ctx context.Context, actorID, conversationID, authorID string) (sent int, refusal *domain.Refusal, err error)
}

// Mattermost is the server; *mattermost.Port is one.
type Mattermost interface {
	BotID() string    // who creates the conversations' channels
	BotIDs() []string // whose posts are the plugin's and the customers'
	SiteURL() string
	Locale(ctx context.Context, userID string) string
	// Usernames leaves out users that do not exist.
	Usernames(ctx context.Context, userIDs []string) map[string]string
	// ChannelTeam is the team of a channel that is neither archived nor direct; domain.ErrNotFound where there is none.
	ChannelTeam(ctx context.Context, channelID string) (teamID string, err error)
	// Members are the people of a channel by username, without bots and deactivated users.
	Members(ctx context.Context, channelID string) ([]domain.Member, error)
	// Open shows a dialog to the user whose trigger id the request carries.
	Open(ctx context.Context, request model.OpenDialogRequest) error
}

// Store is the database; *store.Store is one. What is not there is domain.ErrNotFound. Pages count from 0, and a page
// comes with the total. An update writes the named fields only, under their names in a request, so that two
// administrators do not overwrite each other's fields.
type Store interface {
	Account(ctx context.Context, id string) (*domain.Account, error)
	Accounts(ctx context.Context, page, perPage int) ([]*domain.Account, int, error)
	// CreateAccount sets ID and times; domain.ErrConflict where another account has the phone number id.
	CreateAccount(ctx context.Context, account *domain.Account, now int64) error
	UpdateAccount(ctx context.Context, account *domain.Account, now int64, fields ...string) error
	// DeleteAccount returns domain.ErrConflict while open conversations need the account, domain.ErrHasQueues while queues do.
	DeleteAccount(ctx context.Context, id string) error
	// BlockAccount notes Meta's error that keeps an account from sending; code 0 unblocks it.
	BlockAccount(ctx context.Context, id string, code int, now int64) (changed bool, err error)
	// Healths is what Meta last said of the accounts, by account id; an account that was never looked at is not in it.
	Healths(ctx context.Context) (map[string]*domain.Health, error)

	Queue(ctx context.Context, id string) (*domain.Queue, error)
	// ConversationByChannel reads the conversation of a channel; domain.ErrNotFound if it is no conversation's.
	ConversationByChannel(ctx context.Context, channelID string) (*domain.Conversation, error)
	QueuePage(ctx context.Context, page, perPage int) ([]*domain.Queue, int, error)
	// CreateQueue sets ID and times; domain.ErrConflict where another queue has the channel.
	CreateQueue(ctx context.Context, queue *domain.Queue, now int64) error
	UpdateQueue(ctx context.Context, queue *domain.Queue, now int64, fields ...string) error
	// DeleteQueue returns domain.ErrConflict while open conversations need the queue.
	DeleteQueue(ctx context.Context, id string) error

	Template(ctx context.Context, id string) (*domain.Template, error)
	// Templates are sorted by name and language; accountID "" = of all accounts, query = a part of the name,
	// status = Meta's word or GONE.
	Templates(ctx context.Context, accountID, query, status string, page, perPage int) ([]*domain.Template, int, error)
	// AddTemplate stores a template that was submitted to Meta.
	AddTemplate(ctx context.Context, t *domain.Template, now int64) (*domain.Template, error)
	// EditTemplate stores what a template says after an edit, and that Meta counts it.
	EditTemplate(ctx context.Context, id string, t *domain.Template, counted bool, now int64) (*domain.Template, error)
	// AllowTemplate stores approval and allow-list, and returns the template as it is then. by and now are kept with an
	// approval that is new.
	AllowTemplate(ctx context.Context, id string, approved bool, queueIDs []string, by string, now int64, fields ...string) (*domain.Template, error)
	// SetTemplateRules stores an administrator's rules for these variables, and removes those of the variables to drop.
	SetTemplateRules(ctx context.Context, id string, rules domain.Rules, drop []string, now int64) (*domain.Template, error)
	// NameTemplate stores an administrator's title and labels of variables, and removes the labels of the variables to drop.
	NameTemplate(ctx context.Context, id, title string, labels domain.Labels, drop []string, now int64) (*domain.Template, error)
	// SyncTemplates makes the account's templates those fetched, by name and language, and keeps our approval. A template
	// that Meta no longer has is marked as gone; total counts all of them afterwards.
	SyncTemplates(ctx context.Context, accountID string, fetched []domain.Template, now int64) (added, updated, gone, total int, err error)

	Plan(ctx context.Context, id string) (*domain.Plan, error)
	Plans(ctx context.Context, page, perPage int) ([]*domain.Plan, int, error)
	// CreatePlan sets ID and times; domain.ErrConflict where the queue has a plan.
	CreatePlan(ctx context.Context, plan *domain.Plan, now int64) error
	// UpdatePlan returns the plan as it is then. An amount was approved at certain prices: a plan that differs from what
	// was approved is a draft again.
	UpdatePlan(ctx context.Context, plan *domain.Plan, by string, now int64, fields ...string) (*domain.Plan, error)
	// DeletePlan keeps the plan's approvals.
	DeletePlan(ctx context.Context, id, by string, now int64) error
	ApprovePlan(ctx context.Context, id, by string, now int64) (*domain.Plan, error)
	// PlanApprovals are sorted newest first; domain.ErrNotFound where there never was such a plan.
	PlanApprovals(ctx context.Context, planID string, page, perPage int) ([]*domain.PlanApproval, int, error)
	// Spent is what a queue spent and reserved since a time, milliseconds since epoch.
	Spent(ctx context.Context, queueID string, since int64) (domain.Money, error)

	Ledger(ctx context.Context, filter domain.LedgerFilter, page, perPage int) ([]*domain.Charge, int, error)
	// EachCharge calls fn with all charges of the filter, oldest first, until fn returns an error.
	EachCharge(ctx context.Context, filter domain.LedgerFilter, fn func(*domain.Charge) error) error
	// LedgerSummary adds charges up by queue, agent, template, account, category or month.
	LedgerSummary(ctx context.Context, filter domain.LedgerFilter, by string, page, perPage int) ([]*domain.LedgerGroup, int, error)

	// RebuildResults compares what is kept of all templates with the messages and charges themselves, and corrects what differs.
	RebuildResults(ctx context.Context) (*domain.ResultsCheck, error)

	// DeadLetters are sorted newest first, each with the beginning of its payload.
	DeadLetters(ctx context.Context, page, perPage int) ([]*domain.DeadLetter, int, error)
	Replay(ctx context.Context, id string) error
	ReplayAll(ctx context.Context, filter domain.DeadLetterFilter) (replayed int, err error)

	// ExportContact is everything stored about a person but for the messages and the document in the clear.
	ExportContact(ctx context.Context, id string) (*domain.PersonExport, error)
	// Document decrypts a contact's CPF or CNPJ; "" = none.
	Document(contact *domain.Contact) (string, error)
	// EachExported calls fn with every message of a conversation, oldest first, until fn returns an error.
	EachExported(ctx context.Context, conversationID string, fn func(*domain.ExportedMessage) error) error
	// EraseContact removes a person from all rows; it may be repeated after a failure. botIDs are whose posts hold what
	// customers wrote.
	EraseContact(ctx context.Context, id, by string, botIDs []string, now int64) error
	// Forgetting is how far Mattermost has forgotten an erased person.
	Forgetting(ctx context.Context, contactID string) (domain.ErasureState, error)
	// Lookalikes are up to n other contacts that may be the same person as one; domain.ErrNotFound.
	Lookalikes(ctx context.Context, contactID string, n int) ([]*domain.Lookalike, error)
	// MergeContacts makes a second contact part of the first, in one step; domain.ErrConflict where both have an open
	// conversation on one account.
	MergeContacts(ctx context.Context, intoID, fromID, by string, now int64) (*domain.Contact, error)

	// MediaConversation is the conversation of the message with a customer's file.
	MediaConversation(ctx context.Context, wamid string) (id string, err error)
	// TryMediaAgain makes a file due that did not come yet, or was given up.
	TryMediaAgain(ctx context.Context, wamid string) error

	// BeginRequest takes a request with a key, or returns what is known of it. It belongs to the caller for a while; then
	// another try may take it over, with what was stored.
	BeginRequest(ctx context.Context, userID, key, fingerprint string) (*domain.Request, error)
	// AnswerRequest keeps the answer for a day; conversationID is the one that it names, "" = none.
	AnswerRequest(ctx context.Context, token string, status int, answer []byte, conversationID string) error
	// ReleaseRequest lets the next try begin at once.
	ReleaseRequest(ctx context.Context, token string) error

	EventSubscription(ctx context.Context, id string) (*domain.EventSubscription, error)
	// EventSubscriptions are sorted oldest first.
	EventSubscriptions(ctx context.Context, page, perPage int) ([]*domain.EventSubscription, int, error)
	// CreateEventSubscription sets ID and times; domain.ErrTooMany where there are as many as there may be.
	CreateEventSubscription(ctx context.Context, sub *domain.EventSubscription, now int64) error
	// UpdateEventSubscription returns the subscription as it is then. A secret that was replaced goes on to sign for a day.
	UpdateEventSubscription(ctx context.Context, sub *domain.EventSubscription, now int64, fields ...string) (*domain.EventSubscription, error)
	DeleteEventSubscription(ctx context.Context, id string) error
	// EventDeliveries are sorted newest first.
	EventDeliveries(ctx context.Context, subscriptionID string, page, perPage int) ([]*domain.EventDelivery, int, error)
	EventDelivery(ctx context.Context, deliveryID string) (*domain.EventDelivery, error)
	// EventToDeliver is a delivery with its event and its subscription.
	EventToDeliver(ctx context.Context, deliveryID string) (*domain.EventToDeliver, error)
	SendTestEvent(ctx context.Context, subscriptionID string) (*domain.EventDelivery, error)
	// ResendEvent delivers an event once more, as a new delivery.
	ResendEvent(ctx context.Context, subscriptionID, deliveryID string) (*domain.EventDelivery, error)
	// ResendEvents does so with all events since a moment; with failed only with those that were never taken.
	ResendEvents(ctx context.Context, subscriptionID string, since int64, failed bool) (resent int, err error)
	// ReplayEvents tells a subscription of conversations that began since a moment, the oldest first, at most so many; accountID "" = of all accounts.
	ReplayEvents(ctx context.Context, subscriptionID, accountID string, since int64, most int) (*domain.EventReplay, error)
	// AddLastMessages reads the last message of each conversation, and since when its customer waits.
	AddLastMessages(ctx context.Context, conversations []*domain.Conversation) error

	// Audit keeps who did what.
	Audit(ctx context.Context, actorID, action, objectID string, details map[string]string) error
	// State and SetState are numbers that the plugin remembers by name.
	State(ctx context.Context, name string) (int64, error)
	SetState(ctx context.Context, name string, value int64) error
}
