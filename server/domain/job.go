package domain

import (
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// InboxRow is one item of a webhook delivery. It is stored before Meta gets its 200, because Meta
// does not deliver again after that.
type InboxRow struct {
	Lane      string // the rows of a lane are handled one at a time, by Order and then in the order of insertion; "" is a lane like any other
	Order     int64  // Meta's timestamp or, without one, when it was received; milliseconds since epoch
	Key       string // unique for ever, so that what is delivered twice is stored once; at most 300 bytes
	AccountID string
	Payload   []byte // a whatsapp.Item as JSON; with Dead set, the data as it was received
	Dead      string // why it can never be handled, so that it becomes a dead letter at once; "" = it can be handled
}

// DeadLetter is a job that was given up. It is kept so that an administrator can look at it and
// have it tried again.
type DeadLetter struct {
	ID         string `db:"id"` // begins with the name of the queue: inbox-1, outbox-1, media-1
	AccountID  string `db:"account_id"`
	Lane       string `db:"lane"`
	ReceivedAt int64  `db:"received_at"` // milliseconds since epoch, the database's clock
	DeadAt     int64  `db:"dead_at"`
	Attempts   int    `db:"attempts"`
	Reason     string `db:"reason"`
	Payload    []byte `db:"payload"` // as it was received; in lists only its beginning
}

// Backlog says for each queue of jobs how many wait, since when the oldest waits (milliseconds
// since epoch by the database's clock; 0 = none waits), and how many were given up.
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

// DeadLetterFilter selects dead letters. A field that is zero selects all of them.
type DeadLetterFilter struct {
	Queues      []string // any of inbox, outbox, media
	AccountID   string
	Reason      string // the complete reason
	From, Until int64  // when they were received, milliseconds since epoch by the database's clock; Until itself is excluded
}

// StuckAfter is how long nothing may move in a lane before the administrators are told.
const StuckAfter = 10 * time.Minute

// Reasons why jobs wait for long for which the doctor has specific advice (see Stuck.Texts).
const (
	WaitsForDefaultQueue = "the number has no default queue"
	WaitsForTeamRoom     = "the channel could not be made yet"
)

// Stuck describes lanes of jobs in which nothing has moved for StuckAfter, grouped by queue, account
// and reason.
type Stuck struct {
	Queue     string `db:"queue"`      // inbox, outbox, or channels: conversations whose channels wait to be brought up to date
	AccountID string `db:"account_id"` // "" = it concerns no single account
	Reason    string `db:"reason"`     // the last error of the job that holds them up; "" = none
	Lanes     int    `db:"lanes"`
	Since     int64  `db:"since"` // milliseconds since epoch
}

// Texts returns what to tell an administrator, and how to fix it. account is the number's name.
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
	// WaitForChannel is the first pause of a customer's message whose channel is not there yet.
	WaitForChannel = 300 * time.Millisecond
	// WaitForStart is the longest pause of such a message while the channel is about to be made.
	WaitForStart = 2 * time.Second
	// WaitFirst is the first pause of a job that waits for something that may take days, such
	// as room in a team or a default queue for a number.
	WaitFirst = 5 * time.Second
	// WaitLongest is the longest pause of such a job.
	WaitLongest = 5 * time.Minute
)

// WaitsForQueue returns the name of what a new customer's message waits for while the number has
// no default queue. who is the person's phone key or user id.
func WaitsForQueue(accountID, who string) string { return "queue:" + accountID + ":" + who }

// WaitsForChannel returns the name of what a message waits for while its conversation has no channel.
func WaitsForChannel(conversationID string) string { return "channel:" + conversationID }

const (
	// RefreshLease is how long a process holds the conversations whose channels it is bringing up
	// to date. After that another process may take them.
	RefreshLease = 20 * time.Second
	// RefreshBatch is how many conversations one run claims.
	RefreshBatch = 16
	// RefreshConcurrency is how many of these are brought up to date at the same time.
	RefreshConcurrency = 4
	// StartPatience is how long a start may take. After that its channel is made although it is
	// not known yet whether WhatsApp took the template.
	StartPatience = 75 * time.Second
)

// Reencryption is the progress of a pass that encrypts all stored secrets anew with the current key.
type Reencryption struct {
	Column int    // index of the store's encrypted column that it has come to
	After  string // primary key of the last row it has handled; "" = none yet
	Done   bool   // all columns are finished
	Lost   int    // how many values could not be decrypted with any key
}

// StoredKey is one of the plugin's encryption keys as the database holds it (waa_keys): encrypted
// with another key.
type StoredKey struct {
	Name, Under string // names of the key and of the one that encrypts it
	Encrypted   string `db:"sealed"`
	CurrentAt   int64  `db:"current_at"` // when it last became the current key, milliseconds since epoch; 0 = never
}

// WaitsForFile returns the name of what a message waits for while its file is being fetched. It
// holds a hash, because the customer's number can be read from a wamid.
func WaitsForFile(wamid string) string {
	sum := sha256.Sum256([]byte(wamid))
	return "file:" + hex.EncodeToString(sum[:16])
}
