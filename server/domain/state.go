package domain

import (
	"time"
)

// State of a conversation. It is never stored: StateAt derives it.
type State string

// The states, as the REST API names them.
const (
	Waiting State = "waiting" // Aguardando resposta: locked, a template is on its way or unanswered
	Open    State = "open"    // Janela aberta: free text goes out
	Expired State = "expired" // Janela encerrada: locked, a template may follow
	Closed  State = "closed"  // Encerrado
)

// WindowLength is how long free text may be sent after the customer's last message (Meta's rule).
const WindowLength = 24 * time.Hour

// StateAt derives the state at a moment, milliseconds since epoch. Nothing else decides it: the
// lists' queries in the store repeat the rule in SQL, and a test compares the two.
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

// WasOpenAt tells whether free text was allowed at a past moment, as far as the
// stored window tells. It is asked about posts made while the plugin was down.
func (c *Conversation) WasOpenAt(then int64) bool {
	return c.StateAt(then) == Open && then >= c.WindowFrom
}

// ExtendWindow records an inbound message's timestamp (milliseconds since epoch,
// Meta's). A late one never shortens the window.
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

// NextChange is when StateAt or Reminds will change by themselves, milliseconds since epoch; 0 = never.
func (c *Conversation) NextChange(now int64) int64 {
	switch {
	case c.StateAt(now) != Open:
		return 0
	case now < c.RemindAt():
		return c.RemindAt()
	default:
		return c.WindowUntil
	}
}

// StateLine is a state of the conversation as one line, with the moment it
// began or ends, told in a zone (IANA name; "" = the plugin's setting).
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
