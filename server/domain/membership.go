package domain

// Membership holds what the server's tables say, at one moment, about a person and a conversation:
// whether they belong to its team, its channel and its queue. What they may do follows from it.
type Membership struct {
	Username    string `db:"username"` // "" = there is no user with that id
	Name        string `db:"name"`     // full name; "" = none
	Bot         bool   `db:"bot"`
	Deactivated bool   `db:"deactivated"`
	Guest       bool   `db:"guest"`
	InTeam      bool   `db:"in_team"`
	InChannel   bool   `db:"in_channel"`    // member of the conversation's channel
	InQueueRoom bool   `db:"in_queue_room"` // member of the queue's channel
	LeadsRoom   bool   `db:"leads_room"`    // channel admin of the queue's channel, through the scheme or a role given by name
	Administers bool   // may manage the whole server
}

// Active reports whether this is an existing person, neither a bot nor deactivated. Nobody else may do anything.
func (s Membership) Active() bool { return s.Username != "" && !s.Bot && !s.Deactivated }

// InQueue reports whether this is an agent of the queue. A guest never is, even as a member of the
// queue's channel.
func (s Membership) InQueue() bool { return s.Active() && !s.Guest && s.InQueueRoom }

// Supervises reports whether this is a supervisor of the queue, which every system admin is too.
func (s Membership) Supervises() bool { return s.SystemAdmin() || s.InQueue() && s.LeadsRoom }

// SystemAdmin reports whether this is an active person who may manage the server.
func (s Membership) SystemAdmin() bool { return s.Active() && s.Administers }

// MayAct reports whether somebody who may see a conversation may also act in it. The two differ:
// owners and attendants may see their conversations for ever, but they may no longer act once they
// have left the team, or both the conversation's channel and the queue.
func (s Membership) MayAct() bool {
	return s.SystemAdmin() || s.Active() && !s.Guest && s.InTeam && (s.InChannel || s.InQueueRoom)
}

// AttendedConversation is a conversation with its attendant and the moment (milliseconds since epoch)
// at which they became the attendant.
type AttendedConversation struct {
	ID          string `db:"id"`
	AttendantID string `db:"attendant_id"`
	AttendedAt  int64  `db:"attended_at"`
}

// Invitation says that one person (ActorID) added another (UserID) to a conversation's channel.
type Invitation struct {
	ChannelID string `db:"channel_id"`
	ActorID   string `db:"actor_id"`
	UserID    string `db:"user_id"`
}

// MaxSidebar is how many channels a sidebar category may have at most. Beyond that only the newest
// are put into it.
const MaxSidebar = 500

// Sidebar is a person's sidebar category for conversations in one team, with the ids of the channels
// that belong in it.
type Sidebar struct {
	UserID     string   `db:"user_id"`
	TeamID     string   `db:"team_id"`
	CategoryID string   `db:"category_id"` // "" = it was not made yet
	DueAt      int64    `db:"due_at"`
	Channels   []string `db:"channels"`
}

// The reasons why a conversation waits in its queue; "" = it is new there.
const (
	QueuedTransfer    = "transfer"    // somebody transferred it to the queue
	QueuedIdle        = "idle"        // the customer waited too long for an attendant who is not a member of the queue
	QueuedLeft        = "left"        // the attendant left the channel
	QueuedDeactivated = "deactivated" // the attendant was deactivated
)

// User is what Mattermost knows about a person who is to serve customers in a team.
type User struct {
	Username    string
	Bot         bool
	Deactivated bool
	Guest       bool
	InTeam      bool
}
