package domain

// FollowUpText is the text of a notice whose list is made when it is told.
const FollowUpText = "followup.daily"

// HealthInterval names the turns at looking at an account; see MonitorStore.Turn.
func HealthInterval(accountID string) string { return "look:" + accountID }

// Notice is something that people are to be told, each of them once.
type Notice struct {
	Key       string `db:"key"` // one notice a key, for ever
	AccountID string `db:"account_id"`
	QueueID   string `db:"queue_id"` // "" = for the system admins, else for the queue's supervisors
	UserID    string `db:"user_id"`  // for this person alone, if there is one
	// ConversationID is what it is about; the text gets Customer and Link.
	ConversationID string         `db:"conversation_id"`
	TextKey        string         `db:"text_key"`
	Data           map[string]any `db:"data"`
	CreatedAt      int64          `db:"created_at"` // milliseconds since epoch
	Told           []string       `db:"told"`
	Again          bool           // an earlier try may have told somebody already
}
