package domain

import (
	"strings"
)

// ErasedConversation is a conversation of a person who was erased, whose posts, files and channel
// still have to be removed from Mattermost.
type ErasedConversation struct {
	ConversationID string `db:"conversation_id"`
	ContactID      string `db:"contact_id"`
	ChannelID      string `db:"channel_id"`
	TeamID         string `db:"team_id"`
	Attempts       int    `db:"attempts"` // failures in a row
	Passes         int    `db:"passes"`   // how often a pass over it was completed
}

// ErasureState says how far the removal of erased people from Mattermost has come.
type ErasureState struct {
	Pending int      // conversations without a completed pass
	Late    int      // of these, the ones that keep failing
	Stays   []string // what the server's settings do not let us remove: jobs.StayPosts, jobs.StayFiles
}

// Remains is what the server's tables still hold of a conversation that is to be erased.
type Remains struct {
	Exists    bool     // its channel still exists
	WithFiles []string // ids of the posts in its channel that have files, including deleted posts
	Posts     []RemainingPost
	Loose     []LooseFile
	Drafts    []ServerDraft
	Elsewhere []RemainingPost // our posts in other channels that mention it
}

// RemainingPost is a post that is to be removed.
type RemainingPost struct {
	ID, ChannelID, Message string

	Hidden bool // deleted the way the server does it, which keeps the row
	Old    bool // an old version that the server keeps of an edited post
}

// LooseFile is a file that was uploaded into a channel and never attached to a post.
type LooseFile struct{ ID, CreatorID string }

// ServerDraft is a draft of the server's own: what somebody typed in the channel and did not send.
// It has nothing to do with Draft.
type ServerDraft struct{ UserID, RootID string }

// WithoutLines removes from a text the lines that contain the id of the conversation or of its
// channel. lists reports whether the rest still has lines about other conversations. If it is
// false, the text is about this conversation alone and its whole post can go.
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
