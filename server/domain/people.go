package domain

// AttendedConversation is a conversation with its attendant, and since when they are that.
type AttendedConversation struct {
	ID          string `db:"id"`
	AttendantID string `db:"attendant_id"`
	AttendedAt  int64  `db:"attended_at"`
}

// Invitation is somebody's, of somebody else, into a conversation's channel.
type Invitation struct {
	ChannelID string `db:"channel_id"`
	ActorID   string `db:"actor_id"`
	UserID    string `db:"user_id"`
}

// MaxSidebar bounds how many channels go into a category; the newest do.
const MaxSidebar = 500

// Sidebar is the category of somebody in a team, and the channels that belong in it.
type Sidebar struct {
	UserID     string   `db:"user_id"`
	TeamID     string   `db:"team_id"`
	CategoryID string   `db:"category_id"` // "" = none was made yet
	DueAt      int64    `db:"due_at"`
	Channels   []string `db:"channels"`
}

// Why a conversation waits in its queue; "" = it is new there.
const (
	QueuedTransfer    = "transfer"    // somebody gave it to the queue
	QueuedIdle        = "idle"        // the customer waited too long for somebody who is not of the queue
	QueuedLeft        = "left"        // the attendant left the channel
	QueuedDeactivated = "deactivated" // the attendant was deactivated
)

// User is what Mattermost tells of somebody who is to serve.
type User struct {
	Username    string
	Bot         bool
	Deactivated bool
	Guest       bool
	InTeam      bool
}
