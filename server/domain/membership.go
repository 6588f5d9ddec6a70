package domain

// Membership is how somebody stands to a team, a conversation's channel and a
// queue, as the server's tables say at one moment.
type Membership struct {
	Username    string `db:"username"` // "" = there is nobody of that id
	Bot         bool   `db:"bot"`
	Deactivated bool   `db:"deactivated"`
	Guest       bool   `db:"guest"`
	InTeam      bool   `db:"in_team"`
	InChannel   bool   `db:"in_channel"`    // member of the conversation's channel
	InQueueRoom bool   `db:"in_queue_room"` // member of the queue's channel
	LeadsRoom   bool   `db:"leads_room"`    // channel admin of the queue's channel, by scheme or by a named role
	Administers bool   // may manage the whole server
}

// Active tells whether this is a person who may do anything at all.
func (s Membership) Active() bool { return s.Username != "" && !s.Bot && !s.Deactivated }

// InQueue tells whether this is an agent of the queue. A guest is none,
// whatever channel they were let into.
func (s Membership) InQueue() bool { return s.Active() && !s.Guest && s.InQueueRoom }

// Supervises tells whether this is a supervisor of the queue.
func (s Membership) Supervises() bool { return s.SystemAdmin() || s.InQueue() && s.LeadsRoom }

// SystemAdmin tells whether this is somebody who may manage the server.
func (s Membership) SystemAdmin() bool { return s.Active() && s.Administers }

// MayAct tells whether somebody who sees a conversation may also do something
// with it. Owners and attendants see theirs for ever; acting ends with the
// team, and with the channel and the queue.
func (s Membership) MayAct() bool {
	return s.SystemAdmin() || s.Active() && !s.Guest && s.InTeam && (s.InChannel || s.InQueueRoom)
}

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
