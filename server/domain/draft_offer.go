package domain

// DraftJob is a chosen draft that is to become a post.
type DraftJob struct {
	Draft
	ChannelID string
	ChosenAt  int64 // milliseconds since epoch, the database's clock
	Attempts  int   // 1 = the first
}

// DraftOffer is a post that offers an agent's drafts.
type DraftOffer struct {
	ConversationID string
	AuthorID       string
	Opening        int64
	PostID         string // "" = none yet
	Version        int    // of what it lists
	Attempts       int    // 1 = the first; an earlier try may have posted it
	ChannelID      string
}
