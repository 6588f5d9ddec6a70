package domain

// FollowUpText is the text of a notice whose list is made when it is told.
const FollowUpText = "followup.daily"

// HealthInterval names the turns at looking at an account; see MonitorStore.Turn.
func HealthInterval(accountID string) string { return "look:" + accountID }

// Notice is something that people are to be told, each of them once.
type Notice struct {
	Key       string // one notice a key, for ever
	AccountID string
	QueueID   string // "" = for the system admins, else for the queue's supervisors
	UserID    string // for this person alone, if there is one
	// ConversationID is what it is about; the text gets Customer and Link.
	ConversationID string
	TextKey        string
	Data           map[string]any
	CreatedAt      int64 // milliseconds since epoch
	Told           []string
	Again          bool // an earlier try may have told somebody already
}
