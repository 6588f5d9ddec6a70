package channelsync

import (
	"context"
	"time"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

// Store is the database as this package needs it. Moments are milliseconds since epoch, by
// our own clock where nothing else is said.
type Store interface {
	Conversation(ctx context.Context, id string) (*domain.Conversation, error)
	ConversationByChannel(ctx context.Context, channelID string) (*domain.Conversation, error)
	Queue(ctx context.Context, id string) (*domain.Queue, error)
	// State and SetState keep small numbers by name; one never set is 0.
	State(ctx context.Context, name string) (int64, error)
	SetState(ctx context.Context, name string, value int64) error

	// ClaimRefresh leases up to n conversations that are due or, with id, that one whether
	// due or not.
	ClaimRefresh(ctx context.Context, id string, now int64, lease time.Duration, n int) ([]domain.ChannelRefresh, error)
	// Refreshed gives the lease back and notes what was shown; next is when to look again
	// (0 = never by itself). A row that became due again meanwhile stays due. Where something
	// else is shown than before, now is the conversation's latest activity.
	Refreshed(ctx context.Context, id string, dueAt int64, shown string, next, now int64) error
	// Overtaken makes a conversation due at once that was changed after the lease had ended.
	Overtaken(ctx context.Context, id string, now int64) error
	// SetChannel records the channel of a conversation; domain.ErrNotFound where it was aborted.
	SetChannel(ctx context.Context, id, channelID string) error
	// ChannelSeen notes when a conversation's channel was changed last, by the server's clock.
	ChannelSeen(ctx context.Context, id string, at int64) error
	// MadePublicSince reports whether a person made a channel public, or private again, after a
	// moment of the server's clock.
	MadePublicSince(ctx context.Context, channelID string, since int64) (bool, error)
	// LoseChannel takes a channel off a conversation, which gets another, and stores the line
	// that explains it in place of the one with the key owed ("" = none); it does nothing
	// where the conversation has another channel already.
	LoseChannel(ctx context.Context, id, channelID, owed string, line domain.Text, now int64) error

	// FirstMessage is the oldest message of the conversation; domain.ErrNotFound.
	FirstMessage(ctx context.Context, conversationID string) (*domain.Message, error)
	// UnshownTemplates are the messages of templates that were stored but have no post yet, oldest first.
	UnshownTemplates(ctx context.Context, conversationID string) ([]*domain.Message, error)
	SetPost(ctx context.Context, messageID, postID string) error
	// OfferDrafts makes an offer of what each agent holds, once an opening (WindowFrom).
	OfferDrafts(ctx context.Context, conversationID string, opening, now int64) error
	// Summary adds up what a conversation came to.
	Summary(ctx context.Context, conversationID string) (*domain.Summary, error)
	// Lines are the stored state lines that the channel does not show yet, in their order.
	Lines(ctx context.Context, conversationID string) ([]domain.ChannelEvent, error)
	LineShown(ctx context.Context, id int64) error
	// OweLine stores a line that the channel is to show, unless one with its key waits already.
	OweLine(ctx context.Context, conversationID string, text domain.Text) error
	// SetPeople notes for whom Mattermost was arranged (see peopleKey) and which card stands in the queue.
	SetPeople(ctx context.Context, conversationID, shown, cardPost string, cardNo int64) error
	// Mention notes that a post in another channel is about conversations.
	Mention(ctx context.Context, postID string, conversationIDs []string) error

	// ClaimStatusMarks leases up to n messages whose post shows an old status, but none that
	// was sent after a moment (milliseconds since epoch) and has no later status.
	ClaimStatusMarks(ctx context.Context, lease time.Duration, n int, sentUntil int64) ([]domain.StatusMark, error)
	// PostStatus is the status of a post that became several messages: see domain.AggregateStatus.
	PostStatus(ctx context.Context, postID string) (domain.Status, error)
	// StatusShown records what the post shows now.
	StatusShown(ctx context.Context, messageID string, status domain.Status) error

	// GoneAttendants lists up to n open conversations whose attendant is deactivated.
	GoneAttendants(ctx context.Context, n int) ([]domain.AttendedConversation, error)
	// AbsentAttendants looks at up to n open conversations behind a place and returns those
	// whose attendant is not in the channel, and the next place.
	AbsentAttendants(ctx context.Context, after domain.AttendedConversation, n int) (found []domain.AttendedConversation, next domain.AttendedConversation, err error)
	AbsentAttendant(ctx context.Context, channelID, userID string) ([]domain.AttendedConversation, error)
	// MissedInvitations lists those since a moment that came later than the conversation's attendant.
	MissedInvitations(ctx context.Context, botIDs []string, since int64) ([]domain.Invitation, error)
	// NoticeGoneOwners leaves a notice for the supervisors of owners who are deactivated, once.
	NoticeGoneOwners(ctx context.Context, now int64) error

	// MarkSidebars makes the sidebar categories of people in a team due.
	MarkSidebars(ctx context.Context, teamID string, userIDs []string) error
	ClaimSidebars(ctx context.Context, lease time.Duration, n int) ([]domain.Sidebar, error)
	SidebarCategory(ctx context.Context, userID, teamID, categoryID string) error
	SidebarShown(ctx context.Context, userID, teamID string, dueAt int64, pause time.Duration) error
	// ConversationChannels tells which of the channels are conversations'.
	ConversationChannels(ctx context.Context, channelIDs []string) (map[string]bool, error)

	// Clock is the database's time.
	Clock(ctx context.Context) (int64, error)
	// ChangedConversations lists up to n conversations that changed at or after since, by the
	// database's clock, the latest first.
	ChangedConversations(ctx context.Context, since int64, n int) ([]domain.ConversationChange, error)
}

// Mattermost is what this package does in Mattermost.
type Mattermost interface {
	posting.Poster
	EditPost(ctx context.Context, postID, message string, props map[string]any) error
	// ShowStatus sets the mark that tells what became of a post's message, and the one of a message that Meta holds.
	ShowStatus(ctx context.Context, postID string, status domain.Status, held bool) error

	// EnsureChannel makes the channel; found reports that an earlier try had made it already.
	EnsureChannel(ctx context.Context, c posting.Channel) (id string, found bool, err error)
	SetHeader(ctx context.Context, channelID, header string) error
	// PutRight makes a channel what a conversation's channel should be: in its team, private,
	// not archived, with its name, display name and header. It returns when the channel was
	// changed last; domain.ErrNotFound where it is gone.
	PutRight(ctx context.Context, channelID string, c posting.Channel) (at int64, err error)
	// Discard archives the channel that EnsureChannel would find; it makes none.
	Discard(ctx context.Context, c posting.Channel) error
	Guard(ctx context.Context, channelID string) error
	// Restore brings an archived channel back, where the server lets a plugin do that.
	Restore(ctx context.Context, channelID string) error

	// Join takes both bots into the team and the channel.
	Join(ctx context.Context, teamID, channelID string) error
	AddMember(ctx context.Context, teamID, channelID, userID string) error
	// NotifyAll has somebody notified of every message of a channel.
	NotifyAll(ctx context.Context, channelID, userID string) error

	// Categories lists somebody's sidebar categories in a team, in their order.
	Categories(ctx context.Context, userID, teamID string) ([]*model.SidebarCategoryWithChannels, error)
	CreateCategory(ctx context.Context, userID, teamID, name string, channels []string) (id string, err error)
	// UpdateCategories replaces the channels of categories; nothing else of them changes.
	UpdateCategories(ctx context.Context, userID, teamID string, categories []*model.SidebarCategoryWithChannels) error
}
