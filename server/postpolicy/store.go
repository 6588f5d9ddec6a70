package postpolicy

import (
	"context"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

// Store is the database as this package needs it. Moments are milliseconds since epoch.
type Store interface {
	ConversationByChannel(ctx context.Context, channelID string) (*domain.Conversation, error)
	// MessageByPost returns the message of a post; domain.ErrNotFound where the post is none.
	MessageByPost(ctx context.Context, postID string) (*domain.Message, error)
	// PostStatus is what became of a post, of all its messages together.
	PostStatus(ctx context.Context, postID string) (domain.Status, error)
	// WAMIDOfPost returns the id of the WhatsApp message behind a post; "" where there is none.
	WAMIDOfPost(ctx context.Context, postID string) (string, error)
	// EnqueuePost stores a post's messages with their outbox jobs, once; they are due after the
	// pause. It ends the author's held draft with the same domain.Fingerprint, because that was
	// now posted by hand.
	EnqueuePost(ctx context.Context, pieces []domain.OutboxItem, fingerprint string, pause time.Duration) (created bool, err error)
	// InsertNotSent stores, once, that a post is not sent.
	InsertNotSent(ctx context.Context, m *domain.Message) (created bool, err error)
	// StandingPost returns which of several posts counts for a key: the first that was named.
	StandingPost(ctx context.Context, key, postID string) (stands string, err error)
	// ChannelsWithMissedPosts lists the channels of conversations in which somebody other than
	// the plugin's bots posted, between two moments by the server's clock, what has no message row.
	ChannelsWithMissedPosts(ctx context.Context, botIDs []string, since, until int64) ([]string, error)
	// State and SetState keep small numbers by name; one never set is 0.
	State(ctx context.Context, name string) (int64, error)
	SetState(ctx context.Context, name string, value int64) error
}

// Mattermost is what this package reads and does in Mattermost.
type Mattermost interface {
	posting.Poster
	// PostType is a post's type; domain.ErrNotFound where there is no such post.
	PostType(ctx context.Context, postID string) (string, error)
	// FindPostOf is FindPost for the posts of a user other than the bots, also those that were deleted.
	FindPostOf(ctx context.Context, channelID, userID string, since int64, prop, value string) (id string, err error)
	// ReadPost reads a post as it stands; domain.ErrNotFound.
	ReadPost(ctx context.Context, postID string) (posting.IncomingPost, error)
	IsUser(ctx context.Context, username string) (bool, error)
	SiteURL() string
	BotIDs() []string
	// Reactions lists those of people on a post, without those of the bots.
	Reactions(ctx context.Context, postID string) ([]posting.Reaction, error)
	// SendEphemeral shows a text to one person alone.
	SendEphemeral(ctx context.Context, channelID, userID, rootID, message string)
	// MissedPosts lists what people posted in a channel between two moments and has no message row, in its order.
	MissedPosts(ctx context.Context, channelID string, since, until int64) ([]posting.IncomingPost, error)
}
