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
	ConversationID string `db:"conversation_id"`
	AuthorID       string `db:"author_id"`
	Opening        int64  `db:"opening"`
	PostID         string `db:"post_id"`  // "" = none yet
	Version        int    `db:"version"`  // of what it lists
	Attempts       int    `db:"attempts"` // 1 = the first; an earlier try may have posted it
	ChannelID      string `db:"channel_id"`
}
