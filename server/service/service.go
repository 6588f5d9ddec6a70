package service

import (
	"context"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// Ports holds everything that a Service needs from other packages.
type Ports struct {
	Encrypter Encrypter
	Store     Store
	// SendNow sends one message from the outbox now and says what came of it. The outbound
	// worker finishes what a crash leaves.
	SendNow     func(ctx context.Context, messageID string) (domain.Delivery, error)
	ChannelSync ChannelSync
	People      People
	// Compose turns a template and the values that the actor gave into what WhatsApp takes; a
	// Refusal names the fields that are wrong. A file must be one that the actor may see.
	Compose func(ctx context.Context, actorID string, t *domain.Template, values map[string]string, by domain.Reading) (domain.Composed, error)
	// CheckText returns why a text may not go to customers, as if it were posted; no key = it may.
	CheckText func(ctx context.Context, text string) (why domain.Text, err error)
	Clock     domain.Clock
	NewID     func() string
	Settings  func() domain.Settings
	// ChannelLimit is how many channels a team may have; nil or less than 0 = any number.
	ChannelLimit func() int
	// CanRestore reports whether the server can bring archived channels back; nil = no.
	CanRestore func() bool
	// Words explains an error code of Meta's.
	Words func(code int) domain.Explainer
	// BudgetSpent is called when a queue's plan refused a template; nil = not needed.
	BudgetSpent func(ctx context.Context, queueID string)
	// Changed tells somebody's web clients that what they list may have changed; nil = not needed.
	Changed func(userID string)
}

// Service is what people can do with a conversation.
type Service struct{ Ports }

// NewService returns a service with the given ports.
func NewService(p Ports) *Service { return &Service{Ports: p} }
