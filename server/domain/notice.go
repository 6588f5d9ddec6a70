package domain

// FollowUpText is the text key of the daily notice of unanswered templates. Its list is not stored
// with it but made when it is sent, so that it is up to date.
const FollowUpText = "followup.daily"

// WeeklyReportText is the text key of the notice of a queue's weekly report. It goes to the queue's report
// channel; its numbers are read when it is posted.
const WeeklyReportText = "report.weekly"

// HealthInterval returns the name under which the nodes take turns in checking the health of an
// account (see TryInterval of jobs.Store).
func HealthInterval(accountID string) string { return "look:" + accountID }

// Notice is a message for people in Mattermost. Each of them gets it once.
type Notice struct {
	Key       string `db:"key"` // unique for ever: a second notice with the same key is not stored
	AccountID string `db:"account_id"`
	QueueID   string `db:"queue_id"` // the queue whose supervisors get it; "" = the system admins get it
	UserID    string `db:"user_id"`  // the only person who gets it; "" = see QueueID
	// ConversationID is the conversation that it is about; "" = none. The text then gets the
	// values Customer and Link when it is sent.
	ConversationID string         `db:"conversation_id"`
	TextKey        string         `db:"text_key"`
	Data           map[string]any `db:"data"`
	CreatedAt      int64          `db:"created_at"` // milliseconds since epoch
	Told           []string       `db:"told"`       // ids of the users who have got it
	Again          bool           // an earlier attempt may have told somebody already
}
