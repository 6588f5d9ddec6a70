package domain

import "strings"

// ShownState returns the state that the channel shows; "" = none yet.
func (r *ChannelRefresh) ShownState() State {
	told, _, _ := strings.Cut(r.Shown, ":")
	return State(told)
}

// ChannelEvent is a state line that is to be posted in a conversation's channel. It is stored in
// the same transaction as the change that it reports, so that no crash can lose it.
type ChannelEvent struct {
	ID   int64
	Text Text
}

// ArchiveJob is a closed conversation whose channel is about to be archived.
type ArchiveJob struct {
	ID        string `db:"id"`
	ChannelID string `db:"channel_id"`
	Archive   bool   `db:"archive"` // false = an agent reopened it while another process was archiving it, so the channel must come back
}

// AgreedPost is the post on which processes agreed that may all have made it.
type AgreedPost struct {
	Key    string `db:"key"` // which post it is, see posting.PostKey
	PostID string `db:"post_id"`
}

// ConversationChange is a conversation that changed, together with the people and the channels whose
// screens show it and must therefore be told.
type ConversationChange struct {
	ID             string `db:"id"`
	OwnerID        string `db:"owner_id"`
	AttendantID    string `db:"attendant_id"`
	ChannelID      string `db:"channel_id"`       // "" until the channel exists
	QueueChannelID string `db:"queue_channel_id"` // channel of its queue; "" = the queue was removed
	UpdatedAt      int64  `db:"updated_at"`       // milliseconds since epoch by the clock of the node that changed it
	ChangedAt      int64  `db:"changed_at"`       // the same moment by the database's clock
}

// Audience says who gets a websocket event: the members of a channel, or one user. Only one of
// the fields is set.
type Audience struct{ ChannelID, UserID string }

// StatusMark is a message whose post does not show its current status yet.
type StatusMark struct {
	Message Message `db:"message"`
	Channel string  `db:"channel"` // channel id
	Again   bool    `db:"again"`   // an earlier attempt may have updated the post already
	Closed  bool    `db:"closed"`  // the conversation is closed
}

// ServerChannel is a channel as it stands in Mattermost's own table.
type ServerChannel struct {
	ID          string `db:"id"` // "" = there is no such channel
	TeamID      string `db:"team_id"`
	Type        string `db:"type"` // "P" = private
	Name        string `db:"name"`
	DisplayName string `db:"display_name"`
	Header      string `db:"header"`
	UpdateAt    int64  `db:"update_at"` // milliseconds since epoch by the server's clock
	DeleteAt    int64  `db:"delete_at"` // when it was archived; 0 = it is not archived
}

// ChannelRefresh is a conversation whose channel may differ from what the database says and must
// be brought up to date.
type ChannelRefresh struct {
	Conversation Conversation  `db:"conversation"`
	DueAt        int64         `db:"due_at"`
	Shown        string        `db:"shown"` // what the channel shows, as it was last written; "" = nothing yet. See ShownState
	Zone         string        `db:"zone"`  // the queue's time zone (IANA name); "" = the plugin's setting
	Hours        Hours         `db:"hours"` // the queue's, and its holidays
	Holidays     Days          `db:"holidays"`
	Again        bool          `db:"again"` // an earlier attempt may have done part of it
	Lines        bool          `db:"lines"` // state lines wait to be posted (see ChannelEvent)
	Channel      ServerChannel `db:"channel"`
	ChannelAt    int64         `db:"channel_at"`   // when the channel last changed, as far as we have noticed (see ChannelSeen of channelsync.Store)
	ShownPeople  string        `db:"shown_people"` // the people for whom members, card and sidebars were last arranged (see peopleKey in channelsync)
	CardPost     string        `db:"card_post"`    // the conversation's card in the queue's channel; "" = none
	CardNo       int64         `db:"card_no"`      // how many cards the conversation has had
}
