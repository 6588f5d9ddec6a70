package domain

import (
	"time"
)

// Conversation (Atendimento) is one matter with one contact on one account. It has a channel of its own.
type Conversation struct {
	ID             string  `db:"id"`
	AccountID      string  `db:"account_id"`
	ContactID      string  `db:"contact_id"`
	QueueID        string  `db:"queue_id"`
	TeamID         string  `db:"team_id"`
	ChannelID      string  `db:"channel_id"`     // "" until the channel exists
	OwnerID        string  `db:"owner_id"`       // Responsável; "" until somebody claims it
	AttendantID    string  `db:"attendant_id"`   // Atendente; "" while it waits in a queue
	AttendedAt     int64   `db:"attended_at"`    // when the attendant last changed, which includes losing one; milliseconds since epoch
	QueuedFor      string  `db:"queued_for"`     // why it waits in a queue, e.g. QueuedTransfer; "" = it is new there
	Absence        Absence `db:"absence"`        // whether a stand-in is offered for the attendant
	RemindedAt     int64   `db:"reminded_at"`    // when the wait of the customer began on which we last acted (see service.Service.CheckInactivity)
	WindowFrom     int64   `db:"window_from"`    // Meta's timestamp of the message that opened the current window, or the last one if none is open
	WindowUntil    int64   `db:"window_until"`   // end of the window: Meta's timestamp of the customer's last message + 24 h; 0 = the customer never answered
	WindowPhone    string  `db:"window_phone"`   // the number that wrote last, in Meta's digits: the window allows answers to that number alone
	WindowUserID   string  `db:"window_user_id"` // the BSUID of the same person; both "" = not known
	LastTemplateAt int64   `db:"last_template_at"`
	LastInboundAt  int64   `db:"last_inbound_at"` // Meta's timestamp
	LastOutboundAt int64   `db:"last_outbound_at"`
	ClosedAt       int64   `db:"closed_at"`
	ClosedBy       string  `db:"closed_by"`
	CloseReason    string  `db:"close_reason"` // the note of who closed it
	// What was chosen at the close, as it was then; ClosingReasonID "" = no reason was chosen.
	ClosingReasonID string         `db:"closing_reason_id"`
	ClosingLabel    string         `db:"closing_label"`
	ClosingFields   ClosingAnswers `db:"closing_fields"`
	AbortedAt       int64          `db:"aborted_at"`  // when its first template was finally refused: it is kept for the audit and appears in no list
	ReopenedAt      int64          `db:"reopened_at"` // when it was last reopened
	ReopenedBy      string         `db:"reopened_by"` // the agent; "" = the customer reopened it by writing again
	ArchivedAt      int64          `db:"archived_at"` // when its channel was archived or began to be
	PreviousID      string         `db:"previous_id"` // the customer's previous conversation, if this one was made because they came back; "" = none
	AwayAt          int64          `db:"away_at"`     // when its queue last told the customer that it is closed; read for messages that come in
	ErasedAt        int64          `db:"erased_at"`   // when the customer was erased; from then on it stays closed
	CreatedAt       int64          `db:"created_at"`
	UpdatedAt       int64          `db:"updated_at"`

	Contact      Contact `db:"contact"` // read by the store in the same query
	TemplateName string  // of the last template sent; "" = none, or not read, because only lists read it

	// Only what shows conversations to people reads these.
	LastMessage *LastMessage // nil = there is none, or it was not read
	WaitsSince  int64        // Meta's timestamp of the customer's first message that nobody answered; 0 = the last word is ours, it is closed, or it was not read
}

// LastMessage is what a list shows of a conversation's last message.
type LastMessage struct {
	Direction string
	Kind      string // Meta's message type
	Text      string // Markdown, as its post shows it; "" = the post is gone, or has a file alone
	At        int64  // Meta's timestamp, or when our post was made
}

// ReopensFor reports whether a message that the customer wrote at the given moment (Meta's
// timestamp, milliseconds since epoch) reopens this closed conversation. It does so within the
// reopening time of the settings, but never once the channel is archived or due to be archived.
// After that the customer gets a new conversation.
func (c *Conversation) ReopensFor(at int64, s Settings) bool {
	if c.ClosedAt == 0 || c.AbortedAt != 0 || c.ArchivedAt != 0 {
		return false
	}
	until := c.ClosedAt + int64(s.ReopenHours)*time.Hour.Milliseconds()
	if s.ArchiveDays > 0 {
		until = min(until, c.ArchiveDue(s))
	}
	return at < until
}

// ArchiveDue returns when the channel of a closed conversation is to be archived, in
// milliseconds since epoch; 0 = never.
func (c *Conversation) ArchiveDue(s Settings) int64 {
	if c.ClosedAt == 0 || s.ArchiveDays == 0 {
		return 0
	}
	return c.ClosedAt + int64(s.ArchiveDays)*24*time.Hour.Milliseconds()
}

// Reopen undoes the closing of a conversation. by is the agent who did it; "" = the customer, who
// wrote again. now is in milliseconds since epoch.
func (c *Conversation) Reopen(by string, now int64) {
	c.ClosedAt, c.ClosedBy, c.CloseReason = 0, "", ""
	c.ClosingReasonID, c.ClosingLabel, c.ClosingFields = "", "", nil
	c.ArchivedAt, c.Absence = 0, AbsenceNone
	c.ReopenedAt, c.ReopenedBy, c.UpdatedAt = now, by, now
}

// WhyClosed returns the reason that was chosen at the close, and the note of who closed it; "" = neither.
func (c *Conversation) WhyClosed() string {
	if c.ClosingLabel != "" && c.CloseReason != "" {
		return c.ClosingLabel + ": " + c.CloseReason
	}
	return c.ClosingLabel + c.CloseReason
}

// RemindBefore is how long before the end of the window the attendant is reminded of it.
const RemindBefore = 2 * time.Hour

// RemindAt returns from when on the attendant is to be reminded that the window closes, in
// milliseconds since epoch; 0 = there is no window. Only the queue's hours count, so that somebody is
// there who can answer: where the window has less than twice RemindBefore of them, it is half of
// what it has. See ReminderDue for the other conditions.
func (c *Conversation) RemindAt(hours Opening) int64 {
	if c.WindowUntil == 0 {
		return 0
	}
	before := RemindBefore.Milliseconds()
	if open := hours.OpenTime(c.WindowUntil-WindowLength.Milliseconds(), c.WindowUntil); open > 0 {
		return hours.Before(c.WindowUntil, min(before, (open+1)/2))
	}
	return c.WindowUntil - before
}

// ReminderDue reports whether the attendant is to be reminded now (milliseconds since epoch),
// which is the case if the window closes soon and the customer still waits for an answer. hours are the queue's.
func (c *Conversation) ReminderDue(hours Opening, now int64) bool {
	// Meta's timestamps are whole seconds and ours are milliseconds, so a message that came
	// within the same second as our last one counts as later.
	lastWord := c.LastInboundAt+time.Second.Milliseconds() > c.LastOutboundAt
	return c.StateAt(now) == Open && now >= c.RemindAt(hours) && c.AttendantID != "" && lastWord
}
