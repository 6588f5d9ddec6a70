package domain

import (
	"strings"
)

// ErasedConversation is a conversation of somebody who was erased, and what Mattermost
// has still to forget of it.
type ErasedConversation struct {
	ConversationID string `db:"conversation_id"`
	ContactID      string `db:"contact_id"`
	ChannelID      string `db:"channel_id"`
	TeamID         string `db:"team_id"`
	Attempts       int    `db:"attempts"` // failures in a row
	Passes         int    `db:"passes"`   // how often it was gone through to the end
}

// ErasureState is how far forgetting has come.
type ErasureState struct {
	Pending int      // conversations that were not gone through yet
	Late    int      // of them those that fail again and again
	Stays   []string // what the server's settings keep: StayPosts, StayFiles
}

// Remains is what the server's tables hold of a conversation.
type Remains struct {
	Exists    bool     // its channel
	WithFiles []string // posts of its channel that have files, hidden ones too
	Posts     []RemainingPost
	Loose     []LooseFile
	Drafts    []ServerDraft
	Elsewhere []RemainingPost // posts of ours in other channels that tell of it
}

// RemainingPost is a post that is to go.
type RemainingPost struct {
	ID, ChannelID, Message string

	Hidden bool // deleted, as the server does it: the row stays
	Old    bool // what a post said before an edit
}

// LooseFile was uploaded into a channel and is on no post.
type LooseFile struct{ ID, CreatorID string }

// ServerDraft is what somebody typed and did not send, as the server keeps it.
type ServerDraft struct{ UserID, RootID string }

// WithoutLines takes the lines with the conversation's address out of a text
// that has lines with the addresses of others; lists is false for a text that
// is about this one alone.
func (c *ErasedConversation) WithoutLines(text string) (rest string, lists bool) {
	var kept []string
	for line := range strings.SplitSeq(text, "\n") {
		if strings.Contains(line, c.ConversationID) || c.ChannelID != "" && strings.Contains(line, c.ChannelID) {
			continue
		}
		lists = lists || strings.Contains(line, "/channels/")
		kept = append(kept, line)
	}
	return strings.Join(kept, "\n"), lists
}
