package postpolicy

import (
	"context"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// IntakeStore is what taking posts needs.
type IntakeStore interface {
	ConversationByChannel(ctx context.Context, channelID string) (*domain.Conversation, error)
	// WAMIDOfPost answers the WhatsApp message behind a post; "" where there is none.
	WAMIDOfPost(ctx context.Context, postID string) (string, error)
	EnqueuePost(ctx context.Context, pieces []domain.OutboxItem, pause time.Duration) (created bool, err error)
	InsertNotSent(ctx context.Context, m *domain.Message) (created bool, err error)
	// StandingPost answers which post stands for a key: the first that was named.
	StandingPost(ctx context.Context, key, postID string) (stands string, err error)
}

// ReconcileStore is what finding unjudged posts needs.
type ReconcileStore interface {
	// ChannelsWithMissedPosts lists the channels of conversations in which
	// somebody else than the bot posted, between two moments (milliseconds since
	// epoch, the server's clock), what has no message row.
	ChannelsWithMissedPosts(ctx context.Context, botID string, since, until int64) ([]string, error)
	ConversationByChannel(ctx context.Context, channelID string) (*domain.Conversation, error)
	// State and SetFact keep small numbers; a fact never set is 0.
	State(ctx context.Context, name string) (int64, error)
	SetState(ctx context.Context, name string, value int64) error
}
