package dialog

import (
	"context"
	"time"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/i18n"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/markdown"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// Where the steps are submitted to. Every step goes to the URL of the first.
const (
	StartURL    = domain.PluginPath + "/api/v1/dialog/start"
	TemplateURL = domain.PluginPath + "/api/v1/dialog/template"
	// customersURL is where a form asks for known customers while somebody types.
	customersURL = domain.PluginPath + "/api/v1/dialog/customers"
	CloseURL     = domain.PluginPath + "/api/v1/dialog/close"
	AskURL       = domain.PluginPath + "/api/v1/dialog/ask"
	RepliesURL   = domain.PluginPath + "/api/v1/dialog/replies"
	// lookupRepliesURL is where a form asks for quick replies.
	lookupRepliesURL = domain.PluginPath + "/api/v1/dialog/replies/lookup"
)

// Service does what a dialog asks for; *service.Service is one.
type Service interface {
	Start(ctx context.Context, req domain.StartRequest) (*domain.Started, error)
	// Schedule puts a start off to its SendAt.
	Schedule(ctx context.Context, req domain.StartRequest) (*domain.Scheduled, error)
	SendTemplate(ctx context.Context, req domain.TemplateRequest) (*domain.Started, error)
	// MayAct returns a *domain.Refusal for a user who may not act in a conversation, even though they may see it.
	MayAct(ctx context.Context, actorID, id string) error
	View(ctx context.Context, actorID, id string) (*domain.View, error)
	// ClosingOptions is what a conversation can be closed with, for who may close it; a closed one cannot.
	ClosingOptions(ctx context.Context, actorID, id string) (*domain.ClosingOptions, error)
	Close(ctx context.Context, actorID, id string, closing domain.Closing) (*domain.View, error)
	// QueuesOf are the queues in which the user may start.
	QueuesOf(ctx context.Context, userID string) ([]*domain.Queue, error)
	// Customers are the known customers that a search finds, of those whom the actor may see.
	Customers(ctx context.Context, actorID, query string) ([]*domain.KnownCustomer, error)

	QuickReplies
}

// Store is what there is to choose from; *store.Store is one. What is not there is domain.ErrNotFound.
type Store interface {
	Account(ctx context.Context, id string) (*domain.Account, error)
	Queue(ctx context.Context, id string) (*domain.Queue, error)
	// TemplatesOf are all templates of an account, usable or not.
	TemplatesOf(ctx context.Context, accountID string) ([]*domain.Template, error)
	// Budget is the approved plan of a queue, and what was spent and reserved since the beginning of a month (see
	// domain.MonthStart).
	Budget(ctx context.Context, queueID string, month int64) (*domain.Plan, domain.Money, error)
}

// Deps is what Dialogs are made of. All are required.
type Deps struct {
	Service Service
	Store   Store
	// Reader is the user's locale and time zone, or else the server's.
	Reader   func(ctx context.Context, userID string) (locale string, zone *time.Location)
	Texts    *i18n.Bundle
	Clock    domain.Clock
	Settings func() domain.Settings
	// Tell shows a text (Markdown) to one person only, in the channel from which they opened the dialog.
	Tell func(ctx context.Context, channelID, userID, message string)
	// MayAsk returns the *domain.Refusal that any question to the customer of a channel would meet now.
	MayAsk func(ctx context.Context, userID, channelID string) error
	// AskCustomer posts a question to the customer of a channel in the user's name, once for each form.
	AskCustomer func(ctx context.Context, userID, channelID, form string, q whatsapp.Question) (*domain.Message, error)
	// Keys are the secrets for what travels with the client between the steps: the first one encrypts, each of them decrypts.
	Keys     func() [][]byte
	LogError func(message string, keyValuePairs ...any) // constant messages, ids only
}

// Dialogs makes the dialogs of `novo`, `modelo`, `encerrar`, `perguntar` and `respostas`, and is the http.Handler of their submissions.
type Dialogs struct{ Deps }

// New makes the dialogs.
func New(deps Deps) *Dialogs { return &Dialogs{Deps: deps} }

// StartFor is who opens the dialog of `novo`, and what is already known about the customer.
type StartFor struct {
	UserID    string
	ChannelID string // the channel of a queue preselects the queue
	Phone     string // as typed; "" = not given
	Name      string
}

// Start makes the dialog of `novo`, without a trigger id. A *domain.Refusal says why the user cannot have it.
func (d *Dialogs) Start(ctx context.Context, who StartFor) (*model.OpenDialogRequest, error) {
	offer, err := d.startOffer(ctx, who.UserID)
	if err != nil {
		return nil, err
	}
	s := state{Kind: kindStart, Step: stepTemplate}
	s.Customer.Phone, s.Customer.Name = truncate(who.Phone, maxDefault), truncate(domain.CleanName(who.Name), maxDefault)
	form, err := d.templateStep(d.readerOf(ctx, who.UserID), &s, offer, who.ChannelID)
	if err != nil {
		return nil, err
	}
	return &model.OpenDialogRequest{URL: StartURL, Dialog: *form}, nil
}

// Template makes the dialog of `modelo` for a conversation, without a trigger id. A *domain.Refusal says why the user cannot
// have it.
func (d *Dialogs) Template(ctx context.Context, userID, conversationID string) (*model.OpenDialogRequest, error) {
	offer, err := d.templateOffer(ctx, userID, conversationID)
	if err != nil {
		return nil, err
	}
	s := state{Kind: kindTemplate, Step: stepTemplate, ConversationID: conversationID}
	form, err := d.templateStep(d.readerOf(ctx, userID), &s, offer, "")
	if err != nil {
		return nil, err
	}
	return &model.OpenDialogRequest{URL: TemplateURL, Dialog: *form}, nil
}

// reader is one user with their language and time zone.
type reader struct {
	userID string
	lang   string
	texts  *i18n.Bundle
	// channelID is where a dialog was submitted from; "" = not known. The client says so, and only they see what is told there.
	channelID string
}

func (d *Dialogs) readerOf(ctx context.Context, userID string) reader {
	locale, zone := d.Reader(ctx, userID)
	return reader{userID: userID, lang: i18n.Lang(locale), texts: d.Texts.In(zone)}
}

func (r reader) text(key string, pairs ...any) string {
	return r.localize(domain.T(key, pairs...))
}

// markdown returns a text for a place where the form shows Markdown.
func (r reader) markdown(key string, pairs ...any) string {
	t := domain.T(key, pairs...)
	return r.texts.Markdown(r.lang, t.Key, t.Data)
}

// localize returns a text in whose data nothing can act as Markdown: some clients render Markdown where others show plain text.
func (r reader) localize(t domain.Text) string {
	return r.texts.Text(r.lang, t.Key, markdown.DefuseData(t.Data))
}
