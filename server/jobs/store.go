package jobs

import (
	"context"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

// Store is the database as the jobs need it. Moments are milliseconds since epoch.
type Store interface {
	// TryInterval takes the turn at something that all nodes together do once in an
	// interval; false if the last turn is younger than that.
	TryInterval(ctx context.Context, name string, every time.Duration) (bool, error)
	// FollowClock returns how far the database's clock has gone back since it was called last, on whatever node, and
	// moves back what waits by it; 0 where that is less than least.
	FollowClock(ctx context.Context, least time.Duration) (back time.Duration, err error)
	// State and SetState keep small numbers by name; one never set is 0.
	State(ctx context.Context, name string) (int64, error)
	SetState(ctx context.Context, name string, value int64) error

	Accounts(ctx context.Context, page, perPage int) ([]*domain.Account, int, error)
	// BlockAccount stores Meta's error that prevents a number from sending; code 0 = it can send again.
	BlockAccount(ctx context.Context, accountID string, code int, at int64) (changed bool, err error)
	// Healths returns what Meta last reported about the accounts, by account id.
	Healths(ctx context.Context) (map[string]*domain.Health, error)
	// SaveHealth stores the result of a check; with token set also what it found of the token.
	SaveHealth(ctx context.Context, h *domain.Health, token bool) error
	// SyncTemplates makes our copies of an account's templates what Meta returned.
	SyncTemplates(ctx context.Context, accountID string, fetched []domain.Template, now int64) (added, updated, gone, total int, err error)

	// AddNotice stores a notice, once per key.
	AddNotice(ctx context.Context, n *domain.Notice) error
	// NoticeTroubles stores notices about numbers that cannot send any more, and about those that can again.
	NoticeTroubles(ctx context.Context, now int64) error
	// WarnPlans stores the notices about plans that are nearly or wholly spent; queues
	// without a charge since a moment are left out.
	WarnPlans(ctx context.Context, month, since, now int64) error
	ClaimNotices(ctx context.Context, lease time.Duration, n int) ([]*domain.Notice, error)
	NoticeToldTo(ctx context.Context, key, userID string) error
	NoticeTold(ctx context.Context, key string, now int64) error
	// Mention notes which conversations a post is about, so that it goes when one is erased.
	Mention(ctx context.Context, postID string, conversationIDs []string) error
	Queues(ctx context.Context) ([]*domain.Queue, error)
	Queue(ctx context.Context, id string) (*domain.Queue, error)
	// Results adds up what came of templates; see service.Store.
	Results(ctx context.Context, f *domain.ResultsFilter) (groups []*domain.ResultsGroup, totals *domain.ResultsGroup, err error)
	// QueueZones are the time zones (IANA names) that queues have, "" among them.
	QueueZones(ctx context.Context) ([]string, error)
	// AddFollowUps stores a notice, one per person and day, for the owner of each
	// conversation of a queue in the zone whose customer has not answered a template
	// sent before a moment.
	AddFollowUps(ctx context.Context, zone, day string, before, now int64) error

	// AgreedPosts lists agreements of processes on a post, older than a duration, that were not looked at yet.
	AgreedPosts(ctx context.Context, older time.Duration, n int) ([]domain.AgreedPost, error)
	LookedAtAgreed(ctx context.Context, keys []string) error

	// ClaimArchive leases up to n conversations that were closed before a moment and
	// whose closing is shown, and those that an earlier attempt left unfinished. From then on they count as
	// archived: no message of the customer reopens them.
	ClaimArchive(ctx context.Context, closedBefore, now int64, lease time.Duration, n int) ([]domain.ArchiveJob, error)
	// Archived ends an archiving; still is false if the conversation was reopened meanwhile.
	Archived(ctx context.Context, id string) (still bool, err error)
	// IdleDue lists up to n conversations whose customer may have waited too long;
	// minutes is the limit of queues without their own, 0 = none.
	IdleDue(ctx context.Context, now int64, minutes, n int) ([]string, error)
	// AbsenceChanges lists up to n open conversations of whose attendants' absence the queue is to be told, those
	// in the given queues, and those in any queue where it is over.
	AbsenceChanges(ctx context.Context, queueIDs []string, n int) ([]domain.AbsenceChange, error)
	// MarkChanged makes the open conversations due whose channel somebody changed since a
	// moment by the server's clock.
	MarkChanged(ctx context.Context, since, now int64) (marked int, err error)
	// MarkStrays makes all open conversations due whose channel is not as it should be.
	MarkStrays(ctx context.Context, now int64) (marked int, err error)
	StuckLanes(ctx context.Context, now int64) ([]*domain.Stuck, error)
	// WakeWaiting makes messages due whose reason to wait is gone.
	WakeWaiting(ctx context.Context) error
	// WakeUnmade makes conversations without a channel due where their team has room for
	// it; limit is how many channels a team may have, less than 0 = any number.
	WakeUnmade(ctx context.Context, limit int, now int64) error

	// WebhookSeen notes when an account's webhooks last came.
	WebhookSeen(ctx context.Context, accountID string, at int64) error
	PurgeNotices(ctx context.Context, now int64) error
	PurgeDrafts(ctx context.Context, before int64) error
	// PurgeScheduled forgets scheduled starts that ended before a moment.
	PurgeScheduled(ctx context.Context, before int64) error
	// FillTokens derives, for a batch of old messages, what they are searched by.
	FillTokens(ctx context.Context) (more bool, err error)
	// FillResults works out, for a batch of old conversations, what came of their templates.
	FillResults(ctx context.Context) (more bool, err error)
	PurgeStarts(ctx context.Context, now int64) error
	// PurgeEvents removes up to n deliveries of events that were over an age in milliseconds ago, and the events that nobody waits for.
	PurgeEvents(ctx context.Context, age int64, n int) (int, error)
	// PurgeFinished and PurgeDead remove up to n jobs older than an age in milliseconds, and return how many.
	PurgeFinished(ctx context.Context, age int64, n int) (int, error)
	PurgeDead(ctx context.Context, age int64, n int) (int, error)
	// ContactsToForget returns up to n contacts with whom nothing has happened since a moment.
	ContactsToForget(ctx context.Context, before int64, n int) ([]string, error)
	EraseContact(ctx context.Context, id, by string, botIDs []string, now int64) error

	// ClaimForget leases up to n conversations of people who were erased; contactID "" = of anybody.
	ClaimForget(ctx context.Context, contactID string, lease time.Duration, n int) ([]domain.ErasedConversation, error)
	// ForgetLater postpones a conversation after a failure.
	ForgetLater(ctx context.Context, conversationID string, delay time.Duration) error
	// ForgetOn releases a conversation that needs another pass at once.
	ForgetOn(ctx context.Context, conversationID string) error
	// ForgetPassed ends a pass and stores which kinds of data the server's settings keep;
	// next is the time until the next pass over the conversation, 0 = there is none.
	ForgetPassed(ctx context.Context, conversationID string, stays []string, next time.Duration) error
	// ForgetStays makes all conversations due of which the server's settings kept something.
	ForgetStays(ctx context.Context) error
	// Remains reads what the server's tables still hold of a conversation, n posts at most.
	Remains(ctx context.Context, c *domain.ErasedConversation, botIDs []string, n int) (*domain.Remains, error)
	// Unmention removes the record that posts are about a conversation.
	Unmention(ctx context.Context, conversationID string, postIDs []string) error
	// EraseAgain erases the rows of what came in while the person was being erased.
	EraseAgain(ctx context.Context, contactID string, now int64) error
}

// Mattermost is what the jobs do in Mattermost. Removing what is not there (any more) is no error.
type Mattermost interface {
	posting.Poster
	DirectChannel(ctx context.Context, userID string) (channelID string, err error)
	// RemoveSeconds deletes the posts that are the same as the one that was agreed on for a key.
	RemoveSeconds(ctx context.Context, key, postID string) error
	EditPost(ctx context.Context, postID, message string, props map[string]any) error
	Archive(ctx context.Context, channelID string) error
	// Restore brings an archived channel back, if the server lets a plugin do that.
	Restore(ctx context.Context, channelID string) error
	// Unarchive brings an archived channel back, on any server. It is needed because the server
	// deletes no post in an archived channel.
	Unarchive(ctx context.Context, channelID string) error

	// MayErase reports what the server's settings let us remove for good.
	MayErase() (posts, channels bool)
	// ErasePosts removes posts for good, with their files, replies and reactions.
	ErasePosts(ctx context.Context, postIDs []string) error
	// EraseChannel removes a channel for good, with its posts.
	EraseChannel(ctx context.Context, channelID string) error
	// Nameless removes the name and the header of a channel.
	Nameless(ctx context.Context, channelID string) error
	// HidePosts deletes posts the way people do: nobody sees them any more, but the rows stay.
	HidePosts(ctx context.Context, postIDs []string) error
	// HangLoose attaches files that are on no post to one, because they can only be removed with a post.
	HangLoose(ctx context.Context, channelID, userID string, fileIDs []string) error
	DropDraft(ctx context.Context, channelID string, d domain.ServerDraft) error
}
