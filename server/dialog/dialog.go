// Package dialog asks an agent for what starting an atendimento or sending a
// further template needs: it builds the steps of the dialog and takes their
// submissions. It decides nothing: domain.Service does.
package dialog

import (
	"context"
	"time"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/i18n"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/markdown"
)

// Where the steps are submitted to. Every step goes to the URL of the first.
const (
	StartURL    = "/plugins/whatsapp-ativo/api/v1/dialog/start"
	TemplateURL = "/plugins/whatsapp-ativo/api/v1/dialog/template"
)

// Starter does what a dialog asks for; *domain.Service is one.
type Starter interface {
	Start(ctx context.Context, req domain.StartRequest) (*domain.Started, error)
	SendTemplate(ctx context.Context, req domain.TemplateRequest) (*domain.Started, error)
	// MayAct refuses who may do nothing in a conversation, though they may see it.
	MayAct(ctx context.Context, actorID, id string) error
	View(ctx context.Context, actorID, id string) (*domain.View, error)
	// QueuesOf are the queues in which the user may start.
	QueuesOf(ctx context.Context, userID string) ([]*domain.Queue, error)
}

// Catalog reads what there is to choose from. Reads answer domain.ErrNotFound where there is nothing.
type Catalog interface {
	Account(ctx context.Context, id string) (*domain.Account, error)
	Queue(ctx context.Context, id string) (*domain.Queue, error)
	// TemplatesOf lists all templates of an account, usable or not.
	TemplatesOf(ctx context.Context, accountID string) ([]*domain.Template, error)
	// Budget is the approved plan of a queue, and what was spent and reserved
	// since the beginning of a month, see domain.MonthStart.
	Budget(ctx context.Context, queueID string, month int64) (*domain.Plan, domain.Money, error)
}

// Readers knows how a user reads; it always has an answer.
type Readers interface {
	// Reader gives the user's locale and time zone, or else the server's.
	Reader(ctx context.Context, userID string) (locale string, zone *time.Location)
}

// Logger is what the dialogs say to the operator: constant messages, ids only.
type Logger interface {
	Error(message string, keyValuePairs ...any)
}

// Ports is what Dialogs are made of; all are needed.
type Ports struct {
	Starter  Starter
	Catalog  Catalog
	Readers  Readers
	Texts    *i18n.Bundle
	Clock    domain.Clock
	Settings func() domain.Settings
	// Keys give the secrets of what travels with the client between the steps:
	// the first one seals, each of them opens.
	Keys   func() [][]byte
	Logger Logger
}

// Dialogs opens the dialogs of `novo` and `modelo` and is the http.Handler of their submissions.
type Dialogs struct{ Ports }

// New makes the dialogs of their ports.
func New(p Ports) *Dialogs { return &Dialogs{Ports: p} }

// StartFor is who opens the dialog of `novo`, and what is known already.
type StartFor struct {
	UserID    string
	ChannelID string // a queue's channel preselects the queue
	Phone     string // as typed; "" = not given
	Name      string
}

// Start gives the dialog of `novo`, still without a trigger id; a *domain.Refusal says why there is none.
func (d *Dialogs) Start(ctx context.Context, who StartFor) (*model.OpenDialogRequest, error) {
	offer, err := d.startOffer(ctx, who.UserID)
	if err != nil {
		return nil, err
	}
	s := state{Kind: kindStart, Step: stepTemplate}
	s.Customer.Phone, s.Customer.Name = clip(who.Phone, maxDefault), clip(domain.CleanName(who.Name), maxDefault)
	form, err := d.templateStep(d.readerOf(ctx, who.UserID), &s, offer, who.ChannelID)
	if err != nil {
		return nil, err
	}
	return &model.OpenDialogRequest{URL: StartURL, Dialog: *form}, nil
}

// Template gives the dialog of `modelo` for a conversation, still without a
// trigger id; a *domain.Refusal says why there is none.
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

// reader is one user and how this user reads.
type reader struct {
	userID string
	lang   string
	texts  *i18n.Bundle
}

func (d *Dialogs) readerOf(ctx context.Context, userID string) reader {
	locale, zone := d.Readers.Reader(ctx, userID)
	return reader{userID: userID, lang: i18n.Lang(locale), texts: d.Texts.In(zone)}
}

func (r reader) text(key string, pairs ...any) string {
	return r.say(domain.T(key, pairs...))
}

// markdown writes a text where the form shows Markdown.
func (r reader) markdown(key string, pairs ...any) string {
	t := domain.T(key, pairs...)
	return r.texts.Markdown(r.lang, t.Key, t.Data)
}

// say writes a text with nothing in its data that could act: some clients show
// Markdown where others show what was written.
func (r reader) say(t domain.Text) string {
	data := make(map[string]any, len(t.Data))
	for name, value := range t.Data {
		if s, ok := value.(string); ok {
			value = markdown.Defuse(s)
		}
		data[name] = value
	}
	return r.texts.Text(r.lang, t.Key, data)
}
