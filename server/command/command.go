// Package command is the slash command `/whatsapp`: it reads what an agent
// types, asks the conversation service, and answers with a text only the agent sees.
package command

import (
	"context"
	"runtime/debug"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/dialog"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/i18n"
)

// Trigger is the command's name.
const Trigger = "whatsapp"

// Service is what agents can do; *domain.Service is one.
type Service interface {
	ViewChannel(ctx context.Context, actorID, channelID string) (*domain.View, error)
	List(ctx context.Context, actorID string, f domain.Filter) ([]*domain.View, int, error)
	Note(ctx context.Context, actorID, id, text string) (*domain.View, error)
	TransferToUser(ctx context.Context, actorID, id, userID string) (*domain.View, error)
	TransferToQueue(ctx context.Context, actorID, id, queueID string) (*domain.View, error)
	SetOwner(ctx context.Context, actorID, id, userID string) (*domain.View, error)
	Claim(ctx context.Context, actorID, id string) (*domain.View, error)
	Close(ctx context.Context, actorID, id, reason string) (*domain.View, error)
	Reopen(ctx context.Context, actorID, id string) (*domain.View, error)
}

// Dialogs makes the dialogs; *dialog.Dialogs does.
type Dialogs interface {
	Start(ctx context.Context, who dialog.StartFor) (*model.OpenDialogRequest, error)
	Template(ctx context.Context, userID, conversationID string) (*model.OpenDialogRequest, error)
}

// Opener shows a dialog to the user whose trigger id the request carries.
type Opener interface {
	Open(ctx context.Context, request model.OpenDialogRequest) error
}

// Directory finds in Mattermost what people name. Reads answer domain.ErrNotFound where there is nothing.
type Directory interface {
	// UserByName finds a user by the name behind the @.
	UserByName(ctx context.Context, username string) (userID string, err error)
	// Username is the name behind the @ of a user.
	Username(ctx context.Context, userID string) (string, error)
	// ChannelByName finds a team's channel by the name behind the ~.
	ChannelByName(ctx context.Context, teamID, name string) (channelID string, err error)
	// Link is the address of a conversation's channel; "" where it has none yet.
	Link(ctx context.Context, c *domain.Conversation) string
	SystemAdmin(ctx context.Context, userID string) (bool, error)
}

// Queues lists all queues.
type Queues interface {
	Queues(ctx context.Context) ([]*domain.Queue, error)
}

// Costs adds up the ledger.
type Costs interface {
	// MonthCosts are those of the queues that the user supervises, in the calendar month (UTC) that holds now.
	MonthCosts(ctx context.Context, userID string) ([]domain.QueueCosts, error)
}

// Doctor examines the installation.
type Doctor interface {
	Examine(ctx context.Context) ([]domain.Finding, error)
}

// Logger is what the command says to the operator: constant messages, ids only.
type Logger interface {
	Error(message string, keyValuePairs ...any)
}

// Ports is what a Command is made of; all are needed.
type Ports struct {
	Service   Service
	Drafts    Drafts
	DraftList DraftList
	Whisperer Whisperer
	Dialogs   Dialogs
	Opener    Opener
	Directory Directory
	Queues    Queues
	Costs     Costs
	Doctor    Doctor
	Cards     CardSender
	Readers   dialog.Readers
	Texts     *i18n.Bundle
	Logger    Logger
}

// Command executes `/whatsapp`.
type Command struct{ Ports }

// New makes the command of its ports.
func New(p Ports) *Command { return &Command{Ports: p} }

// Args is one use of the command.
type Args struct {
	UserID    string
	ChannelID string
	TeamID    string
	TriggerID string // opens a dialog, for some seconds
	Text      string // as typed, with or without "/whatsapp"
}

// Reply is the answer.
type Reply struct {
	// Text is Markdown for the user alone; "" = nothing to say.
	Text string
}

// call is one use of a subcommand, with who uses it and how this user reads.
type call struct {
	Args
	rest  string // behind the subcommand's word
	lang  string
	texts *i18n.Bundle
}

func (c *call) text(key string, pairs ...any) string { return c.say(domain.T(key, pairs...)) }

// say writes a text for the answer, which is a post.
func (c *call) say(t domain.Text) string { return c.texts.Markdown(c.lang, t.Key, t.Data) }

// Execute does what was typed. It always has an answer and never panics.
func (c *Command) Execute(ctx context.Context, args Args) (reply Reply) {
	in := &call{Args: args, lang: i18n.English, texts: c.Texts}
	defer func() {
		if recover() != nil { // its value may hold what was typed
			c.Logger.Error("A command panicked", "user_id", args.UserID, "stack", string(debug.Stack()))
			reply = Reply{Text: in.text("command.failed")}
		}
	}()
	locale, zone := c.Readers.Reader(ctx, args.UserID)
	in.lang, in.texts = i18n.Lang(locale), c.Texts.In(zone)
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
	c.Logger.Error("A command failed", "command", s.english, "user_id", in.UserID, "error", err.Error())
	return Reply{Text: in.text("command.failed")}
}

// refusal says why not: the fields' texts where there are any.
func (c *call) refusal(r *domain.Refusal) string {
	if r.Text.Key != "" {
		return c.say(r.Text)
	}
	for _, t := range r.Fields {
		return c.say(t)
	}
	return c.text("command.failed")
}
