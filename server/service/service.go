package service

import (
	"context"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// Ports is what a Service is made of.
type Ports struct {
	Encrypter   Encrypter
	Store       Store
	Sender      Sender
	ChannelSync ChannelSync
	People      People
	Composer    Composer
	Clock       domain.Clock
	NewID       func() string
	Settings    func() domain.Settings
	// ChannelLimit is how many channels a team may have; nil or less than 0 = any number.
	ChannelLimit func() int
	// CanRestore tells whether archived channels can be brought back; nil = no.
	CanRestore func() bool
	// BudgetSpent is told that a queue's plan refused a template; nil = nobody wants to know.
	BudgetSpent func(ctx context.Context, queueID string)
}

// Service is what an agent can do with a conversation: each method checks who
// asks, and answers a *Refusal where the answer is no.
type Service struct{ Ports }

// NewService makes a service of its ports.
func NewService(p Ports) *Service { return &Service{Ports: p} }
