package channelsync

import (
	"context"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// PeopleStore is what showing the people of a conversation needs.
type PeopleStore interface {
	// Lines are those that the channel does not show yet, in their order.
	Lines(ctx context.Context, conversationID string) ([]domain.ChannelEvent, error)
	LineShown(ctx context.Context, id int64) error
	// SetPeople notes for whom Mattermost was arranged (see peopleKey) and which card stands in the queue.
	SetPeople(ctx context.Context, conversationID, shown, cardPost string, cardNo int64) error
	// Mention notes that a post in another channel tells of conversations.
	Mention(ctx context.Context, postID string, conversationIDs []string) error
	// MarkSidebars makes the categories of people in a team due.
	MarkSidebars(ctx context.Context, teamID string, userIDs []string) error
}

// StatusMarkStore is what showing statuses on posts needs.
type StatusMarkStore interface {
	// ClaimStatusMarks leases up to n messages whose post shows an old status.
	ClaimStatusMarks(ctx context.Context, lease time.Duration, n int) ([]domain.StatusMark, error)
	// PostStatus is what a post shows that became several messages: see domain.AggregateStatus.
	PostStatus(ctx context.Context, postID string) (domain.Status, error)
	// Shown records what the post shows now.
	StatusShown(ctx context.Context, messageID string, status domain.Status) error
}

// SyncStore is what keeping channels true needs.
type SyncStore interface {
	// ClaimRefresh leases up to n conversations that are due (refresh_at <= now) or,
	// with id, that one whether due or not.
	ClaimRefresh(ctx context.Context, id string, now int64, lease time.Duration, n int) ([]domain.ChannelRefresh, error)
	// Refreshed gives the lease back and notes what was shown; next is when to look again (0 = never by itself).
	// If the row became due again meanwhile it stays due. Where something else is shown than before,
	// now is the conversation's latest activity.
	Refreshed(ctx context.Context, id string, dueAt int64, shown string, next, now int64) error
	// Overtaken makes a conversation due at once that was changed after the lease had ended.
	Overtaken(ctx context.Context, id string, now int64) error
	// SetChannel records the channel of a conversation; ErrNotFound where it was aborted.
	SetChannel(ctx context.Context, id, channelID string) error
	SetPost(ctx context.Context, messageID, postID string) error
	// OfferDrafts makes an offer of what each agent holds, once an opening
	// (WindowFrom); again it changes nothing.
	OfferDrafts(ctx context.Context, conversationID string, opening, now int64) error
	// FirstMessage is the oldest message of the conversation; ErrNotFound.
	FirstMessage(ctx context.Context, conversationID string) (*domain.Message, error)
	Conversation(ctx context.Context, id string) (*domain.Conversation, error)
	Queue(ctx context.Context, id string) (*domain.Queue, error)
	// Summary adds up what a conversation came to.
	Summary(ctx context.Context, conversationID string) (*domain.Summary, error)
	// UnshownTemplates are the template messages that were stored but have no post yet (after the first), oldest first.
	UnshownTemplates(ctx context.Context, conversationID string) ([]*domain.Message, error)
	// ChannelSeen notes when a conversation's channel was changed last, milliseconds since epoch, the server's clock.
	ChannelSeen(ctx context.Context, id string, at int64) error
	// LoseChannel takes a channel off a conversation, which gets another, and
	// stores the line that tells why in place of the one of the kind owed ("" = none);
	// nothing where it has another channel already.
	LoseChannel(ctx context.Context, id, channelID, owed string, line domain.Text, now int64) error
	// OweLine stores a line that the channel is to show, unless one of its kind waits already.
	OweLine(ctx context.Context, conversationID string, text domain.Text) error
	PeopleStore
}
