package domain

import (
	"time"
)

// State is the state of a conversation. It is never stored, because it changes with time alone:
// Conversation.StateAt derives it.
type State string

// The states. The REST API returns these words, so they must not change.
const (
	Waiting State = "waiting" // Aguardando resposta: locked, because a template is on its way or unanswered
	Open    State = "open"    // Janela aberta: free text goes out
	Expired State = "expired" // Janela encerrada: locked until the customer writes again; another template may be sent
	Closed  State = "closed"  // Encerrado
)

// WindowLength is how long after the customer's last message free text may be sent. It is Meta's rule.
const WindowLength = 24 * time.Hour

// StateAt returns the state at a moment, in milliseconds since epoch. It is the only rule for it. The
// queries for lists in the store have to repeat it in SQL, and a test compares the two.
//
//	          template sent                 customer answers
//	(start) ───────────────▶ waiting ───────────────────────▶ open
//	                            ▲                              │ 24 h after the last answer
//	                            │ template sent                ▼
//	                            └───────────────────────── expired        close: any ─▶ closed
func (c *Conversation) StateAt(now int64) State {
	switch {
	case c.ClosedAt != 0:
		return Closed
	case now < c.WindowUntil:
		return Open
	case c.WindowUntil == 0 || c.LastTemplateAt >= c.WindowUntil:
		return Waiting
	default:
		return Expired
	}
}

// WasOpenAt reports whether free text was allowed at a past moment (milliseconds since epoch), as far
// as the stored window shows, which is only the latest one. It is needed for posts that were made
// while the plugin was down.
func (c *Conversation) WasOpenAt(then int64) bool {
	return c.StateAt(then) == Open && then >= c.WindowFrom
}

// ExtendWindow records that the customer wrote at a moment (Meta's timestamp, milliseconds since
// epoch). A message that comes late, after a newer one, never shortens the window.
func (c *Conversation) ExtendWindow(at int64) {
	until := at + WindowLength.Milliseconds()
	if until <= c.WindowUntil {
		return
	}
	if at >= c.WindowUntil {
		c.WindowFrom = at
	}
	c.WindowUntil = until
	c.LastInboundAt = at
}

// NextChange returns the next moment at which StateAt or ReminderDue may change merely because time
// passes, in milliseconds since epoch; 0 = never. hours are the queue's.
func (c *Conversation) NextChange(hours Opening, now int64) int64 {
	if c.StateAt(now) != Open {
		return 0
	}
	if at := c.RemindAt(hours); now < at {
		return at
	}
	return c.WindowUntil
}

// StateLine returns a text that shows a state of the conversation in one line, with the moment at
// which the state began or will end. zone is the time zone of that moment (IANA name; "" = the
// plugin's setting).
func (c *Conversation) StateLine(state State, zone string) Text {
	text := T("state."+string(state), "Until", c.WindowUntil)
	since := int64(0)
	switch state {
	case Open:
	case Closed:
		since = c.ClosedAt
	case Expired:
		since = c.WindowUntil
	case Waiting:
		since = max(c.LastTemplateAt, c.CreatedAt)
	}
	if since != 0 {
		text.Data["Since"] = since
	}
	return text.In(zone)
}
