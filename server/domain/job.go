package domain

import (
	"time"
)

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

// StuckAfter is from when on a lane in which nothing moves is told of.
const StuckAfter = 10 * time.Minute

// Why jobs wait for long: reasons that the doctor has advice for.
const (
	WaitsForDefaultQueue = "the number has no default queue"
	WaitsForTeamRoom     = "the channel could not be made yet"
)

// Stuck are lanes of jobs in which nothing moved for long.
type Stuck struct {
	Queue     string `db:"queue"`      // inbox, outbox; channels: what Mattermost is to show of conversations
	AccountID string `db:"account_id"` // "" = of no one account
	Reason    string `db:"reason"`     // what the job that holds them up said last; "" = nothing
	Lanes     int    `db:"lanes"`
	Since     int64  `db:"since"` // milliseconds since epoch
}

// Texts are what to tell an administrator, and what to do about it; account is the number's name.
func (s *Stuck) Texts(account string) (text, fix Text) {
	data := []any{"Account", account, "Lanes", s.Lanes, "Since", s.Since}
	switch s.Queue {
	case "inbox":
		text = T("stuck.inbox", data...)
	case "outbox":
		text = T("stuck.outbox", data...)
	default:
		text = T("stuck.channels", data...)
	}
	switch s.Reason {
	case WaitsForDefaultQueue:
		fix = T("doctor.no_default_queue_fix")
	case WaitsForTeamRoom:
		fix = T("doctor.channels_fix")
	default:
		fix = T("stuck.fix")
	}
	return text, fix
}

const (
	// WaitForChannel is the first pause of an answer that came before its channel.
	WaitForChannel = 300 * time.Millisecond
	// WaitForStart is the longest pause while the channel is about to be made.
	WaitForStart = 2 * time.Second
	// WaitFirst is the first pause of what waits for something that
	// may take days: a team's room, a number's default queue.
	WaitFirst = 5 * time.Second
	// WaitLongest is the longest of them.
	WaitLongest = 5 * time.Minute
)

// WaitsForQueue is what a message of somebody new waits for while the number
// has no default queue; who is the person's phone key or user id.
func WaitsForQueue(accountID, who string) string { return "queue:" + accountID + ":" + who }

// WaitsForChannel is what a message waits for whose conversation has no channel yet.
func WaitsForChannel(conversationID string) string { return "channel:" + conversationID }

const (
	// RefreshLease is how long a process holds the conversations whose channels it synchronises.
	RefreshLease = 20 * time.Second
	// RefreshBatch is how many conversations one run claims.
	RefreshBatch = 16
	// RefreshConcurrency is how many of them are brought up to date at once.
	RefreshConcurrency = 4
	// StartPatience is how long a start may take before its channel appears without its outcome.
	StartPatience = 75 * time.Second
)

// Reencryption is how far a pass has come that encrypts everything anew with the key in force.
type Reencryption struct {
	Column int    // which of the store's encrypted columns
	After  string // the key of the last row that was looked at; "" = none yet
	Done   bool   // the last column was finished
	Lost   int    // values that no key decrypts
}

// StoredKey is one key of the plugin's, encrypted with another one (waa_keys).
type StoredKey struct {
	Name, Under string // of the key, and of the one that encrypts it
	Encrypted   string `db:"sealed"`
	CurrentAt   int64  `db:"current_at"` // when the key came into force last, milliseconds since epoch; 0 = it did not
}
