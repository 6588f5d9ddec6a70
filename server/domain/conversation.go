package domain

import (
	"time"
)

// Conversation (Atendimento) is one matter with one contact on one account; it owns one channel.
type Conversation struct {
	ID             string `db:"id"`
	AccountID      string `db:"account_id"`
	ContactID      string `db:"contact_id"`
	QueueID        string `db:"queue_id"`
	TeamID         string `db:"team_id"`
	ChannelID      string `db:"channel_id"`     // "" until the channel exists
	OwnerID        string `db:"owner_id"`       // Responsável; "" while nobody claimed it
	AttendantID    string `db:"attendant_id"`   // Atendente; "" while it waits in a queue
	AttendedAt     int64  `db:"attended_at"`    // when the attendant changed last, also to nobody; milliseconds since epoch
	QueuedFor      string `db:"queued_for"`     // why it waits in a queue: QueuedXxx
	RemindedAt     int64  `db:"reminded_at"`    // the beginning of the customer's wait that was acted on last (see service.CheckInactivity)
	WindowFrom     int64  `db:"window_from"`    // Meta's timestamp of the inbound that opened the window that stands or stood last
	WindowUntil    int64  `db:"window_until"`   // Meta's timestamp of the last inbound + 24 h; 0 = the customer never answered
	WindowPhone    string `db:"window_phone"`   // the number of who wrote last, digits as Meta wrote them: the window is theirs
	WindowUserID   string `db:"window_user_id"` // and their BSUID; both "" = not known
	LastTemplateAt int64  `db:"last_template_at"`
	LastInboundAt  int64  `db:"last_inbound_at"` // Meta's timestamp
	LastOutboundAt int64  `db:"last_outbound_at"`
	ClosedAt       int64  `db:"closed_at"`
	ClosedBy       string `db:"closed_by"`
	CloseReason    string `db:"close_reason"`
	AbortedAt      int64  `db:"aborted_at"`  // the first template was refused for good: kept for audit, in no list
	ReopenedAt     int64  `db:"reopened_at"` // when a close was last taken back
	ReopenedBy     string `db:"reopened_by"` // "" = the customer, by writing again
	ArchivedAt     int64  `db:"archived_at"` // from when on its channel is archived, or about to be
	PreviousID     string `db:"previous_id"` // the customer's last one, where a return made this one; "" = none
	ErasedAt       int64  `db:"erased_at"`   // the customer was erased: it stays closed
	CreatedAt      int64  `db:"created_at"`
	UpdatedAt      int64  `db:"updated_at"`

	Contact      Contact `db:"contact"` // as joined by the store
	TemplateName string  // of the last template sent; "" = none, or not read: lists alone read it
}

// ReopensFor tells whether a customer who wrote at a moment (milliseconds since
// epoch, Meta's) takes the close of this conversation back: within the reopening
// time, and never once its channel is archived or due to be. Later the customer
// gets a new conversation.
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

// ArchiveDue is when the channel of a closed conversation is to be archived,
// milliseconds since epoch; 0 = never.
func (c *Conversation) ArchiveDue(s Settings) int64 {
	if c.ClosedAt == 0 || s.ArchiveDays == 0 {
		return 0
	}
	return c.ClosedAt + int64(s.ArchiveDays)*24*time.Hour.Milliseconds()
}

// Reopen takes a close back; by is the agent, "" the customer who wrote again.
func (c *Conversation) Reopen(by string, now int64) {
	c.ClosedAt, c.ClosedBy, c.CloseReason = 0, "", ""
	c.ArchivedAt = 0
	c.ReopenedAt, c.ReopenedBy, c.UpdatedAt = now, by, now
}

// remindBefore is how long before a window's end its attendant is reminded.
const remindBefore = 2 * time.Hour

// RemindAt is when the attendant is to be reminded that the window closes,
// milliseconds since epoch: if by then the last word is still the customer's.
// 0 without a window.
func (c *Conversation) RemindAt() int64 {
	if c.WindowUntil == 0 {
		return 0
	}
	return c.WindowUntil - remindBefore.Milliseconds()
}

// ReminderDue tells whether the attendant is to be reminded now: the window closes
// soon, and the customer waits for an answer.
func (c *Conversation) ReminderDue(now int64) bool {
	// Meta's timestamps are whole seconds, ours are not
	lastWord := c.LastInboundAt+time.Second.Milliseconds() > c.LastOutboundAt
	return c.StateAt(now) == Open && now >= c.RemindAt() && c.AttendantID != "" && lastWord
}
