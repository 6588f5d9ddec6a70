package domain

import "time"

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

// Reminds tells whether the attendant is to be reminded now: the window closes
// soon, and the customer waits for an answer.
func (c *Conversation) ReminderDue(now int64) bool {
	// Meta's timestamps are whole seconds, ours are not
	lastWord := c.LastInboundAt+time.Second.Milliseconds() > c.LastOutboundAt
	return c.StateAt(now) == Open && now >= c.RemindAt() && c.AttendantID != "" && lastWord
}
