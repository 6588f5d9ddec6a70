package domain

import "strings"

// Told is the state that was shown last; "" = none yet.
func (r *ChannelRefresh) Told() State {
	told, _, _ := strings.Cut(r.Shown, ":")
	return State(told)
}

// ChannelEvent is a line that a conversation's channel is to show, as it was stored with what it tells of.
type ChannelEvent struct {
	ID   int64
	Text Text
}

// Archiving is a closed conversation whose channel is to be archived.
type Archiving struct {
	ID        string
	ChannelID string
	Archive   bool // false: an agent reopened it while another process was at it
}

// ConversationChange is a conversation that is shown somewhere and changed.
type ConversationChange struct {
	ID             string
	OwnerID        string
	AttendantID    string
	ChannelID      string // "" until the channel exists
	QueueChannelID string // of the queue it is in; "" = the queue is gone
	UpdatedAt      int64  // milliseconds since epoch, by the clock of whoever changed it
	ChangedAt      int64  // the same by the database's clock
}

// Audience is who gets an event: the members of a channel, or one user.
type Audience struct{ ChannelID, UserID string }

// StatusMark is a post whose status is behind.
type StatusMark struct {
	Message Message
	Channel string // channel id
	Again   bool   // an earlier try may have done it already
	Closed  bool   // the conversation is
}

// ServerChannel is a channel as the server's own table has it.
type ServerChannel struct {
	ID          string // "" = there is none
	TeamID      string
	Type        string // "P" = private
	Name        string
	DisplayName string
	Header      string
	UpdateAt    int64 // milliseconds since epoch, the server's clock
	DeleteAt    int64 // when it was archived; 0 = it is not
}

// Refresh is a conversation whose channel may be behind.
type ChannelRefresh struct {
	Conversation Conversation
	DueAt        int64
	Shown        string // what was shown last; "" = nothing yet
	Zone         string // the queue's time zone, "" = the plugin's setting
	Again        bool   // an earlier try may have done part of it
	Lines        bool   // there are lines to show
	Channel      ServerChannel
	ChannelAt    int64  // see ChannelSeen
	ShownPeople  string // for whom it was last arranged; see peopleKey
	CardPost     string // the card that stands in the queue's channel; "" = none
	CardNo       int64  // how many cards there were
}
