package command

import (
	"context"
	"runtime/debug"
	"time"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/dialog"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/i18n"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// Trigger is the command's name.
const Trigger = "whatsapp"

// Service is what agents do; *service.Service is one. Each method checks whether the actor may, and returns a
// *domain.Refusal where not.
type Service interface {
	ViewChannel(ctx context.Context, actorID, channelID string) (*domain.View, error)
	List(ctx context.Context, actorID string, f domain.Filter) ([]*domain.View, int, error)
	// Customers are the known customers that a search finds, of those whom the actor may see.
	Customers(ctx context.Context, actorID, query string) ([]*domain.KnownCustomer, error)
	// SetConsent records what the actor says of a contact's consent.
	SetConsent(ctx context.Context, actorID, contactID string, status domain.ConsentStatus, said domain.ConsentGiven) (*domain.Contact, error)
	// Consents are the contacts with a consent on record, the latest first, of the queues that the actor supervises.
	Consents(ctx context.Context, actorID string, status domain.ConsentStatus, queueID string, page, perPage int) ([]*domain.Contact, int, error)
	// ListScheduled is a page of the scheduled starts that the actor may see.
	ListScheduled(ctx context.Context, actorID string, filter domain.ScheduledFilter) ([]*domain.Scheduled, int, error)
	// Results and ResultsNow are the figures of the queues that the actor supervises; CodeForbidden where there is none.
	Results(ctx context.Context, actorID, queueID string, f domain.ResultsFilter) (*domain.Results, error)
	ResultsNow(ctx context.Context, actorID, queueID string) (*domain.ResultsNow, error)
	Note(ctx context.Context, actorID, id, text string) (*domain.View, error)
	TransferToUser(ctx context.Context, actorID, id, userID string) (*domain.View, error)
	TransferToQueue(ctx context.Context, actorID, id, queueID string) (*domain.View, error)
	SetOwner(ctx context.Context, actorID, id, userID string) (*domain.View, error)
	Claim(ctx context.Context, actorID, id string) (*domain.View, error)
	Close(ctx context.Context, actorID, id string, closing domain.Closing) (*domain.View, error)
	ClosingOptions(ctx context.Context, actorID, id string) (*domain.ClosingOptions, error)
	// FillQuickReplyByShortcut is the text of a quick reply, the actor's own or the queue's, as it would go out in a conversation.
	FillQuickReplyByShortcut(ctx context.Context, actorID, conversationID, shortcut string) (string, error)
	Reopen(ctx context.Context, actorID, id string) (*domain.View, error)
}

// Mattermost is the server; *mattermost.Port is one. What is not there is domain.ErrNotFound.
type Mattermost interface {
	// UserByName finds a user by the name behind the @.
	UserByName(ctx context.Context, username string) (userID string, err error)
	// Username is the name behind the @ of a user.
	Username(ctx context.Context, userID string) (string, error)
	// ChannelByName finds a team's channel by the name behind the ~.
	ChannelByName(ctx context.Context, teamID, name string) (channelID string, err error)
	// Link is the address of a conversation's channel; "" where it has none yet.
	Link(ctx context.Context, c *domain.Conversation) string
	// Open shows a dialog to the user whose trigger id the request carries.
	Open(ctx context.Context, request model.OpenDialogRequest) error
	// SendEphemeralWithAttachments shows a text with message attachments to one person only.
	SendEphemeralWithAttachments(ctx context.Context, channelID, userID, message string, attachments []any)
}

// Store is the database; *store.Store is one.
type Store interface {
	// Queues are all queues.
	Queues(ctx context.Context) ([]*domain.Queue, error)
	// MonthOf is what a queue spent in the month (UTC) that begins at month, milliseconds since epoch.
	MonthOf(ctx context.Context, queueID string, month int64) (*domain.QueueCosts, error)
}

// Deps is what a Command is made of. All are required.
type Deps struct {
	Service    Service
	Mattermost Mattermost
	Store      Store

	IsSystemAdmin func(ctx context.Context, userID string) (bool, error)
	// Supervises reports whether a user supervises a queue, and so may see its costs.
	Supervises func(ctx context.Context, userID string, queue *domain.Queue) (bool, error)
	// Examine looks for what is wrong with the installation.
	Examine func(ctx context.Context) ([]domain.Finding, error)

	// StartDialog and TemplateDialog make the dialogs of `novo` and `modelo`, without a trigger id, as all of them.
	StartDialog    func(ctx context.Context, who dialog.StartFor) (*model.OpenDialogRequest, error)
	TemplateDialog func(ctx context.Context, userID, conversationID string) (*model.OpenDialogRequest, error)
	// CloseDialog makes the dialog of `encerrar` for a conversation whose queue has closing reasons.
	CloseDialog func(ctx context.Context, userID, conversationID, note string) (*model.OpenDialogRequest, error)
	// AskDialog makes the dialog of a question to the customer of a channel.
	AskDialog func(ctx context.Context, who dialog.AskFor) (*model.OpenDialogRequest, error)
	// RepliesDialog makes the dialog in which quick replies are kept: of the one with a shortcut, or "" = which is asked.
	RepliesDialog func(ctx context.Context, userID, shortcut string) (*model.OpenDialogRequest, error)

	// SendLocation and SendContact send what has no form of its own in Mattermost: it appears as a post of the user's.
	// phone is as it was typed.
	SendLocation func(ctx context.Context, userID, channelID string, place whatsapp.Location) error
	SendContact  func(ctx context.Context, userID, channelID, name, phone string) error
	// SendText posts a text of the user's, in a thread where rootID is set.
	SendText func(ctx context.Context, userID, channelID, rootID, text string) error

	// Ask posts a question to the customer in the user's name; a request without a body gets one.
	Ask func(ctx context.Context, userID, channelID string, q whatsapp.Question) (*domain.Message, error)

	ListDrafts func(ctx context.Context, actorID, conversationID string, page, perPage int) ([]*domain.Draft, int, error)
	// DraftAttachments makes message attachments with the buttons of drafts.
	DraftAttachments func(drafts []*domain.Draft, conversationID, authorID string, text func(key string, pairs ...any) string) []any

	// ScheduleText keeps a text that is sent in a conversation at a moment, milliseconds since epoch.
	ScheduleText func(ctx context.Context, actorID, conversationID, text string, at int64) (*domain.Draft, error)
	// ScheduledButton makes a button beside a scheduled start; do is start or cancel.
	ScheduledButton func(do, id, style, name string) map[string]any

	// Reader is the user's locale and time zone, or else the server's.
	Reader   func(ctx context.Context, userID string) (locale string, zone *time.Location)
	Texts    *i18n.Bundle
	Clock    domain.Clock
	LogError func(message string, keyValuePairs ...any) // constant messages, ids only
}

// Command executes `/whatsapp`.
type Command struct{ Deps }

// New makes the command.
func New(deps Deps) *Command { return &Command{Deps: deps} }

// Args is one use of the command.
type Args struct {
	UserID    string
	ChannelID string
	TeamID    string
	RootID    string // the thread; "" = none
	TriggerID string // opens a dialog, for some seconds
	Text      string // as typed, with or without "/whatsapp"
}

// Reply is the answer to the user alone.
type Reply struct {
	// Text is Markdown; "" = nothing to say.
	Text string
}

// call is one use of a subcommand, with the language and the time zone of the user.
type call struct {
	Args
	rest  string // behind the subcommand's word
	lang  string
	texts *i18n.Bundle
}

func (c *call) text(key string, pairs ...any) string { return c.localize(domain.T(key, pairs...)) }

// localize returns a text for the answer, which is shown as a post.
func (c *call) localize(t domain.Text) string { return c.texts.Markdown(c.lang, t.Key, t.Data) }

// Execute does what was typed. Errors become a text, and no panic leaves it.
func (c *Command) Execute(ctx context.Context, args Args) (reply Reply) {
	in := &call{Args: args, lang: i18n.English, texts: c.Texts}
	defer func() {
		if recover() != nil { // its value may hold what was typed
			c.LogError("A command panicked", "user_id", args.UserID, "stack", string(debug.Stack()))
			reply = Reply{Text: in.text("command.failed")}
		}
	}()
	locale, zone := c.Reader(ctx, args.UserID)
	in.lang, in.texts = i18n.Lang(locale), c.Texts.In(zone)
	if rest, ok := behindReplyTrigger(args.Text); ok {
		in.rest = rest
		return c.reply(in, subcommand{english: ReplyTrigger}, func() (string, error) { return c.quickReply(ctx, in) })
	}
	word, rest := splitWord(withoutTrigger(args.Text))
	in.rest = rest
	for _, s := range subcommands() {
		if s.named(word) {
			return c.reply(in, s, func() (string, error) { return s.run(c, ctx, in) })
		}
	}
	if word == "" {
		return Reply{Text: in.help()}
	}
	return Reply{Text: in.text("command.unknown") + "\n\n" + in.help()}
}

func (c *Command) reply(in *call, s subcommand, run func() (string, error)) Reply {
	text, err := run()
	if err == nil {
		return Reply{Text: text}
	}
	if refusal, ok := domain.AsRefusal(err); ok {
		return Reply{Text: in.refusal(refusal)}
	}
	c.LogError("A command failed", "command", s.english, "user_id", in.UserID, "error", err.Error())
	return Reply{Text: in.text("command.failed")}
}

// refusal is why the service refused: its own text, or else that of a field.
func (c *call) refusal(r *domain.Refusal) string {
	if r.Text.Key != "" {
		return c.localize(r.Text)
	}
	for _, t := range r.Fields {
		return c.localize(t)
	}
	return c.text("command.failed")
}
