package domain

import "strings"

// ShownState is the state that the channel shows; "" = none yet.
func (r *ChannelRefresh) ShownState() State {
	told, _, _ := strings.Cut(r.Shown, ":")
	return State(told)
}

// ChannelEvent is a state line that a conversation's channel is to show. It was stored in the
// transaction of the change that it reports.
type ChannelEvent struct {
	ID   int64
	Text Text
}

// ArchiveJob is a closed conversation whose channel is to be archived.
type ArchiveJob struct {
	ID        string `db:"id"`
	ChannelID string `db:"channel_id"`
	Archive   bool   `db:"archive"` // false: an agent reopened it while another process was at it
}

// ConversationChange is a conversation that changed, with those whose screens show it.
type ConversationChange struct {
	ID             string `db:"id"`
	OwnerID        string `db:"owner_id"`
	AttendantID    string `db:"attendant_id"`
	ChannelID      string `db:"channel_id"`       // "" until the channel exists
	QueueChannelID string `db:"queue_channel_id"` // of the queue it is in; "" = the queue is gone
	UpdatedAt      int64  `db:"updated_at"`       // milliseconds since epoch, by the clock of the node that changed it
	ChangedAt      int64  `db:"changed_at"`       // the same by the database's clock
}

// Audience is who gets a websocket event: the members of a channel, or one user.
type Audience struct{ ChannelID, UserID string }

// StatusMark is a post that does not show its message's status yet.
type StatusMark struct {
	Message Message `db:"message"`
	Channel string  `db:"channel"` // channel id
	Again   bool    `db:"again"`   // an earlier try may have done it already
	Closed  bool    `db:"closed"`  // the conversation is
}

// ServerChannel is a channel as the server's own table has it.
type ServerChannel struct {
	ID          string `db:"id"` // "" = there is none
	TeamID      string `db:"team_id"`
	Type        string `db:"type"` // "P" = private
	Name        string `db:"name"`
	DisplayName string `db:"display_name"`
	Header      string `db:"header"`
	UpdateAt    int64  `db:"update_at"` // milliseconds since epoch, the server's clock
	DeleteAt    int64  `db:"delete_at"` // when it was archived; 0 = it is not
}

// ChannelRefresh is a conversation whose channel may not show what the database says.
type ChannelRefresh struct {
	Conversation Conversation  `db:"conversation"`
	DueAt        int64         `db:"due_at"`
	Shown        string        `db:"shown"` // what was shown last; "" = nothing yet
	Zone         string        `db:"zone"`  // the queue's time zone, "" = the plugin's setting
	Again        bool          `db:"again"` // an earlier try may have done part of it
	Lines        bool          `db:"lines"` // there are lines to show
	Channel      ServerChannel `db:"channel"`
	ChannelAt    int64         `db:"channel_at"`   // see ChannelSeen
	ShownPeople  string        `db:"shown_people"` // for whom it was last arranged; see peopleKey
	CardPost     string        `db:"card_post"`    // the card that stands in the queue's channel; "" = none
	CardNo       int64         `db:"card_no"`      // how many cards there were
}
