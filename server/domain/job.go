package domain

// InboxRow is one piece of a webhook delivery, stored before Meta gets its 200.
type InboxRow struct {
	Lane      string // rows of a lane are handled one at a time, by Order and then in the order of insertion; "" is a lane too
	Order     int64  // Meta's timestamp, else when it was received, milliseconds since epoch
	Key       string // unique for ever, at most 300 bytes: what comes twice is stored once
	AccountID string
	Payload   []byte // a whatsapp.Item as JSON; with Dead whatever came
	Dead      string // why it can never be handled, which makes it a dead letter at once; "" = it can
}

// DeadLetter is a job that was given up.
type DeadLetter struct {
	ID         string `db:"id"` // names the queue too: inbox-1, outbox-1, media-1
	AccountID  string `db:"account_id"`
	Lane       string `db:"lane"`
	ReceivedAt int64  `db:"received_at"` // milliseconds since epoch, the database's clock
	DeadAt     int64  `db:"dead_at"`
	Attempts   int    `db:"attempts"`
	Reason     string `db:"reason"`
	Payload    []byte `db:"payload"` // as it was received; a list holds its beginning only
}

// Backlog is how many jobs wait in each queue, since when the oldest does (milliseconds since
// epoch by the database's clock; 0 = none waits), and how many were given up.
type Backlog struct {
	Inbox        int   `db:"inbox"`
	Outbox       int   `db:"outbox"`
	Media        int   `db:"media"`
	OldestInbox  int64 `db:"oldest_inbox"`
	OldestOutbox int64 `db:"oldest_outbox"`
	OldestMedia  int64 `db:"oldest_media"`
	DeadInbox    int   `db:"dead_inbox"`
	DeadOutbox   int   `db:"dead_outbox"`
	DeadMedia    int   `db:"dead_media"`
}

// DeadLetterFilter says which dead letters are meant; what is zero means all.
type DeadLetterFilter struct {
	Queues      []string // of inbox, outbox, media
	AccountID   string
	Reason      string // the whole of it
	From, Until int64  // when it was received, milliseconds since epoch by the database's clock; Until is not included
}
